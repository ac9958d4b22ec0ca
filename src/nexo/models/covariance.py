"""The project's own sandwich, from exact cell sums or from rows.

statsmodels' GLM gives HC0 = HC1 (no n/(n-k)) and a wrong HC on grouped Gamma cells, so the
formulas of METHODS.md section 3 stand here. With H the observed information (as statsmodels
on rows; X'WX for canonical links) and s_i the score of row i:
HC0 = H^-1 (sum_i s_i s_i') H^-1,  HC1 = HC0 n/(n-k),
CRV1 = H^-1 (sum_g s_g s_g') H^-1 G/(G-1) (n-1)/(n-k) for clusters g,
CRV3 = (G-1)/G sum_g (b_-g - b)(b_-g - b)', centred on the full estimate b (MacKinnon, Nielsen
and Webb 2023).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nexo.models.cells import Rows, Sums
from nexo.models.outcomes import Array

FEWEST_CLUSTERS = 40
"""Below it one cluster is left out at a time (METHODS.md section 3)."""


@dataclass(frozen=True)
class Solution:
    """A fitted model on cells: ``design`` (cells x k), fitted ``mean`` of each cell, ``bread``
    H^-1; ``rows`` is None when only cells were given."""

    family: Any
    design: Array
    mean: Array
    bread: Array
    sums: Sums
    rows: Rows | None


@dataclass(frozen=True)
class Covariance:
    """Covariance of the coefficients and what its influence values need.

    ``factor``: small-sample factor; ``jackknife``: b - b_-g (clusters x k) for CRV3, else None.
    """

    matrix: Array
    kind: str
    factor: float
    n_clusters: int
    degrees_of_freedom: float
    jackknife: Array | None = None


def score_factor(family: Any, mean: Array) -> Array:
    """d(mean)/d(linear predictor) / variance: the score of a row is w (y - mean) factor x."""
    return 1.0 / (family.link.deriv(mean) * family.variance(mean))


def bread(design: Array, sums: Sums, family: Any, mean: Array) -> Array:
    """H^-1, inverted at unit diagonal, for columns of any size.

    A row's part of H is w (1/(V g'^2) + (y - mean) (V g'' + V' g') / (V^2 g'^3)), g the link, V
    the variance (McCullagh and Nelder 1989, 2.5); the second term is 0 for canonical links.
    """
    slope, variance = family.link.deriv(mean), family.variance(mean)
    bend = variance * family.link.deriv2(mean) + family.variance.deriv(mean) * slope
    working = sums.w / (variance * slope**2)
    working = working + (sums.wy - sums.w * mean) * bend / (variance**2 * slope**3)
    hessian = design.T @ (design * working[:, None])
    size = np.sqrt(np.maximum(np.diag(hessian), np.finfo(float).tiny))
    return np.linalg.inv(hessian / np.outer(size, size)) / np.outer(size, size)


def robust(fit: Solution, kind: str) -> Covariance:
    """HC0 or HC1 from cell sums, t with n - k degrees of freedom.

    The meat is sum over cells of x x' factor^2 (S_w2y2 - 2 mean S_w2y + mean^2 S_w2).
    """
    n, k, sums = fit.sums.n.sum(), fit.design.shape[1], fit.sums
    squares = sums.w2y2 - 2 * fit.mean * sums.w2y + fit.mean**2 * sums.w2
    squares = np.maximum(squares, 0.0) * score_factor(fit.family, fit.mean) ** 2
    meat = fit.design.T @ (fit.design * squares[:, None])
    factor = n / (n - k) if kind == "HC1" else 1.0
    return Covariance(fit.bread @ meat @ fit.bread * factor, kind, factor, int(n), n - k)


def clustered(fit: Solution) -> Covariance:
    """CRV1 with statsmodels' factor, t with G - 1 degrees of freedom."""
    cluster = needed(fit.rows).cluster
    n, k, groups = len(cluster), fit.design.shape[1], len(np.unique(cluster))
    factor = groups / (groups - 1) * (n - 1) / (n - k)
    root = scores_by_cluster(fit, fit.design) @ fit.bread
    return Covariance(root.T @ root * factor, "CRV1", factor, groups, groups - 1)


def leave_one_out(params: Array, without: Array, n_clusters: int) -> Covariance:
    """CRV3 from the estimates ``without`` each cluster code (unchanged where a code has no
    rows, hence ``n_clusters``), t with G - 1 degrees of freedom."""
    change, factor = params - without, (n_clusters - 1) / n_clusters
    matrix = change.T @ change * factor
    return Covariance(matrix, "CRV3", factor, n_clusters, n_clusters - 1, change)


def scores_by_cluster(fit: Solution, columns: Array) -> Array:
    """Sums over the rows of each cluster of w (y - mean) factor x ``columns`` (cells x m)."""
    from scipy import sparse

    rows = needed(fit.rows)
    value = rows.w * (rows.y - fit.mean[rows.cell]) * score_factor(fit.family, fit.mean)[rows.cell]
    shape = (int(rows.cluster.max()) + 1, len(fit.mean))
    return np.asarray(sparse.csr_matrix((value, (rows.cluster, rows.cell)), shape) @ columns)


def influence(fit: Solution, covariance: Covariance, gradient: Array) -> Array:
    """Influence values, one line a cluster code, of quantities with ``gradient`` (k x m).

    grad' H^-1 s_g (grad'(b - b_-g) for CRV3) times the root of the small-sample factor: the
    columns' inner products are the delta-method covariance of the quantities.
    """
    root = np.sqrt(covariance.factor)
    if covariance.jackknife is not None:
        return root * covariance.jackknife @ gradient
    return root * scores_by_cluster(fit, fit.design @ (fit.bread @ gradient))


def needed(rows: Rows | None) -> Rows:
    if rows is None:
        raise ValueError("clustered covariance and influence values need the rows")
    return rows
