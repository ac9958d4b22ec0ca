"""One reader a format; each hands out text, nothing guessed, with the number of each record."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from nexo.base.errors import SourceError
from nexo.sources.cells import Ragged
from nexo.sources.exports import Header, shaped
from nexo.sources.schema import DATABASES, FileRule

SHEETS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")

__all__ = ["Header", "Ragged", "read_chunks", "read_columns", "read_header"]


def read_header(path: Path, rule: FileRule) -> tuple[str, ...]:
    """Return the column names of a file; raise SourceError when it has none."""
    return read_columns(path, rule).names


def read_columns(path: Path, rule: FileRule) -> Header:
    """Return the column names of a file and where its records begin.

    Raises SourceError when there are none, or when the file is not of the declared format.
    """
    kind = _kind(path, rule)
    if kind == "sav":
        from nexo.sources.spss import sav_names

        return _named(path, rule, Header(sav_names(path, rule), 2))
    if kind == "parquet":
        from nexo.sources.typed import open_parquet

        return _named(path, rule, Header(tuple(open_parquet(path).schema_arrow.names), 2))
    if kind in DATABASES:
        from nexo.sources.databases import database_names

        return _named(path, rule, Header(database_names(path, rule), 2))
    if kind == "excel":
        from nexo.sources.sheets import first_sheet_rows

        rows = first_sheet_rows(path, rule)
    else:
        from nexo.sources.delimited import first_rows

        rows = first_rows(path, rule)
    _named(path, rule, Header(tuple(rows[0]) if rows else (), 2))
    return shaped(path.name, rule.format, rule.header_row, rows)


def read_chunks(
    path: Path,
    rule: FileRule,
    columns: Mapping[str, int],
    decimals: Mapping[str, str],
    ragged: list[Ragged],
    labelled: Collection[str] = (),
    known: Mapping[str, Collection[str]] | None = None,
    header: Header | None = None,
) -> Iterator[pa.Table]:
    """Yield the named columns (name: position in the file) as text, and ``_row`` as int64.

    ``decimals`` is the decimal sign each column is read with later: typed formats hold
    numbers, which are written with it. Records that do not fit the header go to ``ragged``.
    Of SPSS files, ``labelled`` columns give value labels, and ``known`` are the codes that the
    YAML explains (None: not checked). ``header``, where it is known, saves reading it again.
    Raises SourceError as the reader of the format does.
    """
    signs = {columns[name]: sign for name, sign in decimals.items() if name in columns}
    wanted = {at: signs.get(at, ".") for at in sorted(set(columns.values()))}
    kind = _kind(path, rule)
    if kind not in ("csv", "excel"):
        header = Header((), 2)
    elif header is None:
        header = read_columns(path, rule)
    if kind == "sav":
        from nexo.sources.spss import sav_cells

        labels = {columns[name] for name in labelled if name in columns}
        codes = None if known is None else {columns[n]: c for n, c in known.items() if n in columns}
        blocks = sav_cells(path, rule, wanted, labels, codes)
    elif kind == "parquet":
        from nexo.sources.typed import parquet_cells

        blocks = parquet_cells(path, wanted)
    elif kind in DATABASES:
        from nexo.sources.databases import database_cells

        blocks = database_cells(path, rule, wanted)
    elif kind == "excel":
        from nexo.sources.sheets import sheet_cells

        blocks = sheet_cells(path, rule, header, wanted)
    else:
        from nexo.sources.delimited import csv_cells

        blocks = csv_cells(path, rule, header, wanted, ragged)
    for cells, rows in blocks:
        cells, rows = _without_headers(cells, rows, header.names, ragged)
        arrays = [cells[at] for at in columns.values()]
        yield pa.table([*arrays, rows], names=[*columns, "_row"])


def _without_headers(
    cells: dict[int, pa.Array], rows: pa.Array, names: Sequence[str], ragged: list[Ragged]
) -> tuple[dict[int, pa.Array], pa.Array]:
    """Take out the header where it comes again: files pasted together under each other.

    A single column is no proof: a comment may well say "comment".
    """
    if not names or len(cells) < 2:
        return cells, rows
    is_header = pa.array([True] * len(rows))
    for at, values in cells.items():
        is_name = pc.equal(pc.utf8_trim_whitespace(values), names[at].strip())
        is_header = pc.and_(is_header, pc.fill_null(is_name, False))
        if not pc.any(is_header).as_py():
            return cells, rows
    ragged += [
        Ragged(row, len(names), len(names), True) for row in rows.filter(is_header).to_pylist()
    ]
    is_record = pc.invert(is_header)
    return {at: values.filter(is_record) for at, values in cells.items()}, rows.filter(is_record)


def _kind(path: Path, rule: FileRule) -> str:
    """The kind of file; exports of survey tools are text or a sheet, as they were downloaded."""
    if rule.format in ("qualtrics", "surveymonkey"):
        return "excel" if path.suffix.lower() in SHEETS else "csv"
    return rule.format


def _named(path: Path, rule: FileRule, header: Header) -> Header:
    if any(name.strip() for name in header.names):
        return header
    raise SourceError(
        f"{path.name}: row {rule.header_row} holds no column names. Correct header_row in "
        "the source YAML, or the file (is it empty?)."
    )
