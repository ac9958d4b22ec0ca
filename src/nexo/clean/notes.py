"""What is kept and noted: rows that are sound by themselves and odd beside the rest of the data.

A survey before its customer joined, an order after leaving, an id that no customer has, a date
after the end of the data: none proves which of the two is wrong, so nothing is thrown away. Each
is written to the quarantine with the action ``kept``, counted, and stated in the report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

import narwhals as nw
import pyarrow as pa

from nexo import quarantine
from nexo.contract import Column
from nexo.engine import Frame, to_arrow

STAY_KEY = ("customers", "customer_id")
STAY = ("customer_id", "joined_at", "left_at")
"""Columns of customers that the other tables are held against."""


@dataclass(frozen=True)
class Note:
    """Rows where ``condition`` holds are kept and noted at this column."""

    column: str
    reason: str
    condition: nw.Expr


@dataclass(frozen=True)
class Noted:
    """Rows that are kept and noted: with a flag for each note, in the order of the notes."""

    table: str
    notes: tuple[Note, ...]
    rows: pa.Table

    def shelved(self) -> pa.Table:
        """The quarantine rows of what was noted."""
        parts = [
            _shelved(self.table, note, self.rows.filter(self.rows[_flag(index)]))
            for index, note in enumerate(self.notes)
        ]
        return pa.concat_tables([quarantine.as_table([]), *parts])


def noted(
    table: str, columns: dict[str, Column], rows: Frame, data_end: dt.date, stays: Frame | None
) -> Noted:
    """Find what is odd among rows that stay.

    ``rows`` holds canonical columns, ``_file`` and ``_row``; ``stays`` the columns ``STAY`` of
    every known customer, None where the source has no customer table.
    """
    notes = list(_after_data_end(columns, data_end))
    if {"invited_at", "answered_at"} <= set(columns):  # by days: one of them may have no time
        invited, answered = (nw.col(n).cast(nw.Date) for n in ("invited_at", "answered_at"))
        notes.append(Note("invited_at", "invited_after_answer", invited > answered))
    if table == STAY_KEY[0]:
        left_first = nw.col("left_at") < nw.col("joined_at")
        notes.append(Note("left_at", "before_joining", left_first))
    if stays is not None:
        for name in columns:
            if columns[name].refers_to == "customers" and (table, name) != STAY_KEY:
                rows = _beside(rows, name, stays)
                notes += _beside_customers(name, columns)
    if not notes:
        return Noted(table, (), quarantine.as_table([]))
    flags = {_flag(i): nw.coalesce(n.condition, nw.lit(False)) for i, n in enumerate(notes)}
    any_flag = reduce(or_, (nw.col(flag) for flag in flags))
    seen = dict.fromkeys(note.column for note in notes)
    flagged = rows.with_columns(**flags).filter(any_flag).select(*seen, "_file", "_row", *flags)
    return Noted(table, tuple(notes), to_arrow(flagged))


def _flag(index: int) -> str:
    return f"__note{index}"


def _after_data_end(columns: dict[str, Column], data_end: dt.date) -> Iterator[Note]:
    for name, column in columns.items():
        if column.by_data_end:
            yield Note(name, "after_data_end", nw.col(name).cast(nw.Date) > data_end)


def _beside(rows: Frame, name: str, stays: Frame) -> Frame:
    """Join what is known of the customer that column ``name`` refers to."""
    known = stays.select(
        nw.col("customer_id").alias(f"__{name}"),
        nw.col("joined_at").alias(f"__{name}_joined"),
        nw.col("left_at").alias(f"__{name}_left"),
    ).with_columns(nw.lit(True).alias(f"__{name}_known"))
    return rows.join(known, left_on=name, right_on=f"__{name}", how="left")


def _beside_customers(name: str, columns: dict[str, Column]) -> Iterator[Note]:
    is_known = nw.coalesce(nw.col(f"__{name}_known"), nw.lit(False))
    yield Note(name, "unknown_customer", ~nw.col(name).is_null() & ~is_known)
    if name != "customer_id":
        return
    joined, left = nw.col(f"__{name}_joined"), nw.col(f"__{name}_left")
    for dated, column in columns.items():
        day = nw.col(dated).cast(nw.Date) if column.stay is not None else None
        if day is not None:
            yield Note(dated, "before_joining", day < joined)
        if day is not None and column.stay == "within":
            yield Note(dated, "after_leaving", day > left)


def _shelved(table: str, note: Note, rows: pa.Table) -> pa.Table:
    values = rows[note.column]
    if pa.types.is_timestamp(values.type):  # shown to the second, as people write times
        values = values.cast(pa.timestamp("s"), safe=False)
    n = rows.num_rows
    cells = {"table": table, "column": note.column, "reason": note.reason, "action": "kept"}
    arrays = {name: pa.repeat(pa.scalar(cells[name], pa.string()), n) for name in cells}
    arrays |= {"file": rows["_file"], "row": rows["_row"], "value": values.cast(pa.string())}
    return pa.table(arrays).select(list(quarantine.COLUMNS)).cast(quarantine.schema())
