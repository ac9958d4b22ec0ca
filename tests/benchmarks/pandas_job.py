"""The job of nexo on the world of support/big_world.py, written in pandas as an analyst would.

The same reads, guarded casts, keyed hash, redaction, merging of duplicates, notes, canonical
files, panel and cells. A cell is cast by a small function that gives a value or says why not,
mapped over its column; everything else is done by whole columns: masks, merges, groupby.
"""

from __future__ import annotations

import datetime as dt
import hmac
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from nexo import privacy
from support import big_world, sources

Cast = Callable[[str], Any]
KEYS = ["landmark", "nps_score", "segment", "region", "n_categories_owned"]
DATA_END = pd.Timestamp("2024-12-30")
YEAR = pd.Timedelta(days=365)


def run(world: Path) -> pd.DataFrame:
    """Clean the three files, write them and the quarantine, build the panel, return its cells."""
    out = world / "pandas"
    out.mkdir(exist_ok=True)
    shelf: list[pd.DataFrame] = []
    customers, answers, orders = _clean(world / "inbox", shelf)
    _note("survey", answers, "answered_at", customers, shelf, within=False)
    _note("orders", orders, "ordered_at", customers, shelf, within=True)
    for name, table in (("customers", customers), ("survey", answers), ("orders", orders)):
        table.sort_values(list(table.columns)).to_parquet(out / f"{name}.parquet", index=False)
    pd.concat(shelf).to_parquet(out / "quarantine.parquet", index=False)
    panel = _panel(customers, answers, orders)
    panel.to_parquet(out / "panel.parquet", index=False)
    scored = panel[panel["nps_score"].notna()]
    return scored.groupby(KEYS, as_index=False).agg(
        n=("customer_id", "size"),
        is_retained=("is_retained", "sum"),
        net_revenue_cents=("net_revenue_cents", "sum"),
    )


def _clean(inbox: Path, shelf: list[pd.DataFrame]) -> tuple[pd.DataFrame, ...]:
    """Customers, answers and orders as canonical tables."""
    people = _read(inbox / "customers.csv", ";", ["customer"])
    customers = pd.DataFrame(
        {
            "customer_id": people["customer"],
            "joined_at": _cast("customers", "joined_at", people["joined"], _spanish_day, shelf),
            "left_at": _cast("customers", "left_at", people["left"], _spanish_day, shelf),
            "segment": _cast("customers", "segment", people["segment"], _text, shelf),
            "region": _cast("customers", "region", people["region"], _text, shelf),
        }
    )
    customers = _settled("customers", customers, ["customer_id", "joined_at"], shelf)
    told = _read(inbox / "answers.csv", ",", ["id", "customer"])
    answers = pd.DataFrame(
        {
            "response_id": told["id"],
            "customer_id": told["customer"],
            "answered_at": _cast("survey", "answered_at", told["answered"], _iso_day, shelf),
            "nps_score": _cast("survey", "nps_score", told["nps"], _score, shelf).astype("Int64"),
        }
    )
    answers = _settled("survey", answers, ["response_id", "customer_id"], shelf)
    lines = _read(inbox / "orders.csv", ";", ["line", "customer"])
    codes = dict(zip(big_world.CATEGORIES, big_world.CODES, strict=True))
    orders = pd.DataFrame(
        {
            "order_id": lines["line"],
            "customer_id": lines["customer"],
            "ordered_at": _cast("orders", "ordered_at", lines["date"], _spanish_day, shelf),
            "category": _cast("orders", "category", lines["category"], _label(codes), shelf),
            "amount_cents": _cast("orders", "amount_cents", lines["amount"], _cents, shelf),
        }
    )
    orders = _settled("orders", orders, list(orders.columns), shelf)
    orders["amount_cents"] = orders["amount_cents"].astype("int64")
    return customers, answers, orders


def _read(file: Path, sep: str, ids: list[str]) -> pd.DataFrame:
    """A file as text: ids hashed with the key, what looks like personal data blanked out."""
    table = pd.read_csv(file, sep=sep, dtype=str, keep_default_na=False)
    looks = [*privacy.LOOKS["money_cents"], *privacy.LOOKS["date"]]
    for name in table.columns:
        if name == "customer":
            table[name] = table[name].map(lambda text: _hash(text.strip().lstrip("0") or "0"))
        elif name in ids:
            table[name] = table[name].map(lambda text: _hash(text.strip()))
        else:
            table[name] = table[name].map(lambda text: privacy.redact_cell(text, looks))
    return table


def _hash(text: str) -> str:
    return hmac.digest(sources.KEY, text.encode(), "sha256").hex()[:32]


def _cast(
    table: str, column: str, texts: pd.Series, cast: Cast, shelf: list[pd.DataFrame]
) -> pd.Series:
    """Cast a column; a cell that does not fit goes on the shelf with its row and the reason."""
    made = texts.map(lambda text: cast(text.strip()))
    is_odd = made.map(lambda value: isinstance(value, str) and value.startswith("!"))
    shelf.append(
        _shelved(table, column, texts[is_odd], made[is_odd].astype(str).str[1:], "set_missing")
    )
    return made.mask(is_odd, None).infer_objects()


