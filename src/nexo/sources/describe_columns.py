"""Checks how a source makes one canonical column, against what the dictionary says of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from nexo.base.errors import Problem
from nexo.contract import Column, Dictionary
from nexo.sources.column_rule import ColumnRule
from nexo.sources.dates import check_format
from nexo.sources.schema import Source


def wrong_rule(place: str, name: str, column: Column, rule: ColumnRule) -> Iterable[Problem]:
    """Yield what cannot work in the rule of one column: formats, scales, labels, constants."""

    def wrong(what: str, cure: str) -> Problem:
        return Problem(what, cure, file=place, column=name)

    if column.type in ("date", "datetime"):
        for text in rule.dates:
            reason = check_format(text)
            if reason:
                yield wrong(
                    f"the date format {text!r} {reason}", "Write it as iso or like %d/%m/%Y"
                )
    if name == "ces_score" and rule.scale is None:
        yield wrong(
            "the scale of CES is not declared",
            "Add scale: {low: 1, high: 7, direction: high_is_good} (high_is_good: 7 is easy)",
        )
    if (
        rule.scale
        and rule.map is None
        and (rule.scale.low, rule.scale.high) != (column.low, column.high)
    ):
        yield wrong(
            f"was asked from {rule.scale.low} to {rule.scale.high}, but the canonical scale "
            f"is {column.low:g} to {column.high:g}"
            if column.low is not None
            else "has no scale in the dictionary",
            "Nothing is rescaled in silence: map it code by code (map: {...}), or leave "
            "it out and list it under left_out",
        )
    if rule.multiply is not None and column.type not in ("integer", "number"):
        yield wrong(f"multiply does not apply to the type {column.type}", "Take it out")
    if rule.count is not None and column.type not in ("integer", "number"):
        yield wrong(f"count does not apply to the type {column.type}", "Take it out")
    if column.type == "id" and rule.constant is not None:
        yield wrong("an id cannot be a constant", "Name the column of the file that holds it")
    if rule.row_number and (column.type != "id" or not column.is_key or column.refers_to):
        yield wrong("row_number is for the id of the table's own records", "Name a column instead")
    told = {"the mapping leads to": set((rule.map or {}).values()), "the constant is": set()}
    told["the constant is"] |= set() if rule.constant is None else {rule.constant}
    for what, values in told.items():
        for value in sorted(values):
            cure = _cure(value, column)
            if cure:
                yield wrong(f"{what} {value[:100]!r}, which is not allowed", cure)


def _cure(value: str, column: Column) -> str:
    """What to write instead of a value that its column cannot hold; empty when it can."""
    if column.allowed and value not in column.allowed:
        return f"Allowed: {', '.join(column.allowed)}"
    if column.type == "boolean" and value.lower() not in ("true", "false", "1", "0"):
        return "Allowed: true, false"
    is_whole = re.fullmatch(r"[+-]?[0-9]{1,15}(\.0+)?", value) is not None
    if column.type == "integer" and not is_whole:
        return "Write a whole number"
    low, high = (-math.inf if column.low is None else column.low), column.high
    if column.type == "integer" and not low <= float(value) <= (math.inf if high is None else high):
        return f"The canonical scale is {column.low:g} to {high:g}" if high else f"From {low:g}"
    return ""


def ids_used_twice(
    place: str, rules: dict[str, ColumnRule], columns: dict[str, Column]
) -> Iterable[Problem]:
    """A column of the file is hashed or it is not: it cannot be an id here and a label there."""
    uses: dict[str, set[tuple[Any, ...]]] = {}
    for name, rule in rules.items():
        if rule.source is not None and rule.count is None and name in columns:
            column = columns[name]
            is_id = column.type == "id"
            use = (is_id, column.refers_to if is_id else None, rule.prefix if is_id else "")
            uses.setdefault(rule.source[0].strip().casefold(), set()).add(use)
    for source_name, found in uses.items():
        if len(found) > 1:
            yield Problem(
                "is used as an id and as something else, or as ids by different rules",
                "Ids become pseudonyms: use the column for one of them",
                file=place,
                column=source_name,
            )


def prefixes_alike(source: Source, dictionary: Dictionary) -> Iterable[Problem]:
    """Of prefixes A and A1 the ids 12 and 2 would make one customer: A12."""
    uses: dict[str, set[str]] = {}
    for name, table in source.tables.items():
        columns = dictionary.tables[name].columns if name in dictionary.tables else {}
        for entry in range(len(table.files)):
            for column, rule in table.rules(entry).items():
                if rule.prefix and column in columns:
                    whose = columns[column].refers_to or f"{name}.{column}"
                    uses.setdefault(whose, set()).add(rule.prefix)
    for whose, prefixes in uses.items():
        for first in sorted(prefixes):
            longer = [p for p in sorted(prefixes) if p != first and p.startswith(first)]
            if longer:
                yield Problem(
                    f"the prefix {first!r} begins another, {longer[0]!r}, so that different ids "
                    "may become one",
                    "End each with a sign that no id has, such as north- and north1-",
                    column=whose,
                )
