"""Stage render: the brief and the technical report of one language, as page and as PDF."""

from __future__ import annotations

import argparse

from nexo.base.config import Report, load_params
from nexo.base.errors import run
from nexo.report import seal
from nexo.report.site import LANGS, render_language


def main() -> None:
    """Read the language, hold the receipt against the results, render, say who rendered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lang", choices=LANGS, required=True)
    lang = parser.parse_args().lang
    seal.check()
    renderer = render_language(lang, load_params(Report))
    print(f"{lang}: rendered by {renderer.made_by}")


if __name__ == "__main__":
    run(main)
