"""Which initiatives to take when the money is limited."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from nexo.base.errors import ConfigError

MOST_INITIATIVES = 18
"""A quarter of a million combinations; more would need another method, and no plan has them."""


def within_budget(roi: pd.DataFrame, budget_cents: float | None) -> pd.Series:
    """Return for each initiative whether it belongs to the best plan that the budget allows.

    The plan with the largest sum of median returns among those whose cost (now and in the first
    year) fits, of all combinations; only initiatives with a positive median return take part.
    Null without a budget, or where an initiative has no amounts. ``roi`` has npv_median_cents
    and outlay_cents. Raises ConfigError for more than 18 candidates.
    """
    empty = pd.Series(pd.NA, index=roi.index, dtype="boolean")
    known = roi["npv_median_cents"].notna() & roi["outlay_cents"].notna()
    if budget_cents is None or not known.any():
        return empty
    candidates = roi.index[known & (roi["npv_median_cents"] > 0)]
    if len(candidates) > MOST_INITIATIVES:
        raise ConfigError(
            f"economics.budget: {len(candidates)} initiatives with a positive return are too many "
            f"to combine (at most {MOST_INITIATIVES}). Set some to rejected in their file."
        )
    gain = roi.loc[candidates, "npv_median_cents"].to_numpy(float)
    cost = roi.loc[candidates, "outlay_cents"].to_numpy(float)
    best: tuple[float, tuple[int, ...]] = (0.0, ())
    for size in range(1, len(candidates) + 1):
        for chosen in combinations(range(len(candidates)), size):
            places = list(chosen)
            if cost[places].sum() <= budget_cents and gain[places].sum() > best[0]:
                best = (float(gain[places].sum()), chosen)
    taken = np.zeros(len(roi), dtype=bool)
    taken[[roi.index.get_loc(candidates[place]) for place in best[1]]] = True
    return empty.mask(known, pd.Series(taken, index=roi.index, dtype="boolean"))
