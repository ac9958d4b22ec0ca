"""Forecasts of the race: behaviour alone, what a metric adds to it, and the loss of each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from nexo.compress.coding import NPS_CLASSES, nps_class
from nexo.compress.controls import Control, learn_control
from nexo.compress.leakage import area_under_curve
from nexo.models.solve import family_named
from nexo.weights import as_floats

Floats = np.ndarray

SCORE_OF = {
    "nps_points": "nps_score",
    "nps_class": "nps_score",
    "top2_box": "csat_score",
    "csat": "csat_score",
    "ces": "ces_score",
}

MOST_BINS = 5
"""Bins of a numeric control in the race; its own value stays beside them, so few do."""


def score_columns(frame: pd.DataFrame, metric: str, scores: Sequence[str]) -> Floats:
    """Design columns (n, k) that a metric adds to behaviour, in units of about one; ``all``
    adds those of every metric made of ``scores``."""
    if metric == "all":
        names = [name for name, score in SCORE_OF.items() if score in scores]
        return np.column_stack([score_columns(frame, name, scores) for name in names])
    score = as_floats(frame[SCORE_OF[metric]])
    if metric == "nps_class":
        group = nps_class(score)
        others = [code for code, name in enumerate(NPS_CLASSES) if name != "passive"]
        return (group[:, None] == np.array(others)).astype(float)
    if metric == "top2_box":
        return (score >= 4).astype(float)[:, None]
    return ((score - score.mean()) / (score.std() or 1.0))[:, None]


def behaviour(
    frame: pd.DataFrame,
    train: np.ndarray,
    is_event: Floats,
    controls: Sequence[str],
    bins: int,
    family: str,
) -> Floats:
    """Baseline design (n, k): intercept and controls, bins learnt on the training rows.

    Levels in which the outcome never varies there join others, as in the models: a
    ``binomial`` one without non-events would forecast a chance of exactly 1.
    """
    both = family == "binomial"
    blocks: list[Floats] = [np.ones((len(frame), 1))]
    # The next wave's own level is not known when the forecast is made.
    for name in (name for name in controls if name != "wave" and name in frame):
        learning = frame[name].iloc[train]
        found = learn_control(learning, min(bins, MOST_BINS), is_event[train], both)
        if isinstance(found, Control):
            values = as_floats(frame[name]) if found.is_numeric else np.zeros(len(frame))
            blocks.append(found.columns(found.codes(frame[name]), values))
    return np.column_stack(blocks)


def fitted(
    design: Floats, y: Floats, exposure: Floats, family: str, start: Floats | None = None
) -> Floats:
    """Coefficients (k,) of E[y] = inverse link(design b) x exposure; full-rank design.

    ``start``: coefficients of the first columns, as found without the others.
    """
    if family == "gaussian":
        return np.asarray(np.linalg.solve(design.T @ design, design.T @ y))
    from nexo.full_rank import NEWTON, FullRankGLM

    model_family: Any = family_named(family)
    first = np.zeros(design.shape[1])
    first[0] = model_family.link(np.clip(y.sum() / exposure.sum(), 1e-6, 1 - 1e-6))
    if start is not None:
        first[: len(start)] = start
    model = FullRankGLM(y, design, family=model_family, offset=np.log(exposure))
    fit = model.fit(start_params=first, tol=1e-8, maxiter=25, cov_type="eim", **NEWTON)
    return np.asarray(fit.params)


def predicted(design: Floats, params: Floats, exposure: Floats, family: str) -> Floats:
    """Mean of each row (n,) under the fitted coefficients."""
    if family == "gaussian":
        return np.asarray(design @ params)
    return np.asarray(family_named(family).fitted(design @ params + np.log(exposure)))


def measures(y: Floats, mean: Floats, family: str) -> tuple[float, float, float]:
    """Brier score and area under the curve of a yes-or-no forecast, mean absolute error of any
    other (of money in whole currency); NaN for what does not apply. Printed beside the loss: no
    verdict hangs on them."""
    if family == "binomial":
        return float(np.mean((y - mean) ** 2)), area_under_curve(mean, y > 0), float("nan")
    return float("nan"), float("nan"), float(np.mean(np.abs(y - mean)))


def losses(y: Floats, mean: Floats, family: str) -> Floats:
    """Loss of each row (n,): log-loss, Poisson deviance or squared error."""
    if family == "gaussian":
        return np.square(y - mean)
    if family == "poisson":
        mean = np.maximum(mean, 1e-9)
        logs = np.where(y > 0, y * np.log(np.where(y > 0, y, 1.0) / mean), 0.0)
        return 2 * (logs - (y - mean))
    mean = np.clip(mean, 1e-9, 1 - 1e-9)
    return -(y * np.log(mean) + (1 - y) * np.log1p(-mean))
