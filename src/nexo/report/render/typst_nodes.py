"""The constructs of the subset as Typst source; the functions it calls are in the template."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexo.report.escape import typst_string
from nexo.report.render.html_nodes import CALLOUT_TITLES, given_widths
from nexo.report.render.labels import NAMES, Label
from nexo.report.render.nodes import Node, line, plain, raw, raw_block

if TYPE_CHECKING:
    from nexo.report.render.constructs import Context, Picture

_ALIGN = {"AlignLeft": "left", "AlignRight": "right", "AlignCenter": "center"}
_LINE, _PADDING, _CELL = 54, 1.7, 20
"""A line of a table, the space beside each cell, and the longest cell of numbers, in ems."""
_OPENING = re.compile(r" (?=\()")
_TOGETHER = 3
"""Rows at the end of a table that stay together."""
_WIDTHS = (
    (0.27, "ijlI \u00a0"), (0.33, ".,:;'!|"), (0.4, "frt()/"), (0.45, "1-"),
    (0.57, "acksvxyzJ?"), (0.68, "024689+−±€$<>≤≥="), (0.78, "ABCDGHKNOQRUVXYZ"),
    (0.95, "mwMW%—"),
)  # fmt: skip
_EMS = {letter: width for width, letters in _WIDTHS for letter in letters}
"""Widths of the shipped font's bold letters, rounded up; 0.63 where none is given."""


def text(node: Node) -> list[Node] | None:
    """Three dots stay three dots: pandoc leaves them, and Typst would make an ellipsis of them."""
    if "..." not in node["c"]:
        return None
    pieces = node["c"].split("...")
    done: list[Node] = [{"t": "Str", "c": pieces[0]}]
    for piece in pieces[1:]:
        done += [raw("typst", "\\.\\.\\."), {"t": "Str", "c": piece}]
    return done


def formula(math: Node) -> list[Node]:
    """A formula; whoever listens to the PDF hears its TeX."""
    alt = typst_string(" ".join(math["c"][1].split()))
    return [raw("typst", f"#[#set math.equation(alt: {alt}); "), math, raw("typst", "]")]


def equation(math: Node, identifier: str, number: str) -> list[Node]:
    """A displayed equation that Typst numbers."""
    alt = typst_string(" ".join(math["c"][1].split()))
    opening = raw("typst", f'#[#set math.equation(numbering: "(1)", alt: {alt}); ')
    return [{"t": "Para", "c": [opening, math, raw("typst", f" <{identifier}>]")]}]


def heading(node: Node, inlines: Sequence[Node], number: str) -> list[Node]:
    """A heading; Typst writes the number."""
    level, attr, _ = node["c"]
    return [{"t": "Header", "c": [level, attr, list(inlines)]}]


def image(context: Context, picture: Picture) -> Node:
    """An image by its path from the report folder, with its alternative text for the PDF."""
    width = re.fullmatch(r"[\d.]+(%|pt|mm|cm|in)", picture.width)
    size = f", width: {picture.width}" if width else ""
    path, alt = typst_string("/" + picture.path), typst_string(picture.alt)
    return raw("typst", f"#image({path}, alt: {alt}{size})")


def figure(
    content: Sequence[Node],
    caption: Sequence[Node],
    identifier: str,
    label: Label | None,
    context: Context,
) -> list[Node]:
    """A figure with its caption; only labelled ones are numbered."""
    return [
        line([*_caption(caption, label, context), raw("typst", "[")]),
        *content,
        line([raw("typst", f"]){_label(identifier)}")]),
    ]


def _caption(caption: Sequence[Node], label: Label | None, context: Context) -> list[Node]:
    kind = f"quarto-float-{label.kind}" if label else "plain-figure"
    name = NAMES[context.lang][label.kind] if label else ""
    numbering = '"1"' if label else "none"
    opening = f'#figure(kind: "{kind}", supplement: [{name}], numbering: {numbering}, '
    if not caption:
        return [raw("typst", opening)]
    return [raw("typst", opening + "caption: ["), *caption, raw("typst", "], ")]


def _label(identifier: str) -> str:
    return f" <{identifier}>" if identifier else ""


def table(context: Context, node: Node, caption: Sequence[Node], label: Label | None) -> list[Node]:
    """A table that repeats its header on every page."""
    attr, _, columns, head, bodies, _ = node["c"]
    aligns = [_ALIGN.get(column[0]["t"], "left") for column in columns]
    rows = [*head[1], *(row for body in bodies for row in [*body[2], *body[3]])]
    widths, is_roomy = _columns(attr, aligns, rows)
    sides = aligns if is_roomy else ()
    start = f"#table(columns: {widths}, align: ({', '.join(aligns)},), "
    inlines = [raw("typst", start)]
    if head[1]:
        cells = [cell for row in head[1] for cell in _row(context, row)]
        inlines += [raw("typst", "table.header("), *cells, raw("typst", "), ")]
    body = rows[len(head[1]) :]
    together = _TOGETHER if len(body) > 2 * _TOGETHER else 0
    whole = body[: len(body) - together]
    inlines += [cell for row in whole for cell in _row(context, row, sides)]
    if together:  # a foot is not broken, so that no row of the end stands alone on a page
        last = [cell for row in body[-together:] for cell in _row(context, row, sides)]
        inlines += [raw("typst", "table.footer(repeat: false, "), *last, raw("typst", "), ")]
    grid = line([*inlines, raw("typst", ")")])
    if not caption and label is None:
        return [grid]
    return figure([grid], caption, attr[0], label, context)


