"""DuckDB, Spark, a Spark cluster and a database give the same tables, byte for byte.

On the demo's own dirty files, reduced to every eighth record (every customer stays), so that
each cast, duplicate and look-back is met in a minute.
"""

from __future__ import annotations

import importlib.util
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from conftest import ROOT, need
from nexo.base.config import Clean, Panel, load_params
from nexo.base.results import read_json, write_json
from nexo.clean import clean_sales, clean_survey, stage_on, write_clean
from nexo.economics.growth import growth_table
from nexo.economics.risk import scored_now
from nexo.economics.rows import (
    concerned,
    landmark_counts,
    reference_groups,
    seen_rows,
    survivors,
)
from nexo.engine import open_engine
from nexo.panel import build_panel
from nexo.simulate import write_raw_files
from nexo.sources import load_source
from nexo.sources.extract import extract
from nexo.sources.files import FoundFile, find_files
from nexo.sources.readers import read_chunks
from support.answers import URL, emptied
from support.sources import KEY, dictionary, write_source

EVERY = 8


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What extraction leaves of the demo, every eighth record of each table but customers."""
    folder = tmp_path_factory.mktemp("engines") / "raw"
    write_raw_files(folder / "demo", seed=20240917)
    extract(load_source("demo", dictionary()), dictionary(), folder / "demo", KEY, folder)
    counts = read_json(folder / "counts.json")
    rejected = pq.read_table(folder / "rejected.parquet")
    for name, table in counts["tables"].items():
        rows = pq.read_table(folder / f"{name}.parquet")
        if name != "customers" and rows.num_rows > 1000:
            rows = rows.filter(pc.equal(pc.bit_wise_and(rows["_row"], EVERY - 1), 0))
        pq.write_table(rows, folder / f"{name}.parquet")
        for file in table["files"]:
            n_ragged = pc.sum(pc.equal(rejected["file"], file["name"])).as_py() or 0
            n_kept = pc.sum(pc.equal(rows["_file"], file["name"])).as_py()
            file["rows"] = n_kept + n_ragged
        table["rows"] = sum(file["rows"] for file in table["files"])
    write_json(folder / "counts.json", counts)
    return folder


def build(raw: Path, target: Path, **common: Any) -> dict[str, bytes]:
    """Clean and build the panel as the pipeline does; return every file's bytes."""
    params = load_params(Clean, ROOT / "params.yaml")
    params = params.model_copy(
        update={"common": params.common.model_copy(update=common), "max_rejected_share": 0.2}
    )
    source = load_source("demo", dictionary())
    with stage_on(source, dictionary(), params, raw) as stage:
        write_clean(clean_survey(stage), target / "survey")
        write_clean(clean_sales(stage), target / "sales")
    panel = load_params(Panel, ROOT / "params.yaml")
    panel = panel.model_copy(update={"common": params.common, "step_days": 365})
    (target / "panel").mkdir()
    build_panel(panel, source, target / "survey", target / "sales", target / "panel")
    return contents(target)


