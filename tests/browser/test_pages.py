"""The published pages in a real browser, opened from the disk as a reader would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from browser.conftest import PAGES

WIDTHS = (360, 768, 1440)
IN_ONE_LANGUAGE = [name for name in PAGES if not name.endswith("index.html")]


def address(published: Path, name: str) -> str:
    return (published / name).as_uri()


def outside(requests: list[str], own: str) -> list[str]:
    """Requests that leave the page itself."""
    kept = ("data:", "blob:", "about:")
    return [url for url in requests if not url.startswith(kept) and url.split("#")[0] != own]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_errors_and_asks_for_nothing_else(
    page: Any, published: Path, name: str
) -> None:
    own = address(published, name)
    page.goto(own, wait_until="networkidle")
    assert page.troubles == []
    assert outside(page.requests, own) == []


def accessibility_breaches(page: Any) -> list[str]:
    """The rules of axe-core that a page breaks, with the first element that does."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible(page: Any, published: Path, name: str) -> None:
    page.goto(address(published, name))
    assert accessibility_breaches(page) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_overflows_sideways(page: Any, published: Path, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address(published, name), wait_until="networkidle")
    measured = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert measured[0] <= measured[1], f"{name} is {measured[0]} px wide at {width} px"


@pytest.mark.parametrize("name", PAGES)
def test_every_link_to_a_file_leads_to_one(page: Any, published: Path, name: str) -> None:
    page.goto(address(published, name), wait_until="networkidle")
    links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    files = [Path(link.removeprefix("file://").split("#")[0]) for link in links if "file:" in link]
    missing = [str(file) for file in files if not file.exists()]
    assert missing == []


@pytest.mark.parametrize("name", IN_ONE_LANGUAGE)
def test_the_other_language_is_one_click_away(page: Any, published: Path, name: str) -> None:
    here = name.split("/")[-2]
    other = {"es": "en", "en": "es"}[here]
    page.goto(address(published, name))
    assert page.get_attribute("html", "lang").startswith(here)
    page.locator(f"a[hreflang={other}]").click()
    page.wait_for_load_state()
    assert page.url.endswith(f"/{other}/{name.split('/')[-1]}")
    assert page.get_attribute("html", "lang").startswith(other)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_in_the_dark(page: Any, published: Path, name: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(address(published, name))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert accessibility_breaches(page) == []


OVERLAPS = (Path(__file__).parent / "overlaps.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("media", ["screen", "print"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_no_box_lies_over_another(
    page: Any, published: Path, name: str, width: int, media: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(media=media)
    page.goto(address(published, name), wait_until="networkidle")
    assert page.evaluate(OVERLAPS) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_chart_is_cut_on_a_phone_and_tables_tell_that_they_go_on(
    page: Any, published: Path, name: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(address(published, name), wait_until="networkidle")
    cut = page.eval_on_selector_all(
        "figure img",
        "all => all.filter(one => one.getBoundingClientRect().right > window.innerWidth)"
        ".map(one => one.alt)",
    )
    assert cut == []
    drawn = page.eval_on_selector_all("picture img", "all => all.map(one => one.naturalWidth)")
    assert all(width < 500 for width in drawn), "a chart of the full line, too small to read"
    silent = page.eval_on_selector_all(
        ".table-scroll",
        "all => all.filter(one => one.scrollWidth > one.clientWidth + 1"
        " && getComputedStyle(one).backgroundImage === 'none').map(one => one.innerText)",
    )
    assert silent == []


@pytest.mark.parametrize("name", [name for name in PAGES if name.endswith("technical.html")])
def test_contents_do_not_stand_before_the_headline(page: Any, published: Path, name: str) -> None:
    own = address(published, name)
    for width, most in ((390, 900), (1280, 600)):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(own, wait_until="networkidle")
        assert page.locator(".headline").bounding_box()["y"] < most
        assert page.locator("#TOC li a").first.is_visible() is (width > 1000)
    cut = page.eval_on_selector_all(
        ".table-scroll",
        "all => all.filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)"
        ".map(one => one.innerText)",
    )
    assert cut == [], "cut at 1280 pixels"
    page.locator(".to-top").click()
    assert page.evaluate("window.scrollY") < 100


PAPER = {"width": 673, "height": 1002}
"""A4 less its margins of 16 mm, in pixels of CSS."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_on_paper(page: Any, published: Path, name: str) -> None:
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    page.goto(address(published, name), wait_until="networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    cut = page.eval_on_selector_all(
        ".table-scroll, figure",
        "boxes => boxes.filter(box => box.scrollWidth > box.clientWidth + 1).map(b => b.innerText)",
    )
    assert cut == [], "these are wider than the paper, which does not scroll"
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF") and len(printed) > 10_000


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
    page.set_content("<p>under</p><p style='margin-top: -2em'>over</p>")
    assert len(page.evaluate(OVERLAPS)) == 1
