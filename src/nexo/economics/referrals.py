"""Customers whom other customers brought: by class of the one who referred, and what it saved."""

from __future__ import annotations

import datetime as dt
from typing import Any

import narwhals as nw
import pandas as pd

from nexo.base.config import Economics
from nexo.economics.draws import central_value
from nexo.economics.inputs import CLASSES, YEAR_DAYS
from nexo.economics.rows import nps_class
from nexo.economics.scenario import minor_units
from nexo.engine import Frame, to_pandas


def with_savings(growth: pd.DataFrame, params: Economics) -> pd.DataFrame:
    """Return growth.csv with what the customers that others brought would have cost to win.

    ``acquisition_cost_saved``: customers referred in the last year x ``acquisition_cost`` (its
    central value), in cents; no row where the cost or the referrals are not known.
    """
    referred = growth[growth["measure"] == "customers_referred"]
    if params.acquisition_cost is None or referred.empty:
        return growth
    row = referred.iloc[0].to_dict()
    each = minor_units(central_value(params.acquisition_cost), str(row["currency"]))
    saved = {"measure": "acquisition_cost_saved", "unit": "cents_per_year"}
    amount = {"value": float(row["value"]) * each, "numerator_cents": float(row["value"]) * each}
    return pd.concat([growth, pd.DataFrame([row | saved | amount])], ignore_index=True)


def referral_rows(customers: Frame, panel: Frame, last_day: dt.date) -> list[dict[str, Any]]:
    """Count who was brought in the year after the last landmark that lies a year back."""
    if "referred_by" not in customers.collect_schema().names():
        return []
    latest = last_day - dt.timedelta(days=YEAR_DAYS)
    past = to_pandas(panel.filter(nw.col("landmark") <= latest).select(nw.col("landmark").max()))
    if past["landmark"].isna().all():
        return []
    start = past["landmark"].iloc[0].date()
    totals = _referrals_by_class(customers, panel, start)
    if not totals["n_referrals"].sum() > 0:
        return []
    rate = 100 * totals["n_referrals"].astype("float64") / totals["n_customers"].astype("float64")
    sizes = totals["n_customers"].astype("int64").to_dict()
    return [
        {
            "measure": "referrals_per_100_customers",
            "level": name,
            "value": rate[name],
            "unit": "referrals_per_100_customers",
            "n_customers": sizes[name],
            "period_from": (start + dt.timedelta(days=1)).isoformat(),
            "period_to": (start + dt.timedelta(days=YEAR_DAYS)).isoformat(),
            "reason_code": "",
        }
        for name in CLASSES
        if name in sizes
    ]


def referred_rows(customers: Frame, last_day: dt.date) -> list[dict[str, Any]]:
    """Count the customers of the last year whom another one brought."""
    if "referred_by" not in customers.collect_schema().names():
        return []
    joined = nw.col("joined_at").cast(nw.Date)
    start = last_day - dt.timedelta(days=YEAR_DAYS)
    came = customers.filter((joined > start) & (joined <= last_day))
    counts = to_pandas(
        came.select(nw.len().alias("n"), nw.col("referred_by").count().alias("n_referred"))
    ).iloc[0]
    if not counts["n_referred"] > 0:
        return []
    return [
        {
            "measure": "customers_referred",
            "level": "",
            "value": float(counts["n_referred"]),
            "unit": "customers",
            "n_customers": int(counts["n"]),
            "period_from": (start + dt.timedelta(days=1)).isoformat(),
            "period_to": last_day.isoformat(),
            "reason_code": "",
        }
    ]


def _referrals_by_class(customers: Frame, panel: Frame, start: dt.date) -> pd.DataFrame:
    """Return n_customers and n_referrals by the NPS class that the referrer had at ``start``."""
    joined = nw.col("joined_at").cast(nw.Date)
    is_within = (joined > start) & (joined <= start + dt.timedelta(days=YEAR_DAYS))
    brought = (
        customers.filter(is_within, ~nw.col("referred_by").is_null())
        .group_by("referred_by")
        .agg(nw.len().alias("n_referrals"))
    )
    asked = panel.filter((nw.col("landmark") == start) & ~nw.col("nps_score").is_null())
    cells = to_pandas(
        asked.select("customer_id", "nps_score")
        .join(brought, left_on="customer_id", right_on="referred_by", how="left")
        .group_by("nps_score")
        .agg(nw.len().alias("n_customers"), nw.col("n_referrals").sum())
    )
    return cells.groupby(nps_class(cells["nps_score"]))[["n_customers", "n_referrals"]].sum()
