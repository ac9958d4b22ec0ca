"""Formats of dates: compact, two-digit years, names of months, half days, offsets, odd clocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import given, settings

from nexo.clean.casts import CAST, NOTE, TOLD, Clock, cast_steps, stripped, take
from nexo.clean.zones import changes, odd_clocks
from nexo.engine import Engine, open_engine, to_arrow
from nexo.sources.dates import check_format
from unit.test_casts import cast, spark_or_skip

DAY, TEN = dt.date(2024, 5, 1), dt.datetime(2024, 5, 1, 10, 30)


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("20240501", "%Y%m%d", DAY),
        ("20240230", "%Y%m%d", None),
        ("2024051", "%Y%m%d", None),
        ("18991231", "%Y%m%d", None),
        ("1/5/24", "%d/%m/%y", DAY),
        ("1/5/69", "%d/%m/%y", dt.date(1969, 5, 1)),
        ("1/5/68", "%d/%m/%y", dt.date(2068, 5, 1)),
        ("1/5/2024", "%d/%m/%y", None),
        ("1 de mayo de 2024", "%d de %b de %Y", DAY),
        ("01-MAY-2024", "%d-%b-%Y", DAY),
        ("May 1, 2024", "%b %d, %Y", DAY),
        ("1 sept. 2024", "%d %b %Y", dt.date(2024, 9, 1)),
        ("1 septiembre 2024", "%d %b %Y", dt.date(2024, 9, 1)),
        ("1 mai 2024", "%d %b %Y", None),
        ("el 1/5/2024", "el %d/%m/%Y", DAY),
    ],
)
def test_dates(text: str, declared: str, expected: dt.date | None) -> None:
    assert check_format(declared) == ""
    assert cast([text], "date", dates=(declared,))[0][0] == expected


TIMES = [
    ("20240501103000", "%Y%m%d%H%M%S", TEN),
    ("202405011030", "%Y%m%d%H%M", TEN),
    ("202405012430", "%Y%m%d%H%M", None),
    ("05/01/2024 10:30 AM", "%m/%d/%Y %I:%M %p", TEN),
    ("05/01/2024 12:05 a. m.", "%m/%d/%Y %I:%M %p", dt.datetime(2024, 5, 1, 0, 5)),
    ("05/01/2024 12:05 PM", "%m/%d/%Y %I:%M %p", dt.datetime(2024, 5, 1, 12, 5)),
    ("05/01/2024 11:59:59 pm", "%m/%d/%Y %I:%M:%S %p", dt.datetime(2024, 5, 1, 23, 59, 59)),
    ("2024-05-01 10:30:00.987", "iso", TEN),
    ("1/5/2024 10:30:00,9", "%d/%m/%Y %H:%M:%S,%f", TEN),
    ("2024-05-01T08:30:00Z", "iso_offset", TEN),
    ("2024-05-01T08:30:00.5z", "iso_offset", TEN),
    ("2024-05-01 10:30+02:00", "iso_offset", TEN),
    ("2024-04-30T20:30:00-12", "iso_offset", TEN),
    ("2024-05-01T23:00:00+1430", "iso_offset", TEN),
    ("2024-05-01T10:30:00", "iso_offset", None),
    ("1/5/2024 08:30 +0000", "%d/%m/%Y %H:%M %z", TEN),
    ("20240501083000Z", "%Y%m%d%H%M%S%z", TEN),
    ("2024-03-31T00:59:00Z", "iso_offset", dt.datetime(2024, 3, 31, 1, 59)),
    ("2024-03-31T01:00:00Z", "iso_offset", dt.datetime(2024, 3, 31, 3)),
    ("2024-12-31T23:30:00Z", "iso_offset", dt.datetime(2025, 1, 1, 0, 30)),
]
MADRID = Clock("Europe/Madrid", 2030)


@pytest.mark.parametrize(("text", "declared", "expected"), TIMES)
def test_times(text: str, declared: str, expected: dt.datetime | None) -> None:
    assert check_format(declared) == ""
    assert cast([text], "datetime", dates=(declared,), clock=MADRID)[0][0] == expected


def test_a_day_with_an_offset_is_the_day_of_the_source() -> None:
    got = cast(["2024-12-31T23:30:00Z"], "date", dates=("iso_offset",), clock=MADRID)
    assert got == [(dt.date(2025, 1, 1), None)]


ZONES = ["Europe/Madrid", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
MOMENTS = st.datetimes(dt.datetime(1975, 1, 1), dt.datetime(2029, 12, 31))


@given(moments=st.lists(MOMENTS, min_size=1, max_size=60), zone=st.sampled_from(ZONES))
@settings(max_examples=6)
def test_every_moment_is_where_the_zone_says(moments: list[dt.datetime], zone: str) -> None:
    aware = [m.replace(microsecond=0, tzinfo=dt.UTC) for m in moments]
    texts = [m.isoformat().replace("+00:00", "Z") for m in aware]
    got = cast(texts, "datetime", dates=("iso_offset",), clock=Clock(zone, 2030))
    expected = [m.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for m in aware]
    assert [value for value, _ in got] == expected


def test_the_changes_of_a_year_are_those_of_the_zone() -> None:
    found = [c for c in changes("Europe/Madrid", 2024)[1] if c.minute // 1440 >= DAY.toordinal()]
    start = dt.datetime(2024, 10, 27, 1)
    expected = start.toordinal() * 1440 + 60
    assert [(c.minute, c.before, c.after) for c in found] == [(expected, 120, 60)]
    assert changes("UTC", 2024) == (0, ())
    skipped, repeated = odd_clocks("Europe/Madrid", 2024)
    assert "2024-03-31 02:5" in skipped and "2024-03-31 03:0" not in skipped
    assert "2024-10-27 02:0" in repeated and "2024-10-27 03:0" not in repeated


@pytest.fixture
def duckdb_engine() -> Iterator[Engine]:
    common: Any = SimpleNamespace(engine="duckdb", spark_master="", memory_gb=1, spill_dir="")
    with open_engine(common) as engine:
        yield engine


def notes(engine: Engine, texts: list[str], zone: str, declared: str = "iso") -> list[Any]:
    """The value and the note of each text."""
    frame = engine.from_arrow(pa.table({"i": list(range(len(texts))), "x": texts}))
    steps = cast_steps("x", "datetime", dates=(declared,), clock=Clock(zone, 2030))
    done = take(frame.with_columns(**{"x" + TOLD: stripped("x")}), [steps])
    rows = to_arrow(done.select("i", "x" + CAST, "x" + NOTE)).sort_by("i").to_pylist()
    return [(row["x" + CAST] is not None, row["x" + NOTE]) for row in rows]


def test_times_that_the_clock_skipped_or_had_twice_are_noted(
    duckdb_engine: Engine,
) -> None:
    texts = ["2024-03-31 02:30", "2024-03-31 03:00", "2024-10-27 02:59:59", "2024-10-27"]
    expected = [(True, "clock_skipped"), (True, None), (True, "clock_repeated"), (True, None)]
    assert notes(duckdb_engine, texts, "Europe/Madrid") == expected
    # In Brazil clocks went forward at midnight: a bare day is no time that never was.
    brazil = ["2017-10-15", "2017-10-15 00:30"]
    assert notes(duckdb_engine, brazil, "America/Sao_Paulo") == [
        (True, None),
        (True, "clock_skipped"),
    ]
    assert notes(duckdb_engine, ["2024-03-31T02:30:00Z"], "Europe/Madrid", "iso_offset") == [
        (True, None)
    ]


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ("%d/%m", "does not have all"),
        ("%d/%m/%Y/%y", "names a part twice"),
        ("%d/%m/%Y %H:%M %H", "names a part twice"),
        ("%d/%m/%Y %I:%M", "need each other"),
        ("%d/%m/%Y %z", "needs a time of day"),
        ("%z %d/%m/%Y %H:%M", "stands at the end"),
        ("%d%b%Y", "without a sign between"),
        ("%d/%m/20%y", "digits of its own"),
        ("%d/%m/%Y %A", "has %A; known are"),
    ],
)
def test_formats_that_cannot_be_used(declared: str, reason: str) -> None:
    assert reason in check_format(declared)


def test_spark_agrees_on_the_hardest_formats() -> None:
    spark_or_skip()
    texts: list[str | None] = [text for text, _, _ in TIMES]
    formats = ("iso_offset", "%Y%m%d%H%M%S%z", "%m/%d/%Y %I:%M %p", "%d %b %y", "%d/%m/%Y %I:%M %p")
    texts += ["1 ene 24", "3/4/2024 10:30 AM"]
    how: dict[str, Any] = {"dates": formats, "clock": MADRID}
    assert cast(texts, "datetime", "spark", **how) == cast(texts, "datetime", **how)
