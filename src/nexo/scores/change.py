"""Changes and differences: their test, the smallest that could have been seen, and how many
answers a survey needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np
import pandas as pd

from nexo.base.errors import ConfigError
from nexo.scores.estimate import (
    NAN,
    Floats,
    cluster_codes,
    clustered_variance,
    normal_quantile,
)
from nexo.scores.nps import Counts, Method


@dataclass(frozen=True)
class Difference:
    """Later less earlier (or first less second), its test, and the smallest change that could
    have been seen."""

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    z: float
    p_value: float
    smallest_detectable: float
    n_obs: int
    n_clusters: float


def smallest_detectable_change(
    std_error: float, confidence: float = 0.95, power: float = 0.5
) -> float:
    """Smallest true change that a two-sided test finds with chance ``power``, in the unit of
    ``std_error``: (z(confidence) + z(power)) x SE.

    With power 0.5 it is the smallest observed change that would count as one, which is what is
    printed beside changes; planning a survey asks for 0.8.
    """
    return (normal_quantile(confidence) + NormalDist().inv_cdf(power)) * std_error


def nps_difference(first: Counts, second: Counts, confidence: float = 0.95) -> Difference:
    """First less second in points, two independent samples, Wald with its z test."""
    if min(first.n, second.n) <= 0:
        return Difference(NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, NAN)
    gap = 100 * (first.net - second.net)
    error = 100 * sqrt(first.variance / first.n + second.variance / second.n)
    return tested(gap, error, confidence, round(first.n + second.n), NAN)


def mean_difference(
    first: Floats,
    second: Floats,
    first_clusters: np.ndarray | None = None,
    second_clusters: np.ndarray | None = None,
    confidence: float = 0.95,
    *,
    weights: tuple[Floats, Floats] | None = None,
) -> Difference:
    """Difference of two (weighted) means, customers found in both samples taken as one cluster.

    ``weights``: those of the first and of the second sample. The error is the linearised one:
    influence w (x - mean) / sum(w), summed by customer.
    """
    n, m = len(first), len(second)
    if min(n, m) == 0:
        return Difference(NAN, NAN, NAN, NAN, NAN, NAN, NAN, n + m, NAN)
    one, two = (w / w.sum() for w in weights or (np.ones(n), np.ones(m)))
    first_mean, second_mean = float(one @ first), float(two @ second)
    influence = np.concatenate([one * (first - first_mean), two * (second_mean - second)])
    both = None
    if first_clusters is not None and second_clusters is not None:
        both = np.concatenate([first_clusters, second_clusters])
    codes = cluster_codes(both, n + m)
    has_spread = np.ptp(first) > 0 or np.ptp(second) > 0  # rounding must not pass for it
    variance = clustered_variance(influence, codes) if has_spread else 0.0
    error = sqrt(variance) if variance >= 0 else NAN
    n_clusters = NAN if both is None else float(codes.max() + 1)
    return tested(first_mean - second_mean, error, confidence, n + m, n_clusters)


def tested(
    gap: float, error: float, confidence: float, n_obs: int, n_clusters: float
) -> Difference:
    """A difference with its z test; without any spread neither interval nor test is defined."""
    error = error if error > 0 else NAN
    half = normal_quantile(confidence) * error
    z = gap / error if error > 0 else NAN
    p_value = 2 * NormalDist().cdf(-abs(z)) if z == z else NAN
    smallest = smallest_detectable_change(error, confidence)
    return Difference(gap, error, gap - half, gap + half, z, p_value, smallest, n_obs, n_clusters)


def sample_size(
    variance: float,
    margin_points: float,
    confidence: float = 0.95,
    method: Method = "adjusted_wald",
) -> int:
    """Answers needed for an interval of plus or minus ``margin_points``: z^2 s^2 / d^2.

    Less the 3 that the adjusted interval adds. ``variance`` of one answer, 0 to 1; never less
    than one answer.
    """
    if not margin_points > 0 or not 0 <= variance <= 1:
        raise ConfigError(
            f"margin {margin_points!r} must be above 0 points and variance {variance!r} "
            "between 0 and 1."
        )
    needed = (100 * normal_quantile(confidence) / margin_points) ** 2 * variance
    return max(1, ceil(needed - (3 if method == "adjusted_wald" else 0)))


def answers_needed(
    trend: pd.DataFrame,
    margins: Sequence[float],
    confidence: float = 0.95,
    method: Method = "adjusted_wald",
) -> pd.DataFrame:
    """``sample_size`` for each of ``margins`` (points), from the spread of the latest wave of
    ``nps_trend`` (the largest there is without one): columns margin_points, n_answers."""
    spread = 1.0
    if len(trend):
        promoters, detractors = map(float, trend.iloc[-1][["promoter_share", "detractor_share"]])
        spread = Counts(detractors, 1 - promoters - detractors, promoters).variance
    rows = [(margin, sample_size(spread, margin, confidence, method)) for margin in margins]
    return pd.DataFrame(rows, columns=["margin_points", "n_answers"])
