"""Keep the published site as an edition, tell what changed, record its forecast (outside DVC)."""

from __future__ import annotations

from nexo.base import paths
from nexo.base.errors import run
from nexo.report.edition import make_edition


def main() -> None:
    """Make the edition and say where it lies and what to commit."""
    edition = make_edition()
    root = paths.root()
    print(f"Edition {edition.folder.name}: {edition.folder.relative_to(root)}/index.html")
    print(f"What changed: {edition.folder.relative_to(root)}/en/changes.html")
    print(f"{edition.n_forecasts} forecasts recorded. Commit and push reports/decisions.csv and")
    print(f"{edition.record.relative_to(root)}, so that later editions know of this one.")


if __name__ == "__main__":
    run(main)
