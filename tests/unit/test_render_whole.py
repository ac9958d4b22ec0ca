"""Text from data, whole pages and PDFs, and what Typst may not read.

The layout itself (colours, spacing, page breaks) is looked at as pictures, not tested here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nexo.base.errors import RenderError
from nexo.report.escape import escape_markdown
from nexo.report.render import embedded
from nexo.report.render.pages import count_pages
from nexo.report.render.project import read_document
from support.report_page import FIGURE, Show, refused

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
    refused(show, "@jones", r"brief\.qmd:5: .*jones", "title: T\nbibliography: books.json")


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
