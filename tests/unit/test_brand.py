"""A second brand reaches every page, PDF and chart whole, and what cannot be used is refused."""

from __future__ import annotations

import html
import re
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from nexo.base import paths
from nexo.base.config import Brand, Report, load_params
from nexo.base.errors import ConfigError
from nexo.report import facts, fonts, site
from nexo.report.inputs import read_inputs
from nexo.report.logo import logo_file, logo_html
from nexo.report.palette import colours, dark_colours
from support.facts_world import REPO, build
from support.second_brand import BRAND, FAMILY, LOGO, write_brand

FIRST = load_params(Report, REPO / "params.yaml").brand


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's reports, all eight and the index, in another brand."""
    root = tmp_path_factory.mktemp("brand") / "project"
    build(root)
    for part in ("style", "es", "en"):
        shutil.copytree(REPO / "reports" / part, root / "reports" / part)
    shutil.copy(REPO / "reports" / "_quarto.yml", root / "reports")
    write_brand(root / "brand", REPO / "reports" / "fonts")
    params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
    params["report"] |= {"company": "Bóreas & Hijos", "is_draft": True, "renderer": "embedded"}
    params["report"]["brand"] = BRAND
    (root / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        facts.write_facts(read_inputs())
        chosen = load_params(Report)
        for lang in site.LANGS:
            site.render_language(lang, chosen)
        site.publish(chosen)
    return root / "reports"


PAGES = ["index.html", *(f"{lang}/{n}.html" for lang in ("es", "en") for n in site.REPORTS)]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_of_the_first_brand_is_left_on_a_page(published: Path, name: str) -> None:
    page = (published / "_site" / name).read_text(encoding="utf-8")
    charts = [chart for chart in published.rglob("*.svg") if "/en/" in str(chart)]
    own = set(colours(Brand.model_validate(BRAND)).values())
    own |= set(dark_colours(Brand.model_validate(BRAND)).values())
    gone = {*colours(FIRST).values(), *dark_colours(FIRST).values()} - own
    assert len(gone) > 8
    for text in (page, *(chart.read_text(encoding="utf-8") for chart in charts)):
        assert not {tone for tone in gone if tone in text.lower()}
        assert not re.search(r"font-family[:=]\s*\"?Inter\b", text)
        assert "Andina" not in text
    assert f'font-family:"{FAMILY}"' in page and f'--font: "{FAMILY}";' in page
    assert '<img class="logo" src="data:image/svg+xml;base64,' in page
    assert 'alt="Logotipo de Bóreas"' in page
    for lang in ("es", "en") if name == "index.html" else (name[:2],):
        assert BRAND["footer"][lang] in html.unescape(page)
        assert {"es": "BORRADOR", "en": "DRAFT"}[lang] in page


@pytest.mark.parametrize("name", ["es/brief", "es/technical", "en/brief", "en/technical"])
def test_a_pdf_has_the_font_the_foot_and_the_draft_mark(published: Path, name: str) -> None:
    from pypdf import PdfReader

    pdf = PdfReader(published / "_site" / f"{name}.pdf")
    used = {str(font) for page in pdf.pages for font in _fonts(page)}
    assert any("Otra" in font for font in used)
    assert not any("Inter" in font for font in used), used
    for page in pdf.pages:
        text = page.extract_text()
        assert BRAND["footer"][name[:2]] in text
        assert {"es": "BORRADOR", "en": "DRAFT"}[name[:2]] in text.replace("\n", "")
    assert any("Bóreas & Hijos" in page.extract_text() for page in pdf.pages[:2])
    assert "Logotipo de Bóreas" in set(_alternatives(pdf.trailer["/Root"]["/StructTreeRoot"]))


def _alternatives(node: Any) -> Iterator[str]:
    """The alternative texts of the PDF's structure."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for inner in node:
            yield from _alternatives(inner)
    elif isinstance(node, dict):
        if "/Alt" in node:
            yield str(node["/Alt"])
        if "/K" in node:
            yield from _alternatives(node["/K"])


def _fonts(page: Any) -> list[str]:
    found = page["/Resources"].get("/Font", {})
    return [str(found[name].get_object()["/BaseFont"]) for name in found]


def test_the_charts_carry_the_letters_they_need(published: Path) -> None:
    charts = [file.read_text(encoding="utf-8") for file in published.rglob("fig-*.svg")]
    assert charts
    for chart in charts:
        assert f'font-family="{FAMILY}"' in chart
        assert f'@font-face{{font-family:"{FAMILY}"' in chart
        assert len(chart) < 400_000


def test_quarto_gets_the_brand_in_its_own_words(published: Path) -> None:
    brand = yaml.safe_load((published / "_generated" / "_brand.yml").read_text(encoding="utf-8"))
    assert brand["color"]["palette"] == {"primary": BRAND["primary"], "accent": BRAND["accent"]}
    assert brand["meta"]["name"] == "Bóreas & Hijos"
    files = [entry["path"] for entry in brand["typography"]["fonts"][0]["files"]]
    for name in (*files, brand["logo"]["images"]["main"]["path"]):
        assert (published / "_generated" / name).is_file()


# What cannot be used.


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the second brand's folder alone."""
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(REPO / name, tmp_path)
    (tmp_path / "brand").mkdir()
    (tmp_path / "brand" / "logo.svg").write_text(LOGO, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def brand(**other: Any) -> Brand:
    return Brand.model_validate({**BRAND, "font": "Inter", **other})


def png(width: int, height: int) -> bytes:
    size = struct.pack(">II", width, height)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + size + bytes(20)


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10" {}>{}</svg>'
BAD_LOGOS: dict[str, tuple[bytes | str, str]] = {
    "script": (SVG.format("", "<script>alert(1)</script>"), "holds <script>"),
    "handler": (SVG.format('onload="alert(1)"', ""), r"holds a script \(onload\)"),
    "reference": (SVG.format("", '<use href="https://example.org/a.svg#b"/>'), "outside"),
    "picture": (SVG.format("", '<image href="https://example.org/a.png"/>'), "holds <image>"),
    "style": (SVG.format("", "<style>@import url(https://example.org/a)</style>"), "outside"),
    "fill": (SVG.format("", '<path fill="url(https://example.org/#a)"/>'), "outside"),
    "page": (SVG.format("", "<foreignObject/>"), "holds <foreignObject>"),
    "xhtml": (SVG.format("", '<x:script xmlns:x="http://www.w3.org/1999/xhtml"/>'), "<script>"),
    "text": (SVG.format("", "<text>Bóreas</text>"), "Turn it into paths"),
    "entity": ('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("", ""), "document type"),
    "no_size": ('<svg xmlns="http://www.w3.org/2000/svg"/>', "width and height cannot be read"),
    "words": ("Bóreas", "neither a PNG nor an SVG"),
    "jpeg": (b"\xff\xd8\xff\xe0 JFIF", "neither a PNG nor an SVG"),
    "html": ("<html/>", "its first element is 'html'"),
    "large": (SVG.format("", "<path d='M0 0'/>" * 15_000), "at most 200,000"),
    "banner": (png(900, 60), "15.00 times as wide as high"),
    "broken_png": (b"\x89PNG\r\n\x1a\n", "cannot be read"),
}


@pytest.mark.parametrize("kind", BAD_LOGOS)
def test_a_logo_that_cannot_be_used_is_refused_with_the_cure(project: Path, kind: str) -> None:
    content, told = BAD_LOGOS[kind]
    data = content.encode() if isinstance(content, str) else content
    (project / "brand" / "logo.svg").write_bytes(data)
    with pytest.raises(ConfigError, match=f"report.brand.logo = 'logo.svg'.*{told}"):
        logo_file(brand())


def test_a_logo_that_is_not_there_or_not_inside_is_refused(project: Path) -> None:
    with pytest.raises(ConfigError, match=r"is not there\. The folder holds logo\.svg"):
        logo_file(brand(logo="mark.png"))
    with pytest.raises(ConfigError, match=r"must lie in report\.brand\.folder"):
        logo_file(brand(logo="../params.yaml"))


def test_good_logos_go_in_and_their_words_stay_words(project: Path) -> None:
    (project / "brand" / "mark.png").write_bytes(png(300, 100))
    shown = logo_html(brand(logo="mark.png", logo_text='A "<b>&`'))
    assert shown.startswith('<img class="logo" src="data:image/png;base64,')
    assert shown.endswith('alt="A &#34;&#60;b&#62;&#38;&#96;">')
    assert logo_html(brand(logo="", logo_text="")) == ""
    head = '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="3mm" height="1mm"/>'
    (project / "brand" / "logo.svg").write_text(head)
    assert logo_file(brand()) is not None


def test_a_logo_without_words_is_refused(project: Path) -> None:
    text = (project / "params.yaml").read_text(encoding="utf-8")
    (project / "params.yaml").write_text(text.replace('logo: ""', "logo: logo.svg"))
    with pytest.raises(ConfigError, match=r"report\.brand.*logo needs logo_text"):
        load_params(Report)


Change = Callable[[Path], object]


def _spoilt(file: Path) -> None:
    file.write_bytes(b"no font")


def _variable(file: Path) -> None:
    from fontTools.ttLib import TTFont, newTable

    font = TTFont(file)
    table = newTable("fvar")
    table.axes, table.instances = [], []
    font["fvar"] = table
    font.save(file)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: [g.unlink() for g in f.parent.glob("*.ttf")], "holds no font of that family"),
        (lambda f: f.with_name("otra-semibold.ttf").unlink(), "no bold face; it has otra-italic"),
        (Path.unlink, "no regular face"),
        (_spoilt, "is not a font that can be read"),
        (_variable, "is a variable font"),
        (lambda f: f.write_bytes(f.read_bytes() + bytes(1_000_000)), "each page carries it"),
    ],
)
def test_a_font_that_cannot_be_used_is_refused(project: Path, change: Change, told: str) -> None:
    write_brand(project / "brand", REPO / "reports" / "fonts")
    fonts.read_face.cache_clear()
    change(project / "brand" / "otra-regular.ttf")
    with pytest.raises(ConfigError, match=told):
        fonts.faces(brand(font=FAMILY))


