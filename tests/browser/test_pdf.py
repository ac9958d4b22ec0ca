"""The demo's PDFs as a reader's program sees them: whole, tagged, with each headline number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from browser.conftest import REPORTS
from e2e.reports import letters
from support.project import Project


def opened(demo: Project, name: str) -> Any:
    from pypdf import PdfReader

    return PdfReader(demo.root / "reports" / "_site" / f"{name}.pdf")


def headings(outline: Any) -> list[str]:
    """The titles of a PDF's outline, whatever their depth."""
    found = []
    for entry in outline:
        found += headings(entry) if isinstance(entry, list) else [entry.title]
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_a_pdf_has_title_language_and_tags(demo: Project, name: str) -> None:
    pdf = opened(demo, name)
    catalog = pdf.trailer["/Root"]
    assert len(pdf.metadata.title) > 20
    assert catalog["/Lang"] == name[:2]
    assert catalog["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in catalog
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in catalog["/Metadata"].get_object().get_data()


@pytest.mark.parametrize("name", REPORTS)
def test_the_outline_leads_through_the_report(demo: Project, name: str) -> None:
    pdf = opened(demo, name)
    found = headings(pdf.outline)
    source = demo.root / "reports" / f"{name}.qmd"
    lines = source.read_text(encoding="utf-8").splitlines()
    written = [line.strip("# ").split(" {#")[0] for line in lines if line.startswith("#")]
    kept = [letters(title) for title in found]
    missing = [title for title in written if not any(letters(title) in one for one in kept)]
    assert written and missing == []


@pytest.mark.parametrize("name", REPORTS)
def test_every_font_is_in_the_file(demo: Project, name: str) -> None:
    fonts = {
        str(font["/BaseFont"]): font for page in opened(demo, name).pages for font in used(page)
    }
    assert any("Inter" in font for font in fonts)
    for title, font in fonts.items():
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor), f"{title} is not embedded"


def used(page: Any) -> list[Any]:
    fonts = page["/Resources"].get("/Font", {})
    return [fonts[name].get_object() for name in fonts]


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_brief_has_two_pages(demo: Project, lang: str) -> None:
    assert len(opened(demo, f"{lang}/brief").pages) == 2


@pytest.mark.parametrize("name", REPORTS)
def test_the_text_holds_every_number_of_the_headline(demo: Project, name: str) -> None:
    built = (demo.root / "reports" / "_variables.yml").read_text(encoding="utf-8")
    headline = yaml.safe_load(built)[name[:2]]["headline"]
    text = letters("".join(page.extract_text() for page in opened(demo, name).pages))
    assert {key for key, value in headline.items() if letters(str(value)) not in text} == set()


@pytest.mark.parametrize("name", REPORTS)
def test_every_picture_has_its_words(demo: Project, name: str) -> None:
    figures = list(figures_of(opened(demo, name).trailer["/Root"]["/StructTreeRoot"]))
    assert figures
    assert [alt for alt in figures if len(alt) < 20] == []


def figures_of(node: Any) -> Any:
    """The alternative text of each figure of the structure ("" where there is none)."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for inner in node:
            yield from figures_of(inner)
    elif isinstance(node, dict):
        if node.get("/S") == "/Figure":
            yield str(node.get("/Alt", ""))
        elif "/K" in node:
            yield from figures_of(node["/K"])


def test_pages_are_printed_from_the_site_folder(demo: Project) -> None:
    files = [Path(f"{name}.pdf") for name in REPORTS]
    assert all(
        (demo.root / "reports" / "_site" / file).stat().st_size < 4_000_000 for file in files
    )
