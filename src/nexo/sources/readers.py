"""One reader a format; each hands out text, nothing guessed, with the number of each record."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from nexo.errors import SourceError
from nexo.sources.quotes import check_quotes
from nexo.sources.schema import FileRule

BLOCK_BYTES = 8 << 20
"""How much of a CSV is read at a time; a record must fit. Fixed, so that bytes agree."""
BLOCK_ROWS = 100_000


@dataclass(frozen=True)
class Ragged:
    """A record with more or fewer cells than the header."""

    row: int
    found: int
    expected: int


def read_header(path: Path, rule: FileRule) -> tuple[str, ...]:
    """Return the column names of a file; raise SourceError when it has none."""
    if rule.format == "csv":
        header = _csv_header(path, rule)
    elif rule.format == "excel":
        rows = _sheet(path, rule)
        header = rows[rule.header_row - 1] if len(rows) >= rule.header_row else []
    else:
        header = _parquet(path).schema_arrow.names
    names = tuple(_cell(cell, ".") for cell in header)
    if not any(name.strip() for name in names):
        raise SourceError(
            f"{path.name}: row {rule.header_row} holds no column names. Correct header_row in "
            "the source YAML, or the file (is it empty?)."
        )
    return names


def read_chunks(
    path: Path,
    rule: FileRule,
    columns: dict[str, int],
    decimals: dict[str, str],
    ragged: list[Ragged],
) -> Iterator[pa.Table]:
    """Yield the named columns (name: position in the file) as text, and ``_row`` as int64.

    ``decimals`` is the decimal sign each column is read with later: Excel and Parquet hold
    numbers, which are written with it. Records that do not fit the header go to ``ragged``.
    """
    if rule.format == "csv":
        yield from _csv_chunks(path, rule, columns, ragged)
    elif rule.format == "excel":
        yield from _excel_chunks(path, rule, columns, decimals)
    else:
        yield from _parquet_chunks(path, columns, decimals)


def _csv_header(path: Path, rule: FileRule) -> list[str]:
    try:
        with path.open(encoding=_text_encoding(rule), newline="") as lines:
            records = csv.reader(lines, delimiter=rule.delimiter)
            return next(itertools.islice(records, rule.header_row - 1, None), [])
    except LookupError:
        raise SourceError(
            f"{path.name}: {rule.encoding!r} is no known encoding. Write utf-8, latin-1, cp1252 or "
            "utf-16 in the source YAML."
        ) from None
    except (UnicodeError, csv.Error) as problem:
        raise SourceError(_bad_text(path, rule, problem)) from None


def _csv_chunks(
    path: Path, rule: FileRule, columns: dict[str, int], ragged: list[Ragged]
) -> Iterator[pa.Table]:
    n_columns = len(_csv_header(path, rule))
    if _is_utf8(rule):
        _check_utf8(path, rule)
    names = [str(index) for index in range(n_columns)]
    rejected: set[int] = set()

    def reject(record: Any) -> str:
        ragged.append(Ragged(record.number, record.actual_columns, record.expected_columns))
        rejected.add(record.number)
        return "skip"

    try:
        # Threads off, or a rejected record comes without its number.
        reader = pyarrow.csv.open_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(
                use_threads=False,
                block_size=BLOCK_BYTES,
                column_names=names,
                skip_rows_after_names=rule.header_row,
                encoding="utf8" if _is_utf8(rule) else rule.encoding,
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=rule.delimiter, newlines_in_values=True, invalid_row_handler=reject
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=False,
                include_columns=[str(index) for index in columns.values()],
            ),
        )
        numbers = (n for n in itertools.count(rule.header_row + 1) if n not in rejected)
        n_rows = 0
        for batch in reader:
            n_rows += batch.num_rows
            rows = pa.array(itertools.islice(numbers, batch.num_rows), pa.int64())
            yield _chunk(list(columns), batch.columns, rows)
        n_records = rule.header_row + n_rows + len(rejected)
        check_quotes(path, rule, _text_encoding(rule), n_records)
    except (UnicodeError, pa.ArrowInvalid) as problem:
        if "Empty CSV" in str(problem):
            return
        raise SourceError(_bad_text(path, rule, problem)) from None


def _text_encoding(rule: FileRule) -> str:
    return "utf-8-sig" if _is_utf8(rule) else rule.encoding


def _is_utf8(rule: FileRule) -> bool:
    return rule.encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig")


def _check_utf8(path: Path, rule: FileRule) -> None:
    """Decode the file once, so that wrong bytes end in our message.

    pyarrow takes UTF-8 as it is (other encodings pass a strict decoder); wrong bytes in a
    ragged record would make it print a traceback of its own.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as content:
            while block := content.read(BLOCK_BYTES):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as problem:
        raise SourceError(_bad_text(path, rule, problem)) from None


