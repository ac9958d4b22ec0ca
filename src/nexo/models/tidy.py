"""The tidy schema of every estimate, and a fitted model as a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from nexo.base.results import TIDY_COLUMNS
from nexo.compress.arrays import Array
from nexo.models.fit import Fit
from nexo.models.model import Model


def tidy(
    fit: Fit, estimate: Array, std_error: Array, freedom: float, confidence: float, **columns: Any
) -> pd.DataFrame:
    """The tidy schema: estimate +- t std_error, and the p-value of "no effect"."""
    reach = stats.t.ppf((1 + confidence) / 2, freedom) * std_error
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = np.where(
            std_error > 0, 2 * stats.t.sf(np.abs(estimate / std_error), freedom), np.nan
        )
    numbers = {"estimate": estimate, "std_error": std_error, "p_value": p_value, "n_obs": fit.n_obs}
    limits = {"conf_low": estimate - reach, "conf_high": estimate + reach}
    table = pd.DataFrame(columns | numbers | limits | {"n_clusters": fit.covariance.n_clusters})
    return table[[*TIDY_COLUMNS, *(name for name in columns if name not in TIDY_COLUMNS)]]


def summary(model: Model, confidence: float = 0.95, contrast: str = "coefficient") -> pd.DataFrame:
    """Tidy coefficients of every part, ``term`` as "part:term", on the scale of the link."""
    blocks = []
    for part, fit in zip(model.sample.outcome.parts, model.fits, strict=True):
        link = type(fit.solution.family.link).__name__.lower()
        columns = {
            "outcome": model.sample.outcome.name,
            "term": [f"{part.name}:{term}" for term in fit.terms],
            "contrast": contrast,
            "unit": link,
            "method": f"glm {fit.family} {link}, {fit.covariance.kind}",
        }
        freedom = fit.covariance.degrees_of_freedom
        blocks.append(tidy(fit, fit.params, fit.std_error, freedom, confidence, **columns))
    return pd.concat(blocks, ignore_index=True)
