"""What changes the shape of a document before its parts are written: formats and levels."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from nexo.base.errors import RenderError
from nexo.report.render.nodes import Node, rewrite, walk
from nexo.report.render.project import TARGETS, Document
from nexo.report.render.source import locate


def visible(document: Document, blocks: list[Node], target: str) -> list[Node]:
    """Leave out what ``content-visible`` and ``content-hidden`` keep from this target."""

    def visit(node: Node) -> list[Node] | None:
        if node["t"] not in ("Div", "Span"):
            return None
        (identifier, classes, pairs), content = node["c"]
        shown = {"content-visible", "content-hidden"} & set(classes)
        if not shown:
            return None
        where = dict(pairs)
        named = [where.get("when-format"), where.get("unless-format")]
        if len(shown) != 1 or set(where) - {"when-format", "unless-format"} or not any(named):
            what = "needs when-format or unless-format, and nothing else."
            raise RenderError(f"{locate(document.lines, shown.pop(), document.name)}: {what}")
        if set(filter(None, named)) - set(TARGETS):
            what = f"formats here are {' and '.join(TARGETS)}; got {named}."
            raise RenderError(f"{locate(document.lines, str(named[0]), document.name)}: {what}")
        is_named = named[0] in (None, target) and named[1] != target
        if is_named is not ("content-visible" in shown):
            return []
        rest = [name for name in classes if name not in shown]
        inner = list(rewrite(content, visit))
        if rest or identifier:
            return [{"t": node["t"], "c": [[identifier, rest, []], inner]}]
        return inner

    return list(rewrite(blocks, visit))


def levelled(blocks: list[Node]) -> list[Node]:
    """Shift the headings so that the highest one is of level 1, as Quarto does for Typst.

    Headings inside a callout or a tabset are titles of boxes: they are not numbered.
    """
    levels = [node["c"][0] for node in walk(blocks) if node["t"] == "Header"]
    shift = min(levels, default=1) - 1

    def visit(node: Node, extra: Sequence[str] = ()) -> list[Node] | None:
        if node["t"] == "Div":
            attr, content = node["c"]
            boxed = any(name.startswith(("callout-", "panel-")) for name in attr[1])
            inner = partial(visit, extra=("unnumbered", "unlisted") if boxed else extra)
            return [{"t": "Div", "c": [attr, rewrite(content, inner)]}]
        if node["t"] != "Header":
            return None
        level, (identifier, classes, pairs), inlines = node["c"]
        attr = [identifier, [*classes, *extra], pairs]
        return [{"t": "Header", "c": [level - shift, attr, inlines]}]

    return list(rewrite(blocks, visit))
