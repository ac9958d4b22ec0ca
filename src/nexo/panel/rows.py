"""The rows of the panel: what was known of each active customer at t, and what followed.

Everything is a Narwhals expression on lazy frames, so raw rows stay inside the engine.
Next to each group of columns stands a guard: the latest date that fed a covariate, the
earliest date that fed an outcome. nexo.panel.account refuses a panel whose guards leak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw

from nexo.engine import Frame, day_number

METRICS = ("nps", "ces", "csat")
ROW = ("customer_id", "landmark")
COVARIATE_GUARDS = ("joined_on", "answer_last", "order_past_last", "category_owned_last",
                    "contact_past_last")  # fmt: skip
OUTCOME_GUARDS = ("order_next_first", "category_new_first", "contact_next_first")
COLUMNS = (
    "customer_id", "landmark", "wave", "is_reference",
    "nps_score", "ces_score", "csat_score", "nps_age_days", "ces_age_days", "csat_age_days",
    "tenure_days", "past_revenue_cents", "n_past_orders", "n_past_contacts",
    "n_categories_owned", "n_categories_unowned", "segment", "region", "acquisition_channel",
    "is_retained", "n_new_categories", "net_revenue_cents", "n_contacts",
)  # fmt: skip


@dataclass(frozen=True)
class Tables:
    """Canonical tables as lazy frames; None where the source has none.

    ``has_left_at`` tells whether the customer file says who left; ``n_categories`` is the
    number of product categories on offer (those that somebody ever bought).
    """

    survey: Frame
    customers: Frame
    orders: Frame | None
    contacts: Frame | None
    has_left_at: bool
    n_categories: int


def panel_rows(tables: Tables, grid: Frame, active_days: int) -> Frame:
    """Return one row for each active customer and landmark: COLUMNS and the guards.

    ``grid`` is Grid.table() in the same engine. Columns that the source cannot give are null.
    """
    rows = _cohort(tables, grid, active_days)
    for metric in METRICS:
        rows = rows.join(_last_answers(tables.survey, grid, metric), on=list(ROW), how="left")
    rows = rows.with_columns(answer_last=nw.max_horizontal(*(f"{m}_on" for m in METRICS)))
    rows = _with_orders(rows, tables, grid)
    rows = _with_contacts(rows, tables, grid)
    rows = _with_retention(rows, tables, active_days)
    return rows.select(*COLUMNS, *COVARIATE_GUARDS, *OUTCOME_GUARDS)


def _cohort(tables: Tables, grid: Frame, active_days: int) -> Frame:
    """Every customer active at each landmark, whether they answered or not."""
    customers = tables.customers.select(
        "customer_id",
        "segment",
        "region",
        "acquisition_channel",
        joined_on=nw.col("joined_at").cast(nw.Date),
        left_on=nw.col("left_at").cast(nw.Date),
    )
    pairs = customers.join(grid, how="cross").filter(nw.col("joined_on") <= nw.col("landmark"))
    if tables.has_left_at or tables.orders is None:
        pairs = pairs.filter(nw.col("left_on").is_null() | (nw.col("left_on") > nw.col("landmark")))
    else:
        bought = _bought_lately(tables.orders, grid, "landmark", active_days)
        pairs = pairs.join(bought, on=list(ROW), how="semi")
    tenure = day_number("landmark") - day_number("joined_on")
    return pairs.with_columns(tenure_days=tenure)


def _bought_lately(orders: Frame, grid: Frame, end: str, active_days: int) -> Frame:
    """Customers and landmarks with a purchase in the ``active_days`` up to ``end``."""
    on = nw.col("ordered_on")
    purchases = orders.filter(nw.col("amount_cents") > 0).select(
        "customer_id", ordered_on=nw.col("ordered_at").cast(nw.Date)
    )
    age = day_number(end) - day_number("ordered_on")
    pairs = purchases.join(grid.select(*{"landmark", end}), how="cross")
    recent = pairs.filter((on <= nw.col(end)) & (age < active_days))
    return recent.select(*ROW).unique()


def _last_answers(survey: Frame, grid: Frame, metric: str) -> Frame:
    """The last answer to one metric within the look-back: score, its age and its date."""
    score, on = f"{metric}_score", f"{metric}_on"
    given = survey.filter(~nw.col(score).is_null(), ~nw.col("answered_at").is_null()).select(
        "customer_id",
        "response_id",
        "answered_at",
        score,
        **{on: nw.col("answered_at").cast(nw.Date)},
    )
    limits = grid.select("landmark", "score_after")
    seen = given.join(limits, how="cross").filter(
        (nw.col(on) > nw.col("score_after")) & (nw.col(on) <= nw.col("landmark"))
    )
    # The latest moment wins; the larger response_id where two share it.
    for order in ("answered_at", "response_id"):
        seen = seen.filter(nw.col(order) == nw.col(order).max().over(*ROW))
    age = day_number("landmark") - day_number(on)
    return seen.select(*ROW, score, on, **{f"{metric}_age_days": age})


def _with_orders(rows: Frame, tables: Tables, grid: Frame) -> Frame:
    """Money and categories, before the landmark and in the window after it."""
    if tables.orders is None:
        return _with_nulls(
            rows,
            past_revenue_cents=nw.Int64,
            n_past_orders=nw.Int64,
            net_revenue_cents=nw.Int64,
            n_categories_owned=nw.Int64,
            n_categories_unowned=nw.Int64,
            n_new_categories=nw.Int64,
            order_past_last=nw.Date,
            order_next_first=nw.Date,
            category_owned_last=nw.Date,
            category_new_first=nw.Date,
        )
    orders = tables.orders.with_columns(ordered_on=nw.col("ordered_at").cast(nw.Date))
    rows = rows.join(_money(orders, grid), on=list(ROW), how="left")
    rows = rows.join(_categories(orders, grid), on=list(ROW), how="left")
    owned = nw.col("n_categories_owned").fill_null(0)
    return rows.with_columns(
        nw.col("past_revenue_cents", "n_past_orders").fill_null(0),
        n_categories_owned=owned,
        n_categories_unowned=tables.n_categories - owned,
        net_revenue_cents=_if_seen("net_revenue_cents", "revenue"),
        n_new_categories=_if_seen("n_new_categories", "cross_selling"),
    )


def _money(orders: Frame, grid: Frame) -> Frame:
    """Net revenue before and after, and order lines before (refunds are not orders)."""
    on, cents = nw.col("ordered_on"), nw.col("amount_cents")
    pairs = orders.select("customer_id", "ordered_on", "amount_cents").join(
        grid.select("landmark", "control_after", "revenue_end"), how="cross"
    )
    pairs = pairs.filter((on > nw.col("control_after")) & (on <= nw.col("revenue_end")))
    is_past, is_next = on <= nw.col("landmark"), on > nw.col("landmark")
    lines = pairs.with_columns(
        past=nw.when(is_past).then(cents),
        next=nw.when(is_next).then(cents),
        line=nw.when(is_past & (cents > 0)).then(nw.lit(1)),
        past_on=nw.when(is_past).then(on),
        next_on=nw.when(is_next).then(on),
    )
    return lines.group_by(*ROW).agg(
        past_revenue_cents=_total("past"),
        net_revenue_cents=_total("next"),
        n_past_orders=_total("line"),
        order_past_last=nw.col("past_on").max(),
        order_next_first=nw.col("next_on").min(),
    )


def _categories(orders: Frame, grid: Frame) -> Frame:
    """Categories bought for the first time up to the landmark, and in the window after it."""
    purchases = orders.filter(nw.col("amount_cents") > 0)
    first = purchases.group_by("customer_id", "category").agg(first_on=nw.col("ordered_on").min())
    pairs = first.join(grid.select("landmark", "cross_selling_end"), how="cross")
    on = nw.col("first_on")
    pairs = pairs.filter(on <= nw.col("cross_selling_end"))
    is_owned, is_new = on <= nw.col("landmark"), on > nw.col("landmark")
    marked = pairs.with_columns(
        owned=nw.when(is_owned).then(nw.lit(1)),
        new=nw.when(is_new).then(nw.lit(1)),
        owned_on=nw.when(is_owned).then(on),
        new_on=nw.when(is_new).then(on),
    )
    return marked.group_by(*ROW).agg(
        n_categories_owned=_total("owned"),
        n_new_categories=_total("new"),
        category_owned_last=nw.col("owned_on").max(),
        category_new_first=nw.col("new_on").min(),
    )


def _with_contacts(rows: Frame, tables: Tables, grid: Frame) -> Frame:
    """Contacts before the landmark, and in the window of retention after it."""
    if tables.contacts is None:
        return _with_nulls(
            rows,
            n_past_contacts=nw.Int64,
            n_contacts=nw.Int64,
            contact_past_last=nw.Date,
            contact_next_first=nw.Date,
        )
    on = nw.col("contacted_on")
    pairs = tables.contacts.select(
        "customer_id", contacted_on=nw.col("contacted_at").cast(nw.Date)
    ).join(grid.select("landmark", "control_after", "retention_end"), how="cross")
    pairs = pairs.filter((on > nw.col("control_after")) & (on <= nw.col("retention_end")))
    is_past, is_next = on <= nw.col("landmark"), on > nw.col("landmark")
    marked = pairs.with_columns(
        past=nw.when(is_past).then(nw.lit(1)),
        next=nw.when(is_next).then(nw.lit(1)),
        past_on=nw.when(is_past).then(on),
        next_on=nw.when(is_next).then(on),
    )
    counts = marked.group_by(*ROW).agg(
        n_past_contacts=_total("past"),
        n_contacts=_total("next"),
        contact_past_last=nw.col("past_on").max(),
        contact_next_first=nw.col("next_on").min(),
    )
    rows = rows.join(counts, on=list(ROW), how="left")
    return rows.with_columns(
        nw.col("n_past_contacts").fill_null(0), n_contacts=_if_seen("n_contacts", "retention")
    )


def _with_retention(rows: Frame, tables: Tables, active_days: int) -> Frame:
    """Still active at the end of the window; null where the window is not seen."""
    end = nw.col("retention_end")
    if tables.has_left_at:
        stays = nw.col("left_on").is_null() | (nw.col("left_on") > end)
    elif tables.orders is not None:
        limits = rows.select("landmark", "retention_end").unique()
        buyers = _bought_lately(tables.orders, limits, "retention_end", active_days)
        rows = rows.join(buyers.with_columns(bought=nw.lit(True)), on=list(ROW), how="left")
        stays = ~nw.col("bought").is_null()
    else:
        return _with_nulls(rows, is_retained=nw.Boolean)
    return rows.with_columns(is_retained=nw.when(nw.col("is_seen_retention")).then(stays))


def _if_seen(column: str, outcome: str) -> nw.Expr:
    """0 for those without any row in a seen window; null where the window is not seen."""
    return nw.when(nw.col(f"is_seen_{outcome}")).then(nw.col(column).fill_null(0))


def _total(column: str) -> nw.Expr:
    """Sum as Int64: engines widen integer sums."""
    return nw.col(column).sum().fill_null(0).cast(nw.Int64)


def _with_nulls(rows: Frame, **columns: Any) -> Frame:
    """Add columns of the given Narwhals types that hold nothing."""
    return rows.with_columns(**{name: nw.lit(None).cast(kind) for name, kind in columns.items()})
