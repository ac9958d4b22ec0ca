"""Text that comes from data stays text: one escaping function for each target.

A segment called ``<script>`` or ``{{< include /etc/passwd >}}`` must come out as those very
characters in the page, the PDF, the CSV and the JSON; whoever prints a value from data calls
one of these functions, and nothing else decides what is safe.
"""

from __future__ import annotations

import json
import re
from typing import Any

_BREAKS = re.compile(r"\r\n|[\n\r\t\v\f\x1c-\x1f\x85\u2028\u2029]")
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_UNSAFE_SPACE = re.compile(r"^ +| +$| {2,}")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def plain_text(text: str) -> str:
    """Return ``text`` on one line, without control characters or changes of direction.

    Line breaks and tabs become a space; characters that no printer shows, and those that
    reverse the order of what follows, become the replacement character U+FFFD.
    """
    return _INVISIBLE.sub("\ufffd", _BREAKS.sub(" ", text))


def escape_markdown(text: str) -> str:
    """Return Markdown that shows exactly ``plain_text(text)``, in pandoc and in Quarto.

    Every ASCII punctuation mark becomes a numeric character reference. A backslash would
    satisfy pandoc, but Quarto looks for ``{{<`` in the source before pandoc reads it; with
    references there is no brace, pipe, colon, at sign or angle bracket left to find, so the
    result also fits in a pipe table, a heading, a link text or a quoted attribute.
    """
    flat = plain_text(text)
    marked = _PUNCTUATION.sub(_reference, flat)
    return _UNSAFE_SPACE.sub(lambda spaces: "&#32;" * len(spaces.group()), marked)


def escape_html(text: str) -> str:
    """Return HTML that shows exactly ``plain_text(text)``, also inside a quoted attribute."""
    return re.sub(r"[&<>\"'`=]", _reference, plain_text(text))


def escape_typst(text: str) -> str:
    """Return Typst markup that shows exactly ``plain_text(text)``.

    A string in code position is never read as markup; the semicolon ends the expression, so
    that what follows (``.len()``, ``(x)``) is not taken for a call on it.
    """
    return "#" + typst_string(plain_text(text)) + ";"


def typst_string(text: str) -> str:
    """Return a Typst string literal that holds ``text``."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{inner}"'


def escape_csv(text: str) -> str:
    """Return one quoted CSV cell; what a spreadsheet would run as a formula starts with ``'``."""
    flat = plain_text(text)
    if flat.lstrip().startswith(("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")):
        flat = "'" + flat
    return '"' + flat.replace('"', '""') + '"'


def escape_json(content: Any) -> str:
    """Return JSON that may stand inside a ``<script>`` element: no tag can open or close in it."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _reference(match: re.Match[str]) -> str:
    return f"&#{ord(match.group())};"
