"""Turns one raw table into its canonical one: cast, reject, merge duplicates, count everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import narwhals as nw
import pyarrow as pa

from nexo import contract, quarantine
from nexo.clean.casts import only, take
from nexo.clean.columns import (
    KEPT,
    PROBLEM,
    TEXT,
    column_steps,
    stop_at_unknown_labels,
    text_column,
)
from nexo.clean.corrections import Listed, Tally, corrected, look_up, settled
from nexo.clean.duplicates import merge_duplicates
from nexo.clean.notes import STAY, STAY_KEY, noted
from nexo.clean.steps import coded
from nexo.contract import Column, Dictionary
from nexo.engine import Engine, Frame, to_arrow
from nexo.quarantine import Counts
from nexo.sources import Source, TableRule, raw_names
from nexo.sources.corrections import Correction


@dataclass(frozen=True)
class Reject:
    """Rows where ``condition`` holds are rejected, with this reason at this column."""

    column: str
    condition: nw.Expr
    reason: str = "missing_required"


@dataclass(frozen=True)
class Plan:
    """What to make: which canonical columns of which table, from which raw files.

    ``files`` are the entries of the raw table's counts.json: name and entry of each file.
    ``ragged`` holds the quarantine rows that extraction made for this table, ``stays`` the
    customers that it is held against (see ``nexo.clean.notes``).
    """

    table: str
    columns: dict[str, Column]
    rule: TableRule
    files: Sequence[dict[str, Any]]
    rejects: tuple[Reject, ...]
    ragged: pa.Table
    corrections: tuple[Correction, ...] = ()
    stays: pa.Table | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """The columns about whose cells there may be something to say: given, or asked for."""
        asked = {reject.column for reject in self.rejects}
        return tuple(n for n in self.columns if n in self.rule.given() or n in asked)


@dataclass(frozen=True)
class Cleaned:
    """A canonical table with everything that did not make it there.

    ``rows`` lie on disk and are mapped into memory: what reads them touches a part at a time.
    """

    table: str
    rows: pa.Table
    quarantine: pa.Table
    counts: Counts
    corrections: Listed = ()


def clean_table(
    engine: Engine, source: Source, dictionary: Dictionary, plan: Plan, raw: Frame
) -> Cleaned:
    """Make one canonical table; raise SourceError for unknown labels, ContractError for a fault.

    ``raw`` is the table that extraction wrote: text columns, ``_file`` and ``_row``.
    """
    tally = Tally()
    # Made once and kept on disk: engines push a filter through the casts and make them again.
    wide = engine.hold(_wide(source, plan, raw, tally))
    corrections, listed = settled(tally, plan.corrections)
    names = tuple(plan.columns)
    sound = wide.filter(~_is_rejected(plan)).select(*names, "_file", "_row")
    told = {name: plan.columns[name] for name in plan.told}
    kept, duplicates = merge_duplicates(engine, plan.table, told, plan.rule, sound)
    contract.check(plan.table, kept.select(*names), dictionary=dictionary, columns=names)
    schema = contract.arrow_schema(dictionary.table(plan.table), names)
    rows = engine.on_disk(kept.select(*names), schema)
    odd = nw.from_native(to_arrow(_odd(plan, wide)), eager_only=True)
    stays = None if plan.stays is None else engine.from_arrow(plan.stays)
    if plan.table == STAY_KEY[0]:  # who was recommended by whom, both in this table
        stays = kept.select(*STAY)
    notes = noted(plan.table, plan.columns, kept, source.data_end, stays)
    cells = _cells(plan, odd).to_arrow()
    shelved = quarantine.joined([plan.ragged, corrections, cells, duplicates, notes])
    return Cleaned(plan.table, rows, shelved, _counts(plan, rows.num_rows, shelved), listed)


def required(columns: dict[str, Column]) -> tuple[Reject, ...]:
    """One rejection for each column of the dictionary that is never null."""
    return tuple(
        Reject(name, nw.col(name).is_null())
        for name, column in columns.items()
        if column.is_required
    )


def _wide(source: Source, plan: Plan, raw: Frame, tally: Tally) -> Frame:
    """Every canonical column of every file, typed, beside its text and its problem."""
    parts = []
    for entry, file in enumerate(plan.rule.files):
        names = [known["name"] for known in plan.files if known["entry"] == entry]
        part = raw.filter(nw.col("_file").is_in(names))
        rules = {n: r for n, r in plan.rule.rules(entry).items() if n in plan.columns}
        raws = {n: r for n, r in raw_names(plan.rule, entry).items() if n in plan.columns}
        found = {n: text_column(rule, raws.get(n)) for n, rule in rules.items()}
        look_up(tally, plan.table, part, found, plan.corrections)
        texts = {n + TEXT: corrected(text, n, plan.corrections) for n, text in found.items()}
        steps = [column_steps(source, file, n, plan.columns[n], r) for n, r in rules.items()]
        # Raw columns go first: engines take WEIGHT and weight for the same name.
        told = part.select("_file", "_row", **texts)
        stop_at_unknown_labels(source, file, plan.columns, rules, raws, told)
        made = take(told, steps)
        parts.append(made.select("_file", "_row", *_all_columns(plan, set(rules))))
    return nw.concat(parts, how="vertical") if len(parts) > 1 else parts[0]


def _all_columns(plan: Plan, given: set[str]) -> Iterator[nw.Expr]:
    """Every canonical column with its text and problem; null and typed where nothing gives it."""
    nothing = only(nw.col("_file"), nw.col("_row").is_null())
    for name, column in plan.columns.items():
        for kind in ("", TEXT, PROBLEM) if name in plan.told else ("",):
            if name in given:
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


def _odd(plan: Plan, wide: Frame) -> Frame:
    """Rows with something to put in quarantine."""
    problems = (~nw.col(name + PROBLEM).is_null() for name in plan.told)
    return wide.filter(nw.any_horizontal(*problems, _is_rejected(plan), ignore_nulls=True))


def _is_rejected(plan: Plan) -> nw.Expr:
    if not plan.rejects:
        return nw.lit(False)
    return nw.any_horizontal(*(r.condition for r in plan.rejects), ignore_nulls=True)


def _cells(plan: Plan, odd: nw.DataFrame[pa.Table]) -> nw.DataFrame[pa.Table]:
    """Quarantine rows of cells that did not fit, and of rows that lack what is required.

    In memory: odd rows are few, and a query that looks at them once for each column is slow.
    """
    parts = []
    for name in plan.told:
        problem = nw.col(name + PROBLEM)
        rejects = [reject for reject in plan.rejects if reject.column == name]
        is_code = problem == "missing_code"
        is_kept = problem.is_in(KEPT)
        other = coded(is_code, "missing_code", coded(is_kept, "kept", nw.lit("set_missing")))
        if not rejects:
            parts.append(_shelved(plan, odd.filter(~problem.is_null()), name, problem, other))
            continue
        for reject in rejects:
            is_hit = nw.coalesce(reject.condition, nw.lit(False))
            action = nw.when(is_hit & ~is_code).then(nw.lit("row_rejected")).otherwise(other)
            found = odd.filter(~problem.is_null())
            parts.append(_shelved(plan, found, name, problem, action))
            lacking = odd.filter(is_hit & nw.coalesce(is_code | problem.is_null(), nw.lit(True)))
            rejected = nw.lit("row_rejected")
            parts.append(_shelved(plan, lacking, name, nw.lit(reject.reason), rejected))
    return nw.concat(parts, how="vertical")


def _shelved(
    plan: Plan, frame: nw.DataFrame[pa.Table], column: str, reason: nw.Expr, action: nw.Expr
) -> nw.DataFrame[pa.Table]:
    """Address rows as quarantine rows of one column."""
    return frame.select(
        nw.lit(plan.table).alias("table"),
        nw.col("_file").alias("file"),
        nw.col("_row").alias("row"),
        nw.lit(column).alias("column"),
        nw.col(column + TEXT).alias("value"),
        reason.alias("reason"),
        action.alias("action"),
    )


def _counts(plan: Plan, n_kept: int, shelved: pa.Table) -> Counts:
    """Count rows by what became of them; a row rejected for two reasons is one row."""
    frame = shelved.select(["file", "row", "action"]).to_pandas()
    per_row = frame.drop_duplicates()["action"].value_counts()
    per_cell = frame["action"].value_counts()
    return Counts(
        rows_read=sum(int(file["rows"]) for file in plan.files),
        rows_kept=n_kept,
        rows_merged=int(per_row.get("row_merged", 0)),
        rows_rejected=int(per_row.get("row_rejected", 0)),
        cells_set_missing=int(per_cell.get("set_missing", 0)),
        cells_missing_code=int(per_cell.get("missing_code", 0)),
        cells_corrected=int(per_cell.get("corrected", 0)),
        cells_noted=int(per_cell.get("kept", 0)),
    )


def counts_of(cleaned: Sequence[Cleaned]) -> dict[str, dict[str, int]]:
    """The content of counts.json."""
    return {part.table: asdict(part.counts) for part in cleaned}
