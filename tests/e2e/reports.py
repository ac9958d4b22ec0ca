"""Checks the eight report files; `python tests/e2e/reports.py` does so in this checkout."""

from __future__ import annotations

import html
import re
import sys
import unicodedata
from pathlib import Path

import yaml

FILES = [
    f"{language}/{report}.{kind}"
    for language in ("es", "en")
    for report in ("brief", "technical")
    for kind in ("html", "pdf")
]
SMALLEST = 10 * 1024


def report_problems(root: Path) -> list[str]:
    """What is wrong with the reports of a project: absent, too small, without the headline."""
    built = (root / "reports" / "_variables.yml").read_text(encoding="utf-8")
    variables = yaml.safe_load(built)
    problems = []
    for name in FILES:
        file = root / "reports" / "_site" / name
        if not file.is_file():
            problems.append(f"{name} is not there")
            continue
        if file.stat().st_size <= SMALLEST:
            problems.append(f"{name} has {file.stat().st_size} bytes, not more than {SMALLEST}")
        headline = str(variables[name[:2]]["headline"]["sentence"])
        if letters(headline) not in letters(text_of(file)):
            problems.append(f"{name} does not hold the headline: {headline}")
    return problems


def text_of(file: Path) -> str:
    """The text a reader of an HTML page or a PDF sees."""
    if file.suffix == ".pdf":
        from pypdf import PdfReader

        return "\n".join(page.extract_text() for page in PdfReader(file).pages)
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", file.read_text("utf-8"), flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", page))


def letters(text: str) -> str:
    """Letters, digits and signs alone: spaces, hyphens and ligatures are the renderer's choice."""
    plain = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s*_\u00ad\u200b\u2010-\u2015\u2212-]+", "", plain).casefold()


if __name__ == "__main__":
    found = report_problems(Path(__file__).resolve().parents[2])
    print("\n".join(found) or "All eight reports are there and hold the headline.")
    sys.exit(bool(found))
