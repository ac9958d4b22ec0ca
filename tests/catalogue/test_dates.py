"""Dates and time zones: no century, order or zone is guessed."""
# ruff: noqa: E501 - a message is easier to read on one line
# fmt: off

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from catalogue.cases import Case, Cell, answers, hold, hold_cells, parametrized, with_rule
from support.sources import survey_source

NOT = "not_a_date"


def day(*parts: int) -> dt.datetime:
    return dt.datetime(*parts)  # type: ignore[arg-type]


ISO = [
    Cell("2024-05-01", day(2024, 5, 1)), Cell(" 2024-05-01 ", day(2024, 5, 1)), Cell("2024-5-1", day(2024, 5, 1)),
    Cell("2024-05-01 10:30", day(2024, 5, 1, 10, 30)), Cell("2024-05-01T10:30:15", day(2024, 5, 1, 10, 30, 15)),
    Cell("2024-02-29", day(2024, 2, 29)), Cell("2023-02-29", None, NOT), Cell("1900-02-29", None, NOT), Cell("2000-02-29", day(2000, 2, 29)),
    Cell("2024-02-30", None, NOT), Cell("2024-04-31", None, NOT), Cell("2024-13-01", None, NOT), Cell("2024-00-10", None, NOT),
    Cell("2024-01-00", None, NOT), Cell("0000-00-00", None, NOT), Cell("0001-01-01", None, NOT), Cell("9999-12-31", None, NOT),
    Cell("1899-12-30", None, NOT), Cell("24-05-01", None, NOT), Cell("01-05-2024", None, NOT), Cell("05/01/2024", None, NOT),
    Cell("2024/05/01", None, NOT), Cell("2024.05.01", None, NOT), Cell("20240501", None, NOT), Cell("45413", None, NOT), Cell("45413.5", None, NOT),
    Cell("2024-05-01T10:30:00Z", None, NOT), Cell("2024-05-01T10:30:00+02:00", None, NOT), Cell("2024-05-01 10:30 CET", None, NOT),
    Cell("2024-05-01 10:30 Europe/Madrid", None, NOT), Cell("2024-05-01 24:00", None, NOT), Cell("2024-05-01 10:60", None, NOT),
    Cell("2024-05-01 10:30 PM", None, NOT), Cell("2024-05", None, NOT), Cell("2024-W18-3", None, NOT), Cell("2024-122", None, NOT),
    Cell("1 de mayo de 2024", None, NOT), Cell("May 1, 2024", None, NOT), Cell("yesterday", None, NOT), Cell("", None), Cell("-", None, NOT),
    Cell("２０２４-05-01", None, NOT), Cell("2024-05-01\u200b", day(2024, 5, 1)), Cell("2024\u201105\u201101", None, NOT), Cell("2024-05-01,", None, NOT),
    Cell("2024-05-01 to 2024-05-03", None, NOT), Cell("1714559400", None, NOT, "[number]"), Cell("=TODAY()", None, NOT),
]  # fmt: skip
SPANISH = [
    Cell("31/01/2024", day(2024, 1, 31)), Cell("31/02/2024", None, NOT), Cell("31/04/2024", None, NOT), Cell("29/02/2023", None, NOT),
    Cell("1/2/2024", day(2024, 2, 1)), Cell("12/31/2024", None, NOT), Cell("03/04/24", None, NOT), Cell("03-04-2024", None, NOT),
    Cell("2024-04-03", None, NOT), Cell("03/04/2024 10:00", None, NOT), Cell("00/01/2024", None, NOT), Cell("32/01/2024", None, NOT),
]  # fmt: skip
BOTH = [Cell("3/4/2024", None, "ambiguous_date"), Cell("4/4/2024", day(2024, 4, 4)), Cell("12/31/2024", day(2024, 12, 31)), Cell("31/12/2024", day(2024, 12, 31)), Cell("2024-12-31", None, NOT)]  # fmt: skip
TIMED = [Cell("1.5.2024 9:05", day(2024, 5, 1, 9, 5)), Cell("01.05.2024 09:05:07", None, NOT), Cell("01.05.2024", None, NOT)]  # fmt: skip


@pytest.mark.parametrize(
    ("dates", "cells"),
    [("iso", ISO), ("%d/%m/%Y", SPANISH), (["%d/%m/%Y", "%m/%d/%Y"], BOTH), ("%d.%m.%Y %H:%M", TIMED)],
    ids=["iso", "day first", "two orders", "with a clock"],
)
def test_dates(tmp_path: Path, dates: Any, cells: list[Cell]) -> None:
    hold_cells(tmp_path, "answered_at", {"from": "x", "dates": dates}, cells)


ONE = answers("1,2024-05-01,9,good")


def formatted(text: Any) -> dict[str, Any]:
    return with_rule("answered_at", {"from": "date", "dates": text})


def ended(text: Any) -> dict[str, Any]:
    return survey_source(data_end=text)


