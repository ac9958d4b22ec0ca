"""The published pages in a real browser, opened from the disk as a reader would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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
