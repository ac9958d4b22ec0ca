"""An open engine: what it reads, holds and hands out."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from nexo.base.errors import NexoError
from nexo.engine.duck import spill_folder, start_duckdb
from nexo.engine.failures import explained
from nexo.engine.frames import Frame, lazy, plain_schema, some
from nexo.engine.spark import start_spark
from nexo.engine.writing import BLOCK_ROWS, write_batches

if TYPE_CHECKING:
    from nexo.base.config import Common


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
            return lazy(self.session.read.parquet(str(path)))
        return lazy(self.session.read_parquet(str(path)))

    def from_arrow(self, table: pa.Table) -> Frame:
        """Hand a small table (a mapping, a list of dates) to the engine."""
        if self.name == "spark":
            return lazy(self.session.createDataFrame(table))
        return lazy(self.session.from_arrow(table))

    def hold(self, frame: Frame) -> Frame:
        """Run ``frame`` once and keep its rows, for a result that is used many times.

        What does not fit into memory goes to the spill folder.
        """
        return self._held(frame, f"held_{uuid.uuid4().hex}")

    @contextmanager
    def holding(self, frame: Frame) -> Iterator[Frame]:
        """Hold ``frame`` within the block; its memory and its place on disk are free behind it."""
        name = f"held_{uuid.uuid4().hex}"
        try:
            yield self._held(frame, name)
        finally:
            if self.name == "spark":
                shutil.rmtree(self.spill / name, ignore_errors=True)
            else:
                self.session.execute(f'DROP TABLE IF EXISTS "{name}"')

    def _held(self, frame: Frame, name: str) -> Frame:
        if self.name == "spark":
            return self.read_parquet(self._spilled(frame, name))
        # A table of its own is a quarter of the work of a Parquet file: nothing is encoded.
        frame.to_native().create(name)
        return lazy(self.session.table(name))

    def batches(self, frame: Frame) -> Iterator[pa.RecordBatch]:
        """Run ``frame`` and yield its rows in blocks, in its own order, typed as ``to_arrow``.

        A frame without rows yields one empty batch, which carries the schema.
        """
        if self.name == "spark":
            yield from _parts(self._spilled(frame, uuid.uuid4().hex))
            return
        reader = frame.to_native().to_arrow_reader(BLOCK_ROWS)
        schema = plain_schema(reader.schema)
        yield from some(schema, (batch.cast(schema) for batch in reader))

    def write_parquet(
        self,
        frame: Frame,
        path: Path,
        sort_by: Sequence[str],
        watched: Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]] = iter,
    ) -> int:
        """Run ``frame``, write it whole or not at all, return its number of rows.

        Rows are sorted by ``sort_by`` and, where these tie, by all other columns, so that equal
        content gives equal bytes whatever the engine or the order of its input. The engine
        sorts, on disk if need be. ``watched`` sees the sorted rows on their way to the file.
        """
        names = frame.collect_schema().names()
        keys = [*sort_by, *(name for name in names if name not in sort_by)]
        return write_batches(watched(self.batches(frame.sort(*keys, nulls_last=True))), path)

    def _spilled(self, frame: Frame, name: str) -> Path:
        """Let Spark write the rows of ``frame`` into the spill folder, in their order."""
        place = self.spill / name
        frame.to_native().write.parquet(str(place))
        return place


@contextmanager
def open_engine(common: Common) -> Iterator[Engine]:
    """Open the engine that ``common.engine`` names and close it at the end of the block.

    Raises NexoError with the cure when Spark cannot start (package, Java or master missing), and
    for what fails within the block for want of memory, disk or a machine.
    """
    with spill_folder(common.spill_dir) as spill:
        is_spark = common.engine == "spark"
        session, close = (start_spark if is_spark else start_duckdb)(common, spill)
        try:
            yield Engine(common.engine, session, spill)
        except Exception as problem:
            said = explained(problem, common)
            if said is None:
                raise
            raise NexoError(said) from problem
        finally:
            close()


def _parts(folder: Path) -> Iterator[pa.RecordBatch]:
    """The rows of a folder of Parquet parts, in the order of their names, as Spark writes them."""
    files = [pq.ParquetFile(file) for file in sorted(folder.glob("part-*"))]
    schema = plain_schema(files[0].schema_arrow)
    found = (batch for file in files for batch in file.iter_batches(BLOCK_ROWS))
    yield from some(schema, (batch.cast(schema) for batch in found))
