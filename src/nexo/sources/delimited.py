"""Reads text with a delimiter: one streaming reader, no type guessed, every record numbered."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from nexo.base.errors import SourceError
from nexo.privacy import redact
from nexo.sources.cells import Ragged
from nexo.sources.encodings import BLOCK_BYTES, WIDE, check_text, codec_name
from nexo.sources.exports import LONGEST, Header
from nexo.sources.quotes import check_quotes
from nexo.sources.schema import FileRule

BLANK_LINES = (b"\n\n", b"\n\r\n", b"\r\r")
LONGEST_FAULT = 200
LONGEST_RECORD = BLOCK_BYTES
"""A record must fit into a block, which is of fixed size, so that bytes agree."""


def first_rows(path: Path, rule: FileRule) -> list[list[str]]:
    """Return the header, the rows after it that may belong to it, and one more."""
    encoding = codec_name(path, rule.encoding)
    try:
        with _long_cells(), path.open(encoding=encoding, newline="") as lines:
            records = csv.reader(lines, delimiter=rule.delimiter)
            first = rule.header_row - 1
            rows = list(itertools.islice(records, first, first + LONGEST + 1))
    except (UnicodeError, csv.Error) as problem:
        check_text(path, rule.encoding)
        raise SourceError(_unreadable(path, rule, problem)) from None
    if any("\0" in cell for row in rows for cell in row):
        check_text(path, rule.encoding)  # which says where, and what the file may be
    return rows


def csv_cells(
    path: Path, rule: FileRule, header: Header, wanted: Collection[int], ragged: list[Ragged]
) -> Iterator[tuple[dict[int, pa.Array], pa.Array]]:
    """Yield the wanted columns (by position) and the record numbers, a block at a time.

    Blank lines are no records, and count in the numbers as in a spreadsheet. Records that do
    not fit the header go to ``ragged``. Raises SourceError for bytes of
    another encoding, a quote that nobody closes and a record longer than a block.
    """
    check_text(path, rule.encoding)
    n_skipped = header.first_row - 1
    if len(first_rows(path, rule)) <= header.first_row - rule.header_row:
        return  # nothing but the header, whose line pyarrow may not even see
    blanks = np.array(_blank_lines(path, rule, n_skipped), dtype=np.int64)
    rejected: set[int] = set()

    def number(counted: Any) -> Any:  # pyarrow does not count blank lines below the header
        return counted + np.searchsorted(blanks, counted, side="right")

    def reject(record: Any) -> str:
        row = int(number(record.number))
        ragged.append(Ragged(row, record.actual_columns, record.expected_columns))
        rejected.add(record.number)
        return "skip"

    n_rows, last = 0, n_skipped
    try:
        for batch in _open(path, rule, header, wanted, reject):
            counted = _next_counts(last, batch.num_rows, rejected)
            n_rows, last = n_rows + batch.num_rows, int(counted[-1]) if len(counted) else last
            yield dict(zip(wanted, batch.columns, strict=True)), pa.array(number(counted))
    except (UnicodeError, pa.ArrowInvalid) as problem:
        if "Empty CSV" in str(problem):
            return
        check_quotes(path, rule, codec_name(path, rule.encoding), 0)
        _check_length(path, rule)
        raise SourceError(_unreadable(path, rule, problem)) from None
    n_records = n_skipped + n_rows + len(rejected) + len(blanks)
    check_quotes(path, rule, codec_name(path, rule.encoding), n_records)


def _next_counts(last: int, n: int, rejected: Collection[int]) -> NDArray[np.int64]:
    """The ``n`` counts after ``last`` that belong to no rejected record."""
    later = [count for count in rejected if count > last]
    counts = np.arange(last + 1, last + 1 + n + len(later))
    return counts[~np.isin(counts, later)][:n]


def _open(
    path: Path, rule: FileRule, header: Header, wanted: Collection[int], reject: Any
) -> pyarrow.csv.CSVStreamingReader:
    names = [str(index) for index in range(len(header.names))]
    encoding = codec_name(path, rule.encoding)
    return pyarrow.csv.open_csv(
        path,
        read_options=pyarrow.csv.ReadOptions(
            use_threads=False,  # or a rejected record comes without its number
            block_size=BLOCK_BYTES,
            column_names=names,
            skip_rows_after_names=header.first_row - 1,
            encoding="utf8" if encoding == "utf-8-sig" else encoding,
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=rule.delimiter,
            newlines_in_values=True,
            invalid_row_handler=reject,
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=False,
            include_columns=[str(index) for index in wanted],
        ),
    )


def _blank_lines(path: Path, rule: FileRule, n_skipped: int) -> list[int]:
    """For each blank line below the header, how many other records stand above it, and one.

    Only a file that may have any is looked at record by record: within quotes a blank line is
    part of a text.
    """
    encoding = codec_name(path, rule.encoding)
    if not encoding.startswith(WIDE) and not _may_have_blanks(path):
        return []
    with _long_cells(), path.open(encoding=encoding, newline="") as lines:
        records = enumerate(csv.reader(lines, delimiter=rule.delimiter), start=1)
        try:
            blanks = [number for number, record in records if not record and number > n_skipped]
        except csv.Error:  # told with its place later
            return []
    return [number - index for index, number in enumerate(blanks)]


def _may_have_blanks(path: Path) -> bool:
    tail = b""
    with path.open("rb") as content:
        while block := content.read(BLOCK_BYTES):
            seam = tail + block[:2]
            if any(blank in seam for blank in BLANK_LINES) or b"\n\n" in block:
                return True
            if b"\r" in block and any(blank in block for blank in BLANK_LINES):
                return True
            tail = block[-2:]
    return False


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let Python's reader take cells of any length, for as long as it is ours."""
    before = csv.field_size_limit(1 << 30)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _check_length(path: Path, rule: FileRule) -> None:
    """Name the first record that does not fit into a block."""
    encoding = codec_name(path, rule.encoding)
    with _long_cells(), path.open(encoding=encoding, newline="") as lines:
        for number, record in enumerate(csv.reader(lines, delimiter=rule.delimiter), start=1):
            sizes = [len(cell) for cell in record]
            if sum(sizes) > LONGEST_RECORD // 4:
                at = sizes.index(max(sizes))
                raise SourceError(
                    f"{path.name}, record {number}, column {at + 1}: a cell of {sizes[at]:,} "
                    f"characters; a record may have {LONGEST_RECORD >> 20} MB. Shorten it in the "
                    "file: no answer is that long."
                )


def _unreadable(path: Path, rule: FileRule, problem: Exception) -> str:
    return (
        f"{path.name}: cannot be read as {rule.encoding} text with delimiter {rule.delimiter!r} "
        f"({redact(str(problem))[:LONGEST_FAULT]}). Correct encoding and delimiter in the source "
        "YAML, or the file."
    )
