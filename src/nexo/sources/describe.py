"""Reads a source YAML and checks it against the dictionary before any data is read."""

from __future__ import annotations

import math
import re
import reprlib
import types
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Union, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ValidationError

from nexo import paths
from nexo.config import read_yaml
from nexo.contract import Column, Dictionary
from nexo.errors import Problem, SourceError, report_problems
from nexo.sources.dates import check_format
from nexo.sources.schema import ColumnRule, Source, TableRule

NEEDED = {
    "landmark": ("survey", "customers"),
    "snapshot": ("snapshot",),
    "survey_only": ("survey",),
}
REFUSED = {"landmark": ("snapshot",), "snapshot": ("survey", "customers", "orders")}
NOT_YET = ("sav", "qualtrics", "surveymonkey")


def load_source(name: str, dictionary: Dictionary, file: Path | None = None) -> Source:
    """Read data/sources/<name>.yaml and hold it against the dictionary.

    Raises SourceError that lists every problem with its place in the YAML and its cure.
    """
    file = file or paths.source_file(name)
    raw = read_yaml(file, SourceError)
    try:
        source = Source.model_validate(raw)
    except ValidationError as wrong:
        lines = [f"- {_explain(problem)}" for problem in wrong.errors()]
        raise SourceError(f"{file.name} cannot be used as it is:\n" + "\n".join(lines)) from None
    problems = list(_problems(source, dictionary))
    if problems:
        raise SourceError(f"{file.name} cannot be used as it is:\n" + report_problems(problems))
    return source


def near(word: str, known: Iterable[str]) -> str:
    """Return "Did you mean ...? " for a misspelt word, or nothing."""
    names = list(known)
    close = get_close_matches(word, names, n=1) or [n for n in names if n.startswith(word)]
    return f"Did you mean {close[0]!r}? " if close else ""


def _shown(value: Any) -> str:
    """A value as a message shows it: short, however much a YAML's anchors multiply it."""
    short = reprlib.Repr()
    short.maxlevel, short.maxstring, short.maxother, short.maxlong = 3, 100, 100, 100
    return short.repr(value)


def _explain(problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"] if part != "[key]")
    if problem["type"] == "extra_forbidden":
        allowed = _allowed_keys(problem["loc"][:-1])
        hint = near(str(problem["loc"][-1]), allowed)
        return f"{place} is not a known key. {hint}Allowed: {', '.join(allowed)}."
    if problem["type"] == "missing":
        return f"{place} is missing. Add it; data/README.md shows an example."
    rule = problem["msg"].removeprefix("Value error, ")
    return f"{place} = {_shown(problem['input'])}: {rule}."


def _allowed_keys(location: tuple[Any, ...]) -> list[str]:
    """Follow the place of a problem through the models to the keys allowed there."""
    kind: Any = Source
    for part in location:
        kind = _inner(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            kind = fields[part].annotation if part in fields else None
        else:  # a name within a mapping, or a number within a list
            kind = get_args(kind)[0 if get_origin(kind) is tuple else 1]
    kind = _inner(kind)
    return sorted(field.alias or name for name, field in kind.model_fields.items())


def _inner(kind: Any) -> Any:
    """Look through ``X | None``."""
    if get_origin(kind) in (Union, types.UnionType):
        return next(part for part in get_args(kind) if part is not types.NoneType)
    return kind


def _problems(source: Source, dictionary: Dictionary) -> Iterable[Problem]:
    yield from _wrong_tables(source, dictionary)
    try:
        ZoneInfo(source.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem(
            "is no known time zone",
            "Write one like Europe/Madrid",
            column="timezone",
            value=source.timezone,
        )
    for name, table in source.tables.items():
        if name in dictionary.tables:
            yield from _wrong_table(source, name, table, dictionary)


def _wrong_tables(source: Source, dictionary: Dictionary) -> Iterable[Problem]:
    known = [name for name in dictionary.tables if name not in ("quarantine", "panel", "results")]
    for name in source.tables:
        if name not in known:
            yield Problem(
                "is no canonical table",
                f"{near(name, known)}Known: {', '.join(known)}",
                file=f"tables.{name}",
            )
    for name in NEEDED[source.kind]:
        if name not in source.tables:
            yield Problem(
                f"a source of kind {source.kind} needs the table {name!r}",
                "Describe it, or choose another kind (landmark, snapshot, survey_only)",
            )
    for name in REFUSED.get(source.kind, ()):
        if name in source.tables:
            yield Problem(
                f"a source of kind {source.kind} cannot have the table {name!r}",
                "Choose another kind, or leave the table out",
                file=f"tables.{name}",
            )


def _wrong_table(
    source: Source, name: str, table: TableRule, dictionary: Dictionary
) -> Iterable[Problem]:
    columns = dictionary.table(name).columns
    if not table.files:
        yield Problem("has no files", "Name at least one file", file=f"tables.{name}.files")
    for entry, file in enumerate(table.files):
        place = f"tables.{name}.files[{entry}] ({file.glob})"
        if file.format in NOT_YET:
            yield Problem(
                f"the format {file.format} is not supported yet",
                "Save the file as csv, excel or parquet",
                file=place,
            )
        rules = table.rules(entry)
        for column, rule in rules.items():
            if column not in columns:
                yield Problem(
                    "is no canonical column of this table",
                    f"{near(column, columns)}Known: {', '.join(columns)}",
                    file=place,
                    column=column,
                )
            else:
                yield from _wrong_rule(place, column, columns[column], rule)
        yield from _missing_columns(source, name, place, set(rules), columns)
        yield from _ids_used_twice(place, rules, columns)
    by = table.duplicates.by
    if by is not None and by not in table.given():
        yield Problem(
            "duplicates are decided by a column that the table does not give",
            f"{near(by, table.given())}Given: {', '.join(sorted(table.given()))}",
            file=f"tables.{name}.duplicates",
            column=by,
        )


def _missing_columns(
    source: Source, name: str, place: str, given: set[str], columns: dict[str, Column]
) -> Iterable[Problem]:
    needed = {column for column, rule in columns.items() if rule.is_required}
    if name == "survey" and source.kind == "landmark":
        needed |= {"customer_id"}
    if name == "survey":
        needed |= {"answered_at"}
    for column in sorted(needed - given):
        yield Problem(
            "is required in this table and not described",
            "Say which column of the file it comes from",
            file=place,
            column=column,
        )


def _wrong_rule(place: str, name: str, column: Column, rule: ColumnRule) -> Iterable[Problem]:
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
    if column.type == "id" and rule.constant is not None:
        yield wrong("an id cannot be a constant", "Name the column of the file that holds it")
    told = {"the mapping leads to": set((rule.map or {}).values()), "the constant is": set()}
    told["the constant is"] |= set() if rule.constant is None else {rule.constant}
    for what, values in told.items():
        for value in sorted(values):
            cure = _cure(value, column)
            if cure:
                yield wrong(f"{what} {value[:100]!r}, which is not allowed", cure)
    if rule.thousands and rule.thousands == rule.decimal:
        yield wrong("the thousands sign equals the decimal sign", "Correct one of them")


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


def _ids_used_twice(
    place: str, rules: dict[str, ColumnRule], columns: dict[str, Column]
) -> Iterable[Problem]:
    """A column of the file is hashed or it is not: it cannot be an id here and a label there."""
    uses: dict[str, set[tuple[Any, ...]]] = {}
    for name, rule in rules.items():
        if rule.source is not None and name in columns:
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
