"""A hand-made company of five customers, whose panel can be worked out by hand.

Landmarks 2023-12-31 and 2024-12-30 (step 365), look-back and horizon 365 days, data from
2023-01-01 to 2025-06-30: the second landmark's window is not seen.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nexo.base.config import Common, Panel
from nexo.panel import build_panel
from nexo.sources import Source

PARAMS = Panel(
    common=Common(
        source="tiny",
        data_dir="data/inbox",
        engine="duckdb",
        spark_master="local[1]",
        memory_gb=1,
        spill_dir="",
        key_file="key",
        snapshot="",
    ),
    landmark_dates=(),
    step_days=365,
    active_days=365,
    score_lookback_days=182,
    control_lookback_days=365,
    horizon_days={"retention": 365, "cross_selling": 365, "revenue": 365},
)
FIRST, SECOND = dt.date(2023, 12, 31), dt.date(2024, 12, 30)

REFERRED_BY = {"bob": "eve", "dan": "ann"}  # bob joined on the landmark, dan a day after it
CUSTOMERS = [  # id, joined, left
    ("ann", "2020-01-01", None),
    ("bob", "2023-12-31", "2024-06-01"),  # joins on the landmark, leaves within the window
    ("cat", "2022-05-05", "2023-12-31"),  # leaves on the landmark: not active at it
    ("dan", "2024-01-01", None),  # a day too late for the first landmark
    ("eve", "2021-01-01", "2024-12-30"),  # active until the last day of the window: gone at its end
]
ORDERS = [  # id, customer, date, category, cents
    ("1", "ann", "2023-01-01", "tv", 1000),  # first day of the look-back (t-365, t]
    ("2", "ann", "2023-12-31", "web", 500),  # the landmark itself is past
    ("3", "ann", "2023-12-31", "web", -200),  # a refund: money, but no order
    ("4", "ann", "2024-01-01", "tv", 700),  # first day of the window; owned already
    ("5", "ann", "2024-12-30", "car", 300),  # last day of the window; a new category
    ("6", "ann", "2024-12-31", "web", 999),  # one day after it
    ("7", "bob", "2024-03-03", "tv", 400),
    ("8", "bob", "2024-03-04", "tv", -400),
    ("9", "eve", "2024-02-02", "web", -150),  # only a refund: negative, and no new category
]
ANSWERS = [  # id, customer, answered, nps, ces, csat
    ("a", "ann", "2023-07-02 12:00", 3, None, 2),  # exactly 182 days before: too old
    ("z", "ann", "2023-07-03 12:00", 5, 6, None),  # an older answer with a larger id
    ("c", "ann", "2023-12-31 23:59", 9, None, None),  # the evening of the landmark counts
    ("d", "ann", "2024-01-01 00:01", 0, None, None),  # the future does not
    ("e", "eve", "2023-12-01 10:00", 7, None, 4),
    ("f", "eve", "2023-12-01 10:00", 8, None, None),  # same minute: the larger id wins
    ("g", "bob", None, None, None, None),  # invited, not answered
]
CONTACTS = [
    ("ann", "2023-05-05 09:00"),
    ("ann", "2024-01-01 09:00"),
    ("ann", "2024-12-30 09:00"),
    ("eve", "2025-01-01 09:00"),
]


def source(kind: str = "landmark") -> Source:
    return Source(
        title="Tiny",
        company="Tiny Ltd",
        kind=kind,
        currency="EUR",
        timezone="UTC",
        data_end=dt.date(2025, 6, 30),
        tables={"survey": {"files": [{"glob": "x.csv", "format": "csv"}]}},
    )


def _days(texts: list[str | None]) -> pa.Array:
    return pa.array([dt.date.fromisoformat(t) if t else None for t in texts], pa.date32())


def _times(texts: list[str | None]) -> pa.Array:
    return pa.array(
        [dt.datetime.fromisoformat(t) if t else None for t in texts], pa.timestamp("us")
    )


def write_tables(
    folder: Path,
    customers: list[Any] = CUSTOMERS,
    orders: list[Any] | None = ORDERS,
    answers: list[Any] = ANSWERS,
    contacts: list[Any] | None = CONTACTS,
    cases: dict[str, pa.Array] | None = None,
) -> None:
    (folder / "survey").mkdir(parents=True)
    (folder / "sales").mkdir()
    ids, who, when, nps, ces, csat = (list(c) for c in zip(*answers, strict=True))
    scores = {
        name: pa.array(values, pa.int64())
        for name, values in (("nps_score", nps), ("ces_score", ces), ("csat_score", csat))
    }
    survey = pa.table(
        {
            "response_id": ids,
            "customer_id": pa.array(who, pa.string()),
            "answered_at": _times(when),
            **scores,
        }
    )
    pq.write_table(survey, folder / "survey" / "survey.parquet")
    ids, joined, left = (list(column) for column in zip(*customers, strict=True))
    labels = {n: pa.array(["x"] * len(ids)) for n in ("segment", "region", "acquisition_channel")}
    table = pa.table(
        {
            "customer_id": ids,
            "joined_at": _days(joined),
            "left_at": _days(left),
            **labels,
            "referred_by": pa.array([REFERRED_BY.get(name) for name in ids], pa.string()),
        }
    )
    pq.write_table(table, folder / "sales" / "customers.parquet")
    if orders is not None:
        ids, who, when, category, cents = (list(column) for column in zip(*orders, strict=True))
        table = pa.table(
            {
                "order_id": ids,
                "customer_id": who,
                "ordered_at": _times(when),
                "category": category,
                "amount_cents": pa.array(cents, pa.int64()),
            }
        )
        pq.write_table(table, folder / "sales" / "orders.parquet")
    if contacts is not None:
        who, when = (list(column) for column in zip(*contacts, strict=True))
        table = pa.table({"customer_id": who, "contacted_at": _times(when), **(cases or {})})
        pq.write_table(table, folder / "sales" / "contacts.parquet")


def build(folder: Path, params: Panel = PARAMS, kind: str = "landmark") -> Path:
    target = folder / "panel"
    target.mkdir()
    build_panel(params, source(kind), folder / "survey", folder / "sales", target)
    return target


def read(target: Path) -> pd.DataFrame:
    table = pq.read_table(target / "panel.parquet")
    return pd.DataFrame(table.to_pylist(), columns=table.column_names, dtype=object)


def cells(target: Path, customer: str, landmark: dt.date) -> dict[str, Any]:
    table = read(target)
    found = table[(table.customer_id == customer) & (table.landmark == landmark)]
    assert len(found) == 1
    return {k: None if pd.isna(v) else v for k, v in found.iloc[0].to_dict().items()}
