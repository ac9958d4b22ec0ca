"""The project's own sandwich, from exact cell sums, block by block.

statsmodels' GLM gives HC0 = HC1 (no n/(n-k)) and a wrong HC on grouped Gamma cells, so the
formulas of METHODS.md section 3 stand here. With H the observed information (as statsmodels
on rows; X'WX for canonical links) and s_i the score of row i:
HC0 = H^-1 (sum_i s_i s_i') H^-1,  HC1 = HC0 n/(n-k),
CRV1 = H^-1 (sum_g s_g s_g') H^-1 G/(G-1) (n-1)/(n-k) for clusters g,
CRV3 = (G-1)/G sum_g (b_-g - b)(b_-g - b)', centred on the full estimate b (MacKinnon, Nielsen
and Webb 2023).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nexo.compress.arrays import Array
from nexo.compress.cells import Block, Rows
from nexo.compress.design import weighted_gram

FEWEST_CLUSTERS = 40
"""Below it one cluster is left out at a time (METHODS.md section 3)."""


@dataclass(frozen=True)
class Moments:
    """Sums over all rows at one estimate: what the last check and the covariance need.

    ``gradient``: sum of scores; ``hessian``: observed information; ``meat``: sum of s s' over
    rows or clusters; ``pearson``: sum of w (y - mean)^2 / variance; ``extent``: largest
    absolute value of each column; ``groups``: clusters seen (0: rows unknown).
    """

    n: float
    groups: int
    gradient: Array
    hessian: Array
    meat: Array
    pearson: float
    extent: Array


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


def moments(blocks: Iterable[Block], family: Any, params: Array, is_clustered: bool) -> Moments:
    """One pass over the blocks.

    A row's part of H is w (1/(V g'^2) + (y - mean) (V g'' + V' g') / (V^2 g'^3)), g the link, V
    the variance (McCullagh and Nelder 1989, 2.5); the second term is 0 for canonical links.
    The squared scores of a cell's rows add up to factor^2 (S_w2y2 - 2 mean S_w2y + mean^2 S_w2).
    """
    found: list[Any] = [0.0, 0, 0.0, 0.0, 0.0, 0.0, 0.0]
    for block in blocks:
        design, sums = block.design, block.sums
        mean = family.fitted(design @ params + block.offset)
        slope, variance = family.link.deriv(mean), family.variance(mean)
        bend = variance * family.link.deriv2(mean) + family.variance.deriv(mean) * slope
        gap, factor = sums.wy - sums.w * mean, score_factor(family, mean)
        working = sums.w / (variance * slope**2) + gap * bend / (variance**2 * slope**3)
        groups = _clusters_in(block.rows)
        if is_clustered and groups:
            scores = scores_by_cluster(block, family, params, design)
            meat = scores.T @ scores
        else:
            squares = sums.w2y2 - 2 * mean * sums.w2y + mean**2 * sums.w2
            meat = weighted_gram(design, np.maximum(squares, 0.0) * factor**2)
        squares = (sums.wy2 - 2 * mean * sums.wy + mean**2 * sums.w) / variance
        hessian, gradient = weighted_gram(design, working), design.T @ (gap * factor)
        own = (sums.n.sum(), groups, gradient, hessian, meat, squares.sum())
        found[:6] = [total + part for total, part in zip(found, own, strict=False)]
        found[6] = np.maximum(found[6], np.abs(design).max(axis=0))
    return Moments(*found)


def sandwich(found: Moments, bread: Array, kind: str) -> Covariance:
    """HC0, HC1 (t with n - k degrees of freedom) or CRV1 with statsmodels' factor (G - 1)."""
    n, k, groups = found.n, len(bread), found.groups or int(found.n)
    factor, freedom = (n / (n - k) if kind == "HC1" else 1.0), n - k
    if kind == "CRV1":
        factor, freedom = groups / (groups - 1) * (n - 1) / (n - k), groups - 1.0
    return Covariance(bread @ found.meat @ bread * factor, kind, factor, groups, freedom)


def leave_one_out(params: Array, without: Array, n_clusters: int) -> Covariance:
    """CRV3 from the estimates ``without`` each cluster code (unchanged where a code has no
    rows, hence ``n_clusters``), t with G - 1 degrees of freedom."""
    change, factor = params - without, (n_clusters - 1) / n_clusters
    matrix = change.T @ change * factor
    return Covariance(matrix, "CRV3", factor, n_clusters, n_clusters - 1, change)


def scores_by_cluster(block: Block, family: Any, params: Array, columns: Array) -> Array:
    """Sums over the rows of each cluster (from the block's lowest to its highest code) of
    w (y - mean) factor x ``columns`` (m x any)."""
    from scipy import sparse

    rows = needed(block.rows)
    mean = family.fitted(block.design @ params + block.offset)
    value = rows.w * (rows.y - mean[rows.cell]) * score_factor(family, mean)[rows.cell]
    first, last = rows.cluster.min(), rows.cluster.max()
    places, shape = (rows.cluster - first, rows.cell), (last - first + 1, len(mean))
    return np.asarray(sparse.csr_matrix((value, places), shape) @ columns)


def _clusters_in(rows: Rows | None) -> int:
    if rows is None or not len(rows.cluster):
        return 0
    return int(np.count_nonzero(np.bincount(rows.cluster - rows.cluster.min())))


def needed(rows: Rows | None) -> Rows:
    if rows is None or not len(rows.cluster):
        raise ValueError("clustered covariance and influence values need the rows")
    return rows
