"""Which touchpoint and which phase of the journey goes with NPS and with what customers do.

The scores that a customer gave at each touchpoint in the look-back before the landmark are one
block: their means, and whether the customer rated it at all (who never met the technician has
no score, not a middling one). Past behaviour and profile are blocks beside them, so that the
touchpoints are not credited with what was known already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from nexo.evidence.drivers import performance_of, share_rows, weights_of
from nexo.evidence.robustness import one_landmark
from nexo.models.outcomes import OUTCOMES, Outcome

Floats = np.ndarray

GROUPINGS = ("touchpoint", "journey_phase")
RATINGS = ("csat_score", "ces_score")
MOST_LEVELS = 8
FEWEST_RATINGS = 100
BACKGROUND = {
    "past_behaviour": (
        "tenure_days",
        "past_revenue_cents",
        "n_past_orders",
        "n_categories_owned",
    ),
    "profile": ("segment", "region", "acquisition_channel"),
    "wave": ("wave",),
}


def rated(
    survey: pd.DataFrame, frame: pd.DataFrame, grouping: str, lookback_days: int
) -> tuple[pd.DataFrame, dict[str, tuple[str, ...]]]:
    """The rows of ``frame`` (customers at landmarks) in whose look-back a level of ``grouping``
    was rated, with a column for each rating and level; and the columns of each level's block.

    Levels with fewer than 100 rated rows are left out; at most 8, the most rated.
    """
    needed = ["customer_id", "answered_at", grouping]
    given = [name for name in RATINGS if name in survey and survey[name].notna().any()]
    if not given or any(name not in survey or survey[name].isna().all() for name in needed):
        return frame.iloc[:0], {}
    frame = frame.reset_index(drop=True)
    answers = survey.dropna(subset=needed)[[*needed, *given]]
    answers = answers[answers[given].notna().any(axis=1)]
    keys = frame[["customer_id", "landmark"]].assign(row=frame.index)
    joined = answers.merge(keys, on="customer_id")
    # An answer of the landmark's own day was known at it.
    known = pd.to_datetime(joined["answered_at"]).dt.normalize()
    age = (pd.to_datetime(joined["landmark"]) - known).dt.days
    joined = joined[(age >= 0) & (age < lookback_days)]
    means = joined.groupby([grouping, "row"])[given].mean()
    sizes = means.groupby(level=0).size().sort_values(ascending=False, kind="stable")
    columns: dict[str, Floats] = {}
    blocks: dict[str, tuple[str, ...]] = {}
    for level in sorted(sizes[sizes >= FEWEST_RATINGS].head(MOST_LEVELS).index):
        own = means.loc[level]
        names = [name for name in given if own[name].notna().any()]
        for name in names:
            columns[f"{level}|{name}"] = own[name].reindex(frame.index).to_numpy(float)
        columns[f"{level}|is_rated"] = frame.index.isin(own.index).astype(float)
        blocks[str(level)] = (*(f"{level}|{name}" for name in names), f"{level}|is_rated")
    if not blocks:
        return frame.iloc[:0], {}
    wide = pd.concat([frame, pd.DataFrame(columns, index=frame.index)], axis=1)
    marks = [f"{level}|is_rated" for level in blocks]
    return wide[wide[marks].to_numpy().any(axis=1)], blocks


def touchpoint_rows(
    survey: pd.DataFrame,
    panel: pd.DataFrame,
    outcomes: Sequence[Outcome],
    lookback_days: int,
    seed: int,
) -> list[dict[str, object]]:
    """Rows of drivers.csv by touchpoint and by journey phase, for NPS and each of ``outcomes``;
    one landmark a customer, drawn with ``seed`` among those with an NPS score and a rating."""
    nps = replace(OUTCOMES["revenue"], name="nps", column="nps_score", exposure="")
    scored = panel[panel["nps_score"].notna().to_numpy()]
    rows: list[dict[str, object]] = []
    for grouping in GROUPINGS:
        used, blocks = rated(survey, scored, grouping, lookback_days)
        for target in (nps, *outcomes) if blocks else ():
            frame = one_landmark(used, target, seed)
            performance = {level: _performance(frame, names) for level, names in blocks.items()}
            every = blocks | BACKGROUND
            rows += share_rows(frame, target.name, target.column, grouping, every, performance)
    return rows


def _performance(used: pd.DataFrame, names: Sequence[str]) -> float:
    """Satisfaction there, or ease where satisfaction is not asked, weighted."""
    for rating in RATINGS:
        for name in names:
            if name.endswith(f"|{rating}"):
                return performance_of(used[name], rating, weights_of(used))
    return float("nan")
