"""Panels of sources without dates: one row a customer, or none at all."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pandas as pd
import pyarrow as pa

from nexo.engine import Engine, Frame, to_pandas
from nexo.panel.account import FLOW_COLUMNS, METRIC_COLUMNS, Built
from nexo.panel.rows import COLUMNS, KINDS, ORDER, PANEL_FILE

if TYPE_CHECKING:
    from nexo.sources import Source

DAYS_A_MONTH = 30.4375


def snapshot_rows(survey: Frame, behaviour: Frame, data_end: dt.date) -> Frame:
    """One row for each customer of a snapshot, scored or not, all of them the reference.

    There is no before and after: what the snapshot says of a customer's categories is a stock,
    not new purchases, so n_new_categories stays null; tenure in months becomes days.
    """
    scores = survey.select("customer_id", "nps_score", "ces_score", "csat_score")
    kept = set(behaviour.collect_schema().names()) - {"nps_score", "ces_score", "csat_score"}
    rows = behaviour.select(*sorted(kept)).join(scores, on="customer_id", how="left")
    rows = rows.with_columns(
        landmark=nw.lit(data_end), wave=nw.lit("snapshot"), is_reference=nw.lit(True)
    )
    if "tenure_months" in kept:
        days = (nw.col("tenure_months").cast(nw.Float64) * DAYS_A_MONTH).round(0)
        rows = rows.with_columns(tenure_days=days.cast(nw.Int64))
    if "n_categories" in kept:
        rows = rows.with_columns(n_categories_owned=nw.col("n_categories"))
    given = rows.collect_schema().names()
    absent = {name: nw.lit(None).cast(KINDS[name]) for name in COLUMNS if name not in given}
    return rows.with_columns(**absent).select(*(nw.col(name).cast(KINDS[name]) for name in COLUMNS))


def empty_rows(engine: Engine) -> Frame:
    """The panel of a survey-only source: every column, no row."""
    types = {nw.Date: pa.date32(), nw.Boolean: pa.bool_(), nw.String: pa.string()}
    fields = [(name, types.get(KINDS[name], pa.int64())) for name in COLUMNS]
    return engine.from_arrow(pa.schema(fields).empty_table())


def build_undated(
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
