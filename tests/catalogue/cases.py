"""What a case of the catalogue is, and the real path it takes: YAML, files, extract, clean."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from nexo import quarantine
from nexo.base.config import Clean, load_params
from nexo.base.errors import NexoError
from nexo.clean import Cleaned, check_counts, clean_sales, clean_survey, stage_on
from nexo.contract import Dictionary
from nexo.privacy import pseudonym
from nexo.sources import load_source
from nexo.sources.extract import extract
from support import sources

Content = str | bytes | Callable[[Path], object]
"""What a file holds: text (written as UTF-8), bytes, or a function that writes it."""

Shelved = tuple[int | None, str, str, str, str]
"""A line of the quarantine: row, column, value, reason, action. "@7" is the pseudonym of 7."""


@dataclass(frozen=True)
class Case:
    """One input that is malformed, or legal and hard, and what must become of it.

    Either ``says`` holds the lines of the one message that must be shown, or ``values`` the
    canonical columns ("survey.nps_score") in the order of the file, and ``shelved`` the whole
    quarantine.
    """

    name: str
    files: dict[str, Content]
    source: dict[str, Any] | str = field(default_factory=sources.survey_source)
    says: tuple[str, ...] = ()
    values: dict[str, list[Any]] = field(default_factory=dict)
    shelved: tuple[Shelved, ...] = ()
    any_order: bool = False
    """Rows of several files come in no order before they are written."""


def parametrized(cases: list[Case]) -> Any:
    """Decorate a test to run once for each case, under its name."""
    return pytest.mark.parametrize("case", [pytest.param(c, id=c.name) for c in cases])


def with_rule(column: str, rule: Any, source: dict[str, Any] | None = None) -> dict[str, Any]:
    """The small survey source, or ``source``, with one survey column by ``rule``."""
    changed = copy.deepcopy(source or sources.survey_source())
    changed["tables"]["survey"]["files"][0]["columns"][column] = rule
    return changed


def with_file(source: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The small survey source, or ``source``, with keys of its survey's file changed."""
    changed = copy.deepcopy(source or sources.survey_source())
    changed["tables"]["survey"]["files"][0].update(changes)
    return changed


def answers(*rows: str) -> dict[str, Content]:
    """answers.csv of the small survey source: its header and these rows."""
    return {"answers.csv": "\n".join(["id,date,nps,comment", *rows, ""])}


@cache
def dictionary() -> Dictionary:
    """The committed dictionary, read once."""
    return sources.dictionary()


@cache
def params() -> Clean:
    """The committed parameters of cleaning."""
    return load_params(Clean, sources.ROOT / "params.yaml")


def write(folder: Path, files: dict[str, Content]) -> None:
    """Write the files of a case."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if callable(content):
            content(place)
        else:
            place.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def take(case: Case, folder: Path) -> tuple[Cleaned, ...]:
    """Take a case through the real path; whatever comes out adds up to what was read."""
    yaml_file = folder / "small.yaml"
    text = case.source
    if not isinstance(text, str):
        text = yaml.safe_dump(text, allow_unicode=True, sort_keys=False)
    yaml_file.write_text(text, encoding="utf-8")
    write(folder / "inbox", case.files)
    raw = folder / "raw"
    raw.mkdir()
    source = load_source("small", dictionary(), yaml_file)
    extract(source, dictionary(), folder / "inbox", sources.KEY, raw)
    with stage_on(source, dictionary(), params(), raw) as stage:
        cleaned = (*clean_survey(stage), *clean_sales(stage))
    check_counts(cleaned, 1.0)
    return tuple(sources.in_file_order(part, source, raw) for part in cleaned)


def hold(case: Case, folder: Path) -> None:
    """Take a case and hold what comes out against what it expects."""
    if case.says:
        with pytest.raises(NexoError) as caught:
            take(case, folder)
        for line in case.says:
            assert line.replace("{folder}", str(folder)) in str(caught.value)
        return
    cleaned = {part.table: part for part in take(case, folder)}
    for place, expected in case.values.items():
        table, column = place.split(".")
        expected = [_told(value) for value in expected]
        found = cleaned[table].rows[column].to_pylist()
        ordered = sorted if case.any_order else list
        assert ordered(found) == ordered(expected), place
    shelved = [
        (cell["row"], cell["column"], cell["value"], cell["reason"], cell["action"])
        for part in cleaned.values()
        for cell in quarantine.ordered(part.quarantine).to_pylist()
    ]
    assert shelved == [
        (row, column, _told(value), *why) for row, column, value, *why in case.shelved
    ]


def _told(value: Any) -> Any:
    """ "@7" stands for the pseudonym of 7."""
    is_id = isinstance(value, str) and value.startswith("@") and len(value) > 1
    return pseudonym(value[1:], sources.KEY) if is_id else value


@dataclass(frozen=True)
class Cell:
    """One cell of one column: what is written, what it means, why it does not fit."""

    written: str
    value: Any = None
    reason: str = ""
    shown: str | None = None
    """The value in quarantine, where it is not what was written."""


def hold_cells(
    folder: Path, column: str, rule: Any, cells: list[Cell], source: dict[str, Any] | None = None
) -> None:
    """Write the cells under each other in one file and hold each against what it expects.

    A cell that does not fit is set missing and stands in quarantine with its own row.
    """
    rows = "".join(f'{row},2024-05-01,"{cell.written.replace(chr(34), chr(34) * 2)}"\n'
                   for row, cell in enumerate(cells, start=2))  # fmt: skip
    source = with_rule(column, rule, source)
    described = source["tables"]["survey"]["files"][0]["columns"]
    for name in ("nps_score", "comment"):
        if name != column:
            described.pop(name, None)
    if column == "answered_at":
        rows = rows.replace(",2024-05-01,", ",,")
    case = Case("cells", {"answers.csv": "id,date,x\n" + rows}, source)
    (survey,) = take(case, folder)
    assert survey.rows[column].to_pylist() == [cell.value for cell in cells]
    expected = [
        (row, column, cell.written.strip() if cell.shown is None else cell.shown, cell.reason)
        for row, cell in enumerate(cells, start=2)
        if cell.reason
    ]
    assert [
        (q["row"], q["column"], q["value"], q["reason"])
        for q in quarantine.ordered(survey.quarantine).to_pylist()
    ] == expected
