"""One function fits: a statsmodels GLM on cells, one small frozen result carries everything.

The mean of y in a cell with var_weights = sum of w has the same score equations as the rows,
so the coefficients are those of the row-level fit (tests hold them equal to 1e-8).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import stats

from nexo.models import covariance as cov
from nexo.models.cells import Rows, Sums, cell_sums
from nexo.models.outcomes import Array
from nexo.models.refusals import NotIdentified

TOLERANCE = 1e-10  # Newton's last step in every coefficient (columns are of unit size)
LAST_STEP = 1e-3  # a further step that moves a linear predictor more: no finite maximum


@dataclass(frozen=True)
class Fit:
    """Coefficients named ``terms``, their covariance, and what effects need of the model.

    ``result`` is the statsmodels result (its own standard errors are not ours).
    """

    family: str
    terms: tuple[str, ...]
    params: Array
    covariance: cov.Covariance
    dispersion: float
    offset: Array
    solution: cov.Solution
    result: Any

    @property
    def std_error(self) -> Array:
        """Robust standard errors."""
        return np.sqrt(np.diag(self.covariance.matrix))

    @property
    def p_value(self) -> Array:
        """Two-sided, from t."""
        z = np.abs(self.params / self.std_error)
        return np.asarray(2 * stats.t.sf(z, self.covariance.degrees_of_freedom))

    @property
    def n_obs(self) -> int:
        """Rows, not cells."""
        return int(self.solution.sums.n.sum())


def family_named(name: str) -> Any:
    """statsmodels' family: its link and variance are the only ones used."""
    from statsmodels.genmod import families as f

    if name == "cloglog":
        return f.Binomial(f.links.CLogLog())
    if name == "gamma":
        return f.Gamma(f.links.Log())
    return {"binomial": f.Binomial, "poisson": f.Poisson, "gaussian": f.Gaussian}[name]()


def fit_cells(
    design: Array,
    terms: tuple[str, ...],
    sums: Sums,
    family: str,
    *,
    rows: Rows | None = None,
    offset: Array | None = None,
    kind: str = "auto",
    start: Array | None = None,
) -> Fit:
    """Fit E[y] = inverse link(design b + offset) on cells (design: cells x k, full rank).

    ``kind``: HC0, HC1, CRV1, CRV3, or auto: clustered when a cluster has more than one row
    (CRV3 under 40 clusters), else HC1. Raises NotIdentified("separation") when the likelihood
    has no finite maximum: one more Newton step still moves some linear predictor.
    """
    offset = np.zeros(len(design)) if offset is None else offset
    result = _solve(design, sums, offset, family_named(family), start)
    chosen, params = result.model.family, np.asarray(result.params)
    mean = chosen.fitted(design @ params + offset)
    gradient = design.T @ ((sums.wy - sums.w * mean) * cov.score_factor(chosen, mean))
    try:
        with np.errstate(all="ignore"):  # means of exactly 0 or 1: the step below is NaN
            inverse = cov.bread(design, sums, chosen, mean)
    except np.linalg.LinAlgError:
        raise NotIdentified("separation", {"family": family}) from None
    step = np.abs(design @ (inverse @ gradient)).max()
    if family != "gaussian" and not step < LAST_STEP:
        raise NotIdentified("separation", {"family": family})
    solution = cov.Solution(chosen, design, mean, inverse, sums, rows)
    squares = (sums.wy2 - 2 * mean * sums.wy + mean**2 * sums.w) / chosen.variance(mean)
    dispersion = float(squares.sum() / (sums.n.sum() - design.shape[1]))
    covariance = _covariance(solution, params, offset, kind)
    return Fit(family, terms, params, covariance, dispersion, offset, solution, result)


def influence(fit: Fit, gradient: Array) -> Array:
    """Influence values per cluster code of quantities with ``gradient`` (k x m)."""
    return cov.influence(fit.solution, fit.covariance, gradient)


def independent(design: Array, w: Array) -> list[int]:
    """Columns that are no linear combination of earlier ones (a Gram-Schmidt sweep in order).

    The weighted Gram matrix of columns at unit length is swept from left to right; a column
    whose remaining squared length is below 1e-9 is aliased. The order alone decides.
    """
    gram = design.T @ (design * w[:, None])
    size = np.sqrt(np.diag(gram))
    gram = gram / np.outer(np.where(size > 0, size, 1), np.where(size > 0, size, 1))
    kept = []
    for j in range(len(gram)):
        if gram[j, j] > 1e-9:
            kept.append(j)
            gram = gram - np.outer(gram[:, j], gram[j]) / gram[j, j]
    return kept


def _solve(design: Array, sums: Sums, offset: Array, family: Any, start: Array | None) -> Any:
    """statsmodels' Newton (expected information), its IRLS where Newton does not arrive."""
    from statsmodels.genmod.generalized_linear_model import GLM

    used = sums.w > 0
    y, w, offset = sums.wy[used] / sums.w[used], sums.w[used], offset[used]
    exog = design if used.all() else design[used]  # the design is the largest array: no copy
    model = GLM(y, exog, family=family, offset=offset, var_weights=w)
    if start is None:
        start = np.zeros(design.shape[1])
        start[0] = family.link(max(sums.wy.sum() / (w * np.exp(offset)).sum(), 1e-6))
    newton = {"method": "newton", "optim_hessian": "eim", "cov_type": "eim", "disp": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence is judged by one more step in fit_cells
        try:
            result = model.fit(start_params=start, tol=TOLERANCE, maxiter=30, **newton)
            if result.mle_retvals["converged"]:
                return result
        except (np.linalg.LinAlgError, ValueError):
            pass
        return model.fit(tol=1e-12, maxiter=50, wls_method="qr")


def _covariance(fit: cov.Solution, params: Array, offset: Array, kind: str) -> cov.Covariance:
    if kind == "auto":
        groups = 0 if fit.rows is None else len(np.unique(fit.rows.cluster))
        is_clustered = fit.rows is not None and groups < len(fit.rows.y)
        kind = ("CRV3" if groups < cov.FEWEST_CLUSTERS else "CRV1") if is_clustered else "HC1"
    if kind == "CRV1":
        return cov.clustered(fit)
    if kind != "CRV3":
        return cov.robust(fit, kind)
    rows = cov.needed(fit.rows)
    present = np.unique(rows.cluster)
    without = np.tile(params, (int(rows.cluster.max()) + 1, 1))
    for code in present:
        left = replace(rows, w=np.where(rows.cluster == code, 0.0, rows.w))
        sums = cell_sums(left, len(fit.design))
        without[code] = _solve(fit.design, sums, offset, fit.family, params).params
    return cov.leave_one_out(params, without, len(present))
