"""The one place that knows the engine: DuckDB embedded by default, Spark by ``common.engine``.

How to use it::

    with open_engine(params.common) as engine:
        orders = engine.read_parquet(paths.clean_dir("sales") / "orders.parquet")
        yearly = orders.group_by("customer_id").agg(nw.col("amount_cents").sum())
        write_parquet(yearly, target, sort_by=["customer_id"])   # equal input, equal bytes
        small = to_pandas(yearly)                                # only what has become small

Frames are Narwhals lazy frames, so the same expression runs on either engine. Work with a
frame inside the ``with`` block: outside of it the engine is closed. Results leave through
``to_arrow``, ``to_pandas`` or ``write_parquet`` alone; these cross through Arrow and turn the
engine's wide integer sums (DuckDB's HUGEINT, Spark's decimals) back into 64-bit integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq

from nexo.errors import NexoError
from nexo.results import whole_file

if TYPE_CHECKING:
    import pandas as pd

    from nexo.config import Common

Frame = nw.LazyFrame[Any]
"""A lazy frame of either engine."""


@dataclass(frozen=True)
class Engine:
    """An open engine: ``name`` is duckdb or spark, ``session`` its own connection."""

    name: str
    session: Any

    def read_parquet(self, path: Path) -> Frame:
        """Scan one Parquet file, nothing read yet; raise NexoError when it is not there."""
        if not path.exists():
            raise NexoError(
                f"{path} is not there. It is built by an earlier stage: run dvc repro, "
                "which makes what is missing."
            )
        if self.name == "spark":
            return _lazy(self.session.read.parquet(str(path)))
        return _lazy(self.session.read_parquet(str(path)))

    def from_arrow(self, table: pa.Table) -> Frame:
        """Hand a small table (a mapping, a list of dates) to the engine."""
        if self.name == "spark":
            return _lazy(self.session.createDataFrame(table))
        return _lazy(self.session.from_arrow(table))


@contextmanager
def open_engine(common: Common) -> Iterator[Engine]:
    """Open the engine that ``common.engine`` names and close it at the end of the block.

    Raises NexoError with the cure when Spark cannot start (package, Java or master missing).
    """
    session = _start_spark(common.spark_master) if common.engine == "spark" else _start_duckdb()
    close = session.stop if common.engine == "spark" else session.close
    try:
        yield Engine(common.engine, session)
    finally:
        close()


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
    fields = [pa.field(field.name, _plain_type(field.type)) for field in collected.schema]
    # The target schema carries no metadata: each engine leaves its own, and bytes must agree.
    return collected.cast(pa.schema(fields)).combine_chunks()


def to_pandas(frame: Frame) -> pd.DataFrame:
    """Run ``frame``; Int64 and boolean are nullable, text is str, dates are datetime64."""
    return pandas_of(to_arrow(frame))


def pandas_of(table: pa.Table) -> pd.DataFrame:
    """Turn an Arrow table into pandas with nullable integers and booleans (see to_pandas)."""
    import pandas as pd

    nullable = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return table.to_pandas(types_mapper=nullable.get, date_as_object=False)


def write_parquet(frame: Frame, path: Path, sort_by: Sequence[str]) -> int:
    """Run ``frame``, write it whole or not at all, return its number of rows.

    Rows are sorted by ``sort_by`` and, where these tie, by all other columns, so that equal
    content gives equal bytes whatever the engine or the order of its input.
    """
    return write_arrow(to_arrow(frame), path, sort_by)


def write_arrow(table: pa.Table, path: Path, sort_by: Sequence[str]) -> int:
    """Write an Arrow table as ``write_parquet`` does; return its number of rows."""
    keys = [*sort_by, *(name for name in table.column_names if name not in sort_by)]
    ordered = table.sort_by([(name, "ascending") for name in keys])
    with whole_file(path) as building:
        pq.write_table(ordered, building, compression="zstd", store_schema=False)
    return ordered.num_rows


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


def _lazy(native: Any) -> Frame:
    return nw.from_native(native).lazy()


def _start_duckdb() -> Any:
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    # A bar would end up in a notebook's output. Where it is off, DuckDB refuses in Jupyter even
    # to be told so, unless ipywidgets is installed; so look first.
    setting = connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()
    if setting == [(True,)]:
        connection.execute("SET enable_progress_bar = false")
    return connection


def _start_spark(master: str) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise NexoError(
            "common.engine is spark, but PySpark is not installed. Install the extra `spark` "
            "(pip install -e '.[spark]'), or set common.engine: duckdb in params.yaml."
        ) from None
    builder = SparkSession.builder.master(master).appName("nexo")
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except Exception as problem:  # PySpark raises its own kinds for a missing Java or master
        raise NexoError(
            f"Spark could not start at common.spark_master = {master!r}: {_first_line(problem)} "
            "Install Java 17 or newer (JAVA_HOME names it) and check the master's address, or "
            "set common.engine: duckdb in params.yaml."
        ) from None
    session.sparkContext.setLogLevel("ERROR")
    return session


def _first_line(problem: Exception) -> str:
    return str(problem).strip().split("\n")[0].rstrip(".") + "."
