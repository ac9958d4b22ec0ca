"""The font of the reports: Inter, which is shipped, or the company's own from report.brand.folder.

Pages and charts carry it as data, Typst and vl-convert read its files. A font that is not there
is an error, because another one in its place would move every label. Letters that the company's
font lacks are drawn from Inter.
"""

from __future__ import annotations

import base64
import logging
import re
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from nexo.base import paths
from nexo.base.config import Brand
from nexo.base.errors import ConfigError, RenderError
from nexo.report.palette import night_rules

SHIPPED = "Inter"
SHIPPED_FILES = {
    "regular": "Inter-Regular",
    "bold": "Inter-SemiBold",
    "italic": "Inter-Italic",
}
"""Face -> file name without ending; .ttf for Typst and vl-convert, .woff2 for the page."""

WEIGHTS = {"regular": (400, 300, 500), "bold": (600, 550, 900), "italic": (400, 300, 500)}
"""Face -> the weight wanted, and the lightest and heaviest that will do."""

CSS = {
    "regular": ("normal", "100 450"),
    "bold": ("normal", "451 900"),
    "italic": ("italic", "100 900"),
}
"""Face -> style and weights for which the page takes it."""

LETTERS = "".join(map(chr, range(0x21, 0x7F))) + "áéíóúüñÁÉÍÓÚÜÑ¿¡«»ºª€–—×≤≥−±≈→←↑↓%°·“”‘’…\u00a0"
"""What the reports are written with; a font that lacks some of it gets Inter beside it."""

CHART_LETTERS = (*range(0x20, 0x250), *range(0x2010, 0x2045), *range(0x20A0, 0x20C1))
CHART_LETTERS = (*CHART_LETTERS, *range(0x2190, 0x219A), 0x2212, 0x2248, 0x2260, 0x2264, 0x2265)
"""Code points that a chart's cut of the font keeps."""

MOST_BYTES = 1_000_000
"""Largest file of a face: each page carries three."""


@dataclass(frozen=True)
class Face:
    """One file of a font."""

    file: Path
    family: str
    weight: int
    is_italic: bool
    letters: frozenset[str]


def faces(brand: Brand) -> dict[str, Face]:
    """Return regular, bold and, if there is one, italic of the brand's own font; {} for Inter.

    Raises ConfigError when the folder holds no such family, or not the faces that are needed.
    """
    if brand.font == SHIPPED:
        return {}
    folder = paths.root() / brand.folder
    own = [face for face in _read_folder(folder) if face.family == brand.font]
    if not own:
        there = sorted({face.family for face in _read_folder(folder)})
        raise _refused(
            brand,
            f"{folder} holds no font of that family; it holds {', '.join(there) or 'none'}. "
            f"Put its files (.ttf or .otf) there, or set it to {SHIPPED}.",
        )
    found = {name: _closest(own, name) for name in WEIGHTS}
    for name in ("regular", "bold"):
        if found[name] is None:
            has = ", ".join(f"{f.file.name} (weight {f.weight})" for f in own)
            raise _refused(
                brand, f"the family has no {name} face; it has {has}. Add the file that is missing."
            )
    return {name: face for name, face in found.items() if face is not None}


def families(brand: Brand) -> tuple[str, ...]:
    """Return the family of the text, and Inter behind it when it lacks letters of the reports."""
    own = faces(brand)
    is_whole = all(set(LETTERS) <= face.letters for face in own.values())
    return (brand.font,) if is_whole else (brand.font, SHIPPED)


def _read_folder(folder: Path) -> list[Face]:
    files = sorted(file for file in folder.glob("*") if file.suffix.lower() in (".ttf", ".otf"))
    return [read_face(file) for file in files]


@cache
def read_face(file: Path) -> Face:
    """Return what a font file says of itself; raise ConfigError when it cannot be used."""
    from fontTools.ttLib import TTFont, TTLibError

    if file.stat().st_size > MOST_BYTES:
        raise ConfigError(
            f"{file} has {file.stat().st_size:,} bytes, and each page carries it. Take a cut of "
            f"at most {MOST_BYTES:,} (pyftsubset of fonttools makes one)."
        )
    try:
        font = TTFont(file, lazy=True)
        names, looks = font["name"], font["OS/2"]
        family, letters = names.getBestFamilyName(), font.getBestCmap()
        is_italic = bool(looks.fsSelection & 1)
    except (TTLibError, KeyError, OSError, AttributeError, ValueError) as problem:
        raise ConfigError(f"{file} is not a font that can be read ({problem}).") from None
    if "fvar" in font:
        raise ConfigError(
            f"{file} is a variable font, which the PDF cannot use. Put the family's static files "
            "(regular, bold, italic) there in its place."
        )
    known = frozenset(map(chr, letters))
    return Face(file, str(family), int(looks.usWeightClass), is_italic, known)


