"""Reads SPSS .sav files: codes or value labels, dates as dates, missing codes never blank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from nexo.base.errors import Problem, SourceError, report_problems
from nexo.privacy import redact
from nexo.sources.cells import cell_text
from nexo.sources.schema import FileRule

BLOCK_ROWS = 50_000
SHOWN = 20


@dataclass
class _Doubts:
    """Values met that the YAML does not explain, counted: (column, text)."""

    undeclared: Counter[tuple[str, str]] = field(default_factory=Counter)
    unlabelled: Counter[tuple[str, str]] = field(default_factory=Counter)


def sav_names(path: Path, rule: FileRule) -> tuple[str, ...]:
    """Return the names of the variables."""
    names = _read(path, rule, metadataonly=True)[1].column_names
    return tuple(name or "" for name in names)  # a damaged file may have none


def sav_cells(
    path: Path,
    rule: FileRule,
    wanted: Mapping[int, str],
    labelled: Collection[int],
    missing: Mapping[int, Collection[str]] | None,
) -> Iterator[tuple[dict[int, pa.Array], pa.Array]]:
    """Yield columns (position: decimal sign) as text and the numbers of their rows from 2.

    Columns in ``labelled`` give their value labels instead of codes. ``missing`` names the
    codes that the YAML takes for no value. Raises SourceError for codes that the file declares
    missing and the YAML does not, and for codes without a label: both listed with counts.
    """
    meta = _read(path, rule, metadataonly=True, user_missing=True)[1]
    names = [meta.column_names[at] for at in wanted]
    doubts = _Doubts()
    first = 0
    while True:
        read, _ = _read(
            path, rule, usecols=names, row_offset=first, row_limit=BLOCK_ROWS,
            user_missing=True, output_format="dict",
        )  # fmt: skip
        n_rows = len(read[names[0]])
        if not n_rows:
            break
        cells = {}
        for at, decimal in wanted.items():
            name = meta.column_names[at]
            known = None if missing is None else missing.get(at, ())
            texts = _texts(meta, name, read[name], decimal, at in labelled, known, doubts)
            cells[at] = pa.array(texts, pa.string())
        yield cells, pa.array(range(first + 2, first + 2 + n_rows), pa.int64())
        first += n_rows
        if n_rows < BLOCK_ROWS:
            break
    _stop_at(path, doubts)


def _read(path: Path, rule: FileRule, **options: Any) -> tuple[Any, Any]:
    import pyreadstat

    if rule.encoding != "utf-8":  # the file knows its own, unless the source overrules it
        options["encoding"] = rule.encoding
    try:
        read: tuple[Any, Any] = pyreadstat.read_sav(str(path), **options)
    except Exception as problem:  # pyreadstat has one kind of error a fault
        raise SourceError(
            f"{path.name}: cannot be opened as SPSS ({problem}). Is it another format, protected "
            "by a password, or of another encoding (then declare it)?"
        ) from None
    return read


def _texts(
    meta: Any,
    name: str,
    values: list[Any],
    decimal: str,
    is_labelled: bool,
    known: Collection[str] | None,
    doubts: _Doubts,
) -> list[str]:
    """The cells of one column as text; what the YAML does not explain goes to ``doubts``."""
    labels = meta.variable_value_labels.get(name, {}) if is_labelled else {}
    ranges = meta.missing_ranges.get(name, ())
    told: dict[Any, str] = {}
    undeclared: set[Any] = set()
    unlabelled: set[Any] = set()
    for value in {v for v in values if v is not None}:
        text = cell_text(value, decimal)
        is_missing = any(_within(value, span["lo"], span["hi"]) for span in ranges)
        if value in labels:
            text = str(labels[value])
        elif is_labelled and text.strip() and text.strip() not in (known or ()):
            unlabelled.add(value)
        if is_missing and known is not None and text.strip() not in known:
            undeclared.add(value)
        told[value] = text
    for value in values:
        if value in undeclared:
            doubts.undeclared[name, told[value]] += 1
        elif value in unlabelled:
            doubts.unlabelled[name, told[value]] += 1
    return ["" if value is None else told[value] for value in values]


def _within(value: Any, low: Any, high: Any) -> bool:
    try:
        return bool(low <= value <= high)
    except TypeError:  # dates and texts beside numbers
        return False


def _stop_at(path: Path, doubts: _Doubts) -> None:
    told = (
        (
            doubts.undeclared,
            "the file declares as missing what the YAML does not: ",
            "Add them to missing of this column (or map them)",
        ),
        (
            doubts.unlabelled,
            "codes without a value label: ",
            "Take values: labels out, add them to missing, or label them in the file",
        ),
    )
    problems = [
        Problem(what + _listed(found), cure, file=path.name, column=name)
        for counts, what, cure in told
        for name, found in _by_column(counts)
    ]
    if problems:
        raise SourceError(
            "Codes that the source YAML does not explain:\n" + report_problems(problems)
        )


def _by_column(counts: Counter[tuple[str, str]]) -> list[tuple[str, list[tuple[str, int]]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for (name, text), n in sorted(counts.items(), key=lambda pair: (pair[0][0], -pair[1], pair[0])):
        found.setdefault(name, []).append((text, n))
    return list(found.items())


def _listed(found: list[tuple[str, int]]) -> str:
    listed = ", ".join(f"{redact(text)[:80]!r} ({n} rows)" for text, n in found[:SHOWN])
    return listed + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")
