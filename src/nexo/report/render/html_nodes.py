"""The constructs of the subset as a page shows them."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from nexo.report.escape import escape_html
from nexo.report.look import WIDE
from nexo.report.render.labels import Label, caption_start
from nexo.report.render.nodes import Node, div, line, plain, raw, raw_block, span

if TYPE_CHECKING:
    from nexo.report.render.constructs import Context, Picture

CALLOUT_TITLES = {
    "es": {
        "note": "Nota",
        "tip": "Consejo",
        "important": "Importante",
        "warning": "Advertencia",
        "caution": "Precaución",
    },
    "en": {
        "note": "Note",
        "tip": "Tip",
        "important": "Important",
        "warning": "Warning",
        "caution": "Caution",
    },
}
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
_SVG_SIZE = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"')
_IMAGE = re.compile(r'(<img src|srcset)="@@([^"]+)@@"')
SMALL_SCREEN = "screen and (max-width: 40rem)"
"""Where a chart of the full line could not be read."""
_NOT_ENCODED = " !$&'()*+,-./:;=?@_~"


def text(node: Node) -> None:
    """A page shows every word as it is."""


def formula(math: Node) -> list[Node]:
    """A formula; pandoc writes it as MathML."""
    return [math]


def equation(math: Node, identifier: str, number: str) -> list[Node]:
    """A displayed equation with its number at the right."""
    opening = raw("html", f'<span class="equation" id="{escape_html(identifier)}">')
    mark = span([{"t": "Str", "c": f"({number})"}], "equation-number")
    return [{"t": "Para", "c": [opening, math, mark, raw("html", "</span>")]}]


def heading(node: Node, inlines: Sequence[Node], number: str) -> list[Node]:
    """A heading one level below the page's title, its number in front."""
    level, attr, _ = node["c"]
    mark = [span([{"t": "Str", "c": number}], "section-number"), {"t": "Space"}] if number else []
    return [{"t": "Header", "c": [min(level + 1, 6), attr, [*mark, *inlines]]}]


def image(context: Context, picture: Picture) -> Node:
    """The image by its path, with its size, so that nothing moves; ``inlined`` puts it in.

    A chart that was drawn narrow too shows so on a small screen.
    """
    root, style = context.document.root, ""
    if picture.width:
        style = f' style="width:{escape_html(picture.width)}"'
    path, alt = escape_html(picture.path), escape_html(picture.alt)
    shown = f'<img src="@@{path}@@" alt="{alt}"{_size(root / picture.path)}{style}>'
    narrow = picture.path.removesuffix(f"{WIDE}.svg") + ".svg"
    if narrow == picture.path or not (root / narrow).is_file():
        return raw("html", shown)
    source = f'srcset="@@{escape_html(narrow)}@@"{_size(root / narrow)}'
    return raw("html", f'<picture><source media="{SMALL_SCREEN}" {source}>{shown}</picture>')


def _size(file: Path) -> str:
    found = _SVG_SIZE.search(file.read_text(encoding="utf-8")) if file.suffix == ".svg" else None
    return f' width="{found[1]}" height="{found[2]}"' if found else ""


def inlined(page: str, root: Path) -> str:
    """Return the page with its images inside of it; pandoc need not carry them."""

    def put_in(found: re.Match[str]) -> str:
        data = _data_uri(root / unescape(found[2]))
        # A list of sources ends an address at its first space.
        return f'{found[1]}="{data.replace(" ", "%20") if found[1] == "srcset" else data}"'

    return _IMAGE.sub(put_in, page)


def _data_uri(file: Path) -> str:
    if file.suffix == ".svg":
        svg = file.read_text(encoding="utf-8")
        return f"data:image/svg+xml,{svg.translate(_encoded(svg))}"
    data = base64.b64encode(file.read_bytes()).decode("ascii")
    return f"data:{_TYPES[file.suffix.lower()]};base64,{data}"


def _encoded(text: str) -> dict[int, str]:
    """Return how each character of a text is written in an address inside of an attribute."""
    return {ord(c): "&amp;" if c == "&" else quote(c, safe=_NOT_ENCODED) for c in set(text)}


