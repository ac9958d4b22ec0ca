"""From a frame of rows, of any engine, to the sample of one outcome: records on cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from nexo.base.errors import ConfigError
from nexo.compress.arrays import Array, Codes, numbers
from nexo.compress.cells import (
    Block,
    Cells,
    Rows,
    Sums,
    cells_of,
    compress,
    gather,
    mean_response,
    response_of,
    row_sums,
    sums_of,
)
from nexo.compress.coding import Coding
from nexo.compress.controls import Control
from nexo.compress.records import Columns, Records, grouped
from nexo.compress.rows import PLACE, SIZE, chosen, flagged, learn_all, totals
from nexo.models import refusals
from nexo.models.blocks import offset_of, part_sums
from nexo.models.outcomes import Outcome, Part


@dataclass(frozen=True)
class Sample:
    """The records of one outcome ``y`` with one score ``x``: the rows of a pandas frame, whose
    places are ``rows``, or what the engine has grouped, ``sums.n`` rows each.

    ``is_event``: share of each record's rows with y above 0; ``cluster``: number of its customer
    among ``customers``; ``excluded``: controls left out with their reason; ``n_left_out``: rows
    without exposure. With more than max_cells cells the records are ``streamed``: x, y and sums
    then are totals by score and side of zero, and ``cells`` holds these.
    """

    outcome: Outcome
    score: str
    controls: tuple[Control, ...]
    excluded: tuple[tuple[str, str], ...]
    n_left_out: int
    rows: Codes
    y: Array
    is_event: Array
    x: Array
    sums: Sums
    cluster: Codes
    customers: pd.Index
    cells: Cells
    streamed: Records | None = None

    @property
    def both(self) -> bool:
        """Do non-events count as well (a binary outcome or first part)?"""
        return self.outcome.is_binary

    @property
    def n_cells(self) -> int:
        """Cells, in memory or not."""
        return self.streamed.n_cells if self.streamed else len(self.cells.n)

    def block(self, part: Part, coding: Coding, weights: Array | None) -> Block:
        """One part of the outcome on the cells, with every design column."""
        cells, sums = self.cells, self.sums if weights is None else row_sums(self.y, weights)
        used, sums = part_sums(sums, self.y, part)
        cell, one = cells.cell[used], np.ones(len(cells.n))
        cluster = self.cluster[used] if len(self.cluster) else self.cluster
        rows = Rows(cell, mean_response(sums), sums.w, cluster)
        design = np.column_stack([one, coding.columns(cells.score), cells.controls])
        return Block(design, offset_of(part, cells.exposure), gather(sums, cell, len(one)), rows)


def prepare(
    frame: Any,
    outcome: Outcome,
    score: str,
    controls: Sequence[str],
    bins: int,
    cluster: str | None = "customer_id",
    *,
    weights: str | None = None,
    max_cells: int | None = None,
) -> Sample:
    """Choose the rows (outcome seen, score known, exposure positive) and compress them.

    ``frame``: any that Narwhals knows. The rows of a pandas frame stay at hand; any other is
    grouped by its engine (Polars and pyarrow by DuckDB), and streamed above ``max_cells`` cells.
    Raises NotIdentified as METHODS.md section 3 lists; controls that are absent, constant or
    leak are left out and named in ``excluded``.
    """
    refusals.check_present(frame, outcome, score)
    if isinstance(frame, pd.DataFrame):  # its other columns would be copied row by row
        needed = {outcome.column, outcome.exposure, score, cluster, weights, *controls}
        frame = frame[[name for name in frame if name in needed]]
    used, left_out = chosen(frame, outcome.column, score, outcome.exposure)
    is_rows = isinstance(used, nw.DataFrame)
    rows = used.to_native() if is_rows else totals(used, outcome.column, score)
    n, x, y = numbers(rows[SIZE]), numbers(rows[score]), numbers(rows[outcome.column])
    refusals.check_sample(y, score, x, outcome.is_binary, n)
    names = used.collect_schema().names()
    if lost := [name for name in (cluster, weights) if name and name not in names]:
        raise ConfigError(f"The frame has no column {', '.join(map(repr, lost))}.")
    if weights:
        refusals.check_weights(used, weights, int(n.sum()))
    own = {score: "is_score", outcome.column: "leakage"}  # held equal, nothing would be left
    others = [name for name in controls if name not in own]
    kept, excluded = learn_all(used, others, bins, outcome.is_binary)
    excluded += tuple((name, own[name]) for name in controls if name in own)
    spec: dict[str, Any] = {"outcome": outcome, "score": score, "controls": kept}
    spec |= {"excluded": excluded, "n_left_out": left_out}
    if is_rows:
        return _of_rows(rows, spec, cluster, weights)
    side = outcome.side
    columns = Columns(score, outcome.column, kept, outcome.exposure, cluster, weights, side)
    records = grouped(flagged(used, controls), columns, int(n.sum()))
    if max_cells is None or records.n_cells <= max_cells:
        return _of_records(records.whole(), spec, records.clusters, None)
    both = {"x": x, "side": y, "n": n, "events": n * (y > 0), "wy": n * y, "wy2": n * y**2}
    return _of_records(both, spec, records.clusters, records)


def _of_rows(
    rows: pd.DataFrame, spec: Mapping[str, Any], cluster: str | None, weights: str | None
) -> Sample:
    outcome, score = spec["outcome"], spec["score"]
    y, places = numbers(rows[outcome.column]), rows[PLACE].to_numpy()
    codes, customers = pd.factorize(rows[cluster] if cluster else places, sort=True)
    return Sample(
        **spec,
        rows=places,
        y=y,
        is_event=np.asarray(y > 0, float),
        x=numbers(rows[score]),
        sums=row_sums(y, numbers(rows[weights]) if weights else None),
        cluster=codes,
        customers=pd.Index(customers),
        cells=compress(rows, score, outcome.exposure, spec["controls"]),
    )


def _of_records(
    table: Mapping[str, Any], spec: Mapping[str, Any], customers: pd.Index, many: Records | None
) -> Sample:
    sums = sums_of(table)
    return Sample(
        **spec,
        rows=np.arange(len(table["x"])),
        y=response_of(table, sums),
        is_event=table["events"] / table["n"],
        x=table["x"],
        sums=sums,
        cluster=table.get("cluster", np.array([], dtype=np.int64)),
        customers=customers,
        cells=cells_of(table, () if many else spec["controls"]),
        streamed=many,
    )
