"""A design matrix: its columns from records, its Gram matrix, and which columns to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nexo.compress.arrays import Array
from nexo.compress.coding import Coding
from nexo.compress.controls import Control

GRAM_ROWS = 2**16


def design_of(coding: Coding, controls: Sequence[Control], table: Mapping[str, Array]) -> Array:
    """Intercept, score and control columns of records (rows x k), column by column in memory."""
    size = len(table["x"])
    width = 1 + len(coding.terms) + sum(len(control.terms) for control in controls)
    design = np.empty((size, width), order="F")
    design[:, 0] = 1.0
    end = 1 + len(coding.terms)
    design[:, 1:end] = coding.columns(table["x"])
    for number, control in enumerate(controls):
        for used in control.used:
            np.equal(table[f"c{number}"], used, out=design[:, end])
            end += 1
        if control.spread:
            design[:, end] = control.standard(table[f"m{number}"])
            end += 1
    return design


def independent(design: Array, w: Array) -> list[int]:
    """Columns of ``design`` to keep (see ``independent_of``)."""
    return independent_of(weighted_gram(design, w))


def independent_of(gram: Array) -> list[int]:
    """Columns of X'WX that are no linear combination of earlier ones (Gram-Schmidt in order).

    The matrix of columns at unit length is swept from left to right; a column whose remaining
    squared length is below 1e-9 is aliased. The order alone decides.
    """
    size = np.sqrt(np.diag(gram))
    gram = gram / np.outer(np.where(size > 0, size, 1), np.where(size > 0, size, 1))
    kept = []
    for j in range(len(gram)):
        if gram[j, j] > 1e-9:
            kept.append(j)
            gram = gram - np.outer(gram[:, j], gram[j]) / gram[j, j]
    return kept


def weighted_gram(design: Array, weight: Array) -> Array:
    """X' diag(weight) X; of weights that are not negative as a square, at half the work.

    So many rows at a time that the weighted copy of a long design stays small.
    """
    is_square = weight.min(initial=0.0) >= 0
    factor = np.sqrt(weight) if is_square else weight
    total = np.zeros((design.shape[1],) * 2)
    for start in range(0, len(design), GRAM_ROWS):
        rows = design[start : start + GRAM_ROWS]
        weighted = rows * factor[start : start + GRAM_ROWS, None]
        total += weighted.T @ (weighted if is_square else rows)
    return total


def inverse(hessian: Array) -> Array:
    """H^-1, inverted at unit diagonal, for columns of any size."""
    size = np.sqrt(np.maximum(np.diag(hessian), np.finfo(float).tiny))
    return np.asarray(np.linalg.inv(hessian / np.outer(size, size)) / np.outer(size, size))
