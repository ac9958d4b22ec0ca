"""The rows of one landmark: what was known of each active customer at t, and what followed.

Everything is a Narwhals expression on lazy frames, so raw rows stay inside the engine. One
landmark is made at a time: what the engine must hold does not grow with their number. Next to
each group of columns stand its guards, the first and the last date that fed it;
nexo.panel.account refuses a panel whose guards leave their look-back or their window.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import narwhals as nw

from nexo.engine import Frame, day_number
from nexo.panel.landmarks import Landmark

METRICS = ("nps", "ces", "csat")
GROUPS = ("joined", "answer", "order_past", "category_owned", "contact_past",
          "order_next", "category_new", "contact_next", "referral")  # fmt: skip
GUARDS = tuple(f"{group}_{end}" for group in GROUPS for end in ("from", "to"))
COLUMNS = (
    "customer_id", "landmark", "wave", "is_reference",
    "nps_score", "ces_score", "csat_score", "nps_age_days", "ces_age_days", "csat_age_days",
    "tenure_days", "past_revenue_cents", "n_past_orders", "n_past_contacts",
    "n_categories_owned", "n_categories_unowned", "segment", "region", "acquisition_channel",
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


@dataclass(frozen=True)
class Tables:
    """What the panel is made of, as lazy frames; None where the source has none.

    ``answers``: customer_id, response_id, answered_at, answered_on and the scores;
    ``customers``: with joined_on and left_on; ``orders``: customer_id, ordered_on, amount_cents;
    ``firsts``: customer_id and first_on, one row for each category a customer ever bought;
    ``contacts``: customer_id, contacted_on; ``referrals``: customer_id (who recommended),
    referred_on. ``has_left_at`` tells whether the customer file says who left;
    ``n_categories`` is the number of categories on offer (those that somebody ever bought).
    """

    answers: Frame
    customers: Frame
    orders: Frame | None
    firsts: Frame | None
    contacts: Frame | None
    referrals: Frame | None
    has_left_at: bool
    n_categories: int


def panel_rows(tables: Tables, mark: Landmark, active_days: int) -> Frame:
    """Return one row for each customer active at the landmark: COLUMNS and GUARDS.

    Columns that the source cannot give, or whose window is not seen, are null.
    """
    rows = _cohort(tables, mark, active_days)
    for metric in METRICS:
        rows = _joined(rows, _last_answers(tables.answers, mark, metric))
    seen = [nw.col(f"{metric}_on") for metric in METRICS]
    rows = rows.with_columns(
        answer_from=nw.min_horizontal(*seen), answer_to=nw.max_horizontal(*seen)
    )
    rows = _with_orders(rows, tables, mark)
    rows = _with_contacts(rows, tables, mark)
    rows = _with_referrals(rows, tables, mark)
    rows = _with_retention(rows, tables, mark, active_days)
    rows = rows.with_columns(
        landmark=nw.lit(mark.date),
        wave=nw.lit(mark.date.isoformat()),
        is_reference=nw.lit(mark.is_reference),
    )
    given = set(rows.collect_schema().names())
    return rows.select(
        *(
            (nw.col(name) if name in given else nw.lit(None)).cast(KINDS[name]).alias(name)
            for name in (*COLUMNS, *GUARDS)
        )
    )


def cohort(tables: Tables, mark: Landmark, active_days: int) -> Frame:
    """Every customer active at the landmark, whether they answered or not."""
    found = tables.customers.filter(nw.col("joined_on") <= mark.date)
    left = nw.col("left_on")
    if tables.has_left_at or tables.orders is None:
        return found.filter(left.is_null() | (left > mark.date))
    buyers = _bought_lately(tables.orders, mark.date, active_days)
    return found.join(buyers, on="customer_id", how="semi")


def _cohort(tables: Tables, mark: Landmark, active_days: int) -> Frame:
    return cohort(tables, mark, active_days).with_columns(
        tenure_days=nw.lit(mark.date.toordinal()) - day_number("joined_on"),
        joined_from=nw.col("joined_on"),
        joined_to=nw.col("joined_on"),
    )


def _bought_lately(orders: Frame, end: dt.date, active_days: int) -> Frame:
    """Customers with a purchase in the ``active_days`` up to ``end``."""
    bought = _within(orders, "ordered_on", end - dt.timedelta(days=active_days), end)
    return bought.filter(nw.col("amount_cents") > 0).select("customer_id").unique()


def _last_answers(answers: Frame, mark: Landmark, metric: str) -> Frame:
    """The last answer to one metric within the look-back: score, its age and its date."""
    score = f"{metric}_score"
    seen = _within(answers, "answered_on", mark.score_after, mark.date)
    seen = seen.filter(~nw.col(score).is_null())
    # The latest moment wins; the larger response_id where two share it.
    for order in ("answered_at", "response_id"):
        seen = seen.filter(nw.col(order) == nw.col(order).max().over("customer_id"))
    age = nw.lit(mark.date.toordinal()) - day_number("answered_on")
    named = {f"{metric}_on": nw.col("answered_on"), f"{metric}_age_days": age}
    return seen.select("customer_id", score, **named)


def _with_orders(rows: Frame, tables: Tables, mark: Landmark) -> Frame:
    """Money and categories, before the landmark and in the window after it."""
    if tables.orders is None or tables.firsts is None:
        return rows
    cents, firsts = nw.col("amount_cents"), tables.firsts
    is_line = nw.when(cents > 0).then(nw.lit(1)).otherwise(nw.lit(0))  # a refund is no order
    past = _within(tables.orders, "ordered_on", mark.control_after, mark.date)
    rows = _joined(
        rows,
        past.with_columns(line=is_line)
        .group_by("customer_id")
        .agg(
            past_revenue_cents=_total("amount_cents"),
            n_past_orders=_total("line"),
            **_span("order_past", "ordered_on"),
        ),
    )
    owned = _within(firsts, "first_on", None, mark.date)
    rows = _counted(rows, owned, "first_on", "n_categories_owned", "category_owned")
    if mark.is_seen["revenue"]:
        window = _within(tables.orders, "ordered_on", mark.date, mark.ends["revenue"])
        money = window.group_by("customer_id").agg(
            net_revenue_cents=_total("amount_cents"), **_span("order_next", "ordered_on")
        )
        rows = _joined(rows, money).with_columns(nw.col("net_revenue_cents").fill_null(0))
    if mark.is_seen["cross_selling"]:
        window = _within(firsts, "first_on", mark.date, mark.ends["cross_selling"])
        rows = _counted(rows, window, "first_on", "n_new_categories", "category_new")
    return rows.with_columns(
        nw.col("past_revenue_cents", "n_past_orders").fill_null(0),
        n_categories_unowned=tables.n_categories - nw.col("n_categories_owned"),
    )


def _with_contacts(rows: Frame, tables: Tables, mark: Landmark) -> Frame:
    """Contacts before the landmark, and in the window of retention after it."""
    if tables.contacts is None:
        return rows
    past = _within(tables.contacts, "contacted_on", mark.control_after, mark.date)
    rows = _counted(rows, past, "contacted_on", "n_past_contacts", "contact_past")
    if not mark.is_seen["retention"]:
        return rows
    window = _within(tables.contacts, "contacted_on", mark.date, mark.ends["retention"])
    return _counted(rows, window, "contacted_on", "n_contacts", "contact_next")


def _with_referrals(rows: Frame, tables: Tables, mark: Landmark) -> Frame:
    """New customers whom a customer brought in the window of retention."""
    if tables.referrals is None or not mark.is_seen["retention"]:
        return rows
    window = _within(tables.referrals, "referred_on", mark.date, mark.ends["retention"])
    return _counted(rows, window, "referred_on", "n_referrals", "referral")


def _with_retention(rows: Frame, tables: Tables, mark: Landmark, active_days: int) -> Frame:
    """Still active at the end of the window; null where the window is not seen."""
    end = mark.ends["retention"]
    if not mark.is_seen["retention"]:
        return rows
    if tables.has_left_at:
        stays = nw.col("left_on").is_null() | (nw.col("left_on") > end)
    elif tables.orders is not None:
        buyers = _bought_lately(tables.orders, end, active_days)
        rows = _joined(rows, buyers.with_columns(bought=nw.lit(True)))
        stays = ~nw.col("bought").is_null()
    else:
        return rows
    return rows.with_columns(is_retained=stays)


def _within(frame: Frame, on: str, after: dt.date | None, until: dt.date) -> Frame:
    """The rows dated in (after, until]; ``after`` None: from the beginning."""
    found = frame.filter(nw.col(on) <= until)
    return found if after is None else found.filter(nw.col(on) > after)


def _counted(rows: Frame, dated: Frame, on: str, column: str, group: str) -> Frame:
    """Add how many ``dated`` rows each customer has (0 for none), and their guards."""
    counts = dated.group_by("customer_id").agg(**{column: nw.len()}, **_span(group, on))
    return _joined(rows, counts).with_columns(nw.col(column).fill_null(0).cast(nw.Int64))


def _span(group: str, on: str) -> dict[str, nw.Expr]:
    """The guards of a group of columns: its first and last date."""
    return {f"{group}_from": nw.col(on).min(), f"{group}_to": nw.col(on).max()}


def _joined(rows: Frame, more: Frame) -> Frame:
    return rows.join(more, on="customer_id", how="left")


def _total(column: str) -> nw.Expr:
    """Sum as Int64: engines widen integer sums."""
    return nw.col(column).sum().cast(nw.Int64)
