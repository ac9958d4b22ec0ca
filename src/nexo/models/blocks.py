"""What one part of an outcome takes from the records, at once or as a stream of blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nexo.compress.arrays import Array, Mask
from nexo.compress.cells import Block, Rows, Sums, mean_response, response_of, sums_of
from nexo.compress.coding import Coding
from nexo.compress.controls import Control
from nexo.compress.design import design_of
from nexo.compress.records import Records, arrays
from nexo.models.outcomes import COUNTS, Part

BLOCK_NUMBERS = 2**22
"""Numbers in the design of one block: 32 MB."""


@dataclass(frozen=True)
class Stream:
    """Blocks of one part of an outcome, made anew from the records at every pass."""

    records: Records
    part: Part
    coding: Coding
    controls: tuple[Control, ...]
    kept: Sequence[int] | None = None
    change: Callable[[Block], Block] = lambda block: block

    @property
    def n_clusters(self) -> int:
        """Clusters of all records."""
        return len(self.records.clusters)

    @property
    def n_rows(self) -> int:
        """Rows of all records."""
        return self.records.n_rows

    def __iter__(self) -> Iterator[Block]:
        k = 1 + len(self.coding.terms) + sum(len(c.terms) for c in self.controls)
        for found in self.records.tables(BLOCK_NUMBERS // k):
            table = arrays(found)
            sums = sums_of(table)
            y = response_of(table, sums)
            used, sums = part_sums(sums, y, self.part)
            if not used.all():
                table = {name: values[used] for name, values in table.items()}
            design = design_of(self.coding, self.controls, table)
            design = design if self.kept is None else design[:, list(self.kept)]
            offset = offset_of(self.part, table.get("exposure", np.ones(len(design))))
            cluster = table.get("cluster", np.array([])).astype(np.int64)
            rows = Rows(np.arange(len(design)), mean_response(sums), sums.w, cluster)
            if len(design):
                yield self.change(Block(design, offset, sums, rows))


def offset_of(part: Part, exposure: Array) -> Array:
    """Logarithm of the exposure for counts, else 0."""
    return np.log(exposure) if part.family in COUNTS else np.zeros(len(exposure))


def part_sums(sums: Sums, y: Array, part: Part) -> tuple[Mask, Sums]:
    """Which records (mean response ``y``) one part of an outcome uses, and its sums of them.

    On either side of zero a part's response is y itself or a constant, so that the moments of
    a record are those of y, or of its response at ``y``.
    """
    used = part.rows(y)
    y, kept = y[used], sums.each(lambda values: values[used])
    response = np.asarray(part.response(y), float)
    if (is_own := response == y).all():
        return used, kept
    n, w, w2, *moments = kept
    constant = (w * response, w * response**2, w2 * response, w2 * response**2)
    pairs = zip(moments, constant, strict=True)
    return used, Sums(n, w, w2, *(np.where(is_own, own, other) for own, other in pairs))
