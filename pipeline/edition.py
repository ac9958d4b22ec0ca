"""Archive the published site under its day and commit, and record its forecast (outside DVC)."""

from __future__ import annotations

from nexo.economics.edition import make_edition
from nexo.errors import run


def main() -> None:
    """Make the edition and say where it lies."""
    edition = make_edition()
    print(f"Edition {edition.folder.name}: {edition.folder}")
    print(f"{edition.n_forecasts} forecasts recorded in reports/decisions.csv; commit that file.")


if __name__ == "__main__":
    run(main)
