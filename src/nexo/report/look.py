"""The one place of colours, type and spacing, for pages, PDFs and charts alike.

``write_look`` hands them to the page (look.css) and to the PDF (look.typ); ``chart_theme``
hands them to Altair. The font is Inter, shipped in reports/fonts; where it is missing the
run stops, because a silent fallback would move every label.
"""

from __future__ import annotations

import base64
import re
from functools import cache
from pathlib import Path
from typing import Any

from nexo import paths
from nexo.config import Brand
from nexo.errors import RenderError
from nexo.results import whole_file

FONT_FAMILY = "Inter"
FONT_FILES = {
    "regular": "Inter-Regular",
    "bold": "Inter-SemiBold",
    "italic": "Inter-Italic",
}
"""Face -> file name without ending; .ttf for Typst and vl-convert, .woff2 for the page."""

NEUTRALS = {
    "ink": "#1c242c",
    "muted": "#56616c",
    "faint": "#8b949d",
    "rule": "#d5dade",
    "grid": "#e6e9ec",
    "wash": "#f4f6f7",
    "paper": "#ffffff",
}
DARK_NEUTRALS = {
    "ink": "#e9edf0",
    "muted": "#b0bac3",
    "faint": "#77828c",
    "rule": "#3a444d",
    "grid": "#2a333b",
    "wash": "#1c242b",
    "paper": "#12181d",
}
READABLE = 4.5
"""Contrast of text that WCAG 2.2 AA asks for."""

SIGNALS = {"good": "#1b7a5a", "caution": "#8f5a00", "bad": "#b3261e"}
"""Text colours with a contrast of at least 4.5 on white and on the wash."""

BODY_PT = 9.5
"""Size of body text in the PDF, in points; charts draw their labels to match it."""

CHART_PX = {"label": 12, "axis": 11.5, "title": 14, "subtitle": 12, "line": 2, "point": 55}
CHART_WIDTH, CHART_WIDE = 390, 635
"""Width of a chart that stands beside another one, and of one that fills the line of the
technical report (168 mm), in pixels; at these its labels are printed as large as the text."""


def colours(brand: Brand) -> dict[str, str]:
    """Return every colour by its role; series are told apart in grey print and when colour-blind.

    ``detractor`` < ``passive`` < ``promoter`` are the three NPS classes; ``estimate`` is a point
    and ``interval`` its line; ``actual`` and ``forecast`` mean the same in every chart.
    """
    return {
        **NEUTRALS,
        **SIGNALS,
        "primary": brand.primary,
        "accent": brand.accent,
        "tint": mixed(brand.primary, NEUTRALS["paper"], 0.08),
        "band": mixed(brand.primary, NEUTRALS["paper"], 0.25),
        "estimate": brand.primary,
        "interval": mixed(brand.primary, NEUTRALS["paper"], 0.55),
        "actual": brand.primary,
        "forecast": mixed(brand.primary, NEUTRALS["paper"], 0.45),
        "detractor": brand.accent,
        "passive": "#9aa3ab",
        "promoter": brand.primary,
    }


def dark_colours(brand: Brand) -> dict[str, str]:
    """Return the page's colours on a dark screen: the same hues, lighter until they are read.

    Charts stay on their white panel, so that the page and the PDF show the same picture.
    """
    paper, wash = DARK_NEUTRALS["paper"], DARK_NEUTRALS["wash"]
    found = {
        name: _readable(colour, wash)
        for name, colour in {**SIGNALS, "primary": brand.primary, "accent": brand.accent}.items()
    }
    primary = found["primary"]
    found |= {"tint": mixed(primary, paper, 0.06), "band": mixed(primary, paper, 0.3)}
    found |= {"interval": mixed(primary, paper, 0.6)}
    return {**DARK_NEUTRALS, **found}


def _readable(colour: str, ground: str) -> str:
    """Mix white into a colour until it is read on a dark ground, with a little to spare."""
    steps = (mixed("#ffffff", colour, step / 20) for step in range(21))
    return next(one for one in steps if contrast(one, ground) >= READABLE + 0.5)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (1 to 21) as WCAG 2.2 defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [channel / 255 for channel in _channels(colour)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(colour: str, base: str, share: float) -> str:
    """Return ``share`` of ``colour`` over ``base`` (both #rrggbb), as an opaque #rrggbb."""
    pairs = zip(_channels(colour), _channels(base), strict=True)
    return "#" + "".join(f"{round(share * top + (1 - share) * low):02x}" for top, low in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5))


def font_file(face: str, ending: str) -> Path:
    """Return a shipped font file; raise RenderError when it is not there."""
    file = paths.fonts_dir() / f"{FONT_FILES[face]}{ending}"
    if not file.is_file():
        raise RenderError(
            f"{file} is missing. The reports are drawn with the shipped font only; "
            f"restore it with: git checkout -- {paths.fonts_dir().relative_to(paths.root())}"
        )
    return file


def check_fonts() -> None:
    """Raise RenderError unless every shipped font file is there."""
    for face in FONT_FILES:
        font_file(face, ".ttf")
        font_file(face, ".woff2")


def write_look(brand: Brand, folder: Path) -> None:
    """Write look.css and look.typ into ``folder`` (reports/_generated)."""
    with whole_file(folder / "look.css") as building:
        building.write_text(look_css(brand), encoding="utf-8")
    with whole_file(folder / "look.typ") as building:
        building.write_text(look_typ(brand), encoding="utf-8")


