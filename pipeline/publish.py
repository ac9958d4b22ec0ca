"""Stage publish: check the reports, write their index and the receipt, say the headline."""

from __future__ import annotations

from nexo import paths
from nexo.config import Report, load_params
from nexo.errors import run
from nexo.report.site import publish


def main() -> None:
    """Publish, then print what leadership reads first and where it stands."""
    site = publish(load_params(Report))
    for lang, sentence in site.headlines.items():
        print(f"{lang}: {sentence}")
    for file in site.files:
        print(file.relative_to(paths.root()))


if __name__ == "__main__":
    run(main)
