"""What every score has in common: an estimate with its interval, and its effective size."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from nexo.base.errors import ConfigError
from nexo.weights import kish

Floats = np.ndarray
NAN = float("nan")


@dataclass(frozen=True)
class Estimate:
    """One number with its interval; NaN where it is not defined (no answers, one answer)."""

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    n_obs: int
    n_clusters: float
    method: str


def normal_quantile(confidence: float) -> float:
    """z of a two-sided interval; raises ConfigError unless 0 < confidence < 1."""
    if not 0 < confidence < 1:
        raise ConfigError(
            f"confidence = {confidence!r} must lie between 0 and 1, for example 0.95."
        )
    return NormalDist().inv_cdf((1 + confidence) / 2)


def student_quantile(confidence: float, freedom: float) -> float:
    """t of a two-sided interval with ``freedom`` > 0 degrees; NaN below."""
    if not 0 < confidence < 1:
        raise ConfigError(
            f"confidence = {confidence!r} must lie between 0 and 1, for example 0.95."
        )
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + confidence) / 2)) if freedom > 0 else NAN


def cluster_codes(clusters: np.ndarray | None, n: int) -> np.ndarray:
    """Integer codes (n,) of the clusters; every row its own without clusters or where null."""
    if clusters is None:
        return np.arange(n)
    import pandas as pd

    clusters = np.asarray(clusters)
    is_number = clusters.dtype.kind == "i"
    codes = pd.factorize(clusters if is_number else clusters.astype(object))[0]
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    return np.asarray(codes)


def clustered_variance(influence: Floats, codes: np.ndarray) -> float:
    """G/(G-1) times the sum over clusters of squared summed influence values; NaN for G < 2."""
    n_clusters = int(codes.max(initial=-1)) + 1
    if n_clusters < 2:
        return NAN
    sums = np.bincount(codes, weights=influence, minlength=n_clusters)
    return n_clusters / (n_clusters - 1) * float(np.sum(sums**2))


def effective_size(values: Floats, weights: Floats, codes: np.ndarray) -> float:
    """Number of independent equal answers that would say as much: n / deff.

    Kish's deff for weights; where customers answer more than once, the linearised clustered
    variance over the simple one when that is the larger of the two. With no spread in the
    values, answers of one customer count as one: nothing shows that they differ.
    """
    n = len(values)
    n_eff = kish(weights).n_eff
    n_clusters = int(codes.max(initial=-1)) + 1
    if n_clusters == n or n == 0:
        return n_eff
    share = weights / weights.sum()
    gap = values - np.sum(share * values)
    spread = float(np.sum(share * gap**2))
    clustered = clustered_variance(share * gap, codes)
    if spread <= 0 or not clustered > 0:
        by_customer = np.bincount(codes, weights=share, minlength=n_clusters)
        return min(n_eff, 1 / float(np.sum(by_customer**2)))
    return min(n_eff, spread / clustered)


def finite_population_factor(n: float, population: float) -> float:
    """sqrt((N-n)/(N-1)), what a standard error shrinks by when n of N were asked.

    Raises ConfigError when more answered than there are.
    """
    if n > population:
        raise ConfigError(
            f"{n:g} answers from a population of {population:g}: give the number of customers "
            "that could have answered, or leave it out."
        )
    return float(np.sqrt((population - n) / (population - 1))) if population > 1 else 0.0
