"""Clocks of a time zone: how far from UTC, and which local times never were or were twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

import narwhals as nw

DAY = 1440
FIRST_DAY = dt.date(1970, 1, 1)
"""Times with an offset are converted from here on; before, zones kept no clean minutes."""


@dataclass(frozen=True)
class Change:
    """A change of the clock: at a minute of UTC (days since year 1), from one offset to another."""

    minute: int
    before: int
    after: int


@cache
def changes(zone: str, last_year: int) -> tuple[int, tuple[Change, ...]]:
    """Return the zone's offset in 1970 and every change until ``last_year``, all in minutes."""
    clock = ZoneInfo(zone)
    first, last = FIRST_DAY.toordinal(), dt.date(last_year, 12, 31).toordinal()
    found = []
    base = before = _offset(clock, first * DAY)
    for day in range(first, last + 1):
        after = _offset(clock, (day + 1) * DAY)
        if after != before:
            low, high = day * DAY, (day + 1) * DAY
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if _offset(clock, middle) == after else (middle, high)
            found.append(Change(high, before, after))
            before = after
    return base, tuple(found)


def _offset(clock: ZoneInfo, minute: int) -> int:
    moment = dt.datetime.fromordinal(minute // DAY) + dt.timedelta(minutes=minute % DAY)
    told = moment.replace(tzinfo=dt.UTC).astimezone(clock).utcoffset()
    return int((told or dt.timedelta()).total_seconds()) // 60


def zone_offset(utc: nw.Expr, zone: str, last_year: int) -> nw.Expr:
    """The zone's offset at minutes of UTC, both counted as in ``Change``; null before 1970."""
    base, found = changes(zone, last_year)
    terms = [nw.when(utc >= FIRST_DAY.toordinal() * DAY).then(nw.lit(base)).otherwise(None)]
    for change in found:
        step = nw.lit(change.after - change.before)
        terms.append(nw.when(utc >= change.minute).then(step).otherwise(nw.lit(0)))
    while len(terms) > 1:  # in pairs: engines limit how deep an expression may be nested
        pairs = [terms[i] + terms[i + 1] for i in range(0, len(terms) - 1, 2)]
        terms = pairs + terms[2 * len(pairs) :]
    return terms[0]


@cache
def odd_clocks(zone: str, last_year: int) -> tuple[frozenset[str], frozenset[str]]:
    """Local times that the zone skipped, and those that it had twice.

    Each as the first 15 signs of ISO text (``2024-03-31 02:3``): ten minutes, which every change
    of a clock since 1970 is a multiple of, but for a handful of zones.
    """
    skipped: set[str] = set()
    repeated: set[str] = set()
    for change in changes(zone, last_year)[1]:
        start, end = sorted((change.minute + change.before, change.minute + change.after))
        (skipped if change.after > change.before else repeated).update(
            (dt.datetime.fromordinal(m // DAY) + dt.timedelta(minutes=m % DAY)).isoformat(" ")[:15]
            for m in range(start, end, 10)
        )
    return frozenset(skipped), frozenset(repeated)
