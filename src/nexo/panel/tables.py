"""The canonical tables as the panel reads them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import narwhals as nw
import pandas as pd
import pyarrow as pa

from nexo.base.errors import PanelError
from nexo.engine import Engine, Frame, to_pandas


@dataclass(frozen=True)
class Tables:
    """What the panel is made of, as lazy frames; None where the source has none.

    ``customers``: with joined_on, left_on and their ``number`` in the order of their ids, by
    which all others are of a customer (a number is joined and grouped by in half the time of
    an id); ``answers``: response_id, answered_at, answered_on and the scores; ``orders``:
    ordered_on, amount_cents; ``firsts``: first_on, one row for each category a customer ever
    bought; ``contacts``: contacted_on and, where it is known, is_repeat (1 or 0: not the first
    of its case); ``referrals`` (of who recommended): referred_on.
    ``has_left_at`` tells whether the customer file says who left; ``data_start`` is the first
    day of data, ``n_customers`` how many there are, ``n_categories`` the number of categories
    on offer (that somebody ever bought).
    """

    engine: Engine
    answers: Frame
    customers: Frame
    orders: Frame | None
    firsts: Frame | None
    contacts: Frame | None
    referrals: Frame | None
    has_left_at: bool
    data_start: dt.date
    n_customers: int
    n_categories: int


def canonical_tables(engine: Engine, survey_dir: Path, sales_dir: Path) -> dict[str, Frame]:
    """The canonical tables that the source has, by name."""
    places = {"survey": survey_dir, "customers": sales_dir}
    optional = [name for name in ("orders", "contacts") if (sales_dir / f"{name}.parquet").exists()]
    places |= dict.fromkeys(optional, sales_dir)
    return {
        name: engine.read_parquet(folder / f"{name}.parquet") for name, folder in places.items()
    }


def categories_of(canonical: dict[str, Frame]) -> list[str]:
    """The categories that somebody ever bought, in alphabetical order; none without orders."""
    if "orders" not in canonical:
        return []
    bought = canonical["orders"].filter(nw.col("amount_cents") > 0)
    return sorted(to_pandas(bought.group_by("category").agg(n=nw.len()))["category"].dropna())


def read_tables(
    engine: Engine,
    canonical: dict[str, Frame],
    start: dt.date,
    n_customers: int,
    categories: Sequence[str],
) -> Tables:
    """What the landmarks are made of; what all of them read is prepared once and held."""
    customers = engine.hold(_customers(canonical["customers"], n_customers))
    left = to_pandas(customers.select(nw.col("left_on").count()))["left_on"].iloc[0]
    numbers = customers.select("number", "customer_id")

    def of_customers(table: Frame) -> Frame:
        return table.join(numbers, on="customer_id", how="inner").drop("customer_id")

    orders = firsts = contacts = referrals = None
    if "orders" in canonical:
        lines = canonical["orders"].with_columns(ordered_on=_day("ordered_at"))
        lines = lines.join(_coded(engine, categories), on="category", how="left")
        lines = lines.select("customer_id", "ordered_on", "amount_cents", "code")
        orders = engine.hold(of_customers(lines))
        bought = orders.filter(nw.col("amount_cents") > 0).group_by("number", "code")
        first = bought.agg(first_on=nw.col("ordered_on").min())
        firsts = engine.hold(first.select("number", "first_on"))
    if "contacts" in canonical:
        contacts = of_customers(_contacts(canonical["contacts"]))
    if "referred_by" in customers.collect_schema().names():
        by = nw.col("referred_by").alias("customer_id")
        brought = customers.select(by, nw.col("joined_on").alias("referred_on"))
        referrals = of_customers(brought.filter(~nw.col("customer_id").is_null()))
    given = canonical["survey"].filter(~nw.col("answered_at").is_null())
    return Tables(
        engine=engine,
        answers=of_customers(given.with_columns(answered_on=_day("answered_at"))),
        customers=customers,
        orders=orders,
        firsts=firsts,
        contacts=contacts,
        referrals=referrals,
        has_left_at=int(left) > 0,
        data_start=start,
        n_customers=n_customers,
        n_categories=len(categories),
    )


def every(tables: Tables, nth: int) -> Tables:
    """The same tables of every ``nth`` customer alone."""
    if nth == 1:
        return tables

    def some(frame: Frame | None) -> Frame | None:
        return None if frame is None else frame.filter(nw.col("number") % nth == 0)

    return replace(
        tables,
        answers=tables.answers.filter(nw.col("number") % nth == 0),
        customers=tables.customers.filter(nw.col("number") % nth == 0),
        orders=some(tables.orders),
        firsts=some(tables.firsts),
        contacts=some(tables.contacts),
        referrals=some(tables.referrals),
    )


def _coded(engine: Engine, categories: Sequence[str]) -> Frame:
    """A number for each category, which is grouped by in less time than its name."""
    names = pa.array(categories, pa.string())
    codes = pa.array(range(len(categories)), pa.int32())
    return engine.from_arrow(pa.table({"category": names, "code": codes}))


def _day(column: str) -> nw.Expr:
    return nw.col(column).cast(nw.Date)


def _customers(table: Frame, n_customers: int) -> Frame:
    """Who is a customer, numbered in the order of their ids, and from which day to which."""
    # Orders by the million are held with the number: four bytes of it where they are enough.
    number = nw.col("number").cast(nw.Int32 if n_customers < 1 << 31 else nw.Int64)
    optional = [name for name in ("referred_by",) if name in table.collect_schema().names()]
    labels = ("segment", "region", "acquisition_channel")
    numbered = table.with_row_index("number", order_by="customer_id")
    dated = numbered.with_columns(joined_on=_day("joined_at"), left_on=_day("left_at"))
    return dated.select(number, "customer_id", *labels, "joined_on", "left_on", *optional)


def _contacts(table: Frame) -> Frame:
    """Who was in contact on which day and, where attempts or cases are known, if it was again.

    A repeat contact is an attempt after the first of its case; without attempts, a contact later
    than the first moment of its case.
    """
    moment = nw.col("contacted_at")
    when = moment.cast(nw.Date).alias("contacted_on")
    has = set(table.collect_schema().names()) & {"attempt", "case_id"}
    counts = to_pandas(table.select(nw.len(), *(nw.col(name).count() for name in sorted(has))))
    known = {name for name in has if int(counts[name].iloc[0]) > 0}
    if not known:
        return table.select("customer_id", when)
    later = ~nw.col("case_id").is_null() & (moment > moment.min().over("case_id"))
    again = nw.col("attempt") > 1 if "attempt" in known else later
    return table.select("customer_id", when, is_repeat=nw.when(again).then(1).otherwise(0))


def data_start(canonical: dict[str, Frame]) -> dt.date:
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
