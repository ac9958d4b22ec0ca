"""The company's logo: a file from outside, checked before it goes into pages and PDFs.

An SVG must be a picture alone: no script, nothing fetched, no text (whose font would differ from
machine to machine).
"""

from __future__ import annotations

import base64
import re
import struct
import xml.etree.ElementTree as ET
from pathlib import Path

from nexo.base import paths
from nexo.base.config import Brand
from nexo.base.errors import ConfigError
from nexo.report.escape import escape_html

MOST_BYTES = 200_000
NARROWEST, WIDEST = 0.5, 8.0
"""Width over height of a logo that fits the head of a page."""

PNG = b"\x89PNG\r\n\x1a\n"
DRAWN = frozenset(
    "svg g defs symbol use path rect circle ellipse line polyline polygon clipPath mask pattern "
    "linearGradient radialGradient stop title desc metadata style switch".split()
)
"""Elements of an SVG that only draw; any other one is refused."""

EDITORS = ("{http://www.inkscape.org", "{http://sodipodi", "{http://ns.adobe.com")
"""Beginnings of the names of what drawing programs leave for themselves; nothing draws it."""

_FETCHED = re.compile(r"url\(\s*['\"]?(?!#)|@import|javascript:|expression\(", re.IGNORECASE)


def logo_file(brand: Brand) -> Path | None:
    """Return the checked file of the logo, None without one; raise ConfigError with the cure."""
    if not brand.logo:
        return None
    folder = (paths.root() / brand.folder).resolve()
    file = (folder / brand.logo).resolve()
    if not file.is_relative_to(folder):
        raise _refused(brand, f"it must lie in report.brand.folder ({folder}).")
    if not file.is_file():
        there = ", ".join(sorted(f.name for f in folder.glob("*") if f.is_file())) or "nothing"
        raise _refused(brand, f"{file} is not there. The folder holds {there}.")
    content = file.read_bytes()
    if len(content) > MOST_BYTES:
        raise _refused(
            brand,
            f"it has {len(content):,} bytes; at most {MOST_BYTES:,}, because every page carries "
            "it. Make it smaller: 600 pixels wide are enough.",
        )
    size = _png_size(content) if content.startswith(PNG) else _svg_size(brand, content)
    if size is None or not (size[0] > 0 and size[1] > 0):
        raise _refused(brand, "its width and height cannot be read. Save it again as PNG or SVG.")
    ratio = size[0] / size[1]
    if not NARROWEST <= ratio <= WIDEST:
        raise _refused(
            brand,
            f"it is {ratio:.2f} times as wide as high; the head of a page has room for "
            f"{NARROWEST:g} to {WIDEST:g}. Crop it or take another form of it.",
        )
    return file


def suffix(file: Path) -> str:
    """Return .png or .svg by what the file holds, whatever it is called."""
    return ".png" if file.read_bytes().startswith(PNG) else ".svg"


def logo_html(brand: Brand) -> str:
    """Return the logo as an ``<img>`` that carries it; empty without one."""
    file = logo_file(brand)
    if file is None:
        return ""
    kind = {".png": "png", ".svg": "svg+xml"}[suffix(file)]
    data = base64.b64encode(file.read_bytes()).decode("ascii")
    return (
        f'<img class="logo" src="data:image/{kind};base64,{data}" '
        f'alt="{escape_html(brand.logo_text)}">'
    )


def _png_size(content: bytes) -> tuple[float, float] | None:
    if content[12:16] != b"IHDR" or len(content) < 33:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return float(width), float(height)


def _svg_size(brand: Brand, content: bytes) -> tuple[float, float] | None:
    """Return width and height of an SVG that only draws; raise ConfigError for any other file."""
    try:
        text = content.decode("utf-8-sig")
        if "<!DOCTYPE" in text.upper() or "<!ENTITY" in text.upper():
            raise _refused(brand, "it declares a document type. Save it as plain SVG, without one.")
        picture = ET.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (ET.ParseError, ValueError):
        raise _refused(brand, "it is neither a PNG nor an SVG picture.") from None
    if _name(picture.tag) != "svg":
        raise _refused(brand, f"it is no picture: its first element is {_name(picture.tag)!r}.")
    for element in picture.iter():
        _must_only_draw(brand, element)
    box = (picture.get("viewBox") or "").replace(",", " ").split()
    sides = box[2:] if len(box) == 4 else [picture.get("width", ""), picture.get("height", "")]
    numbers = [re.match(r"\s*[0-9.]+(?:e[0-9]+)?", side) for side in sides]
    try:
        width, height = (float(number.group()) if number else 0.0 for number in numbers)
    except ValueError:
        return None
    return width, height


def _must_only_draw(brand: Brand, element: ET.Element) -> None:
    name = _name(element.tag)
    if name in ("text", "tspan", "textPath"):
        raise _refused(
            brand, "it holds text, which each machine draws in another font. Turn it into paths."
        )
    if name not in DRAWN and not str(element.tag).startswith(EDITORS):
        raise _refused(brand, f"it holds <{name}>, and a logo only draws. Save it as plain SVG.")
    for key, value in element.attrib.items():
        if _name(key).lower().startswith("on"):
            raise _refused(brand, f"it holds a script ({_name(key)}). Save it as plain SVG.")
        is_link = _name(key) in ("href", "src")
        if (is_link and not value.strip().startswith("#")) or _FETCHED.search(value):
            raise _refused(brand, f"it refers to something outside ({_name(key)}). Put it inside.")
    if _FETCHED.search(element.text or "") and name == "style":
        raise _refused(brand, "its style refers to something outside. Save it as plain SVG.")


def _name(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _refused(brand: Brand, why: str) -> ConfigError:
    return ConfigError(
        f"params.yaml cannot be used as it is:\n- report.brand.logo = {brand.logo!r}: {why}"
    )
