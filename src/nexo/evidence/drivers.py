"""What explains an outcome: R-squared split among the scores and blocks of past behaviour.

LMG (Lindeman, Merenda and Gold 1980) averages what a block adds over all orders of entry;
Johnson's relative weights (2000) go through the nearest uncorrelated columns. Both sum to
R-squared; nothing is set to zero because it is not significant. Intervals of LMG by
delete-a-group jackknife over customers, t with G - 1 degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from nexo.evidence.verdict import NAN
from nexo.models.outcomes import SCALES, Outcome
from nexo.results import TIDY_COLUMNS
from nexo.weights import as_floats

Floats = np.ndarray

GROUPS = 50
"""Groups of customers that the jackknife leaves out, one at a time."""

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
DRIVER_COLUMNS = (*TIDY_COLUMNS, "driver", "importance_lmg", "importance_johnson", "performance")


@dataclass(frozen=True)
class Importance:
    """Share of the outcome's variance that goes to each block, both ways, and R-squared."""

    blocks: tuple[str, ...]
    lmg: Floats
    johnson: Floats
    r_squared: float


def moments(design: Floats, y: Floats, groups: np.ndarray) -> Floats:
    """Cross-product matrices (G, k + 2, k + 2) of [1, design, y] within each group."""
    full = np.column_stack([np.ones(len(y)), design, y])
    n_groups = int(groups.max()) + 1
    return np.stack([full[groups == g].T @ full[groups == g] for g in range(n_groups)])


def importance(moment: Floats, columns: Mapping[str, Sequence[int]]) -> Importance:
    """LMG and Johnson from one cross-product matrix of [1, design, y]; ``columns`` gives the
    design columns (0-based) of each block."""
    covariance = moment[1:, 1:] / moment[0, 0] - np.outer(moment[0, 1:], moment[0, 1:]) / (
        moment[0, 0] ** 2
    )
    size = np.sqrt(np.maximum(np.diag(covariance), 0))
    size = np.where(size > 1e-12, size, np.inf)
    correlation = covariance / np.outer(size, size)
    among, with_y = correlation[:-1, :-1], correlation[:-1, -1]
    blocks = tuple(columns)
    shares = _lmg(among, with_y, [list(columns[name]) for name in blocks])
    weights = relative_weights(among, with_y)
    johnson = np.array([weights[list(columns[name])].sum() for name in blocks])
    return Importance(blocks, shares, johnson, float(shares.sum()))


def _lmg(among: Floats, with_y: Floats, blocks: list[list[int]]) -> Floats:
    size = len(blocks)
    explained: dict[frozenset[int], float] = {}
    for count in range(size + 1):
        for chosen in combinations(range(size), count):
            columns = [column for block in chosen for column in blocks[block]]
            explained[frozenset(chosen)] = _r_squared(among, with_y, columns)
    shares = np.zeros(size)
    for entered, value in explained.items():
        after = set(range(size)) - entered
        if after:
            orders = factorial(len(entered)) * factorial(len(after) - 1) / factorial(size)
            for block in after:
                shares[block] += orders * (explained[entered | {block}] - value)
    return shares


def _r_squared(among: Floats, with_y: Floats, columns: list[int]) -> float:
    if not columns:
        return 0.0
    right = with_y[columns]
    # lstsq: levels that never occur together with others leave the block singular.
    found = np.linalg.lstsq(among[np.ix_(columns, columns)], right, rcond=1e-10)[0]
    return float(right @ found)


def relative_weights(among: Floats, with_y: Floats) -> Floats:
    """Johnson's weights (k,) from correlations among predictors (k, k) and with y (k,).

    With R = Q L Q' and the nearest uncorrelated columns Z: loadings S = Q L^(1/2) Q',
    b = S^(-1) r, weight_j = sum_k S_jk^2 b_k^2.
    """
    values, vectors = np.linalg.eigh(among)
    kept = values > 1e-10 * values.max()
    roots = np.sqrt(values[kept])
    loadings = vectors[:, kept] * roots @ vectors[:, kept].T
    inverse = vectors[:, kept] / roots @ vectors[:, kept].T
    return np.asarray(loadings**2 @ (inverse @ with_y) ** 2)


def jackknife(parts: Floats, columns: Mapping[str, Sequence[int]]) -> tuple[Importance, Floats]:
    """Importance on all groups, and the standard error of each LMG share by leaving one of the
    G groups out: (G - 1) / G sum (share_-g - share)^2."""
    whole = parts.sum(axis=0)
    found = importance(whole, columns)
    without = np.stack([importance(whole - part, columns).lmg for part in parts])
    n = len(parts)
    return found, np.sqrt((n - 1) / n * np.sum((without - found.lmg) ** 2, axis=0))


def design_of(
    frame: pd.DataFrame, blocks: Mapping[str, Sequence[str]]
) -> tuple[Floats, dict[str, list[int]]]:
    """Design columns (n, k) and which belong to each block: amounts as signed logarithms,
    categories as dummies; empty or constant columns, and blocks without any, are left out."""
    columns: list[Floats] = []
    places: dict[str, list[int]] = {}
    for block, names in blocks.items():
        for name in (name for name in names if name in frame):
            for values in _columns_of(frame[name], name in SCALES):
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
    """Rows of drivers.csv for one outcome; ``frame`` has one row a customer.

    Scores that at least 400 of those with an NPS score gave take part, on their common sample.
    ``estimate`` is the LMG share of the outcome's variance; ``performance`` the mean score on
    0 to 1 of its scale, NaN for blocks that are no score.
    """
    from scipy.special import stdtrit

    used = frame[frame[outcome.column].notna().to_numpy()]
    blocks = dict(BLOCKS)
    for score in SCALES:
        both = used[score].notna().to_numpy()
        if both.sum() >= 400:
            used = used[both]
        else:
            blocks.pop(score)
    design, places = design_of(used, blocks)
    y = as_floats(used[outcome.column])
    if len(used) < 400 or np.ptp(y) == 0 or len(places) < 2:
        return []
    groups = np.arange(len(used)) % GROUPS
    found, errors = jackknife(moments(design, y, groups), places)
    half = float(stdtrit(GROUPS - 1, (1 + confidence) / 2)) * errors
    rows: list[dict[str, object]] = []
    for place, block in enumerate(found.blocks):
        share = float(found.lmg[place])
        rows.append(
            {
                "outcome": outcome.name,
                "term": "r_squared_share",
                "contrast": block,
                "unit": "share_of_variance",
                "estimate": share,
                "std_error": float(errors[place]),
                "conf_low": max(0.0, share - float(half[place])),
                "conf_high": share + float(half[place]),
                "n_obs": len(used),
                "n_clusters": used["customer_id"].nunique(),
                "method": "lmg_jackknife",
                "driver": block,
                "importance_lmg": share,
                "importance_johnson": float(found.johnson[place]),
                "performance": _performance(used, block),
            }
        )
    return rows


def _performance(used: pd.DataFrame, block: str) -> float:
    if block not in SCALES:
        return NAN
    scale = SCALES[block]
    return float((as_floats(used[block]).mean() - scale.low) / (scale.high - scale.low))


def driver_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """drivers.csv in the tidy columns and its own."""
    return pd.DataFrame(rows, columns=[*DRIVER_COLUMNS])
