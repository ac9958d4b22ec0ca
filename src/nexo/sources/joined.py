"""Joins files by a declared key: every record of the first keeps its row, none is doubled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nexo import privacy
from nexo.base.errors import Problem, SourceError, report_problems
from nexo.contract import Dictionary
from nexo.sources.files import FoundFile, Partner
from nexo.sources.names import raw_names
from nexo.sources.pseudonyms import normalised
from nexo.sources.records import Tally, helper, read_records, trimmed
from nexo.sources.schema import Source

SHOWN = 20
BETWEEN = "\x1f"
"""Stands between the parts of a key of several columns."""


@dataclass
class Joined:
    """A joined file in memory, what it gives, and how the first file's records met it.

    ``rows`` and ``names`` address each of its records; ``uses`` counts the records that found it.
    """

    partner: Partner
    table: pa.Table
    keys: pa.Array
    names: pa.Array
    tallies: dict[str, Tally]
    uses: np.ndarray
    n_alone: int = 0
    """Records of the first file without a partner."""
    alone: list[Problem] = field(default_factory=list)
    twice: list[Problem] = field(default_factory=list)
    n_twice: int = 0

    @property
    def n_unused(self) -> int:
        """Records that no record of the first file found."""
        return int((self.uses == 0).sum())


def read_partners(
    source: Source, dictionary: Dictionary, file: FoundFile, key: bytes
) -> list[Joined]:
    """Read the files joined to ``file`` into memory.

    Raises SourceError for a key that two of their records share, and for ragged records,
    whose partners would silently stay without them.
    """
    found = []
    for partner in file.partners:
        rules = _id_rules(source, dictionary, file, partner)
        tallies: dict[str, Tally] = {}
        parts = []
        for other in partner.files:
            tally = tallies[other.name] = Tally()
            for chunk in read_records(source, other, tally):
                keys = _keys(chunk, other.key, rules)
                kept = chunk.select([*other.columns, *other.counted, "_row"])
                name = pa.array([other.name] * chunk.num_rows, pa.string())
                parts.append(kept.append_column("_key", keys).append_column("_file", name))
            _stop_at_ragged(other, tally)
        table = pa.concat_tables(parts, promote_options="default") if parts else _empty(partner)
        keys = _whole(table["_key"])
        _stop_at_duplicates(partner, table, keys, key)
        uses = np.zeros(len(keys), dtype=np.int64)
        found.append(Joined(partner, table, keys, _whole(table["_file"]), tallies, uses))
    return found


def join_chunks(
    source: Source,
    dictionary: Dictionary,
    file: FoundFile,
    joined: list[Joined],
    key: bytes,
    tally: Tally,
) -> Iterator[pa.Table]:
    """Yield the records of ``file``, each with the columns of its partners.

    Raises SourceError where the key or the cardinality does not hold, with the first offenders.
    """
    for chunk in read_records(source, file, tally):
        whole = chunk
        for other in joined:
            rules = _id_rules(source, dictionary, file, other.partner)
            keys = _keys(chunk, other.partner.key, rules)
            at = pc.index_in(keys, other.keys, skip_nulls=True)
            _note(file, other, chunk["_row"], keys, at, key)
            for name in other.table.column_names:
                if name not in ("_row", "_key", "_file"):
                    whole = whole.append_column(name, other.table[name].take(at))
        yield whole.select([name for name in whole.column_names if name[0] != "\x01"])
    for other in joined:
        _stop_at_violations(file, other)


def _keys(chunk: pa.Table, places: tuple[int, ...], rules: list[privacy.IdRule]) -> pa.Array:
    """The key of each record as one text; null where a part of it is blank."""
    parts = []
    for at, rule in zip(places, rules, strict=True):
        coded = _whole(trimmed(chunk[helper(at)])).dictionary_encode()
        parts.append(normalised(coded.dictionary, rule).take(coded.indices))
    return pc.binary_join_element_wise(*parts, BETWEEN)


def _id_rules(
    source: Source, dictionary: Dictionary, file: FoundFile, partner: Partner
) -> list[privacy.IdRule]:
    """The source's id rule where a key column is a customer's id; elsewhere blanks are cut."""
    columns = dictionary.table(file.table).columns
    raw = raw_names(source.tables[file.table], file.entry)
    ids = {
        file.columns.get(name) for canonical, name in raw.items() if columns[canonical].refers_to
    }
    return [source.id_rule if at in ids else privacy.IdRule() for at in partner.key]


def _note(
    file: FoundFile,
    other: Joined,
    rows: pa.ChunkedArray,
    keys: pa.Array,
    at: pa.Array,
    key: bytes,
) -> None:
    """Count who found whom; remember the first who should not have, or found nobody."""
    other.n_alone += at.null_count
    partner_names = ", ".join(other.tallies)
    column = " and ".join(other.partner.rule.key)
    for index in _first(pc.is_null(at), SHOWN - len(other.alone)):
        what = f"the key has no partner in {partner_names}"
        other.alone.append(
            _problem(file.name, rows[index].as_py(), column, keys[index].as_py(), key, what)
        )
    found = at.drop_null().to_numpy()
    is_again = _again(found, other.uses)
    other.uses += np.bincount(found, minlength=len(other.uses))
    if other.partner.rule.cardinality == "one_to_one" and is_again.any():
        other.n_twice += int(is_again.sum())
        places = np.flatnonzero(pc.is_valid(at).to_numpy(zero_copy_only=False))[is_again]
        for index in places[: max(0, SHOWN - len(other.twice))]:
            what = "the key is in an earlier record too, and the join is one_to_one"
            place = int(index)
            other.twice.append(
                _problem(file.name, rows[place].as_py(), column, keys[place].as_py(), key, what)
            )


def _again(found: np.ndarray, uses: np.ndarray) -> np.ndarray:
    """True where a partner was found before, in this block or in an earlier one."""
    is_again = np.ones(len(found), dtype=bool)
    is_again[np.unique(found, return_index=True)[1]] = False
    return is_again | (uses[found] > 0)


def _first(mask: pa.Array, n: int) -> list[int]:
    return [int(i) for i in np.flatnonzero(mask.to_numpy(zero_copy_only=False))[: max(0, n)]]


def _problem(file: str, row: int, column: str, value: str | None, key: bytes, what: str) -> Problem:
    """Address a record; its key is shown as the pseudonym that it has in the tables."""
    shown = privacy.pseudonym(value, key) if value else "(blank)"
    return Problem(what, "Correct the file", file=file, row=row, column=column, value=shown)


def _stop_at_violations(file: FoundFile, other: Joined) -> None:
    rule = other.partner.rule
    problems = list(other.twice)
    total = other.n_twice
    if rule.without_partner == "stop":
        problems += other.alone
        total += other.n_alone
        if rule.cardinality == "one_to_one":
            total += other.n_unused
            for index in np.flatnonzero(other.uses == 0)[:SHOWN]:
                name, row = other.names[int(index)].as_py(), other.table["_row"][int(index)].as_py()
                problems.append(Problem(f"the key has no partner in {file.name}",
                                        "Correct the file", file=name, row=row))  # fmt: skip
    if not total:
        return
    more = f"\n- and {total - SHOWN} more" if total > SHOWN else ""
    raise SourceError(
        f"The join of {file.name} with {', '.join(other.tallies)} does not hold "
        f"({rule.cardinality}; {total} records; without_partner: keep takes those without a "
        f"partner as they are, and counts them):\n{report_problems(problems[:SHOWN])}{more}"
    )


def _stop_at_duplicates(partner: Partner, table: pa.Table, keys: pa.Array, key: bytes) -> None:
    known = keys.drop_null()
    if pc.count_distinct(known).as_py() == len(known):
        return
    column = " and ".join(partner.rule.key.values())
    seen: set[str] = set()
    problems = []
    for index, value in enumerate(keys.to_pylist()):
        if value in seen:
            what = "the key is in an earlier record too, so it is not known which one is meant"
            name, row = table["_file"][index].as_py(), table["_row"][index].as_py()
            problems.append(_problem(name, row, column, value, key, what))
        elif value is not None:
            seen.add(value)
    raise SourceError("Keys of a joined file are not unique:\n" + report_problems(problems))


def _stop_at_ragged(file: FoundFile, tally: Tally) -> None:
    problems = [
        Problem(
            f"has {ragged.found} cells instead of {ragged.expected}",
            "Correct the file: a joined file must be whole",
            file=file.name,
            row=ragged.row,
        )
        for ragged in tally.ragged
        if not ragged.is_header  # its key is nobody's, so nothing is lost
    ]
    if problems:
        raise SourceError("Records of a joined file cannot be read:\n" + report_problems(problems))


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _empty(partner: Partner) -> pa.Table:
    names = [name for file in partner.files for name in (*file.columns, *file.counted)]
    fields = [*((name, pa.string()) for name in dict.fromkeys(names)), ("_row", pa.int64())]
    return pa.schema([*fields, ("_key", pa.string()), ("_file", pa.string())]).empty_table()
