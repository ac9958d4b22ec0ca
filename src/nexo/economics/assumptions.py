"""Every number that money rests on, in one table: declared, and estimated beside it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nexo.base.config import Economics
from nexo.economics.basis import ASSUMPTIONS
from nexo.economics.draws import Z95, assumption_range, central_value, kind_of
from nexo.economics.inputs import CLASSES, Facts

ASSUMPTION_COLUMNS = ("name", "kind", "low", "mode", "high", "value_used", "unit", "currency")

UNITS = {
    "discount_rate": "share_per_year",
    "retention_rate": "share_per_window",
    "horizon_years": "years",
    "n_draws": "draws",
    "seed": "none",
    "n_customers": "customers",
    "retained_revenue_cents_per_year": "cents_per_customer_year",
}
"""Unit of each row that is not a share."""


def assumptions_table(facts: Facts, params: Economics) -> pd.DataFrame:
    """Return assumptions.csv (ASSUMPTION_COLUMNS), a row each.

    Declared ones (fixed, uniform, triangular, normal) come first; for a normal one low and
    high are the ends of its central 95 %. Kind ``estimated`` marks what the data gave, with its
    95 % interval: retained customers, their revenue a year, class shares, the base.
    """
    rows = [_declared(name, params) for name in ASSUMPTIONS]
    rows.append(_fixed("horizon_years", params.horizon_years))
    rows.append(_fixed("n_draws", params.n_draws))
    rows.append(_fixed("seed", params.seed))
    rows.append(_estimated("n_customers", facts.n_customers, 0.0))
    if facts.class_shares is not None:
        for place, name in enumerate(CLASSES):
            std_error = float(facts.class_covariance[place, place]) ** 0.5
            rows.append(_estimated(f"{name}_share", facts.class_shares[name], std_error))
    if facts.kept is not None and facts.is_annual:
        kept = facts.kept
        rows.append(_estimated("retention_rate", kept.rate, kept.rate_std_error))
        rows.append(
            _estimated("retained_revenue_cents_per_year", kept.cents_per_year, kept.cents_std_error)
        )
    for row in rows:
        row["unit"] = UNITS.get(row["name"], "share")
        row["currency"] = facts.currency if row["unit"].startswith("cents") else ""
    return pd.DataFrame(rows, columns=list(ASSUMPTION_COLUMNS))


def _declared(name: str, params: Economics) -> dict[str, Any]:
    assumption = getattr(params, name)
    low, high = assumption_range(assumption)
    mode = assumption.mode if assumption.mode is not None else assumption.mean
    used = central_value(assumption)
    return {
        "name": name,
        "kind": kind_of(assumption),
        "low": low,
        "mode": mode,
        "high": high,
        "value_used": used,
    }


def _fixed(name: str, value: float) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "fixed",
        "low": value,
        "mode": value,
        "high": value,
        "value_used": value,
    }


def _estimated(name: str, value: float, std_error: float) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "estimated",
        "low": value - Z95 * std_error,
        "mode": value,
        "high": value + Z95 * std_error,
        "value_used": value,
    }
