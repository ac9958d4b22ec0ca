"""Reads tables and queries of databases as text: PostgreSQL servers, DuckDB and SQLite files.

Rows are streamed in the order of ``database.order_by`` and then of every column that is read, so
that one state of the database gives one table whatever order the server likes; ``_row`` is the
number of a row in that order. The address of a server, with user and password, comes from an
environment variable that the YAML names; it is shown nowhere, nor is what a driver says of it.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from nexo.errors import Problem, SourceError
from nexo.privacy import redact
from nexo.sources.cells import cell_text
from nexo.sources.schema import DatabaseRule, FileRule, Source
from nexo.sources.typed import column_text

BLOCK_ROWS = 100_000
CONNECT_SECONDS = 15
CONNECTING = {
    "password authentication failed": "user or password are wrong",
    "no password supplied": "it wants a password and the address has none",
    "role ": "user or password are wrong",
    "database ": "the server has no database of that name",
    "pg_hba.conf": "the server does not let this user or machine in",
    "Connection refused": "no server answers there",
    "timeout expired": "no server answers there",
    "could not translate host name": "the name of its host is not known",
    "could not send SSL": "the server wants another kind of encryption",
}
"""What a driver says when it cannot connect, and our words for it: its own may hold the address."""


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
    with _connected(path, rule) as session:
        return tuple(session.schema().names)


def database_cells(
    path: Path, rule: FileRule, wanted: Mapping[int, str]
) -> Iterator[tuple[dict[int, pa.Array], pa.Array]]:
    """Yield columns (position: decimal sign) as text and the numbers of their rows from 1.

    Blocks hold BLOCK_ROWS rows however the driver cuts them. Raises SourceError where the
    database stops answering, or a column is of a type without text.
    """
    with _connected(path, rule) as session:
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


class _Session:
    """One open database: what it is asked, and how it answers in Arrow."""

    def __init__(self, rule: DatabaseRule, connection: Any, kind: str) -> None:
        self.rule, self.connection, self.kind = rule, connection, kind

    def schema(self) -> pa.Schema:
        """The columns of the table or query, without reading a row."""
        return next(self.batches(f"SELECT * FROM {self._place()} LIMIT 0")).schema

    def select(self, names: list[str], order: list[str]) -> str:
        """The one statement that reads the named columns in their order."""
        columns = ", ".join(_quoted(name) for name in names)
        return f"SELECT {columns} FROM {self._place()} ORDER BY {', '.join(order)}"

    def _place(self) -> str:
        if self.rule.query is not None:
            return f"({self.rule.query.strip().rstrip(';')}\n) AS nexo_query"
        return ".".join(_quoted(part) for part in str(self.rule.table).split("."))

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Run a statement and yield its rows; one batch without rows where there are none."""
        if self.kind == "sqlite":
            yield from _sqlite_batches(self.connection.execute(sql))
            return
        if self.kind == "duckdb":
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


@contextmanager
def _connected(path: Path, rule: FileRule) -> Iterator[_Session]:
    """Open a database for reading alone; whatever it complains of becomes one SourceError."""
    database = rule.database
    if database is None:
        raise ValueError(f"the format {rule.format} is no database")
    address = _address(path, database) if rule.format == "postgresql" else ""
    connection = _opened(path, rule.format, address, database)
    try:
        yield _Session(database, connection, rule.format)
    except SourceError:
        raise
    except Exception as problem:  # each driver has kinds of its own, and a cut read is an OSError
        if not _is_of_a_driver(problem):
            raise
        raise SourceError(
            f"{path.name}: the database stopped with: {_said(problem, address)} Nothing was "
            "written. Correct table, query or order_by in the source YAML, or see that the "
            "database stays up and this user may read, and run dvc repro again."
        ) from None
    finally:
        connection.close()


def _is_of_a_driver(problem: Exception) -> bool:
    room = type(problem).__module__.lstrip("_").split(".")[0]
    drivers = ("adbc_driver_manager", "duckdb", "sqlite3", "pyarrow")
    return room in drivers or isinstance(problem, OSError)


def _address(path: Path, database: DatabaseRule) -> str:
    name = str(database.url_env)
    address = os.environ.get(name, "").strip()
    if not address:
        raise SourceError(
            f"{path.name}: the environment variable {name} is not set. It holds the address of "
            f"the database: export {name}=postgresql://USER:PASSWORD@HOST:5432/NAME (in the shell "
            "or the CI's secrets, never in a file of the project)."
        )
    if "connect_timeout" in address:
        return address
    if "://" in address:
        sign = "&" if "?" in address else "?"
        return f"{address}{sign}connect_timeout={CONNECT_SECONDS}"
    return f"{address} connect_timeout={CONNECT_SECONDS}"


def _opened(path: Path, kind: str, address: str, database: DatabaseRule) -> Any:
    try:
        if kind == "sqlite":
            return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        if kind == "duckdb":
            import duckdb

            return duckdb.connect(str(path), read_only=True)
        import adbc_driver_postgresql.dbapi as postgresql

        connection = postgresql.connect(address)
        # One state of the database for all that is read, and no query that changes it.
        connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return connection
    except Exception as problem:
        if not _is_of_a_driver(problem):
            raise
        if kind != "postgresql":
            raise SourceError(
                f"{path.name}: cannot be opened as {kind} ({_said(problem, '')}) Correct format "
                "in the source YAML, or close the program that holds the file."
            ) from None
        why = next((ours for said, ours in CONNECTING.items() if said in str(problem)),
                   "it is no address that PostgreSQL understands")  # fmt: skip
        raise SourceError(
            f"{path.name}: no connection to the database that {database.url_env} names: {why}. "
            "Correct the environment variable (postgresql://USER:PASSWORD@HOST:5432/NAME; signs "
            "such as @ or / in a password are written %40, %2F), or ask who runs the database."
        ) from None


def _said(problem: Exception, address: str) -> str:
    """The first line of a driver's complaint, without anything of the address."""
    line = next((line for line in str(problem).splitlines() if line.strip()), "no reason given")
    for secret in sorted(_secrets(address), key=len, reverse=True):
        line = line.replace(secret, "[address]")
    return redact(line).strip().rstrip(".")[:300] + "."


def _secrets(address: str) -> set[str]:
    """Every part of an address that a message must not hold."""
    parts = set(re.findall(r"(?:password|user|host)\s*=\s*'?([^'\s&]+)", address))
    try:
        split = urlsplit(address)
        parts |= {split.netloc, split.username or "", split.password or "", split.hostname or ""}
    except ValueError:  # no address at all; then nothing of it reached a server
        parts |= {address}
    return {part for found in parts | {address} for part in (found, unquote(found)) if part}


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
