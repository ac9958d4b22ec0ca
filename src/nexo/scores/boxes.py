"""CSAT and CES: mean, top-2 box, and whether a scale points where its source says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from nexo.base.errors import ContractError
from nexo.scores.estimate import (
    NAN,
    Estimate,
    Floats,
    cluster_codes,
    effective_size,
    normal_quantile,
    student_quantile,
)

SCALES = {"nps": (0, 10), "ces": (1, 7), "csat": (1, 5)}
"""Lowest and highest score of each metric (data/dictionary.yaml holds the same)."""


@dataclass(frozen=True)
class Direction:
    """Correlation of CES with CSAT; a CES whose high end is *easy* goes with satisfaction."""

    correlation: float
    n_obs: int
    is_as_declared: bool


def checked(scores: Floats, metric: str) -> Floats:
    """Scores (n,) as floats; raises ContractError outside of the metric's scale."""
    low, high = SCALES[metric]
    scores = np.asarray(scores, dtype=float)
    wrong = ~((scores >= low) & (scores <= high))
    if wrong.any():
        raise ContractError(
            f"column '{metric}_score' holds {scores[wrong][0]!r} ({int(wrong.sum())} such "
            f"values); the scale is {low} to {high}. Map or reject them in the source's YAML."
        )
    return scores


def mean_estimate(
    values: Floats,
    weights: Floats | None = None,
    clusters: np.ndarray | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Mean of values (n,) with Student's interval; n - 1 becomes n_eff - 1 when weighted or
    clustered. NaN interval when the effective size is one or less."""
    n = len(values)
    weight, codes, n_clusters = _sample(n, weights, clusters)
    method = "mean_student" if weights is None else "mean_student_weighted"
    if n == 0 or weight.sum() <= 0:
        return Estimate(NAN, NAN, NAN, NAN, n, n_clusters, method)
    share = weight / weight.sum()
    mean = float(np.sum(share * values))
    size = effective_size(values, weight, codes)
    if size <= 1:
        return Estimate(mean, NAN, NAN, NAN, n, n_clusters, method)
    if np.ptp(values) == 0:  # said exactly: rounding must not pass for spread
        only = float(values[0])
        return Estimate(only, 0.0, only, only, n, n_clusters, method)
    error = sqrt(float(np.sum(share * (values - mean) ** 2)) / (size - 1))
    half = student_quantile(confidence, size - 1) * error
    return Estimate(mean, error, mean - half, mean + half, n, n_clusters, method)


def score_mean(
    scores: Floats,
    metric: str,
    weights: Floats | None = None,
    clusters: np.ndarray | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Mean of scores (n,) of ``metric`` with Student's interval, cut to the scale.

    Where all answers are equal, or there is one, Student's has no width: then Wilson's upper
    limit of *none of n_eff* is the share that could have answered otherwise, at either end of
    the scale.
    """
    values = checked(scores, metric)
    found = mean_estimate(values, weights, clusters, confidence)
    low, high = SCALES[metric]
    ends = (found.conf_low, found.conf_high)
    if len(values) and not found.std_error > 0:
        weight, codes, _ = _sample(len(values), weights, clusters)
        others = wilson(0, effective_size(values, weight, codes), confidence)[1]
        middle = float(values[0])
        ends = (middle - others * (middle - low), middle + others * (high - middle))
        found = replace(found, estimate=middle)
    return replace(found, conf_low=max(low, ends[0]), conf_high=min(high, ends[1]))


def wilson(successes: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a share (1927); ``n`` may be an effective size. NaN for n = 0."""
    if not 0 <= successes <= n:
        raise ContractError(f"{successes!r} of {n!r} is not a share.")
    if n == 0:
        return NAN, NAN
    z2 = normal_quantile(confidence) ** 2
    share = successes / n
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def top_two_box(
    scores: Floats,
    metric: str,
    weights: Floats | None = None,
    clusters: np.ndarray | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Share of the two highest answers of ``metric`` with Wilson's interval on n_eff."""
    values = (checked(scores, metric) >= SCALES[metric][1] - 1).astype(float)
    n = len(values)
    weight, codes, n_clusters = _sample(n, weights, clusters)
    method = "wilson" if weights is None else "wilson_weighted"
    if n == 0 or weight.sum() <= 0:
        return Estimate(NAN, NAN, NAN, NAN, n, n_clusters, method)
    share = float(np.sum(weight * values) / weight.sum())
    size = effective_size(values, weight, codes)
    low, high = wilson(min(share, 1.0) * size, size, confidence)
    error = sqrt(share * (1 - share) / size)
    return Estimate(share, error, low, high, n, n_clusters, method)


def check_direction(ces: Floats, csat: Floats) -> Direction:
    """Do high CES answers go with high CSAT answers, as the canonical scale (7 = easy) says?

    Pairs with both scores; with fewer than 30, or no spread, nothing speaks against it.
    """
    both = ~(np.isnan(ces) | np.isnan(csat))
    n = int(both.sum())
    if n < 30 or np.ptp(ces[both]) == 0 or np.ptp(csat[both]) == 0:
        return Direction(NAN, n, True)
    correlation = float(np.corrcoef(ces[both], csat[both])[0, 1])
    return Direction(correlation, n, correlation > 0)


def _sample(
    n: int, weights: Floats | None, clusters: np.ndarray | None
) -> tuple[Floats, np.ndarray, float]:
    weight = np.ones(n) if weights is None else np.asarray(weights, dtype=float)
    codes = cluster_codes(clusters, n)
    return weight, codes, NAN if clusters is None else float(codes.max(initial=-1) + 1)
