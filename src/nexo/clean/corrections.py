"""Corrections as data, applied to the text of a cell before anything else looks at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

import narwhals as nw
import pyarrow as pa

from nexo import quarantine
from nexo.base.errors import Problem, SourceError, report_problems
from nexo.clean.columns import TEXT
from nexo.engine import Frame, to_arrow
from nexo.privacy import redact_value
from nexo.sources.corrections import Correction

Listed = tuple[tuple[Correction, int], ...]
"""Corrections, each with the cells that it changes (or would change, if it is only proposed)."""


@dataclass
class Tally:
    """What corrections met while the files of one table were looked through."""

    n_cells: dict[int, int] = field(default_factory=dict)
    holds: dict[int, str] = field(default_factory=dict)
    cells: list[dict[str, Any]] = field(default_factory=list)


def corrected(text: nw.Expr, column: str, corrections: Sequence[Correction]) -> nw.Expr:
    """The text of a column with its accepted corrections; the first that fits a cell counts."""
    value = text
    for entry in reversed(corrections):
        if entry.column == column and entry.is_accepted:
            right = nw.lit(entry.to.strip()) if entry.to.strip() else None
            value = nw.when(_at(entry) & _holds(entry, text)).then(right).otherwise(value)
    return value


def look_up(
    tally: Tally,
    table: str,
    part: Frame,
    texts: Mapping[str, nw.Expr],
    corrections: Sequence[Correction],
) -> None:
    """Note in ``tally`` which cells of one file entry each correction meets.

    ``part`` holds raw rows, ``texts`` the text of each canonical column made of them.
    """
    sought = [(i, entry) for i, entry in enumerate(corrections) if entry.column in texts]
    if not sought:
        return
    names = sorted({entry.column for _, entry in sought})
    told = part.select("_file", "_row", **{name + TEXT: texts[name] for name in names})
    met = [
        _at(entry) if entry.row is not None else _at(entry) & _holds(entry, _text(entry))
        for _, entry in sought
    ]
    found = to_arrow(told.filter(reduce(or_, met))).sort_by(
        [("_file", "ascending"), ("_row", "ascending")]
    )
    for row in found.to_pylist():
        taken: set[str] = set()
        for index, entry in sought:
            if not _is_there(entry, row):
                continue
            holds = row[entry.column + TEXT] or ""
            if holds != entry.wrong.strip():
                tally.holds[index] = holds
            elif entry.column not in taken:
                tally.n_cells[index] = tally.n_cells.get(index, 0) + 1
                if entry.is_accepted:
                    taken.add(entry.column)
                    tally.cells.append(_cell(table, entry, row))


def settled(tally: Tally, corrections: Sequence[Correction]) -> tuple[pa.Table, Listed]:
    """Return the quarantine rows of corrected cells, and what each correction changed.

    Raises SourceError listing accepted corrections that met no cell: the source was mended.
    """
    problems = [
        _unmet(entry, tally.holds.get(index))
        for index, entry in enumerate(corrections)
        if entry.is_accepted and not tally.n_cells.get(index)
    ]
    if problems:
        raise SourceError("Corrections that correct nothing:\n" + report_problems(problems))
    listed = tuple((entry, tally.n_cells.get(i, 0)) for i, entry in enumerate(corrections))
    return quarantine.as_table(tally.cells), listed


def _text(entry: Correction) -> nw.Expr:
    return nw.col(entry.column + TEXT)


def _at(entry: Correction) -> nw.Expr:
    is_here = ~nw.col("_row").is_null()
    if entry.file is not None:
        is_here = nw.col("_file") == entry.file
    return is_here if entry.row is None else is_here & (nw.col("_row") == entry.row)


def _holds(entry: Correction, text: nw.Expr) -> nw.Expr:
    wrong = entry.wrong.strip()
    return nw.coalesce(text, nw.lit("")) == wrong


def _is_there(entry: Correction, row: Mapping[str, Any]) -> bool:
    is_file = entry.file is None or entry.file == row["_file"]
    return is_file and (entry.row is None or entry.row == row["_row"])


def _cell(table: str, entry: Correction, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "table": table,
        "file": row["_file"],
        "row": row["_row"],
        "column": entry.column,
        "value": entry.wrong.strip(),
        "reason": "corrected",
        "action": "corrected",
    }


def _unmet(entry: Correction, holds: str | None) -> Problem:
    now = "" if holds is None else f"; the cell holds {redact_value(holds)[:80]!r}"
    return Problem(
        f"no cell of {entry.place()} holds this text{now}",
        "The source was probably mended: set status: withdrawn, or correct file, row and from",
        value=redact_value(entry.wrong)[:80],
    )
