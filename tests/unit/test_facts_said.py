"""What the reports say beside a number so that it is not misread: units, rules, comparisons.

Not covered here: the numbers themselves (tests of scores, evidence and economics).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nexo.report import (
    facts_brief,
    facts_checks,
    facts_data,
    facts_effects,
    facts_evidence,
    facts_groups,
    facts_money,
    facts_reference,
    facts_scores,
    facts_worth,
    select,
    threats,
)
from nexo.report.inputs import Inputs, read_inputs
from support.facts_world import build


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inputs]:
    folder: Path = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        build(folder, "demo")
        yield read_inputs()


def with_table(inputs: Inputs, room: str, name: str, table: pd.DataFrame) -> Inputs:
    changed: dict[str, Any] = {room: {**getattr(inputs, room), name: table}}
    return replace(inputs, **changed)


def with_link(inputs: Inputs, name: str, **tables: pd.DataFrame) -> Inputs:
    link = inputs.links[name]
    own = replace(link, tables={**link.tables, **tables})
    return replace(inputs, links={**inputs.links, name: own})


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_other_ways_are_told_with_their_spread_and_how_many_hold_the_headline(
    inputs: Inputs,
) -> None:
    table = inputs.evidence["specifications"].copy()
    own = table["outcome"] == "retention"
    headline = select.verdict(inputs, "retention")["estimate"]
    table.loc[own, "estimate"] = headline * (1 + (np.arange(own.sum()) - 6) / 20)
    table.loc[own, "conf_low"] = table["estimate"] - headline / 8
    table.loc[own, "conf_high"] = table["estimate"] + headline / 8
    text = facts_evidence.specifications("en", with_table(inputs, "evidence", "specifications",
                                                          table[own]))  # fmt: skip
    middle = f"{97.5 * headline:.2f}"
    assert f"with median +{middle}" in text
    assert "Of 12 intervals, 12 lie above zero and 5 hold" in text
    assert "In grey" not in text
    assert "In grey" in facts_evidence.specifications("en", inputs)  # there some reach zero


def test_who_misses_the_truth_is_told_by_outcome_and_side(inputs: Inputs) -> None:
    def row(outcome: str) -> float:
        found = select.effect(inputs, outcome, "nps_plus10", "default_path")
        assert found is not None
        return float(found["conf_high"])

    code = "nps_plus10:default_path"
    near = 1.02 * row("retention")
    truth = {"effects": {"retention": {code: near}, "revenue": {code: 9 * row("revenue")}}}
    text = facts_reference.recovery("en", replace(inputs, truth=truth))
    assert "retention, 1 of 1 (0 above the truth and 1 below it)" in text
    assert "outside 95%, inside 99.9%" in text and "outside both" in text
    held = {"effects": {"retention": {code: 0.99 * row("retention")}}}
    text = facts_reference.recovery("en", replace(inputs, truth=held))
    assert "Outside of" not in text and "| inside |" in text


def test_moves_say_which_pairs_they_count(inputs: Inputs) -> None:
    from nexo.scores.transitions import LONGEST_GAP_DAYS

    for lang, words in (("en", "at most {} days apart"), ("es", "como mucho {} días")):
        text = facts_groups.moves(lang, inputs)  # type: ignore[arg-type]
        assert text.count(words.format(LONGEST_GAP_DAYS)) == 2  # in the lead and the caption


def test_what_is_not_asked_somewhere_is_named(inputs: Inputs) -> None:
    text = facts_groups.groups("en", inputs)
    assert "NPS by channel" in text and "CSAT by region" in text and "NPS by region" not in text


def test_the_last_landmark_is_no_wave(inputs: Inputs) -> None:
    days = inputs.panel_params.score_lookback_days
    text = plain(facts_scores.answering("en", inputs))
    assert f"At the last landmark (29 June 2025), the 5,312 scores of the {days} days" in text
    undated = plain(facts_scores.answering("en", replace(inputs, meta={"kind": "snapshot"})))
    assert "The 5,312 scores say" in undated and "landmark" not in undated
    marks = inputs.meta["landmarks"][-1]["date"]
    assert marks[:4] in plain(threats.answered_sentence("en", inputs))
    assert f"in the {days} days before" in threats.answered_sentence("en", inputs)


def test_the_three_figures_of_nps_are_put_side_by_side(inputs: Inputs) -> None:
    text = plain(facts_scores.nps_levels("en", inputs))
    # (0.42 - 0.25) of all active customers
    assert "21.4 in the latest wave (Q2 2025) unweighted" in text and "17.0 in all" in text
    assert facts_scores.nps_levels("en", replace(inputs, score_summary={})) == ""


def test_the_brief_names_what_it_compares_with_and_looks_further_back(inputs: Inputs) -> None:
    table = inputs.scores["changes"]
    nps = table[table["outcome"] == "nps"]
    longer = [
        nps.assign(contrast=contrast, wave_from=wave, estimate=value, conf_low=value - 3,
                   conf_high=value + 3)
        for contrast, wave, value in (("latest_vs_year_before", "2024-Q2", 5.8),
                                      ("latest_vs_first", "2023-Q1", 11.6))
    ]  # fmt: skip
    more = with_table(inputs, "scores", "changes", pd.concat([table, *longer]))
    text = plain(facts_brief.changed("en", more))
    assert "Since Q1 2025 no change" in text
    assert "+5.8 points in a year, since Q2 2024 (+2.8 to +8.8)" in text
    assert "+11.6 since the first wave, Q1 2023" in text
    assert text.count("**NPS**") == 1 and "unweighted" in text
    assert "has moved" not in facts_brief.changed("en", inputs)
    assert "Q2 2024" in plain(facts_scores.scores("en", more))


def test_a_check_prints_its_limit_and_shares_in_per_cent(inputs: Inputs) -> None:
    rows = [
        {"check": name, "value": value, "threshold": limit, "is_ok": True, "message_code": "x"}
        for name, value, limit in (("retained:calibration", 0.039, 0.05),
                                   ("proportional_hazards", 0.014, 0.01),
                                   ("largest_influence_share", 0.02, 0.05))
    ]  # fmt: skip
    text = facts_checks.diagnostics(
        "en", with_link(inputs, "retention", diagnostics=pd.DataFrame(rows)), "retention"
    )
    assert "| 3.9% |" in text and "| 2.0% |" in text and "| 0.014 |" in text
    assert "p-value of 0.01 or more" in text and "none bears more than 5%" in text


def test_least_squares_are_told_in_money(inputs: Inputs) -> None:
    table = inputs.links["revenue"].tables["coefficients"].iloc[:1].assign(
        term="least_squares:nps:detractor", estimate=-6658.815, std_error=704.1,
        conf_low=-8039.0, conf_high=-5278.6,
    )  # fmt: skip
    text = facts_checks.coefficients("en", with_link(inputs, "revenue", coefficients=table),
                                     "revenue")  # fmt: skip
    assert "−€66.59" in text and "6,658" not in text


def test_one_point_of_an_answer_is_no_point_of_the_index(inputs: Inputs) -> None:
    name = facts_effects.effect_name("en", "nps_score", "plus_one")
    assert name == "one point more in the NPS answer (0 to 10)"
    assert "answer one point higher (0 to 10)" in facts_effects.within("en", inputs, "revenue")
    money = plain(facts_money.margin("es", inputs))
    assert "+10 puntos del índice NPS" in money and "+1 punto del índice NPS" in money


def test_money_bears_its_sign_in_the_tables_of_effects(inputs: Inputs) -> None:
    for text in (
        facts_effects.differences("en", inputs, "revenue"),
        facts_effects.groups("en", inputs, "revenue"),
        facts_effects.metrics_together("en", inputs, "revenue"),
        facts_effects.within("en", inputs, "revenue"),
    ):
        assert "+€" in text and "€ per" not in text


def test_comparisons_within_customers_say_whom_the_model_leaves_out(inputs: Inputs) -> None:
    checks = inputs.links["revenue"].tables["diagnostics"]
    assert "own everything" not in facts_effects.within("en", inputs, "revenue")
    row = {"check": "rows_without_exposure", "value": 41, "is_ok": True, "message_code": "left_out"}
    more = with_link(inputs, "revenue", diagnostics=pd.concat([checks, pd.DataFrame([row])]))
    assert "own everything" in facts_effects.within("en", more, "revenue")


def test_initiatives_in_the_technical_report_have_lift_and_cost(inputs: Inputs) -> None:
    text = plain(facts_money.initiatives("en", inputs))
    assert "4.0 (2.0 to 7.0)" in text and "€50,000" in text
    assert "of the link moves" in text and "at a cost of" in text


def test_an_interval_over_zero_is_marked_beside_its_value(inputs: Inputs) -> None:
    effects = inputs.links["revenue"].tables["effects"].copy()
    is_ces = (effects["term"] == "ces_score") & (effects["contrast"] == "plus_one")
    assert is_ces.any()
    effects.loc[is_ces, ["conf_low", "conf_high"]] = -500.0, 900.0
    row = next(line for line in facts_worth.worth("en", with_link(inputs, "revenue",
               effects=effects)).splitlines() if line.startswith("| **Revenue"))  # fmt: skip
    assert row.count("inconclusive") == 1


def test_a_group_that_few_leave_is_not_called_small(inputs: Inputs) -> None:
    row = {"check": "segment=B", "value": np.nan, "is_ok": False, "message_code": "too_few_events"}
    checks = pd.DataFrame([{**row, "check": "segment=B:group"}])
    link = inputs.link_params.model_copy(update={"by": ["segment"]})
    few = replace(with_link(inputs, "retention", diagnostics=checks), link_params=link)
    assert "too few customers leave" in facts_effects.groups("en", few, "retention")


def test_invitations_without_an_answer_are_told_apart(inputs: Inputs) -> None:
    step = {"step_code": "answers_kept", "outcome": "", "n_rows": 900, "n_customers": 700}
    counts = {**inputs.clean_counts, "survey": {"survey": {"rows_kept": 1_000}}}
    more = replace(inputs, clean_counts=counts, flow=pd.concat([inputs.flow, pd.DataFrame([step])]))
    steps = more.flow["step_code"] == "answers_kept"
    more.flow.loc[steps, "n_rows"] = 900
    assert "Of the 1,000 rows kept" in facts_data.panel("en", more)
    more.flow.loc[steps, "n_rows"] = 1_000
    assert "invitations" not in facts_data.panel("en", more)


def test_a_single_reason_is_printed_rather_than_announced(inputs: Inputs) -> None:
    def told(n: int) -> str:
        frame = pd.DataFrame(
            {"table": "survey", "column": [f"c{i}" for i in range(n)], "reason": "not_a_date",
             "action": "set_missing"}
        )  # fmt: skip
        return facts_data.quarantine("en", replace(inputs, quarantine=frame))

    most = facts_data.MOST_ROWS
    assert f"c{most}" in told(most + 1).replace("&#", "")
    assert "more reasons" not in told(most + 1) and "2 more reasons" in told(most + 2)
