"""Nobody types a result into prose, and both languages have every number."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from repo.deps import ROOT
from repo.text_rules import key_paths, typed_numbers, variable_problems
from support.project import Project

PAGES = sorted((ROOT / "reports").glob("e[ns]/*.qmd"))


def test_there_are_pages() -> None:
    names = {str(page.relative_to(ROOT / "reports")) for page in PAGES}
    assert {"es/brief.qmd", "es/technical.qmd", "en/brief.qmd", "en/technical.qmd"} <= names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_no_number_is_typed_into_prose(page: Path) -> None:
    problems = typed_numbers(page.read_text(encoding="utf-8"))
    assert not problems, f"{page.name}: use a variable for these\n" + "\n".join(problems)


@pytest.mark.parametrize(
    "prose",
    ["NPS is 42.", "worth 1.234,5 €", "from 3 to 4", "* 7 items", "[12 customers](x.html)"],
)
def test_a_typed_number_is_seen(prose: str) -> None:
    assert typed_numbers(f"---\ntitle: T 1\n---\n\n{prose}\n")


@pytest.mark.parametrize(
    "prose",
    [
        "+10 NPS points, 95 % interval, scale 0-10, 1–7 or 1-5",
        "worth {{< var es.headline.x2 >}}",
        "![c](/_generated/fig2.svg){#fig-x2 width=80%}",
        "see @sec-2 and [^1]",
        "1. first\n2. second",
        "```{=html}\n<b>12</b>\n```",
        "<!-- 2024 -->",
    ],
)
def test_what_is_no_typed_result_is_allowed(prose: str) -> None:
    assert not typed_numbers(prose)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_every_variable_exists_in_both_languages(page: Path, demo: Project) -> None:
    built = (demo.root / "reports" / "_variables.yml").read_text(encoding="utf-8")
    text = page.read_text(encoding="utf-8")
    problems = variable_problems(text, page.parent.name, yaml.safe_load(built))
    assert not problems, "\n".join(problems)


def test_both_languages_have_the_same_variables(demo: Project) -> None:
    built = (demo.root / "reports" / "_variables.yml").read_text(encoding="utf-8")
    variables = yaml.safe_load(built)
    assert key_paths(variables["es"]) == key_paths(variables["en"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{< var es.a.b >}}", "en.a.b is not in"),
        ("{{< var es.a.z >}}", "es.a.z is not in"),
        ("{{<var en.a.c>}}", "a page in 'es' uses es.… only"),
    ],
)
def test_a_missing_variable_is_seen(text: str, message: str) -> None:
    variables = {"es": {"a": {"b": 1, "c": 2}}, "en": {"a": {"c": 2}}}
    assert not variable_problems("{{< var es.a.c >}}", "es", variables)
    assert any(message in problem for problem in variable_problems(text, "es", variables))


@pytest.mark.parametrize("name", ["brief.qmd", "technical.qmd"])
def test_both_languages_have_the_same_sections(name: str) -> None:
    shapes = []
    for language in ("es", "en"):
        text = (ROOT / "reports" / language / name).read_text(encoding="utf-8")
        lines = text.splitlines()
        shapes.append([line.split(" ")[0] for line in lines if line.startswith("#")])
    assert shapes[0] == shapes[1], f"{name}: headings differ between es and en"
