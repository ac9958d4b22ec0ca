"""The records of one file as its table takes them: those meant for it, with what is counted."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from nexo.base.errors import Problem, SourceError, report_problems
from nexo.privacy import redact
from nexo.sources.cells import Ragged
from nexo.sources.column_rule import Count
from nexo.sources.files import FoundFile
from nexo.sources.names import raw_names
from nexo.sources.readers import read_chunks
from nexo.sources.schema import ColumnRule, Source

BLANKS = " \t\n\r\x0b\x0c\u00a0\u200b\ufeff"
SHOWN = 20


@dataclass
class Tally:
    """What was met while one file was read; ``rows`` are those that reached the table."""

    rows: int = 0
    set_aside: int = 0
    ragged: list[Ragged] = field(default_factory=list)
    unknown: Counter[tuple[str, str]] = field(default_factory=Counter)
    content: Any = field(default_factory=hashlib.sha256)
    """The hash of what a server gave, which has no file to be hashed."""


def read_records(source: Source, file: FoundFile, tally: Tally) -> Iterator[pa.Table]:
    """Yield the raw columns of a file as text with ``_row``, and the columns of its keys.

    Records without a label that ``where`` asks for are set aside and counted; columns that are
    counted become one. Key columns are named by ``helper``. Raises SourceError as the readers
    do, and for labels that a count does not explain.
    """
    rules = source.tables[file.table].rules(file.entry)
    raw = raw_names(source.tables[file.table], file.entry)
    keys = {at for partner in file.partners for at in partner.key} | set(file.key)
    helpers = {*keys, *file.filters}.union(*file.counted.values())
    columns = {**file.columns, **{helper(at): at for at in sorted(helpers)}}
    used = {raw[name]: rule for name, rule in rules.items() if name in raw}
    counts = {name: (used[name].count, source.missing_codes(used[name])) for name in file.counted}
    chunks = read_chunks(
        file.path,
        file.rule,
        columns,
        {name: rule.decimal or file.rule.decimal for name, rule in used.items()},
        tally.ragged,
        labelled=_labelled(file, used, columns),
        known=_known(source, used, columns, file),
        header=file.header,
    )
    for chunk in chunks:
        if file.rule.format == "postgresql":
            for batch in chunk.to_batches():
                tally.content.update(batch.serialize())
        kept = _chosen(chunk, file)
        tally.set_aside += chunk.num_rows - kept.num_rows
        tally.rows += kept.num_rows
        for name, (count, codes) in counts.items():
            if count is not None:
                kept = kept.append_column(name, _counted(kept, file, name, count, codes, tally))
        yield kept.drop_columns([helper(at) for at in sorted(helpers - keys)])
    if tally.unknown:
        raise SourceError(_unexplained(file, tally.unknown))


def helper(at: int) -> str:
    """The name of a column that is needed on the way and not in the table."""
    return f"\x01{at}"


def trimmed(array: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Cells without blanks around them; no text is the empty text."""
    return pc.utf8_trim(array.fill_null(""), BLANKS)


def _labelled(file: FoundFile, used: dict[str, ColumnRule], columns: dict[str, int]) -> set[str]:
    """Columns to be read as value labels, by the column's word or else the file's."""
    by_default = file.rule.values == "labels"
    own = {name: used[name].values for name in columns if name in used}
    labels = {name for name, values in own.items() if (values or file.rule.values) == "labels"}
    counted = {
        helper(at)
        for name, places in file.counted.items()
        if (used[name].values or file.rule.values) == "labels"
        for at in places
    }
    return labels | counted | ({helper(at) for at in file.filters} if by_default else set())


def _known(
    source: Source, used: dict[str, ColumnRule], columns: dict[str, int], file: FoundFile
) -> dict[str, set[str]]:
    """The codes of each column that the YAML explains: missing, mapped or counted."""
    counted = {helper(at): n for n, places in file.counted.items() for at in places}
    known: dict[str, set[str]] = {}
    for name in columns:
        rule = used.get(counted.get(name, name))
        if rule is not None:
            lists = (*rule.count.yes, *rule.count.no) if rule.count else ()
            known[name] = {*source.missing_codes(rule), *(rule.map or ()), *lists}
    return known


def _chosen(chunk: pa.Table, file: FoundFile) -> pa.Table:
    for at, labels in file.filters.items():
        cells = trimmed(chunk[helper(at)])
        is_chosen = pc.is_in(cells, pa.array(labels)) if labels else pc.not_equal(cells, "")
        chunk = chunk.filter(is_chosen)
    return chunk


def _counted(
    chunk: pa.Table,
    file: FoundFile,
    name: str,
    count: Count,
    codes: tuple[str, ...],
    tally: Tally,
) -> pa.Array:
    """How many of the counted columns say yes, as text; no value where one of them has none."""
    yes, no = pa.array(count.yes), pa.array(("", *count.no))
    total = pa.array([0] * chunk.num_rows, pa.int64())
    is_whole = pa.array([True] * chunk.num_rows)
    for at in file.counted[name]:
        cells = trimmed(chunk[helper(at)]).combine_chunks()
        is_yes = pc.is_in(cells, yes)
        total = pc.add(total, is_yes.cast(pa.int64()))
        is_blank = pc.is_in(cells, pa.array(("", *codes)))
        is_told = pc.or_(is_yes, pc.is_in(cells, no))
        if "" not in count.no:
            is_whole = pc.and_(is_whole, pc.invert(is_blank))
        for label in cells.filter(pc.invert(pc.or_(is_told, is_blank))).to_pylist():
            tally.unknown[file.header.names[at], label] += 1
    return pc.if_else(is_whole, total.cast(pa.string()), None)


def _unexplained(file: FoundFile, unknown: Counter[tuple[str, str]]) -> str:
    listed = sorted(unknown.items(), key=lambda pair: (pair[0][0], -pair[1], pair[0][1]))
    problems = [
        Problem(
            f"{n} cells hold a label that count does not explain",
            "Add it to yes or no of count, or to missing",
            file=file.name,
            column=redact(column)[:80],
            value=redact(label)[:80],
        )
        for (column, label), n in listed
    ]
    return "Labels that the source YAML does not explain:\n" + report_problems(problems, SHOWN)
