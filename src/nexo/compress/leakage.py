"""Does one control nearly determine the outcome? Then it is no control (METHODS.md section 3)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nexo.compress.arrays import Array, Codes, Mask

LEAKING_AUC = 0.98
LEAKING_SHARE = 0.20
CHANCE_EVENTS = 10.0
"""A level is called pure only where this many of the rarer result were expected in it."""


def pure_levels(
    level: Array | Codes, is_event: Mask | Array, both: bool, n: Array | None = None
) -> pd.Series:
    """Rows of each level in which the outcome never varies, where that cannot be chance."""
    events, rows = tally(is_event, n)
    levels, place = np.unique(level, return_inverse=True)
    found, size = np.bincount(place, events), np.bincount(place, rows)
    share = events.sum() / rows.sum()
    is_pure = (found == 0) & (size * share > CHANCE_EVENTS)
    if both:
        is_pure |= (found == size) & (size * (1 - share) > CHANCE_EVENTS)
    return pd.Series(size, index=levels)[is_pure]


def leaks(
    codes: Codes, values: Array | None, is_event: Mask | Array, n: Array | None = None
) -> bool:
    """Does one control nearly determine the outcome?

    AUC of its values (numeric; else of its levels' event shares) above .98, or pure levels
    that hold more than a fifth of the rows. With ``n`` rows an entry, ``is_event`` is the share
    of them with the event.
    """
    events, rows = tally(is_event, n)
    if values is None:
        share = np.bincount(codes, events) / np.maximum(np.bincount(codes, rows), 1)
        values = share[codes]
    known = np.isfinite(values)
    auc = area_under_curve(values[known], (events / rows)[known], rows[known])
    pure = pure_levels(codes, is_event, True, n).sum() / rows.sum()
    return bool(max(auc, 1 - auc) > LEAKING_AUC or pure > LEAKING_SHARE)


def area_under_curve(order: Array, is_event: Mask | Array, n: Array | None = None) -> float:
    """Mann-Whitney AUC, ties at half; 0.5 where one of the two groups is empty."""
    events, rows = tally(is_event, n)
    at = np.unique(order, return_inverse=True)[1]
    event, other = np.bincount(at, events), np.bincount(at, rows - events)
    if not event.sum() or not other.sum():
        return 0.5
    return float(event @ (np.cumsum(other) - other / 2) / (event.sum() * other.sum()))


def tally(is_event: Mask | Array, n: Array | None) -> tuple[Array, Array]:
    """Events and rows of each entry."""
    rows = np.ones(len(is_event)) if n is None else n
    return rows * is_event, rows
