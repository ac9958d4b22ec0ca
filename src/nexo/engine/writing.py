"""Parquet files whose bytes depend on their rows alone, written whole or not at all."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from nexo.base.results import whole_file
from nexo.engine.frames import some

BLOCK_ROWS = 1 << 17
"""Rows that leave an engine at a time, and rows of a group of a Parquet file."""
SORT_GB = 1
"""Memory in which a table outside of an engine is sorted."""


def write_batches(batches: Iterable[pa.RecordBatch], path: Path) -> int:
    """Write batches in their order, whole or not at all, and return the number of rows.

    The first batch, which may be empty, tells the schema. Groups of BLOCK_ROWS rows are cut anew,
    so that equal rows give equal bytes however they were cut before. A group is packed while the
    engine makes the next one.
    """
    waiting = iter(batches)
    first = next(waiting)
    n_rows, packed = 0, None
    with (
        whole_file(path) as building,
        pq.ParquetWriter(building, first.schema, compression="zstd", store_schema=False) as writer,
        ThreadPoolExecutor(max_workers=1) as packer,
    ):
        for group in _groups(itertools.chain([first], waiting)):
            if packed is not None:
                packed.result()
            packed = packer.submit(writer.write_table, group)
            n_rows += group.num_rows
        if packed is not None:
            packed.result()
    return n_rows


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The same rows in groups of BLOCK_ROWS and a last smaller one; no rows are one group too."""
    held: list[pa.RecordBatch] = []
    n_held, n_groups = 0, 0
    for batch in batches:
        while n_held + batch.num_rows >= BLOCK_ROWS:
            n_taken = BLOCK_ROWS - n_held
            yield pa.Table.from_batches([*held, batch.slice(0, n_taken)]).combine_chunks()
            held, n_held, n_groups = [], 0, n_groups + 1
            batch = batch.slice(n_taken)
        held.append(batch)
        n_held += batch.num_rows
    if n_held or not n_groups:
        yield pa.Table.from_batches(held).combine_chunks()


def write_arrow(table: pa.Table, path: Path, sort_by: Sequence[str]) -> int:
    """Write an Arrow table as ``Engine.write_parquet`` does; return its number of rows.

    A large one, which may lie on disk, is sorted there too, in a folder beside ``path``.
    """
    keys = [*sort_by, *(name for name in table.column_names if name not in sort_by)]
    if table.num_rows <= BLOCK_ROWS:
        ordered = table.sort_by([(name, "ascending") for name in keys])
        return write_batches(some(ordered.schema, ordered.to_batches()), path)
    import duckdb

    with (
        tempfile.TemporaryDirectory(suffix=".building", dir=path.parent) as spill,
        duckdb.connect(":memory:") as connection,
    ):
        connection.execute(f"SET memory_limit = '{SORT_GB}GB'")
        connection.execute("SET temp_directory = ?", [spill])
        order = ", ".join(f'"{name}" NULLS LAST' for name in keys)
        reader = connection.from_arrow(table).order(order).to_arrow_reader(BLOCK_ROWS)
        return write_batches((batch.cast(table.schema) for batch in reader), path)
