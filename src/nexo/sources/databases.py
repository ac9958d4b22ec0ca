"""Reads tables and queries of databases as text: PostgreSQL servers, DuckDB and SQLite files.

Rows are streamed in the order of ``database.order_by`` and then of every column that is read, so
that one state of the database gives one table whatever order the server likes; ``_row`` is the
number of a row in that order.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from nexo.base.errors import Problem, SourceError
from nexo.sources.cells import cell_text
from nexo.sources.connections import connected
from nexo.sources.schema import FileRule, Source
from nexo.sources.typed import column_text

BLOCK_ROWS = 100_000


def refuse_unlabelled(source: Source, snapshot: str) -> None:
    """Raise SourceError if a table is read from a server and ``common.snapshot`` is empty.

    What lies in a server is not followed by content: the label says which state was read.
    """
    tables = [
        name
        for name, table in source.tables.items()
        if any(file.format == "postgresql" for file in table.files)
    ]
    if tables and not snapshot.strip():
        raise SourceError(
            f"{', '.join(tables)} come from a database, whose changes are not seen by dvc repro. "
            "Name this reading in common.snapshot of params.yaml (such as 2024-09), and change "
            "the name to read again."
        )


def database_names(path: Path, rule: FileRule) -> tuple[str, ...]:
    """Return the columns of the table or query; raise SourceError where it cannot be read."""
    with connected(path, rule) as connection:
        return tuple(_Session(rule, connection).schema().names)


def database_cells(
    path: Path, rule: FileRule, wanted: Mapping[int, str]
) -> Iterator[tuple[dict[int, pa.Array], pa.Array]]:
    """Yield columns (position: decimal sign) as text and the numbers of their rows from 1.

    Blocks hold BLOCK_ROWS rows however the driver cuts them. Raises SourceError where the
    database stops answering, or a column is of a type without text.
    """
    with connected(path, rule) as connection:
        session = _Session(rule, connection)
        schema = session.schema()
        names = [schema.names[at] for at in wanted]
        sql = session.select(names, _ordered_by(path, rule, schema, names))
        first = 1
        for block in _blocks(session.batches(sql)):
            cells = {
                at: _text(path, name, block.column(index), decimal)
                for index, (name, (at, decimal)) in enumerate(
                    zip(names, wanted.items(), strict=True)
                )
            }
            yield cells, pa.array(range(first, first + block.num_rows), pa.int64())
            first += block.num_rows


@dataclass(frozen=True)
class _Session:
    """One open database: what it is asked, and how it answers in Arrow."""

    rule: FileRule
    connection: Any

    def schema(self) -> pa.Schema:
        """The columns of the table or query, without reading a row."""
        return next(self.batches(f"SELECT * FROM {self._place()} LIMIT 0")).schema

    def select(self, names: list[str], order: list[str]) -> str:
        """The one statement that reads the named columns in their order."""
        columns = ", ".join(_quoted(name) for name in names)
        return f"SELECT {columns} FROM {self._place()} ORDER BY {', '.join(order)}"

    def _place(self) -> str:
        database = self.rule.database
        if database and database.query is not None:
            return f"({database.query.strip().rstrip(';')}\n) AS nexo_query"
        return ".".join(_quoted(part) for part in str(database and database.table).split("."))

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Run a statement and yield its rows; one batch without rows where there are none."""
        if self.rule.format == "sqlite":
            yield from _sqlite_batches(self.connection.execute(sql))
            return
        if self.rule.format == "duckdb":
            reader = self.connection.sql(sql).to_arrow_reader(BLOCK_ROWS)
        else:
            cursor = self.connection.cursor()
            cursor.execute(sql)
            reader = cursor.fetch_record_batch()
        yield pa.RecordBatch.from_pylist([], schema=reader.schema)
        yield from reader


def _ordered_by(path: Path, rule: FileRule, schema: pa.Schema, names: list[str]) -> list[str]:
    """The columns that give rows their order; text by its bytes, not by a language's alphabet."""
    declared = rule.database.order_by if rule.database else ()
    absent = [name for name in declared if name not in schema.names]
    if absent:
        problem = Problem(
            "has no such column (wanted for order_by)",
            f"Columns there: {', '.join(schema.names)}",
            file=path.name,
            column=absent[0],
        )
        raise SourceError("The database is not what the source YAML says:\n" + str(problem))
    collate = ' COLLATE "C"' if rule.format == "postgresql" else ""
    return [
        _quoted(name) + (collate if pa.types.is_string(schema.field(name).type) else "")
        for name in dict.fromkeys((*declared, *names))
    ]


def _blocks(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in blocks of BLOCK_ROWS: drivers cut by bytes or as the network delivers."""
    waiting: list[pa.RecordBatch] = []
    n_rows = 0
    for batch in batches:
        waiting.append(batch)
        n_rows += batch.num_rows
        while n_rows >= BLOCK_ROWS:
            whole = pa.Table.from_batches(waiting).combine_chunks().to_batches()[0]
            yield whole.slice(0, BLOCK_ROWS)
            waiting, n_rows = [whole.slice(BLOCK_ROWS)], n_rows - BLOCK_ROWS
    if n_rows:
        yield pa.Table.from_batches(waiting).combine_chunks().to_batches()[0]


def _text(path: Path, name: str, array: pa.Array, decimal: str) -> pa.Array:
    """A column as text. Numbers of any precision, JSON and the like come as text in a wrapping."""
    if not isinstance(array, pa.ExtensionArray):
        return column_text(path.name, name, array, decimal)
    text = column_text(path.name, name, array.storage, decimal)
    is_number = getattr(array.type, "type_name", "") == "numeric"
    return pc.replace_substring(text, ".", decimal) if is_number and decimal != "." else text


def _sqlite_batches(cursor: sqlite3.Cursor) -> Iterator[pa.RecordBatch]:
    """SQLite types each cell: numbers and text become text, bytes are refused."""
    names = [column[0] for column in cursor.description]
    yield pa.record_batch([pa.array([], pa.string())] * len(names), names=names)
    while rows := cursor.fetchmany(BLOCK_ROWS):
        columns = [list(column) for column in zip(*rows, strict=True)]
        yield pa.record_batch([_sqlite_column(*pair) for pair in zip(names, columns, strict=True)],
                              names=names)  # fmt: skip


def _sqlite_column(name: str, values: list[Any]) -> pa.Array:
    if any(isinstance(value, bytes) for value in values):
        raise SourceError(
            f"column {name!r}: holds bytes, which are no text, number or date. Leave it out of the "
            "source YAML, or write it as text."
        )
    return pa.array([cell_text(value) for value in values], pa.string())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
