"""One look: the page, the PDF and the charts get the same colours and the shipped font."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from nexo.base import paths
from nexo.base.config import Brand, Report, load_params
from nexo.base.errors import ConfigError, RenderError
from nexo.report import fonts, look, palette
from nexo.report.escape import typst_string

BRAND = load_params(Report).brand


def brand(**other: object) -> Brand:
    """The demo's brand with something else in it."""
    return Brand.model_validate(BRAND.model_dump() | other)


def _luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("role", ["ink", "muted", "primary", "accent", "good", "caution", "bad"])
@pytest.mark.parametrize("ground", ["paper", "wash", "tint"])
def test_text_colours_have_the_contrast_of_wcag_aa(role: str, ground: str) -> None:
    tone = palette.colours(BRAND)
    assert _contrast(tone[role], tone[ground]) >= 4.5


SERIES = ("promoter", "passive", "detractor", "estimate", "actual", "muted", "interval")


@pytest.mark.parametrize("role", SERIES)
@pytest.mark.parametrize("tones", [palette.colours, palette.dark_colours])
def test_marks_are_seen_and_the_words_beside_them_read(tones: Any, role: str) -> None:
    tone = tones(BRAND)
    assert _contrast(tone[role], tone["paper"]) >= 3.0
    if role != "interval":  # no word has it
        assert _contrast(tone[palette.word_tone(role)], tone["paper"]) >= 4.5


def test_a_chart_is_recoloured_colour_by_colour() -> None:
    light, dark = palette.colours(BRAND), palette.dark_colours(BRAND)
    assert set(light) == set(dark)
    for one in light:
        for other in light:
            if light[one] == light[other]:
                assert dark[one] == dark[other], (one, other)
    rules = palette.night_rules(BRAND)
    assert f'[fill="{light["ink"]}"]{{fill:{dark["ink"]}}}' in rules
    assert rules.startswith("@media screen and (prefers-color-scheme:dark)")


def test_the_three_classes_differ_in_grey() -> None:
    tone = palette.colours(BRAND)
    grey = [_luminance(tone[name]) for name in ("promoter", "detractor", "passive")]
    assert grey[0] + 0.03 < grey[1] < grey[2] - 0.1


def test_mixing_a_colour_known_by_hand() -> None:
    assert palette.mixed("#000000", "#ffffff", 0.2) == "#cccccc"
    assert palette.mixed("#ff0000", "#0000ff", 1) == "#ff0000"


def test_page_and_pdf_get_the_same_colours(tmp_path: Path) -> None:
    look.write_look(BRAND, tmp_path)
    css = (tmp_path / "look.css").read_text()
    typ = (tmp_path / "look.typ").read_text()
    for role, colour in palette.colours(BRAND).items():
        assert f"--{role}: {colour};" in css
        assert f'{role}: rgb("{colour}")' in typ
    assert "http" not in css
    assert css.count("data:font/woff2;base64,") == 3
    second = tmp_path / "again"
    look.write_look(BRAND, second)
    assert (second / "look.css").read_text() == css


def test_the_brand_reaches_both(tmp_path: Path) -> None:
    look.write_look(brand(primary="#004d40", accent="#8a1c1c"), tmp_path)
    assert "--primary: #004d40;" in (tmp_path / "look.css").read_text()
    assert 'primary: rgb("#004d40")' in (tmp_path / "look.typ").read_text()


def test_the_shipped_family_is_complete_and_light() -> None:
    fonts.check_fonts()
    assert sum(file.stat().st_size for file in paths.fonts_dir().iterdir()) < 1_000_000
    assert "SIL OPEN FONT LICENSE" in (paths.fonts_dir() / "LICENSE.txt").read_text()


def test_the_font_holds_every_character_of_the_reports() -> None:
    import typst

    letters = fonts.LETTERS.replace("\u00a0", "")

    shipped = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(paths.fonts_dir())],
    )
    assert shipped.families() == [fonts.SHIPPED]
    # Without the glyph Typst draws an empty box of another width than the letter's own name.
    source = f'#set text(font: "Inter", fallback: false)\n#{typst_string(" ".join(letters))}'
    svg = typst.compile(source.encode(), font_paths=shipped, format="svg")
    assert svg.decode().count("<use") == len(letters)


def test_a_missing_font_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dvc.yaml", "params.yaml"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RenderError, match=r"Inter-Regular\.ttf is missing"):
        fonts.check_fonts()


def test_a_chart_carries_only_the_faces_it_uses() -> None:
    plain = '<svg width="9" height="9"><text font-family="Inter">a</text></svg>'
    bold = plain.replace("<text ", '<text font-weight="600" ')
    assert fonts.svg_with_font(plain, BRAND).count("@font-face") == 1
    assert fonts.svg_with_font(bold, BRAND).count("@font-face") == 2
    assert fonts.svg_with_font(plain, BRAND).startswith(
        '<svg width="9" height="9"><style>@font-face'
    )
    with pytest.raises(RenderError, match="not an SVG"):
        fonts.svg_with_font("<p>no</p>", BRAND)


def test_vl_convert_measures_with_the_shipped_font() -> None:
    import vl_convert

    fonts.use_chart_fonts(BRAND)
    spec = {
        "data": {"values": [{"a": "Atención ñ €", "b": 1}]},
        "mark": "bar",
        "encoding": {
            "y": {"field": "a", "type": "nominal"},
            "x": {"field": "b", "type": "quantitative"},
        },
        "config": look.chart_theme(BRAND)["config"],
    }
    svg = vl_convert.vegalite_to_svg(spec)
    assert 'font-family="Inter"' in svg
    assert svg == vl_convert.vegalite_to_svg(spec)


OTHERS = [brand(), brand(primary="#7a0c2e", accent="#00594f"), brand(primary="#000000")]


@pytest.mark.parametrize("one", OTHERS)
@pytest.mark.parametrize("role", ["ink", "muted", "primary", "accent", "good", "caution", "bad"])
@pytest.mark.parametrize("ground", ["paper", "wash", "tint"])
def test_text_is_readable_on_a_dark_screen(one: Brand, role: str, ground: str) -> None:
    tone = palette.dark_colours(one)
    assert _contrast(tone[role], tone[ground]) >= 4.5


@pytest.mark.parametrize(
    ("colour", "found"), [("#7ab8ff", 1.8), ("#e07b00", 2.6), ("#ffffff", 1.0), ("#757575", 4.0)]
)
def test_a_colour_that_is_not_read_on_white_is_refused_with_one_that_is(
    colour: str, found: float
) -> None:
    with pytest.raises(ConfigError, match=r"report\.brand\.primary.*needs 4\.5.*WCAG") as told:
        palette.check_colours(brand(primary=colour, accent="#0a4a3a"))
    said, better = re.findall(r"contrast of ([\d.]+)|has it: '(#\w+)'", str(told.value))
    assert float(said[0]) == pytest.approx(found, abs=0.3)
    palette.check_colours(brand(primary=better[1], accent="#0a4a3a"))


def test_both_colours_at_fault_are_told_together_and_twins_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"primary[\s\S]*accent"):
        palette.check_colours(brand(primary="#ffdd00", accent="#00ddff"))
    with pytest.raises(ConfigError, match="can hardly be told from primary"):
        palette.check_colours(brand(primary="#12436d", accent="#1a4a70"))
    palette.check_colours(BRAND)
