"""Corrections as data: data/sources/<name>.corrections.yaml, one entry a cell, with its reason.

An entry names its cell as the quarantine prints it, by file and row, or without a row every cell
of the column that holds the text. Ids are named by their pseudonyms: an original id has no place
in a file that is committed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from nexo.base import paths
from nexo.base.errors import Problem, SourceError, report_problems
from nexo.base.strict_yaml import Frozen, read_yaml
from nexo.contract import Dictionary
from nexo.privacy import PSEUDONYM_DIGITS, redact_value
from nexo.sources.column_rule import Name, Text
from nexo.sources.explain import near
from nexo.sources.schema import Source

MOST = 300
"""Entries of one file; an export with more faults than this wants to be made again."""


class Correction(Frozen):
    """One thing wrong in the company's files, and what is right."""

    table: Name
    column: Name
    file: Name | None = None
    row: int | None = Field(default=None, ge=1)
    wrong: Text = Field(alias="from")
    to: Text
    reason: Name
    status: Literal["accepted", "proposed", "withdrawn"]
    who: Text = ""
    date: dt.date | None = None

    @model_validator(mode="after")
    def _addressed(self) -> Self:
        if self.row is not None and self.file is None:
            raise ValueError("a row needs its file: write both as the quarantine prints them")
        if not self.wrong.strip() and self.row is None:
            raise ValueError("an empty cell is corrected by its file and row, never everywhere")
        if self.wrong.strip() == self.to.strip():
            raise ValueError("from and to are equal")
        return self

    @property
    def is_accepted(self) -> bool:
        """Whether it is applied; a proposed one is only listed, a withdrawn one kept as memory."""
        return self.status == "accepted"

    def place(self) -> str:
        """The cell in words."""
        row = "" if self.row is None else f", row {self.row}"
        return f"{self.table}.{self.column}" + (f" ({self.file}{row})" if self.file else "")


class Corrections(Frozen):
    """The whole file: a list, empty where nothing is corrected."""

    corrections: tuple[Correction, ...] = Field(max_length=MOST)


def load_corrections(
    name: str, source: Source, dictionary: Dictionary, file: Path | None = None
) -> tuple[Correction, ...]:
    """Read the corrections of a source and hold them against it; withdrawn ones are left out.

    A missing file is an empty list (``require_corrections`` is for those who want it there).
    Raises SourceError that lists every problem with its cure.
    """
    file = file or paths.corrections_file(name)
    if not file.is_file():
        return ()
    raw = read_yaml(file, SourceError)
    try:
        entries = Corrections.model_validate(raw).corrections
    except ValidationError as wrong:
        lines = [f"- {_explain(problem)}" for problem in wrong.errors()]
        raise SourceError(f"{file.name} cannot be used as it is:\n" + "\n".join(lines)) from None
    problems = [*_wrong_entries(entries, source, dictionary), *_twice(entries)]
    if problems:
        raise SourceError(f"{file.name} cannot be used as it is:\n" + report_problems(problems))
    return tuple(entry for entry in entries if entry.status != "withdrawn")


def require_corrections(name: str) -> None:
    """Raise SourceError when the file is not there: the pipeline follows its content."""
    file = paths.corrections_file(name)
    if not file.is_file():
        raise SourceError(
            f"{file} is not there. The pipeline follows it beside the source, so that a correction "
            "reruns the cleaning. Create it; without corrections it holds one line: corrections: []"
        )


def _explain(problem: Any) -> str:
    place = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        model = Corrections if len(problem["loc"]) == 1 else Correction
        allowed = sorted(f.alias or n for n, f in model.model_fields.items())
        hint = near(str(problem["loc"][-1]), allowed)
        return f"{place} is not a known key. {hint}Allowed: {', '.join(allowed)}."
    if problem["type"] == "missing":
        return f"{place} is missing. Add it; data/README.md shows an example."
    return f"{place}: {problem['msg'].removeprefix('Value error, ')}."


def _wrong_entries(
    entries: Iterable[Correction], source: Source, dictionary: Dictionary
) -> Iterable[Problem]:
    for number, entry in enumerate(entries):
        place = f"corrections.{number}"
        if entry.table not in source.tables:
            cure = f"{near(entry.table, source.tables)}Tables: {', '.join(source.tables)}"
            yield Problem("is no table of this source", cure, file=place, value=entry.table)
            continue
        rules = source.tables[entry.table]
        given = [
            name
            for name in sorted(rules.given())
            if any(
                name in rules.rules(at) and rules.rules(at)[name].source is not None
                for at in range(len(rules.files))
            )
        ]
        if entry.column not in given:
            cure = f"{near(entry.column, given)}Columns: {', '.join(given)}"
            what = "is no column that the files of this table give"
            yield Problem(what, cure, file=place, value=entry.column)
        elif dictionary.table(entry.table).columns[entry.column].type == "id" and not all(
            re.fullmatch(f"[0-9a-f]{{{PSEUDONYM_DIGITS}}}", text) or not text
            for text in (entry.wrong, entry.to)
        ):
            what = "ids are corrected by their pseudonyms, as the quarantine prints them"
            cure = "Replace the original id: it must not be stored"
            yield Problem(what, cure, file=place, column=entry.column)


def _twice(entries: Iterable[Correction]) -> Iterable[Problem]:
    """One cell with two accepted corrections: nobody said which is right."""
    seen: dict[tuple[Any, ...], int] = {}
    for number, entry in enumerate(entries):
        if not entry.is_accepted:
            continue
        cell = (entry.table, entry.column, entry.file, entry.row, entry.wrong.strip())
        first = seen.setdefault(cell, number)
        if first != number:
            what = f"corrects the same cells as corrections.{first}"
            cure = "Keep one of them"
            yield Problem(what, cure, file=f"corrections.{number}", value=redact_value(entry.wrong))
