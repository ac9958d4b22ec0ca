"""The same question asked in every declared way: the specification curve.

Every combination of controls, bins, coding, customers left out and weights, each by least
squares on one landmark a customer, weighted to stand for all of them (robustness.py):
cross-products are counted once a sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from nexo.base.results import TIDY_COLUMNS
from nexo.evidence.linear import project
from nexo.evidence.robustness import (
    LinearSample,
    effect_row,
    failed_row,
    linear_effect,
    linear_moments,
)
from nexo.models.outcomes import Outcome
from nexo.models.refusals import NotIdentified
from nexo.weights import as_floats

Floats = np.ndarray

CHOICES = ("controls", "bins", "coding", "exclusion", "weights")
SPECIFICATION_COLUMNS = (*TIDY_COLUMNS, *CHOICES)
TOP_SHARE, NEWCOMER_DAYS = 0.01, 365


def specification_rows(
    frame: pd.DataFrame,
    outcome: Outcome,
    declared: Mapping[str, Sequence[Any]],
    unit: str,
    factor: float = 1.0,
) -> list[dict[str, object]]:
    """One row for each declared combination of controls, bins, coding, exclusions and weights.

    ``frame``: one row a customer, with its response weight as ``weight`` where there is one.
    Combinations that are the same model (bins without a numeric control, an exclusion of
    nobody) are run once. One that cannot be fitted keeps its row, without numbers, with the
    reason as its method.
    """
    return [
        row | chosen
        for kept, weights, bins, choice in _samples(frame, declared)
        for row, chosen in _rows_of(kept, outcome, declared, weights, bins, unit, factor, choice)
    ]


def _samples(
    frame: pd.DataFrame, declared: Mapping[str, Sequence[Any]]
) -> Iterator[tuple[pd.DataFrame, Floats | None, int, dict[str, object]]]:
    """Every sample whose cross-products are counted: who is left out, weights, bins."""
    has_weights = "weight" in frame and frame["weight"].notna().any()
    for exclusion in declared["exclusions"]:
        kept = frame[~excluded(frame, exclusion)]
        if exclusion != "none" and len(kept) in (0, len(frame)):
            continue
        for weighting in declared["weights"]:
            if weighting == "response" and not has_weights:
                continue
            rows = kept[kept["weight"] > 0] if weighting == "response" else kept
            weights = as_floats(rows["weight"]) if weighting == "response" else None
            for bins in declared["bins"]:
                yield rows, weights, bins, {"exclusion": exclusion, "weights": weighting}


def excluded(frame: pd.DataFrame, exclusion: str) -> Floats:
    """Rows (n,) that an exclusion leaves out, by what was known at the landmark only:
    ``top_percent`` the largest 1 % by past revenue, ``newcomers`` those of less than a year."""
    if exclusion == "none" or not len(frame):
        return np.zeros(len(frame), dtype=bool)
    column = {"top_percent": "past_revenue_cents", "newcomers": "tenure_days"}[exclusion]
    values = as_floats(frame[column]) if column in frame else np.full(len(frame), np.nan)
    if not np.isfinite(values).any():
        return np.zeros(len(frame), dtype=bool)
    if exclusion == "newcomers":
        return np.nan_to_num(values, nan=np.inf) < NEWCOMER_DAYS
    return np.nan_to_num(values, nan=-np.inf) > np.nanquantile(values, 1 - TOP_SHARE)


def _rows_of(
    rows: pd.DataFrame,
    outcome: Outcome,
    declared: Mapping[str, Sequence[Any]],
    weights: Floats | None,
    bins: int,
    unit: str,
    factor: float,
    choice: dict[str, object],
) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    every = list(dict.fromkeys(name for names in declared["controls"] for name in names))
    problem: NotIdentified | None = None
    try:
        found, distance = linear_moments(rows, outcome, every, bins, weights)
    except NotIdentified as refusal:
        problem = refusal
    for controls in declared["controls"]:
        has_bins = any(pd.api.types.is_numeric_dtype(rows[c]) for c in controls if c in rows)
        if not has_bins and bins != declared["bins"][0]:
            continue
        chosen = choice | {"controls": "+".join(controls) or "none", "bins": bins}
        if problem is not None:
            yield failed_row(outcome.name, unit, problem), chosen | {"coding": "any"}
            continue
        sample = LinearSample(project(found, controls), distance)
        for coding in declared["coding"]:
            try:
                row = effect_row(outcome.name, unit, linear_effect(sample, coding, factor))
            except NotIdentified as refusal:
                row = failed_row(outcome.name, unit, refusal)
            yield row, chosen | {"coding": coding}


def specification_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """specifications.csv: tidy columns, and the choices."""
    return pd.DataFrame(rows, columns=[*SPECIFICATION_COLUMNS])
