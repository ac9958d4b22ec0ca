"""A small table of answers in a database, and the source that describes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from support import sources

URL = "NEXO_TEST_DB"
ROWS = [  # id, answered, score, comment
    (3, dt.datetime(2024, 1, 5, 10, 30, 0, 700_000), 9, "ring 612 345 678 please"),
    (1, dt.datetime(2024, 1, 4), 10, None),
    (2, None, None, "ana@example.org"),
    (10, dt.datetime(2024, 2, 29, 23, 59), 0, "ñandú; «bien»"),
]
CREATE = "CREATE TABLE answers (id integer, date timestamp, nps smallint, comment text)"
COLUMNS = {"response_id": "id", "answered_at": "date", "nps_score": "nps", "comment": "comment"}
DATABASE = {"table": "answers", "order_by": "id"}


@contextmanager
def emptied(server: str) -> Iterator[Any]:
    """Yield a cursor on an empty schema of a server."""
    import adbc_driver_postgresql.dbapi as driver

    with driver.connect(server, autocommit=True) as connection, connection.cursor() as one:
        one.execute("DROP SCHEMA public CASCADE")
        one.execute("CREATE SCHEMA public")
        yield one


def source(kind: str = "postgresql", **database: Any) -> dict[str, Any]:
    """A survey read from a database; PostgreSQL unless ``kind`` says otherwise."""
    file: dict[str, Any] = {"format": kind, "database": {**DATABASE, **database}}
    file |= {"columns": COLUMNS}
    if kind == "postgresql":
        file["database"]["url_env"] = URL
    else:
        file["glob"] = "shop.db"
    return sources.survey_source(tables={"survey": {"files": [file]}})


def fill(cursor: Any, rows: list[tuple[Any, ...]] = ROWS) -> None:
    """Create the table and insert the rows."""
    cursor.execute(CREATE)
    for row in rows:
        values = ", ".join("NULL" if v is None else f"'{v}'" for v in row)
        cursor.execute(f"INSERT INTO answers VALUES ({values})")
