"""Headers of several rows: exports of Qualtrics and SurveyMonkey as they are downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nexo.base.errors import SourceError
from nexo.privacy import redact

LONGEST = 3
"""Rows of the longest header known."""
BETWEEN = " | "
"""Stands between question and option in the name of a SurveyMonkey column."""


@dataclass(frozen=True)
class Header:
    """Column names of a file and the record number of its first record (the header being 1).

    ``also`` gives a second name to a column, empty where it has none.
    """

    names: tuple[str, ...]
    first_row: int
    also: tuple[str, ...] = ()


def shaped(file: str, format_name: str, header_row: int, rows: Sequence[Sequence[str]]) -> Header:
    """Read the header of a file from its rows, of which the first is row ``header_row``.

    Raises SourceError when the rows are not those of the declared format.
    """
    first = tuple(rows[0]) if rows else ()
    if format_name == "qualtrics":
        return _qualtrics(file, header_row, first, rows[1:])
    if format_name == "surveymonkey":
        return _surveymonkey(file, header_row, first, rows[1:])
    if len(rows) > LONGEST - 1 and _is_import_row(rows[2]):
        raise SourceError(
            f"{file}, row {header_row + 2}: holds the ImportIds of Qualtrics. Write format: "
            "qualtrics in the source YAML, or they would be read as an answer."
        )
    return Header(first, header_row + 1)


def _qualtrics(
    file: str, header_row: int, names: tuple[str, ...], below: Sequence[Sequence[str]]
) -> Header:
    """Three rows (name, question, ImportId), or the older two (V1 or Q1, then its meaning)."""
    questions = tuple(below[0]) if below else ()
    if len(below) > 1 and _is_import_row(below[1]):
        return Header(names, header_row + 3, questions)
    plain = {question.strip().lower() for question in questions}
    if {"responseid", "responseset"} <= plain:
        return Header(names, header_row + 2, questions)
    raise SourceError(
        f"{file}: is not as Qualtrics exports it: row {header_row + 2} has no ImportId, and row "
        f"{header_row + 1} no ResponseID and ResponseSet, as the older export has. Correct format "
        "or header_row in the source YAML, or export the file again."
    )


def _is_import_row(row: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    return bool(filled) and all(cell.startswith(('{"ImportId"', "{'ImportId'")) for cell in filled)


def _surveymonkey(
    file: str, header_row: int, questions: tuple[str, ...], below: Sequence[Sequence[str]]
) -> Header:
    """Two rows: the question over the first of its columns, and the option of each column.

    A column is called ``question | option``; one that is all of its question, by that too.
    """
    options = tuple(below[0]) if below else ()
    is_header = any(option.strip() for option in options) and not options[0].strip()
    if not is_header or not questions[0].strip():
        shown = redact(options[0].strip())[:40] if options else ""
        raise SourceError(
            f"{file}, row {header_row + 1}: is not the row of options that SurveyMonkey exports: "
            f"it begins with {shown!r} where the respondent's number has none. Correct format or "
            "header_row in the source YAML, or export the file with its two header rows."
        )
    options += ("",) * (len(questions) - len(options))
    names, asked, question = [], [], ""
    for index, option in enumerate(options):
        own = questions[index].strip() if index < len(questions) else ""
        question = own or question
        asked.append(question)
        names.append(BETWEEN.join(part for part in (question, option.strip()) if part))
    also = tuple(own if asked.count(own) == 1 else "" for own in asked)
    return Header(tuple(names), header_row + 2, also)
