"""Finds the files and columns that a source names, and says clearly what is not there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from nexo.base.errors import Problem, SourceError, report_problems
from nexo.privacy import redact
from nexo.sources.explain import near
from nexo.sources.names import LONGEST_NAME, Places, raw_names
from nexo.sources.readers import Header, read_columns
from nexo.sources.schema import ColumnRule, FileRule, JoinRule, Source, TableRule


@dataclass(frozen=True)
class FoundFile:
    """One file of one table: ``entry`` is its place in the YAML's list of files.

    ``columns`` gives for each column of the raw table its position in the file; ``counted``
    the positions that a count is made of; ``filters`` the labels that a record must have;
    ``key`` where the key of a joined file is. ``left_out`` are the columns of the file that
    the YAML does not use.
    """

    table: str
    entry: int
    path: Path
    name: str
    rule: FileRule
    header: Header
    columns: dict[str, int]
    left_out: tuple[str, ...]
    counted: dict[str, tuple[int, ...]] = field(default_factory=dict)
    filters: dict[int, tuple[str, ...]] = field(default_factory=dict)
    key: tuple[int, ...] = ()
    partners: tuple[Partner, ...] = ()


@dataclass(frozen=True)
class Partner:
    """The files joined to a file by one entry of ``join``; ``key`` is where theirs is in it."""

    rule: JoinRule
    files: tuple[FoundFile, ...]
    key: tuple[int, ...]


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
        seen: set[str] = set()
        for entry, rule in enumerate(table.files):
            searched = _Search(data_dir, name, table, entry, problems)
            for file in searched.files(rule, table.own_rules(entry)):
                if file.name in seen:
                    problems.append(
                        Problem(
                            "is named by two entries of one table, so its rows would count twice",
                            "Narrow one of the globs",
                            file=file.name,
                            column=f"tables.{name}",
                        )
                    )
                seen.add(file.name)
                found.append(replace(file, partners=searched.partners(file)))
    if problems:
        raise SourceError(
            "The files are not what the source YAML says:\n" + report_problems(problems)
        )
    return tuple(found)


@dataclass(frozen=True)
class _Search:
    """Looks for the files of one entry; what is wrong goes to ``problems``."""

    data_dir: Path
    table: str
    rules: TableRule
    entry: int
    problems: list[Problem]

    def files(self, rule: FileRule, columns: dict[str, ColumnRule]) -> list[FoundFile]:
        matches, missing = _matches(self.data_dir, rule, self.table)
        self.problems.extend(missing)
        return [self._file(path, rule, columns) for path in matches]

    def partners(self, file: FoundFile) -> tuple[Partner, ...]:
        found = []
        taken = set(file.columns) | set(file.counted)
        for rule in file.rule.join:
            own = self.rules.rules(self.entry)
            files = self.files(rule, {name: own[name] for name in rule.columns})
            places = Places(file.name, file.header)
            key = places.found(tuple(rule.key), "the key of join", self.problems)
            for clash in sorted(taken & {name for f in files for name in f.columns}):
                what = "is used from two joined files under one name"
                cure = "Rename the column in one of the files"
                self.problems.append(Problem(what, cure, file=rule.glob, column=clash))
            taken |= {name for f in files for name in f.columns}
            found.append(Partner(rule, tuple(files), key))
        return tuple(found)

    def _file(self, path: Path, rule: FileRule, rules: dict[str, ColumnRule]) -> FoundFile:
        is_inside = path.is_absolute()  # a table of a server is nowhere
        label = path.relative_to(self.data_dir.resolve()).as_posix() if is_inside else str(path)
        header = read_columns(path, rule)
        places = Places(label, header)
        names = raw_names(self.rules, self.entry)
        columns: dict[str, int] = {}
        counted: dict[str, tuple[int, ...]] = {}
        for canonical, of in rules.items():
            if of.count is not None:
                at = places.found(of.source or (), canonical, self.problems)
                counted[names[canonical]] = at
            elif of.source is not None:
                place = places.one_of(of.source, canonical, self.problems)
                if place is not None and columns.setdefault(names[canonical], place) != place:
                    what, cure = (
                        "two used columns differ only in capitals",
                        "Rename one in the file",
                    )
                    self.problems.append(Problem(what, cure, label, column=names[canonical]))
        key = rule.key.values() if isinstance(rule, JoinRule) else ()
        at_key = places.found(tuple(key), "the key of join", self.problems)
        at_filter = places.found(tuple(rule.where), "where", self.problems)
        filters = dict(zip(at_filter, rule.where.values(), strict=False))
        keys = places.positions(name for other in rule.join for name in other.key)
        used = {*columns.values(), *at_key, *filters, *keys}.union(*counted.values())
        left_out = tuple(
            redact(name)[:LONGEST_NAME] for i, name in enumerate(header.names) if i not in used
        )
        return FoundFile(
            self.table, self.entry, path, label, rule, header, columns, left_out, counted,
            filters, at_key,
        )  # fmt: skip


def _matches(data_dir: Path, rule: FileRule, table: str) -> tuple[list[Path], list[Problem]]:
    inside = data_dir.resolve()
    place = f"tables.{table}"
    if rule.format == "postgresql":
        return [Path(rule.glob)], []
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
    except (ValueError, IndexError, NotImplementedError, OSError, RuntimeError) as problem:
        # such as **x, which pathlib refuses, a name too long, a link to itself
        why = getattr(problem, "strerror", None) or problem
        what = f"is no pattern of file names ({why})"
        cure = "Write it like answers_*.csv or **/*.csv"
        return [], [Problem(what, cure, column=place, value=rule.glob[:LONGEST_NAME])]
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