def _chunk(names: list[str], arrays: list[Any], rows: pa.Array) -> pa.Table:
    return pa.table([*arrays, rows], names=[*names, "_row"])


def _bad_text(path: Path, rule: FileRule, problem: Exception) -> str:
    """Find the first line that the declared encoding cannot read, for its owner to look at."""
    line = 0
    with path.open("rb") as lines:
        for line, raw in enumerate(lines, start=1):
            try:
                raw.decode(rule.encoding)
            except UnicodeError:
                return (
                    f"{path.name}, line {line}: not {rule.encoding} text. Declare the file's "
                    "encoding in the source YAML (latin-1 or cp1252 are the usual ones; latin-1 "
                    "reads any byte)."
                )
    return (
        f"{path.name}: cannot be read as {rule.encoding} text with delimiter {rule.delimiter!r} "
        f"({problem}). Correct encoding and delimiter in the source YAML, or the file."
    )


def _sheet(path: Path, rule: FileRule) -> list[list[Any]]:
    import python_calamine

    try:
        book = python_calamine.load_workbook(str(path))
    except Exception as problem:  # calamine has one kind of error a format
        raise SourceError(
            f"{path.name}: cannot be opened as Excel ({problem}). Is it another format, open "
            "elsewhere, or protected by a password?"
        ) from None
    sheets = book.sheet_names
    name = rule.sheet if rule.sheet is not None else sheets[0]
    if name not in sheets or (rule.sheet is None and len(sheets) > 1):
        raise SourceError(
            f"{path.name}: say which sheet to read (sheet: in the source YAML). "
            f"Sheets there: {', '.join(sheets)}."
        )
    return list(book.get_sheet_by_name(name).to_python(skip_empty_area=False))


def _excel_chunks(
    path: Path, rule: FileRule, columns: dict[str, int], decimals: dict[str, str]
) -> Iterator[pa.Table]:
    numbered = enumerate(_sheet(path, rule)[rule.header_row :], start=rule.header_row + 1)
    filled = [(row, cells) for row, cells in numbered if any(cell != "" for cell in cells)]
    for start in range(0, len(filled), BLOCK_ROWS):
        block = filled[start : start + BLOCK_ROWS]
        arrays = [
            pa.array([_cell(cells[at], decimals.get(name, ".")) for _, cells in block], pa.string())
            for name, at in columns.items()
        ]
        yield _chunk(list(columns), arrays, pa.array([row for row, _ in block], pa.int64()))


def _cell(value: Any, decimal: str) -> str:
    """An Excel cell as text: dates as ISO, whole numbers without .0, formulas as their value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value).replace(".", decimal)
    if isinstance(value, dt.datetime):
        whole = value.replace(microsecond=0)
        return whole.date().isoformat() if whole.time() == dt.time() else whole.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _parquet(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as problem:
        raise SourceError(
            f"{path.name}: cannot be opened as Parquet ({problem}). Correct format in the source "
            "YAML, or the file."
        ) from None


def _parquet_chunks(
    path: Path, columns: dict[str, int], decimals: dict[str, str]
) -> Iterator[pa.Table]:
    file = _parquet(path)
    header = file.schema_arrow.names
    first = 2
    for batch in file.iter_batches(BLOCK_ROWS, columns=[header[at] for at in columns.values()]):
        arrays = [
            _column_text(path, name, batch.column(header[at]), decimals.get(name, "."))
            for name, at in columns.items()
        ]
        rows = pa.array(range(first, first + batch.num_rows), pa.int64())
        first += batch.num_rows
        yield _chunk(list(columns), arrays, rows)


def _column_text(path: Path, name: str, array: pa.Array, decimal: str) -> pa.Array:
    """A typed column as text; nulls become empty, decimals take the declared sign."""
    import pyarrow.compute as pc

    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        raise SourceError(
            f"{path.name}, column {name!r}: of type {array.type}, which is no text, number or "
            "date. Leave it out of the source YAML, or write it as text."
        )
    if pa.types.is_timestamp(array.type) and array.type.tz is not None:
        raise SourceError(
            f"{path.name}, column {name!r}: times in the zone {array.type.tz}. Write them in the "
            "source's own time zone and without one: a zone is never dropped in silence."
        )
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("s"), safe=False)
    text = array.cast(pa.string())
    is_fraction = pa.types.is_floating(array.type) or pa.types.is_decimal(array.type)
    if is_fraction and decimal != ".":
        text = pc.replace_substring(text, ".", decimal)
    return text.fill_null("")
