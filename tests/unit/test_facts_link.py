"""Sections of the outcomes: verdicts and refusals with their numbers, checks with sentences."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nexo.report import facts_checks, facts_churn, facts_effects, facts_link
from nexo.report.formats import LANGS
from nexo.report.inputs import Inputs, read_inputs
from nexo.report.wording_checks import CHECKS
from support.facts_world import VERDICTS, build


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield folder


def world(project: Path, **more: Any) -> Inputs:
    build(project, **more)
    return read_inputs()


@pytest.mark.parametrize("verdict", list(VERDICTS))
def test_a_verdict_is_told_with_the_interval_it_was_read_off(project: Path, verdict: str) -> None:
    inputs = world(project, verdict=verdict)
    row = inputs.evidence["verdicts"].set_index("outcome").loc["retention"]
    for lang in LANGS:
        sentence = facts_link.told_reason(lang, inputs, "retention")
        assert "Holm" in sentence
        for end in ("conf_low", "conf_high", "estimate"):
            number = f"{100 * abs(row[end]):.2f}".replace(".", "," if lang == "es" else ".")
            assert number in sentence, (lang, end)


REFUSALS: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "separation by levels": (
        "separation",
        {"column": "csat_score", "kind": "quasi", "levels": "1, 2, 4, 5"},
        ("CSAT", "quasi-complete", "1, 2, 4 and 5"),
    ),
    "separation by classes": (
        "separation",
        {"column": "nps_score", "kind": "complete", "levels": "0, 2"},
        ("NPS", "detractors and promoters", "complete separation"),
    ),
    "separation by a combination": (
        "separation",
        {"family": "binomial", "terms": ["intercept", "region:<b>Norte</b>"]},
        ("without end (region:", "&#60;b"),
    ),
    "too few events": (
        "too_few_events",
        {"n_events": 1234, "n_parameters": 140, "needed": 1400},
        ("1,234 events", "140 parameters", "1,400"),
    ),
    "constant outcome": ("constant_outcome", {"value": 1.0, "n_obs": 7043}, ("all 7,043 rows",)),
    "score outside its scale": (
        "score_outside_scale",
        {"column": "nps_score", "n_rows": 12, "value": 11.0},
        ("12 rows", "NPS", "11"),
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_told_with_its_numbers(project: Path, name: str) -> None:
    inputs = world(project)
    code, values, parts = REFUSALS[name]
    sentence = facts_link.refusal("en", inputs, "retention", code, values)
    for part in parts:
        assert part in sentence, sentence
    assert facts_link.refusal("es", inputs, "retention", code, values) != sentence


def test_leaking_controls_are_named_where_the_score_is_refused(project: Path) -> None:
    inputs = world(project)
    link = inputs.links["retention"]
    status = link.status | {
        "is_identified": False, "reason_code": "separation",
        "reason_values": {"column": "csat_score", "kind": "quasi", "levels": "1, 5"},
        "excluded_controls": [{"column": "churn_score", "reason_code": "leakage"}],
    }  # fmt: skip
    inputs.links["retention"] = replace(link, status=status)
    verdicts = inputs.evidence["verdicts"]
    is_it = verdicts["outcome"] == "retention"
    verdicts.loc[is_it, ["verdict", "reason_code"]] = ["not_identified", "separation"]
    text = facts_link.outcome("en", inputs, "retention")
    assert "churn" in text and "recorded afterwards" in text
    assert "What the other metrics say still stands" in text


def test_contacts_stand_outside_the_verdicts_and_may_be_absent(project: Path) -> None:
    inputs = world(project)
    text = facts_link.contacts("en", inputs)
    assert "outside the family of the three verdicts" in text
    assert "contacts per 100 customers a year" in text and "**Verdict" not in text
    shutil.rmtree(project / "data/results/link/contacts")
    without = read_inputs()
    assert "the data do not tell the contacts" in facts_link.contacts("en", without)
    assert "Contacts" not in facts_link.verdicts("en", without)


def test_what_each_outcome_has_of_its_own_is_shown_there_alone(project: Path) -> None:
    inputs = world(project, label="Nor|te")
    assert "tbl-months-kept" in facts_churn.months_kept("en", inputs, "retention")
    assert facts_churn.months_kept("en", inputs, "revenue") == ""
    category = facts_churn.next_category("en", inputs, "cross_selling")
    assert "30 (28 to 32)" in category and "&#124;" in category
    assert facts_churn.next_category("en", inputs, "retention") == ""
    groups = facts_effects.groups("en", inputs, "revenue")
    assert "within chance (p-value 0.200)" in groups and "Without a figure: Nor" in groups
    assert "Alone" in facts_effects.metrics_together("en", inputs, "revenue")
    assert "Within one customer" in facts_effects.within("en", inputs, "revenue")


def test_a_check_that_warns_says_so_in_bold(project: Path) -> None:
    text = facts_checks.diagnostics("en", world(project), "revenue")
    warning = CHECKS["nps_plus10"][1][1]
    assert f"**{warning}**" in text
    assert "same_in_groups" not in text


def test_every_check_of_the_link_has_a_name_and_sentences() -> None:
    from nexo.report.wording import has_term

    source = Path(facts_link.__file__).parents[1] / "link"
    text = "".join(file.read_text(encoding="utf-8") for file in source.glob("*.py"))
    for code, pairs in CHECKS.items():
        assert has_term("check", code), code
        assert code in text, f"no module of the link makes the check {code}"
        for pair in pairs:
            assert all(words.endswith(".") for words in pair)
