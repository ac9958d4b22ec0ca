"""The what-if simulator in a real browser: by mouse, by keyboard, and with the printed numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from browser.test_pages import address, outside

BRIEF = "en/brief.html"


def said(page: Any, name: str) -> str:
    return str(page.inner_text(f'.simulator [data-out="{name}"]'))


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_simulator_starts_with_the_printed_numbers(
    page: Any, published: Path, language: str
) -> None:
    text = (published.parent / "_variables.yml").read_text(encoding="utf-8")
    printed = yaml.safe_load(text)[language]["headline"]
    page.goto(address(published, f"{language}/brief.html"))
    word = {"es": "a", "en": "to"}[language]
    assert said(page, "result") == printed["median"]
    assert said(page, "span95") == f"{printed['low']} {word} {printed['high']}"
    page.select_option("#sim-start", "scenario-0")
    technical = (published / language / "technical.html").read_text("utf-8")
    for part in (said(page, "result"), said(page, "span80")):
        assert part.replace("\N{NO-BREAK SPACE}", " ") in technical.replace(
            "\N{NO-BREAK SPACE}", " "
        ).replace("&nbsp;", " ")


def test_the_simulator_works_by_mouse_and_by_keyboard(page: Any, published: Path) -> None:
    own = address(published, BRIEF)
    page.goto(own)
    before, drawn = said(page, "result"), page.inner_html(".simulator-chart")
    page.focus("#sim-points")
    page.keyboard.press("ArrowLeft")
    assert said(page, "points") == "+9.5 points"
    assert said(page, "result") != before
    assert page.inner_html(".simulator-chart") != drawn
    assert page.input_value("#sim-start") == "own"
    before = said(page, "result")
    page.locator("label[for=sim-causal]").click()
    assert said(page, "result") != before
    page.fill("#sim-cost", "1000000000")
    assert said(page, "chances") == "under 1"
    page.wait_for_timeout(600)
    assert "under 1" in said(page, "live")
    page.select_option("#sim-start", "headline")
    assert said(page, "points") == "+10 points"
    assert page.troubles == []
    assert outside(page.requests, own) == []


def test_whoever_decides_counts_only_the_part_of_the_link_that_the_report_counts(
    page: Any, published: Path
) -> None:
    page.goto(address(published, BRIEF))
    assert not page.is_checked("#sim-causal")
    assert not page.is_visible('.simulator [data-out="whole"]')
    page.fill("#sim-cost", "12000")
    assert page.is_checked("#sim-causal")
    assert said(page, "cost") == "€12,000"
    page.locator("label[for=sim-causal]").click()
    assert page.is_visible('.simulator [data-out="whole"]')
    page.fill("#sim-cost", "13000")
    assert not page.is_checked("#sim-causal")  # the reader chose
    page.select_option("#sim-start", "headline")
    page.select_option("#sim-start", "own")
    assert page.is_checked("#sim-causal")
    assert page.locator(".simulator-chart .axis").text_content() == "What is left after the cost"


def test_no_money_has_no_chances(page: Any, published: Path) -> None:
    page.goto(address(published, BRIEF))
    page.locator("#sim-reach").fill("0")
    assert said(page, "result") == "€0"
    assert said(page, "chances") == "–"


def test_the_simulator_is_not_printed_and_says_when_it_cannot_run(
    browser: Any, page: Any, published: Path
) -> None:
    page.goto(address(published, BRIEF))
    page.emulate_media(media="print")
    assert not page.is_visible(".simulator")
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(address(published, BRIEF))
    assert plain.is_visible(".simulator noscript")
    assert not plain.is_visible("#simulator")


def test_no_other_script_runs_on_the_page(page: Any, published: Path, tmp_path: Path) -> None:
    source = (published / BRIEF).read_text(encoding="utf-8")
    file = tmp_path / "brief.html"
    file.write_text(source.replace("</body>", "<script>window.spoilt = 1</script></body>"))
    page.goto(file.as_uri())
    assert not page.evaluate("'spoilt' in window")
    assert any("Content Security Policy" in trouble for trouble in page.troubles)