def _closest(own: list[Face], name: str) -> Face | None:
    wanted, low, high = WEIGHTS[name]
    fit = [f for f in own if f.is_italic == (name == "italic") and low <= f.weight <= high]
    return min(fit, key=lambda face: (abs(face.weight - wanted), face.file.name), default=None)


def _refused(brand: Brand, why: str) -> ConfigError:
    return ConfigError(
        f"params.yaml cannot be used as it is:\n- report.brand.font = {brand.font!r}: {why}"
    )


def shipped_file(face: str, ending: str) -> Path:
    """Return a shipped font file; raise RenderError when it is not there."""
    file = paths.fonts_dir() / f"{SHIPPED_FILES[face]}{ending}"
    if not file.is_file():
        raise RenderError(
            f"{file} is missing. The reports are drawn with the shipped font only; "
            f"restore it with: git checkout -- {paths.fonts_dir().relative_to(paths.root())}"
        )
    return file


def check_fonts() -> None:
    """Raise RenderError unless every shipped font file is there."""
    for face in SHIPPED_FILES:
        shipped_file(face, ".ttf")
        shipped_file(face, ".woff2")


def page_faces(brand: Brand) -> list[str]:
    """Return the page's ``@font-face`` rules, each with its font as data."""
    own = faces(brand)
    rules = [_rule(brand.font, name, "woff", _woff(face.file)) for name, face in own.items()]
    if SHIPPED in families(brand):
        files = {name: shipped_file(name, ".woff2") for name in SHIPPED_FILES}
        rules += [_rule(SHIPPED, name, "woff2", _data(file)) for name, file in files.items()]
    return rules


def svg_with_font(svg: str, brand: Brand) -> str:
    """Return the chart with the font inside it, so that it looks alike within an ``<img>``.

    Only a small cut of the font goes in (letters of the Latin languages, digits, money,
    arrows), and the bold face only where the chart uses it. Other text of the page is not
    touched: an image cannot see the page's fonts.
    """
    opening = re.search(r"<svg\b[^>]*>", svg)
    if opening is None:
        raise RenderError("This is not an SVG picture: it has no <svg> element.")
    used = ["regular"]
    if re.search(r'font-weight[=:]\s*"?(bold|[5-9]00)', svg):
        used.append("bold")
    own = faces(brand)
    rules = [
        _rule(brand.font, name, "woff", _woff(own[name].file, is_cut=True)) for name in used if own
    ]
    if SHIPPED in families(brand):
        cuts = {name: shipped_file(name, "-chart.woff2") for name in used}
        rules += [_rule(SHIPPED, name, "woff2", _data(file)) for name, file in cuts.items()]
    at = opening.end()
    return f"{svg[:at]}<style>{''.join(rules)}{night_rules(brand)}</style>{svg[at:]}"


@cache
def use_chart_fonts(brand: Brand) -> None:
    """Give vl-convert the fonts; without this it measures text with another one."""
    import vl_convert

    check_fonts()
    vl_convert.register_font_directory(str(paths.fonts_dir()))
    if faces(brand):
        vl_convert.register_font_directory(str(paths.root() / brand.folder))


def _rule(family: str, face: str, kind: str, data: str) -> str:
    style, weight = CSS[face]
    return (
        f'@font-face{{font-family:"{family}";font-style:{style};font-weight:{weight};'
        f'src:url(data:font/{kind};base64,{data})format("{kind}")}}'
    )


@cache
def _data(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode("ascii")


@cache
def _woff(file: Path, is_cut: bool = False) -> str:
    """Return a font file packed for the web, as base64; a cut keeps the letters of charts."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells of each table it drops
    font: Any = TTFont(file, recalcTimestamp=False)
    if is_cut:
        wanted = subset.Options(layout_features=["kern", "mark", "mkmk", "ccmp"])
        wanted.drop_tables += ["SVG"]  # coloured letters: charts have none, cutting takes lxml
        cutter = subset.Subsetter(wanted)
        cutter.populate(unicodes=CHART_LETTERS)
        cutter.subset(font)
    font.flavor = "woff"
    packed = BytesIO()
    font.save(packed)
    return base64.b64encode(packed.getvalue()).decode("ascii")
