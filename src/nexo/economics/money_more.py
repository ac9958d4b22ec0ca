"""More of money.csv: by group, by the path observed, and what goes with other changes.

A group's effect, or that of another metric, comes from its own model and has no place in the
joint draws: its amounts carry the effect's own interval, margin and base.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nexo.config import Economics
from nexo.economics.basis import make_basis
from nexo.economics.draws import Array, draw_assumption, normal_draws, spread, stream
from nexo.economics.inputs import REVENUE, Facts
from nexo.economics.moves import window_margin
from nexo.economics.rows import GROUP_COLUMNS

IN_WINDOW = "revenue in window"
OBSERVED = "observed"


@dataclass(frozen=True)
class Change:
    """One change that is no move between NPS classes: its effect row, sign, and who it reaches.

    ``column`` of ``counts`` says how many customers are concerned now.
    """

    term: str
    effect: tuple[str, str]
    sign: float
    column: str


CHANGES = (
    Change("ces_plus1", ("ces_score", "plus_one"), 1.0, "n_ces"),
    Change("repeat_contact_less", ("n_repeat_contacts", "plus_one"), -1.0, "n_repeat"),
)


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
    own = changes[(changes["outcome"] == "nps") & changes["estimate"].notna()]
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

    Terms ``nps_plus10_group`` (with ``by`` and ``level``; ``groups`` are rows.reference_groups),
    ``nps_plus10`` and ``nps_plus1`` by the observed path, and those of CHANGES (``counts``:
    customers concerned).
    """
    if not facts.is_identified:
        return []
    rows = list(_group_rows(facts, params, groups))
    rows += _change_rows(facts, params, counts)
    if path is not None:
        rows += _observed_rows(facts, params, path)
    return rows


def _group_rows(facts: Facts, params: Economics, groups: pd.DataFrame) -> Iterator[dict[str, Any]]:
    effects = facts.effects
    if "by" not in effects:
        return
    is_it = (effects["outcome"] == REVENUE) & (effects["term"] == "nps_plus10")
    is_it &= (effects["contrast"] == "default_path") & (effects["weights"] == "none")
    for _, effect in effects[is_it & effects["by"].isin(GROUP_COLUMNS)].iterrows():
        by, level = str(effect["by"]), str(effect["level"])
        is_here = (groups[by].astype("string") == level).fillna(False)
        size = float(groups.loc[is_here, "n_customers"].sum())
        drawn = _own_draws(effect, params, f"group:{by}:{level}")
        for per, scale in (("base", size), ("customer", 1.0)):
            place = {"by": by, "level": level, "path": "default_path"}
            yield _row(facts, "nps_plus10_group", drawn * scale, per, effect) | place


def _change_rows(
    facts: Facts, params: Economics, counts: Mapping[str, float]
) -> Iterator[dict[str, Any]]:
    effects = facts.effects
    for change in CHANGES:
        term, contrast = change.effect
        found = effects[
            (effects["outcome"] == REVENUE)
            & (effects["term"] == term)
            & (effects["contrast"] == contrast)
            & (effects["weights"] == "none")
            & effects["estimate"].notna()
        ]
        if "by" in found:
            found = found[found["by"].isna() | (found["by"] == "")]
        size = counts.get(change.column, 0.0)
        if found.empty or not size > 0:
            continue
        effect = found.iloc[0]
        drawn = change.sign * _own_draws(effect, params, f"change:{change.term}")
        for per, scale in (("base", size), ("customer", 1.0)):
            yield _row(facts, change.term, drawn * scale, per, effect)


def _own_draws(effect: pd.Series, params: Economics, name: str) -> Array:
    """Draws of the margin per customer from the effect's own standard error."""
    variance = [[float(effect["std_error"]) ** 2]]
    generator = stream(params.seed, name)
    drawn = normal_draws([float(effect["estimate"])], variance, params.n_draws, generator)[:, 0]
    margin = draw_assumption("margin_share", params.margin_share, params.n_draws, params.seed)
    return np.asarray(drawn * margin)


def _observed_rows(facts: Facts, params: Economics, path: ObservedPath) -> Iterator[dict[str, Any]]:
    basis = make_basis(facts, params)
    legs = {"passive_to_promoter": path.promoters, "detractor_to_passive": path.detractors}
    effects = facts.effects
    like = effects[(effects["outcome"] == REVENUE) & (effects["term"] == "nps_plus10")].iloc[0]
    for term, points in (("nps_plus10", 10.0), ("nps_plus1", 1.0)):
        parts = [weight * window_margin(basis, points, leg) for leg, weight in legs.items()]
        drawn = np.broadcast_to(np.asarray(sum(parts)), (params.n_draws,))
        for per, scale in (("base", 1.0), ("customer", 1 / facts.n_customers)):
            yield _row(facts, term, drawn * scale, per, like) | {
                "path": OBSERVED,
                "p_value": np.nan,
            }


def _row(facts: Facts, term: str, drawn: Array, per: str, effect: pd.Series) -> dict[str, Any]:
    result = spread(drawn)
    unit = "margin_cents" if per == "base" else "margin_cents_per_customer"
    if facts.is_annual:
        unit = "margin_cents_per_year" if per == "base" else "margin_cents_per_customer_year"
    return {
        "outcome": REVENUE,
        "term": term,
        "contrast": effect["contrast"],
        "unit": unit,
        "estimate": result.median,
        "std_error": result.std,
        "conf_low": result.low95,
        "conf_high": result.high95,
        "p_value": effect["p_value"],
        "n_obs": effect["n_obs"],
        "n_clusters": effect["n_clusters"],
        "method": IN_WINDOW,
        "path": "",
        "per": per,
        "currency": facts.currency,
        "weights": "none",
        "reason_code": "",
        "by": "",
        "level": "",
    }
