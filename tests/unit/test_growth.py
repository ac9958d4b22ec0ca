"""Earned growth, retained revenue and referrals."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from nexo.economics.growth import Ledger, growth_of, growth_table, read_ledger
from nexo.engine import Engine, Frame, open_engine
from support import money

LAST_DAY = dt.date(2025, 6, 30)


def frame(engine: Engine, table: pd.DataFrame) -> Frame:
    return engine.from_arrow(pa.Table.from_pandas(table, preserve_index=False))


def customers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_id": ["old", "gone", "friend", "advert"],
            "joined_at": [dt.date(2020, 1, 1)] * 2 + [dt.date(2024, 9, 1)] * 2,
            "is_earned": pd.array([None, None, True, False], dtype="boolean"),
            "referred_by": [None, None, "old", None],
        }
    )


def orders() -> pd.DataFrame:
    """Check 9 as a ledger: 100 last year; 85 retained, 25 earned new, 20 bought new now."""
    then, now = dt.datetime(2024, 1, 15, 9), dt.datetime(2025, 1, 15, 9)
    lines = [
        ("old", dt.datetime(2023, 6, 30, 9), 777),  # two years and a day ago: outside
        ("old", then, 6000),
        ("gone", then, 4000),
        ("old", now, 9000),
        ("old", now, -500),
        ("friend", dt.datetime(2025, 6, 30, 23, 59), 2500),
        ("advert", now, 2000),
    ]
    return pd.DataFrame(lines, columns=["customer_id", "ordered_at", "amount_cents"])


def test_earned_growth_of_the_published_example() -> None:
    # METHODS.md, check 9: earned growth 10 %, a third of the total growth of 30 %.
    growth = growth_of(Ledger(100, 85, 45, 25, 20))
    assert growth.net_revenue_retention == pytest.approx(0.85)
    assert growth.earned_growth_rate == pytest.approx(0.10)
    assert growth.total_growth_rate == pytest.approx(0.30)
    assert growth.earned_share_of_growth == pytest.approx(0.333, abs=5e-4)


def test_the_same_from_orders_and_customers() -> None:
    with open_engine(money.COMMON) as engine:
        ledger = read_ledger(frame(engine, orders()), frame(engine, customers()), LAST_DAY)
    assert ledger == Ledger(10000, 8500, 4500, 2500, 2000)


def test_the_table_with_referrals_by_class() -> None:
    panel = pd.DataFrame(
        {
            "customer_id": ["old", "gone"],
            "landmark": [dt.date(2024, 6, 28)] * 2,
            "nps_score": pd.array([10, 3], dtype="Int64"),
        }
    )
    with open_engine(money.COMMON) as engine:
        table = growth_table(
            frame(engine, orders()), frame(engine, customers()), frame(engine, panel), money.META
        )
    values = table.set_index(["measure", "level"])["value"]
    assert values["earned_growth_rate", ""] == pytest.approx(0.10)
    assert values["earned_share_of_growth", ""] == pytest.approx(1 / 3)
    assert values["referrals_per_100_customers", "promoter"] == 100
    assert values["referrals_per_100_customers", "detractor"] == 0
    assert (table["currency"] == "EUR").all()


def test_without_the_kind_of_acquisition_retention_of_revenue_still_stands() -> None:
    with open_engine(money.COMMON) as engine:
        who = frame(engine, customers().drop(columns=["is_earned", "referred_by"]))
        empty = frame(engine, money.panel(5))
        table = growth_table(frame(engine, orders()), who, empty, money.META)
    rows = table.set_index("measure")
    assert rows.loc["net_revenue_retention", "value"] == pytest.approx(0.85)
    assert rows.loc["earned_growth_rate", "reason_code"] == "acquisition_kind_absent"
    assert np.isnan(rows.loc["earned_growth_rate", "value"])


def test_a_history_under_two_years_says_so() -> None:
    meta = {**money.META, "data_start": "2024-01-01"}
    with open_engine(money.COMMON) as engine:
        table = growth_table(
            frame(engine, orders()), frame(engine, customers()), frame(engine, money.panel(5)), meta
        )
    rates = table[table["unit"] == "share"]
    assert (rates["reason_code"] == "history_too_short").all()
    assert rates["value"].isna().all()


def test_no_sales_no_rows() -> None:
    with open_engine(money.COMMON) as engine:
        assert growth_table(None, None, frame(engine, money.panel(5)), money.META).empty


def test_no_revenue_last_year_is_not_infinite_growth() -> None:
    assert np.isnan(growth_of(Ledger(0, 0, 10, 5, 5)).earned_growth_rate)


def test_shrinking_customers_have_no_share_of_growth() -> None:
    growth = growth_of(Ledger(100, 70, 45, 5, 40))
    assert growth.earned_growth_rate == pytest.approx(-0.25)
    assert growth.total_growth_rate == pytest.approx(0.15)
    assert np.isnan(growth.earned_share_of_growth)
