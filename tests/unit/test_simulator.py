"""The what-if simulator: its numbers are the report's, its data is text, its script is the one
that the page allows."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nexo.economics.money import money_table, percentile_grids
from nexo.economics.scenario import scenario_table
from nexo.report import formats, select
from nexo.report.inputs import Inputs, read_inputs
from nexo.report.render.embedded import SCRIPT, script_hash
from nexo.report.simulator import HEADLINE, Settings, money_format, simulate, simulator
from support import facts_world, money

STYLE = Path(__file__).parents[2] / "reports" / "style"
RANGE = {"low": 0.2, "mode": 0.4, "high": 0.5}


def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, **more: str) -> Inputs:
    folder = tmp_path / kind
    folder.mkdir()
    monkeypatch.chdir(folder)
    facts_world.build(folder, kind, **more)
    return read_inputs()


def island(text: str) -> dict[str, Any]:
    found = re.search(r'id="simulator-data">(.*?)</script>', text, re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


@pytest.mark.parametrize("margin", [0.4, RANGE])
def test_headline_and_scenario_come_out_of_the_percentiles(margin: Any) -> None:
    scenario = {"name": "S", "lift_points": 5, "path": "default_path", "reach_share": 0.5,
                "cost": 10}  # fmt: skip
    params = money.params(margin_share=margin, causal_share=RANGE, discount_rate=0.1,
                          horizon_years=5, scenarios=[scenario])  # fmt: skip
    facts = money.facts()
    grids = percentile_grids(facts, params)
    row = money_table(facts, params).iloc[0]
    found = simulate(grids, HEADLINE, 100)
    assert found["median"] == pytest.approx(row["estimate"], rel=1e-9)
    assert found["low95"] == pytest.approx(row["conf_low"], rel=1e-9)
    assert found["high95"] == pytest.approx(row["conf_high"], rel=1e-9)
    row = scenario_table(facts, params).iloc[0]
    settings = Settings(5, "default_path", 0.5, 10.0, None, causal=True, horizon="return")
    found = simulate(grids, settings, 100)
    for name, column in (("median", "npv_median_cents"), ("low80", "npv_low80_cents"),
                         ("high95", "npv_high_cents")):  # fmt: skip
        assert found[name] == pytest.approx(row[column], rel=1e-9)
    assert found["p_positive"] == pytest.approx(row["p_positive"], abs=0.002)


def test_cost_reach_and_margin_do_what_they_say() -> None:
    grids = {"window_cents_per_point|p": [float(place) for place in range(201)]}
    found = simulate(grids, Settings(2, "p", 0.5, 0.25, 0.5), 100)
    assert found["median"] == 100 * 2 * 0.5 * 0.5 - 25
    assert found["p_positive"] == pytest.approx(1 - 50 / 200)
    assert simulate(grids, Settings(0, "p", margin=0.5), 100)["p_positive"] == 0


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_start_is_the_headline_as_printed(
    lang: formats.Lang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = world(tmp_path, monkeypatch, "demo")
    data = island(simulator(lang, inputs))
    start = data["starts"]["headline"]
    found = simulate(data["grids"], Settings(**start), data["format"]["units"])
    facts = select.headline(inputs)
    for value, printed in ((found["median"], facts.median_cents), (found["low95"], facts.low_cents),
                           (found["high95"], facts.high_cents)):  # fmt: skip
        assert formats.money(lang, value, "EUR") == formats.money(lang, printed, "EUR")


def test_without_money_or_the_headline_it_is_not_there_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = simulator("en", world(tmp_path, monkeypatch, "survey_only"))
    assert "no simulator" in text
    assert "<" not in text
    inputs = world(tmp_path, monkeypatch, "demo")
    doubled = {name: [2 * value for value in grid] for name, grid in inputs.draws.items()}
    assert "too few customers" in simulator("en", replace(inputs, draws=doubled))


def test_names_of_scenarios_stay_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = world(tmp_path, monkeypatch, "demo")
    grids = {name: list(grid) for name, grid in inputs.draws.items()}
    found = simulate(grids, Settings(5, "default_path", 1, 10_000, None, True, "return"), 100)
    row = inputs.economics["scenarios"].iloc[0].to_dict() | {"scenario": "</script>{{< x >}}"}
    row |= {"npv_median_cents": found["median"], "npv_low80_cents": found["low80"],
            "npv_high80_cents": found["high80"], "p_positive": found["p_positive"]}  # fmt: skip
    table = pd.DataFrame([row])
    text = simulator("en", replace(inputs, economics={**inputs.economics, "scenarios": table}))
    assert text.count("</script>") == 1
    assert "{{<" not in text
    assert 'value="scenario-0"' in text


def test_money_is_written_from_the_reports_own_samples() -> None:
    form = money_format("es", "EUR")
    for one in form["large"]:
        sample = formats.money("es", one["from"] * 2 * form["units"], "EUR")
        assert one["pattern"].replace("{}", f"{2 * one['from'] // one['by']}") == sample
    million = next(one for one in form["large"] if one["from"] == 10**6)
    assert million["by"] == 10**6
    assert million["pattern"].replace("{}", "2,93") == formats.money("es", 293_000_000, "EUR")
    assert form["small"].replace("{}", "7") == formats.money("es", 700, "EUR")


def test_quartos_header_allows_the_one_script() -> None:
    script = (STYLE / SCRIPT).read_text(encoding="utf-8").strip()
    assert f"script-src '{script_hash(script)}'" in (STYLE / "head.html").read_text()
