"""Markdown tables: cells already written by formats.py, text from data through ``text``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nexo.base.errors import EmptyResultError
from nexo.report.escape import escape_markdown

LONG_TEXT = 60
"""Characters of a data label that a table shows; the rest is cut with an ellipsis."""


@dataclass(frozen=True)
class Column:
    """A column: its heading, the side it is aligned to, and its share of the width."""

    heading: str
    align: str = "left"
    width: int = 10


def text(value: object, longest: int = LONG_TEXT) -> str:
    """Return a label from data as Markdown that shows it and nothing else; long ones are cut."""
    label = str(value)
    if len(label) > longest:
        label = label[: longest - 1] + "…"
    return escape_markdown(label)


def right(heading: str, width: int = 8) -> Column:
    """A column of numbers."""
    return Column(heading, "right", width)


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], caption: str = "", label: str = ""
) -> str:
    """Write a pipe table with its caption and ``#tbl-`` label.

    Raises EmptyResultError for no rows: what is absent is said in words, never by a bare head.
    """
    if not rows:
        raise EmptyResultError(f"the table {label or columns[0].heading!r} would have no rows.")
    lines = [_line([column.heading for column in columns]), _rule(columns)]
    lines += [_line(row) for row in rows]
    block = "\n".join(lines) + "\n"
    if caption:
        mark = f" {{#{label}}}" if label else ""
        block += f"\n: {caption}{mark}\n"
    return block


def paragraphs(*parts: str) -> str:
    """Join blocks of Markdown with an empty line between; empty ones vanish."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def sentences(*parts: str) -> str:
    """Join sentences into one paragraph; empty ones vanish."""
    return " ".join(part for part in parts if part)


def bullets(items: Sequence[str]) -> str:
    """Write a list."""
    return "\n".join(f"- {item}" for item in items) + "\n"


def callout(kind: str, title: str, body: str) -> str:
    """Write a callout (note, tip, important, warning or caution) with its title."""
    return f'::: {{.callout-{kind} title="{title}"}}\n{body.strip()}\n:::\n'


def _line(cells: Sequence[str]) -> str:
    return (
        "| " + " | ".join(cell.replace("|", "&#124;").replace("\n", " ") for cell in cells) + " |"
    )


def _rule(columns: Sequence[Column]) -> str:
    """The dashes carry the relative widths that pandoc uses when a line is long."""
    marks = []
    for column in columns:
        dashes = "-" * max(3, column.width)
        marks.append(dashes[:-1] + ":" if column.align == "right" else ":" + dashes[1:])
    return "|" + "|".join(marks) + "|"
