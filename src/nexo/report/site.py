"""The published folder: four files a language, an index to choose from, and the receipt."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nexo import paths
from nexo.config import Report
from nexo.errors import EmptyResultError, RenderError
from nexo.report.escape import escape_html
from nexo.report.render import Renderer, choose, render
from nexo.report.render.embedded import POLICY, STYLE
from nexo.report.render.nodes import READER, pandoc
from nexo.results import read_json, whole_file, whole_folder, write_json

LANGS = ("es", "en")
REPORTS = ("brief", "technical")
ENDINGS = (".html", ".pdf")
SMALLEST_BYTES = 10_000


@dataclass(frozen=True)
class Site:
    """What was published: the headline of each language and the files, index first."""

    headlines: dict[str, str]
    files: list[Path]


def render_language(lang: str, params: Report) -> Renderer:
    """Render both reports of one language into reports/_site/<lang>, whole or not at all."""
    root = paths.reports_dir()
    renderer = choose(params.renderer)
    with whole_folder(paths.site_dir() / lang) as building:
        for name in REPORTS:
            source = root / lang / f"{name}.qmd"
            render(source, root, building, renderer, is_draft=params.is_draft)
    return renderer


def publish(params: Report) -> Site:
    """Check the eight files, then write index.html and receipt.json beside their folders.

    Raises EmptyResultError for a file that is missing, too small to be a report, or without
    the headline sentence.
    """
    site = paths.site_dir()
    files = [site / lang / f"{n}{e}" for lang in LANGS for n in REPORTS for e in ENDINGS]
    headlines = {lang: headline(lang) for lang in LANGS}
    for file in files:
        check_file(file, headlines[file.parent.name])
    with whole_file(site / "index.html") as building:
        building.write_text(index_page(headlines), encoding="utf-8")
    write_json(site / "receipt.json", receipt(files, choose(params.renderer)))
    return Site(headlines, [site / "index.html", *files, site / "receipt.json"])


def variables() -> dict[str, Any]:
    """Return reports/_variables.yml, which the facts stage writes."""
    file = paths.reports_dir() / "_variables.yml"
    if not file.is_file():
        raise RenderError(f"{file} is not there. The facts stage writes it: dvc repro facts")
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def headline(lang: str) -> str:
    """Return the headline sentence of a language as plain text on one line."""
    sentence = str(variables()[lang]["headline"]["sentence"])
    text = _words(pandoc("-f", READER, "-t", "plain", "--wrap=none", text=sentence))
    if not text:
        raise EmptyResultError(f"The headline sentence ({lang}) is empty; see the facts stage.")
    return text


def check_file(file: Path, sentence: str) -> None:
    """Raise EmptyResultError unless the file is a whole report that says the headline.

    A page says it in its text. A PDF's text is drawn glyph by glyph; its description (Typst
    writes it in plain XML) holds the sentence that the same source printed.
    """
    if not file.is_file():
        raise EmptyResultError(f"{file} is missing. Render it: dvc repro render")
    content = file.read_bytes()
    if len(content) < SMALLEST_BYTES:
        raise EmptyResultError(f"{file} has {len(content)} bytes: too few to be a report.")
    text = content.decode("utf-8", errors="replace")
    said = _words(html.unescape(re.sub(r"<[^>]*>", " ", text.split("</head>", 1)[-1])))
    if file.suffix == ".pdf":
        said = _words(html.unescape(" ".join(re.findall(r"<rdf:li[^>]*>([^<]*)", text))))
    if _letters(sentence) not in _letters(said):
        raise EmptyResultError(f"{file} does not say the headline: {sentence!r}")


def _words(text: str) -> str:
    return " ".join(text.split())


def _letters(text: str) -> str:
    """Return the text without spaces and quotation marks, which each format draws its own way."""
    return re.sub(r"[\s\"'“”‘’«»]", "", text)


def receipt(files: list[Path], renderer: Renderer) -> dict[str, Any]:
    """Return the facts stage's receipt with the renderer and the hash of each file added."""
    content = dict(read_json(paths.generated_dir() / "receipt.json"))
    hashes = {
        file.relative_to(paths.site_dir()).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }
    return {
        **content,
        "renderer": {"name": renderer.name, "made_by": renderer.made_by},
        "files": hashes,
    }


def index_page(headlines: dict[str, str]) -> str:
    """Return the page that lets the reader choose language and report; no script, no request."""
    style = paths.reports_dir() / STYLE / "style.css"
    sheets = [paths.generated_dir() / "look.css", style]
    styles = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    labels = {lang: _labels(lang) for lang in headlines}
    choices = "\n".join(_choice(lang, labels[lang], said) for lang, said in headlines.items())
    marks = "\n".join(
        f'<p lang="{lang}">{escape_html(own["marks"])}</p>' for lang, own in labels.items()
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Nexo</title>
<link rel="icon" href="data:,">
<style>
{styles.strip()}
</style>
</head>
<body class="report index">
<main>
<h1 class="title">Nexo</h1>
<div class="choices">
{choices}
</div>
</main>
<footer class="report-footer">
{marks}
<p><a href="receipt.json">receipt.json</a></p>
</footer>
</body>
</html>
"""


def _labels(lang: str) -> dict[str, str]:
    file = paths.reports_dir() / lang / "_metadata.yml"
    return dict(yaml.safe_load(file.read_text(encoding="utf-8"))["terms"])


def _choice(lang: str, labels: dict[str, str], sentence: str) -> str:
    items = "\n".join(
        f'<li><a href="{lang}/{name}.html">{escape_html(labels[name])}</a> '
        f'(<a href="{lang}/{name}.pdf">PDF<span class="unseen"> {escape_html(labels[name])}'
        "</span></a>)</li>"
        for name in REPORTS
    )
    return f"""<section class="card" lang="{lang}">
<h2>{escape_html(labels["own-name"])}</h2>
<p>{escape_html(sentence)}</p>
<ul>
{items}
</ul>
</section>"""
