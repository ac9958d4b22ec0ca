"""Frames of either engine, and how small results leave them: through Arrow, in plain types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd

Frame = nw.LazyFrame[Any]
"""A lazy frame of either engine."""


def lazy(native: Any) -> Frame:
    """A table of an engine's own as a Narwhals lazy frame."""
    return nw.from_native(native).lazy()


def day_number(column: str) -> nw.Expr:
    """Days of ``column`` (date or datetime) since a fixed day, Int64, to subtract from another.

    Engines give the difference of two dates in different types; counting days does not.
    """
    date = nw.col(column).cast(nw.Date)
    years = date.dt.year().cast(nw.Int64) - 1
    leap_days = years // 4 - years // 100 + years // 400
    return (365 * years + leap_days + date.dt.ordinal_day()).cast(nw.Int64)


def to_arrow(frame: Frame) -> pa.Table:
    """Run ``frame`` and return its rows; integers of any width as int64, text as string."""
    collected = frame.collect("pyarrow").to_native()
    return collected.cast(plain_schema(collected.schema)).combine_chunks()


def to_pandas(frame: Frame) -> pd.DataFrame:
    """Run ``frame``; Int64 and boolean are nullable, text is str, dates are datetime64."""
    return pandas_of(to_arrow(frame))


def pandas_of(table: pa.Table) -> pd.DataFrame:
    """Turn an Arrow table into pandas with nullable integers and booleans (see to_pandas)."""
    import pandas as pd

    nullable = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return table.to_pandas(types_mapper=nullable.get, date_as_object=False)


def some(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches; one without rows, which carries the schema, where there are none."""
    found = iter(batches)
    yield next(found, pa.RecordBatch.from_pylist([], schema=schema))
    yield from found


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The same columns in plain types, without the metadata that each engine leaves."""
    return pa.schema([pa.field(field.name, _plain_type(field.type)) for field in schema])


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """One Arrow type for all that the engines use for the same thing."""
    if pa.types.is_integer(kind) or (pa.types.is_decimal(kind) and kind.scale == 0):
        return pa.int64()
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return pa.float64()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    return kind
