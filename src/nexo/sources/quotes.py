"""A quote that nobody closes: CSV takes everything after it for one cell, and rows vanish."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from nexo.base.errors import SourceError
from nexo.sources.schema import FileRule

END = "the file ends here"
CURE = (
    "Close it, or double a quote that belongs to the text, in the file (or where it is exported)."
)


def check_quotes(path: Path, rule: FileRule, encoding: str, n_records: int) -> None:
    """Raise SourceError naming the record whose quote swallows the ones after it.

    ``n_records`` is how many were read, header included. Only a file with more lines than
    that has cells of several lines, and is looked at again; a comment of several lines is no
    fault, unless the lines in it are records.
    """
    if _line_breaks(path) <= n_records:
        return
    with path.open(encoding=encoding, newline="") as lines:
        n_columns = 0
        for number, record, n_lines in _records(lines, rule):
            if record == [END]:
                return
            if number == rule.header_row:
                n_columns = len(record)
            elif n_lines > 2 and _swallows(record, rule.delimiter, n_columns):
                raise SourceError(_message(path, number, "holds lines that look like records"))
            if n_lines > 1 and record[-1].endswith(END):
                raise SourceError(_message(path, number, "is never closed"))


def _records(lines: Iterator[str], rule: FileRule) -> Iterator[tuple[int, list[str], int]]:
    """Each record with its number and lines; at last ``[END]``, which an open quote takes in."""
    before = csv.field_size_limit(1 << 30)
    try:
        reader = csv.reader(chain(lines, [END]), delimiter=rule.delimiter)
        n_lines = 0
        for number, record in enumerate(reader, start=1):
            yield number, record, reader.line_num - n_lines
            n_lines = reader.line_num
    finally:
        csv.field_size_limit(before)


def _swallows(record: list[str], delimiter: str, n_columns: int) -> bool:
    """True if whole lines within a cell have as many cells as the header.

    Two are asked for in a record of the right size, where one may be a sentence with commas.
    """
    fewest = 2 if len(record) == n_columns else 1
    for cell in record:
        inside = [line for line in cell.splitlines()[1:-1] if line.strip()]
        is_alike = all(line.count(delimiter) >= n_columns - 1 for line in inside)
        if n_columns > 2 and len(inside) >= fewest and is_alike:
            return True
    return False


def _message(path: Path, number: int, what: str) -> str:
    return (
        f'{path.name}, record {number}: a quote (") is opened in it and {what}, so the rows after '
        f"it would be lost in one cell. {CURE}"
    )


def _line_breaks(path: Path) -> int:
    """Lines of a file, however they end; 0 without a quote, which alone lets a cell go on."""
    if not any(b'"' in block for block in _blocks(path)):
        return 0
    feeds = returns = 0
    for block in _blocks(path):
        feeds += block.count(b"\n")
        returns += block.count(b"\r")
    return max(feeds, returns)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as content:
        while block := content.read(8 << 20):
            yield block
