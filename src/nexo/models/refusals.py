"""When no number is given: each refusal has a code, and the values its sentence needs.

METHODS.md section 3, "Refusals": separation, constant outcome or score, too few events, a
score outside its scale end in *not identified*; a control that nearly determines the outcome
is named as probable leakage and left out.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from nexo.base.errors import ConfigError, NexoError
from nexo.compress.arrays import Array, Mask, numbers
from nexo.compress.coding import COUNT, SCALES, nps_class
from nexo.compress.leakage import pure_levels, tally
from nexo.models.outcomes import Outcome


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


def check_present(frame: Any, outcome: Outcome, score: str) -> None:
    """Refuse an outcome or score that the data do not hold, or a score outside its scale.

    ``frame``: any that Narwhals knows.
    """
    rows, scale = nw.from_native(frame).lazy(), SCALES.get(score, COUNT)
    wanted = {outcome.column: "outcome_absent", score: "score_absent"}
    names = [name for name in wanted if name in rows.collect_schema().names()]
    counts = rows.select(nw.col(name).count() for name in names) if names else None
    seen = counts.collect().to_dict(as_series=False) if counts is not None else {}
    for column, code in wanted.items():
        if not seen.get(column, [0])[0]:
            raise NotIdentified(code, {"column": column})
    if isinstance(frame, pd.DataFrame):  # by arrays: twenty times quicker than by expressions
        known = numbers(frame[score].dropna())
        wrong = known[(known < scale.low) | (known > scale.high) | (known != np.floor(known))]
        n_rows, value = len(wrong), wrong.min(initial=np.inf)
    else:
        x = nw.col(score).cast(nw.Float64)
        outside = nw.when((x < scale.low) | (x > scale.high) | (x != x.floor())).then(x)
        n_rows, value = rows.select(n_rows=outside.count(), value=outside.min()).collect().row(0)
    if n_rows:
        values = {"column": score, "n_rows": int(n_rows), "value": float(value)}
        raise NotIdentified("score_outside_scale", values)


def check_sample(y: Array, score: str, x: Array, both: bool, n: Array | None = None) -> None:
    """Refuse no rows, a constant outcome or score, separation by the score.

    A score level (NPS: class) separates when it holds no event, or (``both``: binary models)
    nothing else, and that cannot be chance. ``n``: rows that each entry stands for.
    """
    if len(y) == 0:
        raise NotIdentified("no_rows", {"column": score})
    if y.min() == y.max():
        raise NotIdentified("constant_outcome", {"value": float(y[0]), "n_obs": len(y)})
    if x.min() == x.max():
        raise NotIdentified("constant_score", {"column": score, "n_obs": len(y)})
    if score not in SCALES:
        return  # a count enters as points: the few at its end may well agree
    level = nps_class(x) if score == "nps_score" else x
    found = pure_levels(level, y > 0, both, n)
    if len(found):
        kind = "complete" if len(found) == len(np.unique(level)) else "quasi"
        levels = ", ".join(f"{value:g}" for value in sorted(found.index))
        raise NotIdentified("separation", {"column": score, "kind": kind, "levels": levels})


def check_classes(x: Array, score: str) -> None:
    """Refuse classes of which one has no customer: there is nothing to compare it with."""
    if len(np.unique(nps_class(x))) < 3:
        raise NotIdentified("score_class_absent", {"column": score, "n_obs": len(x)})


def check_choices(score: str, coding: str, covariance: str) -> None:
    """Refuse names that stand for nothing; raises ConfigError with the known ones."""
    known = {
        "score": (score, tuple(SCALES)),
        "coding": (coding, ("class", "points", "shape")),
        "covariance": (covariance, ("auto", "HC0", "HC1", "CRV1", "CRV3")),
    }
    for name, (given, choices) in known.items():
        if given not in choices:
            raise ConfigError(f"{name}={given!r} is not known. Known: {', '.join(choices)}.")
    if coding == "class" and score != "nps_score":
        raise ConfigError(f"{score} has no classes. Say coding='points' or coding='shape'.")


def check_weights(used: Any, weights: str, n_rows: int) -> None:
    """Refuse weights that are missing or not above zero in the ``n_rows`` rows used."""
    w = nw.col(weights).cast(nw.Float64)
    weighed = used.filter(w.is_finite() & (w > 0)).select(nw.len()).lazy().collect().item()
    if lost := n_rows - int(weighed):
        raise ConfigError(
            f"Column {weights!r} holds no weight above 0 in {lost} of {n_rows} rows. Give each row "
            "its weight, or leave those rows out of the frame."
        )


def check_events(
    is_event: Mask | Array, n_parameters: int, needed: int, both: bool, n: Array | None = None
) -> None:
    """Refuse fewer than ``needed`` events (of the rarer result when ``both``) a parameter."""
    events = count_events(is_event, both, n)
    if events < needed * n_parameters:
        values = {"n_events": events, "n_parameters": n_parameters, "needed": needed * n_parameters}
        raise NotIdentified("too_few_events", values)


def count_events(is_event: Mask | Array, both: bool, n: Array | None = None) -> int:
    """Events, or the rarer of the two results; ``n``: rows that each entry stands for."""
    events, rows = tally(is_event, n)
    return round(min(events.sum(), (rows - events).sum()) if both else events.sum())
