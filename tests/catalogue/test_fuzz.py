"""Fuzzers on every reader: what a proper writer wrote comes back; damage ends in a message.

Not covered: whole workbooks and .sav files drawn at random from their grammar; damage is done to
a sound file of each format, byte by byte, within its archive too.
"""
# ruff: noqa: E501 - lists of what is drawn

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nexo.base.errors import NexoError
from nexo.sources.readers import read_chunks, read_columns
from nexo.sources.schema import FileRule

LONGEST_SECONDS = 5.0
QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
Rows = list[list[str]]


def read(content: bytes, rule: dict[str, Any], name: str = "answers") -> tuple[Rows, int]:
    """Read a file of these bytes; return the rows as text and the number of ragged ones."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        file = FileRule.model_validate({"glob": name, "format": "csv", **rule})
        started = time.monotonic()
        try:
            header = read_columns(path, file)
            places = {str(at): at for at in range(len(header.names))}
            ragged: list[Any] = []
            rows: Rows = []
            numbers: list[int] = []
            for chunk in read_chunks(path, file, places, {}, ragged):
                columns = [chunk[str(at)].to_pylist() for at in range(len(header.names))]
                rows += [list(row) for row in zip(*columns, strict=True)]
                numbers += chunk["_row"].to_pylist()
        except NexoError as told:
            assert name in str(told), f"the message names no file: {told}"
            raise
        finally:
            assert time.monotonic() - started < LONGEST_SECONDS
        taken = [*numbers, *(record.row for record in ragged)]
        assert len(set(taken)) == len(taken), "two records of one number"
        return rows, len(ragged)


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=12
)
ENCODINGS = {"utf-8": TEXT, "utf-8-sig": TEXT, "utf-16": TEXT}
SINGLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)


@st.composite
def csv_files(draw: Any) -> tuple[bytes, dict[str, Any], Rows]:
    """A CSV as a proper writer writes it: its bytes, its description, its rows."""
    encoding = draw(st.sampled_from([*ENCODINGS, "cp1252"]))
    cells = ENCODINGS.get(encoding, SINGLE)
    delimiter = draw(st.sampled_from(",;\t|"))
    n_columns = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(cells, min_size=n_columns, max_size=n_columns), max_size=6))
    above = draw(st.integers(0, 2))
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        delimiter=delimiter,
        quoting=draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])),
        lineterminator=draw(st.sampled_from(["\n", "\r\n"])),
    )
    writer.writerows([["Report", "of May"]] * above)
    writer.writerow([f"c{at}" for at in range(n_columns)])
    writer.writerows(rows)
    rule = {"encoding": encoding, "delimiter": delimiter, "header_row": above + 1}
    return out.getvalue().encode(encoding), rule, rows


@given(written=csv_files())
@settings(max_examples=80, suppress_health_check=QUIET)
def test_csv_comes_back_as_it_was_written(written: tuple[bytes, dict[str, Any], Rows]) -> None:
    content, rule, rows = written
    try:
        got, n_ragged = read(content, rule)
    except NexoError as told:  # a cell of lines that look like records is refused, never cut
        assert "a quote" in str(told)
        return
    assert (got, n_ragged) == (rows, 0)


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.decimals(-1000000, 1000000, places=3).map(float),
    st.dates(dt.date(1901, 1, 1), dt.date(2099, 12, 31)),
    st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2099, 12, 31)).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xD7FF, exclude_categories=["Cc"]),
            min_size=1, max_size=12),
)  # fmt: skip


def meant(cell: Any) -> str:
    """The text that means what a typed cell holds."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, dt.datetime):
        return cell.isoformat() if cell.time() != dt.time() else cell.date().isoformat()
    if isinstance(cell, float):
        return format(cell, ".3f").rstrip("0").rstrip(".").replace("-0", "-0") or "0"
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


@given(rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=5))
@settings(max_examples=40, suppress_health_check=QUIET)
def test_excel_comes_back_as_it_was_written(rows: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["a", "b", "c"])
    for number, row in enumerate(rows, start=2):
        for at, cell in enumerate(row, start=1):
            made = sheet.cell(number, at)
            made.value = cell
            if isinstance(cell, str):  # not a formula, an error or a number
                made.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    got, _ = read(out.getvalue(), {"format": "excel"}, "answers.xlsx")
    expected = [[meant(cell) for cell in row] for row in rows if any(c is not None for c in row)]
    assert [[c.replace("-0", "0") if c == "-0" else c for c in row] for row in got] == [
        ["0" if c == "-0" else c for c in row] for row in expected
    ]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), TEXT),
            st.one_of(st.none(), st.integers(-(2**53), 2**53)),
            st.one_of(st.none(), st.decimals(-(10**6), 10**6, places=3).map(float)),
            st.one_of(st.none(), st.dates()),
        ),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=60, suppress_health_check=QUIET)
