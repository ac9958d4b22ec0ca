"""Pandoc's document tree as JSON: the few constructors and walks that the renderer needs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

from nexo.base.errors import RenderError

Node = dict[str, Any]
Visit = Callable[[Node], "list[Node] | None"]

READER = (
    "markdown-raw_html-raw_tex-native_divs-native_spans-markdown_in_html_blocks"
    "-latex_macros-tex_math_single_backslash-tex_math_double_backslash"
)
"""Pandoc's Markdown as Quarto uses it, less HTML and TeX outside of raw blocks."""

_LEAVES = frozenset(
    {"Str", "Space", "SoftBreak", "LineBreak", "Code", "Math", "RawInline", "RawBlock", "CodeBlock"}
)
"""Nodes that hold text and no other node (but the kind of a formula)."""


@cache
def pandoc_path() -> str:
    """Return the path of the pandoc that pypandoc-binary brings."""
    import pypandoc

    return str(pypandoc.get_pandoc_path())


@cache
def pandoc_version() -> str:
    """Return pandoc's version, for the receipt."""
    return pandoc("--version", text="").split()[1]


def pandoc(*arguments: str, text: str) -> str:
    """Run pandoc on ``text``; raise RenderError with its own words when it fails or warns."""
    done = subprocess.run(
        [pandoc_path(), *arguments], input=text.encode(), capture_output=True, check=False
    )
    message = done.stderr.decode(errors="replace").strip()
    if done.returncode or message:
        raise RenderError(f"pandoc stopped: {message or f'exit code {done.returncode}'}")
    return done.stdout.decode()


@lru_cache(maxsize=16)
def parse(markdown: str) -> Node:
    """Return the document tree of Markdown; pandoc reads no other file.

    Page and PDF are made from the same tree: nobody changes a node, ``rewrite`` copies.
    """
    # Pipe tables whose source is wide would get fixed column widths; no line is that wide here.
    return dict(
        json.loads(
            pandoc("-f", READER, "-t", "json", "--columns=100000", "--sandbox", text=markdown)
        )
    )


def rewrite(content: Any, visit: Visit) -> Any:
    """Return a copy of the tree in which each node is what ``visit`` makes of it.

    ``visit`` returns the nodes that take the node's place (it walks into them itself), or
    None to keep the node and walk into it. Nodes that hold no other are kept as they are.
    """
    if isinstance(content, dict):
        return {key: rewrite(value, visit) for key, value in content.items()}
    if not isinstance(content, list):
        return content
    done: list[Any] = []
    for item in content:
        kind = item.get("t") if isinstance(item, dict) else None
        instead = visit(item) if kind else None
        if instead is not None:
            done.extend(instead)
        else:
            done.append(item if kind in _LEAVES else rewrite(item, visit))
    return done


def walk(content: Any) -> Iterator[Node]:
    """Yield every node of the tree, in the order of the text."""
    ahead = [content]
    while ahead:
        at = ahead.pop()
        if isinstance(at, list):
            ahead += reversed(at)
        elif isinstance(at, dict):
            if "t" in at:
                yield at
            if at.get("t") not in _LEAVES:
                ahead += reversed(at.values())


def plain(content: Any) -> str:
    """Return the text of inlines or blocks, without markup; line breaks are spaces."""
    pieces = []
    for node in walk(content):
        if node["t"] == "Str":
            pieces.append(node["c"])
        elif node["t"] in ("Space", "SoftBreak", "LineBreak"):
            pieces.append(" ")
        elif node["t"] in ("Code", "Math"):
            pieces.append(node["c"][1])
    return "".join(pieces)


def words(text: str) -> list[Node]:
    """Return text as inlines."""
    done: list[Node] = []
    for word in text.split(" "):
        done += [{"t": "Space"}] if done else []
        done += [{"t": "Str", "c": word}] if word else []
    return done


def raw(target: str, text: str) -> Node:
    """Return a piece of the target's own language, within a line."""
    return {"t": "RawInline", "c": [target, text]}


def raw_block(target: str, text: str) -> Node:
    """Return a piece of the target's own language, as a block."""
    return {"t": "RawBlock", "c": [target, text]}


def line(inlines: Sequence[Node]) -> Node:
    """Return inlines as one block without the space of a paragraph."""
    return {"t": "Plain", "c": list(inlines)}


def attributes(
    identifier: str = "", classes: Sequence[str] = (), pairs: Sequence[tuple[str, str]] = ()
) -> list[Any]:
    """Return pandoc's attribute triple."""
    return [identifier, list(classes), [list(pair) for pair in pairs]]


def div(blocks: Sequence[Node], classes: Sequence[str], *pairs: tuple[str, str]) -> Node:
    """Return a Div with these classes and attributes."""
    return {"t": "Div", "c": [attributes("", classes, pairs), list(blocks)]}


def span(inlines: Sequence[Node], *classes: str) -> Node:
    """Return a Span with these classes."""
    return {"t": "Span", "c": [attributes("", classes), list(inlines)]}


def link(inlines: Sequence[Node], target: str, *classes: str) -> Node:
    """Return a link."""
    return {"t": "Link", "c": [attributes("", classes), list(inlines), [target, ""]]}
