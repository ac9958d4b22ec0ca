"""Customer equity: what a customer is worth over the horizon, three ways, with an interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nexo.base.config import Economics
from nexo.economics.draws import Array, Value, central_value, draw_assumption, normal_draws, stream
from nexo.economics.inputs import CLASSES, YEAR_DAYS, Facts
from nexo.economics.rows import GROUP_COLUMNS, nps_class
from nexo.economics.survival import fit_sbg

EQUITY_COLUMNS = (
    "group_by",
    "level",
    "n_customers",
    "t1_cents",
    "equity_simple_cents",
    "equity_discounted_cents",
    "equity_sbg_cents",
    "conf_low_cents",
    "conf_high_cents",
    "currency",
    "base_equity_cents",
    "retention_rate",
)


@dataclass(frozen=True)
class Group:
    """Observed rows of one group, its size now, and its survivors (empty: not followed)."""

    group_by: str
    level: str
    rows: pd.DataFrame
    n_customers: float
    survivors: list[float]


def simple_equity(t1: Value, n_years: int) -> Value:
    """Return T1 * N: the first year's margin times the years counted."""
    return t1 * n_years


def discounted_equity(
    t1: Value, n_years: int, retention_rate: Value, discount_rate: Value
) -> Value:
    """Return the sum over t = 0..N-1 of T1 (r / (1 + d))^t, each year paid at its start."""
    total: Value = 0.0 * t1
    for year in range(n_years):
        total = total + t1 * (retention_rate / (1 + discount_rate)) ** year
    return total


def survival_equity(t1: float, survival: Array, discount_rate: float) -> float:
    """Return the sum over t of T1 S(t) / (1 + d)^t; ``survival`` (N,) starts with S(0) = 1."""
    years = np.arange(survival.size)
    return float(t1 * np.sum(survival / (1 + discount_rate) ** years))


def equity_table(
    rows: pd.DataFrame,
    now: pd.DataFrame,
    followed: pd.DataFrame,
    facts: Facts,
    params: Economics,
) -> pd.DataFrame:
    """Return equity.csv: cents per customer, in all, by NPS class, segment, region and channel.

    ``rows``, ``now`` and ``followed`` come from rows.py (seen_rows, reference_groups,
    survivors). T1 is the margin in the year after the last landmark whose window is seen, per
    customer active there (those who leave included, with what they brought until then).
    The interval is that of the discounted equity: sampling of T1 and of retention together,
    margin and discount as declared. ``base_equity_cents`` is that equity times n_customers,
    customers now. A snapshot gives its undated margin and no equity; nothing without revenue.
    """
    if rows.empty or not rows["net_revenue_cents"].notna().any():
        return pd.DataFrame(columns=list(EQUITY_COLUMNS))
    groups = _groups(rows, now, followed, facts)
    table = [_equity_row(group, followed, facts, params) for group in groups]
    return pd.DataFrame(table, columns=list(EQUITY_COLUMNS))


def _groups(
    rows: pd.DataFrame, now: pd.DataFrame, followed: pd.DataFrame, facts: Facts
) -> Iterator[Group]:
    """Yield the groups in the order of the table; groups of fewer than two rows are left out."""
    yield Group("all", "", rows, facts.n_customers, _survivors(followed, None))
    starts = followed.assign(nps_class=nps_class(followed["nps_score"]))
    classes = nps_class(rows["nps_score"])
    for name in CLASSES:
        here = rows[(classes == name).fillna(False)]
        size = facts.n_customers * (facts.class_shares or {}).get(name, 0.0)
        if len(here) > 1:
            chosen = starts[(starts["nps_class"] == name).fillna(False)]
            yield Group("nps_class", name, here, size, _survivors(followed, chosen))
    for column in GROUP_COLUMNS:
        for level in sorted(rows[column].dropna().unique()):
            here = rows[(rows[column] == level).fillna(False)]
            size = now.loc[(now[column] == level).fillna(False), "n_customers"].sum()
            if len(here) > 1:
                chosen = followed[(followed[column] == level).fillna(False)]
                yield Group(column, str(level), here, float(size), _survivors(followed, chosen))