def test_a_font_of_another_name_is_refused_and_told_what_is_there(project: Path) -> None:
    write_brand(project / "brand", REPO / "reports" / "fonts")
    with pytest.raises(ConfigError, match=rf"'Otra Serif'.*it holds {FAMILY}\. Put its files"):
        fonts.faces(brand(font="Otra Serif"))


def test_a_font_with_coloured_letters_is_cut_without_lxml(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fontTools.subset import svg
    from fontTools.ttLib import TTFont, newTable
    from fontTools.ttLib.tables.S_V_G_ import SVGDocument

    write_brand(project / "brand", REPO / "reports" / "fonts")
    plain = project / "brand" / "otra-regular.ttf"
    coloured = plain.with_name("coloured.ttf")
    font = TTFont(plain, recalcTimestamp=False)
    letter = font.getGlyphID(font.getBestCmap()[ord("A")])
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><path id="glyph{letter}" d="M0 0h9"/></svg>'
    font["SVG "] = newTable("SVG ")
    font["SVG "].docList = [SVGDocument(drawing, letter, letter, False)]
    font.save(coloured)
    monkeypatch.setattr(svg, "etree", None)  # as where lxml is not installed
    assert fonts._woff(coloured, is_cut=True) == fonts._woff(plain, is_cut=True)


def test_letters_that_the_font_lacks_are_drawn_from_inter(project: Path) -> None:
    from fontTools import subset
    from fontTools.ttLib import TTFont

    shutil.copytree(REPO / "reports" / "fonts", paths.fonts_dir())
    write_brand(project / "brand", paths.fonts_dir())
    fonts.read_face.cache_clear()
    own = brand(font=FAMILY)
    assert fonts.families(own) == (FAMILY,)
    file = project / "brand" / "otra-regular.ttf"
    font = TTFont(file)
    cutter = subset.Subsetter(subset.Options(name_IDs=["*"]))
    cutter.populate(unicodes=range(0x20, 0x7F))
    cutter.subset(font)
    font.save(file)
    fonts.read_face.cache_clear()
    assert fonts.families(own) == (FAMILY, "Inter")
    assert [rule.split('"')[1] for rule in fonts.page_faces(own)] == [FAMILY] * 3 + ["Inter"] * 3
