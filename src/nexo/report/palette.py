"""The colours of the reports by their role, on white and on a dark screen, from the brand's two."""

from __future__ import annotations

from functools import cache

from nexo.base.config import Brand
from nexo.base.errors import ConfigError

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
READABLE, SEEN = 4.5, 3.0
"""Contrast that WCAG 2.2 AA asks of text, and of marks."""

SIGNALS = {"good": "#1b7a5a", "caution": "#8f5a00", "bad": "#b3261e"}
"""Text colours with a contrast of at least 4.5 on white and on the wash."""

ALIKE = 60.0
"""Distance in red, green and blue (each 0 to 255) under which two colours are taken for one."""


def colours(brand: Brand) -> dict[str, str]:
    """Return every colour by its role; series are told apart in grey print and when colour-blind.

    ``detractor`` < ``passive`` < ``promoter`` are the three NPS classes; ``estimate`` is a point
    and ``interval`` its line; ``actual`` and ``forecast`` mean the same in every chart.
    Marks of every series are seen on white; ``passive`` is no colour of text (``word_tone``).
    """
    return {
        **NEUTRALS,
        **SIGNALS,
        "primary": brand.primary,
        "accent": brand.accent,
        "tint": mixed(brand.primary, NEUTRALS["paper"], 0.08),
        "band": mixed(brand.primary, NEUTRALS["paper"], 0.25),
        "estimate": brand.primary,
        "interval": mixed(brand.primary, NEUTRALS["paper"], 0.65),
        "actual": brand.primary,
        "forecast": mixed(brand.primary, NEUTRALS["paper"], 0.45),
        "detractor": brand.accent,
        "passive": "#858e97",
        "promoter": brand.primary,
    }


def dark_colours(brand: Brand) -> dict[str, str]:
    """Return every colour on a dark screen: the same hues, lighter until they are read.

    Roles that share a colour on white share one here, so that a chart is recoloured by colour.
    """
    paper, wash = DARK_NEUTRALS["paper"], DARK_NEUTRALS["wash"]
    found = {
        name: _moved(colour, "#ffffff", (wash,), READABLE + 0.5)
        for name, colour in {**SIGNALS, "primary": brand.primary, "accent": brand.accent}.items()
    }
    primary = found["primary"]
    found |= {"tint": mixed(primary, paper, 0.06), "band": mixed(primary, paper, 0.3)}
    found |= {"interval": mixed(primary, paper, 0.65), "forecast": mixed(primary, paper, 0.5)}
    found |= dict.fromkeys(("estimate", "actual", "promoter"), primary)
    return {**DARK_NEUTRALS, **found, "detractor": found["accent"], "passive": "#8f99a3"}


def word_tone(name: str) -> str:
    """Return the role of a word that stands beside a series: its own colour where it is read."""
    return "muted" if name == "passive" else name


@cache
def night_rules(brand: Brand) -> str:
    """Return the style that recolours a chart on a dark screen; paper and PDF stay as drawn."""
    dark = dark_colours(brand)
    moved = {colour: dark[role] for role, colour in sorted(colours(brand).items())}
    rules = "".join(
        f'[{part}="{colour}"]{{{part}:{dark}}}'
        for colour, dark in moved.items()
        for part in ("fill", "stroke")
    )
    return f"@media screen and (prefers-color-scheme:dark){{{rules}}}"


def check_colours(brand: Brand) -> None:
    """Raise ConfigError for a colour that is not read on white, or two that look like one.

    Text in the brand's colours stands on white, on the wash and on the tint of the headline,
    so the contrast counts on the worst of them; the message holds a shade that has it.
    """
    problems = []
    for name, colour in (("primary", brand.primary), ("accent", brand.accent)):
        grounds = tuple(colours(brand)[ground] for ground in ("paper", "wash", "tint"))
        found = min(contrast(colour, ground) for ground in grounds)
        if found < READABLE:
            better = _moved(colour, "#000000", grounds, READABLE + 0.1)
            problems.append(
                f"- report.brand.{name} = {colour!r}: text in it has a contrast of {found:.2f} and "
                f"needs {READABLE} (WCAG 2.2 AA). A darker shade that has it: {better!r}."
            )
    pairs = zip(_channels(brand.primary), _channels(brand.accent), strict=True)
    if sum((one - other) ** 2 for one, other in pairs) ** 0.5 < ALIKE:
        problems.append(
            f"- report.brand.accent = {brand.accent!r}: it can hardly be told from primary, and "
            "the two stand against each other in every chart. Take another hue."
        )
    if problems:
        raise ConfigError("params.yaml cannot be used as it is:\n" + "\n".join(problems))


def _moved(colour: str, end: str, grounds: tuple[str, ...], wanted: float) -> str:
    """Mix ``end`` into a colour until it is read on every one of the grounds."""
    steps = (mixed(end, colour, step / 20) for step in range(21))
    return next(one for one in steps if min(contrast(one, g) for g in grounds) >= wanted)


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
