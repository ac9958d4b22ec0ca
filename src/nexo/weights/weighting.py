"""Weights that undo what the response model finds, what they cost, and the balance they give.

Weights are 1 / p(answer), cut at a multiple of their median, raked to the margins of all active
customers and scaled to mean 1, within each landmark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nexo.base.errors import ContractError
from nexo.compress.tally import MISSING
from nexo.weights.raking import raked
from nexo.weights.response import Floats, covariates, is_scored


@dataclass(frozen=True)
class Kish:
    """Price of unequal weights: n_eff = n / deff, deff = n sum(w^2) / sum(w)^2 (Kish 1965)."""

    deff: float
    n_eff: float


@dataclass(frozen=True)
class Weights:
    """One row per scored customer and landmark (customer_id, landmark, p_answer, weight), and
    one per landmark of what weighting cost (wave, n_answers, n_trimmed, limit, deff, n_eff,
    raked_to)."""

    table: pd.DataFrame
    cost: pd.DataFrame


def kish(weights: Floats) -> Kish:
    """Design effect and effective size of ``weights`` (n,); NaN and 0 without any weight."""
    total = float(np.sum(weights))
    if total <= 0:
        return Kish(deff=float("nan"), n_eff=0.0)
    deff = len(weights) * float(np.sum(np.square(weights))) / total**2
    return Kish(deff=deff, n_eff=len(weights) / deff)


def trimmed(weights: Floats, max_ratio: float) -> tuple[Floats, float]:
    """``weights`` cut at ``max_ratio`` times their median, and that limit."""
    limit = float(np.median(weights)) * max_ratio
    return np.minimum(weights, limit), limit


def response_weights(
    panel: pd.DataFrame,
    p_answer: Floats,
    max_ratio: float,
    metric: str = "nps_score",
    rake_to: Sequence[str] = (),
) -> Weights:
    """Inverse-probability weights of those with a score, trimmed, mean 1 within a landmark.

    The trimming is done before the scaling, within each landmark, and counted in ``cost``; then
    the margins ``rake_to`` (columns of the panel) are made those of all active customers, as
    far as a landmark's answers allow: ``raked_to`` in ``cost`` names the margins that are met.
    Raises ContractError when a scored customer has no chance to answer.
    """
    answered = is_scored(panel, metric)
    if (p_answer[answered] <= 0).any():
        raise ContractError(
            f"{int((p_answer[answered] <= 0).sum())} customers who answered have chance 0 to "
            "answer. The response model was fitted on other rows: fit it on the same panel."
        )
    margins = {name: _margin(panel[name]) for name in rake_to if panel[name].notna().any()}
    waves, weight, cost = panel["wave"].to_numpy(), np.full(len(panel), np.nan), []
    for wave in sorted(set(waves[answered])):
        active = waves == wave
        own = active & answered
        raw = 1.0 / p_answer[own]
        cut, limit = trimmed(raw, max_ratio)
        fitted, met = _raked_if_possible(
            cut,
            {name: values[own] for name, values in margins.items()},
            {name: values[active] for name, values in margins.items()},
        )
        weight[own] = fitted / fitted.mean()
        price = kish(weight[own])
        counted = (wave, len(raw), int((raw > limit).sum()), limit / cut.mean())
        cost.append((*counted, price.deff, price.n_eff, "+".join(met)))
    table = panel.loc[answered, ["customer_id", "landmark"]]
    table = table.assign(p_answer=p_answer[answered], weight=weight[answered])
    columns = ["wave", "n_answers", "n_trimmed", "limit", "deff", "n_eff", "raked_to"]
    return Weights(
        table.sort_values(["landmark", "customer_id"], ignore_index=True),
        pd.DataFrame(cost, columns=columns),
    )


def _raked_if_possible(
    weights: Floats, levels: dict[str, Floats], population: dict[str, Floats]
) -> tuple[Floats, tuple[str, ...]]:
    """Raked weights and the margins they meet: all, or as many of the first as some weights can
    meet. A landmark with a handful of answers must not stop the others."""
    names = tuple(levels)
    while names:
        try:
            return raked(weights, {name: levels[name] for name in names}, population), names
        except ContractError:
            names = names[:-1]
    return weights, ()


def _margin(column: pd.Series) -> np.ndarray:
    """Levels as text; the missing ones are a level of their own."""
    return column.astype(object).where(column.notna(), MISSING).astype(str).to_numpy()


def balance(panel: pd.DataFrame, weights: pd.DataFrame, metric: str = "nps_score") -> pd.DataFrame:
    """Standardised differences, respondents less all active, before and after weighting.

    Taken within landmarks, divided by the standard deviation among all active there (amounts as
    logarithms); columns covariate ("tenure_days", "segment:A"), difference_before,
    difference_after. Above 0.1 is usually called out of balance.
    """
    answered = is_scored(panel, metric)
    empty = pd.DataFrame(columns=["covariate", "difference_before", "difference_after"])
    if not answered.any():
        return empty
    design = pd.DataFrame(covariates(panel, answered))
    skipped = [name for name in design if name.startswith("wave:") or name.endswith(":log_squared")]
    design = design.drop(columns=skipped).rename(columns=lambda name: name.removesuffix(":log"))
    waves = panel["wave"].to_numpy()
    centred = design - design.groupby(waves).transform("mean")
    joined = panel[["customer_id", "landmark"]].merge(
        weights[["customer_id", "landmark", "weight"]], on=["customer_id", "landmark"], how="left"
    )
    weight = joined["weight"].to_numpy()[answered]
    rows = []
    for name in sorted(design.columns):
        spread = float(np.sqrt(np.mean(np.square(centred[name]))))
        if spread > 0:
            values = centred[name].to_numpy()[answered] / spread
            rows.append((name, values.mean(), float(np.average(values, weights=weight))))
    return pd.DataFrame(rows, columns=empty.columns)
