"""The numbers that money is computed from: central values, or draws of all of them together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nexo.base.config import Economics
from nexo.base.errors import NexoError
from nexo.economics.draws import (
    Array,
    Value,
    central_value,
    draw_assumption,
    normal_draws,
    stream,
)
from nexo.economics.inputs import CLASSES, RETENTION, REVENUE, Facts, effect_named, effect_row

LINK = "link"
CLASS_SHARES = "class_shares"
RETAINED_VALUE = "retained_value"
ASSUMPTIONS = ("margin_share", "discount_rate", "causal_share")
SOURCES = frozenset({LINK, CLASS_SHARES, RETAINED_VALUE, *ASSUMPTIONS})
"""What may be drawn; the tornado draws one of them and leaves the others at their centre."""

PATHS = ("default_path", "passive_to_promoter", "detractor_to_passive", "detractor_to_promoter")


@dataclass(frozen=True)
class Basis:
    """Inputs of every money formula; each is one number or an array of draws (n,).

    ``effects`` maps outcome -> path -> change per customer of +10 NPS points: cents of revenue
    per customer-year, share retained over one window. ``retention_rate`` is per window,
    ``retained_cents`` revenue per retained customer-year; both 0 where retention or revenue
    was never seen, so that nothing is added after the window.
    """

    n_customers: int
    window_years: float
    horizon_years: int
    effects: Mapping[str, Mapping[str, Value]]
    class_shares: Mapping[str, Value]
    retention_rate: Value
    retained_cents: Value
    margin_share: Value
    discount_rate: Value
    causal_share: Value


def make_basis(facts: Facts, params: Economics, drawn: Collection[str] = SOURCES) -> Basis:
    """Build the basis, drawing what ``drawn`` names and fixing the rest at its centre.

    Equal seeds give equal draws, whichever sources are drawn beside. Raises NexoError when
    revenue is not identified, ConfigError when an assumption lies outside its bounds.
    """
    if not facts.is_identified or facts.class_shares is None:
        reason = facts.reason_code or "score_absent"
        raise NexoError(f"money cannot be computed: revenue is not identified ({reason}).")
    values = {name: _assumption(name, params, name in drawn) for name in ASSUMPTIONS}
    rate, cents = _retained_value(facts, params, RETAINED_VALUE in drawn)
    return Basis(
        n_customers=facts.n_customers,
        window_years=facts.window_years,
        horizon_years=params.horizon_years,
        effects=_effects(facts, params, LINK in drawn),
        class_shares=_class_shares(facts, params, CLASS_SHARES in drawn),
        retention_rate=rate,
        retained_cents=cents,
        **values,
    )


def central(facts: Facts, params: Economics) -> Basis:
    """Build the basis from central values alone: the closed form."""
    return make_basis(facts, params, frozenset())


def _assumption(name: str, params: Economics, is_drawn: bool) -> Value:
    assumption = getattr(params, name)
    drawn = draw_assumption(name, assumption, params.n_draws, params.seed)
    return drawn if is_drawn else central_value(assumption)


def _effects(facts: Facts, params: Economics, is_drawn: bool) -> dict[str, dict[str, Value]]:
    """Return the effects by outcome and path, drawn from their one joint covariance."""
    labels, means = [], []
    for outcome in (REVENUE, RETENTION):
        for path in PATHS:
            row = effect_row(facts.effects, outcome, path, "none")
            if row is not None:
                labels.append((outcome, path))
                means.append(float(row["estimate"]))
    columns: list[Value] = list(means)
    if is_drawn:
        names = [f"{outcome}|nps_plus10:{path}" for outcome, path in labels]
        covariance = _covariance_of(facts.covariance, names)
        generator = stream(params.seed, LINK)
        drawn = normal_draws(means, covariance, params.n_draws, generator)
        columns = [drawn[:, place] for place in range(len(labels))]
    effects: dict[str, dict[str, Value]] = {REVENUE: {}, RETENTION: {}}
    for (outcome, path), column in zip(labels, columns, strict=True):
        effects[outcome][path] = column
    return effects


def drawn_beside(
    facts: Facts, params: Economics, basis: Basis, effect: tuple[str, str]
) -> dict[str, Array]:
    """Return draws (n,) of another effect (term, contrast) by outcome, joint with the paths'.

    A joint normal, drawn in two steps: given the paths' draws x the mean is m + B (x - mean of x),
    B = C21 C11^-1, and the rest has covariance C22 - B C12 and a stream of its own. So the draws
    of the paths, which ``basis`` holds, do not change with what is drawn beside them. Raises
    NexoError when the joint covariance does not know the effect.
    """
    name = ":".join(effect)
    rows = {o: effect_named(facts.effects, o, *effect) for o in (REVENUE, RETENTION)}
    known = {outcome: row for outcome, row in rows.items() if row is not None}
    paths = [(outcome, path) for outcome, drawn in basis.effects.items() for path in drawn]
    given = [f"{outcome}|nps_plus10:{path}" for outcome, path in paths]
    names = given + [f"{outcome}|{name}" for outcome in known]
    matrix = _covariance_of(facts.covariance, names)
    apart = [basis.effects[o][p] - _estimate(facts, o, p) for o, p in paths]
    # In units of the standard errors: cents and shares are powers of ten apart.
    size = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    size = np.where(size > 0, size, 1.0)
    scaled, k = matrix / np.outer(size, size), len(given)
    slope = scaled[k:, :k] @ np.linalg.pinv(scaled[:k, :k], rcond=1e-9, hermitian=True)
    left = scaled[k:, k:] - slope @ scaled[:k, k:]
    left = np.where(np.abs(left) > 1e-12, left, 0.0)  # rounding is no spread
    generator = stream(params.seed, f"beside:{name}")
    rest = normal_draws(np.zeros(len(known)), left, params.n_draws, generator)
    moved = (np.column_stack(apart) / size[:k]) @ slope.T + rest
    return {
        outcome: float(row["estimate"]) + moved[:, place] * size[k + place]
        for place, (outcome, row) in enumerate(known.items())
    }


def _estimate(facts: Facts, outcome: str, path: str) -> float:
    row = effect_row(facts.effects, outcome, path, "none")
    return float("nan") if row is None else float(row["estimate"])


def _covariance_of(covariance: pd.DataFrame, names: list[str]) -> Array:
    missing = [name for name in names if name not in covariance.index]
    if missing:
        raise NexoError(
            f"joint_covariance.parquet has no row for {', '.join(missing)}, although effects.csv "
            "has. Run dvc repro evidence again: both must come from one panel."
        )
    return covariance.loc[names, names].to_numpy(dtype=np.float64)


def _class_shares(facts: Facts, params: Economics, is_drawn: bool) -> dict[str, Value]:
    """Return the class shares; drawn ones are kept at 0 or above."""
    means = [facts.class_shares[name] for name in CLASSES] if facts.class_shares else []
    if not is_drawn:
        return dict(zip(CLASSES, means, strict=True))
    generator = stream(params.seed, CLASS_SHARES)
    drawn = normal_draws(means, facts.class_covariance, params.n_draws, generator)
    return {name: np.clip(drawn[:, place], 0.0, 1.0) for place, name in enumerate(CLASSES)}


def _retained_value(facts: Facts, params: Economics, is_drawn: bool) -> tuple[Value, Value]:
    kept = facts.kept if facts.is_annual else None  # undated amounts have no after
    if kept is None:
        return 0.0, 0.0
    if not is_drawn:
        return kept.rate, kept.cents_per_year
    variances = np.diag([kept.rate_std_error**2, kept.cents_std_error**2])
    generator = stream(params.seed, RETAINED_VALUE)
    drawn = normal_draws([kept.rate, kept.cents_per_year], variances, params.n_draws, generator)
    return np.clip(drawn[:, 0], 0.0, 1.0), drawn[:, 1]


Formula = Callable[[Basis], Value]
"""A money formula: same basis in, same cents out, one number or draws (n,)."""


def as_draws(value: Value, n_draws: int) -> Array:
    """Return ``value`` as draws (n_draws,), also where nothing in it was drawn."""
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (n_draws,))
