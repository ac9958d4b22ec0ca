"""Several claims at once: Holm for the headline family, Benjamini-Hochberg within any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

Floats = np.ndarray


@dataclass(frozen=True)
class HolmLevel:
    """Confidence level of one claim's interval, and whether its null was rejected."""

    confidence: float
    is_rejected: bool


def holm(p_values: Sequence[float], family_error: float = 0.05) -> tuple[HolmLevel, ...]:
    """Holm (1979) as interval levels, in the order given.

    p-values ascending, the j-th of m at level 1 - family_error / (m - j + 1); from the first
    that fails on, all keep that level (METHODS.md section 1). Equal p-values keep their order.
    """
    m = len(p_values)
    found: dict[int, HolmLevel] = {}
    has_failed, confidence = False, 1 - family_error
    for j, place in enumerate(np.argsort(p_values, kind="stable"), start=1):
        if not has_failed:
            allowed = family_error / (m - j + 1)
            confidence = 1 - allowed
            has_failed = not p_values[place] <= allowed
        found[int(place)] = HolmLevel(confidence, not has_failed)
    return tuple(found[place] for place in range(m))


def bonferroni(p_values: Sequence[float], error: float = 0.05) -> Floats:
    """Which of m claims (m,) stand at error / m."""
    values = np.asarray(p_values, dtype=float)
    return values <= error / max(1, len(values))


def benjamini_hochberg(p_values: Sequence[float], error: float = 0.05) -> Floats:
    """Which of m claims (m,) stand with a false discovery rate of ``error`` (1995).

    NaN claims nothing and does not count among the m.
    """
    values = np.asarray(p_values, dtype=float)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    limits = error * np.arange(1, len(order) + 1) / max(1, len(order))
    passed = np.flatnonzero(values[order] <= limits)
    stands = np.zeros(len(values), dtype=bool)
    if len(passed):
        stands[order[: passed[-1] + 1]] = True
    return stands


def benjamini_hochberg_p(p_values: Sequence[float]) -> Floats:
    """Adjusted p-values (m,): the smallest false discovery rate at which each claim stands.

    p_(i) m / i, made monotone from the largest down (Yekutieli and Benjamini 1999). NaN stays
    NaN and does not count among the m.
    """
    values = np.asarray(p_values, dtype=float)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    raised = values[order] * (len(order) / np.arange(1, len(order) + 1))  # the last as it is
    adjusted = np.full(len(values), np.nan)
    adjusted[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1.0)
    return adjusted


def holm_p(p_values: Sequence[float]) -> Floats:
    """Adjusted p-values (m,) of Holm (1979): p_(j) (m - j + 1), made monotone upwards."""
    values = np.asarray(p_values, dtype=float)
    order = np.argsort(values, kind="stable")
    raised = values[order] * np.arange(len(values), 0, -1)
    adjusted = np.empty(len(values))
    adjusted[order] = np.minimum(np.maximum.accumulate(raised), 1.0)
    return adjusted


def with_adjusted_p(table: pd.DataFrame, family: Sequence[str] | pd.Series) -> pd.DataFrame:
    """``table`` with ``p_value_adjusted``: Benjamini and Hochberg's within each ``family``, which
    is given by the names of columns or by a value for each row."""
    adjusted = table["p_value"].astype(float)
    for rows in table.groupby(family, sort=False).indices.values():
        adjusted.iloc[rows] = benjamini_hochberg_p(adjusted.iloc[rows])
    return table.assign(p_value_adjusted=adjusted)
