"""Who answers: a response model on the customer file.

The model looks at every customer active at a landmark, never at the survey alone: only so are
those who did not answer in it.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nexo.base.results import TIDY_COLUMNS
from nexo.compress.design import independent
from nexo.compress.tally import MISSING, texts

Floats = np.ndarray

NUMERIC = (
    "tenure_days",
    "past_revenue_cents",
    "n_past_orders",
    "n_past_contacts",
    "n_categories_owned",
)
CATEGORICAL = ("segment", "region", "acquisition_channel")
OTHER = "(other)"
LEAST_OF_LEVEL = 5
"""A level with fewer answers, or fewer silences, than this is pooled: it cannot be fitted."""


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


def as_floats(column: pd.Series) -> Floats:
    """Any numeric or yes/no column, nulls of every kind included, as float64 with NaN."""
    return column.to_numpy(dtype="float64", na_value=np.nan)


def is_scored(panel: pd.DataFrame, metric: str = "nps_score") -> Floats:
    """Rows (n,) whose customer has a score of ``metric`` at the landmark, as booleans."""
    return np.asarray(~np.isnan(as_floats(panel[metric])))


def covariates(panel: pd.DataFrame, answered: Floats) -> dict[str, Floats]:
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
    return {name: values for name, values in columns.items() if np.ptp(values) > 0}


def _levels(name: str, column: pd.Series, answered: Floats) -> dict[str, Floats]:
    codes, known = texts(column)
    levels, places = np.unique(known.astype(str), return_inverse=True)
    codes = places[codes]
    counts = np.bincount(2 * codes + answered, minlength=2 * len(levels)).reshape(-1, 2)
    sizes, is_rare = counts.sum(axis=1), counts.min(axis=1) < LEAST_OF_LEVEL
    if is_rare.all():
        return {}
    reference = levels[np.where(is_rare, 0, sizes).argmax()]
    # The rare ones together are a level of their own if they suffice, else the reference's.
    suffice = counts[is_rare].sum(axis=0).min() >= LEAST_OF_LEVEL
    names = np.where(is_rare, OTHER if suffice else reference, levels.astype(object))
    others = sorted(set(names[sizes > 0]) - {reference})
    return {f"{name}:{level}": (names == level)[codes].astype(float) for level in others}


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
    rows = panel[told]
    design = {"intercept:": np.ones(len(rows)), **covariates(rows, answered[told])}
    columns = np.column_stack(list(design.values()))
    kept = independent(columns, np.ones(len(rows)))
    customers = pd.factorize(rows["customer_id"])[0]
    fit = _logit(columns[:, kept], answered[told].astype(float), customers)
    chances[told] = np.asarray(fit.fittedvalues)
    names = [list(design)[place] for place in kept]
    table = _tidy_coefficients(fit, names, len(rows), int(customers.max()) + 1)
    return ResponseModel(table, chances, "", len(rows))


def _logit(design: Floats, y: Floats, customers: np.ndarray) -> Any:
    """statsmodels' logit with errors by customer: Newton, and IRLS where that does not arrive."""
    from statsmodels.genmod import families

    from nexo.full_rank import NEWTON, FullRankGLM

    model = FullRankGLM(y, design, family=families.Binomial())
    errors: dict[str, Any] = {"cov_type": "cluster", "cov_kwds": {"groups": customers}}
    start = np.zeros(design.shape[1])
    start[0] = model.family.link(y.mean())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fit = model.fit(start_params=start, tol=1e-10, maxiter=30, **NEWTON, **errors)
            if fit.mle_retvals["converged"]:
                return fit
        except np.linalg.LinAlgError:
            pass
    return model.fit(**errors)


def _tidy_coefficients(fit: Any, terms: Sequence[str], n_obs: int, n_clusters: int) -> pd.DataFrame:
    interval = fit.conf_int()
    names = [name.split(":", 1) for name in terms]
    table = pd.DataFrame(
        {
            "outcome": "answered",
            "term": [name[0] for name in names],
            "contrast": [name[1] for name in names],
            "unit": "log_odds",
            "estimate": fit.params,
            "std_error": fit.bse,
            "conf_low": interval[:, 0],
            "conf_high": interval[:, 1],
            "p_value": fit.pvalues,
            "n_obs": n_obs,
            "n_clusters": n_clusters,
            "method": "logit_clustered_by_customer",
        }
    )
    return table[list(TIDY_COLUMNS)]
