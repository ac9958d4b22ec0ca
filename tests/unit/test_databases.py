"""Databases as sources: the same tables as from files, deterministic, and no secret anywhere.

Against a real PostgreSQL server (skipped where there is none), DuckDB and SQLite files. Not
covered: encrypted connections, and servers of other makers that speak PostgreSQL's protocol.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nexo.base.errors import SourceError
from nexo.base.results import read_json
from nexo.sources import databases
from support import sources
from support.answers import CREATE, ROWS, URL, emptied, fill, source


@pytest.fixture
def cursor(postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A cursor on an empty schema, and the server's address where the YAML looks for it."""
    monkeypatch.setenv(URL, postgres_server)
    with emptied(postgres_server) as one:
        yield one


def database_file(folder: Path, kind: str) -> None:
    (folder / "inbox").mkdir(parents=True)
    file = folder / "inbox" / "shop.db"
    if kind == "duckdb":
        import duckdb

        with duckdb.connect(str(file)) as connection:
            fill(connection)
        return
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(CREATE)
        texts = [(i, str(d) if d else None, n, c) for i, d, n, c in ROWS]
        connection.executemany("INSERT INTO answers VALUES (?, ?, ?, ?)", texts)


def raw(built: sources.Built) -> list[dict[str, Any]]:
    return built.raw_table("survey").drop_columns(["id"]).to_pylist()


EXPECTED = [
    ("2024-01-04 00:00:00", "10", ""),
    ("", "", "[email]"),
    ("2024-01-05 10:30:00", "9", "ring [number] please"),
    ("2024-02-29 23:59:00", "0", "ñandú; «bien»"),
]


def test_a_table_is_read_in_the_order_of_its_key(cursor: Any, tmp_path: Path) -> None:
    fill(cursor)
    rows = raw(sources.read(tmp_path, source(), {}))
    assert [(row["date"], row["nps"], row["comment"]) for row in rows] == EXPECTED
    assert [row["_row"] for row in rows] == [1, 2, 3, 4]
    assert {row["_file"] for row in rows} == {"answers"}


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_database_files_give_the_same(kind: str, tmp_path: Path) -> None:
    database_file(tmp_path, kind)
    built = sources.build(tmp_path, source(kind), {})
    rows = raw(built)
    assert [row["comment"] for row in rows] == [comment for _, _, comment in EXPECTED]
    assert {row["_file"] for row in rows} == {"shop.db"}
    found = zip(built.column("survey", "answered_at"), built.column("survey", "nps_score"),
                strict=True)  # fmt: skip
    moments = {d and d.replace(microsecond=0): n for _, d, n, _ in ROWS}
    assert dict(found) == moments


def test_one_state_gives_the_same_bytes(
    cursor: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever order the rows lie in, and however the driver cuts them."""
    monkeypatch.setattr(databases, "BLOCK_ROWS", 3)
    fill(cursor)
    one = sources.read(tmp_path / "one", source(), {})
    cursor.execute("DROP TABLE answers")
    fill(cursor, ROWS[::-1])
    two = sources.read(tmp_path / "two", source(), {})
    for name in ("survey.parquet", "counts.json"):
        assert (one.raw / name).read_bytes() == (two.raw / name).read_bytes()
    cursor.execute("UPDATE answers SET nps = 8 WHERE id = 1")
    three = sources.read(tmp_path / "three", source(), {})
    hashes = [read_json(b.raw / "counts.json")["tables"]["survey"]["files"][0]["sha256"]
              for b in (one, three)]  # fmt: skip
    assert hashes[0] != hashes[1]


def test_a_query_is_read_and_nothing_can_be_written(cursor: Any, tmp_path: Path) -> None:
    fill(cursor)
    query = 'SELECT id, date, nps, comment FROM answers WHERE nps > 8 -- "promoters"\n;'
    rows = raw(sources.read(tmp_path / "one", source(table=None, query=query), {}))
    assert [row["nps"] for row in rows] == ["10", "9"]
    cursor.execute(
        "CREATE FUNCTION harm() RETURNS bigint LANGUAGE sql AS "
        "'WITH gone AS (DELETE FROM answers RETURNING 1) SELECT count(*) FROM gone'"
    )
    wrong = source(table=None, query="SELECT *, harm() FROM answers")
    with pytest.raises(SourceError, match="read-only transaction"):
        sources.read(tmp_path / "two", wrong, {})
    cursor.execute("SELECT count(*) FROM answers")
    assert cursor.fetchone() == (4,)


TYPED = {
    "true": "true",
    "12345678901234567890.10::numeric": "12345678901234567890,10",
    "0.1::float8": "0,1",
    "3::float8": "3",
    "timestamptz '2024-01-01 10:00:00+02'": "2024-01-01 08:00:00Z",
    "date '2024-02-29'": "2024-02-29",
    "'000123'": "000123",
    "NULL::numeric": "",
}


@pytest.mark.parametrize(("value", "text"), TYPED.items())
def test_types_become_the_text_that_means_the_same(
    value: str, text: str, cursor: Any, tmp_path: Path
) -> None:
    described = source(table=None, query=f"SELECT 1 AS id, {value} AS x")
    rule = sources.load(tmp_path, described).tables["survey"].files[0]
    cells, rows = next(databases.database_cells(Path("query"), rule, {1: ","}))
    assert (cells[1].to_pylist(), rows.to_pylist()) == ([text], [1])


def test_bytes_have_no_text(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    with closing(sqlite3.connect(tmp_path / "inbox" / "shop.db")) as connection, connection:
        connection.execute(CREATE)
        connection.execute("INSERT INTO answers VALUES (1, NULL, NULL, x'00ff')")
    with pytest.raises(SourceError, match="which are no text"):
        sources.read(tmp_path, source("sqlite"), {})
