"""Dates of an unknown column: in which of the formats that a source may declare."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from nexo.sources.dates import MONTHS, DateFormat, compiled

ENOUGH = 0.97
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
ORDERS = ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y", "%d{0}%m{0}%y", "%m{0}%d{0}%y", "%Y{0}%m{0}%d")
NAMES = ("%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d/%b/%Y", "%b %d, %Y", "%b %d %Y", "%d %b %y")
FORMATS = (
    "iso_offset",
    *(order.format(sign) + c for sign in "/-." for order in ORDERS for c in CLOCKS),
    *(order + c for order in NAMES for c in CLOCKS),
    "%Y%m%d",
)
LOOKS = re.compile(
    r"\d{1,4}[-/. ](?:[^\W\d]{3,}\.?|\d{1,2})[-/. ,]+\d{2,4}.*|[^\W\d]{3,}\.? \d{1,2},? \d{4}.*"
    r"|(?:19|20)\d\d(?:0\d|1[0-2])(?:[0-2]\d|3[01])"
)
MOST = 2_000
"""Different values among which formats are looked for."""
ORDER_UNKNOWN = "every value also reads the other way: which comes first, day or month?"


@dataclass(frozen=True)
class Days:
    """The formats of a column, the share that fits, and a doubt."""

    formats: tuple[str, ...]
    share: float
    doubt: str = ""
    is_settled: bool = True


def day_formats(counts: Counter[str]) -> Days | None:
    """Return the fewest formats (at most two) that nearly all values have; None if no dates."""
    total = counts.total()
    dated = sum(n for value, n in counts.items() if LOOKS.fullmatch(value))
    if dated < 0.9 * total:
        return None
    some = list(counts)[:: max(1, len(counts) // MOST)]
    likely = [text for text in ("iso", *FORMATS) if any(_fits(text, value) for value in some)]
    fits = {text: {value for value in counts if _fits(text, value)} for text in likely}
    chosen: list[str] = []
    left = set(counts)
    while fits and len(chosen) < 3:
        gains = {text: sum(counts[v] for v in values & left) for text, values in fits.items()}
        best = max(gains, key=lambda text: gains[text])
        if gains[best] < (0.005 * total if chosen else 1):
            break
        chosen.append(best)
        left -= fits.pop(best)
    share = 1 - sum(counts[value] for value in left) / total
    if share < ENOUGH or not chosen:
        return None
    return _ordered(tuple(chosen), fits, counts, share)


@cache
def _known(text: str) -> tuple[DateFormat, re.Pattern[str]]:
    known = compiled((text,))[0]
    return known, re.compile(known.pattern)


def _fits(text: str, value: str) -> bool:
    return _known(text)[1].match(value) is not None


def _twin(text: str) -> str:
    """The same format with day and month changed over."""
    return text.replace("%d", "%0").replace("%m", "%d").replace("%0", "%m")


def _ordered(
    chosen: tuple[str, ...], fits: dict[str, set[str]], counts: Counter[str], share: float
) -> Days:
    """Doubt the order of day and month where no value above 12 shows it."""
    for text in chosen:
        twin = _twin(text)
        if "%m" not in text or text.startswith("%Y"):
            continue
        if twin in chosen:
            doubt = "some values have the day first, others the month; those below 13 are refused"
            return Days(chosen, share, doubt)
        if not any(not _fits(twin, value) for value in counts if _fits(text, value)):
            return Days(chosen, share, ORDER_UNKNOWN, is_settled=False)
    return Days(chosen, share, "several formats in one column" if len(chosen) > 1 else "")


def turned(days: Days) -> Days:
    """The same with day and month changed over, as another column of the file has settled."""
    return Days(tuple(_twin(text) for text in days.formats), days.share, days.doubt)


def ends(values: Iterable[str], formats: tuple[str, ...]) -> tuple[dt.date, dt.date] | None:
    """First and last real day among values of these formats; None when there is none.

    A time of day behind is left away, so that values may be days alone.
    """
    found = []
    for value in values:
        day = next((d for text in formats if (d := _day(value, text)) is not None), None)
        if day is not None:
            found.append(day)
    return (min(found), max(found)) if found else None


def _day(value: str, text: str) -> dt.date | None:
    if text.startswith("iso"):
        word, text = re.split("[T ]", value)[0], "%Y-%m-%d"
    else:
        text = re.split(" %[HI]", text)[0]
        word = " ".join(value.split(" ")[: text.count(" ") + 1])
    if not _fits(text, word):
        return None
    for number, names in enumerate(MONTHS, start=1):
        word = re.sub(rf"(?i:{names})\.?", f"-{number:02d}-", word) if "%b" in text else word
    if text == "%Y%m%d":
        word = f"{word[:4]}-{word[4:6]}-{word[6:]}"
    parts = dict(zip(_known(text)[0].fields, map(int, re.findall(r"\d+", word)), strict=False))
    year = parts.get("year", 0)
    if "short_year" in parts:
        year = parts["short_year"] + (1900 if parts["short_year"] > 68 else 2000)
    try:
        return dt.date(year, parts["month"], parts["day"])
    except ValueError:
        return None
