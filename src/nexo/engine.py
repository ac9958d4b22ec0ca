"""The one place that knows the engine: DuckDB embedded by default, Spark by ``common.engine``.

How to use it::

    with open_engine(params.common) as engine:
        orders = engine.read_parquet(paths.clean_dir("sales") / "orders.parquet")
        yearly = orders.group_by("customer_id").agg(nw.col("amount_cents").sum())
        engine.write_parquet(yearly, target, ["customer_id"])  # equal input, equal bytes
        small = to_pandas(yearly)                              # only what has become small

Frames are Narwhals lazy frames, so the same expression runs on either engine. Work with a
frame inside the ``with`` block: outside of it the engine is closed. Small results leave through
``to_arrow`` or ``to_pandas``, results of any size through ``batches`` or ``write_parquet``,
which never hold more than a block of them; these cross through Arrow and turn the engine's wide
integer sums (DuckDB's HUGEINT, Spark's decimals) back into 64-bit integers.
"""

from __future__ import annotations

import itertools
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
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

BLOCK_ROWS = 1 << 17
"""Rows that leave an engine at a time, and rows of a group of a Parquet file."""
SORT_GB = 1
"""Memory in which a table outside of an engine is sorted."""


@dataclass(frozen=True)
class Engine:
    """An open engine: ``name`` is duckdb or spark, ``session`` its own connection.

    ``spill`` is a folder of its own for what does not fit into memory, gone when it closes.
    """

    name: str
    session: Any
    spill: Path

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

    def hold(self, frame: Frame) -> Frame:
        """Run ``frame`` once and keep its rows on disk, for a result that is used many times."""
        return self.read_parquet(self._spilled(frame))

    def batches(self, frame: Frame) -> Iterator[pa.RecordBatch]:
        """Run ``frame`` and yield its rows in blocks, in its own order, typed as ``to_arrow``.

        A frame without rows yields one empty batch, which carries the schema.
        """
        if self.name == "spark":
            yield from _parts(self._spilled(frame))
            return
        reader = frame.to_native().to_arrow_reader(BLOCK_ROWS)
        schema = _plain_schema(reader.schema)
        yield from _any(schema, (batch.cast(schema) for batch in reader))

    def on_disk(self, frame: Frame, schema: pa.Schema) -> pa.Table:
        """Run ``frame`` and return its rows as an Arrow table of ``schema`` that lies on disk.

        It is mapped into memory and outlives the engine: the system reads what is looked at.
        """
        place = self.spill / f"{uuid.uuid4().hex}.arrow"
        with pa.OSFile(str(place), "wb") as file, pa.ipc.new_file(file, schema) as writer:
            for batch in self.batches(frame):
                writer.write_batch(batch.cast(schema))
        return pa.ipc.open_file(pa.memory_map(str(place))).read_all()

    def write_parquet(self, frame: Frame, path: Path, sort_by: Sequence[str]) -> int:
        """Run ``frame``, write it whole or not at all, return its number of rows.

        Rows are sorted by ``sort_by`` and, where these tie, by all other columns, so that equal
        content gives equal bytes whatever the engine or the order of its input. The engine
        sorts, on disk if need be.
        """
        names = frame.collect_schema().names()
        keys = [*sort_by, *(name for name in names if name not in sort_by)]
        return write_batches(self.batches(frame.sort(*keys, nulls_last=True)), path)

    def _spilled(self, frame: Frame) -> Path:
        """Write the rows of ``frame`` into the spill folder, in their order."""
        place = self.spill / uuid.uuid4().hex
        if self.name == "spark":
            frame.to_native().write.parquet(str(place))
        else:
            frame.to_native().write_parquet(str(place))
        return place


@contextmanager
def open_engine(common: Common) -> Iterator[Engine]:
    """Open the engine that ``common.engine`` names and close it at the end of the block.

    Raises NexoError with the cure when Spark cannot start (package, Java or master missing), and
    for what fails within the block for want of memory, disk or a machine.
    """
    with _spill_folder(common.spill_dir) as spill:
        is_spark = common.engine == "spark"
        session, close = (_start_spark if is_spark else _start_duckdb)(common, spill)
        try:
            yield Engine(common.engine, session, spill)
        except Exception as problem:
            said = _explained(problem, common)
            if said is None:
                raise
            raise NexoError(said) from problem
        finally:
            close()


@contextmanager
def _spill_folder(parent: str) -> Iterator[Path]:
    """Yield a new folder in ``parent``, or where the system keeps temporary files."""
    try:
        folder = tempfile.TemporaryDirectory(
            prefix="nexo-", dir=parent or None, ignore_cleanup_errors=True
        )
    except OSError as problem:
        raise NexoError(
            f"common.spill_dir = {parent!r} cannot be written to ({problem.strerror}). Name a "
            'folder that is there, on a disk with room, or "" for the system\'s temporary one.'
        ) from None
    with folder as name:
        yield Path(name)


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
    return collected.cast(_plain_schema(collected.schema)).combine_chunks()


def to_pandas(frame: Frame) -> pd.DataFrame:
    """Run ``frame``; Int64 and boolean are nullable, text is str, dates are datetime64."""
    return pandas_of(to_arrow(frame))


def pandas_of(table: pa.Table) -> pd.DataFrame:
    """Turn an Arrow table into pandas with nullable integers and booleans (see to_pandas)."""
    import pandas as pd

    nullable = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    return table.to_pandas(types_mapper=nullable.get, date_as_object=False)


