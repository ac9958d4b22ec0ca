"""A small report folder, and what the embedded renderer makes of a page in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nexo.base import paths
from nexo.base.config import Report, load_params
from nexo.base.errors import RenderError
from nexo.report.look import write_look
from nexo.report.render import embedded
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
FIGURE = '![Cap]( /_generated/{lang}/a.svg){{#fig-a fig-alt="What \\"it\\" shows"}}'.replace(
    "( ", "("
)

Show = Callable[..., tuple[str, str]]


def report_folder(folder: Path) -> Path:
    """Make a report folder with the real style and fonts, and small things of its own."""
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


def renderer(root: Path) -> Show:
    """Return a function that renders a body: (the page's main part, the Typst body)."""

    def show(body: str, front: str = "title: T", lang: str = "es") -> tuple[str, str]:
        file = root / lang / "brief.qmd"
        file.write_text(f"---\n{front}\n---\n{body}\n", encoding="utf-8")
        document = read_document(file, root)
        page = embedded.html_page(document).split("<main>", 1)[1].split("</main>")[0]
        typst = embedded.typst_source(document)
        typst = typst.split("#show: report.with(", 1)[1].split("\n)\n", 1)[1].strip()
        return page.strip(), typst

    return show


def refused(show: Show, body: str, message: str, front: str = "title: T") -> None:
    """Fail unless rendering the body stops with a message that matches."""
    with pytest.raises(RenderError, match=message):
        show(body, front)
