"""Opens databases for reading alone, and says what is wrong with them without a secret.

The address of a server, with user and password, comes from an environment variable that the YAML
names; it is shown nowhere, nor is what a driver says of it.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from nexo.base.errors import SourceError
from nexo.privacy import redact
from nexo.sources.schema import DatabaseRule, FileRule

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


@contextmanager
def connected(path: Path, rule: FileRule) -> Iterator[Any]:
    """Open a database for reading alone; whatever it complains of becomes one SourceError."""
    database = rule.database
    if database is None:
        raise ValueError(f"the format {rule.format} is no database")
    address = _address(path, database) if rule.format == "postgresql" else ""
    connection = _opened(path, rule.format, address, database)
    try:
        yield connection
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