def look_css(brand: Brand) -> str:
    """Return the page's fonts (as data, so that nothing is requested) and colours."""
    faces = [
        _font_face("regular", "normal", "100 450", ".woff2"),
        _font_face("bold", "normal", "451 900", ".woff2"),
        _font_face("italic", "italic", "100 900", ".woff2"),
    ]
    properties = [f"  --{role}: {colour};" for role, colour in sorted(colours(brand).items())]
    dark = "".join(f" --{role}: {tone};" for role, tone in sorted(dark_colours(brand).items()))
    night = f"@media screen and (prefers-color-scheme: dark) {{ :root {{{dark} }} }}"
    light = [":root {", f'  --font: "{FONT_FAMILY}";', *properties, "}"]
    return "\n".join([*faces, *light, night, ""])


def look_typ(brand: Brand) -> str:
    """Return the same colours, family and size as Typst definitions."""
    pairs = [f'  {role}: rgb("{colour}"),' for role, colour in sorted(colours(brand).items())]
    lines = ["// Made by the facts stage from params.yaml (report.brand); not edited by hand."]
    lines += [f'#let family = "{FONT_FAMILY}"', f"#let body-size = {BODY_PT}pt"]
    return "\n".join([*lines, "#let colours = (", *pairs, ")", ""])


def _font_face(face: str, style: str, weight: str, ending: str) -> str:
    return (
        f'@font-face{{font-family:"{FONT_FAMILY}";font-style:{style};font-weight:{weight};'
        f"src:url(data:font/woff2;base64,{_font_data(font_file(face, ending))})"
        'format("woff2")}'
    )


@cache
def _font_data(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode("ascii")


def svg_with_font(svg: str) -> str:
    """Return the chart with the font inside it, so that it looks alike within an ``<img>``.

    Only a small cut of the font goes in (letters of the Latin languages, digits, money,
    arrows), and the bold face only where the chart uses it. Other text of the page is not
    touched: an image cannot see the page's fonts.
    """
    opening = re.search(r"<svg\b[^>]*>", svg)
    if opening is None:
        raise RenderError("This is not an SVG picture: it has no <svg> element.")
    faces = _font_face("regular", "normal", "100 450", "-chart.woff2")
    if re.search(r'font-weight[=:]\s*"?(bold|[5-9]00)', svg):
        faces += _font_face("bold", "normal", "451 900", "-chart.woff2")
    at = opening.end()
    return f"{svg[:at]}<style>{faces}</style>{svg[at:]}"


@cache
def use_chart_fonts() -> None:
    """Give vl-convert the shipped fonts; without this it measures text with another one."""
    import vl_convert

    check_fonts()
    vl_convert.register_font_directory(str(paths.fonts_dir()))


def chart_theme(brand: Brand) -> dict[str, Any]:
    """Return the Altair theme: the finding as title, light grid, labels beside what they name."""
    tone = colours(brand)
    label = {"font": FONT_FAMILY, "fontSize": CHART_PX["axis"], "color": tone["muted"]}
    return {
        "config": {
            "font": FONT_FAMILY,
            "background": tone["paper"],
            "padding": {"left": 4, "right": 8, "top": 4, "bottom": 4},
            "view": {"stroke": None, "continuousWidth": CHART_WIDTH - 50, "continuousHeight": 190},
            "title": _title(tone),
            "axis": _axis(tone),
            "axisY": {"domain": False, "ticks": False},
            "axisX": {"grid": False},
            "legend": {"disable": True},
            "header": {"labelFont": FONT_FAMILY, "labelFontSize": 12, "titleFont": FONT_FAMILY},
            "line": {"color": tone["primary"], "strokeWidth": CHART_PX["line"]},
            "point": {"color": tone["estimate"], "filled": True, "size": CHART_PX["point"]},
            "rule": {"color": tone["interval"], "strokeWidth": CHART_PX["line"]},
            "bar": {"color": tone["primary"]},
            "area": {"color": tone["band"]},
            "text": {**label, "fontSize": CHART_PX["label"], "color": tone["ink"]},
            "range": {"category": [tone[name] for name in ("primary", "accent", "muted", "faint")]},
        }
    }


def _title(tone: dict[str, str]) -> dict[str, Any]:
    return {
        "anchor": "start",
        "frame": "group",
        "font": FONT_FAMILY,
        "fontSize": CHART_PX["title"],
        "fontWeight": 600,
        "color": tone["ink"],
        "subtitleFont": FONT_FAMILY,
        "subtitleFontSize": CHART_PX["subtitle"],
        "subtitleColor": tone["muted"],
        "subtitlePadding": 5,
        "offset": 10,
    }


def _axis(tone: dict[str, str]) -> dict[str, Any]:
    return {
        "domainColor": tone["faint"],
        "gridColor": tone["grid"],
        "tickColor": tone["faint"],
        "tickSize": 4,
        "labelColor": tone["muted"],
        "labelFont": FONT_FAMILY,
        "labelFontSize": CHART_PX["axis"],
        "labelPadding": 5,
        "titleColor": tone["muted"],
        "titleFont": FONT_FAMILY,
        "titleFontSize": CHART_PX["axis"],
        "titleFontWeight": "normal",
    }
