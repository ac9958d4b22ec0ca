"""The frame of the pages that no .qmd stands behind: index, editions, what changed.

They share style sheet, marks and policy with the reports; no script, no request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from nexo.base import paths
from nexo.base.errors import RenderError
from nexo.report.escape import escape_html
from nexo.report.render.embedded import POLICY, STYLE
from nexo.report.render.nodes import READER, pandoc

LINE = "\n"


@dataclass(frozen=True)
class Marks:
    """What the company puts on every page, as HTML: its logo, its name, a line at the foot."""

    logo: str
    company: str
    foot: dict[str, str]


def read_marks() -> Marks:
    """Return the marks of reports/_generated/brand.yml; RenderError when it is not there."""
    file = paths.generated_dir() / "brand.yml"
    if not file.is_file():
        raise RenderError(f"{file} is not there. The facts stage writes it: dvc repro facts")
    options: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    foot = {lang: _shown(line) for lang, line in options["page-foot"].items()}
    return Marks(_shown(options["page-logo"]), _shown(options["page-company"]), foot)


def _shown(text: str) -> str:
    """Return one line of Markdown as HTML without a paragraph around it."""
    if not text:
        return ""
    shown = pandoc("-f", READER, "-t", "html5", "--wrap=none", text=text).strip()
    return shown.removeprefix("<p>").removesuffix("</p>")


def labels(lang: str) -> dict[str, str]:
    """Return the words of the page around the reports, from the language's _metadata.yml."""
    file = paths.reports_dir() / lang / "_metadata.yml"
    return dict(yaml.safe_load(file.read_text(encoding="utf-8"))["terms"])


def page(
    title: str, body: str, langs: Sequence[str], *, marks: Marks, is_draft: bool, foot: str = ""
) -> str:
    """Return a whole page; the first of ``langs`` is its own, the others stand in parts of it.

    ``body`` is HTML, ``foot`` HTML under the marks.
    """
    sheets = (paths.generated_dir() / "look.css", paths.reports_dir() / STYLE / "style.css")
    styles = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    words = {lang: labels(lang) for lang in langs}
    drafts = " · ".join(f'<span lang="{lang}">{own["draft"]}</span>' for lang, own in words.items())
    draft = f'<p class="draft-mark">{drafts}</p>\n' if is_draft else ""
    lines = [(lang, marks.foot.get(lang, "")) for lang in langs]
    lines += [(lang, escape_html(own["marks"])) for lang, own in words.items()]
    feet = "\n".join(f'<p lang="{lang}">{line}</p>' for lang, line in lines if line)
    return f"""<!DOCTYPE html>
<html lang="{langs[0]}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape_html(title)}</title>
<link rel="icon" href="data:,">
<style>
{styles.strip()}
</style>
</head>
<body class="report index">
{draft}<main>
{marks.logo}
{body}
</main>
<footer class="report-footer">
{feet}
{foot}
</footer>
</body>
</html>
"""


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int] = ()
) -> str:
    """Return a table of escaped cells, each row headed by its first; ``numbers`` to the right.

    A line break in a cell is one on the page.
    """
    sides = [' class="number"' if at in numbers else "" for at in range(len(headings))]
    head = "".join(
        f'<th scope="col"{side}>{escape_html(heading)}</th>'
        for heading, side in zip(headings, sides, strict=True)
    )
    lines = []
    for row in rows:
        cells = [f'<th scope="row">{escape_html(row[0])}</th>']
        cells += [
            f"<td{side}>{'<br>'.join(map(escape_html, cell.split(LINE)))}</td>"
            for cell, side in zip(row[1:], sides[1:], strict=True)
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    body = "\n".join(lines)
    return (
        f'<div class="table-scroll" tabindex="0"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )
