"""The published pages in a real browser, opened from the disk as a reader would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.project import Project

PAGES = [f"{language}/{name}.html" for language in ("es", "en") for name in ("brief", "technical")]
WIDTHS = (360, 768, 1440)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that notes what went wrong and where it tried to go."""
    tab = browser.new_page()
    tab.troubles = []
    tab.requests = []
    tab.on("pageerror", lambda error: tab.troubles.append(str(error)))
    tab.on("console", lambda m: tab.troubles.append(m.text) if m.type == "error" else None)
    tab.on("request", lambda request: tab.requests.append(request.url))
    yield tab
    tab.close()


def address(demo: Project, name: str) -> str:
    return (demo.root / "reports" / "_site" / name).as_uri()


def outside(requests: list[str], own: str) -> list[str]:
    """Requests that leave the page itself."""
    kept = ("data:", "blob:", "about:")
    return [url for url in requests if not url.startswith(kept) and url.split("#")[0] != own]


@pytest.mark.parametrize("name", [*PAGES, "index.html"])
def test_a_page_opens_without_errors_and_asks_for_nothing_else(
    page: Any, demo: Project, name: str
) -> None:
    own = address(demo, name)
    page.goto(own, wait_until="networkidle")
    assert page.troubles == []
    assert outside(page.requests, own) == []


def accessibility_breaches(page: Any) -> list[str]:
    """The rules of axe-core that a page breaks, with the first element that does."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]


@pytest.mark.parametrize("name", [*PAGES, "index.html"])
def test_a_page_is_accessible(page: Any, demo: Project, name: str) -> None:
    page.goto(address(demo, name))
    assert accessibility_breaches(page) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*PAGES, "index.html"])
def test_nothing_overflows_sideways(page: Any, demo: Project, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address(demo, name), wait_until="networkidle")
    measured = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert measured[0] <= measured[1], f"{name} is {measured[0]} px wide at {width} px"


@pytest.mark.parametrize("name", [*PAGES, "index.html"])
def test_every_link_to_a_file_leads_to_one(page: Any, demo: Project, name: str) -> None:
    page.goto(address(demo, name), wait_until="networkidle")
    links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    files = [Path(link.removeprefix("file://").split("#")[0]) for link in links if "file:" in link]
    missing = [str(file) for file in files if not file.exists()]
    assert missing == []


@pytest.mark.parametrize("name", PAGES)
def test_the_other_language_is_one_click_away(page: Any, demo: Project, name: str) -> None:
    here, other = name[:2], {"es": "en", "en": "es"}[name[:2]]
    page.goto(address(demo, name))
    assert page.get_attribute("html", "lang").startswith(here)
    link = page.locator(f"a[href*='{other}/']").first
    assert link.count() == 1, f"{name} has no link to {other}"
    link.click()
    page.wait_for_load_state()
    assert f"/{other}/" in page.url
    assert page.get_attribute("html", "lang").startswith(other)


@pytest.mark.parametrize("name", [*PAGES, "index.html"])
def test_a_page_is_accessible_in_the_dark(page: Any, demo: Project, name: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(address(demo, name))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert accessibility_breaches(page) == []


def said(page: Any, name: str) -> str:
    return str(page.inner_text(f'.simulator [data-out="{name}"]'))


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_simulator_starts_with_the_printed_numbers(
    page: Any, demo: Project, language: str
) -> None:
    text = (demo.root / "reports" / "_variables.yml").read_text(encoding="utf-8")
    printed = yaml.safe_load(text)[language]["headline"]
    page.goto(address(demo, f"{language}/brief.html"))
    word = {"es": "a", "en": "to"}[language]
    assert said(page, "result") == printed["median"]
    assert said(page, "span95") == f"{printed['low']} {word} {printed['high']}"
    page.select_option("#sim-start", "scenario-0")
    technical = (demo.root / f"reports/_site/{language}/technical.html").read_text("utf-8")
    for part in (said(page, "result"), said(page, "span80")):
        assert part.replace("\N{NO-BREAK SPACE}", " ") in technical.replace(
            "\N{NO-BREAK SPACE}", " "
        ).replace("&nbsp;", " ")


def test_the_simulator_works_by_mouse_and_by_keyboard(page: Any, demo: Project) -> None:
    own = address(demo, "en/brief.html")
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


def test_the_simulator_is_not_printed_and_says_when_it_cannot_run(
    browser: Any, page: Any, demo: Project
) -> None:
    page.goto(address(demo, "en/brief.html"))
    page.emulate_media(media="print")
    assert not page.is_visible(".simulator")
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(address(demo, "en/brief.html"))
    assert plain.is_visible(".simulator noscript")
    assert not plain.is_visible("#simulator")


def test_no_other_script_runs_on_the_page(page: Any, demo: Project, tmp_path: Path) -> None:
    source = (demo.root / "reports/_site/en/brief.html").read_text(encoding="utf-8")
    file = tmp_path / "brief.html"
    file.write_text(source.replace("</body>", "<script>window.spoilt = 1</script></body>"))
    page.goto(file.as_uri())
    assert not page.evaluate("'spoilt' in window")
    assert any("Content Security Policy" in trouble for trouble in page.troubles)


def test_a_spoilt_page_is_seen(page: Any, tmp_path: Path) -> None:
    """Proof that the rules above can fail."""
    file = tmp_path / "spoilt.html"
    file.write_text(
        "<p style='width:2000px'>wide</p><img src='https://example.invalid/x.png'>"
        "<script>throw new Error('broken')</script>"
    )
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto(file.as_uri())
    assert any("broken" in trouble for trouble in page.troubles)
    assert outside(page.requests, file.as_uri()) == ["https://example.invalid/x.png"]
    assert page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert any("image-alt" in breach for breach in accessibility_breaches(page))
