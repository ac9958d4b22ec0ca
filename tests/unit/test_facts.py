"""Facts of three worlds: whole reports, the headline, what is absent in words, hostile labels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from nexo.base.errors import EmptyResultError, RenderError
from nexo.report import facts, look, select
from nexo.report.facts_next import chances
from nexo.report.facts_worth import bridge_sentence
from nexo.report.formats import LANGS, Lang
from nexo.report.inputs import Inputs, read_inputs
from support.facts_world import VERDICTS, build

HOSTILE = (
    '<script>alert(1)</script> {{< include /etc/passwd >}} =cmd() #read("x") '
    "[x](javascript:y) @fig-a | $a$"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    yield folder


def world(project: Path, kind: str = "demo", **more: object) -> Inputs:
    build(project, kind, **more)  # type: ignore[arg-type]
    return read_inputs()


def all_text(inputs: Inputs, lang: Lang) -> dict[str, str]:
    return {name: write(lang, inputs) for name, write in facts.INCLUDES.items()}


@pytest.mark.parametrize("kind", ["demo", "snapshot", "survey_only"])
def test_every_include_has_words_in_every_world(project: Path, kind: str) -> None:
    inputs = world(project, kind)
    for lang in LANGS:
        for name, text in all_text(inputs, lang).items():
            if (
                name == "recovery"
                and kind != "demo"
                or name == "brief-figures"
                and kind == "survey_only"
            ):
                continue
            if name == "brief-evidence" and kind == "survey_only":
                assert text.strip() == ""
                continue
            assert text.strip(), f"{kind} {lang} {name}"
            assert "nan" not in re.findall(r"\b\w+\b", text.lower()), f"{kind} {lang} {name}"


@pytest.mark.parametrize("kind", ["demo", "snapshot", "survey_only"])
def test_both_languages_have_the_same_variables(project: Path, kind: str) -> None:
    found = facts.variables(world(project, kind))
    assert names(found["es"]) == names(found["en"])


def names(tree: object, at: str = "") -> set[str]:
    if not isinstance(tree, dict):
        return {at}
    return {name for key, value in tree.items() for name in names(value, f"{at}.{key}")}


def test_every_variable_and_include_of_the_sources_exists(project: Path) -> None:
    found = {
        f"{lang}{name}"
        for lang, tree in facts.variables(world(project)).items()
        for name in names(tree)
    }
    reports = Path(__file__).resolve().parents[2] / "reports"
    for lang in LANGS:
        for file in (reports / lang).glob("*.qmd"):
            text = file.read_text(encoding="utf-8")
            assert set(re.findall(r"\{\{< var ([\w.]+) >\}\}", text)) <= found
            includes = set(re.findall(rf"_generated/{lang}/([\w-]+)\.md", text))
            assert includes and includes <= set(facts.INCLUDES)


def test_no_number_is_typed_into_the_sources() -> None:
    reports = Path(__file__).resolve().parents[2] / "reports"
    for file in reports.glob("e[sn]/*.qmd"):
        body = file.read_text(encoding="utf-8").split("---", 2)[2]
        prose = re.sub(r"\{\{<.*?>\}\}|\{#[\w-]+\}", "", body)
        for number in re.findall(r"\d+(?:[-–]\d+)?", prose):
            assert number in {"10", "95", "0–10", "1–7", "1–5"}, f"{file.name}: {number}"


@pytest.mark.parametrize("verdict", list(VERDICTS))
def test_the_headline_tells_money_and_verdict(project: Path, verdict: str) -> None:
    inputs = world(project, verdict=verdict)
    words = {"supported": "supported by the data", "opposite_sign": "opposite sign",
             "too_small": "too small to matter", "inconclusive": "Inconclusive"}  # fmt: skip
    sentence = facts.variables(inputs)["en"]["headline"]["sentence"]
    assert words[verdict] in sentence
    assert "16,500" in sentence
    if verdict == "supported":
        assert "€660,000 more margin a year (95% interval: €462,000 to €858,000)" in sentence


def test_what_a_snapshot_lacks_is_said(project: Path) -> None:
    text = all_text(world(project, "snapshot"), "en")
    assert "no time order" in text["brief-worth"]
    assert "**Retention**: not identified with these data" in text["brief-worth"]
    assert "snapshot without dates" in text["brief-changed"]
    assert "no initiatives" in text["brief-next"]
    assert "margin a year" not in text["headline"]


def test_surveys_alone_give_scores_and_say_why_there_is_no_money(project: Path) -> None:
    text = all_text(world(project, "survey_only"), "es")
    assert "No identificable" in text["headline"] and "pedidos" in text["headline"]
    assert "| **NPS** |" in text["brief-changed"]
    assert "fichero de clientes" in text["brief-sure"]


def test_an_inconclusive_headline_says_how_much_data_would_settle_it(project: Path) -> None:
    inputs = world(project, verdict="inconclusive")
    row = select.verdict(inputs, "revenue")
    half = (row["conf_high"] - row["conf_low"]) / 2
    factor = (half / abs(row["estimate"])) ** 2  # 0.4 from zero, nearer than the smallest effect
    assert select.headline(inputs).factor == pytest.approx(factor)
    assert "times the 21,402 observations" in all_text(inputs, "en")["headline"]


def test_a_verdict_without_its_headline_is_an_error(project: Path) -> None:
    inputs = world(project)
    money = inputs.economics["money"]
    inputs.economics["money"] = money[money["term"] != "headline"]
    with pytest.raises(EmptyResultError, match="no headline"):
        facts.variables(inputs)


def test_a_missing_result_names_its_file(project: Path) -> None:
    build(project)
    (project / "data/results/economics/roi.csv").unlink()
    with pytest.raises(EmptyResultError, match="roi.csv"):
        read_inputs()


def test_small_groups_are_hidden_with_one_more(project: Path) -> None:
    text = all_text(world(project, small_group=4), "en")["groups"]
    assert "Isla" not in text
    assert "Este" not in text  # the next smallest would give Isla away
    assert "Norte" in text and "Sur" in text
    assert "2 groups are not shown" in text


def test_a_group_at_the_limit_is_shown(project: Path) -> None:
    assert "Isla" in all_text(world(project, small_group=10), "en")["groups"]


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ([50, 60], [True, True]),
        ([5, 60, 70], [False, False, True]),
        ([5, 6, 70], [False, False, True]),
        ([5], [False]),
    ],
)
def test_complementary_suppression(sizes: list[float], kept: list[bool]) -> None:
    assert select.shown(sizes, 10) == kept


def test_hostile_labels_are_text_in_every_include(project: Path) -> None:
    inputs = world(project, label=HOSTILE)
    for lang in LANGS:
        for name, text in all_text(inputs, lang).items():
            text = text.replace('<script type="application/json" id="simulator-data">', "", 1)
            for mark in ("<script", "{{<", "#read", "](javascript", "@fig-a", "$a$", "=cmd"):
                assert mark not in text, f"{name}: {mark}"
    variables = yaml.safe_dump(facts.variables(inputs))
    assert "script" not in variables and "passwd" not in variables


def test_the_stage_writes_everything_the_pages_show_and_the_same_twice(project: Path) -> None:
    inputs = world(project)
    facts.write_facts(inputs)
    folder = project / "reports" / "_generated"
    first = {file: file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
    for lang in LANGS:
        text = "".join(file.read_text(encoding="utf-8") for file in (folder / lang).glob("*.md"))
        shown = set(re.findall(r"_generated/\w\w/(fig-[\w-]+\.svg)", text))
        narrow = {name.replace(look.WIDE, "") for name in shown}  # for small screens
        assert shown | narrow == {file.name for file in (folder / lang).glob("*.svg")}
    assert (folder / "look.css").is_file() and (folder / "receipt.json").is_file()
    facts.write_facts(inputs)
    assert first == {
        file: file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def test_an_unknown_quarantine_action_is_an_error(project: Path) -> None:
    inputs = world(project)
    inputs.quarantine.loc[0, "action"] = "vanished"
    with pytest.raises(RenderError, match="vanished"):
        facts.INCLUDES["quarantine"]("es", inputs)


def test_chances_are_never_called_certain() -> None:
    assert [chances("en", p) for p in (1.0, 0.83, 0.0)] == ["over 99", "83", "under 1"]


def test_initiatives_that_do_not_pay_are_not_recommended(project: Path) -> None:
    inputs = world(project)
    inputs.economics["roi"]["p_positive"] = 0.02
    text = all_text(inputs, "en")["brief-next"]
    assert "None of the 8 initiatives pays" in text and "start none of them" in text


@pytest.mark.parametrize(
    ("kind", "table", "column", "es", "en"),
    [
        ("demo", "orders", "amount_cents", "pedidos, 3 filas", "orders, 3 rows"),
        (
            "snapshot",
            "snapshot",
            "net_revenue_cents",
            "clientes, 3 filas",
            "customer snapshot, 3 rows",
        ),
    ],
)
def test_refunds_are_counted_where_the_data_are_judged(
    project: Path, kind: str, table: str, column: str, es: str, en: str
) -> None:
    build(project, kind)
    amounts = pa.table({column: pa.array([-100, 0, 250, None, -1, -7], pa.int64())})
    pq.write_table(amounts, project / "data" / "clean" / "sales" / f"{table}.parquet")
    inputs = read_inputs()
    assert es in facts.INCLUDES["quality"]("es", inputs)
    assert en in facts.INCLUDES["quality"]("en", inputs)


def test_the_headline_is_explained_only_by_factors_that_give_it(project: Path) -> None:
    inputs = world(project)
    row = select.effect(inputs, "revenue", "nps_plus10", "default_path")
    assert row is not None
    facts_of = select.headline(inputs)
    assumed = inputs.economics["assumptions"]
    share = facts_of.median_cents / facts_of.n_customers / row["estimate"]
    assumed.loc[assumed["name"] == "margin_share", "value_used"] = share
    assert "of the headline is" in bridge_sentence("en", inputs)
    assumed.loc[assumed["name"] == "margin_share", "value_used"] = share * 1.1
    assert bridge_sentence("en", inputs) == ""


def test_a_failed_test_of_the_past_warns_without_refuting(project: Path) -> None:
    inputs = world(project)
    controls = inputs.evidence["negative_controls"]
    controls["is_passed"] = controls.index > 0
    controls.loc[0, "term"] = "outcome_before_survey"
    for lang, words in (("es", "no desmiente el vínculo"), ("en", "does not refute the link")):
        assert words in all_text(inputs, lang)["brief-sure"]


def test_the_brief_speaks_plainly(project: Path) -> None:
    inputs = world(project)
    for lang in LANGS:
        brief = "".join(text for name, text in all_text(inputs, lang).items() if "brief" in name)
        assert "Holm" not in brief
        notes = str(facts.FIGURES["fig-effects"](lang, inputs).spec(look.CHART_WIDTH)["title"])
        assert "Holm" not in notes


def test_the_appendix_holds_every_outcome_that_was_estimated_and_the_sections_point_to_it(
    project: Path,
) -> None:
    inputs = world(project)
    text = all_text(inputs, "es")
    for outcome, heading in (("retention", "Retención"), ("contacts", "Contactos")):
        assert f"## {heading}" in text["appendix"]
        assert f"tbl-coefficients-{outcome}" in text["appendix"]
        section = text[f"outcome-{outcome}"]
        assert "tbl-coefficients" not in section and "@sec-appendix" in section
