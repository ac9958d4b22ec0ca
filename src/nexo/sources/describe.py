"""Reads a source YAML and checks it against the dictionary before any data is read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from nexo.base import paths
from nexo.base.errors import Problem, SourceError, report_problems
from nexo.base.strict_yaml import read_yaml
from nexo.contract import Column, Dictionary
from nexo.sources.describe_columns import ids_used_twice, prefixes_alike, wrong_rule
from nexo.sources.explain import explain, near
from nexo.sources.schema import FileRule, Source, TableRule

NEEDED = {
    "landmark": ("survey", "customers"),
    "snapshot": ("snapshot",),
    "survey_only": ("survey",),
}
REFUSED = {"landmark": ("snapshot",), "snapshot": ("survey", "customers", "orders")}
EXPORT = ("encoding", "delimiter", "header_row", "sheet")
KEYS = {
    "csv": ("encoding", "delimiter", "header_row"),
    "excel": ("header_row", "sheet"),
    "parquet": (),
    "sav": ("encoding", "values"),
    "qualtrics": EXPORT,
    "surveymonkey": EXPORT,
}
"""How a file of each format may be described, of the keys that not every format has."""


def load_source(name: str, dictionary: Dictionary, file: Path | None = None) -> Source:
    """Read data/sources/<name>.yaml and hold it against the dictionary.

    Raises SourceError that lists every problem with its place in the YAML and its cure.
    """
    file = file or paths.source_file(name)
    raw = read_yaml(file, SourceError)
    try:
        source = Source.model_validate(raw)
    except ValidationError as wrong:
        lines = [f"- {explain(problem)}" for problem in wrong.errors()]
        raise SourceError(f"{file.name} cannot be used as it is:\n" + "\n".join(lines)) from None
    problems = list(_problems(source, dictionary))
    if problems:
        raise SourceError(f"{file.name} cannot be used as it is:\n" + report_problems(problems))
    return source


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
    yield from prefixes_alike(source, dictionary)


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
        for described in (file, *file.join):
            yield from _wrong_file(f"tables.{name}.files[{entry}] ({described.glob})", described)
        yield from _given_twice(place, file)
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
                yield from wrong_rule(place, column, columns[column], rule)
                if rule.thousands and rule.thousands == (rule.decimal or file.decimal):
                    yield Problem(
                        "the thousands sign equals the decimal sign",
                        "Declare decimal and thousands as the file writes them",
                        file=place,
                        column=column,
                        value=rule.thousands,
                    )
        yield from _missing_columns(source, name, place, set(rules), columns)
        yield from ids_used_twice(place, rules, columns)
    by = table.duplicates.by
    if by is not None and by not in table.given():
        yield Problem(
            "duplicates are decided by a column that the table does not give",
            f"{near(by, table.given())}Given: {', '.join(sorted(table.given()))}",
            file=f"tables.{name}.duplicates",
            column=by,
        )


def _wrong_file(place: str, file: FileRule) -> Iterable[Problem]:
    """Keys that mean nothing for the file's format: they would be ignored in silence."""
    allowed = KEYS.get(file.format)
    told = {key for keys in KEYS.values() for key in keys} & file.model_fields_set
    if allowed is not None:
        for key in sorted(told - set(allowed)):
            yield Problem(f"{key} means nothing for the format {file.format}", "Take it out", place)
    for column, rule in file.columns.items():
        if rule.values is not None and file.format != "sav":
            yield Problem(
                f"values is for SPSS files, not for the format {file.format}",
                "Take it out",
                file=place,
                column=column,
            )


def _given_twice(place: str, file: FileRule) -> Iterable[Problem]:
    """A column is the file's own or that of one joined file."""
    seen = set(file.columns)
    for other in file.join:
        for column in sorted(seen & set(other.columns)):
            yield Problem(
                "is given by two of the joined files",
                "Keep it under the columns of one of them",
                file=place,
                column=column,
            )
        seen |= set(other.columns)


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
