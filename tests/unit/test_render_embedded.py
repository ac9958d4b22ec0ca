"""Each construct of the subset: what the page and the Typst source show, and what is refused.

The layout itself (colours, spacing, page breaks) is looked at as pictures, not tested here.
"""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nexo.base import paths
from nexo.base.config import Report, load_params
from nexo.base.errors import RenderError
from nexo.report.escape import escape_markdown
from nexo.report.figures_data import Numbers, Part, folded
from nexo.report.look import write_look
from nexo.report.render import embedded
from nexo.report.render.pages import count_pages
from nexo.report.render.project import read_document

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><path d="M0 0h9"/></svg>'
VARIABLES = """
es: {headline: {sentence: "Diez puntos valen 5 €."}, list: "- 5 puntos", n: "1.234",
  bad: "{{< env HOME >}}"}
en: {headline: {sentence: "Ten points are worth €5."}}
"""
METADATA = """
lang: {lang}
description: "{{{{< var {lang}.headline.sentence >}}}}"
terms: {{skip: Skip, contents: Contenido, reports: R, brief: B, technical: T, other-code: en,
  other-name: English, draft: BORRADOR, page: Página, marks: Marks}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A report folder with the real style and fonts, and small things of its own."""
    folder = tmp_path / "reports"
    for lang in ("es", "en"):
        (folder / "_generated" / lang).mkdir(parents=True)
        (folder / lang).mkdir()
        (folder / lang / "_metadata.yml").write_text(METADATA.format(lang=lang), encoding="utf-8")
        (folder / "_generated" / lang / "a.svg").write_text(SVG)
    for part in ("style", "fonts"):
        shutil.copytree(paths.reports_dir() / part, folder / part)
    shutil.copy(paths.reports_dir() / "_quarto.yml", folder)
    (folder / "_variables.yml").write_text(VARIABLES, encoding="utf-8")
    write_look(load_params(Report).brand, folder / "_generated")
    return folder


Show = Callable[..., tuple[str, str]]


@pytest.fixture
def show(root: Path) -> Show:
    """Render a body; return (the page's main part, the Typst body)."""

    def _show(body: str, front: str = "title: T", lang: str = "es") -> tuple[str, str]:
        file = root / lang / "brief.qmd"
        file.write_text(f"---\n{front}\n---\n{body}\n", encoding="utf-8")
        document = read_document(file, root)
        page = embedded.html_page(document).split("<main>", 1)[1].split("</main>")[0]
        typst = embedded.typst_source(document)
        typst = typst.split("#show: report.with(", 1)[1].split("\n)\n", 1)[1].strip()
        return page.strip(), typst

    return _show


def _refused(show: Show, body: str, message: str, front: str = "title: T") -> None:
    with pytest.raises(RenderError, match=message):
        show(body, front)


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
    _refused(show, body, message)


def test_includes_are_read_from_the_report_folder(show: Show, root: Path) -> None:
    (root / "_generated" / "es" / "t.md").write_text("inside {{< var es.n >}}\n")
    (root / "es" / "near.md").write_text("near\n")
    page, typst = show("{{< include /_generated/es/t.md >}}\n{{< include near.md >}}")
    assert page == "<p>inside 1.234</p>\n<p>near</p>"
    assert "inside 1.234" in typst


def test_errors_inside_an_include_name_the_include(show: Show, root: Path) -> None:
    (root / "es" / "part.md").write_text("one\n\n{{< var nothing >}}\n")
    _refused(show, "{{< include part.md >}}", r"^es/part\.md:3: there is no var")


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
    _refused(show, f"{{{{< include {path} >}}}}", message)


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
    _refused(show, f"[a]({target})", r"es/brief\.qmd:4: ")


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
    _refused(show, body, message)


def test_unknown_options_are_refused_with_their_line(show: Show) -> None:
    _refused(show, "x", r"es/brief\.qmd:3: the option 'execute'", "title: T\nexecute: {echo: true}")
    _refused(show, "x", r"es/brief\.qmd:3: format 'docx'", "title: T\nformat: docx")


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


FIGURE = '![Cap]( /_generated/{lang}/a.svg){{#fig-a fig-alt="What \\"it\\" shows"}}'.replace(
    "( ", "("
)


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


# Text from data, whole files


@pytest.mark.parametrize(
    "text", ["{{< env HOME >}}", "<script>x</script>", '#read("x")', "a ... b"]
)
def test_hostile_labels_come_out_as_text(show: Show, root: Path, text: str) -> None:
    escaped = escape_markdown(text)
    (root / "es" / "t.md").write_text(
        f"| a | {escaped} |\n|---|---|\n| {escaped} | b |\n\n: Rows\n"
    )
    page, typst = show("{{< include t.md >}}")
    shown = page.replace("&lt;", "<").replace("&gt;", ">")
    assert shown.count(text) == 2
    assert "<script>" not in page
    assert "\n#read" not in typst and "[#read" not in typst
    assert "..." not in typst


@pytest.mark.parametrize("text", ["{{< env HOME >}}", "<script>x</script>", '#read("x")', "$x$ @y"])
def test_hostile_labels_are_text_in_the_pdf(show: Show, root: Path, text: str) -> None:
    import io

    import pypdf

    show(f"x{escape_markdown(text)}x")
    made = embedded.pdf(read_document(root / "es" / "brief.qmd", root))
    shown = pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert f"x{text}x" in " ".join(shown.split())


