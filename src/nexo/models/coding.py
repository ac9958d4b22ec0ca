"""How columns become design columns: the score by class, points or level; controls by bins.

Binned controls keep their means (METHODS.md section 2): each numeric control enters as dummies
of its quantile bins and, linearly, as its mean within the cell, in standard deviations. A control
with no more values than bins has a level for each value, which says all: it needs no mean.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from nexo.models.outcomes import NPS_CLASSES, SCALES, Array, Codes, Mask, nps_class
from nexo.models.refusals import leaks

MISSING = "(missing)"


@dataclass(frozen=True)
class Coding:
    """How a score enters: class dummies (passive is the reference), points, or level dummies.

    ``groups``: for a shape, the score levels that share a dummy; the largest is the reference.
    """

    score: str
    kind: Literal["class", "points", "shape"]
    groups: tuple[tuple[int, ...], ...] = ()
    reference: int = 1

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the levels of a class or shape coding."""
        named = tuple("_".join(map(str, group)) for group in self.groups)
        return NPS_CLASSES if self.kind == "class" else named

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the design columns."""
        if self.kind == "points":
            return (self.score,)
        names = tuple(n for i, n in enumerate(self.labels) if i != self.reference)
        return names if self.kind == "class" else tuple(f"{self.score}_{n}" for n in names)

    def columns(self, x: Array) -> Array:
        """Design columns (rows x terms) of scores ``x``."""
        return x[:, None] if self.kind == "points" else self.dummies(self.level(x))

    def level(self, x: Array) -> Codes:
        """Class, or number of the group, of scores ``x``."""
        starts = [group[0] for group in self.groups[1:]]
        is_class = self.kind == "class"
        return nps_class(x) if is_class else np.searchsorted(starts, x, side="right")

    def dummies(self, level: Codes) -> Array:
        """Design columns of given levels."""
        others = [i for i in range(len(self.labels)) if i != self.reference]
        return (level[:, None] == np.array(others)).astype(float)


def shape_coding(score: str, x: Array, is_event: Mask, least: int) -> Coding:
    """Levels of the score, neighbours merged until each group holds ``least`` events and others."""
    levels = np.arange(SCALES[score].low, SCALES[score].high + 1)
    events, others = _tally((x - levels[0]).astype(np.int64), is_event, len(levels))
    merged = _merge_neighbours(events, others, least)
    groups = tuple(tuple(map(int, levels[merged == code])) for code in np.unique(merged))
    sizes = [np.isin(x, group).sum() for group in groups]
    return Coding(score, "shape", groups, int(np.argmax(sizes)))


@dataclass(frozen=True)
class Control:
    """A control as learnt from the rows of the model, so that other rows are coded alike.

    ``edges`` (numeric) or ``levels`` (categorical) give a raw code; ``merged`` maps raw codes to
    the codes in the model (levels in which the outcome never varies join others); ``reference``
    is the most frequent code; ``center`` and ``spread`` standardise the cell mean, which does
    not enter where ``spread`` is 0.
    """

    column: str
    is_numeric: bool
    edges: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    merged: tuple[int, ...] = ()
    reference: int = -1
    center: float = 0.0
    spread: float = 0.0

    @property
    def used(self) -> list[int]:
        """Codes with a dummy."""
        return [code for code in sorted(set(self.merged)) if code != self.reference]

    @property
    def terms(self) -> list[str]:
        """Names of the design columns."""
        if not self.is_numeric:
            return [f"{self.column}:{self.levels[code]}" for code in self.used]
        names = [f"bin_{code:02d}" if code else MISSING for code in self.used]
        mean = ["mean_per_std"] if self.spread else []
        return [f"{self.column}:{name}" for name in names + mean]

    def raw(self, column: pd.Series) -> Codes:
        """Raw code of each value: bin 1.. (0 missing), or place among the levels (-1 unseen)."""
        if not self.is_numeric:
            return pd.Index(self.levels).get_indexer(_as_text(column)).astype(np.int64)
        values = numbers(column)
        bins = 1 + np.searchsorted(self.edges, values, side="left")
        return np.where(np.isfinite(values), bins, 0)

    def codes(self, column: pd.Series) -> Codes:
        """Code in the model of each value; a level the model has not seen gets the reference."""
        raw = self.raw(column)
        return np.where(raw < 0, self.reference, np.array(self.merged)[raw])

    def columns(self, codes: Codes, means: Array) -> Array:
        """Design columns for cells: dummies, then the standardised mean (numeric)."""
        dummies = (codes[:, None] == np.array(self.used, dtype=np.int64)).astype(float)
        if not self.spread:
            return dummies
        standard = np.nan_to_num((means - self.center) / self.spread, nan=0.0)
        return np.column_stack([dummies, standard])


def learn_control(column: pd.Series, bins: int, is_event: Mask, both: bool) -> Control | str:
    """Learn one control from the rows of a model, or say why it is left out.

    ``bins``: quantile bins of a numeric control, closed on the right; missing values have a
    level of their own. Returns the reason code ("absent", "constant", "leakage") instead when
    the control cannot be used. ``both``: levels without non-events are merged too.
    """
    if not column.notna().any():
        return "absent"
    if column.nunique(dropna=False) < 2:
        return "constant"
    is_numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    control, values = Control(str(column.name), is_numeric), None
    if is_numeric:
        values = numbers(column)
        cuts = np.unique(values[np.isfinite(values)])
        if len(cuts) > bins:
            mean, spread = float(np.nanmean(values)), float(np.nanstd(values))
            control = replace(control, center=mean, spread=spread)
            cuts = np.unique(np.nanquantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
        edges = tuple(map(float, cuts[cuts < np.nanmax(values)]))
        control = replace(control, edges=edges)
    else:
        control = replace(control, levels=tuple(sorted(_as_text(column).unique())))
    raw = control.raw(column)
    if leaks(raw, values, is_event):
        return "leakage"
    size = len(control.edges) + 2 if is_numeric else len(control.levels)
    events, others = _tally(raw, is_event, size)
    merged = _merge_levels(events, others if both else events + others, is_numeric)
    reference = int(np.bincount(merged[raw]).argmax())
    return replace(control, merged=tuple(map(int, merged)), reference=reference)


def numbers(column: pd.Series) -> Array:
    """Values as floats, missing as NaN."""
    return column.to_numpy(float, na_value=np.nan)


def _as_text(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column.notna(), MISSING).astype(str)


def _tally(codes: Codes, is_event: Mask, size: int) -> tuple[Codes, Codes]:
    return np.bincount(codes[is_event], minlength=size), np.bincount(
        codes[~is_event], minlength=size
    )


def _merge_levels(events: Codes, others: Codes, is_numeric: bool) -> Codes:
    """Bins join their neighbour, pure levels the most frequent one, until all vary."""
    codes, largest = np.arange(len(events)), int(np.argmax(events + others))
    if is_numeric:
        codes[1:] = 1 + _merge_neighbours(events[1:], others[1:], 1)
        largest = max(largest, 1)
    is_pure = (events == 0) | (others == 0)
    is_pure[1:] &= not is_numeric
    return np.where(is_pure, codes[largest], codes)


def _merge_neighbours(events: Codes, others: Codes, least: int) -> Codes:
    """Group codes 0..: consecutive levels until each group holds ``least`` of both results."""
    code, seen, codes = 0, np.zeros(2), []
    for both in zip(events, others, strict=True):
        if seen.min() >= least:
            code, seen = code + 1, np.zeros(2)
        codes.append(code)
        seen = seen + both
    last = code - 1 if seen.min() < least and code > 0 else code
    return np.minimum(codes, last).astype(np.int64)
