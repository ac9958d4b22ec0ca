"""A company of any size as raw CSV files, streamed: dirty enough to need every cast."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

BLOCK = 500_000
START, DAYS = "2021-01-01", 1460
"""First day of the order book, and its length: to 2024-12-30."""
CATEGORIES = ("Móvil", "Internet", "Televisión", "Seguro", "Dispositivos")
CODES = ("mobile", "internet", "tv", "insurance", "devices")
REGIONS = ("north", "south", "east", "west")
SEGMENTS = ("consumer", "business")
LANDMARKS = ("2021-12-31", "2022-12-31", "2023-12-31")


def source() -> dict[str, Any]:
    """The source YAML of these files."""
    score = {"low": 0, "high": 10, "direction": "high_is_good"}
    dates = ["%d/%m/%Y"]
    survey = {
        "response_id": "id",
        "customer_id": "customer",
        "answered_at": "answered",
        "nps_score": {"from": "nps", "scale": score},
    }
    customers = {
        "customer_id": "customer",
        "joined_at": {"from": "joined", "dates": dates},
        "left_at": {"from": "left", "dates": dates},
        "segment": "segment",
        "region": "region",
    }
    orders = {
        "order_id": "line",
        "customer_id": "customer",
        "ordered_at": {"from": "date", "dates": dates},
        "category": {"from": "category", "map": dict(zip(CATEGORIES, CODES, strict=True))},
        "amount_cents": "amount",
    }
    spanish = {"format": "csv", "delimiter": ";", "decimal": ","}
    return {
        "title": "Large",
        "company": "Large",
        "kind": "landmark",
        "currency": "EUR",
        "timezone": "Europe/Madrid",
        "data_end": "2024-12-30",
        "id_rule": {"strip_leading_zeros": True},
        "missing": ["n/a"],
        "tables": {
            "survey": {"files": [{"glob": "answers.csv", "format": "csv", "columns": survey}]},
            "customers": {"files": [{"glob": "customers.csv", **spanish, "columns": customers}]},
            "orders": {"files": [{"glob": "orders.csv", **spanish, "columns": orders}]},
        },
    }


def write(folder: Path, n_orders: int) -> None:
    """Write customers and answers (a tenth of the order lines each) and orders as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    n_people = n_orders // 10
    _stream(folder / "customers.csv", ";", n_people, _customers)
    _stream(folder / "answers.csv", ",", n_people, lambda a, b, r: _answers(a, b, r, n_people))
    _stream(folder / "orders.csv", ";", n_orders, lambda a, b, r: _orders(a, b, r, n_people))


def _stream(path: Path, delimiter: str, n_rows: int, make: Any) -> None:
    options = pyarrow.csv.WriteOptions(delimiter=delimiter, quoting_style="none")
    writer = None
    for start in range(0, n_rows, BLOCK):
        table = make(start, min(start + BLOCK, n_rows), np.random.default_rng([7, start]))
        writer = writer or pyarrow.csv.CSVWriter(path, table.schema, write_options=options)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _customers(start: int, stop: int, random: np.random.Generator) -> pa.Table:
    n = stop - start
    joined = random.integers(-1500, 365, n)
    stays = random.random(n) < 0.7
    left = joined + 400 + random.integers(0, 2500, n)
    gone = pa.array(~stays & (left < DAYS))
    return pa.table(
        {
            "customer": _ids(np.arange(start, stop)),
            "joined": _days(joined, "%d/%m/%Y"),
            "left": pc.if_else(gone, _days(np.minimum(left, DAYS), "%d/%m/%Y"), ""),
            "segment": _labels(SEGMENTS, random.random(n) ** 2),
            "region": _labels(REGIONS, random.random(n)),
        }
    )


def _answers(start: int, stop: int, random: np.random.Generator, n_people: int) -> pa.Table:
    n = stop - start
    score = pa.array(10 - np.minimum(random.geometric(0.25, n) - 1, 10)).cast(pa.string())
    odd = random.random(n)
    score = pc.if_else(pa.array(odd < 0.01), "n/a", score)
    score = pc.if_else(pa.array(odd > 0.999), "diez", score)
    return pa.table(
        {
            "id": pa.array(np.arange(start, stop)).cast(pa.string()),
            "customer": _ids(random.integers(0, n_people, n)),
            "answered": _days(random.integers(0, DAYS, n), "%Y-%m-%d"),
            "nps": score,
        }
    )


def _orders(start: int, stop: int, random: np.random.Generator, n_people: int) -> pa.Table:
    n = stop - start
    cents = (random.gamma(2.0, 2000.0, n)).astype(np.int64) + 1
    sign = pc.if_else(pa.array(random.random(n) < 0.02), "-", "")
    whole = pa.array(cents // 100).cast(pa.string())
    rest = pc.utf8_lpad(pa.array(cents % 100).cast(pa.string()), 2, "0")
    amount = pc.binary_join_element_wise(pc.binary_join_element_wise(sign, whole, ""), rest, ",")
    amount = pc.if_else(pa.array(random.random(n) < 0.001), "gratis", amount)
    return pa.table(
        {
            "line": pa.array(np.arange(start, stop)).cast(pa.string()),
            "customer": _ids(random.integers(0, n_people, n)),
            "date": _days(random.integers(0, DAYS, n), "%d/%m/%Y"),
            "category": _labels(CATEGORIES, random.random(n) ** 1.5),
            "amount": amount,
        }
    )


def _ids(numbers: np.ndarray) -> pa.Array:
    """Numbers of customers, some of which a spreadsheet took the zeros from."""
    text = pa.array(numbers).cast(pa.string())
    return pc.if_else(pa.array(numbers % 3 == 0), pc.utf8_lpad(text, 9, "0"), text)


def _days(numbers: np.ndarray, pattern: str) -> pa.Array:
    days = np.datetime64(START) + numbers.astype("timedelta64[D]")
    return pc.strftime(pa.array(days), pattern)


def _labels(labels: tuple[str, ...], shares: np.ndarray) -> pa.Array:
    codes = pa.array((shares * len(labels)).astype(np.int32))
    return pa.DictionaryArray.from_arrays(codes, pa.array(labels)).cast(pa.string())
