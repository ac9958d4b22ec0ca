"""Dates and times: matched with the declared formats, checked against the calendar, then cast."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

import narwhals as nw

from nexo.clean.steps import CAST, NOTE, TOLD, UNFIT, Step, coded, only
from nexo.clean.zones import DAY, odd_clocks, zone_offset
from nexo.engine import day_number
from nexo.sources.dates import MONTHS, DateFormat

PARTS = ("year", "month", "day", "hour", "minute", "second")
OFFSET_AT_END = "(?:[Zz]|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})$"


@dataclass(frozen=True)
class Clock:
    """Where the source's clocks stand, and until which year changes of them matter."""

    zone: str = "UTC"
    last_year: int = 2050


def date_steps(
    name: str,
    formats: tuple[DateFormat, ...],
    *,
    is_day: bool,
    refuses_ambiguous: bool,
    clock: Clock,
) -> list[Step]:
    """Return the steps that cast a date (``is_day``) or a date with its time of day.

    Of several formats the first that matches and is a real day counts. Where two match with
    different days ("3/4/2024") the text is refused, unless the source says that the order of
    its formats decides.
    """
    ats = [f"{name}__{index}" for index in range(len(formats))]
    each = [_format_steps(at, name, f, is_day, clock) for at, f in zip(ats, formats, strict=True)]
    steps = [
        {key: made for part in level for key, made in part.items()}
        for level in zip_longest(*each, fillvalue={})
    ]
    isos = [nw.col(f"{at}__iso") for at in ats]
    least, greatest = nw.min_horizontal(*isos), nw.max_horizontal(*isos)
    is_ambiguous = least != greatest if refuses_ambiguous and len(isos) > 1 else None
    iso = nw.coalesce(*isos) if is_ambiguous is None else only(nw.coalesce(*isos), ~is_ambiguous)
    text = nw.col(f"{name}__iso")
    value = text.cast(nw.Date if is_day else nw.Datetime("us"))
    is_unfit = ~nw.col(name + TOLD).is_null() & nw.col(name + CAST).is_null()
    reason = nw.lit("not_a_date")
    if is_ambiguous is not None:
        reason = coded(is_ambiguous, "ambiguous_date", reason)
    notes = [nw.col(f"{at}{NOTE}") for at in ats]
    return [
        *steps,
        {f"{name}__iso": iso},
        {name + CAST: value, name + NOTE: only(nw.coalesce(*notes), ~text.is_null())},
        {name + UNFIT: only(reason, is_unfit)},
    ]


def _format_steps(at: str, name: str, known: DateFormat, is_day: bool, clock: Clock) -> list[Step]:
    """Match one format, take its numbers, and rebuild ISO text if the calendar has that day."""
    matched, told = nw.col(f"{at}__matched"), nw.col(name + TOLD)
    bare = matched.str.replace_all(OFFSET_AT_END, "") if known.has_offset else matched
    if known.has_names:
        bare = bare.str.to_lowercase()
        for number, names in enumerate(MONTHS, start=1):
            bare = bare.str.replace_all(rf"(?:{names})\.?", f"-{number:02d}-")
    # Parts that the format does not have, or the value leaves out, are midnight's zeros.
    digits = nw.col(_core(at, known)).str.replace_all("[^0-9]+", "-").str.strip_chars("-")
    padded = nw.concat_str([digits, nw.lit("-00-00-00-00-00")])
    part = {f"{at}__{field}": _part(at, known, field) for field in PARTS}
    day = nw.concat_str([nw.col(f"{at}__{f}") for f in ("year", "month", "day")], separator="-")
    time = nw.concat_str(
        [nw.col(f"{at}__{f}") for f in ("hour", "minute", "second")], separator=":"
    )
    text = day if is_day else nw.concat_str([day, time], separator=" ")
    return [
        {f"{at}__matched": only(told, told.str.contains(known.pattern))},
        *([{_core(at, known): bare}] if _core(at, known) != f"{at}__matched" else ()),
        {f"{at}__parts": padded.str.split("-")},
        part,
        {f"{at}__text": text},
        {f"{at}__iso": only(nw.col(f"{at}__text"), _is_real_day(at))},
        *(_offset_steps(at, is_day, clock) if known.has_offset else ()),
        {at + NOTE: _note(at, name, known, is_day, clock)},
    ]


def _core(at: str, known: DateFormat) -> str:
    """The column that holds the date's digits: as matched, unless a name or offset is in it."""
    return f"{at}__core" if known.has_names or known.has_offset else f"{at}__matched"


