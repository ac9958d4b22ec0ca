"""The published folder: four files a language, an index to choose from, and the receipt."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nexo.base import paths
from nexo.base.config import Report
from nexo.base.errors import EmptyResultError, RenderError
from nexo.base.results import read_json, whole_file, whole_folder, write_json
from nexo.report import edition_pages, shell
from nexo.report.edition_record import Record, read_records
from nexo.report.escape import escape_html
from nexo.report.render import Renderer, choose, render
from nexo.report.render.nodes import READER, pandoc

LANGS = ("es", "en")
REPORTS = ("brief", "technical")
ENDINGS = (".html", ".pdf")
SMALLEST_BYTES = 10_000
EDITIONS = "editions/index.html"
"""Where the list of editions lies, seen from the site's index."""


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
    """Check the eight files, then write index, list of editions and receipt beside their folders.

    Raises EmptyResultError for a file that is missing, too small to be a report, or without
    the headline sentence.
    """
    site = paths.site_dir()
    files = [site / lang / f"{n}{e}" for lang in LANGS for n in REPORTS for e in ENDINGS]
    headlines = {lang: headline(lang) for lang in LANGS}
    for file in files:
        check_file(file, headlines[file.parent.name])
    write_index(headlines, params, read_records())
    write_json(site / "receipt.json", receipt(files, choose(params.renderer)))
    return Site(headlines, [site / "index.html", *files, site / "receipt.json"])


def write_index(headlines: Mapping[str, str], params: Report, records: Sequence[Record]) -> None:
    """Write the site's index and the list of editions, each with a link to the other."""
    listed = edition_pages.list_page(records, shell.read_marks(), is_draft=params.is_draft)
    index = index_page(headlines, params)
    for name, text in ((EDITIONS, listed), ("index.html", index)):
        with whole_file(paths.site_dir() / name) as building:
            building.write_text(text, encoding="utf-8")


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


def index_page(headlines: Mapping[str, str], params: Report, editions: str = EDITIONS) -> str:
    """Return the page that lets the reader choose language and report; no script, no request.

    ``editions`` is the address of the list of editions.
    """
    marks = shell.read_marks()
    choices = "\n".join(_choice(lang, said, editions) for lang, said in headlines.items())
    heading = f'<h1 class="title">{marks.company or "Nexo"}</h1>'
    body = f'{heading}\n<div class="choices">\n{choices}\n</div>'
    title = html.unescape(marks.company) or "Nexo"
    langs = sorted(headlines)
    told = " · ".join(
        f'<span lang="{lang}">{escape_html(shell.labels(lang)["receipt"])}</span>' for lang in langs
    )
    foot = f'<p><a href="receipt.json">receipt.json</a>: {told}</p>'
    return shell.page(title, body, langs, marks=marks, is_draft=params.is_draft, foot=foot)


def _choice(lang: str, sentence: str, editions: str) -> str:
    labels = shell.labels(lang)
    items = [
        f'<li><a href="{lang}/{name}.html">{escape_html(labels[name])}</a> '
        f'(<a href="{lang}/{name}.pdf">PDF<span class="unseen"> {escape_html(labels[name])}'
        "</span></a>)</li>"
        for name in REPORTS
    ]
    words = escape_html(labels["editions"])
    items.append(f'<li><a href="{editions}#{lang}">{words}</a></li>')
    listed = "\n".join(items)
    return f"""<section class="card" lang="{lang}">
<h2>{escape_html(labels["own-name"])}</h2>
<p>{escape_html(sentence)}</p>
<ul>
{listed}
</ul>
</section>"""
