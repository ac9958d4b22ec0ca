"""How large an Excel file becomes in memory, known before it is opened: some are made to burst."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from nexo.base.errors import SourceError

MOST_BYTES = 4 << 30
"""Bytes that the parts of an archive may unpack to; a full sheet of fifty columns has half."""
MOST_CELLS = 250_000_000
"""Cells between the first and the last used one, blanks counted: readers keep room for each."""
_ADDRESS = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
BLOCK_BYTES = 1 << 20
LONGEST_ADDRESS = 200
"""Bytes of a cell's tag up to its address, at most."""


def check_size(path: Path) -> None:
    """Raise SourceError for a workbook whose content or whose empty middle fills the memory.

    Only of .xlsx and its like, which are zip archives; of the older format a file is as large
    as its content.
    """
    try:
        with zipfile.ZipFile(path) as book:
            size = sum(part.file_size for part in book.infolist())
            if size > MOST_BYTES:
                raise SourceError(
                    f"{path.name}: unpacks to {size / 1e9:,.0f} GB, which no workbook of answers "
                    "does. Save the sheet as CSV, or ask for another copy."
                )
            for part in book.namelist():
                if part.startswith("xl/worksheets/") and part.endswith(".xml"):
                    _check_reach(path, _blocks(book, part))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return  # no archive, or a damaged one, which its reader tells


def _check_reach(path: Path, blocks: Iterator[bytes]) -> None:
    """Refuse a sheet with one stray cell so far away that the room before it is enormous."""
    letters: set[bytes] = set()
    last_row = 0
    for block in blocks:
        found = _ADDRESS.findall(block)
        letters.update(column for column, _ in found)
        last_row = max(last_row, max((int(row) for _, row in found), default=0))
    last = max(letters, key=lambda column: (len(column), column), default=b"A")
    width = 0
    for sign in last:
        width = 26 * width + sign - ord("A") + 1
    if width * last_row > MOST_CELLS:
        raise SourceError(
            f"{path.name}: a sheet is used as far as row {last_row:,} and column {last.decode()}, "
            "which is more than fits into memory. Delete the cells beyond the table in Excel or "
            "LibreOffice (a single one may stand there), or save the sheet as CSV."
        )


def _blocks(book: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The text of a part in pieces that overlap, so that no address is cut."""
    tail = b""
    with book.open(part) as content:
        while block := content.read(BLOCK_BYTES):
            whole = tail + block
            yield whole
            tail = whole[-LONGEST_ADDRESS:]
