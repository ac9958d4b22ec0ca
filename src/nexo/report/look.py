"""The look of pages, PDFs and charts, written from the brand: the one place where they meet.

``write_look`` hands colours, font and marks to the page (look.css, brand.yml) and to the PDF
(look.typ); ``chart_theme`` hands them to Altair. Colours are made in palette.py, the font is
chosen in fonts.py.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from nexo.base.config import Brand
from nexo.base.results import whole_file
from nexo.report import fonts
from nexo.report.escape import escape_markdown, typst_string
from nexo.report.logo import logo_file, logo_html, suffix
from nexo.report.palette import check_colours, colours, dark_colours

BRAND_FOLDER = "brand"
"""Folder of reports/_generated with the logo and the font files that the PDF is made with."""

BODY_PT = 9.5
"""Size of body text in the PDF, in points; charts draw their labels to match it."""

CHART_PX = {"label": 12, "axis": 11.5, "title": 14, "subtitle": 12, "line": 2, "point": 55}
CHART_WIDTH, CHART_WIDE = 390, 635
"""Width of a chart that stands beside another one, and of one that fills the line of the
technical report (168 mm), in pixels; at these its labels are printed as large as the text."""

WIDE = "-wide"
"""What the file of a wide figure carries after its name; the narrow one has the same without."""


def write_look(brand: Brand, folder: Path, company: str = "") -> None:
    """Write the look into ``folder`` (reports/_generated), the brand's files among it.

    look.css and brand.yml for the page, look.typ and brand/ for the PDF, and _brand.yml: the
    same in Quarto's own words, for documents of the company's own. Raises ConfigError for
    colours, a font or a logo that cannot be used.
    """
    check_colours(brand)
    own = folder / BRAND_FOLDER
    own.mkdir(parents=True, exist_ok=True)
    logo = logo_file(brand)
    if logo:
        shutil.copyfile(logo, own / f"logo{suffix(logo)}")
    for name, face in fonts.faces(brand).items():
        shutil.copyfile(face.file, own / f"{name}{face.file.suffix.lower()}")
    written = {
        "look.css": look_css(brand),
        "look.typ": look_typ(brand),
        "brand.yml": _yaml(page_marks(brand, company)),
        "_brand.yml": _yaml(quarto_brand(brand, company)),
    }
    for name, text in written.items():
        with whole_file(folder / name) as building:
            building.write_text(text, encoding="utf-8")


def _yaml(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=True, width=10**9)


def look_css(brand: Brand) -> str:
    """Return the page's fonts (as data, so that nothing is requested) and colours."""
    properties = [f"  --{role}: {colour};" for role, colour in sorted(colours(brand).items())]
    dark = "".join(f" --{role}: {tone};" for role, tone in sorted(dark_colours(brand).items()))
    night = f"@media screen and (prefers-color-scheme: dark) {{ :root {{{dark} }} }}"
    stack = ", ".join(f'"{family}"' for family in fonts.families(brand))
    light = [":root {", f"  --font: {stack};", *properties, "}"]
    return "\n".join([*fonts.page_faces(brand), *light, night, ""])


def look_typ(brand: Brand) -> str:
    """Return the same colours, font, size and marks as Typst definitions."""
    logo = logo_file(brand)
    mark = "none"
    if logo:
        path = typst_string(f"/_generated/{BRAND_FOLDER}/logo{suffix(logo)}")
        mark = f"(path: {path}, alt: {typst_string(brand.logo_text)})"
    stack = "".join(f"{typst_string(family)}, " for family in fonts.families(brand))
    pairs = [f'  {role}: rgb("{colour}"),' for role, colour in sorted(colours(brand).items())]
    lines = ["// Made by the facts stage from params.yaml (report.brand); not edited by hand."]
    lines += [f"#let family = ({stack})", f"#let body-size = {BODY_PT}pt", f"#let logo = {mark}"]
    foot = ", ".join(f"{lang}: {typst_string(line)}" for lang, line in brand.footer)
    return "\n".join([*lines, f"#let footers = ({foot})", "#let colours = (", *pairs, ")", ""])