def test_parquet_comes_back_as_it_was_written(rows: list[tuple[Any, ...]]) -> None:
    kinds = (pa.string(), pa.int64(), pa.float64(), pa.date32())
    columns = [pa.array(values, kind) for values, kind in zip(zip(*rows, strict=True), kinds, strict=True)]  # fmt: skip
    out = io.BytesIO()
    pq.write_table(pa.table(dict(zip("abcd", columns, strict=True))), out)
    got, _ = read(out.getvalue(), {"format": "parquet"})
    assert [[c if c != "-0" else "0" for c in row] for row in got] == [
        ["0" if (text := meant(cell)) == "-0" else text for cell in row] for row in rows
    ]


SPSS_TEXT = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x2FF), max_size=8)


@given(
    st.lists(
        st.tuples(SPSS_TEXT, st.one_of(st.none(), st.integers(-(10**9), 10**9).map(float))),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=30, suppress_health_check=QUIET)
def test_sav_comes_back_as_it_was_written(rows: list[tuple[str, float | None]]) -> None:
    frame = pd.DataFrame(rows, columns=["word", "number"])
    frame["number"] = frame["number"].astype("float64")
    with tempfile.NamedTemporaryFile(suffix=".sav") as file:
        pyreadstat.write_sav(frame, file.name)
        content = Path(file.name).read_bytes()
    got, _ = read(content, {"format": "sav"}, "answers.sav")
    assert got == [[word, "" if n is None else f"{n:.0f}"] for word, n in rows]


def qualtrics(rows: Rows) -> bytes:
    out = io.StringIO(newline="")
    head = [["ResponseId", "Q1"], ["Response ID", "How likely?\nReally"]]
    ids = [['{"ImportId":"_recordId"}', '{"ImportId":"QID1"}']]
    csv.writer(out).writerows([*head, *ids, *rows])
    return out.getvalue().encode("utf-8-sig")


def surveymonkey(rows: Rows) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["Respondent ID", "How likely?"], ["", "Score"], *rows])
    return out.getvalue().encode("utf-8")


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)


@pytest.mark.parametrize(
    ("kind", "make"), [("qualtrics", qualtrics), ("surveymonkey", surveymonkey)]
)
@given(rows=st.lists(st.tuples(WORDS, WORDS).map(list), max_size=5))
@settings(max_examples=40, suppress_health_check=QUIET)
def test_exports_come_back_as_they_were_written(
    kind: str, make: Callable[[Rows], bytes], rows: Rows
) -> None:
    filled = [row for row in rows if any(cell for cell in row)]
    got, n_ragged = read(make(filled), {"format": kind}, "answers.csv")
    assert (got, n_ragged) == (filled, 0)


@cache
def sound(kind: str) -> bytes:
    """A small sound file of each format, to be damaged."""
    out = io.BytesIO()
    if kind == "excel":
        book = openpyxl.Workbook()
        for row in (["id", "nps"], [1, 9], ["2", dt.date(2024, 5, 1)], [True, "=1+1"]):
            book.active.append(row)
        book.save(out)
    elif kind == "parquet":
        pq.write_table(pa.table({"id": ["1", "2"], "nps": [9, 3], "d": [1.5, None]}), out)
    elif kind == "sav":
        with tempfile.NamedTemporaryFile(suffix=".sav") as file:
            pyreadstat.write_sav(pd.DataFrame({"id": ["1", "ñ"], "nps": [9.0, 3.0]}), file.name)
            return Path(file.name).read_bytes()
    elif kind in ("qualtrics", "surveymonkey"):
        make = qualtrics if kind == "qualtrics" else surveymonkey
        return make([["R1", "9"], ["R2", 'a\n"b",c']])
    else:
        return 'id,date,nps\n1,2024-05-01,"a\n""b"", c"\nñ,,3\n'.encode()
    return out.getvalue()


@st.composite
def damaged(draw: Any, content: bytes) -> bytes:
    """The content with a few bytes changed, cut, doubled or put in."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        patch = draw(st.one_of(st.binary(max_size=8), st.sampled_from([b'"', b"\0", b"\r", b","])))
        length = draw(st.sampled_from([0, 0, 1, 1, 3, 30, len(content)]))
        content = content[:at] + patch + content[at + length :]
    return content


@st.composite
def damaged_files(draw: Any, kind: str) -> bytes:
    content = sound(kind)
    if kind != "excel" or draw(st.booleans()):
        return draw(damaged(content))
    archive = zipfile.ZipFile(io.BytesIO(content))  # within, where checksums do not protect
    hit = draw(st.sampled_from([name for name in archive.namelist() if name.startswith("xl/")]))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in archive.namelist():
            part = archive.read(name)
            made.writestr(name, draw(damaged(part)) if name == hit else part)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "n_examples"),
    [("csv", 150), ("excel", 80), ("sav", 150), ("parquet", 150), ("qualtrics", 80), ("surveymonkey", 80)],
)  # fmt: skip
def test_damage_is_read_or_told(kind: str, n_examples: int) -> None:
    @given(content=damaged_files(kind))
    @settings(max_examples=n_examples, suppress_health_check=QUIET)
    def holds(content: bytes) -> None:
        try:
            read(content, {"format": kind}, f"answers.{'xlsx' if kind == 'excel' else kind}")
        except NexoError as told:
            assert len(str(told)) < 5000

    holds()
