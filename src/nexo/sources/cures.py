"""What every cell becomes at the door: ids are hashed, free text and odd cells are redacted."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from nexo import privacy
from nexo.contract import Column, Dictionary
from nexo.errors import SourceError
from nexo.sources.dates import compiled
from nexo.sources.files import FoundFile
from nexo.sources.names import raw_names
from nexo.sources.schema import ColumnRule, Source

Cure = Callable[[str], str | None]
"""What a cell becomes on its way in."""

SHORTENED = re.compile(r"[0-9][.,][0-9]+[eE]\+[0-9]{2,3}")
"""1,23457E+11: the digits after the sixth are gone. "4e10" may be somebody's id, and stays one."""


def cures_of(
    source: Source, dictionary: Dictionary, file: FoundFile, key: bytes
) -> dict[str, Cure]:
    """Choose for each raw column of a file: pseudonym, full redaction, or redaction of a cell.

    Free text is stricter than any cell; of a column with two meanings the cells that fit one
    of them stay. An id is never also something else.
    """
    columns = dictionary.table(file.table).columns
    rules = source.tables[file.table].rules(file.entry)
    found: dict[str, Cure] = {}
    looks: dict[str, list[re.Pattern[str]]] = {}
    known: dict[str, set[str]] = {}
    for canonical, raw in raw_names(source.tables[file.table], file.entry).items():
        column, rule = columns[canonical], rules[canonical]
        looks.setdefault(raw, []).extend(_looks(column, rule))
        known.setdefault(raw, set()).update(rule.map or (), source.missing_codes(rule))
        if column.type == "id":
            found[raw] = _id_cure(source, column, rule, key, f"{file.name}, column {raw!r}")
        elif column.type == "text":
            found[raw] = privacy.redact
        else:
            cell = partial(privacy.redact_cell, looks=looks[raw], known=known[raw])
            found.setdefault(raw, cell)
    return found


def _looks(column: Column, rule: ColumnRule) -> list[re.Pattern[str]]:
    """What a cell of this column may look like: its type's looks, and the declared dates."""
    looks = list(privacy.LOOKS.get(column.type, ()))
    if column.type in ("date", "datetime"):
        looks += [re.compile(known.pattern) for known in compiled(rule.dates)]
    return looks


def _id_cure(source: Source, column: Column, rule: ColumnRule, key: bytes, place: str) -> Cure:
    id_rule = source.id_rule if column.refers_to else privacy.IdRule()
    missing = source.missing_codes(rule)
    return partial(_hashed, rule=id_rule, missing=missing, prefix=rule.prefix, key=key, place=place)


def _hashed(
    text: str,
    *,
    rule: privacy.IdRule,
    missing: tuple[str, ...],
    prefix: str,
    key: bytes,
    place: str,
) -> str | None:
    """A pseudonym; declared missing codes stay, for cleaning to count; blanks become null.

    Raises SourceError for an id that a spreadsheet has cut short: several would become one.
    """
    if text.strip() in missing:
        return text.strip()
    if SHORTENED.fullmatch(text.strip()):
        raise SourceError(
            f"{place}, value {text.strip()!r}: a spreadsheet has cut this id short, so that "
            "several customers or records would become one. Format the column as text where the "
            "ids come from, and export it again."
        )
    normal = privacy.normalise_id(text, rule)
    return privacy.pseudonym(prefix + normal, key) if normal.strip() else None


def cured(column: pa.ChunkedArray, cure: Cure) -> pa.Array:
    """Apply ``cure`` once to each distinct value."""
    coded = pc.dictionary_encode(column.combine_chunks())
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    return pa.array([cure(text) for text in coded.dictionary.to_pylist()], pa.string()).take(
        coded.indices
    )
