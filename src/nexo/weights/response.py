"""Who answers: a response model on the customer file, and weights that undo what it finds.

The model looks at every customer active at a landmark, never at the survey alone: only so are
those who did not answer in it. Weights are 1 / p(answer), cut at a multiple of their median,
raked to the margins of all active customers and scaled to mean 1, within each landmark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nexo.errors import ContractError
from nexo.results import TIDY_COLUMNS
from nexo.weights.raking import raked

Floats = np.ndarray

NUMERIC = (
    "tenure_days",
    "past_revenue_cents",
    "n_past_orders",
    "n_past_contacts",
    "n_categories_owned",
)
CATEGORICAL = ("segment", "region", "acquisition_channel")
MISSING, OTHER = "(missing)", "(other)"
LEAST_OF_LEVEL = 5
"""A level with fewer answers, or fewer silences, than this is pooled: it cannot be fitted."""


@dataclass(frozen=True)
class Kish:
    """Price of unequal weights: n_eff = n / deff, deff = n sum(w^2) / sum(w)^2 (Kish 1965)."""

    deff: float
    n_eff: float


@dataclass(frozen=True)
class ResponseModel:
    """Coefficients as a tidy table, and for each row of the panel the chance to answer.

    ``reason_code`` is empty when a model was fitted: otherwise no_customers, all_answered or
    nobody_answered, and every chance is 1 or 0.
    """

    table: pd.DataFrame
    p_answer: Floats
    reason_code: str
    n_obs: int


@dataclass(frozen=True)
class Weights:
    """One row per scored customer and landmark (customer_id, landmark, p_answer, weight), and
    one per landmark of what weighting cost (wave, n_answers, n_trimmed, limit, deff, n_eff, raked_to)."""

    table: pd.DataFrame
    cost: pd.DataFrame


def kish(weights: Floats) -> Kish:
    """Design effect and effective size of ``weights`` (n,); NaN and 0 without any weight."""
    total = float(np.sum(weights))
    if total <= 0:
        return Kish(deff=float("nan"), n_eff=0.0)
    deff = len(weights) * float(np.sum(np.square(weights))) / total**2
    return Kish(deff=deff, n_eff=len(weights) / deff)


def as_floats(column: pd.Series) -> Floats:
    """Any numeric or yes/no column, nulls of every kind included, as float64 with NaN."""
    if column.dtype == object:
        column = column.map(lambda value: np.nan if pd.isna(value) else float(value))
    return column.to_numpy(dtype="float64", na_value=np.nan)


def is_scored(panel: pd.DataFrame, metric: str = "nps_score") -> Floats:
    """Rows (n,) whose customer has a score of ``metric`` at the landmark, as booleans."""
    return np.asarray(~np.isnan(as_floats(panel[metric])))


def covariates(panel: pd.DataFrame, answered: Floats) -> pd.DataFrame:
    """What is known of each customer at the landmark, one column ``name:contrast`` a term.

    Amounts enter as standardised signed logarithms with their square, missing ones with a mark
    of their own; categories as levels against the most frequent one; landmarks likewise.
    Columns that are empty or constant are left out.
    """
    columns: dict[str, Floats] = {}
    for name in (name for name in NUMERIC if name in panel):
        values = as_floats(panel[name])
        known = ~np.isnan(values)
        if not known.any():
            continue
        logs = np.sign(values) * np.log1p(np.abs(values))
        spread = float(np.std(logs[known]))
        if spread > 1e-12:
            scaled = np.where(known, (logs - np.mean(logs[known])) / spread, 0.0)
            columns[f"{name}:log"] = scaled
            columns[f"{name}:log_squared"] = scaled**2
        if min((answered & ~known).sum(), (~answered & ~known).sum()) >= LEAST_OF_LEVEL:
            columns[f"{name}:{MISSING}"] = (~known).astype(float)
    for name in (name for name in (*CATEGORICAL, "wave") if name in panel):
        if panel[name].notna().any():
            columns |= _levels(name, panel[name], answered)
    kept = {name: values for name, values in columns.items() if np.ptp(values) > 0}
    return pd.DataFrame(kept, index=panel.index)


def _levels(name: str, column: pd.Series, answered: Floats) -> dict[str, Floats]:
    text = column.astype(object).where(column.notna(), MISSING).astype(str)
    counts = pd.crosstab(text.to_numpy(), answered).reindex(columns=[False, True], fill_value=0)
    rare = counts.index[counts.min(axis=1) < LEAST_OF_LEVEL]
    sizes = text[~text.isin(rare)].value_counts()
    if sizes.empty:
        return {}
    reference = min(sizes.index[sizes == sizes.max()])
    # The rare ones together are a level of their own if they suffice, else the reference's.
    pooled = counts.loc[rare].sum()
    text = text.where(~text.isin(rare), OTHER if pooled.min() >= LEAST_OF_LEVEL else reference)
    sizes = text.value_counts()
    return {
        f"{name}:{level}": (text == level).to_numpy(dtype=float)
        for level in sorted(sizes.index)
        if level != reference
    }


def fit_response(panel: pd.DataFrame, metric: str = "nps_score") -> ResponseModel:
    """Logit of having a score of ``metric`` at the landmark, standard errors by customer.

    Landmarks at which all or none answered tell nothing about who answers: they stay outside
    the fit, with chances 1 and 0.
    """
    answered = is_scored(panel, metric)
    share = pd.Series(answered).groupby(panel["wave"].to_numpy()).transform("mean").to_numpy()
    told = (share > 0) & (share < 1)
    chances = answered.astype(float) if not told.any() else np.where(told, 0.0, share)
    if not told.any():
        reason = "no_customers" if panel.empty else "all_answered"
        reason = reason if panel.empty or answered.any() else "nobody_answered"
        return ResponseModel(pd.DataFrame(columns=[*TIDY_COLUMNS]), chances, reason, 0)
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    rows = panel[told]
    design = covariates(rows, answered[told])
    design.insert(0, "intercept:", 1.0)
    customers = pd.factorize(rows["customer_id"])[0]
    fit = GLM(answered[told].astype(float), design, family=families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": customers}
    )
    chances[told] = np.asarray(fit.fittedvalues)
    table = _tidy_coefficients(fit, len(rows), int(customers.max()) + 1)
    return ResponseModel(table, chances, "", len(rows))


def _tidy_coefficients(fit: object, n_obs: int, n_clusters: int) -> pd.DataFrame:
    interval = fit.conf_int()  # type: ignore[attr-defined]
    names = [name.split(":", 1) for name in interval.index]
    table = pd.DataFrame(
        {
            "outcome": "answered",
            "term": [name[0] for name in names],
            "contrast": [name[1] for name in names],
            "unit": "log_odds",
            "estimate": np.asarray(fit.params),  # type: ignore[attr-defined]
            "std_error": np.asarray(fit.bse),  # type: ignore[attr-defined]
            "conf_low": interval.to_numpy()[:, 0],
            "conf_high": interval.to_numpy()[:, 1],
            "p_value": np.asarray(fit.pvalues),  # type: ignore[attr-defined]
            "n_obs": n_obs,
            "n_clusters": n_clusters,
            "method": "logit_clustered_by_customer",
        }
    )
    return table[list(TIDY_COLUMNS)]


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
    design = covariates(panel, answered)
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