def figure(
    content: Sequence[Node],
    caption: Sequence[Node],
    identifier: str,
    label: Label | None,
    context: Context,
) -> list[Node]:
    """A figure (or table made by hand) with its caption; only labelled ones are numbered."""
    name = f' id="{escape_html(identifier)}"' if identifier else ""
    start = caption_start(label.kind, label.number, context.lang) if label else []
    closing = [raw("html", "<figcaption>"), *start, *caption, raw("html", "</figcaption></figure>")]
    return [raw_block("html", f"<figure{name}>"), *content, line(closing)]


def table(context: Context, node: Node, caption: Sequence[Node], label: Label | None) -> list[Node]:
    """A table whose first column names its rows, in a box that scrolls on narrow screens."""
    attr, (short, _), columns, head, bodies, foot = node["c"]
    is_named = len(columns) > 1 and columns[0][0]["t"] in ("AlignLeft", "AlignDefault")
    named = [[body[0], 1 if is_named else 0, *body[2:]] for body in context.walk_into(bodies)]
    shown = [["", [], []], [short, []], _widths(attr, columns), context.walk_into(head)]
    title = plain(list(caption)) or ", ".join(plain(cell[4]) for row in head[1] for cell in row[1])
    box = (("role", "group"), ("tabindex", "0"), ("aria-label", title))
    scrolls = div([{"t": "Table", "c": [*shown, named, foot]}], ["table-scroll"], *box)
    # The caption stands outside of the table: it keeps to the screen while the table scrolls.
    return figure([scrolls], caption, attr[0], label, context) if caption else [scrolls]


def given_widths(attr: list[Any]) -> list[str]:
    """Return the numbers of ``tbl-colwidths="[30, 70]"``, or none."""
    pairs: dict[str, str] = dict(attr[2])
    return re.findall(r"[\d.]+", pairs.get("tbl-colwidths", ""))


def _widths(attr: list[Any], columns: list[list[Node]]) -> list[list[Node]]:
    given = given_widths(attr)
    total = sum(map(float, given))
    if len(given) != len(columns) or total <= 0:
        return columns
    shares = [float(width) / total for width in given]
    return [
        [align, {"t": "ColWidth", "c": share}]
        for (align, _), share in zip(columns, shares, strict=True)
    ]


def columns(count: int, cells: Sequence[Sequence[Node]]) -> list[Node]:
    """Blocks side by side, below each other on narrow screens."""
    boxes = [div(cell, ["cell"]) for cell in cells]
    return [div(boxes, ["layout"], ("style", f"--columns: {count}"))]


def tabset(context: Context, tabs: Sequence[tuple[Node, Sequence[Node]]]) -> list[Node]:
    """Tabs without a script: radio buttons that the keyboard reaches; all shown in print."""
    name = context.document.file.stem + "-" + tabs[0][0]["c"][1][0]
    done = [raw_block("html", '<div class="tabset">')]
    for at, (title, _) in enumerate(tabs):
        button = f'<input type="radio" name="{escape_html(name)}" id="{escape_html(name)}-{at}"'
        opening = f'{button}{" checked" if at == 0 else ""}><label for="{escape_html(name)}-{at}">'
        done.append(line([raw("html", opening), *title["c"][2], raw("html", "</label>")]))
    done.append(raw_block("html", '<div class="tab-panels">'))
    for title, content in tabs:
        done.append(raw_block("html", "<section>"))
        done.append(div([{"t": "Plain", "c": title["c"][2]}], ["tab-title"]))
        done += [*content, raw_block("html", "</section>")]
    return [*done, raw_block("html", "</div></div>")]


def callout(
    context: Context, kind: str, title: Sequence[Node], content: Sequence[Node], collapse: str
) -> list[Node]:
    """A framed note; one that collapses is a disclosure the keyboard opens."""
    heading_line = title or [{"t": "Str", "c": CALLOUT_TITLES[context.lang][kind]}]
    is_open = " open" if collapse == "false" else ""
    outer = "details" if collapse else "div"
    inner = "summary" if collapse else "p"
    opening = f'<{outer} class="callout callout-{kind}"{is_open}><{inner} class="callout-title">'
    return [
        line([raw("html", opening), *heading_line, raw("html", f"</{inner}>")]),
        *content,
        raw_block("html", f"</{outer}>"),
    ]
