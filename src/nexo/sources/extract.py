"""The data set as text, otherwise as found: ids hashed, free text redacted, rows numbered."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from nexo import quarantine
from nexo.base.errors import EmptyResultError
from nexo.base.progress import Progress
from nexo.base.results import write_json
from nexo.contract import Dictionary
from nexo.sources.cures import Cure, cured, cures_of
from nexo.sources.files import FoundFile, find_files
from nexo.sources.joined import Joined, join_chunks, read_partners
from nexo.sources.records import Tally
from nexo.sources.schema import Source

Cured = Callable[[pa.Table], pa.Table]
"""A block of text as it may be stored."""
CURED_TOGETHER = 2


@dataclass(frozen=True)
class RawFile:
    """What was read of one file, and of the files joined to it."""

    file: FoundFile
    tally: Tally
    joined: tuple[Joined, ...]

    @property
    def rows(self) -> int:
        """Records of this table, ragged ones included."""
        return self.tally.rows + len(self.tally.ragged)


def extract(
    source: Source, dictionary: Dictionary, data_dir: Path, key: bytes, folder: Path
) -> dict[str, Any]:
    """Read every file into ``folder``: <table>.parquet, rejected.parquet and counts.json.

    Columns are text under the source's names, only those that the YAML uses, plus ``_file``
    and ``_row`` (header = 1). Returns the content of counts.json. Raises SourceError for a
    file or column that is not there, EmptyResultError for a table without records.
    """
    files = find_files(source, data_dir)
    read: list[RawFile] = []
    for table in source.tables:
        of_table = [file for file in files if file.table == table]
        read += _write_table(source, dictionary, table, of_table, key, folder)
    rejected = quarantine.ordered(quarantine.joined([_ragged_rows(file) for file in read]))
    pq.write_table(rejected, folder / "rejected.parquet", compression="zstd", store_schema=False)
    counts = {"tables": {table: _counts(table, read) for table in source.tables}}
    write_json(folder / "counts.json", counts)
    return counts


def _write_table(
    source: Source,
    dictionary: Dictionary,
    table: str,
    files: list[FoundFile],
    key: bytes,
    folder: Path,
) -> list[RawFile]:
    names = list(dict.fromkeys(name for file in files for name in _columns(file)))
    schema = pa.schema(
        [*((n, pa.string()) for n in names), ("_file", pa.string()), ("_row", pa.int64())]
    )
    read = []
    watch = Progress(f"extract {table}")
    with _writer(folder / f"{table}.parquet", schema) as write:
        for file in files:
            cured = partial(_cured, cures_of(source, dictionary, file, key), file.name, schema)
            joined = read_partners(source, dictionary, file, key)
            tally = Tally()
            for chunk in join_chunks(source, dictionary, file, joined, key, tally):
                write(cured, chunk)
                watch.add(chunk.num_rows)
            read.append(RawFile(file, tally, tuple(joined)))
    if not any(found.rows for found in read):
        raise EmptyResultError(_no_records(table, read))
    return read


@contextmanager
def _writer(place: Path, schema: pa.Schema) -> Iterator[Callable[[Cured, pa.Table], None]]:
    """Yield what cures a block and writes it, in order, while the next ones are read."""
    pending: deque[Future[None]] = deque()

    def write(cured: Cured, chunk: pa.Table) -> None:
        if len(pending) > CURED_TOGETHER:
            pending.popleft().result()
        block = curing.submit(cured, chunk)
        pending.append(writing.submit(lambda: writer.write_table(block.result())))

    with (
        pq.ParquetWriter(place, schema, compression="zstd", store_schema=False) as writer,
        ThreadPoolExecutor(1) as writing,
        ThreadPoolExecutor(CURED_TOGETHER) as curing,
    ):
        try:
            yield write
        finally:  # a block that failed did so before the one that could not be read
            for written in pending:
                written.result()


def _columns(file: FoundFile) -> list[str]:
    """The raw columns that a file and those joined to it give."""
    others = [other for partner in file.partners for other in partner.files]
    return [name for found in (file, *others) for name in (*found.columns, *found.counted)]


def _no_records(table: str, read: list[RawFile]) -> str:
    names = ", ".join(found.file.name for found in read)
    aside = sum(found.tally.set_aside for found in read)
    if aside:
        return (
            f"The table {table!r} has no records in {names}: where sets all {aside} aside. Correct "
            "its labels in the source YAML."
        )
    return (
        f"The table {table!r} has no records in {names}. Put the data there, or take the table "
        "out of the source YAML."
    )


def _cured(cures: dict[str, Cure], file: str, schema: pa.Schema, chunk: pa.Table) -> pa.Table:
    arrays = []
    for name in schema.names:
        if name == "_file":
            arrays.append(pa.repeat(file, chunk.num_rows))
        elif name == "_row":
            arrays.append(chunk["_row"])
        elif name in chunk.column_names:
            arrays.append(cured(chunk[name], cures[name]))
        else:  # a column that only another file of this table has
            arrays.append(pa.nulls(chunk.num_rows, pa.string()))
    return pa.table(arrays, schema=schema)


def _sha256(file: FoundFile, tally: Tally) -> str:
    if file.rule.format == "postgresql":
        return str(tally.content.hexdigest())
    with file.path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _ragged_rows(read: RawFile) -> pa.Table:
    """Ragged records for the quarantine; their cells are not shown, they may hold anything."""
    return quarantine.as_table(
        {
            "table": read.file.table,
            "file": read.file.name,
            "row": ragged.row,
            "column": "(row)",
            "value": ""
            if ragged.is_header
            else f"{ragged.found} cells instead of {ragged.expected}",
            "reason": "repeated_header" if ragged.is_header else "ragged_row",
            "action": "row_rejected",
        }
        for ragged in read.tally.ragged
    )


def _counts(table: str, read: list[RawFile]) -> dict[str, Any]:
    of_table = [found for found in read if found.file.table == table]
    files = [other for found in of_table for other in (found.file, *_partner_files(found))]
    return {
        "rows": sum(found.rows for found in of_table),
        "files": [_count(found) for found in of_table],
        "columns_left_out": sorted({name for file in files for name in file.left_out}),
    }


def _count(read: RawFile) -> dict[str, Any]:
    """One file in numbers; ``set_aside`` and ``joined`` only where the source has them."""
    file = read.file
    counted: dict[str, Any] = {
        "name": file.name,
        "entry": file.entry,
        "rows": read.rows,
        "sha256": _sha256(file, read.tally),
    }
    if file.filters:
        counted["set_aside"] = read.tally.set_aside
    if read.joined:
        counted["joined"] = [one for joined in read.joined for one in _joined_counts(joined)]
    return counted


def _joined_counts(joined: Joined) -> list[dict[str, Any]]:
    return [
        {
            "name": file.name,
            "rows": joined.tallies[file.name].rows,
            "sha256": _sha256(file, joined.tallies[file.name]),
            "without_partner": joined.n_alone,
            "unused": joined.n_unused,
        }
        for file in joined.partner.files
    ]


def _partner_files(read: RawFile) -> list[FoundFile]:
    return [file for partner in read.file.partners for file in partner.files]
