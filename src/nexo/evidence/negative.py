"""Negative controls: scores that cannot matter and an outcome that cannot be caused.

Like the specification curve, on one landmark a customer with least squares and HC1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from nexo.base.results import TIDY_COLUMNS
from nexo.compress.coding import SCALES
from nexo.evidence.robustness import (
    effect_row,
    failed_row,
    linear_effect,
    linear_sample,
    one_landmark,
)
from nexo.models.outcomes import OUTCOMES, Outcome
from nexo.models.refusals import NotIdentified

CONTROL_COLUMNS = (*TIDY_COLUMNS, "is_passed")
NEGATIVE_CONFIDENCE = 0.99
"""A control that is true fails once in a hundred runs; at 95 % a reader would see one fail in
every few reports and learn to ignore it."""

FEWEST_ROWS = 400
TOLERANCE_DAYS = 5
"""Landmarks every 91 days make a year of 364: so many days may two windows overlap."""


def permuted_score(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """``frame`` with each NPS score given to a random customer of the same segment and wave."""
    keys = [
        frame[name].astype(object).where(frame[name].notna(), "").astype(str)
        for name in ("segment", "wave")
        if name in frame
    ]
    places = pd.Series(np.arange(len(frame)))
    shuffle = np.random.default_rng(seed).random(len(frame))
    groups = [key.to_numpy() for key in keys]
    within = places.groupby(groups, sort=True)
    source = np.arange(len(frame))
    for _, members in within:
        rows = members.to_numpy()
        source[rows] = rows[np.argsort(shuffle[rows], kind="stable")]
    return frame.assign(nps_score=frame["nps_score"].to_numpy()[source])


def permuted_row(
    frame: pd.DataFrame,
    outcome: Outcome,
    controls: Sequence[str],
    bins: int,
    *,
    seed: int,
    unit: str,
    factor: float = 1.0,
) -> dict[str, object]:
    """Negative control: the score of a random customer of the same segment must go with
    nothing."""
    shuffled = permuted_score(frame, seed)
    return _control_row(
        "permuted_within_segment", shuffled, outcome, controls, bins, unit=unit, factor=factor
    )


def before_survey_row(
    panel: pd.DataFrame,
    controls: Sequence[str],
    bins: int,
    *,
    seed: int,
    lookback_days: int,
    unit: str,
) -> dict[str, object]:
    """Negative control: revenue of the window before the answer, given what was known before
    that window, must not go with the score. Yearly cents.

    Not run where the panel holds no earlier landmark for enough customers. It fails also when
    the score follows past behaviour, which is why the link holds that behaviour fixed.
    """
    outcome = replace(OUTCOMES["revenue"], column="outcome_before_survey_cents")
    frame = earlier_controls(panel, lookback_days)
    frame = one_landmark(frame, outcome, seed)
    name = "outcome_before_survey"
    if len(frame) < FEWEST_ROWS:
        reason = NotIdentified("no_earlier_landmark", {"n_rows": len(frame)})
        return failed_row("revenue", unit, reason) | {"term": name, "is_passed": None}
    factor = 365 / lookback_days
    return _control_row(name, frame, outcome, controls, bins, unit=unit, factor=factor)


def earlier_controls(panel: pd.DataFrame, lookback_days: int) -> pd.DataFrame:
    """Scored rows with what was known of the customer one look-back earlier in place of what
    is known now, and revenue since then as ``outcome_before_survey_cents``."""
    landmarks = pd.to_datetime(panel["landmark"]).to_numpy().astype("datetime64[D]")
    known = np.unique(landmarks)
    gap = np.timedelta64(lookback_days - TOLERANCE_DAYS, "D")
    place = np.searchsorted(known, known - gap, side="right") - 1
    own = np.searchsorted(known, landmarks)
    scores = list(SCALES)
    now = panel[["customer_id", "landmark", "wave", *scores]].assign(
        outcome_before_survey_cents=panel["past_revenue_cents"].to_numpy(), _earlier=place[own]
    )
    now = now[panel["nps_score"].notna().to_numpy() & (now["_earlier"] >= 0).to_numpy()]
    then = panel.drop(columns=["landmark", "wave", *scores]).assign(_earlier=own)
    return now.merge(then, on=["customer_id", "_earlier"], how="inner").drop(columns="_earlier")


def _control_row(
    name: str,
    frame: pd.DataFrame,
    outcome: Outcome,
    controls: Sequence[str],
    bins: int,
    *,
    unit: str,
    factor: float,
) -> dict[str, object]:
    try:
        sample = linear_sample(frame, outcome, controls, bins)
        found = linear_effect(sample, "class", factor, NEGATIVE_CONFIDENCE)
    except NotIdentified as problem:
        return failed_row(outcome.name, unit, problem) | {"term": name, "is_passed": None}
    is_passed = found.conf_low <= 0 <= found.conf_high
    row = effect_row(outcome.name, unit, found)
    return row | {"term": name, "is_passed": is_passed, "method": "least_squares_hc1_99"}


def control_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """negative_controls.csv: tidy columns, ``term`` names the control; is_passed (empty: not
    run) says that its 99 % interval covers zero."""
    return pd.DataFrame(rows, columns=[*CONTROL_COLUMNS])
