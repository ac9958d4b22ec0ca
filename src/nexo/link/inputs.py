"""What the link stage reads: the panel, its weights, and of the sales what the panel leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from nexo.base import paths
from nexo.base.config import Common
from nexo.base.results import read_json
from nexo.engine import day_number, open_engine, to_pandas
from nexo.link.task import NPS


@dataclass(frozen=True)
class Sales:
    """``left_at``: day of leaving by customer_id (retention). ``first_purchases``: one row a
    category bought for the first time inside a window (cross-selling): customer_id, landmark,
    nps_score, category. None where the source does not tell."""

    left_at: pd.Series | None = None
    first_purchases: pd.DataFrame | None = None


@dataclass(frozen=True)
class Inputs:
    """Panel, response weights, meta.json of the panel, and sales."""

    panel: pd.DataFrame
    weights: pd.DataFrame
    meta: dict[str, Any]
    sales: Sales


def read_inputs(outcome: str, common: Common) -> Inputs:
    """Read what the stages before wrote; sales only where the outcome and the source allow."""
    panel = pd.read_parquet(paths.panel_dir() / "panel.parquet")
    weights = pd.read_parquet(paths.results_dir("scores") / "weights.parquet")
    meta = read_json(paths.panel_dir() / "meta.json")
    sales = Sales()
    if meta["kind"] == "landmark" and outcome == "retention":
        sales = Sales(left_at=_left_at())
    if meta["kind"] == "landmark" and outcome == "cross_selling":
        found = _first_purchases(common, int(meta["horizon_days"]["cross_selling"]))
        sales = Sales(first_purchases=found)
    return Inputs(panel, weights, meta, sales)


def _left_at() -> pd.Series | None:
    import pyarrow.parquet as pq

    file = paths.clean_dir("sales") / "customers.parquet"
    if not file.is_file() or "left_at" not in pq.read_schema(file).names:
        return None
    table = pd.read_parquet(file, columns=["customer_id", "left_at"])
    return table.set_index("customer_id")["left_at"]


def _first_purchases(common: Common, horizon: int) -> pd.DataFrame | None:
    """As the panel counts them: a category's first order above zero, in (t, t + horizon]."""
    file = paths.clean_dir("sales") / "orders.parquet"
    if not file.is_file():
        return None
    with open_engine(common) as engine:
        orders = engine.read_parquet(file).filter(nw.col("amount_cents") > 0)
        first = orders.group_by("customer_id", "category").agg(first_on=nw.col("ordered_at").min())
        rows = engine.read_parquet(paths.panel_dir() / "panel.parquet").filter(
            ~nw.col(NPS).is_null() & ~nw.col("n_new_categories").is_null()
        )
        pairs = rows.select("customer_id", "landmark", NPS).join(first, on="customer_id")
        days = day_number("first_on") - day_number("landmark")
        inside = pairs.with_columns(days=days).filter(
            (nw.col("days") > 0) & (nw.col("days") <= horizon)
        )
        found = inside.select("customer_id", "landmark", NPS, "category")
        return to_pandas(found.sort("customer_id", "landmark", "category"))
