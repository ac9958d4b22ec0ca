"""What every cell becomes at the door: ids are hashed, free text and odd cells are redacted."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from nexo import privacy
from nexo.contract import Column, Dictionary
from nexo.sources.dates import compiled
from nexo.sources.files import FoundFile
from nexo.sources.names import raw_names
from nexo.sources.pseudonyms import mended, normalised, pseudonymiser, stop_at_shortened
from nexo.sources.schema import ColumnRule, Source

Cure = Callable[[pa.Array], pa.Array]
"""What the cells of a column become on their way in, each by itself."""
SAMPLE, HARDLY_REPEATED = 1 << 14, 0.95
"""To find the distinct values takes as long as hashing a sixth of them."""


def cures_of(
    source: Source, dictionary: Dictionary, file: FoundFile, key: bytes
) -> dict[str, Cure]:
    """Choose for each raw column of a file: pseudonym, full redaction, or redaction of a cell.

    Free text is stricter than any cell; of a column with two meanings the cells that fit one
    of them stay. An id is never also something else.
    """
    columns = dictionary.table(file.table).columns
    rules = source.tables[file.table].rules(file.entry)
    pseudonyms = pseudonymiser(key)
    found: dict[str, Cure] = {}
    looks: dict[str, list[re.Pattern[str]]] = {}
    known: dict[str, set[str]] = {}
    for canonical, raw in raw_names(source.tables[file.table], file.entry).items():
        column, rule = columns[canonical], rules[canonical]
        looks.setdefault(raw, []).extend(_looks(column, rule))
        known.setdefault(raw, set()).update(rule.map or (), source.missing_codes(rule))
        if column.type == "id":
            place = f"{file.name}, column {raw!r}"
            found[raw] = _id_cure(source, column, rule, pseudonyms, place)
        elif column.type == "text":
            found[raw] = redacting()
        else:
            found.setdefault(raw, redacting(looks[raw], known[raw]))
    return found


def _looks(column: Column, rule: ColumnRule) -> list[re.Pattern[str]]:
    """What a cell of this column may look like: its type's looks, and the declared dates."""
    looks = list(privacy.LOOKS.get(column.type, ()))
    if column.type in ("date", "datetime"):
        looks += [re.compile(known.pattern) for known in compiled(rule.dates)]
    return looks


def _id_cure(
    source: Source, column: Column, rule: ColumnRule, pseudonyms: Cure, place: str
) -> Cure:
    """Pseudonyms; declared missing codes stay, for cleaning to count; blanks become null."""
    id_rule = source.id_rule if column.refers_to else privacy.IdRule()
    missing = pa.array(source.missing_codes(rule), pa.string())

    def cure(texts: pa.Array) -> pa.Array:
        bare = pc.utf8_trim_whitespace(texts)
        is_missing = pc.is_in(bare, missing)
        stop_at_shortened(texts.filter(pc.invert(is_missing)), place)
        normal = normalised(texts, id_rule)
        if rule.prefix:
            normal = pc.binary_join_element_wise(rule.prefix, normal, "")
        return pc.if_else(is_missing, bare, pseudonyms(normal))

    return cure


def redacting(looks: Sequence[re.Pattern[str]] = (), known: Collection[str] = ()) -> Cure:
    """``redact_cell`` of what is suspicious and does not look like its type; the rest stays."""

    def cure(texts: pa.Array) -> pa.Array:
        which = pc.match_substring_regex(texts, privacy.SUSPICIOUS)
        bare = pc.ascii_trim_whitespace(texts)
        for look in looks:
            is_alike = pc.match_substring_regex(bare, f"^(?:{look.pattern})$")
            which = pc.and_not(which, is_alike)
        return mended(texts, which, partial(privacy.redact_cell, looks=looks, known=known))

    return cure


def cured(column: pa.ChunkedArray, cure: Cure) -> pa.Array:
    """Apply ``cure`` once to each distinct value; to each where hardly one comes again."""
    whole = column.combine_chunks()
    first = whole.slice(0, SAMPLE)
    if pc.count_distinct(first).as_py() > HARDLY_REPEATED * len(first):
        return cure(whole)
    coded = pc.dictionary_encode(whole)
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    return cure(coded.dictionary).take(coded.indices)
