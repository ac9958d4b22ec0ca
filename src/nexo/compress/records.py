"""Rows of any engine as records: grouped once by the engine, held in memory or on disk.

Few are used whole; many are read again block by block in every pass of a fit.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from nexo.compress.arrays import Array, Codes
from nexo.compress.cells import cell_of_rows
from nexo.compress.controls import Control
from nexo.compress.tally import EVENT
from nexo.engine import Frame

READ_RECORDS = 2**20
HELD_RECORDS = 2**21
"""More records than this may be are written to a temporary Parquet file."""
NOT_OF_CELL = ("side", "cluster")
"""Keys that part the rows of one cell."""


@dataclass(frozen=True)
class Records:
    """Records of ``source``, a dataset in memory or in ``folder``, which goes with the last user.

    Columns: score ``x``, ``exposure``, ``side`` (is y above 0; or y itself), ``cluster``, codes
    ``c0``.. and cell means ``m0``.. of the controls, ``n``, ``events`` and the other sums. Those
    of a cluster stand one after the other.
    """

    source: Any
    n_rows: int
    n_cells: int
    clusters: pd.Index
    folder: Any = None

    def tables(self, size: int) -> Iterator[pa.Table]:
        """Tables of about ``size`` records, no cluster in two; ``cluster`` as codes 0..G-1."""
        held, first = None, 0
        for batch in self.source.to_batches(batch_size=size):
            table = pa.Table.from_batches([batch])
            if not len(self.clusters) or not len(table):
                yield table
                continue
            table = table if held is None else pa.concat_tables([held, table])
            code = _codes(table)
            cut = int(np.searchsorted(code, code[-1]))
            held = table.slice(cut)
            if cut:  # the last cluster may go on in the next batch
                yield _coded(table.slice(0, cut), first + code[:cut])
                first += int(code[-1])
        if held is not None:
            yield _coded(held, np.full(len(held), first))

    def whole(self) -> dict[str, Array]:
        """All records, as arrays."""
        return arrays(pa.concat_tables(self.tables(READ_RECORDS)))


@dataclass(frozen=True)
class Columns:
    """What becomes of which column: keys and sums of records.

    ``side``: "" when the parts of an outcome use all rows alike, "sign" when they ask on which
    side of zero y is, "value" when they need every y of its own.
    """

    score: str
    y: str
    controls: Sequence[Control]
    exposure: str = ""
    cluster: str | None = None
    weights: str | None = None
    side: str = ""

    def keys(self) -> dict[str, nw.Expr]:
        """Rows with equal keys share a record."""
        found = {"x": nw.col(self.score).cast(nw.Float64)}
        if self.side:
            y = nw.col(self.y).cast(nw.Float64)
            found["side"] = y if self.side == "value" else nw.col(EVENT)
        if self.exposure:
            found["exposure"] = nw.col(self.exposure).cast(nw.Float64)
        if self.cluster:
            found["cluster"] = nw.col(self.cluster)
        codes = {f"c{i}": c.code().cast(nw.Int16) for i, c in enumerate(self.controls)}
        return found | codes

    def sums(self) -> dict[str, nw.Expr]:
        """What is added up; of a control with a mean its values ``m`` and how many ``k``."""
        y, event = nw.col(self.y).cast(nw.Float64), nw.col(EVENT)
        found = {"events": event, "wy": y, "wy2": y * y}
        if self.weights:
            w = nw.col(self.weights).cast(nw.Float64)
            found = {"events": event, "w": w, "w2": w * w, "wy": w * y, "wy2": w * y * y}
            found |= {"w2y": w * w * y, "w2y2": w * w * y * y}
        for i, control in enumerate(self.controls):
            if control.spread:
                value = nw.col(control.column).cast(nw.Float64)
                known = value.is_finite()
                found[f"m{i}"] = nw.when(known).then(value).otherwise(nw.lit(0.0))
                found[f"k{i}"] = nw.when(known).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
        return found

    def most(self, n_rows: int) -> int:
        """No more records than this can come of ``n_rows``."""
        if self.side == "value" or self.exposure or self.cluster:
            return n_rows
        codes = math.prod(len(set(control.merged)) for control in self.controls)
        return min(n_rows, 2 * 11 * codes)


def grouped(used: Frame, columns: Columns, n_rows: int) -> Records:
    """The records of an engine's ``n_rows`` rows, grouped once."""
    keys, sums = columns.keys(), columns.sums()
    records = (
        used.select(**keys, **sums)
        .group_by(list(keys))
        .agg(n=nw.len().cast(nw.Float64), **{name: nw.col(name).sum() for name in sums})
    )
    cell = [name for name in keys if name not in NOT_OF_CELL]
    means = {name: f"k{name[1:]}" for name in sums if name.startswith("m")}
    is_cell = len(cell) == len(keys)
    if columns.most(n_rows) <= HELD_RECORDS:
        return _held(_sorted(records), cell, means, is_cell)
    return _on_disk(records, cell, means, is_cell)


