"""What an engine counts of one column: rows and events by value, and quantiles of counts."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from nexo.compress.arrays import Array, Codes, numbers
from nexo.engine import Frame

MISSING = "(missing)"
EVENT = "nexo_event"
MOST_VALUES = 1_000_000
"""Numeric controls with more distinct values are counted, for their edges alone, at four
decimals of log(1 + |value|), or of the value where that is below 1."""


def as_text(name: str) -> nw.Expr:
    """A categorical column as text, missing as MISSING."""
    column = nw.col(name)
    text = column.cast(nw.String)
    return nw.when(column.is_null()).then(nw.lit(MISSING)).otherwise(text)


def texts(column: pd.Series) -> tuple[Codes, Any]:
    """``as_text`` of a pandas column, whose values are turned into text once each: the code of
    each row (n,), and the texts that codes stand for, the last of them MISSING."""
    codes, values = pd.factorize(column)
    distinct = nw.from_native(pd.DataFrame({"value": values}), eager_only=True)
    known = distinct.select(text=as_text("value"))["text"].to_numpy().astype(object)
    return np.where(codes < 0, len(known), codes), np.append(known, MISSING)


def counts(
    frame: nw.DataFrame[Any] | Frame, name: str, is_numeric: bool
) -> tuple[Any, Array, Array]:
    """Distinct values (sorted, missing NaN or MISSING), and the rows and events of each."""

    def by(value: nw.Expr, most: int) -> pd.DataFrame:
        rows = frame.select(value.alias("value"), nw.col(EVENT))
        if isinstance(rows, nw.DataFrame):  # pandas: one pass over the values
            table = rows.to_native()
            codes, values = pd.factorize(table["value"], use_na_sentinel=False)
            return _tallied(codes, values, table[EVENT])
        sums = rows.group_by("value").agg(n=nw.len(), events=nw.col(EVENT).sum())
        return sums.head(most).collect().to_pandas()

    value = nw.col(name).cast(nw.Float64) if is_numeric else as_text(name)
    if isinstance(frame, nw.DataFrame) and not is_numeric:
        found = _tallied(*texts(frame[name].to_native()), frame[EVENT].to_native())
    else:
        found = by(value, MOST_VALUES + 1)
    if is_numeric and len(found) > MOST_VALUES:
        near = ((value.abs() + 1).log().round(4).exp() - 1) * value.clip(-1, 1)
        near = nw.when(value.abs() < 1).then(value.round(4)).otherwise(near)
        found = by(near, 10 * MOST_VALUES)
    if is_numeric:  # an infinite value is missing
        found["value"] = np.where(np.isfinite(v := numbers(found["value"])), v, np.nan)
    found = found.groupby("value", sort=True, dropna=False, as_index=False).sum()
    return found["value"].to_numpy(), numbers(found["n"]), numbers(found["events"])


def _tallied(codes: Codes, values: Any, event: pd.Series) -> pd.DataFrame:
    n, events = np.bincount(codes), np.bincount(codes, weights=event)
    met = np.flatnonzero(n)  # nothing may be missing
    return pd.DataFrame({"value": values[met], "n": n[met], "events": events[met]})


def quantiles(value: Array, n: Array, share: Array) -> Array:
    """Linear quantiles (Hyndman and Fan 1996, type 7; numpy's default) of counted values."""
    place = share * (n.sum() - 1)
    until, step = np.cumsum(n), place - np.floor(place)
    low, high = (value[np.searchsorted(until, f(place), side="right")] for f in (np.floor, np.ceil))
    gap = high - low  # numpy's two formulas: exact at both ends
    return np.where(step < 0.5, low + gap * step, high - gap * (1 - step))
