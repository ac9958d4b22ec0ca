"""Panels of sources without dates: one row a customer, or none at all."""

from __future__ import annotations

import datetime as dt

import narwhals as nw
import pyarrow as pa

from nexo.engine import Engine, Frame
from nexo.panel.rows import COLUMNS, KINDS

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
