"""Stage build_panel: each active customer at each landmark, what was known, what followed."""

from __future__ import annotations

from nexo.base import paths
from nexo.base.config import Panel, load_params
from nexo.base.errors import run
from nexo.base.results import whole_folder
from nexo.contract import load_dictionary
from nexo.panel import build_panel
from nexo.sources import load_source


def main() -> None:
    """Read the canonical tables, build the panel, write data/panel whole or not at all."""
    params = load_params(Panel)
    source = load_source(params.common.source, load_dictionary())
    with whole_folder(paths.panel_dir()) as folder:
        build_panel(params, source, paths.clean_dir("survey"), paths.clean_dir("sales"), folder)


if __name__ == "__main__":
    run(main)
