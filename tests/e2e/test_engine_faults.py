"""Stages whose database or engine fails: exit code 1, one message, nothing half-written or told.

The stages' own scripts, each in a process, in a small project that reads its answers from a
PostgreSQL server. What the pipeline does around them is tested in test_broken.py.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import ROOT, need
from support import postgres, sources
from support.answers import URL, emptied, fill, source

SECRETS = (postgres.PASSWORD, postgres.QUOTED_PASSWORD, "w0rd-to-hide", postgres.USER)
EXTRACT, PANEL = (str(ROOT / "pipeline" / f"{name}.py") for name in ("extract", "build_panel"))
SLOW = "SELECT g AS id, now()::timestamp AS date, 7 AS nps, repeat('x', 500) AS comment "
SLOW += "FROM generate_series(1, 2000000) g"


@pytest.fixture
def cursor(postgres_server: str) -> Iterator[Any]:
    with emptied(postgres_server) as one:
        fill(one)
        yield one


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project as a clone is, without its code: the source ``small`` and a key of its own."""
    folder = tmp_path / "clone"
    (folder / "data" / "sources").mkdir(parents=True)
    shutil.copy(ROOT / "dvc.yaml", folder)
    shutil.copy(ROOT / "data" / "dictionary.yaml", folder / "data")
    (tmp_path / "own.key").write_text("07" * 32)
    (folder / "data" / "sources" / "small.corrections.yaml").write_text("corrections: []\n")
    describe(folder, source())
    choose(folder, snapshot="2024-09")
    return folder


def describe(folder: Path, described: dict[str, Any]) -> None:
    sources.write_source(folder / "data" / "sources", described)


def choose(folder: Path, **common: Any) -> None:
    """Write params.yaml with these changes of ``common``."""
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    params["common"] |= {"source": "small", "data_dir": "data", "key_file": "../own.key", **common}
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")


def start(
    folder: Path, *command: str, first: Callable[[], None] | None = None, **environment: str
) -> subprocess.Popen[str]:
    """Start Python on a stage or code; ``first`` is called in its process before it begins."""
    known = {name: value for name, value in os.environ.items() if name != URL}
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=folder, env=known | {"PYTHONPATH": str(ROOT / "src")} | environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=first,
    )  # fmt: skip


def run(folder: Path, *command: str, **environment: str) -> str:
    """Run what must succeed; return what it said."""
    running = start(folder, *command, **environment)
    out, said = running.communicate(timeout=300)
    assert running.returncode == 0, said
    return out + said


def refused(folder: Path, target: str, running: subprocess.Popen[str]) -> str:
    """Wait for what must fail; return its message.

    What an earlier run built in ``target`` is as it was, and no secret is told or left anywhere.
    """
    out, said = running.communicate(timeout=300)
    assert running.returncode == 1, out + said
    assert "Traceback" not in said
    assert [path.name for path in (folder / "data" / target).rglob("*")] == ["earlier"]
    assert not list(folder.rglob("*.building"))
    assert secrets(folder, out + said) == []
    found = re.search(r"^(?:SourceError|NexoError): .*", said, re.MULTILINE)
    assert found is not None, said
    return found[0]


def secrets(folder: Path, said: str) -> list[str]:
    """The places that hold anything of the server's address but its port."""
    texts = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    texts["what was said"] = said.encode()
    return [name for name, text in texts.items() if any(s.encode() in text for s in SECRETS)]


def built_earlier(folder: Path, target: str) -> None:
    place = folder / "data" / target
    place.mkdir(parents=True)
    (place / "earlier").write_text("what an earlier run built")


def test_what_is_read_from_a_server_holds_no_secret(
    cursor: Any, project: Path, postgres_server: str
) -> None:
    said = run(project, EXTRACT, **{URL: postgres_server})
    assert (project / "data" / "raw" / "survey.parquet").is_file()
    assert secrets(project, said) == []


