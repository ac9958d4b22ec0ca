"""What leadership reads of money: bases, break-evens, cautions and ceilings, in both languages.

Not covered here: the numbers behind the words (test_scenario, test_roi, test_changes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from nexo.report import facts
from nexo.report.facts_data import column_name
from nexo.report.facts_money import initiatives, margin
from nexo.report.facts_next import next_steps
from nexo.report.facts_value import forecasts, value_by_group
from nexo.report.figures_money import tornado
from nexo.report.formats import LANGS, Lang
from nexo.report.inputs import Inputs, read_inputs
from nexo.report.wording import reason as reason_of
from nexo.report.wording import say
from support.facts_world import build


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inputs]:
    folder: Path = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        build(folder, "demo")
        yield read_inputs()


def with_money(inputs: Inputs, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Inputs:
    table = change(inputs.economics["money"].copy())
    return replace(inputs, economics={**inputs.economics, "money": table})


@pytest.mark.parametrize(
    ("lang", "per_customer", "base"),
    [("en", "€22.50", "16,500 customers"), ("es", "22,50 €", "16.500 clientes")],
)
def test_margin_by_path_is_in_all_and_per_customer_of_a_base(
    inputs: Inputs, lang: Lang, per_customer: str, base: str
) -> None:
    def whole(table: pd.DataFrame) -> pd.DataFrame:
        table.loc[table["term"] == "nps_plus10", ["estimate", "n_customers"]] = 2250 * 16500, 16500
        return table

    text = margin(lang, with_money(inputs, whole)).replace("\u00a0", " ")
    assert per_customer in text and base in text


@pytest.mark.parametrize("lang", LANGS)
def test_every_change_names_whom_it_concerns(inputs: Inputs, lang: Lang) -> None:
    text = value_by_group(lang, inputs).replace("\u00a0", " ")
    count = "9.000" if lang == "es" else "9,000"
    assert text.count(count) >= 2  # in the table and in the sentence below it
    assert ("a igual CES" if lang == "es" else "the same CES") in text
    assert ("en valor de hoy" if lang == "es" else "in today's value") in text.replace("’", "'")


def test_without_ces_the_words_say_what_the_number_holds(inputs: Inputs) -> None:
    alone = with_money(
        inputs,
        lambda table: table.assign(
            term=table["term"].replace(
                {
                    "repeat_contact_less": "repeat_contact_less_alone",
                    "total_repeat_contact_less": "total_repeat_contact_less_alone",
                }
            )
        ),
    )
    assert "the difficulty that makes people call again is in it" in value_by_group("en", alone)
    assert "incluye la dificultad" in value_by_group("es", alone)


def test_without_attempts_the_report_says_what_is_missing(inputs: Inputs) -> None:
    none = with_money(inputs, lambda table: table[~table["term"].str.contains("repeat")])
    for lang in LANGS:
        reason = say(lang, "no_attempts")
        assert say(lang, "value_no_repeats", reason=reason) in value_by_group(lang, none)
    checks = inputs.links["revenue"].tables["diagnostics"]
    refused = checks.head(1).assign(check="n_repeat_contacts", message_code="too_few_events")
    tables = {**inputs.links["revenue"].tables, "diagnostics": pd.concat([checks, refused])}
    links = {**inputs.links, "revenue": replace(inputs.links["revenue"], tables=tables)}
    text = value_by_group("en", replace(none, links=links))
    assert say("en", "no_attempts") not in text and "cannot be told" in text


@pytest.mark.parametrize("lang", LANGS)
def test_a_group_with_too_few_to_move_is_named_without_an_amount(
    inputs: Inputs, lang: Lang
) -> None:
    def scarce(table: pd.DataFrame) -> pd.DataFrame:
        is_here = table["term"] == "nps_plus10_group"
        reasons = ["too_few_customers" if refused else "" for refused in is_here]
        return table.assign(estimate=table["estimate"].mask(is_here), reason_code=reasons)

    region = column_name(lang, "region")
    assert region in value_by_group(lang, inputs).split("\n\n", 2)[1]
    _, table, said = value_by_group(lang, with_money(inputs, scarce)).split("\n\n", 2)
    assert region not in table
    assert region in said and reason_of(lang, "too_few_customers") in said


def test_without_groups_changes_or_dates_there_are_still_words(inputs: Inputs) -> None:
    bare = with_money(inputs, lambda table: table[table["term"] == "headline"])
    status = {**inputs.links["revenue"].status, "is_annual": False}
    links = {**inputs.links, "revenue": replace(inputs.links["revenue"], status=status)}
    assert value_by_group("en", replace(bare, links=links)).strip() == say("en", "value_none")


@pytest.mark.parametrize("lang", LANGS)
def test_the_best_initiative_comes_with_its_chances_and_break_evens(
    inputs: Inputs, lang: Lang
) -> None:
    best = inputs.economics["roi"].sort_values("rank").iloc[0]
    roi = inputs.economics["roi"].copy()
    roi.loc[roi["rank"] == 1, ["breakeven_lift_points", "breakeven_causal_share"]] = 1.25, 0.37
    known = replace(inputs, economics={**inputs.economics, "roi": roi})
    text = next_steps(lang, known).replace("\u00a0", " ")
    first = text.split("\n\n")[0]
    assert best["initiative"].split(" ")[0] in first
    assert ("37 %" if lang == "es" else "37%") in first
    assert ("1,2" if lang == "es" else "1.2") in first
    years = f"{inputs.horizon_years} años" if lang == "es" else f"{inputs.horizon_years} years"
    assert years in text and years in initiatives(lang, known).replace("\u00a0", " ")
    roi.loc[roi["rank"] == 1, "breakeven_causal_share"] = float("nan")
    never = replace(inputs, economics={**inputs.economics, "roi": roi})
    assert ("1,2" if lang == "es" else "1.2") not in next_steps(lang, never).split("\n\n")[0]


def test_the_tornado_is_of_the_first_initiative_and_without_any_of_the_scenario(
    inputs: Inputs,
) -> None:
    ranked = tornado("en", inputs).markdown("en") + str(vars(tornado("en", inputs)))
    assert "first initiative" in ranked and "scenario" not in ranked
    roi = inputs.economics["roi"].assign(rank=pd.NA)
    none = replace(inputs, economics={**inputs.economics, "roi": roi})
    assert "first scenario" in str(vars(tornado("en", none)))


@pytest.mark.parametrize(("partial", "is_said"), [(0.31, True), (-0.31, True), (0.29, False)])
def test_a_link_too_strong_to_be_true_raises_a_visible_caution(
    inputs: Inputs, partial: float, is_said: bool
) -> None:
    table = inputs.evidence["sensitivity"].copy()
    row = {"outcome": "revenue", "term": "partial_correlation", "estimate": partial}
    table = table[table["term"] != "partial_correlation"]
    table = pd.concat([table, pd.DataFrame([row])], ignore_index=True)
    changed = replace(inputs, evidence={**inputs.evidence, "sensitivity": table})
    for lang in LANGS:
        text = facts.INCLUDES["brief-sure"](lang, changed)
        assert (say(lang, "threat_strong") in text) is is_said


@pytest.mark.parametrize("lang", LANGS)
def test_the_report_counts_how_many_past_intervals_held(inputs: Inputs, lang: Lang) -> None:
    states = inputs.economics["forecasts"]["state"]
    hits, n = (states == "hit").sum(), states.isin(["hit", "miss"]).sum()
    assert 0 < hits < n
    assert say(lang, "forecasts_lead", hits=str(hits), n=str(n)) in forecasts(lang, inputs)


@pytest.mark.parametrize("lang", LANGS)
def test_stated_intentions_are_a_labelled_ceiling(inputs: Inputs, lang: Lang) -> None:
    text = forecasts(lang, inputs)
    assert say(lang, "ceiling_title") in text
    place = text.index(say(lang, "ceiling_title"))
    assert ("70 %" if lang == "es" else "70%") in text[place:].replace("\u00a0", " ")
    assert not inputs.economics["money"]["term"].str.contains("stated|ceiling").any()
