"""Column names as people write them: compared, found in a header, or said to be missing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from nexo.base.errors import Problem
from nexo.privacy import redact
from nexo.sources.explain import near
from nexo.sources.exports import Header
from nexo.sources.schema import ColumnRule, TableRule

LONGEST_NAME = 80
"""Characters of a column name that a message shows."""
MOST_NAMES = 60
OWN = ("_file", "_row", "_key")
"""Columns that extraction adds; a file's own column of that name is called otherwise."""


def tidy(name: str) -> str:
    """A column name as compared: no blanks around, single blanks within, one Unicode form."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", name.replace("\ufeff", ""))).strip()


def visible(name: str) -> str:
    """A name in which signs that do not show, or turn the text around, are written out."""
    return name if name.isprintable() else repr(name)[1:-1]


class Places:
    """Where the columns of one file are, by their names and by their second names."""

    def __init__(self, label: str, header: Header) -> None:
        self.label = label
        self.names = header.names
        self.first: dict[str, list[int]] = {}
        self.second: dict[str, list[int]] = {}
        for names, places in ((header.names, self.first), (header.also, self.second)):
            for index, name in enumerate(names):
                if tidy(name):
                    places.setdefault(tidy(name), []).append(index)

    def _at(self, name: str) -> list[int]:
        return self.first.get(tidy(name)) or self.second.get(tidy(name), [])

    def positions(self, names: Iterable[str]) -> set[int]:
        """Positions of the names that are there."""
        return {at for name in names for at in self._at(name)}

    def one_of(
        self, names: tuple[str, ...], wanted_for: str, problems: list[Problem]
    ) -> int | None:
        """The position of the first of several spellings that is there, once."""
        there = [name for name in names if self._at(name)]
        if not there:
            problems.append(_no_column(self.label, wanted_for, names, self.names))
            return None
        at = self._at(there[0])
        if len(at) == 1:
            return at[0]
        what = f"the file has {len(at)} columns of this name"
        column = redact(tidy(there[0]))[:LONGEST_NAME]
        problems.append(Problem(what, "Rename one in the file", self.label, column=column))
        return None

    def found(
        self, names: tuple[str, ...], wanted_for: str, problems: list[Problem]
    ) -> tuple[int, ...]:
        """The positions of columns that must all be there."""
        places = [self.one_of((name,), wanted_for, problems) for name in names]
        return tuple(at for at in places if at is not None)


def _no_column(
    label: str, wanted_for: str, wanted: tuple[str, ...], there: Iterable[str]
) -> Problem:
    """Say what is there instead; without a header that is a record, so it is redacted."""
    told = [name for name in there if tidy(name)]
    names = [visible(redact(tidy(name))[:LONGEST_NAME]) for name in told]
    shown = ", ".join(names[:MOST_NAMES])
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    sign = next((sign for sign in ";,\t|" if len(told) == 1 and sign in told[0]), "")
    if told and told[0].lower().startswith("sep="):
        cure = "The first line only names the delimiter: write header_row: 2 in the source YAML"
    elif sign:
        cure = f"Columns there: {shown}. Or is the delimiter {sign!r}?"
    else:
        cure = f"{near(wanted[0], names)}Columns there: {shown}{more}"
    what = f"the file has no such column (wanted for {wanted_for})"
    return Problem(what, cure, file=label, column=" or ".join(wanted))


def raw_names(table: TableRule, entry: int) -> dict[str, str]:
    """Map canonical columns of one file entry to the columns of the raw table.

    A raw column is called as the YAML first writes it: files of one table that spell a name
    differently (blanks, capitals) share one column, since engines do not tell them apart.
    """
    spelled: dict[str, str] = {}
    for index in range(len(table.files)):
        for canonical, rule in table.rules(index).items():
            if rule.source is not None:
                name = _first_name(canonical, rule)
                spelled.setdefault(name.casefold(), name)
    return {
        canonical: spelled[_first_name(canonical, rule).casefold()]
        for canonical, rule in table.rules(entry).items()
        if rule.source is not None
    }


def _first_name(canonical: str, rule: ColumnRule) -> str:
    if rule.count is not None:
        return f"{canonical} (counted)"
    name = visible(tidy(rule.source[0])) if rule.source else ""
    return f"{name} (column)" if name.casefold() in OWN else name
