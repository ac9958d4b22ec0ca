"""What a panel must answer for: no leak, no row lost, every row that is not used counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import narwhals as nw
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nexo.base.config import OUTCOMES
from nexo.base.errors import PanelError
from nexo.engine import Frame, to_arrow
from nexo.panel.landmarks import Grid, Landmark
from nexo.panel.tables import Tables
from nexo.panel.windows import Window

METRIC_COLUMNS = ("nps_score", "ces_score", "csat_score")
AGES = ("nps_age_days", "ces_age_days", "csat_age_days")
FLOW_COLUMNS = ("step_code", "outcome", "n_rows", "n_customers")
OUTCOME_COLUMN = {
    "retention": "is_retained",
    "cross_selling": "n_new_categories",
    "revenue": "net_revenue_cents",
}
Step = tuple[str, str]
"""A step of the flow: its code, and the outcome it is about ("" for all)."""


@dataclass(frozen=True)
class Built:
    """What later code needs to know of a built panel: attrition, and counts by landmark."""

    flow: pd.DataFrame
    landmarks: list[dict[str, Any]]
    n_customers: int
    n_active_reference: int


def refuse_leaks(guarded: Frame, marks: Sequence[Landmark]) -> None:
    """Raise PanelError if a date that fed a column lies outside its look-back or its window.

    Covariates are dated up to the landmark and not before their look-back, outcomes after the
    landmark and not after the end of their window. ``guarded`` are rows of the panel made with
    their guards, as ``panel_rows`` gives them.
    """
    known = guarded.collect_schema().names()
    windows = [name for name in _allowed(marks[0]) if f"{name}_min" in known]
    ends = {
        f"{window}_{end}": getattr(nw.col(f"{window}_{end}"), end)()
        for window in windows
        for end in ("min", "max")
    }
    by_day = {mark.date: mark for mark in marks}
    for row in to_arrow(guarded.group_by("landmark").agg(**ends)).to_pylist() if ends else []:
        mark = by_day[row["landmark"]]
        for window in windows:
            after, until = _allowed(mark)[window]
            first, last = row[f"{window}_min"], row[f"{window}_max"]
            if first and (first <= after or last > until):
                _stop_at_leak(mark, f"{window} is made of {first} to {last}")


def refuse_wrong_ages(batch: pa.RecordBatch, mark: Landmark) -> None:
    """Raise PanelError if a row knows of an answer or of joining after its landmark.

    Nor may an answer be from before its look-back.
    """
    look_back = (mark.date - mark.score_after).days
    for name in ("tenure_days", *AGES):
        least, most = pc.min_max(batch[name]).values()
        too_old = name in AGES and (most.as_py() or 0) >= look_back
        if (least.as_py() or 0) < 0 or too_old:
            _stop_at_leak(mark, f"{name} runs from {least} to {most}")


def _stop_at_leak(mark: Landmark, what: str) -> NoReturn:
    raise PanelError(
        "The panel mixes past and future: covariates must be dated on or before their "
        f"landmark, outcomes after it. Wrong at {mark.date}: {what}. This is a "
        "fault of nexo.panel, not of the data: do not use the panel, and report it."
    )


def _allowed(mark: Landmark) -> dict[str, Window]:
    """For each window the dates (after, until] that may feed it."""
    t, ends, ever = mark.date, mark.ends, dt.date.min
    return {
        "order_past": (mark.control_after, t),
        "category_owned": (ever, t),
        "contact_past": (mark.control_after, t),
        "order_next": (t, ends["revenue"]),
        "category_new": (t, ends["cross_selling"]),
        "contact_next": (t, ends["retention"]),
        "referral": (t, ends["retention"]),
    }


def refuse_repeated_customers(customers: Frame) -> int:
    """Count the customers; raise PanelError if one stands twice in the customer file."""
    counted = customers.group_by("customer_id").agg(n=nw.len())
    repeated = nw.when(nw.col("n") > 1).then(1).otherwise(0)
    size = to_arrow(counted.select(n=nw.len(), n_repeated=repeated.sum())).to_pylist()[0]
    n_repeated = int(size["n_repeated"] or 0)
    if n_repeated:
        raise PanelError(
            f"{n_repeated} customers stand more than once in the customer table, so the panel "
            "would hold repeated rows. customer_id is its key: check data/clean."
        )
    return int(size["n"])


def refuse_lost_rows(cohort: Frame, n_found: Mapping[dt.date, int]) -> None:
    """Raise PanelError unless each landmark holds each of its active customers exactly once.

    ``cohort`` is counted anew, without the joins that made the ``n_found`` rows of landmarks.
    """
    counted = to_arrow(cohort.group_by("landmark").agg(n=nw.len())).to_pylist()
    expected = {row["landmark"]: int(row["n"]) for row in counted}
    for day, n_rows in n_found.items():
        if n_rows != expected.get(day, 0):
            raise PanelError(
                f"Landmark {day}: {expected.get(day, 0)} customers are active in the customer "
                f"file, {n_rows} are in the panel. Rows were lost or repeated; do not use the "
                "panel, and report it."
            )


def count_rows(
    panel: Frame,
    tables: Tables,
    canonical: dict[str, Frame],
    grid: Grid,
    counts: dict[str, Any],
) -> Built:
    """Count rows and customers from the files to those used, and by landmark.

    ``canonical`` are the tables that ``tables`` were made of; ``counts`` are counts.json of
    both cleaning stages, by table.
    """
    customers = canonical["customers"].select("customer_id")
    answers = canonical["survey"].filter(~nw.col("answered_at").is_null())
    flow: list[tuple[Any, ...]] = [
        ("customers_read", "", counts.get("customers", {}).get("rows_read"), None),
        ("customers_kept", "", *_size(customers, "customer_id")),
    ]
    pairs = (
        ("answers", answers, tables.answers),
        ("orders", canonical.get("orders"), tables.orders),
    )
    for name, kept, known in pairs:
        if kept is not None and known is not None:
            of_known = _size(known, "number")
            flow += [(f"{name}_kept", "", *_with_strangers(of_known, kept, customers))]
            flow += [(f"{name}_of_known_customers", "", *of_known)]
    flow += [(*step, *size) for step, size in _sizes(panel, _steps(grid)).items()]
    table = pd.DataFrame(flow, columns=list(FLOW_COLUMNS)).astype(
        {"n_rows": "Int64", "n_customers": "Int64"}
    )
    by_landmark = _by_landmark(panel, grid)
    n_customers = table.loc[table["step_code"] == "customers_kept", "n_customers"].iloc[0]
    return Built(table, by_landmark, int(n_customers), int(by_landmark[-1]["n_active"]))


def _with_strangers(known: tuple[int, int], kept: Frame, customers: Frame) -> tuple[int, int]:
    """Rows and customers of ``kept``, of which those of ``known`` customers are counted already."""
    n_rows = int(to_arrow(kept.select(n=nw.len()))["n"][0].as_py())
    if n_rows == known[0]:
        return known
    strangers = _size(kept.join(customers, on="customer_id", how="anti"), "customer_id")
    return n_rows, known[1] + strangers[1]


def _steps(grid: Grid) -> dict[Step, nw.Expr]:
    """From active customers to the rows that the model of each outcome may use."""
    landmark = nw.col("landmark")
    steps: dict[Step, nw.Expr] = {("active_at_landmarks", ""): ~landmark.is_null()}
    for outcome in OUTCOMES:
        seen = [mark.date for mark in grid.landmarks if mark.is_seen[outcome]]
        kept = landmark.is_in(seen) if seen else landmark.is_null()
        steps["window_seen", outcome] = kept
        kept = kept & ~nw.col(OUTCOME_COLUMN[outcome]).is_null()
        steps["outcome_known", outcome] = kept
        if outcome == "cross_selling":
            left_to_buy = nw.coalesce(nw.col("n_categories_unowned") > 0, nw.lit(False))
            kept = kept & left_to_buy
            steps["something_left_to_buy", outcome] = kept
        steps["nps_score_known", outcome] = kept & ~nw.col("nps_score").is_null()
    return steps


def _sizes(frame: Frame, steps: dict[Step, nw.Expr]) -> dict[Step, tuple[int, int]]:
    """Rows, and customers among them, of each step; one pass over the frame for all."""
    names = {step: f"step_{index}" for index, step in enumerate(steps)}
    flags = {
        names[step]: nw.when(condition).then(nw.lit(1)).otherwise(nw.lit(0))
        for step, condition in steps.items()
    }
    by_customer = (
        frame.select("customer_id", **flags)
        .group_by("customer_id")
        .agg(*(nw.col(name).sum().cast(nw.Int64) for name in flags))
    )
    one = nw.lit(1)
    totals = by_customer.select(
        *(nw.col(name).sum().alias(f"{name}_rows") for name in flags),
        *(
            nw.when(nw.col(name) > 0).then(one).otherwise(0).sum().alias(f"{name}_customers")
            for name in flags
        ),
    )
    row = to_arrow(totals).to_pylist()[0]
    return {
        step: (int(row[f"{name}_rows"] or 0), int(row[f"{name}_customers"] or 0))
        for step, name in names.items()
    }


def _size(frame: Frame, customer: str) -> tuple[int, int]:
    """Rows, and customers among them; a row without a customer is a row."""
    by_customer = frame.group_by(customer).agg(n=nw.len())
    row = to_arrow(by_customer.select(n=nw.col("n").sum(), c=nw.col(customer).count()))
    size = row.to_pylist()[0]
    return int(size["n"] or 0), int(size["c"] or 0)


def _by_landmark(panel: Frame, grid: Grid) -> list[dict[str, Any]]:
    counted = panel.group_by("landmark").agg(
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
