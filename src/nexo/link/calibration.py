"""Predicted beside observed: by tenths of the prediction, and by segment and NPS class."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from nexo.compress.arrays import Array, Codes
from nexo.compress.coding import NPS_CLASSES
from nexo.link import diagnostics as diag
from nexo.models.model import Model

COLUMNS = (
    "outcome", "by", "level", "term", "predicted", "estimate", "std_error", "conf_low",
    "conf_high", "n_obs", "n_clusters", "unit",
)  # fmt: skip
FEWEST_ROWS = 30
"""A group with fewer rows is not compared: its error would not be normal."""


def predicted(model: Model) -> Array:
    """Expected outcome of each row of the sample: the product of the parts' means."""
    means = [fit.solution.mean[model.sample.cells.cell] for fit in model.fits]
    return np.asarray(np.prod(means, axis=0))


def observed(model: Model) -> Array:
    """What the parts together speak of: money at or below zero counts as zero."""
    responses = [np.asarray(part.response(model.sample.y)) for part in model.sample.outcome.parts]
    return np.asarray(np.prod(responses, axis=0), float)


def by_tenth(model: Model, n_bins: int = 10) -> pd.DataFrame:
    """Mean predicted and observed in tenths of the prediction (Hosmer and Lemeshow's groups)."""
    mean = predicted(model)
    order = np.argsort(mean, kind="stable")
    tenth = np.empty(len(mean), np.int64)
    tenth[order] = np.arange(len(mean)) * n_bins // len(mean)
    names = [str(number + 1) for number in range(n_bins)]
    return _compared(model, mean, tenth, names).assign(by="tenth", term="")


def by_group(model: Model, groups: pd.Series, by: str) -> pd.DataFrame:
    """The same for each level of ``groups`` (one a row of the sample) and class of the score.

    The model holds level and class apart and together only in sum, so a gap here says that
    the link is another in that group.
    """
    level = groups.astype(str).to_numpy()
    known = sorted(set(level))
    cell = np.searchsorted(known, level) * 3 + model.coding.level(model.sample.x)
    names = [f"{name}|{group}" for name in known for group in NPS_CLASSES]
    table = _compared(model, predicted(model), cell, names)
    split = [str(name).rpartition("|") for name in table["level"]]
    parts = {"level": [part[0] for part in split], "term": [part[2] for part in split]}
    return table.assign(by=by, **parts)


def residual_check(table: pd.DataFrame) -> dict[str, object]:
    """Largest gap of ``by_group`` in standard errors, against chance over all groups (1 %)."""
    z = ((table["estimate"] - table["predicted"]) / table["std_error"]).abs().max()
    limit = stats.norm.ppf(1 - 0.005 / max(1, len(table)))
    return diag.check("residual_by_group", float(z), bool(z <= limit))


def finished(tables: list[pd.DataFrame], outcome: str, unit: str, factor: float) -> pd.DataFrame:
    """calibration.csv, in the unit of the effects."""
    table = pd.concat(tables, ignore_index=True).assign(outcome=outcome, unit=unit)
    amounts = ["predicted", "estimate", "std_error", "conf_low", "conf_high"]
    table[amounts] *= factor
    return table[list(COLUMNS)]


def _compared(model: Model, mean: Array, group: Codes, names: list[str]) -> pd.DataFrame:
    """Means of each group; the error of the observed one is of its residuals, by customer."""
    y, sample, rows = observed(model), model.sample, []
    for number, name in enumerate(names):
        inside = group == number
        n = int(inside.sum())
        if n < FEWEST_ROWS:
            continue
        gap, customer = (y - mean)[inside], sample.cluster[inside]
        sums = np.bincount(pd.factorize(customer)[0], weights=gap - gap.mean())
        g = len(sums)
        error = float(np.sqrt((sums**2).sum() * g / max(1, g - 1)) / n)
        reach = stats.t.ppf(0.975, max(1, g - 1)) * error
        seen = float(y[inside].mean())
        rows.append((name, mean[inside].mean(), seen, error, seen - reach, seen + reach, n, g))
    columns = ["level", "predicted", "estimate", "std_error", "conf_low", "conf_high"]
    return pd.DataFrame(rows, columns=[*columns, "n_obs", "n_clusters"])
