"""The economics notebook, cell by cell, on hand-made inputs of each kind of source."""

from __future__ import annotations

import json
import re
import shutil
import time
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from nexo.base.config import Common, Economics, load_params
from nexo.base.errors import NexoError
from nexo.base.results import read_json, read_table
from nexo.economics.decisions import read_decisions, upsert, write_decisions
from nexo.economics.stage import past_forecasts
from nexo.economics.tables import TABLES
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


def run_notebook(project: Path, **changed: object) -> Path:
    """Run the code cells in order, as a kernel would, and return the results' folder.

    ``changed``: assumptions that an analyst writes into the parameters cell instead.
    """
    names: dict[str, object] = {}
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
        if cell["id"] == "parameters":
            assert set(changed) <= set(names)
            names.update(changed)
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


UNITLESS = {"p_value", "p_positive", "rank"}
BY_ROW = {"estimate", "std_error", "conf_low", "conf_high", "value", "actual", "low", "mode",
          "high", "value_used"}  # fmt: skip
"""Columns whose unit the row's own column ``unit`` tells."""


def test_every_number_has_its_unit_and_every_amount_its_currency(project: Path) -> None:
    money.write_inputs(project, money.panel())
    rows = pa.Table.from_pandas(money.initiatives(), preserve_index=False)
    pq.write_table(rows, project / "data" / "clean" / "sales" / "initiatives.parquet")
    stated = [{"name": "more", "share": 0.5, "more_share": 0.05}]
    log = project / "reports" / "decisions.csv"
    made = read_json(run_notebook(project) / "forecast.json")
    write_decisions(log, upsert(read_decisions(log), made, "aaaa"))
    kept = log.read_bytes()
    folder = run_notebook(project, stated_intentions=stated)
    assert log.read_bytes() == kept  # the pipeline only reads it
    assert not read_table(folder / "forecasts.csv").empty
    dictionary = yaml.safe_load((money.ROOT / "data" / "dictionary.yaml").read_text("utf-8"))
    known = dictionary["tables"]["results"]["columns"]
    files = [*folder.glob("*.csv"), *folder.glob("restricted/*.csv")]
    assert {file.stem for file in files} == {*TABLES, "at_risk_customers"}
    for file in files:
        table = read_table(file)
        for name in table.select_dtypes("number").columns:
            if name in BY_ROW:
                assert table["unit"].notna().all(), (file.name, name)
            elif name not in UNITLESS and table[name].notna().any():
                unit = known.get(name, {}).get("unit") or name in ("nps_score",)
                assert unit, f"{file.name}: {name} has no unit in the dictionary"
        units = table["unit"] if "unit" in table else pd.Series("", index=table.index)
        has_money = units.astype(str).str.contains("cents") | any("cents" in n for n in table)
        assert table.loc[has_money, "currency"].eq("EUR").all() if has_money.any() else True, file


def test_the_list_for_follow_up_is_its_owners_alone(project: Path) -> None:
    money.write_inputs(project, money.panel())
    restricted = run_notebook(project) / "restricted"
    assert restricted.stat().st_mode & 0o077 == 0
    assert (restricted / "at_risk_customers.csv").stat().st_mode & 0o077 == 0
    assert not read_table(restricted / "at_risk_customers.csv").empty


def test_one_changed_assumption_moves_the_tornado(project: Path) -> None:
    money.write_inputs(project, money.panel())
    rows = pa.Table.from_pandas(money.initiatives(cost_cents=100_000), preserve_index=False)
    pq.write_table(rows, project / "data" / "clean" / "sales" / "initiatives.parquet")

    def bars(**changed: object) -> pd.DataFrame:
        table = read_table(run_notebook(project, **changed) / "tornado.csv")
        table["width"] = table["high_cents"] - table["low_cents"]
        return table.set_index("assumption")

    before = bars()
    after = bars(margin_share={"low": 0.05, "high": 0.75})
    assert before.index[0] == "causal_share" and "margin_share" not in before.index
    assert after.index[0] == "margin_share"  # what is least known now stands first
    assert after.loc["margin_share", "width"] > 1.3 * before.loc["causal_share", "width"]
    # The margin's centre is the same .4, so the other bars stay as they were.
    assert after.loc["link", "width"] == pytest.approx(before.loc["link", "width"], rel=1e-6)
    assert after.loc["causal_share", "central_cents"] == before.loc["link", "central_cents"]


def test_a_repeat_contact_less_is_for_those_who_had_one(project: Path) -> None:
    panel = money.panel()
    money.write_inputs(project, panel)
    table = read_table(run_notebook(project) / "money.csv")
    rows = table[table["per"] == "base"].set_index("term")
    n_repeat = (panel["is_reference"] & (panel["n_repeat_contacts"] > 0)).sum()
    found = rows.loc["repeat_contact_less"]
    assert 0 < found["n_customers"] == n_repeat < rows.loc["headline", "n_customers"] == 900
    assert found["estimate"] == pytest.approx(n_repeat * 400 * 0.4)
    total, after = (
        rows.loc[f"{name}_repeat_contact_less", "estimate"] for name in ("total", "after_window")
    )
    assert total == pytest.approx(found["estimate"] + after, rel=0.01)  # medians


ONE_LINER = re.compile(r"dvc exp run\b[^`\n]*?-S ['\"]?(economics\.[^\s`'\"\\]+)")


def test_the_scenario_of_the_command_line_is_one_that_dvc_and_the_project_read(
    tmp_path: Path,
) -> None:
    from dvc.utils.hydra import apply_overrides

    shown = [file for file in (NOTEBOOK, money.ROOT / "params.yaml") if file.is_file()]
    texts = {file.name: file.read_text(encoding="utf-8") for file in shown}
    found = {name: ONE_LINER.findall(text) for name, text in texts.items()}
    assert all(found.values()), found
    before = load_params(Economics, money.ROOT / "params.yaml")
    for override in {line for lines in found.values() for line in lines}:
        copy = tmp_path / "params.yaml"
        shutil.copy(money.ROOT / "params.yaml", copy)
        apply_overrides(copy, [override])
        after = load_params(Economics, copy)
        assert after.scenarios[0].lift_points == 3 != before.scenarios[0].lift_points
        assert after.model_copy(update={"scenarios": before.scenarios}) == before


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
