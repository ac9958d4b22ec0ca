"""Which day lies in which window of which landmark: a small table that dated rows are joined to.

A day before a landmark and a day after it are told apart here, once, in Python: what happens to
the rows of millions of customers is a join on a date, and a sum.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import pyarrow as pa

from nexo.engine import Engine, Frame
from nexo.panel.landmarks import Landmark

Window = tuple[dt.date, dt.date]
"""The days (after, until]; the day ``after`` itself does not belong to it."""
DAY, LANDMARK = "window_day", "landmark"


def calendar(
    engine: Engine, marks: Sequence[Landmark], windows: Sequence[Mapping[str, Window | None]]
) -> Frame:
    """One row for each day and landmark of which it lies in a window: is it in this one?

    ``windows`` names the windows of each of the ``marks``; None is a window that is not seen.
    Columns: window_day, landmark and one for each name.
    """
    rows = [
        (day, mark.date, *(_holds(window, day) for window in named.values()))
        for mark, named in zip(marks, windows, strict=True)
        for day in _days([window for window in named.values() if window is not None])
    ]
    names = list(windows[0])
    kinds = [(DAY, pa.date32()), (LANDMARK, pa.date32()), *((name, pa.bool_()) for name in names)]
    columns = zip(*rows, strict=True) if rows else [[] for _ in kinds]
    arrays = [pa.array(c, kind) for c, (_, kind) in zip(columns, kinds, strict=True)]
    return engine.from_arrow(pa.table(arrays, names=[name for name, _ in kinds]))


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
