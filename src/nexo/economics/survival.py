"""Shifted-beta-geometric survival, fitted by maximum likelihood to counts of survivors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nexo.base.errors import NexoError
from nexo.economics.draws import Array


@dataclass(frozen=True)
class Sbg:
    """Each customer leaves with a constant chance a period; chances vary as Beta(alpha, beta)."""

    alpha: float
    beta: float
    log_likelihood: float

    def survival(self, periods: Array | Sequence[float]) -> Array:
        """Return the share still there after ``periods`` (any real number of them, 0 gives 1)."""
        from scipy.special import betaln

        t = np.asarray(periods, dtype=np.float64)
        return np.asarray(np.exp(betaln(self.alpha, self.beta + t) - betaln(self.alpha, self.beta)))


def fit_sbg(n_survivors: Sequence[float]) -> Sbg:
    """Fit to the number of customers at the start and after each equal period.

    P(leave in t) = B(a + 1, b + t - 1) / B(a, b), S(t) = B(a, b + t) / B(a, b): Fader and
    Hardie (2007), How to project customer retention, Journal of Interactive Marketing 21(1).
    Where leaving does not slow down, the fit tends to the geometric one (both parameters
    large). Raises NexoError for fewer than two periods, numbers that rise, or no one leaving.
    """
    from scipy.optimize import minimize

    counts = np.asarray(n_survivors, dtype=np.float64)
    _check(counts)

    def loss(point: Array) -> tuple[float, Array]:
        alpha, beta = _parameters(point)
        value, by_alpha, by_beta = _log_likelihood(counts, alpha, beta)
        share = alpha / (alpha + beta)
        slope = np.array(
            [
                (by_alpha - by_beta) * (alpha + beta) * share * (1 - share),
                by_alpha * alpha + by_beta * beta,
            ]
        )
        return -value / counts[0], -slope / counts[0]

    leaving = float(np.clip(1 - counts[1] / counts[0], 0.001, 0.999))
    start = np.array([np.log(leaving / (1 - leaving)), 1.0])
    options = {"ftol": 1e-13, "gtol": 1e-9, "maxiter": 500}
    bounds = [(-12.0, 12.0), (-6.0, 14.0)]
    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    alpha, beta = _parameters(best.x)
    return Sbg(alpha, beta, _log_likelihood(counts, alpha, beta)[0])


def _parameters(point: Array) -> tuple[float, float]:
    """Return alpha and beta from the logit of their mean and the log of their sum.

    These two are nearly unrelated; alpha and beta themselves lie on a narrow ridge.
    """
    total, share = float(np.exp(point[1])), float(1 / (1 + np.exp(-point[0])))
    return total * share, total * (1 - share)


def _log_likelihood(counts: Array, alpha: float, beta: float) -> tuple[float, float, float]:
    """Sum of n lost in t x log P(t) and of those still there x log S(last), with its slopes."""
    from scipy.special import betaln, psi

    t = np.arange(1, counts.size)
    lost, last, both = -np.diff(counts), t[-1], alpha + beta
    leave = betaln(alpha + 1, beta + t - 1) - betaln(alpha, beta)
    stay = betaln(alpha, beta + last) - betaln(alpha, beta)
    leave_a = psi(alpha + 1) - psi(alpha) + psi(both) - psi(both + t)
    leave_b = psi(beta + t - 1) - psi(beta) + psi(both) - psi(both + t)
    stay_a = psi(both) - psi(both + last)
    stay_b = stay_a + psi(beta + last) - psi(beta)
    end = counts[-1]
    return (
        float(lost @ leave + end * stay),
        float(lost @ leave_a + end * stay_a),
        float(lost @ leave_b + end * stay_b),
    )


def _check(counts: Array) -> None:
    if counts.size < 3 or counts[0] <= 0:
        raise NexoError(
            f"survival needs the customers at the start and after two periods or more, got "
            f"{counts.tolist()}. Give a longer history."
        )
    if (np.diff(counts) > 0).any() or counts[-1] == counts[0]:
        raise NexoError(
            f"survivors must never rise and some must leave, got {counts.tolist()}. Check the "
            "dates of leaving in the customer file."
        )
