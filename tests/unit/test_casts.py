"""Guarded casts: what fits is cast, what does not is null with its reason; both engines agree."""

from __future__ import annotations

import datetime as dt
import shutil
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
import pyarrow as pa
import pytest
from hypothesis import given, settings

from conftest import need
from nexo.clean.casts import CAST, TOLD, UNFIT, cast_steps, minor_digits, stripped, take
from nexo.engine import open_engine, to_arrow

Result = list[tuple[Any, str | None]]


def cast(texts: list[str | None], kind: str, engine: str = "duckdb", **how: Any) -> Result:
    """Cast texts as a raw column would be; return value and reason of each."""
    common: Any = SimpleNamespace(engine=engine, spark_master="local[1]", memory_gb=1, spill_dir="")
    with open_engine(common) as opened:
        order = list(range(len(texts)))
        frame = opened.from_arrow(pa.table({"i": order, "x": pa.array(texts, pa.string())}))
        told = frame.with_columns(**{"x" + TOLD: stripped("x")})
        done = take(told, [cast_steps("x", kind, **how)])  # type: ignore[arg-type]
        table = to_arrow(done.select("i", "x" + CAST, "x" + UNFIT)).sort_by("i")
    return list(zip(table["x" + CAST].to_pylist(), table["x" + UNFIT].to_pylist(), strict=True))


def test_a_score_is_never_rounded_and_never_read_as_hex() -> None:
    texts = ["8", " 9 ", "8.0", "+7", "8.6", "0x10", "1e3", "nueve", "", None, "--5", "9" * 20]
    values = cast(texts, "integer")
    assert [value for value, _ in values] == [8, 9, 8, 7, *[None] * 8]
    bad = "not_a_number"
    reasons = [reason for _, reason in values]
    assert reasons == [None] * 4 + ["not_an_integer", bad, bad, bad, None, None, bad, bad]


def test_ids_stay_text() -> None:
    texts = ["000123", "4e10", "1.0", "NA"]
    assert cast(texts, "id") == [(text, None) for text in texts]


MONEY = {
    "12,50": 1250,
    "12,5": 1250,
    "12": 1200,
    "-0,50": -50,
    "0,05": 5,
    "12,340": 1234,
    "1.234,50": None,
    "12.50": None,
    "- 5": None,
    "": None,
}


def test_money_is_whole_cents_by_the_declared_sign() -> None:
    got = cast(list(MONEY), "money_cents", decimal=",")
    assert [value for value, _ in got] == list(MONEY.values())


def test_three_decimals_are_refused_not_guessed() -> None:
    assert cast(["12,345"], "money_cents", decimal=",") == [(None, "too_many_decimals")]


def test_thousands_only_where_declared_and_between_groups_of_three() -> None:
    texts = ["1.234.567,89", "1.23,00", "0.005", "1234,00"]
    got = cast(texts, "money_cents", decimal=",", thousands=".")
    assert [value for value, _ in got] == [123456789, None, None, 123400]


@pytest.mark.parametrize(("currency", "cents"), [("JPY", 12), ("EUR", 1200), ("KWD", 12000)])
def test_minor_units_follow_the_currency(currency: str, cents: int) -> None:
    assert cast(["12"], "money_cents", minor_digits=minor_digits(currency))[0][0] == cents


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=30))
@settings(max_examples=15)
def test_any_amount_survives_the_way_through_text(cents: list[int]) -> None:
    texts = [f"{'-' if c < 0 else ''}{abs(c) // 100},{abs(c) % 100:02d}" for c in cents]
    assert [value for value, _ in cast(texts, "money_cents", decimal=",")] == cents


def test_dates_are_matched_and_the_calendar_checked() -> None:
    texts = [
        "29/02/2024",
        "29/02/2023",
        "31/04/2024",
        "1/2/2024",
        "2024-12-31",
        "24-12-31",
        "1/13/2024",
    ]
    got = cast(texts, "date", dates=("%d/%m/%Y", "iso"))
    first = dt.date(2024, 2, 29)
    expected = [first, None, None, dt.date(2024, 2, 1), dt.date(2024, 12, 31), None, None]
    assert [value for value, _ in got] == expected
    assert got[1][1] == "not_a_date"


BOTH = ("%d/%m/%Y", "%m/%d/%Y")


def test_a_date_that_two_formats_read_differently_is_refused() -> None:
    texts = ["3/4/2024", "25/12/2024", "12/25/2024", "4/4/2024"]
    got = cast(texts, "date", dates=BOTH)
    christmas = dt.date(2024, 12, 25)
    assert [value for value, _ in got] == [None, christmas, christmas, dt.date(2024, 4, 4)]
    assert [reason for _, reason in got] == ["ambiguous_date", None, None, None]


def test_the_first_declared_order_counts_where_the_source_says_that_it_decides() -> None:
    first = dt.date(2024, 4, 3)
    assert cast(["3/4/2024"], "date", dates=BOTH, ambiguous_dates="first") == [(first, None)]
    turned = cast(["3/4/2024"], "date", dates=BOTH[::-1], ambiguous_dates="first")
    assert turned == [(dt.date(2024, 3, 4), None)]


def test_a_time_zone_is_refused_not_dropped() -> None:
    texts = [
        "2024-05-01T10:00:00",
        "2024-05-01 10:00",
        "2024-05-01T10:00:00Z",
        "2024-05-01T10:00+02:00",
    ]
    got = [value for value, _ in cast(texts, "datetime")]
    assert got == [dt.datetime(2024, 5, 1, 10), dt.datetime(2024, 5, 1, 10), None, None]


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
@settings(max_examples=10)
def test_every_day_of_two_centuries_is_read(day: dt.date) -> None:
    text = f"{day.day}/{day.month}/{day.year}"
    assert cast([text], "date", dates=("%d/%m/%Y",)) == [(day, None)]


def test_booleans() -> None:
    values = cast(["true", "FALSE", "1", "0", "yes"], "boolean")
    assert values == [
        (True, None),
        (False, None),
        (True, None),
        (False, None),
        (None, "not_a_boolean"),
    ]


@given(st.lists(st.text(max_size=20), max_size=20))
@settings(max_examples=25)
def test_no_text_breaks_a_cast(texts: list[str]) -> None:
    texts = [text.replace("\x00", "") for text in texts]
    for kind in ("integer", "number", "money_cents", "date", "datetime", "boolean"):
        assert len(cast(texts, kind)) == len(texts)  # type: ignore[arg-type]


def spark_or_skip() -> None:
    """Skip, saying why, where Spark cannot run."""
    need("spark", shutil.which("java") is not None, "Java is missing; install a JRE")
    need("spark", find_spec("pyspark") is not None, "pyspark is missing; run make full")


def test_spark_agrees_with_duckdb() -> None:
    spark_or_skip()
    texts: list[str | None] = ["8", "8.6", "0x10", "12,5", "-1.234,50", "31/02/2024", "1/2/2024",
                               "2024-05-01T10:00:00Z", "true", "'; DROP", "", None]  # fmt: skip
    hows: dict[str, dict[str, Any]] = {
        "integer": {},
        "money_cents": {"decimal": ",", "thousands": "."},
        "datetime": {"dates": ("%d/%m/%Y", "iso")},
        "boolean": {},
    }
    for kind, how in hows.items():
        assert cast(texts, kind, "spark", **how) == cast(texts, kind, **how)