def _sorted(records: Frame) -> Frame:
    """Those of a cluster one after the other."""
    is_clustered = "cluster" in records.collect_schema().names()
    return records.sort("cluster") if is_clustered else records


def _held(records: Frame, cell: list[str], means: Mapping[str, str], is_cell: bool) -> Records:
    """In memory: the sums ``m0``.. become means within the cell."""
    table = arrays(records.collect("pyarrow").to_native())
    size = len(table["n"])
    place = np.arange(size) if is_cell else cell_of_rows(pd.DataFrame({k: table[k] for k in cell}))
    for name, known in means.items():
        total, count = (np.bincount(place, weights=table[key]) for key in (name, known))
        found = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
        table[name] = found[place]
    n_cells = int(place.max()) + 1 if size else 0
    return _records(ds.dataset(pa.table(table)), int(table["n"].sum()), n_cells)


def _on_disk(records: Frame, cell: list[str], means: Mapping[str, str], is_cell: bool) -> Records:
    """The same by the engine, which needs a window where a cell has several records."""

    def total(name: str) -> nw.Expr:
        return nw.col(name) if is_cell else nw.col(name).sum().over(cell)

    joined = {
        name: nw.when(total(known) > 0).then(total(name) / total(known))
        for name, known in means.items()
    }
    of_cell = nw.lit(1.0) if is_cell else 1.0 / nw.len().over(cell)
    folder = tempfile.TemporaryDirectory(prefix="nexo-records-", ignore_cleanup_errors=True)
    joined_on = records.with_columns(**joined, of_cell=of_cell)  # a window forgets the order
    _sorted(joined_on).sink_parquet(str(Path(folder.name) / "records.parquet"))
    source = ds.dataset(folder.name, format="parquet")
    counts = source.to_table(columns=["n", "of_cell"])
    n_rows, n_cells = (round(pc.sum(counts[name]).as_py() or 0) for name in ("n", "of_cell"))
    return _records(source, n_rows, n_cells, folder)


def _records(source: Any, n_rows: int, n_cells: int, folder: Any = None) -> Records:
    clusters = pd.Index([])
    if "cluster" in source.schema.names:
        clusters = pd.Index(pc.unique(source.to_table(columns=["cluster"])["cluster"]).to_pandas())
    return Records(source, n_rows, n_cells, clusters, folder)


def arrays(table: pa.Table) -> dict[str, Array]:
    """Columns as numpy arrays of their own types."""
    return {name: table[name].to_numpy() for name in table.column_names}


def _codes(table: pa.Table) -> Codes:
    encoded = table["cluster"].combine_chunks().dictionary_encode()
    return encoded.indices.to_numpy().astype(np.int64)


def _coded(table: pa.Table, code: Codes) -> pa.Table:
    place = table.column_names.index("cluster")
    return table.set_column(place, "cluster", pa.array(code))
