"""Which category next: of the categories bought for the first time, what share is each?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from nexo.base.results import TIDY_COLUMNS
from nexo.compress.arrays import Array, Codes
from nexo.compress.coding import NPS_CLASSES, nps_class
from nexo.link.task import NPS
from nexo.multiple import benjamini_hochberg_p

COLUMNS = (*TIDY_COLUMNS, "p_value_adjusted", "category")


def next_categories(bought: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Shares of first purchases by category, for each NPS class, and promoters less detractors.

    ``bought``: one row a first purchase inside its window (customer_id, nps_score, category).
    A share is a ratio of sums over customers, p = sum n_ic / sum n_i, whose influence values are
    (n_ic - p n_i) / sum n_i (Cochran 1977, 6.3); a customer may buy at several landmarks.
    """
    customer, ids = pd.factorize(bought["customer_id"], sort=True)
    names = sorted(bought["category"].unique())
    category = np.searchsorted(names, bought["category"])
    group, rows = nps_class(bought[NPS].to_numpy(float)), []
    estimate, values = _shares(customer, category, group, (len(ids), len(names)))
    contrasts = {name: np.eye(3)[place] for place, name in enumerate(NPS_CLASSES)}
    contrasts["promoter_vs_detractor"] = np.array([-1.0, 0.0, 1.0])
    for name, weights in contrasts.items():
        used = weights != 0
        n_obs, present = int(np.isin(group, np.flatnonzero(used)).sum()), estimate[used]
        value = weights[used] @ present
        error = np.sqrt((np.tensordot(weights, values, axes=1) ** 2).sum(axis=1))
        n_customers = len(np.unique(customer[np.isin(group, np.flatnonzero(used))]))
        freedom = max(1, n_customers - 1)
        error = error * np.sqrt(n_customers / freedom)
        reach = stats.t.ppf((1 + confidence) / 2, freedom) * error
        rows.append(pd.DataFrame({
            "outcome": "cross_selling", "term": "next_category", "contrast": name,
            "unit": "share", "estimate": value, "std_error": error, "conf_low": value - reach,
            "conf_high": value + reach,
            "p_value": _p_value(value, error, freedom) if name not in NPS_CLASSES else np.nan,
            "n_obs": n_obs, "n_clusters": n_customers,
            "method": "share of first purchases, clustered by customer", "category": names,
        }))  # fmt: skip
    table = pd.concat(rows, ignore_index=True)
    table["p_value_adjusted"] = benjamini_hochberg_p(table["p_value"].to_numpy(float))
    table = table[list(COLUMNS)]
    return table.dropna(subset=["estimate"]).reset_index(drop=True)


def _shares(
    customer: Codes, category: Codes, group: Codes, size: tuple[int, int]
) -> tuple[Array, Array]:
    """Shares (3 classes x categories; NaN without a purchase) and influence values of the
    customers (3 x categories x customers); ``size``: customers and categories."""
    n_customers, n_categories = size
    estimate = np.full((3, n_categories), np.nan)
    values = np.zeros((3, n_categories, n_customers))
    for place in np.unique(group):
        inside = group == place
        every = np.bincount(customer[inside], minlength=n_customers)
        for number in range(n_categories):
            own = np.bincount(customer[inside & (category == number)], minlength=n_customers)
            share = own.sum() / inside.sum()
            estimate[place, number] = share
            values[place, number] = (own - share * every) / inside.sum()
    return estimate, values


def _p_value(value: np.ndarray, error: np.ndarray, freedom: float) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(error > 0, 2 * stats.t.sf(np.abs(value / error), freedom), np.nan)
