"""What the readers of typed formats share: a value as the text that its owner would see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

DIGITS = 15
"""Significant digits that spreadsheets keep and show; more are the noise of binary fractions."""


@dataclass(frozen=True)
class Ragged:
    """A record that is no record of the table: more or fewer cells than the header, or it again."""

    row: int
    found: int
    expected: int
    is_header: bool = False


def cell_text(value: Any, decimal: str = ".") -> str:
    """A typed value as text: dates as ISO, whole numbers without .0, no value as nothing."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value, decimal)
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def number_text(value: float, decimal: str = ".") -> str:
    """A number without exponent and without .0; what is no number is no value."""
    if value != value:
        return ""
    if value in (float("inf"), float("-inf")):
        return str(value)
    if value.is_integer():
        return f"{value:.0f}"
    return format(Decimal(f"{value:.{DIGITS}g}"), "f").replace(".", decimal)


def _moment(value: dt.datetime) -> str:
    """A date, with its time unless that is midnight; to the second, which a cell may miss."""
    try:
        whole = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    except OverflowError:  # the last second there is
        whole = value.replace(microsecond=0)
    return whole.date().isoformat() if whole.time() == dt.time() else whole.isoformat()
