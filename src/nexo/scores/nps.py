"""Net Promoter Score from counts of detractors, passives and promoters.

With counts D, Pa, P and their sum n: s = (P - D) / n, variance (P + D) / n - s^2; in points
100 s. Weighted and clustered answers enter as effective counts: shares times n / deff.
Intervals: Wald; adjusted Wald (3, T), which adds .75, 1.5 and .75 to D, Pa and P, after Agresti
and Min (2005) and Bonett and Price (2012); score, the test of Tango (1998) inverted.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from nexo.base.errors import ConfigError, ContractError
from nexo.scores.estimate import (
    NAN,
    Estimate,
    Floats,
    cluster_codes,
    effective_size,
    finite_population_factor,
    normal_quantile,
)

Method = Literal["wald", "adjusted_wald", "score"]
PSEUDO = (0.75, 1.5, 0.75)


@dataclass(frozen=True)
class Counts:
    """Detractors (0-6), passives (7-8), promoters (9-10): whole, or effective when weighted."""

    detractors: float
    passives: float
    promoters: float

    @property
    def n(self) -> float:
        """All of them."""
        return self.detractors + self.passives + self.promoters

    @property
    def net(self) -> float:
        """Promoters less detractors as a share, -1 to 1; NaN without answers."""
        return (self.promoters - self.detractors) / self.n if self.n > 0 else NAN

    @property
    def variance(self) -> float:
        """Variance of one answer coded -1, 0, 1; its largest value is 1."""
        if self.n <= 0:
            return NAN
        return max(0.0, (self.promoters + self.detractors) / self.n - self.net**2)


def class_values(scores: Floats) -> Floats:
    """-1 for detractors, 0 for passives, 1 for promoters; scores (n,) on 0-10, no nulls.

    Raises ContractError for anything that is not a whole number from 0 to 10.
    """
    scores = np.asarray(scores, dtype=float)
    wrong = ~((scores >= 0) & (scores <= 10) & (scores == np.floor(scores)))
    if wrong.any():
        raise ContractError(
            f"column 'nps_score' holds {scores[wrong][0]!r} ({int(wrong.sum())} such values); "
            "allowed are whole numbers from 0 to 10. Map or reject them in the source's YAML."
        )
    return np.where(scores >= 9, 1.0, np.where(scores <= 6, -1.0, 0.0))


def nps_counts(
    scores: Floats, weights: Floats | None = None, clusters: np.ndarray | None = None
) -> Counts:
    """Counts of scores (n,); effective ones, shares times n / deff, with weights or clusters."""
    values = class_values(scores)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=float)
    if len(values) == 0 or weight.sum() <= 0:
        return Counts(0, 0, 0)
    size = effective_size(values, weight, cluster_codes(clusters, len(values)))
    shares = [float(weight[values == value].sum() / weight.sum()) for value in (-1, 0, 1)]
    return Counts(*(share * size for share in shares))


def nps_interval(
    counts: Counts,
    method: Method = "adjusted_wald",
    confidence: float = 0.95,
    population: float | None = None,
    n_asked: float | None = None,
) -> Estimate:
    """NPS in points (-100 to 100) with its interval, cut to the scale.

    ``population`` applies the finite population factor, with ``n_asked`` of it (default: the
    counts' n; give it where counts are effective). ``std_error`` is Wald's, or that of the
    adjusted counts; the estimate is always that of the counts themselves.
    """
    if min(counts.detractors, counts.passives, counts.promoters) < 0:
        raise ContractError(f"counts must not be negative: {counts}.")
    name = f"nps_{method}"
    if counts.n <= 0:
        return Estimate(NAN, NAN, NAN, NAN, 0, NAN, name)
    asked = counts.n if n_asked is None else n_asked
    factor = 1.0 if population is None else finite_population_factor(asked, population)
    if method == "score":
        z = normal_quantile(confidence) * factor
        centre, std_error = counts.net, factor * sqrt(counts.variance / counts.n)
        low, high = _score_limits(counts, z)
    elif method in ("wald", "adjusted_wald"):
        base = counts if method == "wald" else adjusted(counts, factor**2)
        centre, std_error = base.net, factor * sqrt(base.variance / base.n)
        half = normal_quantile(confidence) * std_error
        low, high = centre - half, centre + half
    else:
        raise ConfigError(
            f"score.nps_interval = {method!r} is not known. Allowed: adjusted_wald, score, wald."
        )
    # One promoter alone: the adjusted interval would end below 100, its own estimate.
    low, high = max(-1.0, min(low, counts.net)), min(1.0, max(high, counts.net))
    n_obs = round(counts.n)
    return Estimate(100 * counts.net, 100 * std_error, 100 * low, 100 * high, n_obs, NAN, name)


def adjusted(counts: Counts, share: float = 1.0) -> Counts:
    """Counts with three pseudo-answers added, a quarter, a half and a quarter: (3, T).

    ``share`` of them, the finite population factor squared: they stand for z^2, which it
    shrinks, and a census needs none.
    """
    own = (counts.detractors, counts.passives, counts.promoters)
    return Counts(*(count + share * more for count, more in zip(own, PSEUDO, strict=True)))


def score_statistic(counts: Counts, net: float) -> float:
    """Tango's statistic for the null P - D = ``net`` (-1..1), variance under that null."""
    b, c, n = counts.promoters, counts.detractors, counts.n
    linear = -b - c + (2 * n - b + c) * net
    root = max(0.0, linear**2 + 8 * n * c * net * (1 - net))
    share = (sqrt(root) - linear) / (4 * n)
    variance = n * (2 * share + net * (1 - net))
    gap = b - c - n * net
    if variance <= 0:
        return 0.0 if abs(gap) < 1e-9 else float(np.copysign(np.inf, gap))
    return gap / sqrt(variance)


def _score_limits(counts: Counts, z: float) -> tuple[float, float]:
    from scipy.optimize import brentq

    if z == 0:
        return counts.net, counts.net
    edge = 1 - 1e-12

    def limit(sign: int, far: float) -> float:
        near = counts.net
        if abs(near) >= edge and near * far > 0:
            return far

        def gap(net: float) -> float:
            return float(np.clip(score_statistic(counts, net), -1e6, 1e6)) - sign * z

        start, end = sorted((np.clip(near, -edge, edge), far * edge))
        return float(brentq(gap, start, end, xtol=1e-12))

    return limit(1, -1.0), limit(-1, 1.0)


def nps(
    scores: Floats,
    weights: Floats | None = None,
    clusters: np.ndarray | None = None,
    method: Method = "adjusted_wald",
    confidence: float = 0.95,
    population: float | None = None,
) -> Estimate:
    """NPS of scores (n,), weighted and clustered by customer when those are given.

    ``population``: of so many customers these are all that matter (a census of those active,
    not a forecast of others); the factor counts customers, not effective answers.
    """
    counts = nps_counts(scores, weights, clusters)
    codes = cluster_codes(clusters, len(scores))
    n_customers = int(codes.max(initial=-1)) + 1
    found = nps_interval(counts, method, confidence, population, n_customers)
    n_clusters = NAN if clusters is None else float(n_customers)
    return Estimate(
        found.estimate,
        found.std_error,
        found.conf_low,
        found.conf_high,
        len(scores),
        n_clusters,
        found.method + ("" if weights is None else "_weighted"),
    )
