"""Size and structure: very long cells, very many columns, and what does not fit in memory."""
# ruff: noqa: E501 - a message is easier to read on one line
# fmt: off

from __future__ import annotations

import time
from pathlib import Path

import pytest

from catalogue.cases import Case, Content, answers, hold, parametrized, take

MB = 1 << 20
HEAD = b"id,date,nps,comment\n"


def long(size: int, start: bytes = b"1,2024-05-01,9,", sign: bytes = b"a", end: bytes = b"\n") -> Content:
    return lambda place: place.write_bytes(HEAD + start + sign * size + end + b"2,2024-05-02,3,bad\n")


def wide(n: int) -> Content:
    names = ",".join(f"c{i}" for i in range(n))
    return f"id,date,nps,comment,{names}\n1,2024-05-01,9,good,{',' * (n - 1)}\n"


CASES = [
    Case("a cell of 1 MB", {"answers.csv": long(MB)}, values={"survey.nps_score": [9, 3], "survey.comment": ["a" * MB, "bad"]}),
    Case("a cell of 9 MB", {"answers.csv": long(9 * MB)}, values={'survey.nps_score': [9, 3]}),
    Case("a score of 1 MB", {"answers.csv": long(MB, b"1,2024-05-01,", b"9", b",x\n")}, values={'survey.nps_score': [None, 3]}, shelved=((2, 'nps_score', '[number]', 'not_a_number', 'set_missing'),)),
    Case("an id of 1 MB", {"answers.csv": long(MB, b"", b"x", b",2024-05-01,9,x\n")}, values={"survey.nps_score": [9, 3]}),
    Case("a date of 1 MB", {"answers.csv": long(MB, b"1,", b"2", b",9,x\n")}, values={'survey.nps_score': [3]}, shelved=((2, 'answered_at', '[number]', 'not_a_date', 'row_rejected'),)),
    Case("a header of 1 MB", {"answers.csv": "id,date,nps,comment," + "x" * MB + "\n1,2024-05-01,9,x,\n"}, values={'survey.nps_score': [9]}),
    Case("a line of a million delimiters", {"answers.csv": HEAD + b"," * MB + b"\n2,2024-05-02,3,bad\n"}, values={'survey.nps_score': [3]}, shelved=((2, '(row)', '1048577 cells instead of 4', 'ragged_row', 'row_rejected'),)),
    Case("5000 columns", {"answers.csv": wide(5000)}, values={"survey.nps_score": [9]}),
    Case("a comment of 200,000 lines", {"answers.csv": HEAD + b'1,2024-05-01,9,"' + b"a\n" * 200_000 + b'"\n'}, values={"survey.nps_score": [9]}),
    Case("100,000 blank lines", {"answers.csv": HEAD + b"\n" * 100_000 + b"1,2024-05-01,9,x\n"}, values={"survey.nps_score": [9]}),
    Case("one line only, of commas", {"answers.csv": b"," * MB}, says=('answers.csv: row 1 holds no column names. Correct header_row in the source YAML, or the file (is it empty?).',)),
    Case("evil numbers of digits", answers("1,2024-05-01,9," + "1 " * 200_000), values={"survey.comment": ["[number]"]}),
    Case("evil e-mails", answers("1,2024-05-01,9," + "a@" * 100_000), values={"survey.comment": ["a@" * 100_000]}),
    Case("evil dots", answers("1,2024-05-01,9,a@" + "a." * 100_000 + "!"), values={"survey.comment": ["[email].!"]}),
]


@parametrized(CASES)
def test_size_and_structure(case: Case, tmp_path: Path) -> None:
    started = time.monotonic()
    hold(case, tmp_path)
    assert time.monotonic() - started < 10


def test_sixty_thousand_ragged_rows_are_each_in_quarantine(tmp_path: Path) -> None:
    ragged = HEAD + b"1,2\n" * 60_000 + b"1,2024-05-01,9,x\n"
    (survey,) = take(Case("x", {"answers.csv": ragged}), tmp_path)
    assert survey.counts.rows_rejected == 60_000 and survey.counts.rows_kept == 1
    assert sorted(survey.quarantine["row"].to_pylist()) == list(range(2, 60_002))


@pytest.mark.slow
def test_a_cell_of_200_megabytes(tmp_path: Path) -> None:
    says = (
        "answers.csv, record 2, column 4: a cell of 209,715,200 characters; a record may have 8 MB. "
        "Shorten it in the file: no answer is that long."
    )
    hold(Case("x", {"answers.csv": long(200 * MB)}, says=(says,)), tmp_path)
