"""Databases as sources: the same tables as from files, deterministic, and no secret anywhere.

Against a real PostgreSQL server (skipped where there is none), DuckDB and SQLite files. Not
covered: encrypted connections, and servers of other makers that speak PostgreSQL's protocol.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nexo.errors import SourceError
from nexo.results import read_json
from nexo.sources import databases, load_source
from nexo.sources.databases import refuse_unlabelled
from support import postgres, sources

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


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.server() as address:
        yield address


@pytest.fixture
def cursor(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A cursor on an empty schema, and the server's address where the YAML looks for it."""
    import adbc_driver_postgresql.dbapi as driver

    monkeypatch.setenv(URL, server)
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
    cursor.execute(CREATE)
    for row in rows:
        values = ", ".join("NULL" if v is None else f"'{v}'" for v in row)
        cursor.execute(f"INSERT INTO answers VALUES ({values})")


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


def refused(tmp_path: Path, described: dict[str, Any]) -> str:
    """The message of a read that must fail, which holds nothing of the address."""
    with pytest.raises(SourceError) as problem:
        sources.read(tmp_path, described, {})
    text = str(problem.value)
    for secret in (postgres.PASSWORD, postgres.QUOTED_PASSWORD, "w0rd", postgres.USER, "127.0.0"):
        assert secret not in text
    assert problem.value.__cause__ is None
    assert problem.value.__context__ is None or problem.value.__suppress_context__
    return text


ADDRESSES = {  # what stands in the environment, as a change of the right address: what is said
    "": "NEXO_TEST_DB is not set",
    "{0}x": "no database of that name",
    "{1}:wrong@{2}": "user or password are wrong",
    "{1}@{2}": "the address has none",
    "postgresql://nobody:x@{2}": "user or password are wrong",
    "{1}:{3}@127.0.0.1:1/postgres": "no server answers there",
    "{1}:{4}@127.0.0.1:1/postgres": "is not known|no address",
    "postgres//{1}:{3}": "no address that PostgreSQL understands",
    "user=x password={4}": "no server|no database|no address|wrong",
}


@pytest.mark.parametrize(("address", "said"), ADDRESSES.items())
def test_no_connection_is_one_clear_message_without_a_secret(
    address: str, said: str, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = server.partition("@")[2]
    user = f"postgresql://{postgres.USER}"
    parts = (server, user, place, postgres.QUOTED_PASSWORD, postgres.PASSWORD)
    monkeypatch.setenv(URL, address.format(*parts))
    message = refused(tmp_path, source())
    assert re.search(said, message), message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"table": "sales.answers"}, 'relation "sales.answers" does not exist'),
        ({"table": "answer"}, 'relation "answer" does not exist'),
        ({"order_by": "key"}, "wanted for order_by.*Columns there: id, date, nps, comment"),
        ({"table": None, "query": "SELEC 1"}, "syntax error"),
        ({"table": None, "query": "SELECT 'ana@example.org'::int"}, 'integer: "\\[email\\]'),
    ],
)
def test_what_is_not_there_is_named(
    change: dict[str, Any], said: str, cursor: Any, tmp_path: Path
) -> None:
    fill(cursor)
    message = refused(tmp_path, source(**change))
    assert re.search(said, message), message


def test_a_missing_column_is_named_with_those_there(cursor: Any, tmp_path: Path) -> None:
    cursor.execute("CREATE TABLE answers (id integer, date date, npss integer, comment text)")
    assert "Did you mean 'npss'" in refused(tmp_path, source())


def test_a_connection_cut_in_mid_read_leaves_nothing(
    cursor: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor.execute(
        "CREATE TABLE answers AS SELECT g AS id, now()::timestamp AS date, 7 AS nps, "
        "repeat('x', 200) AS comment FROM generate_series(1, 400000) g"
    )
    monkeypatch.setattr(databases, "BLOCK_ROWS", 1000)
    honest = databases.column_text

    def cut(*given: Any) -> Any:
        monkeypatch.setattr(databases, "column_text", honest)
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        cursor.fetchall()
        return honest(*given)

    monkeypatch.setattr(databases, "column_text", cut)
    said = "terminating connection|closed the connection"
    assert re.search(said, refused(tmp_path, source()))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"format": "postgresql", "database": {"table": "t"}}, "url_env"),
        ({"format": "postgresql", "glob": "x"}, "which need it"),
        ({"format": "postgresql"}, "which need it"),
        ({"format": "csv", "glob": "x", "database": {"table": "t"}}, "belongs to the formats"),
        ({"format": "sqlite", "glob": "x", "database": {"table": "t", "query": "q"}}, "either"),
        ({"format": "sqlite", "glob": "x", "database": {"table": "t", "url_env": "X"}}, "url_env"),
        ({"format": "sqlite", "database": {"table": "t"}}, "glob is missing"),
        ({"format": "postgresql", "database": {"table": "t", "url": "x"}}, "url.* not a known key"),
    ],
)
def test_a_yaml_that_does_not_say_what_to_read(
    file: dict[str, Any], said: str, tmp_path: Path
) -> None:
    described = sources.survey_source(tables={"survey": {"files": [{**file, "columns": COLUMNS}]}})
    with pytest.raises(SourceError, match=said):
        sources.load(tmp_path, described)


def test_a_reading_of_a_server_has_a_name(tmp_path: Path) -> None:
    known = sources.load(tmp_path, source())
    with pytest.raises(SourceError, match=r"survey come.*common\.snapshot"):
        refuse_unlabelled(known, " ")
    refuse_unlabelled(known, "2024-09")
    refuse_unlabelled(load_source("demo", sources.dictionary()), "")


def test_bytes_have_no_text(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    with closing(sqlite3.connect(tmp_path / "inbox" / "shop.db")) as connection, connection:
        connection.execute(CREATE)
        connection.execute("INSERT INTO answers VALUES (1, NULL, NULL, x'00ff')")
    assert "which are no text" in refused(tmp_path, source("sqlite"))


def test_another_file_is_no_database(tmp_path: Path) -> None:
    for kind in ("duckdb", "sqlite"):
        folder = tmp_path / kind
        (folder / "inbox").mkdir(parents=True)
        pq.write_table(pa.table({"id": [1]}), folder / "inbox" / "shop.db")
        message = refused(folder, source(kind))
        assert "shop.db" in message
