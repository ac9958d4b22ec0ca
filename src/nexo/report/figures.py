"""The figures of both reports: finding as title, direct labels, intervals, alternative text.

Each function takes the language and tidy results and returns a ``Figure``; without data it
raises EmptyResultError, because what is absent is said in words and never drawn empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nexo.base.config import Brand
from nexo.base.errors import EmptyResultError
from nexo.base.results import whole_file
from nexo.report import charts, fonts, look
from nexo.report.charts import Mark
from nexo.report.charts_base import Frame, is_cut
from nexo.report.escape import escape_markdown
from nexo.report.figures_data import Numbers, Written, folded, numbers
from nexo.report.formats import Lang, d3_locale
from nexo.report.look import WIDE
from nexo.report.palette import colours
from nexo.report.wording import say

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Figure:
    """A figure of one language: its name (``fig-...``), caption, alt text, the table of its
    numbers, and how it is drawn.

    ``spec`` builds the Vega-Lite specification for a width in pixels, when the figure is drawn
    and only then. A wide figure fills the line; the others stand beside each other.
    """

    name: str
    spec: Callable[[int], dict[str, Any]]
    caption: str
    alt: str
    data: Numbers
    is_wide: bool = False

    @property
    def file(self) -> str:
        """Name of its file, without folder."""
        return f"{self.name}{WIDE if self.is_wide else ''}.svg"

    def wide(self) -> Figure:
        """Return the same figure drawn to fill the line."""
        return replace(self, is_wide=True)

    def markdown(self, lang: Lang) -> str:
        """Return the image and, folded away, its numbers."""
        return f"{self.image(lang)}\n{self.numbers(lang)}"

    def numbers(self, lang: Lang) -> str:
        """Return the block of raw HTML that holds the numbers drawn."""
        return folded(lang, self.data)

    def image(self, lang: Lang) -> str:
        """Return the image line that both renderers read."""
        alt = escape_markdown(self.alt)
        marks = f'{{#{self.name} fig-alt="{alt}"}}'
        return f"![{self.caption}](/_generated/{lang}/{self.file}){marks}\n"


def figure_name(kind: str, outcome: str) -> str:
    """Return the name of an outcome's figure; references know letters, digits and dashes."""
    return f"fig-{kind}-{outcome.replace('_', '-')}"


def need(table: pd.DataFrame | Sequence[Any], name: str) -> None:
    """Raise EmptyResultError when a figure would have nothing to draw."""
    if len(table) == 0:
        raise EmptyResultError(f"the figure {name} has no data. Say what is missing instead.")


def alt_text(lang: Lang, title: str, rows: Iterable[Mark], ends: Written) -> str:
    """Write a figure's alternative text from its own numbers; ``ends`` writes one number."""
    return say(lang, "alt", title=title.rstrip("."), rows="; ".join(alt_rows(lang, rows, ends)))


def alt_rows(lang: Lang, rows: Iterable[Mark], ends: Written) -> list[str]:
    """Write each mark for who does not see it: its name, its value, its interval."""
    return [
        say(lang, "alt_row", label=mark.label, value=mark.text, low=ends(mark.low),
            high=ends(mark.high))
        if mark.low != mark.high
        else say(lang, "alt_bar", label=mark.label, value=mark.text)
        for mark in rows
    ]  # fmt: skip


def axes_said(lang: Lang, domains: Iterable[tuple[float, float]]) -> str:
    """Say of charts side by side whether their axes start at zero; nothing where all do."""
    cut = [is_cut(domain) for domain in domains]
    return say(lang, "axes_cut" if all(cut) else "some_axes_cut") if any(cut) else ""


def draw(figures: Sequence[Figure], lang: Lang, brand: Brand, folder: Path) -> None:
    """Write each figure as ``<name>.svg`` into ``folder``, with font and dark colours inside it.

    One that fills the line is drawn once more, narrow, for small screens.
    """
    import vl_convert

    fonts.use_chart_fonts(brand)
    config = look.chart_theme(brand)["config"]
    convert = partial(vl_convert.vegalite_to_svg, vl_version="6.4", format_locale=d3_locale(lang))
    folder.mkdir(parents=True, exist_ok=True)
    narrow = [replace(figure, is_wide=False) for figure in figures if figure.is_wide]
    every = {figure.file: figure for figure in [*figures, *narrow]}
    for figure in every.values():
        width = look.CHART_WIDE if figure.is_wide else look.CHART_WIDTH
        svg = fonts.svg_with_font(convert({**figure.spec(width), "config": config}), brand)
        with whole_file(folder / figure.file) as building:
            building.write_text(svg, encoding="utf-8")


def frame(brand: Brand, title: str, axis: str = "", **more: Any) -> Frame:
    """Return the shared frame of a chart in the report's colours; ``more``: note, band, ..."""
    return Frame(title=title, axis=axis, tone=colours(brand), **more)


def interval_figure(
    lang: Lang, name: str, marks: Sequence[Mark], box: Frame, ends: Written, what: str
) -> Figure:
    """Return a figure of rows with intervals; ``what`` is the phrase of what the rows are."""
    need(marks, name)
    return told(lang, name, partial(charts.rows, marks, box), box, marks, ends, what)


def told(
    lang: Lang,
    name: str,
    spec: Callable[[int], dict[str, Any]],
    box: Frame,
    marks: Sequence[Mark],
    ends: Written,
    what: str,
) -> Figure:
    """Return a figure whose alternative text and table both tell the marks that it draws."""
    table = numbers(lang, box.note, what, [("", marks)], ends)
    return Figure(name, spec, box.title, alt_text(lang, box.title, marks, ends), table)
