"""Numbers of an unknown column: which sign parts decimals, which thousands, which currency."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}
CODES = ("EUR", "USD", "GBP", "MXN", "COP", "CLP", "ARS", "PEN", "CHF", "BRL", "CAD", "AUD", "JPY")
STYLES: tuple[tuple[str, str | None], ...] = (
    (".", None),
    (",", None),
    (".", ","),
    (",", "."),
    (",", " "),
    (".", " "),
)
"""Decimal and thousands sign, in the order in which they are tried."""
NEGATIVES = {
    "parentheses": re.compile(r"\(\s*(\d[^()]*?)\s*\)"),
    "trailing": re.compile(r"(\d[^-]*?)\s*-"),
}
"""Where a minus stands, when not in front."""
ENOUGH = 0.97
"""Share of cells that must fit: a few dirty ones must not hide what a column is."""


@dataclass(frozen=True)
class Style:
    """How numbers are written, and what is doubtful about it."""

    decimal: str
    thousands: str | None
    share: float
    doubt: str = ""
    negative: str = "leading"


def currency_of(text: str) -> str:
    """The currency that a value or a column name shows; empty when none."""
    for sign, code in SIGNS.items():
        if sign in text:
            return code
    words = re.findall(r"[A-Za-z]+", text.upper())
    return next((code for code in CODES if code in words), "")


def affix(counts: Counter[str]) -> str:
    """The sign of currency or share that nearly all values carry, such as $ or %."""
    for sign in (*SIGNS, "%", "US$", *CODES):
        carrying = sum(n for value, n in counts.items() if sign in value)
        if carrying >= 0.5 * counts.total():
            return sign
    return ""


def number_style(counts: Counter[str]) -> Style | None:
    """Return the signs by which most values are numbers; None when they are not."""
    for negative, pattern in NEGATIVES.items():
        if any(pattern.fullmatch(value) for value in counts):
            turned = Counter[str]()
            for value, n in counts.items():
                found = pattern.fullmatch(value)
                turned["-" + found[1] if found else value] += n
            style = _leading(turned)
            return style and replace(style, negative=negative)
    return _leading(counts)


def _leading(counts: Counter[str]) -> Style | None:
    best: Style | None = None
    for decimal, thousands in STYLES:
        pattern = _pattern(decimal, thousands)
        fitting = sum(n for value, n in counts.items() if pattern.fullmatch(value))
        share = fitting / counts.total()
        if share > (best.share if best else ENOUGH - 1e-9):
            best = Style(decimal, thousands, share)
    return best and _settled(best, counts)


def _pattern(decimal: str, thousands: str | None) -> re.Pattern[str]:
    whole = r"\d{1,15}"
    if thousands is not None:
        whole = rf"(?:\d{{1,15}}|[1-9]\d{{0,2}}(?:[{thousands}]\d{{3}}){{1,4}})"
    return re.compile(rf"[+-]?{whole}(?:[{decimal}]\d{{1,15}})?")


def _settled(style: Style, counts: Counter[str]) -> Style:
    """Doubt a sign that always stands before three digits: 1.234 may be a thousand and more."""
    sign = style.decimal
    parted = [value for value in counts if sign in value]
    if style.thousands is not None or not parted:
        return style
    if not all(re.fullmatch(rf"[+-]?[1-9]\d{{0,2}}[{sign}]\d{{3}}", value) for value in parted):
        return style
    other = "," if sign == "." else "."
    doubt = f"three digits follow each {sign!r}: taken for thousands; or is it the decimal sign?"
    return Style(other, sign, style.share, doubt, style.negative)
