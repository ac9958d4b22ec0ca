"""Which day lies in which window of which landmark: a small table that dated rows are joined to.

A day before a landmark and a day after it are told apart here, once, in Python: what happens to
the rows of millions of customers is a join on a date, and a sum.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from nexo.engine import Engine, Frame
from nexo.panel.landmarks import Landmark
from nexo.panel.tables import Tables

Window = tuple[dt.date, dt.date]
"""The days (after, until]; the day ``after`` itself does not belong to it."""
DAY, MARK = "window_day", "mark"


@dataclass(frozen=True)
class Dated:
    """Rows with a date ``on``, and the windows of each landmark in which they count.

    ``windows`` gives each landmark in turn its windows by name; None is one that is not seen.
    """

    rows: Frame
    on: str
    windows: Sequence[Mapping[str, Window | None]]

    def on_days(self, engine: Engine) -> Frame:
        """Each row once for each landmark that has it in a window; see ``calendar``."""
        days = calendar(engine, self.windows)
        return self.rows.join(days, left_on=self.on, right_on=DAY, how="inner")


def calendar(engine: Engine, windows: Sequence[Mapping[str, Window | None]]) -> Frame:
    """One row for each day and landmark of which it lies in a window: is it in this one?

    Columns: window_day, mark (the place of the landmark in ``windows``) and one for each name.
    """
    rows = [
        (day, mark, *(_holds(window, day) for window in named.values()))
        for mark, named in enumerate(windows)
        for day in _days([window for window in named.values() if window is not None])
    ]
    names = list(windows[0])
    kinds = [(DAY, pa.date32()), (MARK, pa.int64()), *((name, pa.bool_()) for name in names)]
    columns = zip(*rows, strict=True) if rows else [[] for _ in kinds]
    arrays = [pa.array(c, kind) for c, (_, kind) in zip(columns, kinds, strict=True)]
    return engine.from_arrow(pa.table(arrays, names=[name for name, _ in kinds]))


def fed(tables: Tables, marks: Sequence[Landmark]) -> dict[str, Dated]:
    """The dated tables that the source has, each with the windows in which it feeds the panel."""
    before = tables.data_start - dt.timedelta(days=1)
    past = [(mark.control_after, mark.date) for mark in marks]
    ever = [(before, mark.date) for mark in marks]
    seen = [(mark.score_after, mark.date) for mark in marks]
    retention, revenue, categories = (
        [_next(mark, outcome) for mark in marks]
        for outcome in ("retention", "revenue", "cross_selling")
    )
    found: dict[str, tuple[Frame | None, str, dict[str, Sequence[Window | None]]]] = {
        "answers": (tables.answers, "answered_on", {"answer": seen}),
        "orders": (tables.orders, "ordered_on", {"order_past": past, "order_next": revenue}),
        "firsts": (tables.firsts, "first_on", {"category_owned": ever, "category_new": categories}),
        "contacts": (
            tables.contacts,
            "contacted_on",
            {"contact_past": past, "contact_next": retention},
        ),
        "referrals": (tables.referrals, "referred_on", {"referral": retention}),
    }
    return {
        name: Dated(rows, on, _by_mark(windows))
        for name, (rows, on, windows) in found.items()
        if rows is not None
    }


def _next(mark: Landmark, outcome: str) -> Window | None:
    """The window of an outcome after the landmark; None where the data do not show all of it."""
    return (mark.date, mark.ends[outcome]) if mark.is_seen[outcome] else None


def _by_mark(windows: Mapping[str, Sequence[Window | None]]) -> list[dict[str, Window | None]]:
    return [
        dict(zip(windows, of_mark, strict=True)) for of_mark in zip(*windows.values(), strict=True)
    ]


def _holds(window: Window | None, day: dt.date) -> bool:
    return window is not None and window[0] < day <= window[1]


def _days(windows: Sequence[Window]) -> list[dt.date]:
    """The days of any of the windows, in order."""
    found = {
        dt.date.fromordinal(number)
        for after, until in windows
        for number in range(after.toordinal() + 1, until.toordinal() + 1)
    }
    return sorted(found)