def write_batches(batches: Iterable[pa.RecordBatch], path: Path) -> int:
    """Write batches in their order, whole or not at all, and return the number of rows.

    The first batch, which may be empty, tells the schema. Groups of BLOCK_ROWS rows are cut anew,
    so that equal rows give equal bytes however they were cut before.
    """
    waiting = iter(batches)
    first = next(waiting)
    n_rows, held = 0, first.schema.empty_table()
    with (
        whole_file(path) as building,
        pq.ParquetWriter(building, first.schema, compression="zstd", store_schema=False) as writer,
    ):
        for batch in itertools.chain([first], waiting):
            held = pa.concat_tables([held, pa.Table.from_batches([batch])])
            n_rows += batch.num_rows
            while held.num_rows >= BLOCK_ROWS:
                writer.write_table(held.slice(0, BLOCK_ROWS).combine_chunks())
                held = held.slice(BLOCK_ROWS)
        if held.num_rows or not n_rows:
            writer.write_table(held.combine_chunks())
    return n_rows


def write_arrow(table: pa.Table, path: Path, sort_by: Sequence[str]) -> int:
    """Write an Arrow table as ``Engine.write_parquet`` does; return its number of rows.

    A large one, which may lie on disk, is sorted there too, in a folder beside ``path``.
    """
    keys = [*sort_by, *(name for name in table.column_names if name not in sort_by)]
    if table.num_rows <= BLOCK_ROWS:
        ordered = table.sort_by([(name, "ascending") for name in keys])
        return write_batches(_any(ordered.schema, ordered.to_batches()), path)
    import duckdb

    with (
        tempfile.TemporaryDirectory(suffix=".building", dir=path.parent) as spill,
        duckdb.connect(":memory:") as connection,
    ):
        connection.execute(f"SET memory_limit = '{SORT_GB}GB'")
        connection.execute("SET temp_directory = ?", [spill])
        order = ", ".join(f'"{name}" NULLS LAST' for name in keys)
        reader = connection.from_arrow(table).order(order).to_arrow_reader(BLOCK_ROWS)
        return write_batches((batch.cast(table.schema) for batch in reader), path)


def _any(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches; one without rows where there are none."""
    found = iter(batches)
    yield next(found, pa.RecordBatch.from_pylist([], schema=schema))
    yield from found


def _parts(folder: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a folder of Parquet parts, in the order of their names, as Spark writes them."""
    files = [pq.ParquetFile(file) for file in sorted(folder.glob("part-*"))]
    schema = _plain_schema(files[0].schema_arrow)
    found = (batch for file in files for batch in file.iter_batches(BLOCK_ROWS))
    yield from _any(schema, (batch.cast(schema) for batch in found))


def _plain_schema(schema: pa.Schema) -> pa.Schema:
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


def _lazy(native: Any) -> Frame:
    return nw.from_native(native).lazy()


def _start_duckdb(common: Common, spill: Path) -> tuple[Any, Callable[[], None]]:
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET memory_limit = '{common.memory_gb}GB'")
    connection.execute("SET temp_directory = ?", [str(spill)])
    # A bar would end up in a notebook's output. Where it is off, DuckDB refuses in Jupyter even
    # to be told so, unless ipywidgets is installed; so look first.
    setting = connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()
    if setting == [(True,)]:
        connection.execute("SET enable_progress_bar = false")
    return connection, connection.close


def _start_spark(common: Common, spill: Path) -> tuple[Any, Callable[[], None]]:
    """Start Spark, or use the session that is already there, which then stays open."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise NexoError(
            "common.engine is spark, but PySpark is not installed. Install the extra `spark` "
            "(pip install -e '.[spark]'), or set common.engine: duckdb in params.yaml."
        ) from None
    master = common.spark_master
    is_there = SparkSession.getActiveSession() is not None
    builder = SparkSession.builder.master(master).appName("nexo")
    for key, value in _spark_settings(common, spill).items():
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
    return session, (lambda: None) if is_there else session.stop


def _spark_settings(common: Common, spill: Path) -> dict[str, str]:
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.driver.memory": f"{round(common.memory_gb * 1024)}m",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if common.spark_master.startswith("local["):
        settings |= {"spark.local.dir": str(spill), "spark.sql.shuffle.partitions": "8"}
    return settings


def _explained(problem: Exception, common: Common) -> str | None:
    """What a person can do about a failure of the engine; None where it is a fault of the code."""
    kind, room = type(problem), type(problem).__module__.lstrip("_").split(".")[0]
    said = _first_line(problem)
    if room == "duckdb" and ("max_temp_directory_size" in str(problem) or _is_full(problem)):
        return (
            f"The disk is full where the engine keeps what does not fit into memory ({said}). "
            "Nothing was half-written: free some space, or name a folder with more room in "
            "common.spill_dir of params.yaml, then run dvc repro again."
        )
    if room == "duckdb" and kind.__name__ == "OutOfMemoryException":
        return (
            f"The engine needs more memory than common.memory_gb = {common.memory_gb:g} ({said}). "
            "Raise it in params.yaml; what can be spilled to disk already is."
        )
    if room in ("pyspark", "py4j") and kind.__name__ != "AnalysisException":
        return (
            f"A Spark job failed at common.spark_master = {common.spark_master!r}: {said} The log "
            "of the driver or of its workers says more. The machines need the same version of "
            "Spark, enough memory and disk, and must see the project's folder and "
            "common.spill_dir; or set common.engine: duckdb in params.yaml."
        )
    return None


def _is_full(problem: Exception) -> bool:
    return any(sign in str(problem) for sign in ("No space left", "Disk quota", "File too large"))


def _first_line(problem: Exception) -> str:
    return str(problem).strip().split("\n")[0].rstrip(".") + "."
