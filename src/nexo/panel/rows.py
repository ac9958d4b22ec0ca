"""The rows of landmarks: what was known of each active customer at t, and what followed.

Everything is a Narwhals expression on lazy frames, so raw rows stay inside the engine. Several
landmarks are made together, so that each table is read once for all of them. On the way a row is
known by its ``place`` alone, one number for landmark and customer: what is summed, joined and
sorted stays narrow, and the customer's own columns come last.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pyarrow as pa

from nexo.engine import Frame, day_number
from nexo.panel.landmarks import Landmark
from nexo.panel.tables import Tables
from nexo.panel.windows import MARK, Dated, Window, fed

Marks = Sequence[Landmark]
PLACE = "place"
"""Landmark after landmark, customers in the order of their ids."""

PANEL_FILE = "panel.parquet"
ORDER = ("landmark", "customer_id")
METRICS = ("nps", "ces", "csat")
SEEN_WITH = {
    "is_retained": "retention", "n_contacts": "retention", "n_referrals": "retention",
    "net_revenue_cents": "revenue", "n_new_categories": "cross_selling",
}  # fmt: skip
"""Columns that are null at a landmark whose window of this outcome the data do not show."""
COLUMNS = (
    "customer_id", "landmark", "wave", "is_reference",
    "nps_score", "ces_score", "csat_score", "nps_age_days", "ces_age_days", "csat_age_days",
    "tenure_days", "past_revenue_cents", "n_past_orders", "n_past_contacts",
    "n_repeat_contacts", "n_categories_owned", "n_categories_unowned",
    "segment", "region", "acquisition_channel",
    "is_retained", "n_new_categories", "net_revenue_cents", "n_contacts", "n_referrals",
)  # fmt: skip
KINDS: dict[str, Any] = {
    **dict.fromkeys(COLUMNS, nw.Int64),
    **dict.fromkeys(("customer_id", "wave"), nw.String),
    **dict.fromkeys(("segment", "region", "acquisition_channel"), nw.String),
    **dict.fromkeys(("is_reference", "is_retained"), nw.Boolean),
    "landmark": nw.Date,
}
"""The type of every column of the panel."""


def panel_rows(tables: Tables, marks: Marks, active_days: int, guarded: bool = False) -> Frame:
    """Return one row for each landmark and customer active at it: COLUMNS, in the panel's order.

    Columns that the source cannot give, or whose window is not seen, are null. ``guarded`` rows
    also have the first and the last date that each window of theirs was fed with: ``<window>_min``
    and ``<window>_max`` (see ``nexo.panel.account.refuse_leaks``).
    """
    rows = cohort(tables, marks, active_days).select(PLACE, "number", MARK)
    feeds = fed(tables, marks)
    rows = _with_answers(rows, tables, feeds["answers"])
    guards: list[str] = []
    for name, sums in _sums(tables).items():
        ends = _ends(feeds[name]) if guarded else {}
        rows, guards = _summed(rows, tables, feeds[name], sums, ends), [*guards, *ends]
    if tables.orders is not None:
        owned = nw.col("n_categories_owned")
        rows = rows.with_columns(n_categories_unowned=tables.n_categories - owned)
    rows = rows.join(_days_of(tables, marks), on=MARK, how="inner")
    rows = rows.join(tables.customers, on="number", how="inner")
    rows = _with_retention(rows, tables, marks, active_days)
    rows = rows.with_columns(
        wave=nw.col("landmark").cast(nw.String),
        tenure_days=_days_until_landmark("joined_on"),
        **{f"{metric}_age_days": _days_until_landmark(f"{metric}_on") for metric in METRICS},
    )
    given = set(rows.collect_schema().names())
    seen = {
        name: _if_seen(marks, outcome, nw.col(name))
        for name, outcome in SEEN_WITH.items()
        if name in given
    }
    rows = rows.with_columns(**seen).sort(PLACE)
    return rows.select(
        *(
            (nw.col(name) if name in given else nw.lit(None)).cast(KINDS[name]).alias(name)
            for name in COLUMNS
        ),
        *guards,
    )


def cohort(tables: Tables, marks: Marks, active_days: int) -> Frame:
    """Every customer active at each landmark, whether they answered or not."""
    found = tables.customers.join(_days_of(tables, marks), how="cross")
    found = _placed(found.filter(nw.col("joined_on") <= nw.col("landmark")), tables)
    left = nw.col("left_on")
    if tables.has_left_at or tables.orders is None:
        return found.filter(left.is_null() | (left > nw.col("landmark")))
    lately = [(mark.date - dt.timedelta(days=active_days), mark.date) for mark in marks]
    return found.join(_buyers(tables, tables.orders, lately), on=PLACE, how="semi")


def _days_of(tables: Tables, marks: Marks) -> Frame:
    """One row a landmark: its day, whether it is the last, where the window of retention ends."""
    days = {
        MARK: pa.array(range(len(marks)), pa.int64()),
        "landmark": pa.array([mark.date for mark in marks], pa.date32()),
        "retention_end": pa.array([mark.ends["retention"] for mark in marks], pa.date32()),
        "is_reference": pa.array([mark.is_reference for mark in marks], pa.bool_()),
    }
    return tables.engine.from_arrow(pa.table(days))


def _placed(rows: Frame, tables: Tables) -> Frame:
    return rows.with_columns(place=nw.col(MARK) * tables.n_customers + nw.col("number"))


def _buyers(tables: Tables, orders: Frame, windows: Sequence[Window]) -> Frame:
    """The places of customers with a purchase in the window of the landmark."""
    bought = orders.filter(nw.col("amount_cents") > 0)
    lately = Dated(bought, "ordered_on", [{"bought": window} for window in windows])
    placed = _placed(lately.on_days(tables.engine), tables)
    return placed.group_by(PLACE).agg(n_bought=nw.len())


def _with_answers(rows: Frame, tables: Tables, answers: Dated) -> Frame:
    """The last answer to each metric within the look-back: score and day."""
    placed = _placed(answers.on_days(tables.engine), tables)
    for metric in METRICS:
        score = f"{metric}_score"
        seen = placed.filter(~nw.col(score).is_null())
        # The latest moment wins; the larger response_id where two share it.
        for order in ("answered_at", "response_id"):
            seen = seen.filter(nw.col(order) == nw.col(order).max().over(PLACE))
        day = nw.col("answered_on").alias(f"{metric}_on")
        rows = rows.join(seen.select(PLACE, score, day), on=PLACE, how="left")
    return rows


def _sums(tables: Tables) -> dict[str, dict[str, nw.Expr]]:
    """What is summed within the windows of each table; a refund is money, but no order."""
    cents = nw.col("amount_cents")
    sums = {
        "orders": {
            "past_revenue_cents": _total("order_past", cents),
            "n_past_orders": _number("order_past", cents > 0),
            "net_revenue_cents": _total("order_next", cents),
        },
        "firsts": {
            "n_categories_owned": _number("category_owned"),
            "n_new_categories": _number("category_new"),
        },
        "contacts": {
            "n_past_contacts": _number("contact_past"),
            "n_contacts": _number("contact_next"),
        },
        "referrals": {"n_referrals": _number("referral")},
    }
    contacts = tables.contacts
    if contacts is not None and "is_repeat" in contacts.collect_schema().names():
        again = nw.col("is_repeat") > 0
        sums["contacts"]["n_repeat_contacts"] = _number("contact_past", again)
    return {name: named for name, named in sums.items() if getattr(tables, name) is not None}


def _summed(
    rows: Frame,
    tables: Tables,
    dated: Dated,
    sums: Mapping[str, nw.Expr],
    ends: Mapping[str, nw.Expr],
) -> Frame:
    """Add the sums over dated rows in windows, 0 for none; and the ends of what was summed."""
    placed = _placed(dated.on_days(tables.engine), tables)
    rows = rows.join(placed.group_by(PLACE).agg(**sums, **ends), on=PLACE, how="left")
    return rows.with_columns(nw.col(*sums).fill_null(0))


def _ends(dated: Dated) -> dict[str, nw.Expr]:
    """The first and the last date within each window."""
    return {
        f"{window}_{end}": getattr(
            nw.when(nw.col(window)).then(nw.col(dated.on)).otherwise(None), end
        )()
        for window in dated.windows[0]
        for end in ("min", "max")
    }


def _total(window: str, value: nw.Expr) -> nw.Expr:
    """Sum within a window as Int64: engines widen integer sums."""
    return nw.when(nw.col(window)).then(value).otherwise(None).sum().cast(nw.Int64)


def _number(window: str, condition: nw.Expr | None = None) -> nw.Expr:
    """Rows within a window, of which ``condition`` holds."""
    counted = nw.col(window) if condition is None else nw.col(window) & condition
    return nw.when(counted).then(1).otherwise(None).count().cast(nw.Int64)


def _with_retention(rows: Frame, tables: Tables, marks: Marks, active_days: int) -> Frame:
    """Still active at the end of the window."""
    left = nw.col("left_on")
    if tables.has_left_at:
        stays = left.is_null() | (left > nw.col("retention_end"))
        return rows.with_columns(is_retained=stays)
    if tables.orders is None:
        return rows
    ends = [mark.ends["retention"] for mark in marks]
    lately = [(end - dt.timedelta(days=active_days), end) for end in ends]
    rows = rows.join(_buyers(tables, tables.orders, lately), on=PLACE, how="left")
    return rows.with_columns(is_retained=~nw.col("n_bought").is_null())


def _days_until_landmark(column: str) -> nw.Expr:
    return day_number("landmark") - day_number(column)


def _if_seen(marks: Marks, outcome: str, value: nw.Expr) -> nw.Expr:
    seen = [mark.date for mark in marks if mark.is_seen[outcome]]
    landmark = nw.col("landmark")
    is_seen = landmark.is_in(seen) if seen else landmark.is_null()
    return nw.when(is_seen).then(value).otherwise(None)
