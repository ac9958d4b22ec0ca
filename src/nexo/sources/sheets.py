"""Reads Excel: calamine for the values, and the sheet's own XML for what calamine leaves blank."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

import pyarrow as pa

from nexo.base.errors import Problem, SourceError, report_problems
from nexo.sources.cells import DIGITS, cell_text
from nexo.sources.exports import LONGEST, Header
from nexo.sources.schema import FileRule
from nexo.sources.workbooks import check_size

BLOCK_ROWS = 100_000
DAMAGES = (
    zipfile.BadZipFile, zlib.error, ElementTree.ParseError, EOFError, ValueError, RuntimeError,
)  # fmt: skip
"""What a damaged archive or its XML raises; NotImplementedError is a RuntimeError."""
_MAY_BE_ODD = re.compile(rb"<(?:\w+:)?f[ >/]|\bt=[\"']e[\"']")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Place = tuple[int, int]
"""Row and column of a cell, from 0."""


def first_sheet_rows(path: Path, rule: FileRule) -> list[list[str]]:
    """Return the header and the rows after it that may belong to it, as text."""
    check_size(path)
    rows = sheet_rows(path, rule)[rule.header_row - 1 : rule.header_row - 1 + LONGEST]
    return [[cell_text(cell) for cell in row] for row in rows]


def sheet_cells(
    path: Path, rule: FileRule, header: Header, wanted: Mapping[int, str]
) -> Iterator[tuple[dict[int, pa.Array], pa.Array]]:
    """Yield columns (position: decimal sign) as text and the numbers of their rows in the sheet.

    Blank rows are no records. Raises SourceError for formulas without a value and for numbers
    that the sheet itself has rounded.
    """
    rows = sheet_rows(path, rule)
    try:
        errors, formulas = _odd_cells(path, _chosen(path, rule, _book(path)))
    except DAMAGES as wrong:
        raise SourceError(_damaged(path, wrong)) from None
    _stop_at(path, header, wanted, rows, formulas)
    for (row, column), text in errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
    numbered = enumerate(rows[header.first_row - 1 :], start=header.first_row)
    filled = [(row, cells) for row, cells in numbered if any(cell != "" for cell in cells)]
    for start in range(0, len(filled), BLOCK_ROWS):
        block = filled[start : start + BLOCK_ROWS]
        cells = {
            at: pa.array([cell_text(row[at], decimal) for _, row in block], pa.string())
            for at, decimal in wanted.items()
        }
        yield cells, pa.array([row for row, _ in block], pa.int64())


def sheet_rows(path: Path, rule: FileRule) -> list[list[Any]]:
    """Return the rows of the chosen sheet as typed values, blanks as empty text."""
    book = _book(path)
    name = _chosen(path, rule, book)
    try:
        return list(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
    except Exception as problem:  # calamine has one kind of error a format
        raise SourceError(_damaged(path, problem)) from None


def _damaged(path: Path, problem: Exception) -> str:
    return (
        f"{path.name}: is damaged inside ({problem}). Open it in Excel or LibreOffice and save it "
        "again, or ask for another copy."
    )


def _book(path: Path) -> Any:
    import python_calamine

    try:
        return python_calamine.load_workbook(str(path))
    except Exception as problem:  # calamine has one kind of error a format
        raise SourceError(
            f"{path.name}: cannot be opened as Excel ({problem}). Is it another format, open "
            "elsewhere, or protected by a password?"
        ) from None


def _chosen(path: Path, rule: FileRule, book: Any) -> str:
    """The sheet that the YAML names, by its name or by its number from 1."""
    sheets: list[str] = book.sheet_names
    if isinstance(rule.sheet, int) and rule.sheet <= len(sheets):
        return sheets[rule.sheet - 1]
    alike = [name for name in sheets if name.strip() == str(rule.sheet).strip()]
    if rule.sheet is not None and len(alike) == 1:
        return alike[0]
    if rule.sheet is None and len(sheets) == 1:
        return sheets[0]
    raise SourceError(
        f"{path.name}: say which sheet to read (sheet: in the source YAML, a name or a number "
        f"from 1). Sheets there: {', '.join(sheets)}."
    )


def _stop_at(
    path: Path,
    header: Header,
    wanted: Collection[int],
    rows: list[list[Any]],
    formulas: Collection[Place],
) -> None:
    """Raise SourceError for cells of the wanted columns whose value is not in the file."""
    problems = []
    for row, column in sorted(formulas):
        if column in wanted and row >= header.first_row - 1:
            what = "a formula without its value"
            cure = "Open the file in Excel or LibreOffice and save it, so that values are stored"
            problems.append(_problem(path, header, row, column, what, cure))
    for row, cells in enumerate(rows[header.first_row - 1 :], start=header.first_row - 1):
        for column in wanted:
            value = cells[column]
            if isinstance(value, float) and 10**DIGITS <= abs(value) < float("inf"):
                what = f"a number of more than {DIGITS} digits, which Excel has rounded"
                cure = "Store it as text where it comes from: its last digits are lost"
                problems.append(_problem(path, header, row, column, what, cure))
    if problems:
        raise SourceError("Cells that do not hold their value:\n" + report_problems(problems))


def _problem(path: Path, header: Header, row: int, column: int, what: str, cure: str) -> Problem:
    return Problem(what, cure, file=path.name, row=row + 1, column=header.names[column])


def _odd_cells(path: Path, sheet: str) -> tuple[dict[Place, str], set[Place]]:
    """Cells that calamine gives as blank: errors (#N/A) with their text, formulas never computed.

    Only of .xlsx; older and other formats store a value with every formula.
    """
    errors: dict[Place, str] = {}
    formulas: set[Place] = set()
    if not zipfile.is_zipfile(path):
        return errors, formulas
    with zipfile.ZipFile(path) as book:
        part = _sheet_part(book, sheet)
        if not part or not _may_be_odd(book, part):
            return errors, formulas
        with book.open(part) as content:
            for place, kind, value, has_formula in _xml_cells(content):
                if kind == "e":
                    errors[place] = value
                elif has_formula and not value and kind != "str":
                    formulas.add(place)
    return errors, formulas


def _sheet_part(book: zipfile.ZipFile, sheet: str) -> str:
    """Where the XML of a sheet lies in the archive; empty when it is no .xlsx."""
    try:
        tree = ElementTree.fromstring(book.read("xl/workbook.xml"))
        links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError):
        return ""
    ids = [node.get(_RELATION) for node in tree.iter() if node.get("name") == sheet]
    targets = [str(node.get("Target")) for node in links if node.get("Id") in ids]
    if not targets:
        return ""
    part = posixpath.normpath(posixpath.join("/xl", targets[0])).lstrip("/")
    return part if part in book.namelist() else ""


def _may_be_odd(book: zipfile.ZipFile, part: str) -> bool:
    """Look for formulas and errors in the raw XML: most sheets have none, and parsing is slow."""
    tail = b""
    with book.open(part) as content:
        while block := content.read(1 << 20):
            if _MAY_BE_ODD.search(tail + block):
                return True
            tail = block[-64:]
    return False


def _xml_cells(content: IO[bytes]) -> Iterator[tuple[Place, str, str, bool]]:
    """Each cell's place, type, stored value, and whether it has a formula."""
    row = column = -1
    for event, node in ElementTree.iterparse(content, events=("start", "end")):
        name = node.tag.rpartition("}")[2]
        if event == "start" and name == "row":
            row, column = int(node.get("r", row + 2)) - 1, -1
        elif event == "end" and name == "c":
            column = _column(node.get("r", "")) if node.get("r") else column + 1
            parts = {child.tag.rpartition("}")[2]: child.text or "" for child in node}
            yield (row, column), node.get("t", ""), parts.get("v", ""), "f" in parts
            node.clear()
        elif event == "end" and name == "row":
            node.clear()


def _column(address: str) -> int:
    """The column of an address such as AB12, from 0."""
    letters = re.match("[A-Z]*", address)
    number = 0
    for letter in letters[0] if letters else "":
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