def page_marks(brand: Brand, company: str) -> dict[str, Any]:
    """Return what stands on every page, as options of the Quarto project: logo, foot, company."""
    image = logo_html(brand)
    return {
        "page-logo": f"`{image}`{{=html}}" if image else "",
        "page-foot": {lang: escape_markdown(line) for lang, line in brand.footer},
        "page-company": escape_markdown(company),
    }


def quarto_brand(brand: Brand, company: str) -> dict[str, Any]:
    """Return the brand as a ``_brand.yml`` of Quarto: name, colours, font and logo."""
    logo, own = logo_file(brand), fonts.faces(brand)
    files = [{"path": f"{BRAND_FOLDER}/{n}{f.file.suffix.lower()}"} for n, f in own.items()]
    source: dict[str, Any] = {"family": brand.font, "source": "file", "files": files}
    shown = None
    if logo:
        shown = {"path": f"{BRAND_FOLDER}/logo{suffix(logo)}", "alt": brand.logo_text}
    tone = colours(brand)
    return {
        "meta": {"name": company},
        "color": {
            "palette": {"primary": brand.primary, "accent": brand.accent},
            "foreground": tone["ink"],
            "background": tone["paper"],
            "primary": "primary",
            "secondary": "accent",
        },
        "typography": {"fonts": [source] if own else [], "base": {"family": brand.font}},
        **({"logo": {"images": {"main": shown}, "medium": "main"}} if shown else {}),
    }


def chart_theme(brand: Brand) -> dict[str, Any]:
    """Return the Altair theme: the finding as title, light grid, labels beside what they name."""
    tone = colours(brand)
    family = ", ".join(fonts.families(brand))
    label = {"font": family, "fontSize": CHART_PX["axis"], "color": tone["muted"]}
    return {
        "config": {
            "font": family,
            "aria": False,  # the page says the alternative text; marks would be read unrounded
            "background": tone["paper"],
            "padding": {"left": 4, "right": 8, "top": 4, "bottom": 4},
            "view": {"stroke": None, "continuousWidth": CHART_WIDTH - 50, "continuousHeight": 190},
            "title": _title(tone, family),
            "axis": _axis(tone, family),
            "axisY": {"domain": False, "ticks": False},
            "axisX": {"grid": False},
            "legend": {"disable": True},
            "header": {"labelFont": family, "labelFontSize": 12, "titleFont": family},
            "line": {"color": tone["primary"], "strokeWidth": CHART_PX["line"]},
            "point": {"color": tone["estimate"], "filled": True, "size": CHART_PX["point"]},
            "rule": {"color": tone["interval"], "strokeWidth": CHART_PX["line"]},
            "bar": {"color": tone["primary"]},
            "area": {"color": tone["band"]},
            "text": {**label, "fontSize": CHART_PX["label"], "color": tone["ink"]},
            "range": {"category": [tone[name] for name in ("primary", "accent", "muted", "faint")]},
        }
    }


def _title(tone: dict[str, str], family: str) -> dict[str, Any]:
    return {
        "anchor": "start",
        "frame": "group",
        "font": family,
        "fontSize": CHART_PX["title"],
        "fontWeight": 600,
        "color": tone["ink"],
        "subtitleFont": family,
        "subtitleFontSize": CHART_PX["subtitle"],
        "subtitleColor": tone["muted"],
        "subtitlePadding": 5,
        "offset": 10,
    }


def _axis(tone: dict[str, str], family: str) -> dict[str, Any]:
    return {
        "domainColor": tone["faint"],
        "gridColor": tone["grid"],
        "tickColor": tone["faint"],
        "tickSize": 4,
        "labelColor": tone["muted"],
        "labelFont": family,
        "labelFontSize": CHART_PX["axis"],
        "labelPadding": 5,
        "titleColor": tone["muted"],
        "titleFont": family,
        "titleFontSize": CHART_PX["axis"],
        "titleFontWeight": "normal",
    }
