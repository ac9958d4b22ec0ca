"""What explains an outcome: R-squared split among the scores and blocks of past behaviour, with
response weights where there are any (importance.py has the two ways of splitting)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from nexo.base.results import TIDY_COLUMNS
from nexo.compress.coding import SCALES
from nexo.evidence.importance import jackknife, moments
from nexo.evidence.robustness import draw_weights
from nexo.evidence.verdict import NAN
from nexo.models.outcomes import Outcome
from nexo.weights import as_floats

Floats = np.ndarray

GROUPS = 50
"""Groups of customers that the jackknife leaves out, one at a time."""
FEWEST_ROWS = 400

BLOCKS = {
    "nps_score": ("nps_score",),
    "ces_score": ("ces_score",),
    "csat_score": ("csat_score",),
    "tenure": ("tenure_days",),
    "past_purchases": ("past_revenue_cents", "n_past_orders", "n_categories_owned"),
    "past_contacts": ("n_past_contacts",),
    "profile": ("segment", "region", "acquisition_channel"),
    "wave": ("wave",),
}
DRIVER_COLUMNS = (
    *TIDY_COLUMNS,
    "grouping",
    "driver",
    "importance_lmg",
    "importance_johnson",
    "johnson_low",
    "johnson_high",
    "performance",
)


def design_of(
    frame: pd.DataFrame, blocks: Mapping[str, Sequence[str]]
) -> tuple[Floats, dict[str, list[int]]]:
    """Design columns (n, k) and which belong to each block: amounts as signed logarithms,
    categories as dummies; empty or constant columns, and blocks without any, are left out."""
    columns: list[Floats] = []
    places: dict[str, list[int]] = {}
    for block, names in blocks.items():
        for name in (name for name in names if name in frame):
            for values in _columns_of(frame[name], name.rsplit("|")[-1] in SCALES):
                if np.ptp(values) > 0:
                    places.setdefault(block, []).append(len(columns))
                    columns.append(values)
    return (np.column_stack(columns) if columns else np.empty((len(frame), 0))), places


def _columns_of(column: pd.Series, is_score: bool) -> list[Floats]:
    if column.notna().sum() == 0:
        return []
    if not (pd.api.types.is_numeric_dtype(column) or is_score):
        text = column.astype(object).where(column.notna(), "(missing)").astype(str)
        return [(text == level).to_numpy(dtype=float) for level in sorted(text.unique())[1:]]
    values = as_floats(column)
    if not is_score:
        values = np.sign(values) * np.log1p(np.abs(values))
    return [np.where(np.isnan(values), np.nanmean(values), values)]


def driver_rows(
    frame: pd.DataFrame, outcome: Outcome, confidence: float = 0.95
) -> list[dict[str, object]]:
    """Rows of drivers.csv for one outcome, grouping ``metrics``; ``frame`` has one row a customer.

    Scores that at least 400 of those with an NPS score gave take part, on their common sample.
    ``estimate`` is the LMG share of the outcome's variance; ``performance`` the mean score on
    0 to 1 of its scale, NaN for blocks that are no score.
    """
    used = frame[frame[outcome.column].notna().to_numpy()]
    blocks = dict(BLOCKS)
    for score in SCALES:
        both = used[score].notna().to_numpy()
        if both.sum() >= FEWEST_ROWS:
            used = used[both]
        else:
            blocks.pop(score)
    weights = weights_of(used)
    scores = [name for name in blocks if name in SCALES]
    performance = {name: performance_of(used[name], name, weights) for name in scores}
    return share_rows(
        used, outcome.name, outcome.column, "metrics", blocks, performance, confidence
    )


def share_rows(
    used: pd.DataFrame,
    name: str,
    target: str,
    grouping: str,
    blocks: Mapping[str, Sequence[str]],
    performance: Mapping[str, float],
    confidence: float = 0.95,
) -> list[dict[str, object]]:
    """Split the variance of column ``target`` among ``blocks`` of columns of ``used``, weighted.

    No rows below 400 customers.
    """
    from scipy.special import stdtrit

    design, places = design_of(used, blocks)
    y = as_floats(used[target])
    if len(used) < FEWEST_ROWS or np.ptp(y) == 0 or len(places) < 2:
        return []
    parts = moments(design, y, np.arange(len(used)) % GROUPS, weights_of(used))
    found, errors, errors_johnson = jackknife(parts, places)
    reach = float(stdtrit(GROUPS - 1, (1 + confidence) / 2))
    rows: list[dict[str, object]] = []
    for place, block in enumerate(found.blocks):
        share, johnson = float(found.lmg[place]), float(found.johnson[place])
        half, half_johnson = reach * errors[place], reach * errors_johnson[place]
        rows.append(
            {
                "outcome": name,
                "term": "r_squared_share",
                "contrast": block,
                "unit": "share_of_variance",
                "estimate": share,
                "std_error": float(errors[place]),
                "conf_low": max(0.0, share - half),
                "conf_high": share + half,
                "n_obs": len(used),
                "n_clusters": used["customer_id"].nunique(),
                "method": "lmg_jackknife",
                "grouping": grouping,
                "driver": block,
                "importance_lmg": share,
                "importance_johnson": johnson,
                "johnson_low": max(0.0, johnson - half_johnson),
                "johnson_high": johnson + half_johnson,
                "performance": performance.get(block, NAN),
            }
        )
    return rows


def weights_of(used: pd.DataFrame) -> Floats:
    """What each row stands for: by its draw, and by its column ``weight`` where it has one."""
    return draw_weights(used) * (as_floats(used["weight"]) if "weight" in used else 1.0)


def performance_of(column: pd.Series, score: str, weights: Floats) -> float:
    """Weighted mean of the scores given, on 0 to 1 of their scale; NaN without any."""
    values, scale = as_floats(column), SCALES[score]
    is_known = np.isfinite(values) & np.isfinite(weights) & (weights > 0)
    if not is_known.any():
        return NAN
    mean = np.average(values[is_known], weights=weights[is_known])
    return float((mean - scale.low) / (scale.high - scale.low))


def driver_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """drivers.csv in the tidy columns and its own."""
    return pd.DataFrame(rows, columns=[*DRIVER_COLUMNS])
