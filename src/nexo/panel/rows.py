"""The rows of landmarks: what was known of each active customer at t, and what followed.

Everything is a Narwhals expression on lazy frames, so raw rows stay inside the engine. Several
landmarks are made together, so that each table is read once for all of them. Next to each group
of columns stand its guards, the first and the last date that fed it; nexo.panel.account refuses a
panel whose guards leave their look-back or their window.
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
from nexo.panel.windows import DAY, Window, calendar

Marks = Sequence[Landmark]
BY = ("number", "landmark")
"""What a row of the panel is of: a customer, by number, at a landmark."""

PANEL_FILE = "panel.parquet"
ORDER = ("landmark", "customer_id")
METRICS = ("nps", "ces", "csat")
GROUPS = ("joined", "answer", "order_past", "category_owned", "contact_past",
          "order_next", "category_new", "contact_next", "referral")  # fmt: skip
GUARDS = tuple(f"{group}_{end}" for group in GROUPS for end in ("from", "to"))
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
    **dict.fromkeys(("landmark", *GUARDS), nw.Date),
}
"""The type of every column of the panel, and of its guards."""


def panel_rows(tables: Tables, marks: Marks, active_days: int) -> Frame:
    """Return one row for each landmark and customer active at it: COLUMNS and GUARDS.

    Columns that the source cannot give, or whose window is not seen, are null.
    """
    rows = cohort(tables, marks, active_days).with_columns(
        tenure_days=day_number("landmark") - day_number("joined_on"),
        joined_from=nw.col("joined_on"),
        joined_to=nw.col("joined_on"),
        wave=nw.col("landmark").cast(nw.String),
    )
    rows = _with_answers(rows, tables, marks)
    rows = _with_orders(rows, tables, marks)
    rows = _with_contacts(rows, tables, marks)
    rows = _with_referrals(rows, tables, marks)
    rows = _with_retention(rows, tables, marks, active_days)
    given = set(rows.collect_schema().names())
    return rows.select(
        *(
            (nw.col(name) if name in given else nw.lit(None)).cast(KINDS[name]).alias(name)
            for name in (*COLUMNS, *GUARDS)
        )
    )


def cohort(tables: Tables, marks: Marks, active_days: int) -> Frame:
    """Every customer active at each landmark, whether they answered or not."""
    days = {
        "landmark": pa.array([mark.date for mark in marks], pa.date32()),
        "retention_end": pa.array([mark.ends["retention"] for mark in marks], pa.date32()),
        "is_reference": pa.array([mark.is_reference for mark in marks], pa.bool_()),
    }
    found = tables.customers.join(tables.engine.from_arrow(pa.table(days)), how="cross")
    found = found.filter(nw.col("joined_on") <= nw.col("landmark"))
    left = nw.col("left_on")
    if tables.has_left_at or tables.orders is None:
        return found.filter(left.is_null() | (left > nw.col("landmark")))
    lately = [(mark.date - dt.timedelta(days=active_days), mark.date) for mark in marks]
    return found.join(_buyers(tables, tables.orders, marks, lately), on=list(BY), how="semi")


def _buyers(tables: Tables, orders: Frame, marks: Marks, windows: Sequence[Window]) -> Frame:
    """Customers and landmarks with a purchase in the window of the landmark."""
    days = calendar(tables.engine, marks, [{"bought": window} for window in windows])
    bought = _on_days(orders.filter(nw.col("amount_cents") > 0), "ordered_on", days)
    return bought.select(*BY).unique()


def _with_answers(rows: Frame, tables: Tables, marks: Marks) -> Frame:
    """The last answer to each metric within the look-back: score, its age and its date."""
    days = calendar(tables.engine, marks, [{"seen": (m.score_after, m.date)} for m in marks])
    answers = _on_days(tables.answers, "answered_on", days)
    for metric in METRICS:
        score = f"{metric}_score"
        seen = answers.filter(~nw.col(score).is_null())
        # The latest moment wins; the larger response_id where two share it.
        for order in ("answered_at", "response_id"):
            seen = seen.filter(nw.col(order) == nw.col(order).max().over(*BY))
        age = day_number("landmark") - day_number("answered_on")
        named = {f"{metric}_on": nw.col("answered_on"), f"{metric}_age_days": age}
        rows = _joined(rows, seen.select(*BY, score, **named))
    seen_on = [nw.col(f"{metric}_on") for metric in METRICS]
    return rows.with_columns(
        answer_from=nw.min_horizontal(*seen_on), answer_to=nw.max_horizontal(*seen_on)
    )


def _with_orders(rows: Frame, tables: Tables, marks: Marks) -> Frame:
    """Money and categories, before the landmark and in the window after it."""
    if tables.orders is None or tables.firsts is None:
        return rows
    cents = nw.col("amount_cents")
    windows = [
        {"order_past": (mark.control_after, mark.date), "order_next": _next(mark, "revenue")}
        for mark in marks
    ]
    money = {
        "past_revenue_cents": _total("order_past", cents),
        "n_past_orders": _total("order_past", nw.when(cents > 0).then(1).otherwise(0)),
        "net_revenue_cents": _total("order_next", cents),
    }  # a refund is money, but no order
    rows = _summed(rows, tables, marks, (tables.orders, "ordered_on"), windows, money)
    before = tables.data_start - dt.timedelta(days=1)
    windows = [
        {"category_owned": (before, mark.date), "category_new": _next(mark, "cross_selling")}
        for mark in marks
    ]
    bought = {
        "n_categories_owned": _total("category_owned", nw.lit(1)),
        "n_new_categories": _total("category_new", nw.lit(1)),
    }
    rows = _summed(rows, tables, marks, (tables.firsts, "first_on"), windows, bought)
    return rows.with_columns(
        net_revenue_cents=_if_seen(marks, "revenue", nw.col("net_revenue_cents")),
        n_new_categories=_if_seen(marks, "cross_selling", nw.col("n_new_categories")),
        n_categories_unowned=tables.n_categories - nw.col("n_categories_owned"),
    )


def _with_contacts(rows: Frame, tables: Tables, marks: Marks) -> Frame:
    """Contacts before the landmark, and in the window of retention after it."""
    if tables.contacts is None:
        return rows
    windows = [
        {"contact_past": (mark.control_after, mark.date), "contact_next": _next(mark, "retention")}
        for mark in marks
    ]
    counts = {
        "n_past_contacts": _total("contact_past", nw.lit(1)),
        "n_contacts": _total("contact_next", nw.lit(1)),
    }
    if "is_repeat" in tables.contacts.collect_schema().names():
        counts["n_repeat_contacts"] = _total("contact_past", nw.col("is_repeat"))
    rows = _summed(rows, tables, marks, (tables.contacts, "contacted_on"), windows, counts)
    return rows.with_columns(n_contacts=_if_seen(marks, "retention", nw.col("n_contacts")))


def _with_referrals(rows: Frame, tables: Tables, marks: Marks) -> Frame:
    """New customers whom a customer brought in the window of retention."""
    if tables.referrals is None:
        return rows
    windows = [{"referral": _next(mark, "retention")} for mark in marks]
    counts = {"n_referrals": _total("referral", nw.lit(1))}
    rows = _summed(rows, tables, marks, (tables.referrals, "referred_on"), windows, counts)
    return rows.with_columns(n_referrals=_if_seen(marks, "retention", nw.col("n_referrals")))


def _with_retention(rows: Frame, tables: Tables, marks: Marks, active_days: int) -> Frame:
    """Still active at the end of the window; null where the window is not seen."""
    if tables.has_left_at:
        left = nw.col("left_on")
        stays = left.is_null() | (left > nw.col("retention_end"))
    elif tables.orders is not None:
        ends = [mark.ends["retention"] for mark in marks]
        lately = [(end - dt.timedelta(days=active_days), end) for end in ends]
        buyers = _buyers(tables, tables.orders, marks, lately)
        rows = _joined(rows, buyers.with_columns(bought=nw.lit(True)))
        stays = ~nw.col("bought").is_null()
    else:
        return rows
    return rows.with_columns(is_retained=_if_seen(marks, "retention", stays))


def _next(mark: Landmark, outcome: str) -> Window | None:
    """The window of an outcome after the landmark; None where the data do not show all of it."""
    return (mark.date, mark.ends[outcome]) if mark.is_seen[outcome] else None


def _if_seen(marks: Marks, outcome: str, value: nw.Expr) -> nw.Expr:
    seen = [mark.date for mark in marks if mark.is_seen[outcome]]
    landmark = nw.col("landmark")
    is_seen = landmark.is_in(seen) if seen else landmark.is_null()
    return nw.when(is_seen).then(value).otherwise(None)


def _on_days(dated: Frame, on: str, days: Frame) -> Frame:
    """Each dated row once for each landmark that has it in a window."""
    return dated.join(days, left_on=on, right_on=DAY, how="inner")


def _summed(
    rows: Frame,
    tables: Tables,
    marks: Marks,
    dated: tuple[Frame, str],
    windows: Sequence[Mapping[str, Window | None]],
    sums: Mapping[str, nw.Expr],
) -> Frame:
    """Add sums over the ``dated`` rows (and their date) in windows, 0 for none, and the guards."""
    frame, on = dated
    found = _on_days(frame, on, calendar(tables.engine, marks, windows))
    guards = {
        f"{window}_{end}": getattr(_where(window, nw.col(on)), least)()
        for window in windows[0]
        for end, least in (("from", "min"), ("to", "max"))
    }
    rows = _joined(rows, found.group_by(*BY).agg(**sums, **guards))
    return rows.with_columns(nw.col(*sums).fill_null(0))


def _where(window: str, value: nw.Expr) -> nw.Expr:
    return nw.when(nw.col(window)).then(value).otherwise(None)


def _total(window: str, value: nw.Expr) -> nw.Expr:
    """Sum within a window as Int64: engines widen integer sums."""
    return _where(window, value).sum().cast(nw.Int64)


def _joined(rows: Frame, more: Frame) -> Frame:
    return rows.join(more, on=list(BY), how="left")
