"""Shortcodes and plain Markdown: what page and Typst source show of them, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from nexo.report.render import embedded
from nexo.report.render.project import read_document
from support.report_page import Show, refused

# Shortcodes


def test_variables_and_options_are_put_in(show: Show) -> None:
    page, typst = show("n = {{< var es.n >}}, {{< meta terms.draft >}}")
    assert page == "<p>n = 1.234, BORRADOR</p>"
    assert "n \\= 1.234, BORRADOR" in typst or "n = 1.234, BORRADOR" in typst


def test_variables_stand_in_headings_and_titles(show: Show, root: Path) -> None:
    page, typst = show("## Con {{< var es.n >}}", 'title: "Hay {{< var es.n >}}"')
    assert "Con 1.234</h2>" in page
    assert "= Con 1.234" in typst
    whole = embedded.html_page(read_document(root / "es" / "brief.qmd", root))
    assert '<h1 class="title">Hay 1.234</h1>' in whole
    assert "<title>Hay 1.234</title>" in whole


def test_a_value_never_starts_a_block(show: Show) -> None:
    assert show("{{< var es.list >}}")[0] == "<p>- 5 puntos</p>"


def test_shown_shortcodes_are_text(show: Show) -> None:
    page, typst = show("a {{{< var x >}}} b `{{{< var y >}}}`")
    assert page == "<p>a {{&lt; var x &gt;}} b <code>{{&lt; var y &gt;}}</code></p>"
    assert "`{{< var y >}}`" in typst


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "ok\n\n{{< var es.nn >}}",
            r"es/brief\.qmd:6: there is no var 'es\.nn'\. Did you mean 'n' for 'nn'",
        ),
        ("{{< var es >}}", r":4: var 'es' is not a single value"),
        ("{{< var es.bad >}}", r":4: es\.bad holds a shortcode"),
        ("{{< video x >}}", r":4: the shortcode 'video' is not known"),
        ("{{< meta nothing >}}", r":4: there is no meta 'nothing'"),
        ("{{< var es.n", r":4: a shortcode starts"),
        ("`{{< var es.n >}}`", r":4: a shortcode inside code"),
        ("```\n{{< var es.n >}}\n```", r":5: a shortcode inside code"),
        ('![c](/_generated/es/a.svg){fig-alt="{{< var es.n >}}"}', r":4: .*inside an attribute"),
        ("text {{< pagebreak >}}", r":4: the shortcode 'pagebreak'"),
        ("<b>x</b>", r":4: <b> is HTML"),
        ("<!-- open", r":4: a comment is not closed"),
        ("```\nopen", r":5: a block of code is not closed"),
    ],
)
def test_what_cannot_be_carried_out_is_refused(show: Show, body: str, message: str) -> None:
    refused(show, body, message)


def test_includes_are_read_from_the_report_folder(show: Show, root: Path) -> None:
    (root / "_generated" / "es" / "t.md").write_text("inside {{< var es.n >}}\n")
    (root / "es" / "near.md").write_text("near\n")
    page, typst = show("{{< include /_generated/es/t.md >}}\n{{< include near.md >}}")
    assert page == "<p>inside 1.234</p>\n<p>near</p>"
    assert "inside 1.234" in typst


def test_errors_inside_an_include_name_the_include(show: Show, root: Path) -> None:
    (root / "es" / "part.md").write_text("one\n\n{{< var nothing >}}\n")
    refused(show, "{{< include part.md >}}", r"^es/part\.md:3: there is no var")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/etc/passwd", "there is no file 'etc/passwd'"),
        ("../../../../etc/passwd", "outside of the report folder"),
        ("round.md", "circle"),
    ],
)
def test_includes_do_not_leave_the_folder(show: Show, root: Path, path: str, message: str) -> None:
    (root / "es" / "round.md").write_text("{{< include round.md >}}\n")
    refused(show, f"{{{{< include {path} >}}}}", message)


def test_a_page_break_breaks_the_paper(show: Show) -> None:
    page, typst = show("a\n\n{{< pagebreak >}}\n\nb")
    assert '<div class="page-break">' in page
    assert "#pagebreak(weak: true)" in typst


def test_comments_are_left_out(show: Show) -> None:
    page, typst = show("a <!-- not\n\nthis --> b")
    assert "not" not in page + typst


# Plain Markdown


def test_lists_links_and_footnotes(show: Show) -> None:
    page, typst = show("- a\n- [b](https://example.org)\n\nc[^1]\n\n[^1]: note")
    assert "<li>a</li>" in page
    assert '<a href="https://example.org">b</a>' in page
    assert 'role="doc-noteref"' in page
    assert '#link("https://example.org")[b]' in typst
    assert "#footnote[note]" in typst


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "#nowhere", "//x.y"])
def test_links_go_where_a_report_may_go(show: Show, target: str) -> None:
    refused(show, f"[a]({target})", r"es/brief\.qmd:4: ")


def test_math_is_mathml_and_told_in_the_pdf(show: Show) -> None:
    page, typst = show("$x^2$")
    assert "<math" in page
    assert '#set math.equation(alt: "x^2")' in typst


def test_raw_blocks_reach_their_target_alone(show: Show) -> None:
    page, typst = show("```{=html}\n<b>x</b>\n```\n\n```{=typst}\n#strong[y]\n```")
    assert page == "<b>x</b>"
    assert "#strong[y]" in typst and "<b>" not in typst


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("a\n\n```{=latex}\nx\n```", r":6: raw blocks are for html or typst"),
        ("```{python}\n1\n```", r":4: reports execute no code"),
        ("a\n\n::: {.column-margin}\nx\n:::", r":6: 'column-margin' is not in the subset"),
        ("[a]{.strange}", r":4: 'strange' is not in the subset"),
        ("[a]{style='x'}", r":4: 'style' is not in the subset"),
        ("see @fig-none", r":4: @fig-none refers to nothing here"),
        ("see @smith", r":4: @smith refers to nothing here"),
        ("::: {.callout-danger}\nx\n:::", r":4: 'callout-danger' is not in the subset"),
        ("::: {.callout-note collapse='maybe'}\nx\n:::", r":4: collapse is true or false"),
        ("::: {.panel-tabset}\nx\n:::", r":4: a tabset starts with the heading"),
        ("::: {layout-ncol=99}\nx\n:::", r":4: layout-ncol is a number"),
        (
            "::: {.content-visible when-format='docx'}\nx\n:::",
            r":4: formats here are html and typst",
        ),
        ("![c](/_generated/es/a.svg)", r":4: the image has no fig-alt"),
        ('![c](none.svg){fig-alt="a"}', r":4: there is no file 'es/none.svg'"),
        ("# A {#sec-a}\n\n# B {#sec-a}", r":6: .*'sec-a'"),
        ("# A {#sec-a}\n\n@sec-a", r":6: @sec-a needs number-sections"),
    ],
)
def test_what_is_outside_of_the_subset_is_refused(show: Show, body: str, message: str) -> None:
    refused(show, body, message)


def test_unknown_options_are_refused_with_their_line(show: Show) -> None:
    refused(show, "x", r"es/brief\.qmd:3: the option 'execute'", "title: T\nexecute: {echo: true}")
    refused(show, "x", r"es/brief\.qmd:3: format 'docx'", "title: T\nformat: docx")
