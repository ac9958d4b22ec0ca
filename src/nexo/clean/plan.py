"""What cleaning is asked to make of one raw table, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq

from nexo.clean.corrections import Listed
from nexo.contract import Column
from nexo.engine import Frame
from nexo.quarantine import Counts
from nexo.sources import TableRule
from nexo.sources.corrections import Correction


@dataclass(frozen=True)
class Reject:
    """Rows where ``condition`` holds are rejected, with this reason at this column."""

    column: str
    condition: nw.Expr
    reason: str = "missing_required"


def required(columns: dict[str, Column]) -> tuple[Reject, ...]:
    """One rejection for each column of the dictionary that is never null."""
    return tuple(
        Reject(name, nw.col(name).is_null())
        for name, column in columns.items()
        if column.is_required
    )


@dataclass(frozen=True)
class Plan:
    """What to make: which canonical columns of which table, from which raw files.

    ``files`` are the entries of the raw table's counts.json: name and entry of each file.
    ``ragged`` holds the quarantine rows that extraction made for this table, ``stays`` the
    customers that it is held against (see ``nexo.clean.notes``).
    """

    table: str
    columns: dict[str, Column]
    rule: TableRule
    files: Sequence[dict[str, Any]]
    rejects: tuple[Reject, ...]
    ragged: pa.Table
    corrections: tuple[Correction, ...] = ()
    stays: Frame | None = None

    @property
    def told(self) -> tuple[str, ...]:
        """The columns about whose cells there may be something to say: given, or asked for."""
        asked = {reject.column for reject in self.rejects}
        return tuple(n for n in self.columns if n in self.rule.given() or n in asked)


@dataclass(frozen=True)
class Cleaned:
    """A canonical table with everything that did not make it there.

    ``file`` is its Parquet file, mapped into memory and so there when the engine's folder is
    gone; it is read a column at a time, or copied to where it belongs.
    """

    table: str
    file: pa.NativeFile
    quarantine: pa.Table
    counts: Counts
    corrections: Listed = ()

    @property
    def columns(self) -> list[str]:
        """The names of its columns."""
        return list(pq.read_schema(self.file).names)

    @property
    def rows(self) -> pa.Table:
        """All of it in memory, for tables that are small."""
        return pq.read_table(self.file)

    def column(self, name: str) -> pa.ChunkedArray:
        """One column in memory."""
        return pq.read_table(self.file, columns=[name])[name]
