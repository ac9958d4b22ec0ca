"""Numbers, money and dates as each language writes them: the one place that decides.

Every function takes the language first ("es" or "en") and returns plain text without markup.
A value that is missing (None or NaN) is a dash, never "nan". The minus is U+2212, so that a
number at the start of a line is never read as a list.
"""

from __future__ import annotations

import datetime as dt
import math
from functools import cache
from typing import Any, Literal

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import (
    NumberPattern,
    format_compact_currency,
    format_currency,
    get_currency_precision,
    parse_pattern,
)

Lang = Literal["es", "en"]
LANGS: tuple[Lang, ...] = ("es", "en")
MISSING = "–"
MINUS = "\N{MINUS SIGN}"
NBSP = "\N{NO-BREAK SPACE}"
COMPACT_FROM = 1_000_000
"""Money from a million on is written in millions with two decimals: shorter, and as exact as
any of its intervals."""


@cache
def locale(lang: Lang) -> Locale:
    """Return the Babel locale of a report's language."""
    return Locale.parse({"es": "es_ES", "en": "en_GB"}[lang])


def is_missing(value: Any) -> bool:
    """Tell whether ``value`` is None, NaN, NaT or pandas' NA."""
    if value is None:
        return True
    try:
        return value is not None and bool(value != value)
    except TypeError:  # pandas.NA refuses to be true or false
        return True


def number(lang: Lang, value: Any, digits: int = 0, *, signed: bool = False) -> str:
    """Write a number with ``digits`` decimals: 1.234,5 in Spanish, 1,234.5 in English."""
    if is_missing(value) or not math.isfinite(float(value)):
        return MISSING
    rounded = round(float(value), digits)
    return _sign(rounded, signed) + _pattern(digits).apply(abs(rounded), locale(lang))


@cache
def _pattern(digits: int) -> NumberPattern:
    """Return the pattern of a number; reading it anew for each costs as much as writing it."""
    return parse_pattern("#,##0" + ("." + "0" * digits if digits else ""))


def percent(lang: Lang, share: Any, digits: int = 1, *, signed: bool = False) -> str:
    """Write a share (0 to 1) in percent: 12,3 % in Spanish, 12.3% in English."""
    if is_missing(share):
        return MISSING
    return number(lang, 100 * float(share), digits, signed=signed) + percent_sign(lang)


def percent_sign(lang: Lang) -> str:
    """Return the percent sign with the space that the language puts before it."""
    return f"{NBSP}%" if lang == "es" else "%"


def money(lang: Lang, cents: Any, currency: str, digits: int = 0, *, signed: bool = False) -> str:
    """Write minor units of ``currency`` as money: 1.234,5 € or €1,234.5; millions compact."""
    if is_missing(cents) or not math.isfinite(float(cents)):
        return MISSING
    amount = major_units(cents, currency)
    if abs(amount) >= COMPACT_FROM:
        rounded = amount
        text = format_compact_currency(
            abs(amount), currency, locale=locale(lang), fraction_digits=2
        )
    else:
        rounded = round(amount, digits)
        pattern = locale(lang).currency_formats["standard"].pattern.split(";")[0]
        pattern = pattern.replace("0.00", "0" + ("." + "0" * digits if digits else ""))
        text = format_currency(
            abs(rounded), currency, pattern, locale=locale(lang), currency_digits=False
        )
    return _sign(rounded, signed) + text.replace(" ", NBSP)


def major_units(cents: Any, currency: str) -> float:
    """Turn minor units into the currency's own unit (EUR: hundredths, JPY: none)."""
    return float(cents) / 10 ** get_currency_precision(currency)


def date(lang: Lang, day: dt.date | str) -> str:
    """Write a day in full: 30 de junio de 2025, or 30 June 2025."""
    if isinstance(day, str):
        if not day:
            return MISSING
        day = dt.date.fromisoformat(day[:10])
    return format_date(day, "long", locale=locale(lang))


def short_date(lang: Lang, day: dt.date | str) -> str:
    """Write a day in few letters, for axes and tables: 30 jun 2025."""
    if isinstance(day, str):
        day = dt.date.fromisoformat(day[:10])
    text = format_date(day, "d MMM y", locale=locale(lang)).replace(".", "")
    return text.replace(" ", NBSP)


def span(lang: Lang, low: str, high: str) -> str:
    """Join the two written ends of an interval: 1 a 2, or 1 to 2."""
    if MISSING in (low, high):
        return MISSING
    return f"{low} {'a' if lang == 'es' else 'to'} {high}"


def listing(lang: Lang, parts: list[str]) -> str:
    """Join words as a sentence does: a, b y c, or a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    last = parts[-1]
    word = "and" if lang == "en" else "e" if _sounds_like_i(last) else "y"
    return f"{', '.join(parts[:-1])} {word} {last}"


def d3_locale(lang: Lang) -> dict[str, Any]:
    """Return d3's number locale, so that the axes of charts write as the text does."""
    decimal, thousands = (",", ".") if lang == "es" else (".", ",")
    return {
        "decimal": decimal,
        "thousands": thousands,
        "grouping": [3],
        "currency": ["", ""],
        "percent": percent_sign(lang),
        "minus": MINUS,
    }


def _sign(value: float, signed: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""


def _sounds_like_i(word: str) -> bool:
    lower = word.lower()
    return lower.startswith(("i", "hi")) and not lower.startswith(("hie", "hia", "io"))
