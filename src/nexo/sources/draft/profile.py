"""What stands in each column of a file: how often each value, as far as memory should go."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from nexo.sources.draft.opening import Opened
from nexo.sources.names import tidy
from nexo.sources.readers import Ragged, read_chunks

MOST_VALUES = 20_000
"""Different values of a column that are counted; of a column with more, its first rows count."""
LONGEST = 400
"""Characters of a value that are looked at."""
BLANKS = " \t\n\r\x0b\x0c\u00a0\u200b\ufeff"
Tell = Callable[[str], None]
"""Shows how far a long work has come."""


@dataclass
class Profile:
    """One column: ``counts`` of its filled cells among the first ``n_rows`` rows."""

    name: str
    question: str
    index: int
    counts: Counter[str] = field(default_factory=Counter)
    n_rows: int = 0
    is_whole: bool = True
    days: set[str] = field(default_factory=set)
    """Of a column with too many values: the first word of each, where it may be a day."""

    @property
    def n_filled(self) -> int:
        """Filled cells that were counted."""
        return self.counts.total()

    @property
    def repeats(self) -> float:
        """Share of filled cells whose value stood there before; 0 in an id of rows."""
        return 1 - len(self.counts) / self.n_filled if self.counts else 0.0


@dataclass(frozen=True)
class Profiled:
    """A whole file: its columns, all its rows counted."""

    opened: Opened
    columns: tuple[Profile, ...]
    n_rows: int
    n_ragged: int


def profile(opened: Opened, tell: Tell) -> Profiled:
    """Read a file once, in chunks, and count the values of each column.

    Raises SourceError where the reader does.
    """
    asked = dict(enumerate(opened.questions))
    columns = tuple(
        Profile(tidy(name), tidy(asked.get(index, name)), index)
        for index, name in enumerate(opened.header)
    )
    names = {str(column.index): column.index for column in columns}
    ragged: list[Ragged] = []
    n_rows = 0
    for chunk in read_chunks(opened.path, opened.rule, names, {}, ragged):
        for column in columns:
            values = chunk[str(column.index)]
            for start in range(0, len(values), MOST_VALUES):
                _count(column, values.slice(start, MOST_VALUES))
        n_rows += chunk.num_rows
        tell(f"{opened.path.name}: {n_rows:,} rows looked at")
    return Profiled(opened, columns, n_rows, len(ragged))


def _count(column: Profile, values: pa.ChunkedArray) -> None:
    """Add the values of one chunk; a column that has too many keeps what it has."""
    stripped = pc.utf8_trim(pc.utf8_slice_codeunits(values, 0, LONGEST), BLANKS)
    if len(column.counts) > MOST_VALUES:
        if column.is_whole:
            column.is_whole = False
            column.days = _days(column.counts)
        if column.days:
            column.days |= _days(pc.unique(pc.utf8_slice_codeunits(stripped, 0, 10)).to_pylist())
        return
    for pair in pc.value_counts(stripped).to_pylist():
        if pair["values"]:
            column.counts[pair["values"]] += pair["counts"]
    column.n_rows += len(values)


def _days(values: Sequence[str] | Counter[str]) -> set[str]:
    """The words that may be a day, of values that may go on with the time of day."""
    words = {re.split("[ T]", value[:10])[0] for value in values if value and value[0].isdigit()}
    return {word for word in words if re.fullmatch(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", word)}
