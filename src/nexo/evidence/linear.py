"""Least squares on controls that are mostly dummies, for a hundred specifications in seconds.

A control is a code for each row (its bin or level) and, when it is numeric with more values
than bins, its value in standard deviations too: bins alone would leave confounding behind. The
cross-products of all columns are counted once (a pair of codes is a two-way table); every
subset of controls is then a small system, and its residuals are a few look-ups a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nexo.compress.tally import texts
from nexo.weights import as_floats

Floats = np.ndarray
TOLERANCE = 1e-10
"""Directions with less of the design's spread than this are taken for collinear."""


@dataclass(frozen=True)
class Control:
    """One control of n rows: ``codes`` (n,) among ``size`` levels; ``values`` (n,) or None."""

    codes: np.ndarray
    size: int
    values: Floats | None

    @property
    def width(self) -> int:
        """Columns in the design."""
        return self.size + (self.values is not None)


@dataclass(frozen=True)
class Moments:
    """Weighted cross-products of [1, controls] and of ``rest`` (n, e) columns, which are what
    the controls are to be taken out of: among controls (p, p), with rest (p, e), among rest."""

    controls: dict[str, Control]
    places: dict[str, slice]
    weights: Floats
    rest: Floats
    among: Floats
    with_rest: Floats
    of_rest: Floats


@dataclass(frozen=True)
class Projection:
    """``rest`` on a subset of the controls: coefficients (p, e; 0 for columns not used), rank,
    and the cross-products (e, e) of what is left."""

    moments: Moments
    names: tuple[str, ...]
    coefficients: Floats
    rank: int
    left: Floats

    def residual(self, combination: Floats) -> Floats:
        """What the controls leave (n,) of the combination (e,) of rest columns."""
        from_controls = self.coefficients @ combination
        found = self.moments.rest @ combination - from_controls[0]
        for name in self.names:
            control, own = self.moments.controls[name], from_controls[self.moments.places[name]]
            found -= own[control.codes]
            if control.values is not None:
                found -= control.values * own[-1]
        return np.asarray(found)


def control_of(column: pd.Series, bins: int) -> Control | None:
    """Code one control; None when it is empty or constant. Missing values are a level."""
    if not column.notna().any():
        return None
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        codes, named = texts(column)
        met = np.unique(codes)
        levels, place = np.unique(named[met].astype(str), return_inverse=True)
        of_row = place[np.searchsorted(met, codes)]
        return Control(of_row, len(levels), None) if len(levels) > 1 else None
    values = as_floats(column)
    known = np.isfinite(values)
    edges, has_value = np.unique(values[known]), False
    if len(edges) + (not known.all()) < 2:
        return None
    if len(edges) > bins:
        edges, has_value = np.unique(np.quantile(values[known], np.arange(1, bins) / bins)), True
    codes = np.where(known, 1 + np.searchsorted(edges, values, side="left"), 0)
    standard = None
    if has_value:
        spread = values[known].std()
        standard = np.where(known, (values - values[known].mean()) / spread, 0.0)
    return Control(codes, int(codes.max()) + 1, standard)


def moments(controls: dict[str, Control], rest: Floats, weights: Floats | None = None) -> Moments:
    """Count the cross-products; ``rest`` is centred, ``weights`` (n,) are scaled to mean 1."""
    n = len(rest)
    w = np.ones(n) if weights is None else weights / weights.mean()
    rest = rest - np.average(rest, axis=0, weights=w)
    places, start = {}, 1
    for name, control in controls.items():
        places[name] = slice(start, start + control.width)
        start += control.width
    among, with_rest = np.zeros((start, start)), np.zeros((start, rest.shape[1]))
    among[0, 0], with_rest[0] = w.sum(), w @ rest
    for number, (name, control) in enumerate(controls.items()):
        own = places[name]
        among[own, 0] = among[0, own] = _times(control, w)
        for column in range(rest.shape[1]):
            with_rest[own, column] = _times(control, w * rest[:, column])
        for other in list(controls)[: number + 1]:
            block = _pair(control, controls[other], w)
            among[own, places[other]], among[places[other], own] = block, block.T
    return Moments(controls, places, w, rest, among, with_rest, (rest * w[:, None]).T @ rest)


def _times(control: Control, column: Floats) -> Floats:
    """The control's columns times one other."""
    sums = np.bincount(control.codes, weights=column, minlength=control.size)
    return sums if control.values is None else np.append(sums, control.values @ column)


def _pair(one: Control, two: Control, w: Floats) -> Floats:
    """Cross-products (one.width, two.width) of two controls: a two-way table and its margins."""
    cells = np.bincount(
        one.codes * two.size + two.codes, weights=w, minlength=one.size * two.size
    ).reshape(one.size, two.size)
    block = np.zeros((one.width, two.width))
    block[: one.size, : two.size] = cells
    if two.values is not None:
        block[: one.size, -1] = np.bincount(one.codes, w * two.values, one.size)
    if one.values is not None:
        block[-1, : two.size] = np.bincount(two.codes, w * one.values, two.size)
        if two.values is not None:
            block[-1, -1] = np.sum(w * one.values * two.values)
    return block


def project(found: Moments, names: Sequence[str]) -> Projection:
    """Regress every rest column on the intercept and the named controls (those that exist)."""
    known = tuple(name for name in names if name in found.controls)
    places = [np.arange(found.places[n].start, found.places[n].stop) for n in known]
    index = np.concatenate([[0], *places]).astype(int)
    matrix, right = found.among[np.ix_(index, index)], found.with_rest[index]
    size = np.sqrt(np.maximum(np.diag(matrix), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(matrix / np.outer(size, size))
    kept = values > TOLERANCE * values.max()
    scaled = vectors[:, kept] / values[kept] @ (vectors[:, kept].T @ (right / size[:, None]))
    own = scaled / size[:, None]
    coefficients = np.zeros_like(found.with_rest)
    coefficients[index] = own
    return Projection(found, known, coefficients, int(kept.sum()), found.of_rest - right.T @ own)
