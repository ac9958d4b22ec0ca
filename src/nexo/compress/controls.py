"""How controls become design columns, learnt from counts so that every engine learns the same.

Binned controls keep their means (METHODS.md section 2): each numeric control enters as dummies
of its quantile bins and, linearly, as its mean within the cell, in standard deviations. A control
with no more values than bins has a level for each value, which says all: it needs no mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from nexo.compress.arrays import Array, Codes, Mask, numbers
from nexo.compress.leakage import leaks
from nexo.compress.tally import EVENT, MISSING, as_text, counts, quantiles, texts
from nexo.engine import Frame


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

    def code(self) -> nw.Expr:
        """Code in the model of each row: one expression for every engine, a tree of comparisons
        with the edges or levels; a level the model has not seen gets the reference."""
        if self.is_numeric:
            value = nw.col(self.column).cast(nw.Float64)
            bins = _tree(value, self.edges, [nw.lit(code) for code in self.merged[1:]])
            return nw.when(value.is_finite()).then(bins).otherwise(nw.lit(self.merged[0]))
        text = as_text(self.column)
        known = zip(self.levels, self.merged, strict=True)
        leaves = [
            nw.when(text == level).then(nw.lit(code)).otherwise(nw.lit(self.reference))
            for level, code in known
        ]
        return _tree(text, self.levels[:-1], leaves)

    def codes(self, column: pd.Series) -> Codes:
        """``code`` of the values of a pandas column, by binary search: twenty times quicker there
        than a tree of comparisons."""
        merged = np.array(self.merged, dtype=np.int64)
        if self.is_numeric:
            values = numbers(column)
            bins = 1 + np.searchsorted(self.edges, values, side="left")
            return merged[np.where(np.isfinite(values), bins, 0)]
        code, known = texts(column)
        place = pd.Index(self.levels).get_indexer(known)
        return np.where(place < 0, self.reference, merged[place])[code]

    def columns(self, codes: Codes, means: Array) -> Array:
        """Design columns for cells: dummies, then the standardised mean (numeric)."""
        dummies = (codes[:, None] == np.array(self.used, dtype=np.int64)).astype(float)
        return np.column_stack([dummies, self.standard(means)]) if self.spread else dummies

    def standard(self, means: Array) -> Array:
        """The cell means of the control in standard deviations from its mean; missing: 0."""
        return np.nan_to_num((means - self.center) / self.spread, nan=0.0)


def learn_control(column: pd.Series, bins: int, is_event: Mask, both: bool) -> Control | str:
    """``learn`` from a pandas column and the event of each row."""
    rows = nw.from_native(pd.DataFrame({str(column.name): column, EVENT: is_event * 1.0}))
    return learn(rows, str(column.name), bins, both)


def learn(frame: nw.DataFrame[Any] | Frame, name: str, bins: int, both: bool) -> Control | str:
    """Learn one control from the rows of a model, or say why it is left out.

    ``frame``: the rows, with 1.0 in EVENT where the outcome is above 0. ``bins``: quantile bins
    of a numeric control, closed on the right; missing values have a level of their own. Returns
    the reason code ("absent", "constant", "leakage") instead when the control cannot be used.
    ``both``: levels without non-events are merged too.

    The engine counts rows and events by value; all else follows from these counts, so that
    every engine learns the same.
    """
    is_numeric = frame.collect_schema()[name].is_numeric()
    value, n, events = counts(frame, name, is_numeric)
    known = np.isfinite(value) if is_numeric else value != MISSING
    if not known.any():
        return "absent"
    if len(value) < 2:
        return "constant"
    control = Control(name, is_numeric, levels=() if is_numeric else tuple(value))
    raw = np.arange(len(value))
    if is_numeric:
        cuts, rows = value[known], n[known]
        if len(cuts) > bins:
            center = float(cuts @ rows / rows.sum())
            spread = float(np.sqrt((cuts - center) ** 2 @ rows / rows.sum()))
            control = replace(control, center=center, spread=spread)
            cuts = np.unique(quantiles(cuts, rows, np.linspace(0, 1, bins + 1)[1:-1]))
        edges = cuts[cuts < value[known].max()]
        control = replace(control, edges=tuple(map(float, edges)))
        raw = np.where(known, 1 + np.searchsorted(edges, value, side="left"), 0)
    if leaks(raw, value if is_numeric else None, events / n, n):
        return "leakage"
    size = len(control.edges) + 2 if is_numeric else len(value)
    tallies = events_and_others(raw, events, n, size)
    merged = _merge_levels(*tallies, is_numeric, both)
    reference = int(np.bincount(merged[raw], weights=n).argmax())
    return replace(control, merged=tuple(map(int, merged)), reference=reference)


def _tree(value: nw.Expr, edges: Sequence[Any], leaves: Sequence[nw.Expr]) -> nw.Expr:
    """Leaf number "edges below ``value``", found by bisection."""
    if not edges:
        return leaves[0]
    middle = len(edges) // 2
    above = _tree(value, edges[middle + 1 :], leaves[middle + 1 :])
    below = _tree(value, edges[:middle], leaves[: middle + 1])
    return nw.when(value > edges[middle]).then(above).otherwise(below)


def events_and_others(codes: Codes, events: Array, n: Array, size: int) -> tuple[Array, Array]:
    """Events and other rows of each code."""
    found, rows = (np.bincount(codes, v, size).astype(float) for v in (events, n))
    return found, rows - found


def _merge_levels(events: Array, others: Array, is_numeric: bool, both: bool) -> Codes:
    """Bins join their neighbour, pure levels the most frequent one, until all vary."""
    others = others if both else events + others
    codes, largest = np.arange(len(events)), int(np.argmax(events + others))
    if is_numeric:
        codes[1:] = 1 + merge_neighbours(events[1:], others[1:], 1)
        largest = max(largest, 1)
    is_pure = (events == 0) | (others == 0)
    is_pure[1:] &= not is_numeric
    return np.where(is_pure, codes[largest], codes)


def merge_neighbours(events: Array, others: Array, least: int) -> Codes:
    """Group codes 0..: consecutive levels until each group holds ``least`` of both results."""
    code, seen, codes = 0, np.zeros(2), []
    for both in zip(events, others, strict=True):
        if seen.min() >= least:
            code, seen = code + 1, np.zeros(2)
        codes.append(code)
        seen = seen + both
    last = code - 1 if seen.min() < least and code > 0 else code
    return np.minimum(codes, last).astype(np.int64)
