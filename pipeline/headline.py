"""Print the headline of the reports that are there, and where to open them."""

from __future__ import annotations

from html import unescape

from nexo.base import paths
from nexo.base.errors import run
from nexo.report.site import LANGS, headline


def main() -> None:
    """Say it in each language, with that language's files below it."""
    for lang in LANGS:
        print(f"\n{unescape(headline(lang))}")
        for file in sorted((paths.site_dir() / lang).glob("*.*")):
            print(f"  {file.relative_to(paths.root())}")
    print(f"\nStart at {(paths.site_dir() / 'index.html').relative_to(paths.root())}")


if __name__ == "__main__":
    run(main)
