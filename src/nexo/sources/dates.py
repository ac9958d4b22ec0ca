"""Date formats that a source may declare: numbers in a fixed order, nothing to guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

FIELDS = {
    "Y": ("year", "(?:19|20)[0-9]{2}"),
    "m": ("month", "(?:0?[1-9]|1[0-2])"),
    "d": ("day", "(?:0?[1-9]|[12][0-9]|3[01])"),
    "H": ("hour", "(?:[01]?[0-9]|2[0-3])"),
    "M": ("minute", "[0-5][0-9]"),
    "S": ("second", "[0-5][0-9]"),
}


@dataclass(frozen=True)
class DateFormat:
    """A pattern that a date must match, and which of its numbers is what, in order."""

    pattern: str
    fields: tuple[str, ...]


def check_format(text: str) -> str:
    """Say what is wrong with a declared format; empty when it can be used."""
    if text == "iso":
        return ""
    codes = re.findall("%(.)", text)
    if "y" in codes:
        return "has a year of two digits (%y), whose century would be guessed"
    unknown = [code for code in codes if code not in FIELDS]
    if unknown:
        return f"has %{unknown[0]}; known are {', '.join('%' + code for code in FIELDS)}"
    if len(set(codes)) != len(codes):
        return "names a part twice"
    if not {"Y", "m", "d"} <= set(codes):
        return "does not have all of %Y, %m and %d"
    if re.search(r"%.%", text):
        return "has parts without a sign between them"
    return ""


def compiled(declared: tuple[str, ...]) -> tuple[DateFormat, ...]:
    """Turn declared formats, in their order, into patterns."""
    return tuple(_iso() if text == "iso" else _compiled(text) for text in dict.fromkeys(declared))


def _iso() -> DateFormat:
    """2024-05-01, also followed by a time of day; a value with an offset does not match."""
    year, month, day, hour, minute, second = (FIELDS[code][1] for code in "YmdHMS")
    pattern = f"^{year}-{month}-{day}(?:[ T]{hour}:{minute}(?::{second})?)?$"
    return DateFormat(pattern, tuple(name for name, _ in FIELDS.values()))


def _compiled(text: str) -> DateFormat:
    fields = []
    pattern = ""
    for literal, code in re.findall("([^%]*)(?:%(.))?", text):
        pattern += "".join(s if s.isalnum() or s == " " else f"\\{s}" for s in literal)
        if code:
            name, expression = FIELDS[code]
            fields.append(name)
            pattern += expression
    return DateFormat(f"^{pattern}$", tuple(fields))
