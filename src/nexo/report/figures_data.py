"""The numbers of a figure as a table, folded away below it on the page; paper has none.

The table is made of the marks that are drawn. It is raw HTML, so that both renderers show the
same and the PDF leaves it out. Words go in as ``escape_markdown`` writes them, which is HTML too:
whoever reads the source before HTML does (Quarto looks for shortcodes in it) finds no mark of its
own in a label from data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from nexo.report import formats, wording
from nexo.report.charts import Mark
from nexo.report.escape import escape_html, escape_markdown
from nexo.report.formats import Lang
from nexo.report.wording import say

Written = Callable[[float], str]
"""Writes one number of a figure in the language's format."""

WHOLE_ROWS = 15
"""Rows that a table shows at once; one with more scrolls under its head."""

_NO_PROCESSING = "<!--| quarto-html-table-processing: none -->"
"""Quarto would read the table as Markdown's and print it in the PDF too."""


@dataclass(frozen=True)
class Part:
    """Rows of written cells, the first names its row; ``title`` tells parts (and units) apart."""

    rows: Sequence[Sequence[str]]
    title: str = ""


@dataclass(frozen=True)
class Numbers:
    """A figure's table: what is drawn and in which unit, its headings, its parts.

    After the name of a row come ``n_numbers`` cells of numbers (all, when None), then words.
    """

    note: str
    heads: Sequence[str]
    parts: Sequence[Part]
    n_numbers: int | None = None


def numbers(
    lang: Lang, note: str, what: str, parts: Iterable[tuple[str, Sequence[Mark]]], ends: Written
) -> Numbers:
    """Return the table of estimates with their intervals; ``what`` is the phrase of the names.

    Marks without an interval (counts) give one column of values.
    """
    every = list(parts)
    has_interval = any(mark.low != mark.high for _, marks in every for mark in marks)
    keys = (what, "col_value", "data_low", "data_high") if has_interval else (what, "col_value")
    found = [Part([cells(mark, ends)[: len(keys)] for mark in marks], one) for one, marks in every]
    return Numbers(note, [say(lang, key) for key in keys], found)


def in_unit(
    lang: Lang, unit: str, currency: str, *, digits: int = 2, signed: bool = False
) -> Written:
    """Return what writes a number of a chart (``people_scale``) with its sign, money or per cent.

    A level of a share carries its per cent sign; a difference of shares is in points.
    """
    scale = wording.people_scale(unit, currency)
    sign = formats.percent_sign(lang) if unit == "retained_share" and not signed else ""

    def written(value: float) -> str:
        return wording.quantity(
            lang, value / scale, unit, currency, signed=signed, digits=digits
        ) + sign  # fmt: skip

    return written


def cells(mark: Mark, ends: Written) -> list[str]:
    """Return the row of a mark: its name, its estimate and the ends of its interval."""
    return [mark.label, *(ends(value) for value in (mark.estimate, mark.low, mark.high))]


def folded(lang: Lang, table: Numbers) -> str:
    """Return the block of Markdown that shows the table on the page when it is opened."""
    what = table.note.split(". ")[0].rstrip(".")
    summary = escape_markdown(say(lang, "figure_data", what=what))
    note = escape_markdown(table.note)
    heads = "".join(f'<th scope="col">{escape_markdown(head)}</th>' for head in table.heads)
    is_long = sum(len(part.rows) for part in table.parts) > WHOLE_ROWS
    box = "table-scroll is-long" if is_long else "table-scroll"
    lines = [
        '<details class="figure-data">',
        f"<summary>{summary}</summary>",
        f'<div class="{box}" role="group" tabindex="0" aria-label="{escape_markdown(what)}"',
        f"><table><caption>{note}</caption>",
        f"<thead><tr>{heads}</tr></thead>",
        *(_body(part, table) for part in table.parts),
        "</table></div></details>",
    ]
    return "\n".join(["```{=html}", _NO_PROCESSING, *lines, "```", ""])


def _body(part: Part, table: Numbers) -> str:
    columns = len(table.heads)
    title = (
        f'<tr><th scope="rowgroup" colspan="{columns}">{escape_markdown(part.title)}</th></tr>\n'
        if part.title
        else ""
    )
    rows = "\n".join(
        f'<tr><th scope="row">{escape_markdown(name)}</th>{_cells(cells, table.n_numbers)}</tr>'
        for name, *cells in part.rows
    )
    return f"<tbody>{title}{rows}</tbody>"


def _cells(written: Sequence[str], n_numbers: int | None) -> str:
    """Return the cells after a row's name; words are told from numbers by their class."""
    count = len(written) if n_numbers is None else n_numbers
    numbers = "".join(f"<td>{escape_html(cell)}</td>" for cell in written[:count])
    words = (f'<td class="words">{escape_markdown(cell)}</td>' for cell in written[count:])
    return numbers + "".join(words)
