"""The constructs of the subset as Typst source; the functions it calls are in the template."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexo.report.escape import typst_string
from nexo.report.render.html_nodes import CALLOUT_TITLES, given_widths
from nexo.report.render.labels import NAMES, Label
from nexo.report.render.nodes import Node, line, plain, raw, raw_block

if TYPE_CHECKING:
    from nexo.report.render.constructs import Context, Picture

_ALIGN = {"AlignLeft": "left", "AlignRight": "right", "AlignCenter": "center"}
_LINE, _PADDING, _LOOSE = 53, 1.7, 1.04
"""A line of a table and the space beside each cell, in ems; room for letters set in bold."""
_NARROW, _WIDE = frozenset(" .,:;'|!()ijltfrI\u00a0\u00ad"), frozenset("+−±€£$%<>≤≥=mwMW")


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
    widths = _columns(attr, aligns, rows)
    start = f"#table(columns: {widths}, align: ({', '.join(aligns)},), "
    inlines = [raw("typst", start)]
    if head[1]:
        cells = [cell for row in head[1] for cell in _row(context, row)]
        inlines += [raw("typst", "table.header("), *cells, raw("typst", "), ")]
    inlines += [cell for row in rows[len(head[1]) :] for cell in _row(context, row)]
    grid = line([*inlines, raw("typst", ")")])
    if not caption and label is None:
        return [grid]
    return figure([grid], caption, attr[0], label, context)


def _columns(attr: list[Any], aligns: list[str], rows: list[Any]) -> str:
    """Return given widths, or widths by what the cells hold: numbers on one line, text wraps.

    Every column is at least as wide as its longest word, so that no cell runs into the next.
    """
    given = given_widths(attr)
    if len(given) == len(aligns):
        return "(" + ", ".join(f"{width}fr" for width in given) + ",)"
    whole = [cells for _, cells in rows if len(cells) == len(aligns)]
    texts = [[plain(cells[at][4]) for cells in whole] for at in range(len(aligns))]
    words = [[_ems(word) for text in column for word in text.split()] for column in texts]
    need = [max(widths, default=1.0) for widths in words]
    want = [max(map(_ems, column), default=1.0) for column in texts]
    for at, align in enumerate(aligns):
        if align != "left":
            need[at] = max([need[at], *map(_ems, texts[at][1:])])
    room = _LINE - sum(need) - _PADDING * len(aligns)
    missing = sum(want) - sum(need)
    share = min(1.0, max(0.0, room / missing)) if missing else 0.0
    widths = [low + share * (high - low) + _PADDING for low, high in zip(need, want, strict=True)]
    return "(" + ", ".join(f"{width:.1f}fr" for width in widths) + ",)"


def _ems(text: str) -> float:
    """Return about how wide a text is drawn, in ems of the shipped font."""
    return _LOOSE * sum(
        0.28 if c in _NARROW else 0.64 if c.isdigit() or c in _WIDE or c.isupper() else 0.56
        for c in text
    )


def _row(context: Context, row: list[Any]) -> list[Node]:
    done: list[Node] = []
    for _, _, rows, wide, blocks in row[1]:
        if any(block["t"] not in ("Plain", "Para") for block in blocks):
            raise context.error(r"^\s*[+|]", "cells of a table hold one line of text here.")
        spans = [f"rowspan: {rows}"] * (rows > 1) + [f"colspan: {wide}"] * (wide > 1)
        opening = f"table.cell({', '.join(spans)})[" if spans else "["
        inlines = [one for block in context.walk_into(blocks) for one in block["c"]]
        done += [raw("typst", opening), *inlines, raw("typst", "], ")]
    return done


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
