"""Text from data comes out as those characters, whatever it looks like, in every target.

Not covered: how a spreadsheet shows the apostrophe of a defused formula (its own business).
"""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexo.report.escape import (
    escape_csv,
    escape_html,
    escape_json,
    escape_markdown,
    escape_typst,
    plain_text,
)
from nexo.report.render.nodes import READER, pandoc
from nexo.report.render.source import Names, expand_text

HOSTILE = [
    "{{< include /etc/passwd >}}",
    "{{< env HOME >}}",
    "{{{< var x >}}}",
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!-- hidden -->",
    "=cmd()",
    '=HYPERLINK("x")',
    "+1+cmd",
    "-2+3",
    "@SUM(A1)",
    '#read("x")',
    "#sys.version",
    "[x](javascript:alert(1))",
    "![x](file:///etc/passwd)",
    "@fig-a",
    "[-@tbl-a]",
    "<fig-a>",
    "$x$ and $y$",
    "a|b|c",
    "a\nb",
    "a\r\n\r\n# b",
    ":::",
    "::: {.callout-note}",
    "```{=html}",
    "`code`",
    "--- ... \"q\" 'z'",
    "    indented",
    "1. one",
    "- one",
    "(@) one",
    "**b** _i_ ~s~ ^u^ ~~z~~",
    "https://example.org/a?b=c&d",
    "// line /* block */",
    "\\newpage \\",
    "&amp; &lt; &#123;",
    "{#fig-a .big}",
    "[^1]",
    "tab\there  two  spaces ",
    "Ñandú €5 – ≤ × 3",
]

PRINTABLE = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("C", "Zl", "Zp")),
    max_size=60,
)


class _Text(HTMLParser):
    """Collects the text of a page, and the elements met on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.elements: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def _read(page: str) -> tuple[str, list[str]]:
    reader = _Text()
    reader.feed(page)
    reader.close()
    return "".join(reader.pieces), reader.elements


def _through_pandoc(markdown: str) -> tuple[str, list[str]]:
    page = pandoc("-f", READER, "-t", "html", "--wrap=none", text=f"START{markdown}END\n")
    text, elements = _read(page)
    return text.strip().removeprefix("START").removesuffix("END"), elements


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_by_markdown_as_it_is(text: str) -> None:
    shown, elements = _through_pandoc(escape_markdown(text))
    assert shown == plain_text(text)
    assert elements == ["p"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_alone_on_its_line_starts_no_block(text: str) -> None:
    page = pandoc("-f", READER, "-t", "html", "--wrap=none", text=escape_markdown(text) + "\n")
    shown, elements = _read(page)
    assert shown.rstrip("\n") == plain_text(text)
    assert elements == ["p"]


@given(st.lists(PRINTABLE, min_size=1, max_size=40))
@settings(max_examples=25)
def test_any_text_survives_markdown(texts: list[str]) -> None:
    markdown = "\n\n".join(f"S{escape_markdown(text)}E" for text in texts) + "\n"
    page = pandoc("-f", READER, "-t", "html", "--wrap=none", text=markdown)
    shown, elements = _read(page)
    assert shown == "\n".join(f"S{plain_text(text)}E" for text in texts) + "\n"
    assert elements == ["p"] * len(texts)


@given(PRINTABLE)
@settings(max_examples=25)
def test_any_text_fits_in_a_pipe_table(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| x{escape_markdown(text)}x | y |\n"
    shown, elements = _read(pandoc("-f", READER, "-t", "html", "--columns=100000", text=table))
    assert elements.count("td") == 2
    assert f"x{plain_text(text)}x" in shown


@given(st.text(max_size=80))
def test_markdown_holds_nothing_that_quarto_looks_for(text: str) -> None:
    # Quarto searches the source for {{< before pandoc reads it, so no brace may be left.
    escaped = escape_markdown(text)
    assert not set("{}<>|:@$`[]()*_~^\\\"'") & set(escaped)
    assert expand_text(escaped, "x:1", Names({}, {})) == escaped


@given(st.text(max_size=80))
def test_any_text_survives_html_also_in_an_attribute(text: str) -> None:
    escaped = escape_html(text)
    assert _read(f"<p>{escaped}</p>") == (plain_text(text), ["p"])

    class Attribute(HTMLParser):
        value = None

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.value = dict(attrs)["alt"]

    reader = Attribute()
    reader.feed(f'<img alt="{escaped}">')
    assert reader.value == plain_text(text)


def test_hostile_text_in_typst_is_read_back_unchanged() -> None:
    import typst

    # Typst evaluates every escape in one document; plain strings have no markup to execute.
    body = ",".join(f"[{escape_typst(text)}.x(y)]" for text in HOSTILE)
    source = f"#metadata(({body},).map(x => x.children.map(c => c.text).join())) <all>"
    read = json.loads(typst.query(source.encode(), "<all>", field="value", one=True))
    assert read == [plain_text(text) + ".x(y)" for text in HOSTILE]


def test_markdown_written_as_typst_shows_the_same_characters() -> None:
    import typst

    # Typst, like a page, shows one space where several stand; three dots are mended by the
    # renderer (test_render_whole.py), because pandoc leaves Typst's shorthand for them.
    texts = [" ".join(plain_text(text).replace("...", "").split()) for text in HOSTILE]
    markdown = "\n\n".join(f"x{escape_markdown(text)}x" for text in texts) + "\n"
    body = pandoc("-f", READER, "-t", "typst", "--wrap=none", text=markdown)
    source = (
        '#let t(c) = if c.has("text") { c.text } else if c.has("children") '
        '{ c.children.map(t).join() } else if c.func() == parbreak { "\\n" } else { " " }\n'
        f"#metadata(t[{body.strip()}]) <t>"
    )
    shown = json.loads(typst.query(source.encode(), "<t>", field="value", one=True))
    assert shown.split("\n") == [f"x{text}x" for text in texts]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_csv_cells_are_read_back_and_run_nothing(texts: list[str]) -> None:
    line = ",".join(map(escape_csv, texts)) + "\n"
    (row,) = csv.reader(io.StringIO(line))
    for cell, text in zip(row, texts, strict=True):
        assert cell.removeprefix("'") == plain_text(text).removeprefix("'")
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))


@given(st.text(max_size=80))
def test_json_in_a_script_element_cannot_end_it(text: str) -> None:
    written = escape_json({"label": text})
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == {"label": text}


def test_what_reverses_or_hides_text_becomes_visible() -> None:
    assert plain_text("a\u202eb\x00c") == "a\ufffdb\ufffdc"
