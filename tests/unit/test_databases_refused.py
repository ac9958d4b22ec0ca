"""Databases that cannot be read: one clear message with the cure, and no secret in it.

Against a real PostgreSQL server (skipped where there is none), DuckDB and SQLite files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nexo.base.errors import SourceError
from nexo.sources import databases, load_source
from nexo.sources.databases import refuse_unlabelled
from support import postgres, sources
from support.answers import COLUMNS, URL, emptied, fill, source


@pytest.fixture
def cursor(postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A cursor on an empty schema, and the server's address where the YAML looks for it."""
    monkeypatch.setenv(URL, postgres_server)
    with emptied(postgres_server) as one:
        yield one


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
    address: str, said: str, postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = postgres_server.partition("@")[2]
    user = f"postgresql://{postgres.USER}"
    parts = (postgres_server, user, place, postgres.QUOTED_PASSWORD, postgres.PASSWORD)
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


def test_another_file_is_no_database(tmp_path: Path) -> None:
    for kind in ("duckdb", "sqlite"):
        folder = tmp_path / kind
        (folder / "inbox").mkdir(parents=True)
        pq.write_table(pa.table({"id": [1]}), folder / "inbox" / "shop.db")
        message = refused(folder, source(kind))
        assert "shop.db" in message
