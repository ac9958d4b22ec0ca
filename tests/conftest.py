"""What every test may use: places, the data sets beside the checkout, copies of the project."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest

from support.project import Project, copy_project, fork_project

ROOT = Path(__file__).resolve().parents[1]

# The same examples in every run: a failure that comes and goes teaches nothing.
hypothesis.settings.register_profile("nexo", derandomize=True, deadline=None)
hypothesis.settings.load_profile("nexo")


def need(what: str, is_there: bool, how: str) -> None:
    """Skip a test whose ``what`` is missing; fail instead when NEXO_REQUIRE lists it."""
    if is_there:
        return
    required = os.environ.get("NEXO_REQUIRE", "").replace(" ", "").split(",")
    message = f"{what} is not here: {how}"
    if what in required:
        pytest.fail(f"{message} (NEXO_REQUIRE lists it)")
    pytest.skip(message)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data sets: NEXO_SHARED_DATA, else ../shared/data beside the checkout."""
    folder = Path(os.environ.get("NEXO_SHARED_DATA") or ROOT.parent / "shared" / "data")
    need("data", folder.is_dir(), f"{folder} is no folder; set NEXO_SHARED_DATA to the real one")
    return folder.resolve()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    need("chromium", found is not None, "install the package chromium")
    need("chromium", find_spec("playwright") is not None, "playwright is missing; run make full")
    return str(found)


@pytest.fixture(scope="session")
def spark() -> Iterator[object]:
    """A small local Spark session."""
    need("spark", shutil.which("java") is not None, "Java is missing; install a JRE")
    need("spark", find_spec("pyspark") is not None, "pyspark is missing; run make full")
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.memory": "1g",
    }
    builder = SparkSession.builder.master("local[2]").appName("nexo-tests")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server of this session's own, with user and password."""
    from support import postgres

    with postgres.server() as address:
        yield address


@pytest.fixture(scope="session")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Project]:
    """Return a function that copies this checkout's own files into a new, unbuilt project."""
    return lambda: copy_project(ROOT, tmp_path_factory.mktemp("project") / "nexo")


@pytest.fixture(scope="session")
def demo(project_copy: Callable[[], Project]) -> Project:
    """The demo, built once in this test session; read it, do not change it."""
    project = project_copy()
    done = project.dvc("repro", timeout=900, sabotage=f"trace::{project.reads_log}")
    assert done.returncode == 0, f"dvc repro of the demo failed:\n{done.stdout[-6000:]}"
    project.commit("The demo, built")
    return project


@pytest.fixture
def demo_fork(demo: Project, tmp_path: Path) -> Project:
    """A copy of the built demo that a test may change and break."""
    return fork_project(demo, tmp_path / "nexo")
