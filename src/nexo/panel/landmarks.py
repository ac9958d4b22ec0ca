"""Which days customers are looked at, and which windows of each the data show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nexo.base.config import OUTCOMES
from nexo.base.errors import PanelError

if TYPE_CHECKING:
    from nexo.base.config import Panel


@dataclass(frozen=True)
class Landmark:
    """One day t: its look-backs begin after ``*_after``, its windows are (t, end]."""

    date: dt.date
    is_reference: bool
    score_after: dt.date
    control_after: dt.date
    ends: dict[str, dt.date]
    is_seen: dict[str, bool]


@dataclass(frozen=True)
class Grid:
    """All landmarks of a panel, and what was left out and why (date, outcome, reason_code)."""

    landmarks: tuple[Landmark, ...]
    dropped: tuple[tuple[dt.date, str, str], ...]


def make_grid(params: Panel, data_start: dt.date, data_end: dt.date) -> Grid:
    """Return the landmarks with a full look-back up to the last day of data.

    The look-back of controls is (t - n, t], so the first landmark is n - 1 days after the
    first day of data. An outcome whose window passes the end of the data is not seen at that
    landmark; the landmark stays for the others and for the reference population.
    Raises PanelError when no landmark is left.
    """
    first = data_start + dt.timedelta(days=params.control_lookback_days - 1)
    wanted = sorted(set(params.landmark_dates)) or _every(params.step_days, first, data_end)
    kept = [day for day in wanted if first <= day <= data_end]
    dropped = [
        (day, "", "lookback_before_data_start" if day < first else "after_data_end")
        for day in wanted
        if day not in kept
    ]
    if not kept:
        raise PanelError(
            f"No landmark has a full look-back: the data run from {data_start} to {data_end}, and "
            f"panel.control_lookback_days is {params.control_lookback_days}. Shorten the look-back "
            "in params.yaml, give panel.landmark_dates inside the data, or bring a longer history."
        )
    horizons = params.horizon_days.model_dump()
    marks = []
    for day in kept:
        ends = {name: day + dt.timedelta(days=horizons[name]) for name in OUTCOMES}
        is_seen = {name: end <= data_end for name, end in ends.items()}
        dropped += [(day, name, "window_after_data_end") for name in OUTCOMES if not is_seen[name]]
        marks.append(
            Landmark(
                date=day,
                is_reference=day == kept[-1],
                score_after=day - dt.timedelta(days=params.score_lookback_days),
                control_after=day - dt.timedelta(days=params.control_lookback_days),
                ends=ends,
                is_seen=is_seen,
            )
        )
    return Grid(tuple(marks), tuple(dropped))


def _every(step_days: int, first: dt.date, last: dt.date) -> list[dt.date]:
    count = (last - first).days // step_days + 1
    return [first + dt.timedelta(days=step_days * number) for number in range(max(count, 0))]
