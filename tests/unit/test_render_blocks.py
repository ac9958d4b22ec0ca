"""Blocks, numbers and references: what the page and the Typst source show of each."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from nexo.report.figures_data import Numbers, Part, folded
from nexo.report.render import embedded
from nexo.report.render.project import read_document
from support.report_page import FIGURE, Show

# Blocks


@pytest.mark.parametrize("kind", ["note", "tip", "important", "warning", "caution"])
def test_callouts_have_five_kinds(show: Show, kind: str) -> None:
    page, typst = show(f"::: {{.callout-{kind}}}\nbody\n:::")
    title = {
        "note": "Nota",
        "tip": "Consejo",
        "important": "Importante",
        "warning": "Advertencia",
        "caution": "Precaución",
    }[kind]
    assert f'<div class="callout callout-{kind}"><p class="callout-title">{title}</p>' in page
    assert f'#nexo-callout(kind: "{kind}", title: [{title}])[' in typst


def test_callouts_take_titles_and_collapse(show: Show) -> None:
    page, typst = show('::: {.callout-note title="A *b*" collapse="true"}\nbody\n:::')
    assert (
        '<details class="callout callout-note"><summary class="callout-title">A <em>b</em>' in page
    )
    assert "title: [A #emph[b]]" in typst
    page, typst = show("::: {.callout-note}\n## Heading\n\nbody\n:::")
    assert '<p class="callout-title">Heading</p>' in page
    assert "title: [Heading]" in typst and "= Heading" not in typst


def test_tabs_are_sections_on_paper(show: Show) -> None:
    page, typst = show("## A\n\n::: {.panel-tabset}\n\n### One\n\nx\n\n### Two\n\ny\n\n:::")
    assert page.count('<input type="radio"') == 2
    assert page.count(" checked>") == 1
    assert "#heading(level: 2, outlined: false, numbering: none)[One]" in typst


def test_columns_stand_side_by_side(show: Show) -> None:
    page, typst = show("::: {layout-ncol=2}\na\n\nb\n:::")
    assert '<div class="layout" style="--columns: 2">' in page
    assert page.count('class="cell"') == 2
    assert "grid(columns: (1fr,) * 2," in typst


def test_content_for_one_format(show: Show) -> None:
    body = (
        "::: {.content-visible when-format='html'}\nP\n:::\n\n"
        "::: {.content-hidden when-format='html'}\nQ\n:::\n\n"
        "[R]{.content-visible unless-format='typst'}\n"
    )
    page, typst = show(body)
    assert "P" in page and "Q" not in page and "R" in page
    assert "P" not in typst and "Q" in typst and "R" not in typst


def test_own_blocks_mean_the_same_in_both(show: Show) -> None:
    page, typst = show("::: {.headline}\n[5]{.big} x\n:::\n\n::: {.page-only}\nonly\n:::")
    assert '<div class="headline">' in page and '<span class="big">5</span>' in page
    assert "#nexo-headline[" in typst and "#nexo-big[5]" in typst
    assert "only" in page and "only" not in typst


# Numbers and references


@pytest.mark.parametrize(
    ("lang", "figure", "table", "equation", "section"),
    [
        ("es", "Figura 1", "Tabla 1", "Ecuación (1)", "Sección 1.1"),
        ("en", "Figure 1", "Table 1", "Equation (1)", "Section 1.1"),
    ],
)
def test_references_are_worded_in_the_language(
    show: Show, lang: str, figure: str, table: str, equation: str, section: str
) -> None:
    body = "\n\n".join(
        [
            "# A",
            "## B {#sec-b}",
            FIGURE.format(lang=lang),
            "| a | b |\n|---|--:|\n| c | 1 |\n\n: Rows {#tbl-a}",
            "$$x$$ {#eq-a}",
            "@fig-a, @tbl-a, @eq-a, @sec-b; [-@fig-a]; [see @fig-a]",
        ]
    )
    page, typst = show(body, "title: T\nnumber-sections: true", lang)
    shown = page.replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")
    for kind, text in (("fig", figure), ("tbl", table), ("eq", equation), ("sec", section)):
        label = f"{kind}-{'b' if kind == 'sec' else 'a'}"
        assert re.search(rf'<a href="#{label}"[^>]*>{re.escape(text)}</a>', shown)
        assert f"#link(<{label}>)[{text.replace(' ', '~')}]" in typst
        assert f'id="{label}"' in page and f"<{label}>" in typst
    assert f'<span class="caption-label">{figure}:</span> Cap' in shown
    assert re.search(r'<a href="#fig-a"[^>]*>1</a>; see <a href="#fig-a"', shown)
    assert 'alt="What &#34;it&#34; shows"' in page
    assert 'alt: "What \\"it\\" shows"' in typst


def test_sections_are_numbered_from_the_highest_level(show: Show) -> None:
    body = "## A\n\n### B\n\n## C {.unnumbered}\n\n## D\n\n### E"
    page, _ = show(body, "title: T\nnumber-sections: true")
    assert re.findall(r'section-number">([\d.]+)<', page) == ["1", "1.1", "2", "2.1"]
    assert re.findall(r"<h(\d)", page) == ["2", "3", "2", "2", "3"]


def test_contents_are_listed_when_asked(show: Show, root: Path) -> None:
    show("## A", "title: T\ntoc: true")
    document = read_document(root / "es" / "brief.qmd", root)
    assert '<nav id="TOC" aria-label="Contenido">' in embedded.html_page(document)
    assert "toc: true" in embedded.typst_source(document)


def test_tables_name_their_rows_and_columns(show: Show) -> None:
    page, typst = show("| a | b |\n|---|--:|\n| c | 1 |\n\n: Rows")
    assert page.count('<th scope="col"') == 2
    assert '<th scope="row"' in page and '<td style="text-align: right;">1</td>' in page
    assert 'role="group" tabindex="0" aria-label="Rows"' in page
    assert "table.header([a], [b], )" in typst


def test_columns_of_text_take_what_numbers_leave(show: Show) -> None:
    _, typst = show("| Who | How much of it |\n|---|--:|\n| someone | 12.345,67 |")
    text, number = re.findall(r"columns: \(([\d.]+)fr, ([\d.]+)em,\)", typst)[0]
    # The cell stays on one line, the heading too, since there is room.
    assert 7 < float(number) < 12 and 4 < float(text) < 8


def test_a_table_too_wide_for_the_line_is_squeezed_and_not_cut(show: Show) -> None:
    wide = "9" * 40
    _, typst = show(f"| a | b | c |\n|---|--:|--:|\n| word | {wide} | {wide} |")
    assert re.search(r"columns: \([\d.]+fr, [\d.]+fr, [\d.]+fr,\)", typst)


def test_numbers_of_a_figure_are_on_the_page_and_not_on_paper(show: Show) -> None:
    table = Numbers("Points. More.", ["Who", "Value"], [Part([["<b>one</b>", "1,5"]])])
    page, typst = show("Before\n\n" + folded("es", table))
    assert re.search(r"<summary>Datos de la figura(:|&#58;) Points</summary>", page)
    shown = html.unescape(page.split("<tbody>", 1)[1].split("</tbody>")[0])
    assert '<th scope="row"><b>one</b></th><td>1,5</td>' in shown
    assert "<b>one" not in page
    assert "1,5" not in typst and "Points" not in typst


def test_images_lie_inside_the_page(show: Show) -> None:
    page, typst = show(FIGURE.format(lang="es"))
    assert '<img src="data:image/svg+xml,%3Csvg' in page
    assert 'width="40" height="20"' in page
    assert "/_generated/es/a.svg" not in page
    assert '#image("/_generated/es/a.svg"' in typst
