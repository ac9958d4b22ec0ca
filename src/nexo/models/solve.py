"""Solvers of one GLM: statsmodels on cells in memory, the same equations on a stream."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from nexo.compress.arrays import Array
from nexo.compress.cells import Block, mean_response
from nexo.compress.design import inverse, weighted_gram
from nexo.models.blocks import Stream
from nexo.models.refusals import NotIdentified

LEAST_ALPHA, MOST_ALPHA = -9.0, 6.0  # logarithms: below the first, counts scatter as Poisson's
TOLERANCE = 1e-10  # Newton's last step in every coefficient (columns are of unit size)
Blocks = tuple[Block] | Stream


def family_named(name: str, alpha: float = 1.0) -> Any:
    """statsmodels' family: its link and variance are the only ones used."""
    from statsmodels.genmod import families as f

    if name == "cloglog":
        return f.Binomial(f.links.CLogLog())
    if name == "gamma":
        return f.Gamma(f.links.Log())
    if name == "negative_binomial":
        return f.NegativeBinomial(alpha=alpha)
    return {"binomial": f.Binomial, "poisson": f.Poisson, "gaussian": f.Gaussian}[name]()


def solve(blocks: Blocks, family: Any, start: Array | None) -> tuple[Any, Array]:
    """statsmodels' result (None for a stream) and the coefficients: Newton with expected
    information, statsmodels' IRLS where Newton does not arrive. Convergence is for the caller
    to judge, by one more step."""
    if isinstance(blocks, Stream):
        return None, scoring(blocks, family, start)
    from nexo.full_rank import NEWTON, FullRankGLM

    design, offset, sums, _ = blocks[0]
    used = sums.w > 0
    y, w, offset = sums.wy[used] / sums.w[used], sums.w[used], offset[used]
    exog = design if used.all() else design[used]  # the design is the largest array: no copy
    model = FullRankGLM(y, exog, family=family, offset=offset, var_weights=w)
    if start is None:
        start = np.zeros(design.shape[1])
        start[0] = family.link(max(sums.wy.sum() / (w * np.exp(offset)).sum(), 1e-6))
    newton = NEWTON | {"tol": TOLERANCE, "maxiter": 30, "cov_type": "eim"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = model.fit(start_params=start, **newton)
            if result.mle_retvals["converged"]:
                return result, np.asarray(result.params)
        except (np.linalg.LinAlgError, ValueError):
            pass
        result = model.fit(tol=1e-12, maxiter=50, wls_method="qr")
        return result, np.asarray(result.params)


def scoring(blocks: Iterable[Block], family: Any, start: Array | None) -> Array:
    """Fisher's scoring: b = (X'WX)^-1 X'Wz, W = w / (V g'^2), z = eta - offset + (y - mean) g'.

    The first weights come from the family's own starting means, as in statsmodels' IRLS.
    """
    params, before = start, start
    for _ in range(30):
        information, target = np.zeros(()), np.zeros(())
        for design, offset, sums, _rows in blocks:
            y = mean_response(sums)
            eta = family.link(family.starting_mu(y)) if params is None else design @ params + offset
            mean = family.fitted(eta)
            slope = family.link.deriv(mean)
            weight = sums.w / (family.variance(mean) * slope**2)
            information = information + weighted_gram(design, weight)
            target = target + design.T @ (weight * (eta - offset + (y - mean) * slope))
        try:
            before, params = params, np.asarray(inverse(information) @ target)
        except np.linalg.LinAlgError:
            raise NotIdentified("separation", {"family": type(family).__name__}) from None
        if before is not None and not np.abs(params - before).max() >= TOLERANCE:
            break
    return np.asarray(params)


def negative_binomial(blocks: Blocks) -> Any:
    """The NB2 family at the likelihood's alpha (V = mean + alpha mean^2).

    With a = 1/alpha the derivative of the log-likelihood in a, at the coefficients that alpha
    gives, is sum w (digamma(y + a) - digamma(a) + log(a / (a + mean)) + 1 - (y + a)/(mean + a))
    (Lawless 1987). The blocks' rows hold single values of y.
    """
    from scipy.optimize import brentq
    from scipy.special import digamma

    params, moments_alpha = _by_moments(blocks)

    def slope(log_alpha: float) -> float:
        nonlocal params
        family, a = family_named("negative_binomial", np.exp(log_alpha)), np.exp(-log_alpha)
        params, total = scoring(blocks, family, params), 0.0
        for block in blocks:
            if (rows := block.rows) is None:
                raise ValueError("the negative binomial needs the rows' own y")
            mean = family.fitted(block.design @ params + block.offset)[rows.cell]
            y, over = rows.y, (rows.y + a) / (mean + a)
            value = digamma(y + a) - digamma(a) + np.log(a / (mean + a)) + 1 - over
            total += float(rows.w @ value)
        return total

    # The root lies near the moments' alpha: a bracket that grows from there needs few fits.
    near = np.log(max(moments_alpha, np.exp(LEAST_ALPHA)))
    low, high, step = near - 0.1, near + 0.1, 0.2
    at_low, at_high = slope(low), slope(high)
    while at_low > 0 and low > LEAST_ALPHA:
        low, high, at_high = max(low - step, LEAST_ALPHA), low, at_low
        at_low, step = slope(low), 2 * step
    while at_high < 0 and high < MOST_ALPHA:
        low, at_low, high = high, at_high, min(high + step, MOST_ALPHA)
        at_high, step = slope(high), 2 * step
    if not at_low < 0 < at_high:
        raise NotIdentified("no_overdispersion", {"family": "negative_binomial"})
    alpha = np.exp(brentq(slope, low, high, xtol=1e-12))
    return family_named("negative_binomial", float(alpha))


def _by_moments(blocks: Blocks) -> tuple[Array, float]:
    """Poisson's coefficients, and sum w ((y - mean)^2 - mean) / sum w mean^2 at them."""
    family = family_named("poisson")
    params, over, scale = scoring(blocks, family, None), 0.0, 0.0
    for design, offset, _sums, rows in blocks:
        if rows is None:
            raise ValueError("the negative binomial needs the rows' own y")
        mean = family.fitted(design @ params + offset)[rows.cell]
        over += float(rows.w @ ((rows.y - mean) ** 2 - mean))
        scale += float(rows.w @ mean**2)
    return params, over / scale
