"""What changed between two editions, from their records: numbers with the interval of the change.

The interval of a difference is recovered from the two intervals themselves (MOVER; Zou and
Donner 2008, Statistics in Medicine 27: 1693-1702), so that it also serves intervals that are not
symmetric. It takes the editions as independent: where they share customers it is, if anything,
too wide. Two editions of the same data differ by choice or method, not by chance: no interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, nan
from typing import Any

from nexo.report.edition_record import Record

Entry = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One number before and now; None where an edition does not have it, NaN where unknown."""

    group: str
    what: str
    unit: str
    before: Entry | None
    now: Entry | None
    difference: float = nan
    low: float = nan
    high: float = nan

    @property
    def is_real(self) -> bool | None:
        """Whether the interval leaves zero out; None without an interval."""
        if self.low != self.low:
            return None
        return self.low > 0 or self.high < 0


def number_changes(before: Record, now: Record) -> list[Change]:
    """Return every number of either edition, in the order of the newer one."""
    old = {_key(entry): entry for entry in before["figures"]}
    new = {_key(entry): entry for entry in now["figures"]}
    is_same_data = before["data"] == now["data"]
    is_same_money = before["currency"] == now["currency"]
    found = []
    for key in [*new, *(key for key in old if key not in new)]:
        group, what, unit = key
        pair = old.get(key), new.get(key)
        can_compare = is_same_money or not unit.startswith("cents")
        if pair[0] is None or pair[1] is None or not can_compare:
            found.append(Change(group, what, unit, *pair))
            continue
        low, high = (nan, nan) if is_same_data else interval(pair[0], pair[1])
        difference = pair[1]["estimate"] - pair[0]["estimate"]
        found.append(Change(group, what, unit, pair[0], pair[1], difference, low, high))
    return found


def _key(entry: Entry) -> tuple[str, str, str]:
    return entry["group"], entry["what"], entry["unit"]


def interval(before: Entry, now: Entry) -> tuple[float, float]:
    """Return the interval of now less before at their common level; NaN where there is none."""
    ends = ("estimate", "conf_low", "conf_high")
    if before["confidence"] != now["confidence"] or now["confidence"] is None:
        return nan, nan
    if any(entry[end] is None for entry in (before, now) for end in ends):
        return nan, nan
    difference = now["estimate"] - before["estimate"]
    down = hypot(now["estimate"] - now["conf_low"], before["conf_high"] - before["estimate"])
    up = hypot(now["conf_high"] - now["estimate"], before["estimate"] - before["conf_low"])
    return difference - down, difference + up


def changed(before: dict[str, Any], now: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the names whose values differ, with the value before and now (None: not there)."""
    names = [*now, *(name for name in before if name not in now)]
    return {
        name: (before.get(name), now.get(name))
        for name in names
        if before.get(name) != now.get(name)
    }


def come_and_gone(before: list[str], now: list[str]) -> tuple[list[str], list[str]]:
    """Return what only the newer list holds, and what only the older one held."""
    return [one for one in now if one not in before], [one for one in before if one not in now]
