"""What columns say about each other: the order of dates in a file, ids that files share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nexo.privacy import redact
from nexo.sources.draft.days import turned
from nexo.sources.draft.guess import Column, Guess
from nexo.sources.draft.hints import HINTS
from nexo.sources.draft.looks import look
from nexo.sources.draft.profile import Profiled
from nexo.sources.draft.words import plain

SHARED = 0.2
"""Share of the ids of one file that another must hold too, for the two to be joined by them."""


def look_at(file: Profiled, label: str) -> Guess:
    """Look at each column of a file."""
    names = [column.name.casefold() for column in file.columns]
    columns = tuple(
        Column(one, look(one), is_usable=_is_usable(one.name, names)) for one in file.columns
    )
    return Guess(file, label, _settled_orders(columns))


def _is_usable(name: str, names: Sequence[str]) -> bool:
    """True if a YAML can name the column: once in the file, and nothing personal in it."""
    return bool(name) and names.count(name.casefold()) == 1 and redact(name) == name


def _settled_orders(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Let dates that show their order settle those of the same file that do not."""
    dated = [c.look.dates for c in columns if c.look.dates is not None]
    settled = {text for days in dated if days.is_settled for text in days.formats}
    days_first = any(text.startswith("%d") for text in settled)
    months_first = any(text.startswith("%m") for text in settled)
    if days_first == months_first:
        return columns
    wanted = "%d" if days_first else "%m"
    return tuple(_following(column, wanted) for column in columns)


def _following(column: Column, wanted: str) -> Column:
    days = column.look.dates
    if days is None or days.is_settled:
        return column
    order = days if days.formats[0].startswith(wanted) else turned(days)
    seen = replace(
        column.look,
        dates=replace(order, doubt="", is_settled=True),
        doubt="day and month as in the other dates of the file",
        evidence=column.look.evidence.replace(days.formats[0], order.formats[0]),
    )
    return replace(column, look=seen)


def joined(guesses: Sequence[Guess]) -> list[Guess]:
    """Mark the id columns whose values other files hold too: there the files join."""
    made = []
    for guess in guesses:
        columns = []
        for column in guess.columns:
            others = (other for other in guesses if other is not guess)
            shared = (
                tuple(o.label for o in others if _is_shared(column, o)) if _has_ids(column) else ()
            )
            columns.append(replace(column, shared=shared))
        made.append(replace(guess, columns=tuple(columns)))
    return made


def _has_ids(column: Column) -> bool:
    """True for columns whose values may tell customers apart: many, and no amounts or dates."""
    is_id = column.look.kind in ("id", "integer", "text", "label", "personal")
    n = len(column.profile.counts)
    return is_id and n >= 5 and (column.look.kind != "integer" or n > 20 or column.look.is_unique)


def _is_shared(column: Column, other: Guess) -> bool:
    mine = {normal(value) for value in column.profile.counts}
    for theirs in other.columns:
        if _has_ids(theirs) and _are_alike(column, theirs):
            held = {normal(value) for value in theirs.profile.counts}
            if len(mine & held) >= SHARED * min(len(mine), len(held)):
                return True
    return False


def _are_alike(one: Column, other: Column) -> bool:
    """Small whole numbers agree by chance: their columns must be called alike, or as customers."""
    if one.look.kind != "integer" or other.look.kind != "integer":
        return True
    pattern = HINTS["survey"]["customer_id"][0]
    names = plain(one.profile.name), plain(other.profile.name)
    return names[0] == names[1] or all(re.fullmatch(pattern, name) for name in names)


def normal(value: str) -> str:
    """An id without the differences that an id rule can bridge."""
    return value.strip().lower().lstrip("0") or "0"
