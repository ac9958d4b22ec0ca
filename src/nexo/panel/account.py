"""What a panel must answer for: no leak, no row lost, every row that is not used counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pandas as pd

from nexo.config import OUTCOMES
from nexo.engine import Frame, to_arrow
from nexo.errors import PanelError
from nexo.panel.landmarks import Grid
from nexo.panel.rows import COVARIATE_GUARDS, OUTCOME_GUARDS, ROW, Tables

METRIC_COLUMNS = ("nps_score", "ces_score", "csat_score")
FLOW_COLUMNS = ("step_code", "outcome", "n_rows", "n_customers")


@dataclass(frozen=True)
class Built:
    """What later code needs to know of a built panel: attrition, and counts by landmark."""

    flow: pd.DataFrame
    landmarks: list[dict[str, Any]]
    n_customers: int
    n_active_reference: int


def refuse_leaks(rows: Frame) -> None:
    """Raise PanelError if a covariate is dated after its landmark, or an outcome not after it.

    The guards are the extreme dates that each group of columns was made from.
    """
    landmark = nw.col("landmark")
    leaks = {name: nw.col(name) > landmark for name in COVARIATE_GUARDS}
    leaks |= {name: nw.col(name) <= landmark for name in OUTCOME_GUARDS}
    marked = rows.select(
        **{name: nw.when(leak).then(nw.lit(1)).otherwise(nw.lit(0)) for name, leak in leaks.items()}
    )
    counts = to_arrow(marked.select(*(nw.col(name).sum() for name in leaks))).to_pylist()[0]
    found = [f"{name} ({counts[name]} rows)" for name in leaks if counts[name]]
    if found:
        raise PanelError(
            "The panel mixes past and future: covariates must be dated on or before their "
            f"landmark, outcomes after it. Wrong: {', '.join(found)}. This is a fault of "
            "nexo.panel, not of the data: do not use the panel, and report it."
        )


def refuse_lost_rows(rows: Frame, tables: Tables, grid: Grid) -> None:
    """Raise PanelError unless each landmark holds each active customer exactly once.

    The customer file is counted anew, without the joins that made the panel.
    """
    counted = to_arrow(rows.group_by("landmark").agg(n=nw.len())).to_pylist()
    found = {row["landmark"]: row["n"] for row in counted}
    n_rows, n_distinct = sum(found.values()), _count(rows.select(*ROW).unique())
    if n_rows != n_distinct:
        raise PanelError(
            f"The panel repeats rows: {n_rows} rows, but {n_distinct} customers at landmarks. A "
            "key occurs twice in a canonical table; check data/clean."
        )
    if not tables.has_left_at:
        return
    joined, left = nw.col("joined_at").cast(nw.Date), nw.col("left_at").cast(nw.Date)
    for mark in grid.landmarks:
        is_active = (joined <= mark.date) & (left.is_null() | (left > mark.date))
        expected = _count(tables.customers.filter(is_active))
        if expected != found.get(mark.date, 0):
            raise PanelError(
                f"Landmark {mark.date}: {expected} customers are active in the customer file, "
                f"{found.get(mark.date, 0)} are in the panel. Rows were lost; do not use the "
                "panel, and report it."
            )


def count_rows(rows: Frame, tables: Tables, grid: Grid, counts: dict[str, Any]) -> Built:
    """Count rows and customers from the files to those used, and by landmark.

    ``counts`` are counts.json of both cleaning stages, by table.
    """
    is_known = tables.customers.select("customer_id")
    answers = tables.survey.filter(~nw.col("answered_at").is_null())
    flow = [
        ("customers_read", "", counts.get("customers", {}).get("rows_read"), None),
        ("customers_kept", "", *_size(tables.customers)),
        ("answers_kept", "", *_size(answers)),
        (
            "answers_of_known_customers",
            "",
            *_size(answers.join(is_known, on="customer_id", how="semi")),
        ),
    ]
    if tables.orders is not None:
        known = tables.orders.join(is_known, on="customer_id", how="semi")
        flow += [
            ("orders_kept", "", *_size(tables.orders)),
            ("orders_of_known_customers", "", *_size(known)),
        ]
    flow.append(("active_at_landmarks", "", *_size(rows)))
    for outcome in OUTCOMES:
        flow += _flow_of_outcome(rows, grid, outcome)
    table = pd.DataFrame(flow, columns=list(FLOW_COLUMNS)).astype(
        {"n_rows": "Int64", "n_customers": "Int64"}
    )
    return Built(
        flow=table,
        landmarks=(by_landmark := _by_landmark(rows, grid)),
        n_customers=int(table.loc[table["step_code"] == "customers_kept", "n_customers"].iloc[0]),
        n_active_reference=int(by_landmark[-1]["n_active"]),
    )


def _flow_of_outcome(rows: Frame, grid: Grid, outcome: str) -> list[tuple[Any, ...]]:
    """From active customers to the rows that the model of one outcome may use."""
    seen = [mark.date for mark in grid.landmarks if mark.is_seen[outcome]]
    landmark = nw.col("landmark")
    kept = rows.filter(landmark.is_in(seen) if seen else landmark.is_null())
    column = {
        "retention": "is_retained",
        "cross_selling": "n_new_categories",
        "revenue": "net_revenue_cents",
    }[outcome]
    steps = [("window_seen", kept)]
    kept = kept.filter(~nw.col(column).is_null())
    steps.append(("outcome_known", kept))
    if outcome == "cross_selling":
        kept = kept.filter(nw.col("n_categories_unowned") > 0)
        steps.append(("something_left_to_buy", kept))
    kept = kept.filter(~nw.col("nps_score").is_null())
    steps.append(("nps_score_known", kept))
    return [(code, outcome, *_size(frame)) for code, frame in steps]


def _size(frame: Frame) -> tuple[int, int]:
    """Rows, and customers among them."""
    size = frame.select(n=nw.len(), c=nw.col("customer_id").n_unique())
    row = to_arrow(size).to_pylist()[0]
    return int(row["n"]), int(row["c"] or 0)  # no rows: some engines count null


def _count(frame: Frame) -> int:
    return int(to_arrow(frame.select(n=nw.len())).to_pylist()[0]["n"])


def _by_landmark(rows: Frame, grid: Grid) -> list[dict[str, Any]]:
    counted = rows.group_by("landmark").agg(
        n_active=nw.len(), **{name: nw.col(name).count() for name in METRIC_COLUMNS}
    )
    by_day = {row["landmark"]: row for row in to_arrow(counted).to_pylist()}
    nothing = dict.fromkeys(("n_active", *METRIC_COLUMNS), 0)
    return [
        {
            "date": mark.date.isoformat(),
            "n_active": (row := by_day.get(mark.date, nothing))["n_active"],
            "n_scored": {name: row[name] for name in METRIC_COLUMNS},
            "is_seen": dict(mark.is_seen),
        }
        for mark in grid.landmarks
    ]