def contents(folder: Path) -> dict[str, bytes]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def built(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that DuckDB fills."""
    folder = tmp_path_factory.mktemp("duckdb")
    build(raw, folder, engine="duckdb")
    return folder


@pytest.fixture(scope="module")
def embedded(built: Path) -> dict[str, bytes]:
    """Every file that DuckDB makes."""
    made = contents(built)
    assert {"sales/orders.parquet", "survey/quarantine.parquet", "panel/flow.csv"} <= set(made)
    return made


def same(made: dict[str, bytes], embedded: dict[str, bytes]) -> None:
    assert set(made) == set(embedded)
    assert [name for name in made if made[name] != embedded[name]] == []


def test_spark_makes_the_same_files(
    raw: Path, embedded: dict[str, bytes], spark: object, tmp_path: Path
) -> None:
    same(build(raw, tmp_path, engine="spark", spark_master="local[2]"), embedded)


def test_spark_counts_the_same_for_the_money(built: Path, spark: object) -> None:
    """All that leaves the panel and the sales for the economics; cells: test_models_streams."""
    meta = read_json(built / "panel" / "meta.json")
    counts = (landmark_counts, seen_rows, reference_groups, survivors, scored_now)
    common = load_params(Panel, ROOT / "params.yaml").common
    told = []
    for engine in ("duckdb", "spark"):
        on = common.model_copy(update={"engine": engine, "spark_master": "local[2]"})
        with open_engine(on) as opened:
            places = ("panel/panel", "sales/orders", "sales/customers")
            frames = (opened.read_parquet(built / f"{place}.parquet") for place in places)
            panel, orders, customers = frames
            tables = [count(panel) for count in counts]
            growth = growth_table(orders, customers, panel, meta)
            told.append([*tables, pd.DataFrame([concerned(panel)]), growth])
    for ours, theirs in zip(*told, strict=True):
        assert len(ours) and not ours.isna().all(axis=None)
        pd.testing.assert_frame_equal(ours, theirs)


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_the_order_and_the_parts_of_the_input_do_not_show(
    engine: str, raw: Path, embedded: dict[str, bytes], tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    if engine == "spark":
        request.getfixturevalue("spark")
    shuffled = tmp_path / "raw"
    shutil.copytree(raw, shuffled, ignore=shutil.ignore_patterns("demo"))
    for file in shuffled.glob("*.parquet"):
        rows = pq.read_table(file)
        order = pc.sort_indices(pa.array([hash((7, i)) for i in range(rows.num_rows)], pa.int64()))
        pq.write_table(rows.take(order), file, row_group_size=997)
    same(build(shuffled, tmp_path / "out", engine=engine), embedded)


def test_a_small_memory_and_another_folder_to_spill_change_nothing(
    raw: Path, embedded: dict[str, bytes], tmp_path: Path
) -> None:
    spill = tmp_path / "spill"
    spill.mkdir()
    same(build(raw, tmp_path / "out", memory_gb=0.5, spill_dir=str(spill)), embedded)
    assert list(spill.iterdir()) == []


CLUSTER = """
import sys
from pathlib import Path
from e2e.test_engines import build
build(Path(sys.argv[1]), Path(sys.argv[2]), engine="spark", spark_master=sys.argv[3],
      spill_dir=sys.argv[4])
"""


def test_a_cluster_of_two_workers_makes_the_same_files(
    raw: Path, embedded: dict[str, bytes], tmp_path: Path
) -> None:
    """Spark's own cluster of a master and two workers, each a process of this machine."""
    need("spark", shutil.which("java") is not None, "Java is missing; install a JRE")
    found = importlib.util.find_spec("pyspark")
    need("spark", found is not None, "pyspark is missing; run make full")
    assert found is not None and found.origin is not None
    (tmp_path / "spill").mkdir()
    environment = os.environ | {
        "SPARK_HOME": str(Path(found.origin).parent),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
    }
    places = (str(raw), str(tmp_path / "out"), "local-cluster[2,1,1024]", str(tmp_path / "spill"))
    done = subprocess.run(
        [sys.executable, "-c", CLUSTER, *places],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    same(contents(tmp_path / "out"), embedded)


def test_a_database_gives_the_same_tables(
    raw: Path, embedded: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    postgres_server: str,
) -> None:  # fmt: skip
    """The demo's files, loaded into a real server as text, row by row as they were."""
    described = yaml.safe_load((ROOT / "data" / "sources" / "demo.yaml").read_text("utf-8"))
    del described["simulate"]
    with emptied(postgres_server) as cursor:
        for file in find_files(load_source("demo", dictionary()), raw / "demo"):
            entry = described["tables"][file.table]["files"][file.entry]
            kept = {key: entry[key] for key in ("decimal", "columns") if key in entry}
            name = f"{file.table}_{file.entry}"
            cursor.adbc_ingest(name, records(file), mode="create")
            table = {"url_env": URL, "table": name, "order_by": "_row"}
            described["tables"][file.table]["files"][file.entry] = {
                "format": "postgresql", "database": table, **kept,
            }  # fmt: skip
    monkeypatch.setenv(URL, postgres_server)
    source = load_source("demo", dictionary(), write_source(tmp_path, described))
    (tmp_path / "raw").mkdir()
    extract(source, dictionary(), tmp_path, KEY, tmp_path / "raw")
    made = build(tmp_path / "raw", tmp_path / "out")
    assert set(made) == set(embedded)
    for name, content in embedded.items():  # a cell has another address in a server than in a file
        alike = unaddressed if name.endswith("quarantine.parquet") else bytes
        assert alike(made[name]) == alike(content), name


def unaddressed(quarantine: bytes) -> list[tuple[Any, ...]]:
    rows = pq.read_table(io.BytesIO(quarantine)).drop_columns(["file", "row"])
    return sorted(tuple(row.values()) for row in rows.to_pylist())


def records(file: FoundFile) -> pa.Table:
    """The records of a file of the demo, as many as ``raw`` has of them."""
    columns = {header: at for at, header in enumerate(file.header.names)}
    rows = pa.concat_tables(list(read_chunks(file.path, file.rule, columns, {}, [])))
    if file.table == "customers" or rows.num_rows <= 1000:
        return rows
    return rows.filter(pc.equal(pc.bit_wise_and(rows["_row"], EVERY - 1), 0))
