"""Each construct of the subset, found in pandoc's tree and handed to the writer of the target.

Nothing is dropped in silence: a class, an attribute, a raw format or a link that is not named
here is an error with file and line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from nexo.base.errors import RenderError
from nexo.report.render import html_nodes, typst_nodes
from nexo.report.render.citations import cited
from nexo.report.render.labels import (
    Label,
    equation_label,
    is_reference,
    kind_of,
    number_all,
    referred,
)
from nexo.report.render.nodes import Node, parse, plain, rewrite, walk
from nexo.report.render.project import TARGETS, Document
from nexo.report.render.source import inside, locate
from nexo.report.render.structure import levelled, visible

CALLOUTS = ("note", "tip", "important", "warning", "caution")
BLOCK_CLASSES = frozenset(
    {"headline", "lead", "small", "keep", "cards", "card", "receipt", "page-only"}
)
"""Classes of Divs that the shared style draws in both targets (style.css, nexo.lua)."""
SPAN_CLASSES = frozenset({"big", "muted", "good", "caution", "bad", "nowrap", "badge"})
_SAFE_LINK = re.compile(r"^(https?://|mailto:|#|(?!//)[\w./-]+(#[\w-]*)?$)")


@dataclass(frozen=True)
class Context:
    """What the writers need to know about the document around a construct."""

    document: Document
    target: str
    lang: str
    labels: dict[str, Label]
    sections: dict[str, str]
    identifiers: frozenset[str]

    def error(self, pattern: str, what: str) -> RenderError:
        """Return the error for the first line that matches ``pattern``."""
        return RenderError(f"{self.place(pattern)}: {what}")

    def place(self, pattern: str) -> str:
        """Return file and line of the first match of ``pattern``; the file alone without one."""
        return locate(self.document.lines, pattern, self.document.name)

    def walk_into(self, content: Any) -> Any:
        """Return the content with every construct inside of it written."""
        return rewrite(content, partial(_visit, self))


def build(document: Document, target: str) -> list[Node]:
    """Return the blocks of a document as its target shows them.

    Raises RenderError with file and line for anything outside of the subset.
    """
    blocks = levelled(visible(document, parsed(document), target))
    lang = document.option(target, "lang")
    blank = Context(document, target, lang, {}, {}, frozenset())
    numbers = bool(document.option(target, "number-sections", False))
    depth = int(document.option(target, "number-depth", 3))
    labels, sections, identifiers = number_all(blocks, numbers, depth, blank.error)
    context = Context(document, target, lang, labels, sections, identifiers)
    return cited(document, list(context.walk_into(blocks)), target)


def parsed(document: Document) -> list[Node]:
    """Return pandoc's blocks; its own complaints get the file and line they are about.

    Parsed once: page and PDF are made from the same blocks.
    """
    try:
        return list(parse(document.markdown)["blocks"])
    except RenderError as problem:
        found = re.search(r"\bline (\d+)", str(problem))
        at = min(int(found[1]), len(document.lines)) - 1 if found else 0
        place = document.lines[at].place if document.lines else document.name
        raise RenderError(f"{place}: {problem}") from None


def inline(document: Document, text: str, target: str) -> list[Node]:
    """Return one line of Markdown (a title) as inlines of the target."""
    blocks = parse(text)["blocks"]
    if len(blocks) != 1 or blocks[0]["t"] not in ("Para", "Plain"):
        raise RenderError(f"{document.name}: {text!r} must be one line of text.")
    context = Context(document, target, document.option(target, "lang"), {}, {}, frozenset())
    return list(context.walk_into(blocks[0]["c"]))


def _visit(context: Context, node: Node) -> list[Node] | None:
    writer = html_nodes if context.target == "html" else typst_nodes
    kind = node["t"]
    if kind == "Str":
        return writer.text(node)
    if kind in ("RawBlock", "RawInline"):
        return _raw(context, node)
    if kind == "Div":
        return _div(context, writer, node)
    if kind in ("Para", "Plain") and (label := equation_label(node)):
        return list(writer.equation(node["c"][0], label, context.labels[label].number))
    if kind == "Math":
        return list(writer.formula(node))
    if kind == "Cite" and is_reference(node):
        return referred(node, context.labels, context.lang, context.error)
    if kind == "Cite" and not context.document.option(context.target, "bibliography"):
        name = node["c"][0][0]["citationId"]
        raise context.error(f"@{re.escape(name)}", f"@{name} refers to nothing here.")
    if kind == "Header":
        number = context.sections.get(node["c"][1][0], "")
        return list(writer.heading(node, context.walk_into(node["c"][2]), number))
    if kind == "Span":
        _refuse_classes(context, node, SPAN_CLASSES)
    if kind == "Link":
        _check_link(context, node["c"][2][0])
    if kind in ("Figure", "Table", "Image"):
        return _float(context, writer, node)
    return None


def _float(context: Context, writer: ModuleType, node: Node) -> list[Node]:
    if node["t"] == "Image":
        return [writer.image(context, picture(context, node))]
    (identifier, classes, pairs), (_, caption), content = node["c"][:3]
    label = context.labels.get(identifier)
    inlines = context.walk_into([one for block in caption for one in block["c"]])
    if node["t"] == "Table":
        return list(writer.table(context, node, inlines, label))
    images = [inner for inner in walk(content) if inner["t"] == "Image"]
    shown = [writer.image(context, picture(context, image)) for image in images]
    return list(writer.figure([{"t": "Plain", "c": shown}], inlines, identifier, label, context))


@dataclass(frozen=True)
class Picture:
    """An image file with its alternative text; ``width`` as written, or empty."""

    path: str
    alt: str
    width: str


def picture(context: Context, node: Node) -> Picture:
    """Return the image of a node, its path from the report folder; refuse one without text."""
    (_, _, pairs), inlines, (source, _) = node["c"]
    given = dict(pairs)
    pattern = re.escape(source)
    unknown = sorted(set(given) - {"fig-alt", "alt", "width"})
    if unknown:
        raise context.error(pattern, f"images know fig-alt and width here, not {unknown[0]}.")
    alt = given.get("fig-alt") or given.get("alt") or ""
    if not alt.strip():
        raise context.error(pattern, "the image has no fig-alt: say in words what it shows.")
    root, place = context.document.root, context.place(pattern)
    start = root if source.startswith("/") else context.document.file.parent
    file = inside(root, start / source.lstrip("/"), place)
    return Picture(file.relative_to(root).as_posix(), alt, given.get("width", ""))


def _div(context: Context, writer: ModuleType, node: Node) -> list[Node]:
    (identifier, classes, pairs), blocks = node["c"]
    given = dict(pairs)
    callout = [name[8:] for name in classes if name.startswith("callout-")]
    if len(callout) == 1 and callout[0] in CALLOUTS and len(classes) == 1:
        return _callout(context, writer, callout[0], given, blocks)
    if classes == ["panel-tabset"] and not given:
        return list(writer.tabset(context, _tabs(context, blocks)))
    if set(given) == {"layout-ncol"} and not classes and not identifier:
        if not re.fullmatch(r"[1-6]", given["layout-ncol"]):
            raise context.error("layout-ncol", "layout-ncol is a number from 1 to 6.")
        cells = [context.walk_into([block]) for block in blocks]
        return list(writer.columns(int(given["layout-ncol"]), cells))
    if kind_of(identifier) in ("fig", "tbl") and not classes and not given:
        if len(blocks) < 2 or blocks[-1]["t"] != "Para":
            raise context.error(identifier, f"#{identifier} needs content and then its caption.")
        caption = context.walk_into(blocks[-1]["c"])
        content = context.walk_into(blocks[:-1])
        label = context.labels[identifier]
        return list(writer.figure(content, caption, identifier, label, context))
    _refuse_classes(context, node, BLOCK_CLASSES)
    return [{"t": "Div", "c": [[identifier, classes, pairs], context.walk_into(blocks)]}]


def _callout(
    context: Context, writer: ModuleType, kind: str, given: dict[str, str], blocks: list[Node]
) -> list[Node]:
    unknown = sorted(set(given) - {"title", "collapse", "icon", "appearance"})
    if unknown:
        raise context.error(f"callout-{kind}", f"callouts do not know {unknown[0]!r} here.")
    title: Sequence[Node] = []
    if "title" in given:
        title = inline(context.document, given["title"], context.target)
    elif blocks and blocks[0]["t"] == "Header":
        title, blocks = context.walk_into(blocks[0]["c"][2]), blocks[1:]
    collapse = given.get("collapse", "")
    if collapse not in ("", "true", "false"):
        raise context.error(f"callout-{kind}", "collapse is true or false.")
    return list(writer.callout(context, kind, title, context.walk_into(blocks), collapse))


def _tabs(context: Context, blocks: list[Node]) -> list[tuple[Node, list[Node]]]:
    """Return (heading, content) of each tab."""
    if not blocks or blocks[0]["t"] != "Header":
        raise context.error("panel-tabset", "a tabset starts with the heading of its first tab.")
    tabs: list[tuple[Node, list[Node]]] = []
    for block in blocks:
        if block["t"] == "Header" and block["c"][0] == blocks[0]["c"][0]:
            tabs.append((block, []))
        else:
            tabs[-1][1].append(block)
    return [(heading, context.walk_into(content)) for heading, content in tabs]


def _raw(context: Context, node: Node) -> list[Node]:
    target = node["c"][0]
    if target not in TARGETS:
        what = f"raw blocks are for {' or '.join(TARGETS)} here, not {target}."
        raise context.error(rf"\{{={re.escape(target)}\}}", what)
    return [node] if target == context.target else []


def _refuse_classes(context: Context, node: Node, known: frozenset[str]) -> None:
    (identifier, classes, pairs), _ = node["c"]
    for name in [*classes, *(key for key, _ in pairs)]:
        if name not in known:
            what = f"{name!r} is not in the subset that both renderers know."
            raise context.error(rf"[:\[{{. ]{re.escape(name)}\b", what)


def _check_link(context: Context, target: str) -> None:
    if not _SAFE_LINK.match(target):
        raise context.error(re.escape(target), f"the link {target!r} goes nowhere a report may go.")
    if target.startswith("#") and target[1:] not in context.identifiers:
        raise context.error(re.escape(target), f"{target} refers to nothing here.")


def plain_title(inlines: Sequence[Node]) -> str:
    """Return a title without markup, for the window and the PDF's own title."""
    return " ".join(plain(list(inlines)).split())
