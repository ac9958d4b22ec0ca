"""What ``@fig-x`` points at: figures, tables, sections and equations with their numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nexo.base.errors import RenderError
from nexo.report.render.nodes import Node, link, span, walk

NAMES = {
    "es": {"fig": "Figura", "tbl": "Tabla", "sec": "Sección", "eq": "Ecuación"},
    "en": {"fig": "Figure", "tbl": "Table", "sec": "Section", "eq": "Equation"},
}
_LABEL = re.compile(r"^(fig|tbl|sec|eq)-[\w-]+$")
_EQUATION = re.compile(r"^\{#(eq-[\w-]+)\}$")
NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Label:
    """One thing that can be referred to: its kind (fig, tbl, sec, eq) and its number as text."""

    kind: str
    number: str


Fail = Callable[[str, str], RenderError]
"""Builds the error for (pattern of the line at fault, what is wrong)."""


def kind_of(identifier: str) -> str:
    """Return fig, tbl, sec or eq for a label, else an empty text."""
    match = _LABEL.match(identifier)
    return match[1] if match else ""


def identifier_of(node: Node) -> str:
    """Return the identifier of a node that has one."""
    if node["t"] == "Header":
        return str(node["c"][1][0])
    if node["t"] in ("Figure", "Table", "Div", "Span", "CodeBlock", "Link", "Image", "Code"):
        return str(node["c"][0][0])
    return ""


def equation_label(node: Node) -> str:
    """Return the label of a paragraph that holds one displayed equation, else an empty text."""
    inlines = node["c"] if node["t"] in ("Para", "Plain") else []
    if inlines and inlines[0]["t"] == "Math" and inlines[0]["c"][0]["t"] == "DisplayMath":
        match = _EQUATION.match(inlines[-1]["c"]) if inlines[-1]["t"] == "Str" else None
        return match[1] if match else ""
    return ""


def number_all(blocks: list[Node], numbers_sections: bool, depth: int, fail: Fail) -> Any:
    """Return (labels by identifier, section numbers by identifier, all identifiers), numbered in
    the order of the text."""
    labels: dict[str, Label] = {}
    sections: dict[str, str] = {}
    seen: set[str] = set()
    counts = {"fig": 0, "tbl": 0, "eq": 0}
    section = [0] * 6
    for node in walk(blocks):
        identifier = equation_label(node) or identifier_of(node)
        kind = kind_of(identifier)
        if identifier in seen:
            raise fail(re.escape(identifier), f"the label #{identifier} is used twice.")
        if identifier:
            seen.add(identifier)
        if node["t"] == "Header":
            number = _section_number(node, section, depth) if numbers_sections else ""
            if number:
                sections[identifier] = number
            if kind == "sec":
                labels[identifier] = Label(kind, number)
        elif kind in counts:
            counts[kind] += 1
            labels[identifier] = Label(kind, str(counts[kind]))
    return labels, sections, frozenset(seen)


def _section_number(node: Node, section: list[int], depth: int) -> str:
    level, (_, classes, _), _ = node["c"]
    if "unnumbered" in classes or level > depth:
        return ""
    section[level - 1] += 1
    section[level:] = [0] * (6 - level)
    return ".".join(str(count) for count in section[:level])


def referred(cite: Node, labels: dict[str, Label], lang: str, fail: Fail) -> list[Node]:
    """Return the links that take the place of ``@fig-x`` or ``[@fig-x; @tbl-y]``."""
    done: list[Node] = []
    for citation in cite["c"][0]:
        identifier = citation["citationId"]
        label = labels.get(identifier)
        if label is None:
            raise fail(f"@{re.escape(identifier)}", f"@{identifier} refers to nothing here.")
        if not label.number:
            what = f"@{identifier} needs number-sections: true, or it has no number to print."
            raise fail(f"@{re.escape(identifier)}", what)
        shows_name = citation["citationMode"]["t"] != "SuppressAuthor"
        name = NAMES[lang][label.kind] + NBSP if shows_name else ""
        prefix = [*citation["citationPrefix"], {"t": "Space"}] if citation["citationPrefix"] else []
        text = name + (f"({label.number})" if label.kind == "eq" else label.number)
        done += [{"t": "Str", "c": ","}, {"t": "Space"}] if done else []
        done += [*prefix, link([{"t": "Str", "c": text}], f"#{identifier}", "ref")]
        done += citation["citationSuffix"]
    return done


def is_reference(cite: Node) -> bool:
    """Tell whether a citation is a cross-reference (and not one to the literature)."""
    return any(kind_of(citation["citationId"]) for citation in cite["c"][0])


def caption_start(kind: str, number: str, lang: str) -> list[Node]:
    """Return the "Figura 1:" that stands in front of a caption on the page."""
    text = f"{NAMES[lang][kind]}{NBSP}{number}:"
    return [span([{"t": "Str", "c": text}], "caption-label"), {"t": "Space"}]
