"""Guarded casts: a value must match its type's pattern first; only then is it cast.

Engines guess: CAST('8.6' AS INT) is 9 in one and 8 in another, '0x10' may be 16, an offset of
time may be dropped. So each cast here sees null wherever the pattern does not match, and the
same Narwhals expression runs on DuckDB and on Spark.

A cast is a list of steps, each a set of columns made from those of the step before: nested in
one expression the same text would be taken apart again wherever it is used, thousands of times
for a date. See ``nexo.clean.steps`` for the names under which a column travels.
"""

from __future__ import annotations

from typing import Literal

import narwhals as nw

from nexo.clean.moments import Clock, date_steps
from nexo.clean.numbers import (
    integer_steps,
    minor_digits,
    money_steps,
    number_steps,
    plain_steps,
    undressed_step,
)
from nexo.clean.steps import CAST, NOTE, TOLD, UNFIT, Step, coded, only, take
from nexo.contract import Kind
from nexo.privacy import REDACTED
from nexo.sources.dates import compiled

__all__ = [
    "BLANKS", "CAST", "NOTE", "TOLD", "UNFIT", "Clock", "Step", "cast_steps", "minor_digits",
    "only", "stripped", "take",
]  # fmt: skip

BLANKS = " \t\n\r\x0b\x0c\u00a0\u200b\ufeff"

Negative = Literal["leading", "trailing", "parentheses"]


def stripped(column: str) -> nw.Expr:
    """The text of a cell without blanks around it; a blank cell is null."""
    # Most cells have none, and to look is seven times faster than to strip.
    found = nw.col(column)
    is_bare = found.str.contains("^[!-~](?:[ -~]*[!-~])?$")
    text = nw.when(is_bare).then(found).otherwise(found.str.strip_chars(BLANKS))
    return only(text, text != "")


def cast_steps(
    name: str,
    kind: Kind,
    *,
    decimal: str = ".",
    thousands: str | None = None,
    negative: Negative = "leading",
    dates: tuple[str, ...] = ("iso",),
    ambiguous_dates: Literal["refuse", "first"] = "refuse",
    clock: Clock | None = None,
    minor_digits: int = 2,
    currency: str = "",
) -> list[Step]:
    """Return the steps that cast column ``name``; ids, text and labels stay text.

    ``minor_digits`` and ``currency`` matter to money; ``clock`` (where the source's clocks
    stand) to times with an offset, and to times that the zone skipped or had twice.
    """
    if kind in ("date", "datetime"):
        return date_steps(
            name,
            compiled(dates),
            is_day=kind == "date",
            refuses_ambiguous=ambiguous_dates == "refuse",
            clock=clock or Clock(),
        )
    if kind == "boolean":
        return _boolean_steps(name)
    if kind not in ("integer", "number", "money_cents"):
        told = nw.col(name + TOLD)
        if kind == "label":
            is_mark = told.str.contains(REDACTED)
            return [{name + CAST: only(told, ~is_mark), name + UNFIT: coded(is_mark, "redacted")}]
        return [{name + CAST: told, name + UNFIT: only(told, told.is_null())}]
    plain = plain_steps(name, decimal, thousands, negative)
    if kind == "money_cents":
        dressed = [undressed_step(name, currency)] if currency else []
        return [*dressed, *plain, *money_steps(name, minor_digits)]
    return plain + (integer_steps(name) if kind == "integer" else number_steps(name))


def _boolean_steps(name: str) -> list[Step]:
    is_true, is_false = (
        nw.col(name + TOLD).str.to_lowercase().is_in(words)
        for words in (("true", "1"), ("false", "0"))
    )
    value = nw.when(is_true).then(nw.lit(True)).otherwise(only(nw.lit(False), is_false))
    is_unfit = ~nw.col(name + TOLD).is_null() & nw.col(name + CAST).is_null()
    return [{name + CAST: value}, {name + UNFIT: coded(is_unfit, "not_a_boolean")}]