def _columns(attr: list[Any], aligns: list[str], rows: list[Any]) -> tuple[str, bool]:
    """Return given widths, or widths by what the cells hold, and whether no cell is squeezed.

    Every column is at least as wide as its longest word. What the line has left is shared out
    among the columns of text, and then among the headings of numbers. Numbers keep their width,
    so that text takes the rest of whatever line there is; where that is little, an interval in
    brackets goes below its estimate.
    """
    given = given_widths(attr)
    if len(given) == len(aligns):
        return "(" + ", ".join(f"{width}fr" for width in given) + ",)", False
    whole = [cells for _, cells in rows if len(cells) == len(aligns)]
    texts = [[plain(cells[at][4]) for cells in whole] for at in range(len(aligns))]
    want = [max(map(_ems, column), default=1.0) for column in texts]
    is_text = [align == "left" for align in aligns]
    widths, room = [], 0.0
    for is_split in (False, True):
        pairs = zip(texts, is_text, strict=True)
        widths = [_least(column, one, is_split=is_split) for column, one in pairs]
        room = _LINE - sum(widths) - _PADDING * len(aligns)
        wanted = sum(want[at] - widths[at] for at, one in enumerate(is_text) if one)
        if room >= wanted / 2:
            break
    is_roomy = room >= -_LINE / 10  # widths are rounded up
    units = ["em" if room >= 0 and any(is_text) and not one else "fr" for one in is_text]
    for kind in (True, False):
        waiting = [at for at in range(len(aligns)) if is_text[at] is kind]
        waiting.sort(key=lambda at: want[at] - widths[at])
        for done, at in enumerate(waiting):
            more = min(want[at] - widths[at], max(room, 0.0) / (len(waiting) - done))
            widths[at], room = widths[at] + more, room - more
    done_of = zip(widths, units, strict=True)
    written = ", ".join(f"{width + _PADDING:.1f}{unit}" for width, unit in done_of)
    return f"({written},)", is_roomy


def _least(column: list[str], is_text: bool, *, is_split: bool) -> float:
    """Return the least width of a column (heading first) in ems."""
    words = max((_ems(word) for text in column for word in text.split(" ")), default=1.0)
    if is_text or not column:
        return words
    heading, *cells = column
    parts = [part for cell in cells for part in (_OPENING.split(cell) if is_split else [cell])]
    # A heading takes two or three lines, a cell with words beside its numbers two.
    return max(words, _ems(heading) / 2, *(min(_ems(part), _CELL) for part in parts))


def _ems(text: str) -> float:
    """Return about how wide a text is drawn, in ems of the shipped font."""
    letters = unicodedata.normalize("NFD", text.replace("\N{SOFT HYPHEN}", ""))
    return sum(_EMS.get(one, 0.63) for one in letters if not unicodedata.combining(one))


def _row(context: Context, row: list[Any], aligns: Sequence[str] = ()) -> list[Node]:
    done: list[Node] = []
    for at, (_, _, rows, wide, blocks) in enumerate(row[1]):
        if any(block["t"] not in ("Plain", "Para") for block in blocks):
            raise context.error(r"^\s*[+|]", "cells of a table hold one line of text here.")
        spans = [f"rowspan: {rows}"] * (rows > 1) + [f"colspan: {wide}"] * (wide > 1)
        opening = f"table.cell({', '.join(spans)})[" if spans else "["
        inlines = [one for block in context.walk_into(blocks) for one in block["c"]]
        if len(aligns) == len(row[1]) and aligns[at] == "right":
            inlines = _tied(inlines)
        done += [raw("typst", opening), *inlines, raw("typst", "], ")]
    return done


def _tied(inlines: Sequence[Node]) -> list[Node]:
    """Keep what stands in brackets on one line."""
    done: list[Node] = []
    is_in = False
    for node in inlines:
        word = node["c"] if node["t"] == "Str" else ""
        opens, closes = word.startswith("(") and not is_in, word.endswith(")")
        done += [raw("typst", "#box[")] if opens else []
        is_in = is_in or opens
        done.append(node)
        if is_in and closes:
            done.append(raw("typst", "]"))
            is_in = False
    return done if not is_in else list(inlines)


def columns(count: int, cells: Sequence[Sequence[Node]]) -> list[Node]:
    """Blocks side by side."""
    opening = f"#block(above: 1.1em, below: 1.1em, grid(columns: (1fr,) * {count},"
    done = [raw_block("typst", opening)]
    for cell in cells:
        done += [raw_block("typst", "["), *cell, raw_block("typst", "],")]
    return [*done, raw_block("typst", "))")]


def tabset(context: Context, tabs: Sequence[tuple[Node, Sequence[Node]]]) -> list[Node]:
    """Paper has no tabs: each becomes a section with its title."""
    done: list[Node] = []
    for title, content in tabs:
        done += [title, *content]
    return done


def callout(
    context: Context, kind: str, title: Sequence[Node], content: Sequence[Node], collapse: str
) -> list[Node]:
    """A framed note, always open."""
    shown = title or [{"t": "Str", "c": CALLOUT_TITLES[context.lang][kind]}]
    opening = raw("typst", f'#nexo-callout(kind: "{kind}", title: [')
    return [
        line([opening, *shown, raw("typst", "])[")]),
        *content,
        raw_block("typst", "]"),
    ]