def test_citations_are_written_out_with_their_references(show: Show, root: Path) -> None:
    (root / "es" / "books.json").write_text(
        '[{"id": "smith", "type": "book", "title": "On Links", "issued": {"date-parts": [[2020]]},'
        ' "author": [{"family": "Smith", "given": "A"}]}]'
    )
    page, typst = show("As @smith says.", "title: T\nbibliography: books.json", "es")
    assert "As Smith (2020) says." in page and "<em>On Links</em>" in page
    assert "As Smith (2020) says." in typst and "#emph[On Links]" in typst and "#cite" not in typst
    _refused(show, "@jones", r"brief\.qmd:5: .*jones", "title: T\nbibliography: books.json")


def test_the_whole_page_requests_nothing_and_says_what_made_it(show: Show, root: Path) -> None:
    show(FIGURE.format(lang="es"))
    page = embedded.html_page(read_document(root / "es" / "brief.qmd", root), is_draft=True)
    assert '<html lang="es">' in page
    assert "default-src 'none'" in page
    assert not re.findall(r'(?:src|href)="(?!data:|#|[\w./-]+\.(?:html|pdf)")[^"]*"', page)
    assert "url(http" not in page and "<script" not in page
    assert embedded.made_by() in page
    assert "BORRADOR" in page
    assert "Diez puntos valen 5 €." in page.split("</head>")[0]
    assert 'href="../en/brief.html"' in page


def test_equal_sources_give_equal_bytes(show: Show, root: Path, tmp_path: Path) -> None:
    show(FIGURE.format(lang="es") + "\n\ntext[^1]\n\n[^1]: note")
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        files = embedded.render(root / "es" / "brief.qmd", root, tmp_path / name, is_draft=False)
        made.append([file.read_bytes() for file in files])
    assert made[0] == made[1]
    assert made[0][1].startswith(b"%PDF")


def test_the_pdf_is_tagged_titled_and_in_its_language(show: Show, root: Path) -> None:
    import io

    import pypdf

    show("## A\n\n" + FIGURE.format(lang="es"))
    made = pypdf.PdfReader(io.BytesIO(embedded.pdf(read_document(root / "es" / "brief.qmd", root))))
    catalog = made.trailer["/Root"]
    assert catalog["/Lang"] == "es"
    assert catalog["/MarkInfo"]["/Marked"]
    assert made.metadata is not None and made.metadata.title == "T"
    assert [entry.title for entry in made.outline] == ["A"]
    text = made.pages[0].extract_text()
    assert "Figura 1: Cap" in text.replace("\N{NO-BREAK SPACE}", " ")
    fonts = {font["/BaseFont"] for font in made.pages[0]["/Resources"]["/Font"].values()}
    assert all("Inter" in font.get_object() for font in fonts)


def test_a_report_that_runs_over_its_pages_is_refused(show: Show, root: Path) -> None:
    show("a\n\n{{< pagebreak >}}\n\nb", "title: T\nnexo: {pages: 1, compact: true}")
    document = read_document(root / "es" / "brief.qmd", root)
    with pytest.raises(RenderError, match="has 2 pages and must have 1"):
        embedded.pdf(document)


def test_a_full_report_is_set_closer_until_it_fits(show: Show, root: Path) -> None:
    for count in range(40, 80):
        show("\n\n".join(["a"] * count), "title: T\nnexo: {compact: true}")
        source = embedded.typst_source(read_document(root / "es" / "brief.qmd", root))
        if count_pages(embedded.compile_typst(source, root)) == 2:
            break
    show("\n\n".join(["a"] * count), "title: T\nnexo: {pages: 1, compact: true}")
    closer = embedded.pdf(read_document(root / "es" / "brief.qmd", root))
    assert count_pages(closer) == 1


@pytest.mark.parametrize("path", ["/params.yaml", "../params.yaml", "/../params.yaml"])
def test_typst_reads_nothing_outside_of_the_report_folder(root: Path, path: str) -> None:
    (root.parent / "params.yaml").write_text("x")
    (root / "inside.txt").write_text("x")
    assert embedded.compile_typst('#set document(title: "t")\n#read("/inside.txt")', root)
    with pytest.raises(RenderError, match="Typst stopped"):
        embedded.compile_typst(f'#set document(title: "t")\n#read("{path}")', root)
    with pytest.raises(RenderError, match="Typst stopped"):
        embedded.compile_typst('#set document(title: "t")\n#read("/etc/hostname")', root)


def test_a_family_that_is_not_shipped_is_an_error(root: Path) -> None:
    with pytest.raises(RenderError, match="unknown font family"):
        embedded.compile_typst(
            '#set document(title: "t")\n#set text(font: "No Such Font")\nx', root
        )


def test_a_folder_without_the_family_is_an_error(root: Path) -> None:
    for file in (root / "fonts").iterdir():
        file.unlink()
    with pytest.raises(RenderError, match="does not hold the family Inter"):
        embedded.compile_typst("x", root)
