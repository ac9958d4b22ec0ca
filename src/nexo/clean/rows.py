"""Raw rows become typed rows: what a text means is worked out once, and each row looks it up.

Dates, labels and amounts repeat. To cast a text takes dozens of steps, to look it up one: so each
distinct text of such a column is cast in a table of its own, which is joined to the rows. Only
where texts hardly repeat (a time to the second, a comment) each row is cast by itself; the result
is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from nexo.clean.casts import only, stripped, take
from nexo.clean.columns import PROBLEM, TEXT, column_steps, stop_at_unknown_labels, text_column
from nexo.clean.corrections import Tally, corrected, look_up
from nexo.clean.plan import Plan
from nexo.clean.steps import Step
from nexo.contract import Column
from nexo.engine import Engine, Frame, to_arrow
from nexo.sources import ColumnRule, Source, raw_names

CELL = "__cell"
"""A column ``x`` of texts to be looked up travels as ``x__cell``, as found."""
ODD, REJECTED = "__odd", "__rejected"
"""What a row has for the quarantine, packed (null: nothing); whether it does not stay."""
BETWEEN, NOTHING = "\x1f", "\x1e\x00\x1e"
"""Stands between what is packed; stands for null."""

PROBE_ROWS = 1 << 16
FEW_TEXTS = 1000
REPEATS = 4
"""Texts are looked up where the first rows have few, or each so many times."""


@dataclass(frozen=True)
class Recipe:
    """What makes typed rows of the files of one entry of the source.

    ``cells`` are taken from the raw columns; some are cast by ``steps``, the others looked up
    in ``words``: their texts, what each of them means and what is odd about it.
    """

    files: tuple[str, ...] | None
    cells: dict[str, nw.Expr]
    steps: tuple[list[Step], ...]
    words: dict[str, Frame]


def recipes(
    engine: Engine, source: Source, plan: Plan, raw: Frame, tally: Tally
) -> tuple[Recipe, ...]:
    """Look through the raw table and say how its rows are cast, entry by entry of the source.

    What corrections meet is noted in ``tally``. Raises SourceError for unknown labels.
    """
    found = []
    for entry, file in enumerate(plan.rule.files):
        names = tuple(known["name"] for known in plan.files if known["entry"] == entry)
        files = names if len(plan.rule.files) > 1 else None
        rules = {n: r for n, r in plan.rule.rules(entry).items() if n in plan.columns}
        raws = {n: r for n, r in raw_names(plan.rule, entry).items() if n in plan.columns}
        part = _of(raw, files)
        texts = {n: text_column(plan.columns[n], r, raws.get(n)) for n, r in rules.items()}
        look_up(tally, plan.table, part, texts, plan.corrections)
        texts = {n: corrected(text, n, plan.corrections) for n, text in texts.items()}
        mended = {entry.column for entry in plan.corrections}
        cells = {n: texts[n] if n in mended else nw.col(raw) for n, raw in raws.items()}
        steps = {n: column_steps(source, file, n, plan.columns[n], r) for n, r in rules.items()}
        sought = _sought(plan.columns, rules, part, cells)
        words = {n: _words(engine, part, n, cells[n], steps[n]) for n in sought}
        stop_at_unknown_labels(source, file, plan.columns, rules, raws, words)
        taken = {n + CELL: cells[n] for n in sought}
        taken |= {n + TEXT: text for n, text in texts.items() if n not in sought}
        direct = tuple(made for n, made in steps.items() if n not in sought)
        found.append(Recipe(files, taken, direct, words))
    return tuple(found)


def typed_rows(plan: Plan, made_by: tuple[Recipe, ...], raw: Frame) -> Frame:
    """Every canonical column of the rows of ``raw``, typed, with ODD and REJECTED."""
    parts = []
    for recipe in made_by:
        # Raw columns go first: engines take WEIGHT and weight for the same name.
        rows = _of(raw, recipe.files).select("_file", "_row", **recipe.cells)
        rows = take(rows, recipe.steps)
        for name, words in recipe.words.items():
            own = words.select(*(name + kind for kind in (CELL, "", TEXT, PROBLEM)))
            rows = rows.join(own, on=name + CELL, how="left")
        given = set(rows.collect_schema().names())
        parts.append(rows.select("_file", "_row", *_all_columns(plan, given)))
    rows = nw.concat(parts, how="vertical") if len(parts) > 1 else parts[0]
    problems = [~nw.col(name + PROBLEM).is_null() for name in plan.told]
    rejected = [reject.condition for reject in plan.rejects]
    packed = only(_packed(plan), _any(problems + rejected))
    return rows.select(
        "_file", "_row", *plan.columns, _any(rejected).alias(REJECTED), packed.alias(ODD)
    )


def _packed(plan: Plan) -> nw.Expr:
    """Texts and problems of all columns as one text: few rows need them, all would hold them."""
    parts = [nw.col(name + kind) for name in plan.told for kind in (TEXT, PROBLEM)]
    marks = [
        nw.when(part.is_null())
        .then(nw.lit(NOTHING))
        .otherwise(part.str.replace_all(BETWEEN, " ", literal=True))
        for part in parts
    ]
    return nw.concat_str(marks, separator=BETWEEN)


def unpacked(plan: Plan, odd: pa.Table) -> pa.Table:
    """Odd rows with the text and the problem of each column as columns of their own."""
    parts = pc.split_pattern(odd[ODD], BETWEEN)
    for index, (name, kind) in enumerate((n, k) for n in plan.told for k in (TEXT, PROBLEM)):
        found = pc.list_element(parts, index)
        value = pc.if_else(pc.equal(found, NOTHING), None, found)
        odd = odd.append_column(name + kind, value)
    return odd


def _of(raw: Frame, files: tuple[str, ...] | None) -> Frame:
    return raw if files is None else raw.filter(nw.col("_file").is_in(files))


def _any(conditions: list[nw.Expr]) -> nw.Expr:
    """Whether one of them holds; a condition that is not known does not."""
    return nw.any_horizontal(*conditions, ignore_nulls=True) if conditions else nw.lit(False)


def _sought(
    columns: dict[str, Column],
    rules: dict[str, ColumnRule],
    part: Frame,
    cells: dict[str, nw.Expr],
) -> list[str]:
    """The columns whose texts are looked up: labels to be explained, and what repeats."""
    kinds = {n: columns[n].type for n in cells}
    listed = [n for n in kinds if rules[n].map or columns[n].allowed]
    asked = [n for n in kinds if n not in listed and kinds[n] not in ("id", "text")]
    if not asked:
        return listed
    first = part.select(**{n: cells[n] for n in asked}).head(PROBE_ROWS)
    probe = first.select(nw.len().alias(CELL), *(nw.col(n).n_unique() for n in asked))
    n_texts = to_arrow(probe).to_pylist()[0]
    most = max(FEW_TEXTS, n_texts[CELL] // REPEATS)
    return listed + [n for n in asked if (n_texts[n] or 0) <= most]  # null where there is no row


def _words(engine: Engine, part: Frame, name: str, cell: nw.Expr, steps: list[Step]) -> Frame:
    """Each distinct text of a column: what it means, its count and its first row."""
    texts = part.select("_row", cell.alias(name + CELL)).filter(~nw.col(name + CELL).is_null())
    counted = texts.group_by(name + CELL).agg(n=nw.len(), row=nw.col("_row").min())
    meant = take(counted.with_columns(stripped(name + CELL).alias(name + TEXT)), [steps])
    kept = (name + kind for kind in (CELL, "", TEXT, PROBLEM))
    return engine.hold(meant.select(*kept, "n", "row"))


def _all_columns(plan: Plan, given: set[str]) -> Iterator[nw.Expr]:
    """Every canonical column with its text and problem; null and typed where nothing gives it."""
    nothing = only(nw.col("_file"), nw.col("_row").is_null())
    for name, column in plan.columns.items():
        for kind in ("", TEXT, PROBLEM) if name in plan.told else ("",):
            if name + kind in given:
                yield nw.col(name + kind)
            else:
                yield (nothing.cast(_dtype(column)) if kind == "" else nothing).alias(name + kind)


def _dtype(column: Column) -> Any:
    kinds: dict[str, Any] = {
        "date": nw.Date,
        "datetime": nw.Datetime("us"),
        "integer": nw.Int64,
        "money_cents": nw.Int64,
        "number": nw.Float64,
        "boolean": nw.Boolean,
    }
    return kinds.get(column.type, nw.String)
