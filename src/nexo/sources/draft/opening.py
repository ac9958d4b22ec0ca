"""How an unknown file is opened: format, encoding, delimiter, sheet, and where its header is."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from nexo.base.errors import SourceError
from nexo.sources.readers import read_header
from nexo.sources.schema import FileRule
from nexo.sources.workbooks import check_size

START_BYTES = 1 << 20
"""How much of a text file is looked at to find its delimiter and header."""
FIRST_ROWS = 30
"""Rows among which the header is looked for."""
MAGIC = {b"PK\x03\x04": "excel", b"\xd0\xcf\x11\xe0": "excel", b"PAR1": "parquet", b"$FL": "sav"}
BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
DELIMITERS = (";", ",", "\t", "|")
NOT_A_NAME = re.compile(r"[+-]?\d+[.,]\d+|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|[^@\s]+@[^@\s]+\.\w+")
"""Cells that no row of column names holds: decimals, dates, e-mails."""


@dataclass(frozen=True)
class Opened:
    """A file, or one sheet of it: its rule as the YAML will say it, with the reason of each key."""

    path: Path
    rule: FileRule
    header: tuple[str, ...]
    questions: tuple[str, ...]
    """What stands in a second header row (the wording of questions); else the header again."""
    notes: dict[str, str] = field(default_factory=dict)


def open_file(path: Path, glob: str) -> list[Opened]:
    """Find out how a file is read: one entry, or one for each sheet that holds a table.

    Raises SourceError for a file that is not there, is empty or of no known format.
    """
    if not path.is_file():
        raise SourceError(f"{path} is not there. Give the path of a file to look at.")
    with path.open("rb") as content:
        start = content.read(START_BYTES)
    if not start.strip():
        raise SourceError(f"{path.name} is empty. Export it again, with its data.")
    kind = next((kind for mark, kind in MAGIC.items() if start.startswith(mark)), "csv")
    if kind == "csv":
        return [_text_file(path, glob, start)]
    if kind == "excel":
        return _workbook(path, glob)
    rule = _rule(glob, format=kind)
    header = read_header(path, rule)
    return [Opened(path, rule, header, header)]


def _rule(glob: str, **keys: Any) -> FileRule:
    return FileRule.model_validate({"glob": glob, **keys})


def _text_file(path: Path, glob: str, start: bytes) -> Opened:
    if re.match(rb"\s*<(!doctype|html|table|\?xml)", start[:200].lower()):
        raise SourceError(f"{path.name} is a web page or XML. Open it and save it as xlsx or csv.")
    encoding, reason = _encoding(path, start)
    text = start.decode(encoding, errors="replace").removeprefix("\ufeff")
    n_odd = sum(not (sign.isprintable() or sign in "\t\r\n\x0b\x0c\u00a0") for sign in text[:4000])
    if n_odd > 0.02 * min(len(text), 4000) + 8:
        raise SourceError(
            f"{path.name} is neither text nor Excel, SPSS or Parquet. Save it as one of these."
        )
    delimiter = max(DELIMITERS, key=lambda sign: _regularity(text, sign))
    if not _regularity(text, delimiter):
        delimiter = ","
    records = _records(text, delimiter, FIRST_ROWS)
    notes = {"encoding": reason} if reason else {}
    kind = _survey_tool(records)
    keys = {"format": "csv", "encoding": encoding, "delimiter": delimiter}
    if kind:
        rule = _rule(glob, **{**keys, "format": kind})
        notes["format"] = "its header rows are those of this survey tool"
        return _questioned(path, rule, records, notes)
    at = _header_row(records)
    if at is None:
        raise SourceError(_no_header(path.name))
    if at:
        notes["header_row"] = f"{at} lines of titles or blanks stand above the column names"
    rule = _rule(glob, header_row=at + 1, **keys)
    header = read_header(path, rule)
    return Opened(path, rule, header, header, notes)


def _questioned(
    path: Path, rule: FileRule, records: Sequence[Sequence[str]], notes: dict[str, str]
) -> Opened:
    """An export of a survey tool, whose second row says what was asked."""
    header = read_header(path, rule)
    asked = list(records[1]) + [""] * len(header)
    questions = tuple(text.strip() or name for name, text in zip(header, asked, strict=False))
    return Opened(path, rule, header, questions, notes)


def _workbook(path: Path, glob: str) -> list[Opened]:
    import python_calamine

    check_size(path)
    try:
        book = python_calamine.load_workbook(str(path))
        sheets = {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }
    except Exception as problem:  # calamine has one kind of error a format
        raise SourceError(
            f"{path.name}: cannot be opened as Excel ({problem}). Is it another format, open "
            "elsewhere, or protected by a password?"
        ) from None
    opened = []
    for name, rows in sheets.items():
        records = [[_shown(cell) for cell in row] for row in rows[:FIRST_ROWS]]
        keys = {"sheet": name} if len(sheets) > 1 else {}
        notes = {"sheet": "one of " + str(len(sheets)) + " sheets"} if keys else {}
        kind = _survey_tool(records)
        at = 0 if kind else _header_row(records)
        if at is None or len(rows) < 2:
            continue
        if at:
            notes["header_row"] = f"{at} rows of titles or blanks stand above the column names"
        rule = _rule(glob, format=kind or "excel", header_row=at + 1, **keys)
        if kind:
            opened.append(_questioned(path, rule, records, notes))
        else:
            header = read_header(path, rule)
            opened.append(Opened(path, rule, header, header, notes))
    if not opened:
        raise SourceError(_no_header(path.name))
    return opened


def _shown(cell: Any) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _no_header(name: str) -> str:
    return (
        f"{name}: none of its first {FIRST_ROWS} rows looks like column names. Add a row of names "
        "above the data, or export the file with its header."
    )


def _encoding(path: Path, start: bytes) -> tuple[str, str]:
    """Return the encoding, and why it is taken where that is not plain."""
    for mark, name in BOMS.items():
        if start.startswith(mark):
            return name, "" if name == "utf-8" else "as its first bytes say"
    if start[1::2].count(0) > len(start) // 4:
        return "utf-16-le", "every second byte is empty"
    if start[0::2].count(0) > len(start) // 4:
        return "utf-16-be", "every second byte is empty"
    fitting = _first_fitting(path, ("utf-8", "cp1252"))
    if fitting == "utf-8":
        return fitting, ""
    if fitting == "cp1252":
        return fitting, "not UTF-8; Windows-1252 reads it whole"
    return "latin-1", "DOUBT: neither UTF-8 nor Windows-1252 reads it; latin-1 reads any byte"


def _first_fitting(path: Path, names: Sequence[str]) -> str:
    """The first of these encodings that reads the whole file; empty if none does."""
    for name in names:
        decoder = codecs.getincrementaldecoder(name)()
        try:
            with path.open("rb") as content:
                while block := content.read(START_BYTES):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    return ""


def _records(text: str, delimiter: str, most: int) -> list[list[str]]:
    """The first records, as far as they can be told apart."""
    records: list[list[str]] = []
    try:
        for record in islice(csv.reader(io.StringIO(text), delimiter=delimiter), most):
            records.append([cell.strip() for cell in record])
    except csv.Error:  # a cell beyond csv's limit: what came before will do
        pass
    return records


def _regularity(text: str, delimiter: str) -> float:
    """How alike the records are in their number of cells, if they have more than one."""
    sizes = [len(record) for record in _records(text, delimiter, 200) if any(record)]
    if not sizes:
        return 0.0
    usual, times = Counter(sizes).most_common(1)[0]
    if usual < 2 and max(sizes) >= 2 and len(sizes) <= 3:
        usual, times = max(sizes), 1
    return times / len(sizes) + min(usual, 500) / 1000 if usual > 1 else 0.0


def _header_row(records: Sequence[Sequence[str]]) -> int | None:
    """The first row that names most columns; titles and merged group names fill fewer cells."""
    widest = max((sum(map(bool, record)) for record in records), default=0)
    for index, record in enumerate(records):
        filled = [cell for cell in record if cell]
        if not filled or len(filled) < 0.6 * widest:
            continue
        n_words = sum(not re.fullmatch(r"[+-]?\d+", cell) for cell in filled)
        is_data = any(NOT_A_NAME.fullmatch(cell) for cell in filled)
        if n_words >= 0.5 * len(filled) and not is_data:
            return index
    return None


def _survey_tool(records: Sequence[Sequence[str]]) -> str:
    """``qualtrics`` or ``surveymonkey`` when the header rows are theirs; else empty."""
    if len(records) < 2:
        return ""
    first, second = ({cell.lower() for cell in record} for record in records[:2])
    third = records[2] if len(records) > 2 else []
    if any("importid" in cell.lower() for cell in third):
        return "qualtrics"
    is_legacy = {"responseid", "startdate", "enddate"} <= second
    if is_legacy and ("v1" in first or "responseid" in first):
        return "qualtrics"
    if "respondent id" in first and second & {"response", "open-ended response"}:
        return "surveymonkey"
    return ""
