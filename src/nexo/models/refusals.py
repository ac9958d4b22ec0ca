"""When no number is given: each refusal has a code, and the values its sentence needs.

METHODS.md section 3, "Refusals": separation, constant outcome or score, too few events, a
score outside its scale end in *not identified*; a control that nearly determines the outcome
is named as probable leakage and left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nexo.errors import NexoError
from nexo.models.outcomes import SCALES, Array, Codes, Mask, Outcome, nps_class

LEAKING_AUC = 0.98
LEAKING_SHARE = 0.20
CHANCE_EVENTS = 10.0
"""A level is called pure only where this many of the rarer result were expected in it."""


class NotIdentified(NexoError):
    """The data cannot answer: ``reason_code`` says why, ``values`` with what numbers."""

    def __init__(self, reason_code: str, values: dict[str, Any] | None = None) -> None:
        self.reason_code = reason_code
        self.values = values or {}
        told = ", ".join(f"{name} = {value}" for name, value in self.values.items())
        super().__init__(
            f"The effect is not identified: {reason_code}{f' ({told})' if told else ''}. "
            "No number is given; METHODS.md section 3 says which data would settle it."
        )


def check_present(frame: pd.DataFrame, outcome: Outcome, score: str) -> None:
    """Refuse an outcome or score that the data do not hold, or a score outside its scale."""
    for column, code in ((outcome.column, "outcome_absent"), (score, "score_absent")):
        if column not in frame or not frame[column].notna().any():
            raise NotIdentified(code, {"column": column})
    known, scale = frame[score].dropna().astype(float), SCALES[score]
    outside = known[(known < scale.low) | (known > scale.high) | (known % 1 != 0)]
    if len(outside):
        values = {"column": score, "n_rows": len(outside), "value": float(outside.iloc[0])}
        raise NotIdentified("score_outside_scale", values)


def check_sample(y: Array, score: str, x: Array, both: bool) -> None:
    """Refuse no rows, a constant outcome or score, an empty NPS class, separation by the score.

    A score level (NPS: class) separates when it holds no event, or (``both``: binary models)
    nothing else, and that cannot be chance.
    """
    if len(y) == 0:
        raise NotIdentified("no_rows", {"column": score})
    if y.min() == y.max():
        raise NotIdentified("constant_outcome", {"value": float(y[0]), "n_obs": len(y)})
    if x.min() == x.max():
        raise NotIdentified("constant_score", {"column": score, "n_obs": len(y)})
    level = nps_class(x) if score == "nps_score" else x
    found = pure_levels(level, y > 0, both)
    if len(found):
        kind = "complete" if len(found) == len(np.unique(level)) else "quasi"
        levels = ", ".join(f"{value:g}" for value in sorted(found.index))
        raise NotIdentified("separation", {"column": score, "kind": kind, "levels": levels})
    if score == "nps_score" and len(np.unique(level)) < 3:
        raise NotIdentified("score_class_absent", {"column": score, "n_obs": len(y)})


def check_events(is_event: Mask, n_parameters: int, needed: int, both: bool) -> None:
    """Refuse fewer than ``needed`` events (of the rarer result when ``both``) a parameter."""
    events = count_events(is_event, both)
    if events < needed * n_parameters:
        values = {"n_events": events, "n_parameters": n_parameters, "needed": needed * n_parameters}
        raise NotIdentified("too_few_events", values)


def count_events(is_event: Mask, both: bool) -> int:
    """Events, or the rarer of the two results."""
    return int(min(is_event.sum(), (~is_event).sum()) if both else is_event.sum())


def pure_levels(level: Array | Codes, is_event: Mask, both: bool) -> pd.Series:
    """Rows of each level in which the outcome never varies, where that cannot be chance."""
    levels = pd.Series(is_event).groupby(level).agg(["mean", "size"])
    size, share = levels["size"], float(is_event.mean())
    is_pure = (levels["mean"] == 0) & (size * share > CHANCE_EVENTS)
    if both:
        is_pure |= (levels["mean"] == 1) & (size * (1 - share) > CHANCE_EVENTS)
    return size[is_pure]


def leaks(codes: Codes, values: Array | None, is_event: Mask) -> bool:
    """Does one control nearly determine the outcome?

    AUC of its values (numeric; else of its levels' event shares) above .98, or pure levels
    that hold more than a fifth of the rows.
    """
    if values is None:
        values = pd.Series(is_event).groupby(codes).transform("mean").to_numpy(float)
    known = np.isfinite(values)
    auc = area_under_curve(values[known], is_event[known])
    share = pure_levels(codes, is_event, True).sum() / len(is_event)
    return bool(max(auc, 1 - auc) > LEAKING_AUC or share > LEAKING_SHARE)


def area_under_curve(order: Array, is_event: Mask) -> float:
    """Mann-Whitney AUC, ties at half; 0.5 where one of the two groups is empty."""
    from scipy.stats import rankdata

    events, others = int(is_event.sum()), int((~is_event).sum())
    if events == 0 or others == 0:
        return 0.5
    ranks = rankdata(order)[is_event].sum()
    return float((ranks - events * (events + 1) / 2) / (events * others))
