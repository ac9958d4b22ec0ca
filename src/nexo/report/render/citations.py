"""Citations of the literature: pandoc's own citeproc, with the document's bibliography."""

from __future__ import annotations

import json
import re

from nexo.base.errors import RenderError
from nexo.report.render.nodes import Node, pandoc, rewrite
from nexo.report.render.project import Document
from nexo.report.render.source import inside, locate


def cited(document: Document, blocks: list[Node], target: str) -> list[Node]:
    """Return the blocks with each citation written out and the list of references at the end.

    Without a ``bibliography`` the blocks are returned as they are. Raises RenderError for a
    bibliography outside of the report folder and for a citation that is not in it.
    """
    name = document.option(target, "bibliography")
    if not name:
        return blocks
    folder = document.root if str(name).startswith("/") else document.file.parent
    file = inside(document.root, folder / str(name).lstrip("/"), document.name)
    lang = {"t": "MetaString", "c": document.option(target, "lang")}
    tree = {"pandoc-api-version": [1, 23, 1, 1], "meta": {"lang": lang}, "blocks": blocks}
    options = ("-f", "json", "-t", "json", "--citeproc", "--bibliography", str(file))
    try:
        done = json.loads(pandoc(*options, text=json.dumps(tree)))["blocks"]
    except RenderError as problem:
        found = re.search(r"citation (\S+) not found", str(problem))
        pattern = f"@{re.escape(found[1])}" if found else "@"
        raise RenderError(f"{locate(document.lines, pattern, document.name)}: {problem}") from None
    return list(rewrite(done, _written_out))


def _written_out(node: Node) -> list[Node] | None:
    """Leave citeproc's words alone, or Typst would look for a bibliography of its own."""
    return list(node["c"][1]) if node["t"] == "Cite" else None
