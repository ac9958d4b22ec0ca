"""The economics notebook, cell by cell, on hand-made inputs of each kind of source."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nexo.config import Common, load_params
from nexo.economics.decisions import read_decisions, upsert, write_decisions
from nexo.economics.stage import past_forecasts
from nexo.errors import NexoError
from nexo.results import read_json, read_table
from support import money

NOTEBOOK = money.ROOT / "notebooks" / "economics.ipynb"
FILES = {
    *(f"{name}.csv" for name in ("money", "equity", "roi", "scenarios", "tornado", "growth")),
    *(f"{name}.csv" for name in ("at_risk", "ceilings", "forecasts", "assumptions")),
    "restricted",
    "draws.json",
    "forecast.json",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(money.ROOT / name, tmp_path / name)
    (tmp_path / "reports").mkdir()
    shutil.copy(money.ROOT / "reports" / "decisions.csv", tmp_path / "reports")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_notebook(project: Path) -> Path:
    """Run the code cells in order, as a kernel would, and return the results' folder."""
    names: dict[str, object] = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    return project / "data" / "results" / "economics"


def contents(folder: Path) -> dict[str, bytes]:
    listed = folder / "restricted" / "at_risk_customers.csv"
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    return files | {"restricted": listed.read_bytes()}


def test_a_dated_source_gives_every_result_and_the_same_bytes_twice(project: Path) -> None:
    money.write_inputs(project, money.panel())
    rows = pa.Table.from_pandas(money.initiatives(), preserve_index=False)
    pq.write_table(rows, project / "data" / "clean" / "sales" / "initiatives.parquet")
    started = time.perf_counter()
    folder = run_notebook(project)
    assert time.perf_counter() - started < 30  # about 2 s on a quiet machine
    first = contents(folder)
    assert set(first) == FILES
    table = read_table(folder / "money.csv")
    assert table["estimate"].notna().all()
    assert read_table(folder / "roi.csv")["rank"].tolist() == [1]
    assert set(read_table(folder / "tornado.csv")["subject"]) == {"Call back"}
    metrics = read_json(project / "data" / "metrics" / "economics.json")
    assert metrics["headline"]["n_customers"] == 900
    # 900 customers x 9 euros a year of ten points x the committed margin of .4.
    assert metrics["headline"]["margin_year"]["median"] == pytest.approx(900 * 900 * 0.4)
    assert metrics["best_initiative"]["initiative"] == "Call back"
    assert contents(run_notebook(project)) == first


def test_cents_are_whole(project: Path) -> None:
    money.write_inputs(project, money.panel())
    folder = run_notebook(project)
    table = read_table(folder / "equity.csv")
    for name in (name for name in table.columns if name.endswith("_cents")):
        text = (folder / "equity.csv").read_text(encoding="utf-8")
        assert pd.api.types.is_numeric_dtype(table[name]), text
        assert (table[name].dropna() % 1 == 0).all(), name


def test_a_survey_alone_gives_headers_and_the_reason(project: Path) -> None:
    meta = {
        **money.META,
        "kind": "survey_only",
        "n_active_reference": 0,
        "reference_landmark": None,
    }
    money.write_inputs(project, money.panel().iloc[:0], meta)
    folder = run_notebook(project)
    assert set(contents(folder)) == FILES
    for name in ("money", "equity", "roi", "scenarios", "tornado", "growth"):
        table = read_table(folder / f"{name}.csv")
        assert table.empty, name
        assert len(table.columns) > 3, name
    headline = read_json(project / "data" / "metrics" / "economics.json")["headline"]
    assert headline["verdict"] == "not_identified"
    assert headline["reason_code"] == "no_behaviour"
    assert headline["margin_year"] == {"median": None, "conf_low": None, "conf_high": None}
    assert read_json(folder / "draws.json") == {}
    assert read_json(folder / "forecast.json")["forecasts"] == []


def test_the_facts_stage_gets_the_log_with_what_happened(project: Path) -> None:
    money.write_inputs(project, money.panel())
    log = project / "reports" / "decisions.csv"
    made = read_json(run_notebook(project) / "forecast.json")
    write_decisions(log, upsert(read_decisions(log), made, "aaaa"))
    judged, rate = past_forecasts(load_params(Common))
    assert rate.n_checked == 0
    assert set(judged["state"]) == {"not_comparable", "not_checkable"}  # the source is `test`


def test_a_missing_result_of_an_earlier_stage_is_named(project: Path) -> None:
    money.write_inputs(project, money.panel())
    (project / "data" / "results" / "scores" / "summary.json").unlink()
    with pytest.raises(NexoError, match=r"summary.json is not there.*dvc repro"):
        run_notebook(project)
    assert not (project / "data" / "results" / "economics").exists()
