"""Growth that was earned: retained revenue, customers who came by themselves, referrals."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from nexo.base import paths
from nexo.economics.inputs import YEAR_DAYS
from nexo.economics.referrals import referral_rows, referred_rows
from nexo.engine import Engine, Frame, to_pandas

GROWTH_COLUMNS = (
    "measure",
    "level",
    "value",
    "unit",
    "numerator_cents",
    "denominator_cents",
    "n_customers",
    "period_from",
    "period_to",
    "currency",
    "reason_code",
)


@dataclass(frozen=True)
class Ledger:
    """Two years of revenue in minor units, split by where this year's customers came from.

    ``earned_new`` and ``bought_new`` are NaN where the file does not say who came by
    themselves; ``new`` is both.
    """

    last_year_cents: float
    retained_cents: float
    new_cents: float
    earned_new_cents: float
    bought_new_cents: float


@dataclass(frozen=True)
class Growth:
    """Rates of 1; NaN where the ledger does not say."""

    net_revenue_retention: float
    earned_growth_rate: float
    total_growth_rate: float
    earned_share_of_growth: float


def growth_of(ledger: Ledger) -> Growth:
    """Return net revenue retention, earned growth rate, total growth and their ratio.

    Earned growth (Reichheld, Darnell and Burns 2021, Harvard Business Review 99(6)):
    (revenue now of last year's customers + revenue of earned new customers) / revenue last
    year - 1. NaN without revenue last year, and the ratio where nothing grew or was earned.
    """
    if not ledger.last_year_cents > 0:
        nothing = float("nan")
        return Growth(nothing, nothing, nothing, nothing)
    retained = ledger.retained_cents / ledger.last_year_cents
    earned = retained + ledger.earned_new_cents / ledger.last_year_cents - 1
    total = retained + ledger.new_cents / ledger.last_year_cents - 1
    # A part of growth can only be told where there is growth, and some of it was earned.
    share = earned / total if total > 0 and earned >= 0 else float("nan")
    return Growth(retained, earned, total, share)


def read_ledger(orders: Frame, customers: Frame, last_day: dt.date) -> Ledger:
    """Sum net revenue of the last two years by the kind of customer.

    A customer is new when joined within the last year; one who came back counts as retained.
    ``orders``: customer_id, ordered_at, amount_cents; ``customers``: customer_id, joined_at,
    and is_earned where known.
    """
    this_year = last_day - dt.timedelta(days=YEAR_DAYS)
    last_year = this_year - dt.timedelta(days=YEAR_DAYS)
    has_kind = "is_earned" in customers.collect_schema().names()
    kind = nw.col("is_earned") if has_kind else nw.lit(None, nw.Boolean)
    who = customers.select(
        "customer_id",
        (nw.col("joined_at").cast(nw.Date) > this_year).alias("is_new"),
        kind.alias("is_earned"),
    )
    bought = orders.with_columns(day=nw.col("ordered_at").cast(nw.Date))
    bought = bought.filter((nw.col("day") > last_year) & (nw.col("day") <= last_day))
    cells = (
        bought.with_columns(is_now=nw.col("day") > this_year)
        .join(who, on="customer_id", how="inner")
        .group_by("is_now", "is_new", "is_earned")
        .agg(nw.col("amount_cents").sum())
    )
    return _ledger(to_pandas(cells))


def growth_table(
    orders: Frame | None, customers: Frame | None, panel: Frame, meta: dict[str, Any]
) -> pd.DataFrame:
    """Return growth.csv: one row a measure; no rows without orders and customers.

    ``net_revenue_retention``, ``earned_growth_rate``, ``total_growth_rate`` and
    ``earned_share_of_growth`` are shares of 1; ``referrals_per_100_customers`` has one row for
    each NPS class of the customer who referred. A measure that the data cannot give has no
    value and its reason: ``history_too_short``, ``acquisition_kind_absent``, ``no_earned_growth``.
    """
    rows: list[dict[str, Any]] = []
    if orders is not None and customers is not None and meta["kind"] == "landmark":
        last_day = dt.date.fromisoformat(meta["data_end"])
        rows += _rate_rows(orders, customers, last_day, meta)
        rows += referral_rows(customers, panel, last_day)
        rows += referred_rows(customers, last_day)
    return pd.DataFrame(rows, columns=list(GROWTH_COLUMNS)).assign(
        currency=str(meta.get("currency") or "")
    )


def sales_tables(engine: Engine) -> dict[str, Frame]:
    """Return the canonical sales tables that this source has, by name."""
    folder = paths.clean_dir("sales")
    names = ("customers", "orders", "initiatives")
    return {
        name: engine.read_parquet(folder / f"{name}.parquet")
        for name in names
        if (folder / f"{name}.parquet").is_file()
    }


def _ledger(cells: pd.DataFrame) -> Ledger:
    def total(rows: pd.DataFrame) -> float:
        return float(rows["amount_cents"].sum())

    now, new = cells["is_now"].astype(bool), cells["is_new"].astype("boolean").fillna(False)
    new = new.astype(bool)
    came = cells[now & new]
    is_known = bool(came["is_earned"].notna().all()) and not came.empty
    earned = came["is_earned"].astype("boolean").fillna(False).astype(bool)
    return Ledger(
        last_year_cents=total(cells[~now]),
        retained_cents=total(cells[now & ~new]),
        new_cents=total(came),
        earned_new_cents=total(came[earned]) if is_known else float("nan"),
        bought_new_cents=total(came[~earned]) if is_known else float("nan"),
    )


def _rate_rows(
    orders: Frame, customers: Frame, last_day: dt.date, meta: dict[str, Any]
) -> list[dict[str, Any]]:
    period_from = last_day - dt.timedelta(days=YEAR_DAYS - 1)
    is_long = dt.date.fromisoformat(meta["data_start"]) <= period_from - dt.timedelta(YEAR_DAYS)
    nan = float("nan")
    ledger = (
        read_ledger(orders, customers, last_day) if is_long else Ledger(nan, nan, nan, nan, nan)
    )
    growth = growth_of(ledger)
    earned = ledger.retained_cents + ledger.earned_new_cents
    numerators = {
        "net_revenue_retention": (growth.net_revenue_retention, ledger.retained_cents),
        "earned_growth_rate": (growth.earned_growth_rate, earned),
        "total_growth_rate": (growth.total_growth_rate, ledger.retained_cents + ledger.new_cents),
        "earned_share_of_growth": (growth.earned_share_of_growth, nan),
    }
    reason = "acquisition_kind_absent" if is_long else "history_too_short"
    if not math.isnan(growth.earned_growth_rate):
        reason = "no_earned_growth"
    return [
        {
            "measure": measure,
            "level": "",
            "value": value,
            "unit": "share",
            "numerator_cents": numerator,
            "denominator_cents": nan if pd.isna(numerator) else ledger.last_year_cents,
            "period_from": period_from.isoformat(),
            "period_to": last_day.isoformat(),
            "reason_code": reason if pd.isna(value) else "",
        }
        for measure, (value, numerator) in numerators.items()
    ]
