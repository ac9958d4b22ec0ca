"""Build data/panel from the canonical tables, for each kind of source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from nexo.base.errors import PanelError
from nexo.base.progress import Progress
from nexo.base.results import read_json, write_json, write_table
from nexo.engine import Engine, open_engine, write_batches
from nexo.panel.account import (
    Built,
    count_rows,
    refuse_leaks,
    refuse_lost_rows,
    refuse_repeated_customers,
    refuse_wrong_ages,
)
from nexo.panel.landmarks import Grid, make_grid
from nexo.panel.rows import PANEL_FILE, cohort, panel_rows
from nexo.panel.tables import (
    Tables,
    canonical_tables,
    categories_of,
    data_start,
    every,
    read_tables,
)
from nexo.panel.undated import build_undated

if TYPE_CHECKING:
    from nexo.base.config import Panel
    from nexo.sources import Source

ROWS_TOGETHER = 4_000_000
"""Rows of the panel that are made and sorted at a time: several landmarks, where these fit."""
CUSTOMERS_GUARDED = 20_000
"""Customers whose rows are made a second time, with the dates that fed them: all, or one in so
many. The code is the same for every customer, so a leak into one is a leak into many."""


def build_panel(
    params: Panel, source: Source, survey_dir: Path, sales_dir: Path, target: Path
) -> None:
    """Write panel.parquet, flow.csv and meta.json into the folder ``target``.

    Reads the canonical tables of both cleaning stages. Raises PanelError when no landmark
    fits, when a covariate is dated after its landmark or an outcome at or before it, and
    when a customer is lost or doubled on the way.
    """
    counts = {**_counts(survey_dir), **_counts(sales_dir)}
    meta: dict[str, Any] = {
        "kind": source.kind,
        "source": params.common.source,
        "title": source.title,
        "company": source.company,
        "labels": source.labels,
        "currency": source.currency,
        "data_end": source.data_end.isoformat(),
        "horizon_days": params.horizon_days.model_dump(),
        "control_lookback_days": params.control_lookback_days,
        "score_lookback_days": params.score_lookback_days,
        "dropped_landmarks": [],
        "categories": [],
    }
    with open_engine(params.common) as engine:
        if source.kind == "landmark":
            built, more = _build_landmarks(
                engine, params, source, (survey_dir, sales_dir), target, counts
            )
        else:
            built, more = build_undated(engine, source, (survey_dir, sales_dir), target)
    write_table(target / "flow.csv", built.flow)
    record = {
        "n_customers": built.n_customers,
        "n_active_reference": built.n_active_reference,
        "landmarks": built.landmarks,
    }
    write_json(target / "meta.json", {**meta, **more, **record})


def _counts(folder: Path) -> dict[str, Any]:
    file = folder / "counts.json"
    return dict(read_json(file)) if file.exists() else {}


def _build_landmarks(
    engine: Engine,
    params: Panel,
    source: Source,
    folders: tuple[Path, Path],
    target: Path,
    counts: dict[str, Any],
) -> tuple[Built, dict[str, Any]]:
    canonical = canonical_tables(engine, *folders)
    n_customers = refuse_repeated_customers(canonical["customers"])
    categories = categories_of(canonical)
    start = data_start(canonical)
    tables = read_tables(engine, canonical, start, n_customers, categories)
    _refuse_orders_of_the_past(params, tables)
    grid = make_grid(params, start, source.data_end)
    blocks = _blocks(engine, tables, grid, params.active_days)
    write_batches(blocks, target / PANEL_FILE)
    panel = engine.read_parquet(target / PANEL_FILE)
    built = count_rows(panel, tables, canonical, grid, counts)
    if built.n_active_reference == 0:
        raise PanelError(
            f"Nobody is active at the last landmark, {grid.landmarks[-1].date}. Check data_end in "
            "the source's YAML and the dates in the customer table."
        )
    more = {
        "data_start": start.isoformat(),
        "reference_landmark": grid.landmarks[-1].date.isoformat(),
        "categories": categories,
        "active_rule": "left_at" if tables.has_left_at else "orders_in_active_days",
        "dropped_landmarks": _dropped(grid),
    }
    return built, more


def _blocks(
    engine: Engine, tables: Tables, grid: Grid, active_days: int
) -> Iterator[pa.RecordBatch]:
    """The panel in blocks, landmark after landmark, checked before and on its way to the file."""
    watch = Progress("build_panel")
    guarded = every(tables, max(1, tables.n_customers // CUSTOMERS_GUARDED))
    n_together = max(1, ROWS_TOGETHER // max(1, tables.n_customers))
    for start in range(0, len(grid.landmarks), n_together):
        marks = grid.landmarks[start : start + n_together]
        refuse_leaks(panel_rows(guarded, marks, active_days, guarded=True), marks)
        n_rows = dict.fromkeys((mark.date for mark in marks), 0)
        for batch in engine.batches(panel_rows(tables, marks, active_days)):
            for mark in marks:
                of_mark = batch.filter(pc.equal(batch["landmark"], pa.scalar(mark.date)))
                refuse_wrong_ages(of_mark, mark)
                n_rows[mark.date] += of_mark.num_rows
            yield batch
            watch.add(batch.num_rows)
        refuse_lost_rows(cohort(tables, marks, active_days), n_rows)


def _refuse_orders_of_the_past(params: Panel, tables: Tables) -> None:
    """Raise PanelError where orders up to the landmark would decide who is retained after it."""
    horizon = params.horizon_days.retention
    if tables.has_left_at or tables.orders is None or params.active_days <= horizon:
        return
    raise PanelError(
        "The customer file has no date of leaving, so an order in the last panel.active_days "
        f"({params.active_days}) tells who is still there; but the window of retention has only "
        f"{horizon} days, and orders before the landmark would decide the outcome. Set "
        f"panel.active_days in params.yaml to {horizon} or less, lengthen "
        "panel.horizon_days.retention and .revenue, or map left_at in the source's YAML."
    )


def _dropped(grid: Grid) -> list[dict[str, str]]:
    return [
        {"date": day.isoformat(), "outcome": outcome, "reason_code": reason}
        for day, outcome, reason in grid.dropped
    ]