CASES = [
    Case("two-digit years, declared", answers("1,01/05/24,9,x", "2,01/05/70,9,y"), formatted("%d/%m/%y"), values={"survey.answered_at": [day(2024, 5, 1), day(1970, 5, 1)]}),
    Case("names of months", ONE, formatted("%d %B %Y"), says=("tables.survey.files[0] (answers.csv), column 'answered_at': the date format '%d %B %Y' has %B; known are %Y, %y, %m, %b, %d, %H, %I, %M, %S, %f, %p, %z. Write it as iso or like %d/%m/%Y",)),
    Case("zones, declared: told in the source's own", answers("1,2024-05-01T10:00+02:00,9,x", "2,2024-01-01T10:00Z,9,y", "3,2024-05-01T10:00,9,z"), formatted("%Y-%m-%dT%H:%M%z"), values={"survey.answered_at": [day(2024, 5, 1, 10), day(2024, 1, 1, 11)]}, shelved=((4, 'answered_at', '2024-05-01T10:00', 'not_a_date', 'row_rejected'),)),
    Case("no year in the format", ONE, formatted("%d/%m"), says=("tables.survey.files[0] (answers.csv), column 'answered_at': the date format '%d/%m' does not have all of %Y (or %y), %m (or %b) and %d. Write it as iso or like %d/%m/%Y",)),
    Case("parts without a sign between", answers("1,20240501,9,x", "2,20240231,9,y", "3,2024051,9,z"), formatted("%Y%m%d"), values={"survey.answered_at": [day(2024, 5, 1)]}, shelved=((3, 'answered_at', '20240231', 'not_a_date', 'row_rejected'), (4, 'answered_at', '2024051', 'not_a_date', 'row_rejected'))),
    Case("a part twice", ONE, formatted("%d/%m/%Y %d"), says=("tables.survey.files[0] (answers.csv), column 'answered_at': the date format '%d/%m/%Y %d' names a part twice. Write it as iso or like %d/%m/%Y",)),
    Case("no codes at all", ONE, formatted("dd/mm/yyyy"), says=("tables.survey.files[0] (answers.csv), column 'answered_at': the date format 'dd/mm/yyyy' does not have all of %Y (or %y), %m (or %b) and %d. Write it as iso or like %d/%m/%Y",)),
    Case("a percent sign alone", ONE, formatted("%d/%m/%Y%"), says=("tables.survey.files[0] (answers.csv), column 'answered_at': the date format '%d/%m/%Y%' ends with % and no letter after it. Write it as iso or like %d/%m/%Y",)),
    Case("an empty format", ONE, formatted(""), says=("tables.survey.files.0.columns.answered_at.dates.0 = '': must not be empty.",)),
    Case("a time zone nobody knows", ONE, survey_source(timezone="Europe/Madrd"), says=("column 'timezone', value 'Europe/Madrd': is no known time zone. Write one like Europe/Madrid",)),
    Case("a time zone that is a path", ONE, survey_source(timezone="../../etc/passwd"), says=("column 'timezone', value '../../etc/passwd': is no known time zone. Write one like Europe/Madrid",)),
    Case("a time zone that is an offset", ONE, survey_source(timezone="+02:00"), says=("column 'timezone', value '+02:00': is no known time zone. Write one like Europe/Madrid",)),
    Case("data_end is no day", ONE, ended("31/12/2024"), says=("data_end = '31/12/2024': must be a day written YYYY-MM-DD.",)),
    Case("data_end is a number", ONE, ended(1704067200), says=('data_end = 1704067200: a day is written YYYY-MM-DD.',)),
    Case("data_end has a clock", ONE, ended(dt.datetime(2024, 12, 31, 10)), says=('data_end = datetime.datetime(2024, 12, 31, 10, 0): must be a day without a time of day, written YYYY-MM-DD.',)),
    Case("data_end before every answer", ONE, ended("1999-12-31"), values={'survey.nps_score': [9]}, shelved=((2, 'answered_at', '2024-05-01 00:00:00', 'after_data_end', 'kept'),)),
    Case("an answer after data_end", answers("1,2024-05-01,9,good", "2,2025-01-01,3,bad"), values={'survey.nps_score': [9, 3]}, shelved=((3, 'answered_at', '2025-01-01 00:00:00', 'after_data_end', 'kept'),)),
    Case("every date in another format", answers("1,01/05/2024,9,x", "2,02/05/2024,9,y"), values={'survey.nps_score': []}, shelved=((2, 'answered_at', '01/05/2024', 'not_a_date', 'row_rejected'), (3, 'answered_at', '02/05/2024', 'not_a_date', 'row_rejected'))),
    Case("answered before invited", {"answers.csv": "id,date,nps,comment,sent\n1,2024-05-01,9,x,2024-06-01\n"}, with_rule("invited_at", "sent"), values={'survey.nps_score': [9]}, shelved=((2, 'invited_at', '2024-06-01 00:00:00', 'invited_after_answer', 'kept'),)),
]  # fmt: skip


@parametrized(CASES)
def test_dates_of_the_source(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)
