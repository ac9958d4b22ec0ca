"""How a score becomes design columns: by class, in points, or a dummy for each level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nexo.compress.arrays import Array, Codes, Mask
from nexo.compress.controls import events_and_others, merge_neighbours


@dataclass(frozen=True)
class Scale:
    """Range of a metric's own scale."""

    low: int
    high: int


SCALES = {"nps_score": Scale(0, 10), "ces_score": Scale(1, 7), "csat_score": Scale(1, 5)}
COUNT = Scale(0, 10**9)
"""Any other whole number from zero on, such as a number of contacts."""

NPS_CLASSES = ("detractor", "passive", "promoter")


def nps_class(score: Array) -> Codes:
    """0 detractor (0-6), 1 passive (7-8), 2 promoter (9-10)."""
    return np.searchsorted([7, 9], score, side="right").astype(np.int64)


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


def shape_coding(
    score: str, x: Array, is_event: Mask | Array, least: int, n: Array | None = None
) -> Coding:
    """Levels of the score, neighbours merged until each group holds ``least`` events and others.

    ``n``: rows that each entry of ``x`` and ``is_event`` stands for; default 1.
    """
    n = np.ones(len(x)) if n is None else n
    levels = np.arange(SCALES[score].low, SCALES[score].high + 1)
    tallies = events_and_others((x - levels[0]).astype(np.int64), n * is_event, n, len(levels))
    merged = merge_neighbours(*tallies, least)
    groups = tuple(tuple(map(int, levels[merged == code])) for code in np.unique(merged))
    sizes = [n[np.isin(x, group)].sum() for group in groups]
    return Coding(score, "shape", groups, int(np.argmax(sizes)))
