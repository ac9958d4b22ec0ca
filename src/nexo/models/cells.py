"""Exact compression: rows that share every covariate become one cell with sufficient sums.

The binomial, Poisson, Gamma and Gaussian likelihoods and their robust covariance depend on
the rows of a cell only through the sums kept here (METHODS.md section 3, "At scale").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nexo.models.outcomes import Array, Codes


@dataclass(frozen=True)
class Sums:
    """Sums over the rows of each cell: n, w, w^2, wy, wy^2, w^2 y, w^2 y^2."""

    n: Array
    w: Array
    w2: Array
    wy: Array
    wy2: Array
    w2y: Array
    w2y2: Array


@dataclass(frozen=True)
class Rows:
    """What clustering needs of the single rows: cell, response, weight, cluster code 0..G-1."""

    cell: Codes
    y: Array
    w: Array
    cluster: Codes


def cell_of_rows(keys: pd.DataFrame) -> Codes:
    """Cell of each row: rows with equal ``keys`` share one (missing equals missing).

    Cells are numbered in the sorted order of the keys, so equal inputs give equal cells.
    """
    groups = keys.groupby(list(keys.columns), sort=True, dropna=False)
    return groups.ngroup().to_numpy().astype(np.int64)


def cell_sums(rows: Rows, n_cells: int) -> Sums:
    """The sums of the rows in each of ``n_cells`` cells."""
    y, w = rows.y, rows.w
    values = (np.ones(len(y)), w, w**2, w * y, w * y**2, w**2 * y, w**2 * y**2)
    total = [np.bincount(rows.cell, weights=v, minlength=n_cells).astype(float) for v in values]
    return Sums(*total)


def cell_means(cell: Codes, values: Array) -> Array:
    """Mean of ``values`` (rows) in each cell over the rows where it is known; NaN where none is."""
    known, size = np.isfinite(values), int(cell.max()) + 1
    total = np.bincount(cell[known], weights=values[known], minlength=size)
    count = np.bincount(cell[known], minlength=size)
    return np.divide(total, count, out=np.full(size, np.nan), where=count > 0)
