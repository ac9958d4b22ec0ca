"""Stage publish: check the reports, then write their index and the receipt beside them."""

from __future__ import annotations

from nexo.base import paths
from nexo.base.config import Report, load_params
from nexo.base.errors import run
from nexo.report.site import publish


def main() -> None:
    """Publish, then say where; the headline is for the end of `make report` to say."""
    site = publish(load_params(Report))
    folder = paths.site_dir().relative_to(paths.root())
    print(f"{len(site.files)} files, whole and with the headline, in {folder}")


if __name__ == "__main__":
    run(main)
