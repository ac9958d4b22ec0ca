"""Date formats that a source may declare: parts in a fixed order, nothing to guess.

Besides ``iso`` (2024-05-01, also with a time of day) and ``iso_offset`` (2024-05-01T10:00:00Z or
with +02:00) a format is written with the codes of ``FIELDS``. Rules that are choices:

- %y, a year of two digits, is 1969 to 1999 from 69 on and 2000 to 2068 below (as POSIX has it);
- %z and a final Z are turned into the source's time zone; without them a time is taken as told;
- fractions of a second (%f, and in iso) are read and cut off;
- %b is a month's name, whole or short, in English or Spanish, in any case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MONTHS = (
    "jan(?:uary)?|ene(?:ro)?",
    "feb(?:ruary|rero)?",
    "mar(?:ch|zo)?",
    "apr(?:il)?|abr(?:il)?",
    "may(?:o)?",
    "june?|junio",
    "july?|julio",
    "aug(?:ust)?|ago(?:sto)?",
    "sept?(?:ember)?|sep?tiembre",
    "oct(?:ober|ubre)?",
    "nov(?:ember|iembre)?",
    "dec(?:ember)?|dic(?:iembre)?",
)
"""Names of the twelve months as patterns, lower case; no name of one begins another."""

FIELDS = {
    "Y": ("year", "(?:19|20)[0-9]{2}"),
    "y": ("short_year", "[0-9]{2}"),
    "m": ("month", "(?:0?[1-9]|1[0-2])"),
    "b": ("month", rf"(?:(?i:{'|'.join(MONTHS)})\.?)"),
    "d": ("day", "(?:0?[1-9]|[12][0-9]|3[01])"),
    "H": ("hour", "(?:[01]?[0-9]|2[0-3])"),
    "I": ("half_hour", "(?:0?[1-9]|1[0-2])"),
    "M": ("minute", "[0-5][0-9]"),
    "S": ("second", "[0-5][0-9]"),
    "f": ("fraction", "[0-9]{1,9}"),
    "p": ("meridiem", r"(?:[AaPp]\.?\s?[Mm]\.?)"),
    "z": ("offset", "(?:[Zz]|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)"),
}
WIDTHS = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2}
"""Signs of the parts of a format without signs between them, such as %Y%m%d."""

NAMED = ("iso", "iso_offset")


@dataclass(frozen=True)
class DateFormat:
    """A pattern that a date must match, and which of its numbers is what, in order.

    ``places`` (first sign and length of each field) is given where no sign parts the numbers.
    """

    pattern: str
    fields: tuple[str, ...]
    places: tuple[tuple[int, int], ...] = ()
    has_names: bool = False

    @property
    def has_offset(self) -> bool:
        """Whether a value says how far its clock is from UTC."""
        return "offset" in self.fields

    @property
    def has_meridiem(self) -> bool:
        """Whether a value says a.m. or p.m."""
        return "meridiem" in self.fields


def check_format(text: str) -> str:
    """Say what is wrong with a declared format; empty when it can be used."""
    if text in NAMED:
        return ""
    codes = re.findall("%(.)", text)
    if text.count("%") != len(codes):
        return "ends with % and no letter after it"
    unknown = [code for code in codes if code not in FIELDS]
    if unknown:
        return f"has %{unknown[0]}; known are {', '.join('%' + code for code in FIELDS)}"
    names = [FIELDS[code][0].removeprefix("short_").removeprefix("half_") for code in codes]
    if len(set(names)) != len(names):
        return "names a part twice"
    if not {"year", "month", "day"} <= set(names):
        return "does not have all of %Y (or %y), %m (or %b) and %d"
    if ("I" in codes) != ("p" in codes):
        return "has one of %I and %p, which need each other"
    if "z" in codes and (not {"hour", "minute"} <= set(names) or not text.endswith("%z")):
        return "has %z, which needs a time of day and stands at the end"
    if re.search("[0-9]", re.sub("%.", "", text)):
        return "has digits of its own, which would be taken for parts of the date"
    if _is_compact(text) and not set(codes) - {"z"} <= set(WIDTHS):
        return "has parts without a sign between them"
    return ""


def compiled(declared: tuple[str, ...]) -> tuple[DateFormat, ...]:
    """Turn declared formats, in their order, into patterns."""
    return tuple(
        _iso(text) if text in NAMED else _compiled(text) for text in dict.fromkeys(declared)
    )


def _is_compact(text: str) -> bool:
    return re.search("%.%", text.removesuffix("%z")) is not None


def _iso(name: str) -> DateFormat:
    """2024-05-01, also followed by a time of day; with an offset only where one is declared."""
    year, month, day, hour, minute, second = (FIELDS[code][1] for code in "YmdHMS")
    clock = rf"[ T]{hour}:{minute}(?::{second}(?:[.,][0-9]{{1,9}})?)?"
    fields = tuple(FIELDS[code][0] for code in "YmdHMS")
    if name == "iso":
        return DateFormat(f"^{year}-{month}-{day}(?:{clock})?$", fields)
    return DateFormat(f"^{year}-{month}-{day}{clock} ?{FIELDS['z'][1]}$", (*fields, "offset"))


def _compiled(text: str) -> DateFormat:
    is_compact = _is_compact(text)
    fields, places = [], []
    pattern = ""
    at = 0
    for literal, code in re.findall("([^%]*)(?:%(.))?", text):
        pattern += re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", literal)
        at += len(literal)
        if code:
            name, expression = FIELDS[code]
            fields.append(name)
            is_placed = is_compact and code != "z"
            pattern += f"[0-9]{{{WIDTHS[code]}}}" if is_placed and code != "Y" else expression
            if is_placed:
                places.append((at, WIDTHS[code]))
                at += WIDTHS[code]
    return DateFormat(f"^{pattern}$", tuple(fields), tuple(places), "%b" in text)