def _survivors(followed: pd.DataFrame, chosen: pd.DataFrame | None) -> list[float]:
    """Return how many of the group's customers are still there at each landmark."""
    cells = followed if chosen is None else chosen
    landmarks = sorted(followed["landmark"].unique())
    counts = cells.groupby("landmark")["n_customers"].sum().reindex(landmarks, fill_value=0)
    # An inactive customer may come back where leaving is judged by orders: first absence counts.
    return [float(value) for value in np.minimum.accumulate(counts.to_numpy(dtype=np.float64))]


def _equity_row(
    group: Group, followed: pd.DataFrame, facts: Facts, params: Economics
) -> dict[str, Any]:
    margin = central_value(params.margin_share)
    discount = central_value(params.discount_rate)
    means, covariance = _moments(group.rows, facts)
    t1 = margin * means[0]
    row: dict[str, Any] = {
        "group_by": group.group_by,
        "level": group.level,
        "n_customers": int(round(group.n_customers)),
        "t1_cents": t1,
        "currency": facts.currency,
    }
    if facts.meta["kind"] == "snapshot":
        return row
    row["equity_simple_cents"] = simple_equity(t1, params.horizon_years)
    if np.isnan(means[1]):
        return row
    retention = means[1] ** (1 / facts.window_years)
    discounted = float(discounted_equity(t1, params.horizon_years, retention, discount))
    low, high = _interval(group, means, covariance, facts, params)
    return {
        **row,
        "equity_discounted_cents": discounted,
        "equity_sbg_cents": _sbg_equity(group, followed, t1, discount, params.horizon_years),
        "conf_low_cents": low,
        "conf_high_cents": high,
        "base_equity_cents": discounted * group.n_customers,
        "retention_rate": retention,
    }


def _moments(rows: pd.DataFrame, facts: Facts) -> tuple[list[float], Array]:
    """Return the means of revenue a year and retention per window, and their covariance (2, 2)."""
    scale = 1.0 if facts.meta["kind"] == "snapshot" else 1 / facts.window_years
    revenue = rows["net_revenue_cents"].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    retained = rows["is_retained"].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    both = np.column_stack([revenue * scale, retained])
    if np.isnan(both[:, 1]).all():
        amounts = both[~np.isnan(both[:, 0]), 0]
        return [float(amounts.mean()), float("nan")], np.zeros((2, 2))
    both = both[~np.isnan(both).any(axis=1)]
    return [float(v) for v in both.mean(axis=0)], np.cov(both, rowvar=False) / len(both)


def _interval(
    group: Group, means: list[float], covariance: Array, facts: Facts, params: Economics
) -> tuple[float, float]:
    """Return the 95 % interval of the discounted equity, by draws."""
    n, seed = params.n_draws, params.seed
    generator = stream(seed, f"equity:{group.group_by}:{group.level}")
    drawn = normal_draws(means, covariance, n, generator)
    margin = draw_assumption("margin_share", params.margin_share, n, seed)
    discount = draw_assumption("discount_rate", params.discount_rate, n, seed)
    retention = np.clip(drawn[:, 1], 0.0, 1.0) ** (1 / facts.window_years)
    t1 = drawn[:, 0] * margin
    values = np.asarray(discounted_equity(t1, params.horizon_years, retention, discount))
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _sbg_equity(
    group: Group, followed: pd.DataFrame, t1: float, discount: float, n_years: int
) -> float:
    """Return the equity with sBG survival; NaN where it cannot be followed in equal steps."""
    landmarks = pd.to_datetime(pd.Series(sorted(followed["landmark"].unique())))
    steps = landmarks.diff().dropna().dt.days.unique()
    counts = group.survivors
    if len(steps) != 1 or len(counts) < 3 or counts[0] <= 0 or counts[-1] == counts[0]:
        return float("nan")
    periods = np.arange(n_years) * YEAR_DAYS / float(steps[0])
    return survival_equity(t1, fit_sbg(counts).survival(periods), discount)
