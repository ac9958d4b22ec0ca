"""Who answers: a response model on the customer file.

The model looks at every customer active at a landmark, never at the survey alone: only so are
those who did not answer in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nexo.results import TIDY_COLUMNS

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
