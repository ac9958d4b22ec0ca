"""How much of R-squared belongs to each block of columns: LMG and Johnson's relative weights.

LMG (Lindeman, Merenda and Gold 1980) averages what a block adds over all orders of entry;
Johnson's relative weights (2000) go through the nearest uncorrelated columns. Both sum to
R-squared; nothing is set to zero because it is not significant. Intervals of both by
delete-a-group jackknife over customers, t with G - 1 degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np

Floats = np.ndarray
RIDGE = 1e-12


@dataclass(frozen=True)
class Importance:
    """Share of the outcome's variance that goes to each block, both ways, and R-squared."""

    blocks: tuple[str, ...]
    lmg: Floats
    johnson: Floats
    r_squared: float


def moments(design: Floats, y: Floats, groups: np.ndarray, weights: Floats | None = None) -> Floats:
    """Cross-product matrices (G, k + 2, k + 2) of [1, design, y] within each group; ``weights``
    (n,) scaled to mean 1."""
    full = np.column_stack([np.ones(len(y)), design, y])
    w = np.ones(len(y)) if weights is None else weights / weights.mean()
    n_groups = int(groups.max()) + 1
    parts = [groups == g for g in range(n_groups)]
    return np.stack([(full[part] * w[part, None]).T @ full[part] for part in parts])


def importance(moment: Floats, columns: Mapping[str, Sequence[int]]) -> Importance:
    """LMG and Johnson from one cross-product matrix of [1, design, y]; ``columns`` gives the
    design columns (0-based) of each block."""
    return importances(moment[None], columns)[0]


def importances(stack: Floats, columns: Mapping[str, Sequence[int]]) -> list[Importance]:
    """``importance`` of each of a stack of matrices (m, k + 2, k + 2)."""
    means = stack[:, 0, 1:] / stack[:, :1, 0]
    covariance = stack[:, 1:, 1:] / stack[:, :1, :1] - means[:, :, None] * means[:, None, :]
    size = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0))
    size = np.where(size > 1e-12, size, np.inf)
    correlation = covariance / (size[:, :, None] * size[:, None, :])
    among, with_y = correlation[:, :-1, :-1], correlation[:, :-1, -1]
    blocks = tuple(columns)
    shares = _lmg(among, with_y, [list(columns[name]) for name in blocks])
    found = []
    for own, correlations, to_y in zip(shares, among, with_y, strict=True):
        weights = relative_weights(correlations, to_y)
        johnson = np.array([weights[list(columns[name])].sum() for name in blocks])
        found.append(Importance(blocks, own, johnson, float(own.sum())))
    return found


def _lmg(among: Floats, with_y: Floats, blocks: list[list[int]]) -> Floats:
    """LMG shares (m, blocks) of correlations among predictors (m, k, k) and with y (m, k)."""
    size = len(blocks)
    explained: dict[frozenset[int], Floats] = {}
    for count in range(size + 1):
        for chosen in combinations(range(size), count):
            columns = [column for block in chosen for column in blocks[block]]
            explained[frozenset(chosen)] = _r_squared(among, with_y, columns)
    shares = np.zeros((len(among), size))
    for entered, value in explained.items():
        after = set(range(size)) - entered
        if after:
            orders = factorial(len(entered)) * factorial(len(after) - 1) / factorial(size)
            for block in after:
                shares[:, block] += orders * (explained[entered | {block}] - value)
    return shares


def _r_squared(among: Floats, with_y: Floats, columns: list[int]) -> Floats:
    if not columns:
        return np.zeros(len(among))
    right = with_y[:, columns]
    # The ridge: levels that never occur together with others leave the block singular.
    matrix = among[:, columns][:, :, columns] + RIDGE * np.eye(len(columns))
    found = np.linalg.solve(matrix, right[:, :, None])[:, :, 0]
    return np.asarray(np.sum(right * found, axis=1))


def relative_weights(among: Floats, with_y: Floats) -> Floats:
    """Johnson's weights (k,) from correlations among predictors (k, k) and with y (k,).

    With R = Q L Q' and the nearest uncorrelated columns Z: loadings S = Q L^(1/2) Q',
    b = S^(-1) r, weight_j = sum_k S_jk^2 b_k^2.
    """
    values, vectors = np.linalg.eigh(among)
    kept = values > 1e-10 * values.max()
    roots = np.sqrt(values[kept])
    loadings = vectors[:, kept] * roots @ vectors[:, kept].T
    inverse = vectors[:, kept] / roots @ vectors[:, kept].T
    return np.asarray(loadings**2 @ (inverse @ with_y) ** 2)


def jackknife(
    parts: Floats, columns: Mapping[str, Sequence[int]]
) -> tuple[Importance, Floats, Floats]:
    """Importance on all groups, and the standard errors of LMG and of Johnson's weights by
    leaving one of the G groups out: (G - 1) / G sum (share_-g - share)^2."""
    whole = parts.sum(axis=0)
    found, *without = importances(np.concatenate([whole[None], whole - parts]), columns)
    n = len(parts)

    def error(shares: list[Floats], own: Floats) -> Floats:
        gaps = np.stack(shares) - own
        return np.asarray(np.sqrt((n - 1) / n * np.sum(gaps**2, axis=0)))

    return (
        found,
        error([one.lmg for one in without], found.lmg),
        error([one.johnson for one in without], found.johnson),
    )
