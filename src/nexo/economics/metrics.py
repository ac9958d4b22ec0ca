"""data/metrics/economics.json: the few numbers that `dvc metrics diff` compares."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nexo.economics.inputs import Facts
from nexo.economics.money import headline


def economics_metrics(
    facts: Facts, money: pd.DataFrame, roi: pd.DataFrame, equity: pd.DataFrame, growth: pd.DataFrame
) -> dict[str, Any]:
    """Return the headline, the first-ranked initiative, the base's equity, and growth.

    Values that the data cannot give are None, so that the keys are the same for every source.
    """
    best = roi[roi["rank"] == 1]
    names = (
        "initiative",
        "npv_median_cents",
        "p_positive",
        "breakeven_lift_points",
        "breakeven_causal_share",
    )
    everyone = equity[equity["group_by"] == "all"]
    measures = ("net_revenue_retention", "earned_growth_rate")
    return {
        "headline": headline(money, facts),
        "best_initiative": {name: _first(best, name) for name in names},
        "base_equity_cents": _first(everyone, "base_equity_cents"),
        **{name: _first(growth[growth["measure"] == name], "value") for name in measures},
    }


def whole_cents(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with every ``*_cents`` column in whole minor units (nullable integers)."""
    rounded = {
        name: pd.to_numeric(table[name]).round().astype("Int64")
        for name in table.columns
        if name.endswith("_cents")
    }
    return table.assign(**rounded)


def _first(table: pd.DataFrame, column: str) -> Any:
    if table.empty or pd.isna(table[column].iloc[0]):
        return None
    value = table[column].iloc[0]
    return value if isinstance(value, str) else float(value)
