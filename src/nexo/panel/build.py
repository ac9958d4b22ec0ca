"""Build data/panel from the canonical tables, for each kind of source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd
import pyarrow as pa

from nexo.engine import Engine, Frame, open_engine, to_pandas, write_batches
from nexo.errors import PanelError
from nexo.panel.account import (
    FLOW_COLUMNS,
    METRIC_COLUMNS,
    Built,
    count_rows,
    refuse_leaks,
    refuse_lost_rows,
    refuse_repeated_customers,
)
from nexo.panel.landmarks import Grid, make_grid
from nexo.panel.rows import COLUMNS, Tables, cohort, panel_rows
from nexo.panel.snapshot import empty_rows, snapshot_rows
from nexo.progress import Progress
from nexo.results import read_json, write_json, write_table

if TYPE_CHECKING:
    from nexo.config import Panel
    from nexo.sources import Source

PANEL_FILE = "panel.parquet"
ORDER = ("landmark", "customer_id")


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
            built, more = _build_undated(engine, source, (survey_dir, sales_dir), target)
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
    canonical = _canonical(engine, *folders)
    refuse_repeated_customers(canonical["customers"])
    categories = _categories(canonical)
    tables = _read_tables(engine, canonical, len(categories))
    _refuse_orders_of_the_past(params, tables)
    start = _data_start(canonical)
    grid = make_grid(params, start, source.data_end)
    blocks = _blocks(engine, tables, grid, params.active_days)
    write_batches(blocks, target / PANEL_FILE)
    built = count_rows(engine.read_parquet(target / PANEL_FILE), canonical, grid, counts)
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
    """The panel in blocks, landmark by landmark, each checked on its way to the file."""
    watch = Progress("build_panel", len(grid.landmarks), "landmarks")
    for mark in grid.landmarks:
        n_rows = 0
        for batch in engine.batches(panel_rows(tables, mark, active_days).sort("customer_id")):
            refuse_leaks(batch, mark)
            n_rows += batch.num_rows
            yield batch.select(list(COLUMNS))
        refuse_lost_rows(cohort(tables, mark, active_days), n_rows, mark)
        watch.add(1)


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


def _canonical(engine: Engine, survey_dir: Path, sales_dir: Path) -> dict[str, Frame]:
    """The canonical tables that the source has, by name."""
    places = {"survey": survey_dir, "customers": sales_dir}
    optional = [name for name in ("orders", "contacts") if (sales_dir / f"{name}.parquet").exists()]
    places |= dict.fromkeys(optional, sales_dir)
    return {
        name: engine.read_parquet(folder / f"{name}.parquet") for name, folder in places.items()
    }


def _categories(canonical: dict[str, Frame]) -> list[str]:
    if "orders" not in canonical:
        return []
    bought = canonical["orders"].filter(nw.col("amount_cents") > 0)
    return sorted(to_pandas(bought.select("category").unique())["category"].dropna())


def _read_tables(engine: Engine, canonical: dict[str, Frame], n_categories: int) -> Tables:
    """What the landmarks are made of; what every one of them reads is prepared once, on disk."""

    def day(column: str) -> nw.Expr:
        return nw.col(column).cast(nw.Date)

    customers = canonical["customers"].with_columns(
        joined_on=day("joined_at"), left_on=day("left_at")
    )
    left = to_pandas(customers.select(nw.col("left_on").count()))["left_on"].iloc[0]
    labels = ("segment", "region", "acquisition_channel")
    orders = firsts = contacts = referrals = None
    if "orders" in canonical:
        on = day("ordered_at").alias("ordered_on")
        orders = canonical["orders"].select("customer_id", on, "amount_cents")
        bought = canonical["orders"].filter(nw.col("amount_cents") > 0)
        found = bought.select("customer_id", "category", on).group_by("customer_id", "category")
        first = nw.col("ordered_on").min().alias("first_on")
        firsts = engine.hold(found.agg(first).select("customer_id", "first_on"))
    if "contacts" in canonical:
        on = day("contacted_at").alias("contacted_on")
        contacts = canonical["contacts"].select("customer_id", on)
    if "referred_by" in customers.collect_schema().names():
        brought = customers.filter(~nw.col("referred_by").is_null())
        referrals = brought.select(
            nw.col("referred_by").alias("customer_id"), nw.col("joined_on").alias("referred_on")
        )
    given = canonical["survey"].filter(~nw.col("answered_at").is_null())
    return Tables(
        answers=given.with_columns(answered_on=day("answered_at")),
        customers=customers.select("customer_id", *labels, "joined_on", "left_on"),
        orders=orders,
        firsts=firsts,
        contacts=contacts,
        referrals=referrals,
        has_left_at=int(left) > 0,
        n_categories=n_categories,
    )


def _data_start(canonical: dict[str, Frame]) -> dt.date:
    """First day of data: the first order when there are orders, else whatever is first dated.

    Customers may have joined long before the order book opens; a look-back of controls is
    full only where orders are seen.
    """
    dated = {
        "orders": "ordered_at",
        "contacts": "contacted_at",
        "survey": "answered_at",
        "customers": "joined_at",
    }
    if "orders" in canonical:
        dated = {"orders": "ordered_at"}
    for name, column in dated.items():
        if name not in canonical:
            continue
        first = canonical[name].select(nw.col(column).cast(nw.Date).min())
        day = to_pandas(first)[column].iloc[0]
        if not pd.isna(day):
            return pd.Timestamp(day).date()
    raise PanelError(
        "No table holds a date, so no landmark can be placed. If the data have no dates, declare "
        "kind: snapshot in the source's YAML."
    )


def _build_undated(
    engine: Engine, source: Source, folders: tuple[Path, Path], target: Path
) -> tuple[Built, dict[str, Any]]:
    """A snapshot has one row a customer and no windows; a survey alone has no panel."""
    survey = engine.read_parquet(folders[0] / "survey.parquet")
    if source.kind == "snapshot":
        behaviour = engine.read_parquet(folders[1] / "snapshot.parquet")
        rows = snapshot_rows(survey, behaviour, source.data_end)
    else:
        rows = empty_rows(engine)
    n_rows = engine.write_parquet(rows, target / PANEL_FILE, ORDER)
    panel = engine.read_parquet(target / PANEL_FILE)
    answers = to_pandas(survey.select(nw.len().alias("n")))["n"].iloc[0]
    flow = [("answers_kept", "", int(answers), None), ("customers_kept", "", n_rows, n_rows)]
    landmarks = []
    if n_rows:
        scored = to_pandas(panel.select(*(nw.col(name).count() for name in METRIC_COLUMNS))).iloc[0]
        landmarks = [
            {
                "date": source.data_end.isoformat(),
                "n_active": n_rows,
                "n_scored": {name: int(scored[name]) for name in METRIC_COLUMNS},
                "is_seen": {"retention": True, "cross_selling": True, "revenue": True},
            }
        ]
        flow += _undated_flow(panel)
    table = pd.DataFrame(flow, columns=list(FLOW_COLUMNS)).astype(
        {"n_rows": "Int64", "n_customers": "Int64"}
    )
    reference = source.data_end.isoformat() if n_rows else None
    more = {"data_start": None, "reference_landmark": reference, "active_rule": "all"}
    return Built(table, landmarks, n_rows, n_rows), more


def _undated_flow(panel: Frame) -> list[tuple[str, str, int, int]]:
    flow = []
    for outcome, column in (
        ("retention", "is_retained"),
        ("cross_selling", "n_new_categories"),
        ("revenue", "net_revenue_cents"),
    ):
        known = panel.filter(~nw.col(column).is_null())
        both = known.filter(~nw.col("nps_score").is_null())
        for code, frame in (("outcome_known", known), ("nps_score_known", both)):
            n = int(to_pandas(frame.select(nw.len().alias("n")))["n"].iloc[0])
            flow.append((code, outcome, n, n))
    return flow
