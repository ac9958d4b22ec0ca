"""The data set as text, otherwise as found: ids hashed, free text redacted, rows numbered."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nexo import privacy, quarantine
from nexo.contract import Column, Dictionary
from nexo.errors import EmptyResultError
from nexo.results import write_json
from nexo.sources.dates import compiled
from nexo.sources.files import FoundFile, find_files, raw_names
from nexo.sources.readers import Ragged, read_chunks
from nexo.sources.schema import ColumnRule, Source

Cure = Callable[[str], str | None]
"""What a cell becomes on its way in."""


@dataclass(frozen=True)
class RawFile:
    """What was read of one file; ``rows`` counts every record, ragged ones included."""

    table: str
    entry: int
    name: str
    rows: int
    sha256: str
    left_out: tuple[str, ...]
    ragged: tuple[Ragged, ...]


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
    rejected = quarantine.joined([_ragged_rows(file) for file in read])
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
    names = list(dict.fromkeys(name for file in files for name in file.columns))
    schema = pa.schema(
        [*((n, pa.string()) for n in names), ("_file", pa.string()), ("_row", pa.int64())]
    )
    read = []
    with pq.ParquetWriter(
        folder / f"{table}.parquet", schema, compression="zstd", store_schema=False
    ) as writer:
        for file in files:
            ragged: list[Ragged] = []
            cures = _cures(source, dictionary, file, key)
            rule = source.tables[table].files[file.entry]
            n_rows = 0
            for chunk in read_chunks(
                file.path, rule, file.columns, _decimals(source, file), ragged
            ):
                n_rows += chunk.num_rows
                writer.write_table(_cured(chunk, cures, file.name, schema))
            read.append(
                RawFile(
                    table,
                    file.entry,
                    file.name,
                    n_rows + len(ragged),
                    _sha256(file.path),
                    file.left_out,
                    tuple(ragged),
                )
            )
    if not any(file.rows for file in read):
        raise EmptyResultError(
            f"The table {table!r} has no records in {', '.join(file.name for file in read)}. "
            "Put the data there, or take the table out of the source YAML."
        )
    return read


def _cured(chunk: pa.Table, cures: dict[str, Cure], file: str, schema: pa.Schema) -> pa.Table:
    arrays = []
    for name in schema.names:
        if name == "_file":
            arrays.append(pa.array([file] * chunk.num_rows, pa.string()))
        elif name == "_row":
            arrays.append(chunk["_row"])
        elif name in chunk.column_names:
            arrays.append(_mapped(chunk[name], cures[name]))
        else:  # a column that only another file of this table has
            arrays.append(pa.nulls(chunk.num_rows, pa.string()))
    return pa.table(arrays, schema=schema)


def _mapped(column: pa.ChunkedArray, cure: Cure) -> pa.Array:
    """Apply ``cure`` once to each distinct value."""
    coded = pc.dictionary_encode(column.combine_chunks())
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    return pa.array([cure(text) for text in coded.dictionary.to_pylist()], pa.string()).take(
        coded.indices
    )


def _cures(source: Source, dictionary: Dictionary, file: FoundFile, key: bytes) -> dict[str, Cure]:
    """Choose for each raw column of a file: pseudonym, full redaction, or redaction of a cell.

    Free text is stricter than any cell; of a column with two meanings the cells that fit one
    of them stay. An id is never also something else.
    """
    columns = dictionary.table(file.table).columns
    rules = source.tables[file.table].rules(file.entry)
    cures: dict[str, Cure] = {}
    looks: dict[str, list[re.Pattern[str]]] = {}
    known: dict[str, set[str]] = {}
    for canonical, raw in raw_names(source.tables[file.table], file.entry).items():
        column, rule = columns[canonical], rules[canonical]
        looks.setdefault(raw, []).extend(_looks(column, rule))
        known.setdefault(raw, set()).update(rule.map or (), source.missing_codes(rule))
        if column.type == "id":
            cures[raw] = _id_cure(source, column, rule, key)
        elif column.type == "text":
            cures[raw] = privacy.redact
        else:
            cell = partial(privacy.redact_cell, looks=looks[raw], known=known[raw])
            cures.setdefault(raw, cell)
    return cures


def _looks(column: Column, rule: ColumnRule) -> list[re.Pattern[str]]:
    """What a cell of this column may look like: its type's looks, and the declared dates."""
    looks = list(privacy.LOOKS.get(column.type, ()))
    if column.type in ("date", "datetime"):
        looks += [re.compile(known.pattern) for known in compiled(rule.dates)]
    return looks


def _id_cure(source: Source, column: Column, rule: ColumnRule, key: bytes) -> Cure:
    id_rule = source.id_rule if column.refers_to else privacy.IdRule()
    missing = source.missing_codes(rule)
    return partial(_hashed, rule=id_rule, missing=missing, prefix=rule.prefix, key=key)


def _hashed(
    text: str, *, rule: privacy.IdRule, missing: tuple[str, ...], prefix: str, key: bytes
) -> str | None:
    """A pseudonym; declared missing codes stay, for cleaning to count; blanks become null."""
    if text.strip() in missing:
        return text.strip()
    normal = privacy.normalise_id(text, rule)
    return privacy.pseudonym(prefix + normal, key) if normal.strip() else None


def _decimals(source: Source, file: FoundFile) -> dict[str, str]:
    table = source.tables[file.table]
    names = raw_names(table, file.entry)
    declared = table.files[file.entry].decimal
    return {
        raw: table.rules(file.entry)[canonical].decimal or declared
        for canonical, raw in names.items()
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _ragged_rows(file: RawFile) -> pa.Table:
    """Ragged records for the quarantine; their cells are not shown, they may hold anything."""
    return quarantine.as_table(
        {
            "table": file.table,
            "file": file.name,
            "row": ragged.row,
            "column": "(row)",
            "value": f"{ragged.found} cells instead of {ragged.expected}",
            "reason": "ragged_row",
            "action": "row_rejected",
        }
        for ragged in file.ragged
    )


def _counts(table: str, read: list[RawFile]) -> dict[str, Any]:
    files = [file for file in read if file.table == table]
    return {
        "rows": sum(file.rows for file in files),
        "files": [
            {"name": f.name, "entry": f.entry, "rows": f.rows, "sha256": f.sha256} for f in files
        ],
        "columns_left_out": sorted({name for f in files for name in f.left_out}),
    }