def _shelved(table: str, column: str, values: pd.Series, reasons: Any, action: str) -> pd.DataFrame:
    rows = values.index + 2
    return pd.DataFrame({"table": table, "row": rows, "column": column, "value": values.astype(str),
                         "reason": reasons, "action": action})  # fmt: skip


def _spanish_day(text: str) -> Any:
    found = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    return _day(found and (found[3], found[2], found[1]), text)


def _iso_day(text: str) -> Any:
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    return _day(found and (found[1], found[2], found[3]), text)


def _day(parts: Any, text: str) -> Any:
    if not text:
        return None
    try:
        return pd.Timestamp(dt.date(*map(int, parts))) if parts else "!not_a_date"
    except ValueError:
        return "!not_a_date"


def _score(text: str) -> Any:
    if text == "n/a":
        return "!missing_code"
    if not re.fullmatch(r"[+-]?\d{1,15}(?:\.0+)?", text):
        return "!not_an_integer" if text else None
    score = int(float(text))
    return score if 0 <= score <= 10 else "!out_of_scale"


def _cents(text: str) -> Any:
    found = re.fullmatch(r"([+-]?)(\d{1,15})(?:,(\d{1,2})0*)?", text)
    if not found:
        return "!not_a_number" if text else None
    size = int(found[2]) * 100 + int((found[3] or "0").ljust(2, "0"))
    return -size if found[1] == "-" else size


def _text(text: str) -> Any:
    return text or None


def _label(codes: dict[str, str]) -> Cast:
    def cast(text: str) -> Any:
        if text and text not in codes:
            raise ValueError(f"unknown label {text!r}")
        return codes.get(text)

    return cast


def _settled(
    table: str, rows: pd.DataFrame, required: list[str], shelf: list[pd.DataFrame]
) -> pd.DataFrame:
    """Reject rows that lack what is required, and merge records that come again."""
    for name in required:
        lacks = rows[name].isna()
        shelf.append(_shelved(table, name, rows.loc[lacks, name], "missing_required", "rejected"))
    rows = rows[rows[required].notna().all(axis=1)]
    again = rows.duplicated(rows.columns[0])
    shelf.append(_shelved(table, rows.columns[0], rows.iloc[:, 0][again], "duplicate", "merged"))
    return rows[~again].copy()


def _note(
    table: str,
    rows: pd.DataFrame,
    on: str,
    customers: pd.DataFrame,
    shelf: list[pd.DataFrame],
    *,
    within: bool,
) -> None:
    """Note rows of unknown customers, before joining, after leaving, after the end of the data."""
    stays = customers.set_index("customer_id")
    known = rows["customer_id"].isin(stays.index)
    joined, left = (rows["customer_id"].map(stays[name]) for name in ("joined_at", "left_at"))
    notes = {
        "unknown_customer": ~known,
        "before_joining": rows[on] < joined,
        "after_data_end": rows[on] > DATA_END,
        **({"after_leaving": rows[on] > left} if within else {}),
    }
    shelf += [_shelved(table, on, rows.loc[is_odd, on], name, "kept")
              for name, is_odd in notes.items()]  # fmt: skip


def _panel(customers: pd.DataFrame, answers: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    bought = orders[orders["amount_cents"] > 0]
    firsts = bought.groupby(["customer_id", "category"], as_index=False)["ordered_at"].min()
    scored = answers[answers["nps_score"].notna()].sort_values(["answered_at", "response_id"])
    parts = []
    for day in big_world.LANDMARKS:
        t = pd.Timestamp(day)
        left = customers["left_at"]
        rows = customers[(customers["joined_at"] <= t) & (left.isna() | (left > t))].copy()
        rows["landmark"] = t
        rows["tenure_days"] = (t - rows["joined_at"]).dt.days
        rows["is_retained"] = rows["left_at"].isna() | (rows["left_at"] > t + YEAR)
        last = _between(scored, "answered_at", t - YEAR, t).groupby("customer_id").last()
        past = _between(orders, "ordered_at", t - YEAR, t)
        future = _between(orders, "ordered_at", t, t + YEAR)
        owned = firsts[firsts["ordered_at"] <= t]
        new = _between(firsts, "ordered_at", t, t + YEAR)
        found = {
            "past_revenue_cents": past.groupby("customer_id")["amount_cents"].sum(),
            "n_past_orders": past[past["amount_cents"] > 0].groupby("customer_id").size(),
            "n_categories_owned": owned.groupby("customer_id").size(),
            "net_revenue_cents": future.groupby("customer_id")["amount_cents"].sum(),
            "n_new_categories": new.groupby("customer_id").size(),
        }
        rows["nps_score"] = rows["customer_id"].map(last["nps_score"])
        rows["nps_age_days"] = (t - rows["customer_id"].map(last["answered_at"])).dt.days
        for name, values in found.items():
            rows[name] = rows["customer_id"].map(values).fillna(0).astype("int64")
        parts.append(rows.sort_values("customer_id"))
    return pd.concat(parts)


def _between(rows: pd.DataFrame, on: str, after: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame:
    return rows[(rows[on] > after) & (rows[on] <= until)]
