"""Random draws that carry uncertainty into money: deterministic, one stream a quantity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

from nexo.base.config import Assumption
from nexo.base.errors import ConfigError, NexoError

Array = npt.NDArray[np.float64]
Value = float | Array
"""A central value, or an array of draws; every formula of this room takes either."""

GRID = np.linspace(0.0, 1.0, 201)
"""Percentiles exported for the page's simulator: 0, 0.5, ..., 100."""

UNIT_NAMES = frozenset({"margin_share", "causal_share", "reach_share"})
"""Assumptions that are shares and must stay between 0 and 1."""

Z95 = 1.959963984540054
"""97.5 % point of the normal distribution."""


@dataclass(frozen=True)
class Spread:
    """Median, 80 % and 95 % interval of draws, and the share of them above zero."""

    median: float
    low80: float
    high80: float
    low95: float
    high95: float
    p_positive: float
    std: float


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the generator of one quantity.

    Each quantity has a stream of its own, so that adding an assumption or an initiative does
    not change the draws of the others. Raises ConfigError for a negative seed.
    """
    if seed < 0:
        raise ConfigError(f"economics.seed = {seed}: a seed is 0 or more. Choose another number.")
    return np.random.Generator(np.random.PCG64([seed, crc32(name.encode())]))


def normal_draws(
    mean: Sequence[float] | Array,
    covariance: Sequence[Sequence[float]] | Array,
    n_draws: int,
    generator: np.random.Generator,
) -> Array:
    """Draw (n_draws, k) from the joint normal with ``mean`` (k) and ``covariance`` (k, k).

    Draws come in mirrored pairs, so that the median of anything linear is the closed form and
    a covariance of zero gives it exactly. The root of the correlations is the symmetric one: it
    is unique, also where effects are linear combinations of each other (no Cholesky exists),
    so machines agree. Raises NexoError when the covariance is not one.
    """
    centre = np.asarray(mean, dtype=np.float64)
    matrix = np.asarray(covariance, dtype=np.float64)
    if matrix.shape != (centre.size, centre.size) or not np.isfinite(matrix).all():
        raise NexoError(
            f"the joint covariance has shape {matrix.shape} for {centre.size} effects, or holds "
            "values that are not numbers. Run dvc repro evidence again."
        )
    # Correlations have a root whatever the units: beside cents a share's variance is no more
    # than the rounding of the amounts'.
    size = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    size = np.where(size > 0, size, 1.0)
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2 / np.outer(size, size))
    if values.size and values.min() < -1e-6 * max(values.max(), 0.0):
        raise NexoError(
            "the joint covariance is not positive semi-definite (smallest eigenvalue "
            f"{values.min():.3g}). Run dvc repro evidence again; it must come from one panel."
        )
    # An eigenvalue that is zero comes out as rounding noise, which differs between processors.
    values = np.where(values > 1e-12 * max(values.max(initial=0.0), 0.0), values, 0.0)
    root = (vectors * np.sqrt(values)) @ vectors.T * size
    half = generator.standard_normal(((n_draws + 1) // 2, centre.size))
    return np.asarray(centre + np.concatenate([half, -half])[:n_draws] @ root)


def central_value(assumption: Assumption) -> float:
    """Return the value used where one number is needed: mode, mean, or middle of the range."""
    if assumption.mode is not None:
        return assumption.mode
    if assumption.mean is not None:
        return assumption.mean
    low, high = _range(assumption)
    return (low + high) / 2


def kind_of(assumption: Assumption) -> str:
    """Return fixed, uniform, triangular or normal."""
    if assumption.mean is not None:
        return "normal"
    if assumption.low is None:
        return "fixed"
    return "uniform" if assumption.mode is None else "triangular"


def assumption_range(assumption: Assumption) -> tuple[float, float]:
    """Return the declared ends; for a normal one its central 95 %, for a number itself."""
    if assumption.mean is not None and assumption.std is not None:
        return assumption.mean - Z95 * assumption.std, assumption.mean + Z95 * assumption.std
    if assumption.low is None:
        value = central_value(assumption)
        return value, value
    return _range(assumption)


def draw_assumption(name: str, assumption: Assumption, n_draws: int, seed: int) -> Array:
    """Draw (n_draws,) from a declared assumption.

    Shares are kept between 0 and 1: a range outside of it raises ConfigError, the tails of a
    normal one are moved to the ends. A discount rate of -1 or less raises ConfigError.
    """
    _check_bounds(name, assumption)
    kind = kind_of(assumption)
    generator = stream(seed, f"assumption:{name}")
    low, high = assumption_range(assumption)
    if low == high:
        return np.full(n_draws, central_value(assumption))
    if kind == "normal":
        std = assumption.std if assumption.std is not None else 0.0
        drawn = central_value(assumption) + std * generator.standard_normal(n_draws)
    elif kind == "uniform":
        drawn = generator.uniform(low, high, n_draws)
    else:
        drawn = generator.triangular(low, central_value(assumption), high, n_draws)
    if name in UNIT_NAMES:
        drawn = np.clip(drawn, 0.0, 1.0)
    return np.maximum(drawn, -0.99) if name == "discount_rate" else drawn


def spread(draws: Array) -> Spread:
    """Summarise draws (n,): median, intervals, share above zero."""
    low95, low80, median, high80, high95 = np.quantile(draws, [0.025, 0.1, 0.5, 0.9, 0.975])
    return Spread(
        median=float(median),
        low80=float(low80),
        high80=float(high80),
        low95=float(low95),
        high95=float(high95),
        p_positive=float(np.mean(draws > 0)),
        std=float(np.std(draws)),
    )


def percentile_grid(draws: Array) -> list[float]:
    """Return the 201 percentiles that the page's simulator needs instead of the raw draws."""
    return [float(value) for value in np.quantile(draws, GRID)]


def _range(assumption: Assumption) -> tuple[float, float]:
    if assumption.low is None or assumption.high is None:
        raise ConfigError("an assumption needs low and high, or one number.")
    return assumption.low, assumption.high


def _check_bounds(name: str, assumption: Assumption) -> None:
    low, high = assumption_range(assumption)
    if name in UNIT_NAMES and kind_of(assumption) == "normal":
        low = high = central_value(assumption)
    if name in UNIT_NAMES and not (low >= 0 and high <= 1):
        raise ConfigError(
            f"economics.{name} runs from {low} to {high}: it is a share and lies between 0 and 1 "
            "(0.4 is 40 in a hundred). Correct it in params.yaml."
        )
    if name == "discount_rate" and low <= -1:
        raise ConfigError(
            f"economics.discount_rate reaches {low}: it is a yearly rate above -1 "
            "(0.1 is 10 in a hundred). Correct it in params.yaml."
        )
