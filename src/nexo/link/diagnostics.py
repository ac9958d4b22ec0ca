"""What an analyst asks of a fit before believing it: each check has a value and a verdict."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from nexo.compress.arrays import Array
from nexo.models.fit import Fit, fit_cells
from nexo.models.model import Model
from nexo.models.refusals import NotIdentified

COLUMNS = ("check", "value", "threshold", "is_ok", "message_code")
LIMITS = {
    "calibration": 0.05,
    "link_test": 0.01,
    "largest_influence_share": 0.05,
    "top_1_percent_share": 0.25,
    "proportional_hazards": 0.01,
}
"""Largest value (p-values: smallest) at which a check passes; the reports print it beside."""


def check(name: str, value: float, is_ok: bool, code: str = "") -> dict[str, Any]:
    """One row of diagnostics.csv; the message code says what was seen."""
    kind = name.split(":")[-1]
    message = code or f"{kind}_{'ok' if is_ok else 'warning'}"
    limit = LIMITS.get(kind, math.nan)
    row = {"check": name, "value": float(value), "threshold": limit, "is_ok": bool(is_ok)}
    return row | {"message_code": message}


def table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """diagnostics.csv, in the order of the checks."""
    return pd.DataFrame(rows, columns=list(COLUMNS))


def of_model(model: Model) -> list[dict[str, Any]]:
    """Calibration, link test and (counts) dispersion of each part."""
    found = []
    is_money = bool(model.sample.outcome.simpler)
    for part, fit in zip(model.sample.outcome.parts, model.fits, strict=True):
        (error, by_chance), p_value = calibration_error(fit), link_test(fit)
        is_calibrated = error <= max(LIMITS["calibration"], 2 * by_chance)
        found.append(check(f"{part.name}:calibration", error, is_calibrated))
        found.append(check(f"{part.name}:link_test", p_value, not p_value < LIMITS["link_test"]))
        if fit.family == "poisson" and not is_money:
            found.append(check("dispersion", fit.dispersion, 0.8 <= fit.dispersion <= 1.25))
    return found


def calibration_error(fit: Fit, n_bins: int = 10) -> tuple[float, float]:
    """Mean |observed - predicted| over tenths of the prediction, as a share of the mean
    (binary outcomes: of the rarer result's share), and what chance alone would give:
    sqrt(2/pi) times the sum of the tenths' standard deviations."""
    mean, sums = fit.solution.mean, fit.solution.sums
    order = np.argsort(mean, kind="stable")
    position = (np.cumsum(sums.w[order]) - sums.w[order] / 2) / sums.w.sum()
    tenth = np.minimum((position * n_bins).astype(int), n_bins - 1)
    gap = np.bincount(tenth, weights=(sums.wy - sums.w * mean)[order])
    noise = sums.w2 * fit.solution.family.variance(mean) * fit.dispersion
    spread = np.sqrt(np.bincount(tenth, weights=noise[order])).sum()
    events = sums.wy.sum()
    base = min(events, sums.w.sum() - events) if fit.family == "binomial" else events
    return float(np.abs(gap).sum() / base), float(np.sqrt(2 / np.pi) * spread / base)


def link_test(fit: Fit) -> float:
    """p-value of the squared linear predictor beside the predictor itself (Pregibon 1980)."""
    predictor = fit.solution.design @ fit.params
    if predictor.std() < 1e-8:
        return float("nan")
    standard = (predictor - predictor.mean()) / predictor.std()
    design = np.column_stack([np.ones(len(standard)), standard, standard**2])
    names, rows = ("intercept", "predictor", "squared"), fit.solution.rows
    try:
        wider = fit_cells(
            design, names, fit.solution.sums, fit.family, rows=rows, offset=fit.offset
        )
    except NotIdentified:
        return float("nan")
    return float(wider.p_value[2])


def of_influence(influence: Array) -> dict[str, Any]:
    """Share of the variance of the headline effect that the single most telling customer bears."""
    squares = influence**2
    share = float(squares.max() / squares.sum())
    name = "largest_influence_share"
    return check(name, share, share <= LIMITS[name])


def of_money(y: Array) -> list[dict[str, Any]]:
    """How concentrated revenue is, and the rows at or below zero: how many, how much."""
    share, below = top_share(y), y[y <= 0]
    return [
        check("top_1_percent_share", share, share <= LIMITS["top_1_percent_share"]),
        check("rows_not_above_zero", len(below), True, "counted_as_zero"),
        check("cents_not_above_zero", below.sum(), True, "counted_as_zero"),
    ]


def top_share(y: Array, top: float = 0.01) -> float:
    """Share of all positive money that the largest ``top`` of rows bring."""
    positive = np.sort(np.maximum(y, 0.0))[::-1]
    return float(positive[: int(np.ceil(len(y) * top))].sum() / positive.sum())