FAULTS = {  # what stands in the environment for a right address, what is read, what is said
    "no address": ("", {}, "NEXO_TEST_DB is not set.*export NEXO_TEST_DB="),
    "wrong password": ("{user}:wrong@{place}", {}, "user or password are wrong.*%40"),
    "no server": ("{user}:{password}@127.0.0.1:1/postgres", {}, "no server answers there"),
    "no table": ("{server}", {"table": "answer"}, 'relation "answer" does not exist.*Correct'),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_cannot_be_read(
    fault: str, cursor: Any, project: Path, postgres_server: str
) -> None:
    address, change, said = FAULTS[fault]
    user, place = f"postgresql://{postgres.USER}", postgres_server.partition("@")[2]
    password = postgres.QUOTED_PASSWORD
    address = address.format(user=user, password=password, place=place, server=postgres_server)
    describe(project, source(**change))
    built_earlier(project, "raw")
    running = start(project, EXTRACT, **({URL: address} if address else {}))
    message = refused(project, "raw", running)
    assert re.search(said, message), message


def test_a_connection_cut_in_the_middle_of_a_read(
    cursor: Any, project: Path, postgres_server: str
) -> None:
    describe(project, source(table=None, query=SLOW))
    built_earlier(project, "raw")
    running = start(project, EXTRACT, **{URL: postgres_server})
    raw = project / "data"
    while not [part for part in raw.rglob("*.building/survey.parquet") if part.stat().st_size > 4]:
        assert running.poll() is None, running.communicate()[1]
        time.sleep(0.05)
    cursor.execute(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    assert cursor.fetchone() == (1,)
    message = refused(project, "raw", running)
    assert re.search("terminating connection|closed the connection", message), message
    assert "Nothing was written" in message


def panel_of(project: Path, **common: Any) -> None:
    """What build_panel starts from: customers and an answer each, cleaned on DuckDB."""
    from nexo.clean import write_clean

    described = sources.landmark_source()
    answers = [f"{i},{i},{2020 + i % 5}-05-01,9\n" for i in range(10)]
    people = [f"{i},2019-01-01\n" for i in range(10)]
    files = {
        "answers.csv": "".join(["id,customer,date,nps\n", *answers]),
        "customers.csv": "".join(["customer,since\n", *people]),
    }
    built = sources.build(project.parent / "small", described, files)
    clean = project / "data" / "clean"
    for folder, tables in (("survey", ["survey"]), ("sales", ["customers"])):
        write_clean(tuple(built.tables[name] for name in tables), clean / folder)
    describe(project, described)
    choose(project, **{"engine": "spark"} | common)
    built_earlier(project, "panel")


def need_spark() -> None:
    need("spark", shutil.which("java") is not None, "Java is missing; install a JRE")
    need("spark", find_spec("pyspark") is not None, "pyspark is missing; run make full")


def test_a_spark_master_that_does_not_answer(project: Path) -> None:
    need_spark()
    panel_of(project, spark_master="spark://127.0.0.1:1,127.0.0.1:2")
    begun = time.monotonic()
    message = refused(project, "panel", start(project, PANEL))
    assert "Nothing answers at common.spark_master = 'spark://127.0.0.1:1,127.0.0.1:2'" in message
    assert "spark://HOST:7077" in message and "common.engine: duckdb" in message
    assert (
        time.monotonic() - begun < 60
    )  # Spark's own patience is a minute, and then a hundred lines


@pytest.mark.parametrize("where", ["PATH", "JAVA_HOME"])
def test_no_java_on_the_machine(where: str, project: Path, tmp_path: Path) -> None:
    need("spark", find_spec("pyspark") is not None, "pyspark is missing; run make full")
    (tmp_path / "programs").mkdir()
    for name in ("bash", "sh", "env", "dirname", "ps"):
        found = shutil.which(name)
        if found:
            (tmp_path / "programs" / name).symlink_to(found)
    empty = {"PATH": str(tmp_path / "programs"), "JAVA_HOME": ""}
    wrong = {"JAVA_HOME": str(tmp_path / "nowhere")}
    panel_of(project, spark_master="local[1]")
    chosen = empty if where == "PATH" else wrong
    message = refused(project, "panel", start(project, PANEL, **chosen))
    assert "Install Java 17 or newer (JAVA_HOME names it)" in message


SPILLING = """
import sys
from pathlib import Path
import narwhals as nw
from nexo.base.config import Common, load_params
from nexo.engine import open_engine
from nexo.base.errors import run
from nexo.base.results import whole_folder

def main():
    with whole_folder(Path("data/panel")), open_engine(load_params(Common)) as engine:
        for statement in sys.argv[1:]:
            rows = engine.session.sql(statement)
        list(engine.batches(nw.from_native(rows).lazy()))

run(main)
"""
LARGE = {  # what needs more disk than there is: DuckDB's sort, Spark's rows on their way out
    "duckdb": (
        "SET memory_limit = '60MB'",
        "SELECT hash(range) AS a, repeat('x', 200) AS b FROM range(1000000) ORDER BY a",
    ),
    "spark": ("SELECT hash(id) AS a, hash(id + 1) AS b FROM range(1000000)",),
}


@pytest.mark.parametrize("engine", LARGE)
def test_no_disk_left_for_what_does_not_fit_into_memory(engine: str, project: Path) -> None:
    """A limit on the size of files is to the programs what a full disk is."""
    if engine == "spark":
        need_spark()
    built_earlier(project, "panel")
    choose(project, engine=engine, spark_master="local[1]")
    limited = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
    message = refused(
        project, "panel", start(project, "-c", SPILLING, *LARGE[engine], first=limited)
    )
    assert re.search("The disk is full where the engine.*File too large.*spill_dir", message)
