"""A company's own look for tests: another family of font, a logo, colours, a foot, a draft."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FAMILY = "Otra Sans"
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100">'
    '<path fill="#5b2a86" d="M0 100V0h40l60 70V0h40v100h-40L40 30v70z"/>'
    '<circle fill="#0b6e4f" cx="230" cy="50" r="50"/></svg>'
)
BRAND: dict[str, Any] = {
    "folder": "brand",
    "primary": "#5b2a86",
    "accent": "#0b6e4f",
    "font": FAMILY,
    "logo": "logo.svg",
    "logo_text": "Logotipo de Bóreas",
    "footer": {
        "es": "Solo para el *consejo* <b> {{< env HOME >}}",
        "en": 'For the *board* only, #read("x") $a$',
    },
}


def write_brand(folder: Path, shipped: Path) -> None:
    """Put the logo and a font into ``folder``: Inter by another name, a little smaller."""
    from fontTools.ttLib import TTFont

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "logo.svg").write_text(LOGO, encoding="utf-8")
    for face in ("Regular", "SemiBold", "Italic"):
        font = TTFont(shipped / f"Inter-{face}.ttf", recalcTimestamp=False)
        for record in font["name"].names:
            if record.nameID in (1, 3, 4, 6, 16):
                text = record.toUnicode().replace(
                    "Inter", "OtraSans" if record.nameID == 6 else FAMILY
                )
                record.string = text
        font["head"].unitsPerEm = round(font["head"].unitsPerEm * 1.04)
        font.save(folder / f"otra-{face.lower()}.ttf")
