"""Exact compression: rows that share every covariate become one cell with sufficient sums.

The binomial, Poisson, Gamma and Gaussian likelihoods and their robust covariance depend on
the rows of a cell only through the sums kept here (METHODS.md section 3, "At scale"). Between
rows and cells stand records: the rows of one cell, one customer (where errors are clustered) and
one side of zero of y (where a part of the outcome asks for it). A single row is a record too, so
one code serves rows and what an engine has grouped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nexo.compress.arrays import Array, Codes, numbers
from nexo.compress.controls import Control


class Sums(NamedTuple):
    """Sums over the rows of each cell or record: n, w, w^2, wy, wy^2, w^2 y, w^2 y^2."""

    n: Array
    w: Array
    w2: Array
    wy: Array
    wy2: Array
    w2y: Array
    w2y2: Array

    def each(self, change: Callable[[Array], Array]) -> Sums:
        """Every array changed, once where several names share it (as without weights)."""
        done = {id(values): values for values in self}
        done = {key: change(values) for key, values in done.items()}
        return Sums(*(done[id(values)] for values in self))


@dataclass(frozen=True)
class Rows:
    """What clustering needs of the single rows or records: cell, (mean) response, (sum of)
    weight, cluster code 0..G-1 (none where clusters are not known)."""

    cell: Codes
    y: Array
    w: Array
    cluster: Codes


@dataclass(frozen=True)
class Cells:
    """Rows compressed by score, exposure and control codes: ``cell`` of each row; of each cell
    its rows ``n``, score, exposure, and design columns of the controls."""

    cell: Codes
    n: Array
    score: Array
    exposure: Array
    controls: Array


class Block(NamedTuple):
    """Cells or records: ``design`` (m x k), ``offset``, ``sums``; ``rows`` (their ``cell`` is a
    place in this block; a cluster lies in one block alone) is None when only cells are known."""

    design: Array
    offset: Array
    sums: Sums
    rows: Rows | None


def row_sums(y: Array, w: Array | None = None) -> Sums:
    """The sums of single rows; ``w``: default 1."""
    one = np.ones(len(y))
    if w is None:
        return Sums(one, one, one, y, square := y**2, y, square)
    return Sums(one, w, w**2, w * y, w * y**2, w**2 * y, w**2 * y**2)


def sums_of(table: Mapping[str, Array]) -> Sums:
    """The sums of records that an engine has made; without weights w = n."""
    if "w" in table:
        return Sums(*(table[name] for name in Sums._fields))
    n, y, square = table["n"], table["wy"], table["wy2"]
    return Sums(n, n, n, y, square, y, square)


def mean_response(sums: Sums) -> Array:
    """Weighted mean of y in each record; 0 where nothing weighs."""
    return np.divide(sums.wy, sums.w, out=np.zeros(len(sums.w)), where=sums.w > 0)


def response_of(table: Mapping[str, Array], sums: Sums) -> Array:
    """Mean y of each record; its side of zero where nothing weighs."""
    return np.where(sums.w > 0, mean_response(sums), table.get("side", np.zeros(len(sums.w))))


def gather(sums: Sums, cell: Codes, n_cells: int) -> Sums:
    """The sums of the records in each of ``n_cells`` cells."""
    return sums.each(lambda v: np.bincount(cell, weights=v, minlength=n_cells).astype(float))


def cell_sums(rows: Rows, n_cells: int) -> Sums:
    """The sums of single rows in each of ``n_cells`` cells."""
    return gather(row_sums(rows.y, rows.w), rows.cell, n_cells)


def compress(frame: pd.DataFrame, score: str, exposure: str, controls: Sequence[Control]) -> Cells:
    """Compress rows by score, exposure and control codes; join the cells' means."""
    table: dict[str, Any] = {"x": numbers(frame[score]), "n": np.ones(len(frame))}
    if exposure:
        table["exposure"] = numbers(frame[exposure])
    for i, control in enumerate(controls):
        table[f"c{i}"] = control.codes(frame[control.column])
        if control.spread:
            table[f"m{i}"] = numbers(frame[control.column])
    return cells_of(table, controls)


def cells_of(table: Mapping[str, Any], controls: Sequence[Control]) -> Cells:
    """Cells of records; ``m0``.. are averaged over the records of a cell."""
    x, codes = table["x"], {f"c{i}": table[f"c{i}"] for i in range(len(controls))}
    exposure = table.get("exposure", np.ones(len(x)))
    cell = cell_of_rows(pd.DataFrame({" x": x, " exposure": exposure, **codes}))
    first = np.unique(cell, return_index=True)[1]
    blocks = [np.empty((len(first), 0))]
    for i, control in enumerate(controls):
        means = cell_means(cell, table[f"m{i}"]) if control.spread else x[first]
        blocks.append(control.columns(codes[f"c{i}"][first], means))
    n = np.bincount(cell, weights=table["n"]).astype(float)
    return Cells(cell, n, x[first], exposure[first], np.hstack(blocks))


def cell_of_rows(keys: pd.DataFrame) -> Codes:
    """Cell of each row: rows with equal ``keys`` share one (missing equals missing).

    Cells are numbered in the sorted order of the keys, so equal inputs give equal cells.
    """
    groups = keys.groupby(list(keys.columns), sort=True, dropna=False)
    return groups.ngroup().to_numpy().astype(np.int64)


def cell_means(cell: Codes, values: Array) -> Array:
    """Mean of ``values`` (rows) in each cell over the rows where it is known; NaN where none is."""
    known, size = np.isfinite(values), int(cell.max()) + 1
    total = np.bincount(cell[known], weights=values[known], minlength=size)
    count = np.bincount(cell[known], minlength=size)
    return np.divide(total, count, out=np.full(size, np.nan), where=count > 0)
