"""One function fits: a statsmodels GLM on cells, one small frozen result carries everything.

The mean of y in a cell with var_weights = sum of w has the same score equations as the rows,
so the coefficients are those of the row-level fit (tests hold them equal to 1e-8). Too many
cells for memory come as a stream of blocks: the same equations, solved by scoring.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import stats

from nexo.compress.arrays import Array
from nexo.compress.cells import Block, Rows, Sums, gather, row_sums
from nexo.compress.design import inverse
from nexo.models import covariance as cov
from nexo.models.blocks import Stream
from nexo.models.refusals import NotIdentified
from nexo.models.solve import Blocks, family_named, negative_binomial, scoring, solve

RUNAWAY = 10.0  # a coefficient that moves the linear predictor more than this is named
LAST_STEP = 1e-3  # a further step that moves a linear predictor more: no finite maximum


@dataclass(frozen=True)
class Solution:
    """A fitted model: its statsmodels ``family``, its ``blocks`` (one, or a stream), the
    estimate, and ``bread`` H^-1."""

    family: Any
    blocks: Blocks
    params: Array
    bread: Array

    @property
    def is_streamed(self) -> bool:
        """Too many cells for memory: ``design``, ``sums``, ``rows`` and ``mean`` are not there."""
        return isinstance(self.blocks, Stream)

    @property
    def design(self) -> Array:
        """Design of the cells (cells x k)."""
        return self._block.design

    @property
    def sums(self) -> Sums:
        """Sums of the cells."""
        return self._block.sums

    @property
    def rows(self) -> Rows | None:
        """Single rows or records, where they were given."""
        return self._block.rows

    @property
    def mean(self) -> Array:
        """Fitted mean of each cell."""
        return np.asarray(self.family.fitted(self.design @ self.params + self._block.offset))

    @property
    def _block(self) -> Block:
        if isinstance(self.blocks, Stream):
            raise ValueError("a streamed fit has no cells in memory: iterate over its blocks")
        return self.blocks[0]


@dataclass(frozen=True)
class Fit:
    """Coefficients named ``terms``, their covariance, and what effects need of the model.

    ``result`` is the statsmodels result (its own standard errors are not ours), None when
    streamed. ``n_obs``: rows, not cells.
    """

    family: str
    terms: tuple[str, ...]
    params: Array
    covariance: cov.Covariance
    dispersion: float
    n_obs: int
    solution: Solution
    result: Any

    def __repr__(self) -> str:
        kind = self.covariance.kind
        return f"Fit({self.family}, {len(self.terms)} terms, {self.n_obs} rows, {kind})"

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
    def bse(self) -> Array:
        """The same under statsmodels' name."""
        return self.std_error

    def conf_int(self, alpha: float = 0.05) -> Array:
        """Confidence limits (k x 2), from t."""
        reach = stats.t.ppf(1 - alpha / 2, self.covariance.degrees_of_freedom) * self.std_error
        return np.column_stack([self.params - reach, self.params + reach])

    @property
    def offset(self) -> Array:
        """Offset of each cell."""
        return self.solution._block.offset


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
    """``fit_blocks`` on cells in memory (design: cells x k, full rank)."""
    offset = np.zeros(len(design)) if offset is None else offset
    block = Block(design, offset, sums, rows)
    return fit_blocks((block,), terms, family, kind=kind, start=start)


def fit_blocks(
    blocks: Blocks,
    terms: tuple[str, ...],
    family: str,
    *,
    kind: str = "auto",
    start: Array | None = None,
) -> Fit:
    """Fit E[y] = inverse link(design b + offset).

    ``kind``: HC0, HC1, CRV1, CRV3, or auto: clustered when a cluster has more than one row
    (CRV3 under 40 clusters), else HC1. The negative binomial (NB2) needs single values of y in
    the blocks' rows; its alpha is the likelihood's, and taken as known in the covariance (its
    expected information with b is 0: Lawless 1987). Raises NotIdentified("separation") when the
    likelihood has no finite maximum: one more Newton step still moves some linear predictor.
    """
    is_nb2 = family == "negative_binomial"
    chosen = negative_binomial(blocks) if is_nb2 else family_named(family)
    result, params = solve(blocks, chosen, start)
    try:
        with np.errstate(all="ignore"):  # means of exactly 0 or 1: the step below is NaN
            found = cov.moments(blocks, chosen, params, kind in ("auto", "CRV1"))
            bread = inverse(found.hessian)
            step = np.abs(bread @ found.gradient) @ found.extent
    except np.linalg.LinAlgError:
        raise NotIdentified("separation", {"family": family, "terms": []}) from None
    if family != "gaussian" and not step < LAST_STEP:
        away = np.abs(params) * found.extent > RUNAWAY
        named = [term for term, is_far in zip(terms, away, strict=True) if is_far]
        raise NotIdentified("separation", {"family": family, "terms": named})
    kind = _kind(found, kind)
    if kind == "CRV3":
        covariance = cov.leave_one_out(params, _without(blocks, chosen, params), found.groups)
    else:
        covariance = cov.sandwich(found, bread, kind)
    dispersion, n_obs = found.pearson / (found.n - len(params)), int(found.n)
    solution = Solution(chosen, blocks, params, bread)
    return Fit(family, terms, params, covariance, dispersion, n_obs, solution, result)


def influence(fit: Fit, gradient: Array) -> Array:
    """Influence values, one line a cluster code, of quantities with ``gradient`` (k x m).

    grad' H^-1 s_g (grad'(b - b_-g) for CRV3) times the root of the small-sample factor: the
    columns' inner products are the delta-method covariance of the quantities. A streamed fit
    takes one more pass over its blocks.
    """
    root, at = np.sqrt(fit.covariance.factor), fit.solution
    if fit.covariance.jackknife is not None:
        return np.asarray(root * fit.covariance.jackknife @ gradient)
    columns, parts, places = at.bread @ gradient, [], []
    for block in at.blocks:
        scores = cov.scores_by_cluster(block, at.family, at.params, block.design @ columns)
        places.append(int(cov.needed(block.rows).cluster.min()) + np.arange(len(scores)))
        parts.append(scores)
    values = np.zeros((int(places[-1][-1]) + 1, gradient.shape[1]))
    values[np.concatenate(places)] = np.concatenate(parts)
    return root * values


def _kind(found: cov.Moments, kind: str) -> str:
    """What "auto" stands for. Where no cluster has a second row, the meat is that of HC1."""
    if kind != "auto":
        return kind
    few = "CRV3" if found.groups < cov.FEWEST_CLUSTERS else "CRV1"
    return few if 0 < found.groups < found.n else "HC1"


def _without(blocks: Blocks, family: Any, params: Array) -> Array:
    """Estimates without each cluster code (few: under 40)."""

    def left(block: Block, code: int) -> Block:
        rows = cov.needed(block.rows)
        w = np.where(rows.cluster == code, 0.0, rows.w)
        sums = gather(row_sums(rows.y, w), rows.cell, len(block.design))
        return block._replace(sums=sums, rows=replace(rows, w=w))

    def estimate(code: int) -> Array:
        if isinstance(blocks, Stream):
            return scoring(replace(blocks, change=lambda b: left(b, code)), family, params)
        return solve((left(blocks[0], code),), family, params)[1]

    present = sorted({int(c) for b in blocks for c in np.unique(cov.needed(b.rows).cluster)})
    without = np.tile(params, (present[-1] + 1, 1))
    for code in present:
        without[code] = estimate(code)
    return without
