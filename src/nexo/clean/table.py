"""Turns one raw table into its canonical one: cast, reject, merge duplicates, count everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from nexo import contract, quarantine
from nexo.clean.columns import KEPT, PROBLEM, TEXT
from nexo.clean.corrections import Listed, Tally, settled
from nexo.clean.duplicates import merge_duplicates
from nexo.clean.notes import STAY, STAY_KEY, noted
from nexo.clean.plan import Cleaned, Plan
from nexo.clean.rows import ODD, REJECTED, recipes, typed_rows, unpacked
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
    typed, corrections, listed = _typed(engine, source, plan, raw)
    place = engine.spill / f"{plan.table}.parquet"
    with engine.holding(typed) as wide:
        kept, duplicates = _kept(engine, plan, wide)
        n_kept = _write(engine, dictionary, plan, kept, place)
        stays = kept.select(*STAY) if plan.table == STAY_KEY[0] else plan.stays
        notes = noted(plan.table, plan.columns, kept, source.data_end, stays)
        odd = unpacked(plan, to_arrow(wide.filter(~nw.col(ODD).is_null())))
    cells = _cells(plan, nw.from_native(odd, eager_only=True)).to_arrow()
    shelved = quarantine.joined([plan.ragged, corrections, cells, duplicates, notes.shelved()])
    file = pa.memory_map(str(place))
    return Cleaned(plan.table, file, shelved, _counts(plan, n_kept, shelved), listed)


def clean_rows(engine: Engine, source: Source, plan: Plan, raw: Frame) -> Frame:
    """The canonical rows alone, where another table is held against them: nothing is written."""
    typed, _, _ = _typed(engine, source, plan, raw)
    return _kept(engine, plan, engine.hold(typed))[0].select(*plan.columns)


def _typed(
    engine: Engine, source: Source, plan: Plan, raw: Frame
) -> tuple[Frame, pa.Table, Listed]:
    """Typed rows, to be held (engines would cast anew in every query); corrections."""
    tally = Tally()
    made_by = recipes(engine, source, plan, raw, tally)
    corrections, listed = settled(tally, plan.corrections)
    return typed_rows(plan, made_by, raw), corrections, listed


def _write(engine: Engine, dictionary: Dictionary, plan: Plan, kept: Frame, place: Path) -> int:
    """Write the rows that stay, sorted, held against the dictionary; return their number."""
    names = tuple(plan.columns)
    rows = kept.select(*names)
    contract.check(plan.table, rows, dictionary=dictionary, columns=names)
    key = tuple(name for name in dictionary.table(plan.table).key if name in names)
    return engine.write_parquet(
        rows, place, key, partial(contract.unique, table=plan.table, key=key)
    )


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
    of_rows = pc.is_in(shelved["action"], pa.array(["row_merged", "row_rejected"]))
    rows = shelved.filter(of_rows).group_by(["file", "row", "action"]).aggregate([])
    n_rows, n_cells = _times(rows["action"]), _times(shelved["action"])
    return Counts(
        rows_read=sum(int(file["rows"]) for file in plan.files),
        rows_kept=n_kept,
        rows_merged=n_rows["row_merged"],
        rows_rejected=n_rows["row_rejected"],
        cells_set_missing=n_cells["set_missing"],
        cells_missing_code=n_cells["missing_code"],
        cells_corrected=n_cells["corrected"],
        cells_noted=n_cells["kept"],
    )


def _times(values: pa.ChunkedArray) -> Counter[str]:
    """How often each value comes."""
    found = pc.value_counts(values)
    return Counter({one["values"]: one["counts"] for one in found.to_pylist()})


def counts_of(cleaned: Sequence[Cleaned]) -> dict[str, dict[str, int]]:
    """The content of counts.json."""
    return {part.table: asdict(part.counts) for part in cleaned}
