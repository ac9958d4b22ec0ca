"""Turns one raw table into its canonical one: cast, reject, merge duplicates, count everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import narwhals as nw
import pyarrow as pa

from nexo import contract, quarantine
from nexo.clean.columns import KEPT, PROBLEM, TEXT
from nexo.clean.corrections import Listed, Tally, settled
from nexo.clean.duplicates import merge_duplicates
from nexo.clean.notes import STAY, STAY_KEY, noted
from nexo.clean.plan import Cleaned, Plan
from nexo.clean.rows import ODD, REJECTED, recipes, typed_rows
from nexo.clean.steps import coded
from nexo.contract import Dictionary
from nexo.engine import Engine, Frame, to_arrow
from nexo.quarantine import Counts
from nexo.sources import Source


def clean_table(
    engine: Engine, source: Source, dictionary: Dictionary, plan: Plan, raw: Frame
) -> Cleaned:
    """Make one canonical table; raise SourceError for unknown labels, ContractError for a fault.

    ``raw`` is the table that extraction wrote: text columns, ``_file`` and ``_row``.
    """
    wide, corrections, listed = _wide(engine, source, plan, raw)
    kept, duplicates = _kept(engine, plan, wide)
    names = tuple(plan.columns)
    contract.check(plan.table, kept.select(*names), dictionary=dictionary, columns=names)
    place = engine.spill / f"{plan.table}.parquet"
    n_kept = engine.write_parquet(kept.select(*names), place, dictionary.table(plan.table).key)
    stays = kept.select(*STAY) if plan.table == STAY_KEY[0] else plan.stays
    notes = noted(plan.table, plan.columns, kept, source.data_end, stays)
    odd = nw.from_native(to_arrow(wide.filter(nw.col(ODD))), eager_only=True)
    cells = _cells(plan, odd).to_arrow()
    shelved = quarantine.joined([plan.ragged, corrections, cells, duplicates, notes])
    file = pa.memory_map(str(place))
    return Cleaned(plan.table, file, shelved, _counts(plan, n_kept, shelved), listed)


def clean_rows(engine: Engine, source: Source, plan: Plan, raw: Frame) -> Frame:
    """The canonical rows alone, where another table is held against them: nothing is written."""
    wide, _, _ = _wide(engine, source, plan, raw)
    return _kept(engine, plan, wide)[0].select(*plan.columns)


def _wide(engine: Engine, source: Source, plan: Plan, raw: Frame) -> tuple[Frame, pa.Table, Listed]:
    """Typed rows, made once and held (engines would cast anew in every query); corrections."""
    tally = Tally()
    made_by = recipes(engine, source, plan, raw, tally)
    corrections, listed = settled(tally, plan.corrections)
    return engine.hold(typed_rows(plan, made_by, raw)), corrections, listed


def _kept(engine: Engine, plan: Plan, wide: Frame) -> tuple[Frame, pa.Table]:
    """The rows that stay, and the quarantine rows of merged duplicates."""
    sound = wide.filter(~nw.col(REJECTED)).select(*plan.columns, "_file", "_row")
    told = {name: plan.columns[name] for name in plan.told}
    return merge_duplicates(engine, plan.table, told, plan.rule, sound)


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
