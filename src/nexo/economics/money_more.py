"""More of money.csv: by group, by the path observed, and what goes with other changes.

A group's effect comes from its own model and has no place in the joint draws: its amounts carry
the effect's own interval, margin and base.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nexo.base.config import Economics
from nexo.economics.basis import PATHS, Basis, as_draws, make_basis
from nexo.economics.changes import change_rows
from nexo.economics.inputs import CLASSES, REVENUE, Facts
from nexo.economics.money_rows import money_rows, or_refused, own_draws
from nexo.economics.moves import window_margin
from nexo.economics.rows import GROUP_COLUMNS

OBSERVED = "observed"
GROUP_POINTS = {"nps_plus10_group": 10.0, "nps_plus1_group": 1.0}


@dataclass(frozen=True)
class ObservedPath:
    """How the last change of NPS came about: its points, and the weights of the two one-class
    paths (their sum is 1; one is below 0 where both ends grew)."""

    points: float
    promoters: float
    detractors: float


def observed_path(trend: pd.DataFrame, changes: pd.DataFrame) -> ObservedPath | None:
    """Return the path of the last two waves; None when the change is within chance.

    With P and D the shares of promoters and detractors, the change is dP - dD; dP of it came
    over the border of promoters, -dD over that of detractors. ``trend`` is nps_trend.csv,
    ``changes`` changes.csv of the score stage.
    """
    is_latest = (changes["outcome"] == "nps") & (changes["contrast"] == "latest_vs_previous")
    own = changes[is_latest & changes["estimate"].notna()]
    needed = ["promoter_share", "detractor_share"]
    if own.empty or len(trend) < 2 or any(name not in trend for name in needed):
        return None
    row = own.iloc[-1]
    if abs(row["estimate"]) <= row["smallest_detectable_change"]:
        return None
    waves = trend.set_index("wave")
    if row["wave_from"] not in waves.index or row["wave_to"] not in waves.index:
        return None
    up = float(waves.loc[row["wave_to"], "promoter_share"])
    up -= float(waves.loc[row["wave_from"], "promoter_share"])
    down = float(waves.loc[row["wave_to"], "detractor_share"])
    down -= float(waves.loc[row["wave_from"], "detractor_share"])
    whole = up - down
    return ObservedPath(100 * whole, up / whole, -down / whole) if whole else None


def more_rows(
    facts: Facts,
    params: Economics,
    groups: pd.DataFrame,
    counts: Mapping[str, float],
    path: ObservedPath | None,
) -> list[dict[str, Any]]:
    """Rows of money.csv beside those of ``money_table``; none where revenue is not identified.

    Terms ``nps_plus10_group`` and ``nps_plus1_group`` by path (with ``by`` and ``level``;
    ``groups`` are rows.reference_groups; a path for which a group has too few has no amounts),
    ``nps_plus10`` and ``nps_plus1`` by the observed path, and those of changes.py (``counts``:
    customers concerned).
    """
    if not facts.is_identified:
        return []
    basis = make_basis(facts, params)
    rows = list(_group_rows(facts, params, groups))
    rows += change_rows(facts, params, basis, counts)
    if path is not None:
        rows += _observed_rows(facts, params, basis, path)
    return rows


def _group_rows(facts: Facts, params: Economics, groups: pd.DataFrame) -> Iterator[dict[str, Any]]:
    effects = facts.effects
    if "by" not in effects:
        return
    is_it = (effects["outcome"] == REVENUE) & (effects["term"] == "nps_plus10")
    is_it &= effects["contrast"].isin(PATHS) & (effects["weights"] == "none")
    for _, effect in effects[is_it & effects["by"].isin(GROUP_COLUMNS)].iterrows():
        by, level, path = (str(effect[name]) for name in ("by", "level", "contrast"))
        here = groups[(groups[by].astype("string") == level).fillna(False)]
        size = float(here["n_customers"].sum())
        if not size > 0:
            continue
        shares = _class_shares(here)
        drawn = own_draws(effect, params, f"group:{by}:{level}") * size
        place = {"by": by, "level": level, "path": path}
        for term, points in GROUP_POINTS.items():
            for row in money_rows(facts, effect, term, drawn * points / 10, size, **place):
                yield or_refused(row, path, points, shares)


def _class_shares(group: pd.DataFrame) -> dict[str, float] | None:
    """The shares of the classes among the scored customers of a group; None without any."""
    counts = {name: float(group[f"n_{name}"].sum()) for name in CLASSES}
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items()} if total > 0 else None


def _observed_rows(
    facts: Facts, params: Economics, basis: Basis, path: ObservedPath
) -> Iterator[dict[str, Any]]:
    legs = {"passive_to_promoter": path.promoters, "detractor_to_passive": path.detractors}
    effects = facts.effects
    like = effects[(effects["outcome"] == REVENUE) & (effects["term"] == "nps_plus10")].iloc[0]
    more = {"path": OBSERVED, "p_value": np.nan}
    for term, points in (("nps_plus10", 10.0), ("nps_plus1", 1.0)):
        parts = [weight * window_margin(basis, points, leg) for leg, weight in legs.items()]
        drawn = as_draws(sum(parts), params.n_draws)
        yield from money_rows(facts, like, term, drawn, facts.n_customers, **more)