def _part(at: str, known: DateFormat, field: str) -> nw.Expr:
    """One number of a matched text, as text of its full width."""

    def taken(name: str) -> nw.Expr:
        numbered = [f for f in known.fields if f not in ("offset", "meridiem")]
        place = numbered.index(name) if name in numbered else len(numbered)
        if known.places and place < len(numbered):
            start, length = known.places[place]
            return nw.col(_core(at, known)).str.slice(start, length)
        return nw.col(f"{at}__parts").list.get(place).str.zfill(2)

    if known.places and field not in known.fields and f"short_{field}" not in known.fields:
        return only(nw.lit("00"), ~nw.col(_core(at, known)).is_null())
    if field == "year" and "short_year" in known.fields:
        short = taken("short_year")
        century = nw.when(short >= "69").then(nw.lit("19")).otherwise(nw.lit("20"))
        return nw.concat_str([century, short])
    if field == "hour" and known.has_meridiem:
        is_afternoon = nw.col(f"{at}__matched").str.contains(r"[Pp]\.?\s?[Mm]")
        half = taken("half_hour").cast(nw.Int64) % 12
        return (
            (half + nw.when(is_afternoon).then(nw.lit(12)).otherwise(nw.lit(0)))
            .cast(nw.String)
            .str.zfill(2)
        )
    return taken(field)


def _is_real_day(at: str) -> nw.Expr:
    year, month, day = (
        nw.col(f"{at}__{field}").cast(nw.Int64) for field in ("year", "month", "day")
    )
    is_leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    february = nw.when(is_leap).then(nw.lit(29)).otherwise(nw.lit(28))
    others = nw.when(month.is_in((4, 6, 9, 11))).then(nw.lit(30)).otherwise(nw.lit(31))
    last_day = nw.when(month == 2).then(february).otherwise(others)
    hour, minute, second = (
        nw.col(f"{at}__{field}").cast(nw.Int64) for field in ("hour", "minute", "second")
    )
    is_clock = (hour <= 23) & (minute <= 59) & (second <= 59)
    return (month >= 1) & (month <= 12) & (day >= 1) & (day <= last_day) & is_clock


def _offset_steps(at: str, is_day: bool, clock: Clock) -> list[Step]:
    """Turn a time with its offset into the source's own time zone."""
    matched, date, local = (nw.col(f"{at}__{name}") for name in ("matched", "date", "local"))
    hour, minute = (nw.col(f"{at}__{field}").cast(nw.Int64) for field in ("hour", "minute"))
    has_colon, has_four = (
        matched.str.contains(p) for p in ("[+-][0-9]{2}:[0-9]{2}$", "[+-][0-9]{4}$")
    )
    with_colon = nw.concat_str([matched.str.tail(6).str.slice(0, 3), matched.str.tail(2)])
    hours_only = nw.concat_str([matched.str.tail(3), nw.lit("00")])
    signed = nw.when(has_four).then(matched.str.tail(5)).otherwise(hours_only)
    signed = nw.when(has_colon).then(with_colon).otherwise(signed)
    is_utc = matched.str.contains("[Zz]$")
    shift = nw.col(f"{at}__shift")
    size = shift.str.slice(1, 2).cast(nw.Int64) * 60 + shift.str.slice(3, 2).cast(nw.Int64)
    told_offset = nw.when(shift.str.starts_with("-")).then(-size).otherwise(size)
    utc = nw.col(f"{at}__utc")
    moved = date
    for days in (-2, -1, 1, 2):
        there = date.dt.offset_by(f"{days}d").cast(nw.Date)
        moved = nw.when(nw.col(f"{at}__moved") == days).then(there).otherwise(moved)
    parts = [(local % DAY) // 60, local % 60]
    shown = [part.cast(nw.Int64).cast(nw.String).str.zfill(2) for part in parts]
    time = nw.concat_str([*shown, nw.col(f"{at}__second")], separator=":")
    day = moved.cast(nw.String)
    return [
        {
            f"{at}__date": nw.col(f"{at}__iso").str.slice(0, 10).cast(nw.Date),
            f"{at}__shift": nw.when(is_utc).then(nw.lit("+0000")).otherwise(signed),
        },
        {f"{at}__utc": day_number(f"{at}__date") * DAY + hour * 60 + minute - told_offset},
        {f"{at}__local": utc + zone_offset(utc, clock.zone, clock.last_year)},
        {f"{at}__moved": local // DAY - day_number(f"{at}__date")},
        {f"{at}__iso": day if is_day else nw.concat_str([day, time], separator=" ")},
    ]


def _note(at: str, name: str, known: DateFormat, is_day: bool, clock: Clock) -> nw.Expr:
    """Name a local time that its zone skipped or had twice; it is kept as told."""
    iso = nw.col(f"{at}__iso")
    nothing = only(iso, iso != iso)
    has_clock = {"hour", "half_hour"} & set(known.fields)
    if is_day or known.has_offset or not has_clock:
        return nothing
    block = iso.str.slice(0, 15)
    note = nothing
    codes = ("clock_skipped", "clock_repeated")
    for times, code in zip(odd_clocks(clock.zone, clock.last_year), codes, strict=True):
        if times:
            note = coded(block.is_in(sorted(times)), code, note)
    if not known.pattern.endswith("?$"):
        return note
    # ISO text may leave the time of day out: it then stands for the day, not for midnight.
    return only(note, nw.col(name + TOLD).str.contains(":", literal=True))
