"""Finds the files and columns that a source names, and says clearly what is not there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nexo.errors import Problem, SourceError, report_problems
from nexo.privacy import redact
from nexo.sources.describe import near
from nexo.sources.readers import read_header
from nexo.sources.schema import ColumnRule, FileRule, Source, TableRule

LONGEST_NAME = 80
"""Characters of a column name that a message shows."""


@dataclass(frozen=True)
class FoundFile:
    """One file of one table: ``entry`` is its place in the YAML's list of files.

    ``columns`` gives for each column of the raw table its position in the file;
    ``left_out`` are the columns of the file that the YAML does not use.
    """

    table: str
    entry: int
    path: Path
    name: str
    header: tuple[str, ...]
    columns: dict[str, int]
    left_out: tuple[str, ...]


def tidy(name: str) -> str:
    """A column name as compared: no blanks around, single blanks within, one Unicode form."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", name.replace("\ufeff", ""))).strip()


def raw_names(table: TableRule, entry: int) -> dict[str, str]:
    """Map canonical columns of one file entry to the columns of the raw table.

    A raw column is called as the YAML first writes it: files of one table that spell a name
    differently (blanks, capitals) share one column, since engines do not tell them apart.
    """
    spelled: dict[str, str] = {}
    for index in range(len(table.files)):
        for rule in table.rules(index).values():
            if rule.source is not None:
                name = tidy(rule.source[0])
                spelled.setdefault(name.casefold(), name)
    return {
        canonical: spelled[tidy(rule.source[0]).casefold()]
        for canonical, rule in table.rules(entry).items()
        if rule.source is not None
    }


def find_files(source: Source, data_dir: Path) -> tuple[FoundFile, ...]:
    """Locate every file of every table and the columns within.

    Raises SourceError listing each missing file (with the files there) and each missing
    column (with the near match and the columns there) at once.
    """
    if not data_dir.is_dir():
        raise SourceError(
            f"The data folder {data_dir} is not there. Set common.data_dir in params.yaml "
            "to the folder of your files."
        )
    found: list[FoundFile] = []
    problems: list[Problem] = []
    for name, table in source.tables.items():
        seen: dict[str, int] = {}
        for entry, rule in enumerate(table.files):
            matches, missing = _matches(data_dir, rule, name)
            problems += missing
            for path in matches:
                label = path.relative_to(data_dir.resolve()).as_posix()
                if label in seen:
                    problems.append(
                        Problem(
                            "is named by two entries of one table, so its rows would count twice",
                            "Narrow one of the globs",
                            file=label,
                            column=f"tables.{name}",
                        )
                    )
                seen[label] = entry
                header = read_header(path, rule)
                columns, wrong = _find_columns(label, header, table, entry)
                problems += wrong
                used = set(columns.values())
                left_out = tuple(redact(h) for i, h in enumerate(header) if i not in used)
                found.append(FoundFile(name, entry, path, label, header, columns, left_out))
    if problems:
        raise SourceError(
            "The files are not what the source YAML says:\n" + report_problems(problems)
        )
    return tuple(found)


def _matches(data_dir: Path, rule: FileRule, table: str) -> tuple[list[Path], list[Problem]]:
    inside = data_dir.resolve()
    place = f"tables.{table}"
    if Path(rule.glob).is_absolute() or ".." in Path(rule.glob).parts:
        return [], [
            Problem(
                "leads out of the data folder",
                "Name files within common.data_dir",
                column=place,
                value=rule.glob,
            )
        ]
    try:
        matches = sorted(path.resolve() for path in inside.glob(rule.glob) if path.is_file())
    except ValueError as problem:  # such as **x, which pathlib refuses
        what = f"is no pattern of file names ({problem})"
        cure = "Write it like answers_*.csv or **/*.csv"
        return [], [Problem(what, cure, column=place, value=rule.glob)]
    escaped = [path for path in matches if not path.is_relative_to(inside)]
    if escaped:
        return [], [
            Problem(
                "is a link out of the data folder",
                "Copy the file into it",
                column=place,
                value=rule.glob,
            )
        ]
    if matches:
        return matches, []
    there = sorted(p.relative_to(inside).as_posix() for p in inside.rglob("*") if p.is_file())
    listing = ", ".join(there[:20]) or "none"
    return [], [
        Problem(
            f"no such file in {data_dir}",
            f"{near(rule.glob, there)}Files there: {listing}. Put the file there, or "
            "correct glob in the source YAML",
            column=place,
            value=rule.glob,
        )
    ]


def _find_columns(
    label: str, header: tuple[str, ...], table: TableRule, entry: int
) -> tuple[dict[str, int], list[Problem]]:
    positions: dict[str, list[int]] = {}
    for index, name in enumerate(header):
        positions.setdefault(tidy(name), []).append(index)
    names = raw_names(table, entry)
    columns: dict[str, int] = {}
    problems: list[Problem] = []
    for canonical, rule in table.rules(entry).items():
        if rule.source is None:
            continue
        wanted = [tidy(name) for name in rule.source if tidy(name) in positions]
        if not wanted:
            problems.append(_no_column(label, canonical, rule, positions))
        elif len(positions[wanted[0]]) > 1:
            problems.append(
                Problem(
                    f"the file has {len(positions[wanted[0]])} columns of this name",
                    "Rename one in the file",
                    file=label,
                    column=wanted[0],
                )
            )
        else:
            raw = names[canonical]
            index = positions[wanted[0]][0]
            if columns.setdefault(raw, index) != index:
                problems.append(
                    Problem(
                        "two used columns differ only in capitals",
                        "Rename one in the file",
                        file=label,
                        column=raw,
                    )
                )
    return columns, problems


def _no_column(label: str, canonical: str, rule: ColumnRule, there: Iterable[str]) -> Problem:
    wanted = rule.source or ()
    names = [redact(name)[:LONGEST_NAME] for name in there]  # without a header it is a record
    cure = f"{near(wanted[0], names)}Columns there: {', '.join(names)}"
    signs = [sign for sign in ";,\t|" if len(names) == 1 and sign in names[0]]
    if signs:
        cure += f". Or is the delimiter {signs[0]!r}?"
    what = f"the file has no such column (wanted for {canonical})"
    return Problem(what, cure, file=label, column=" or ".join(wanted))
