"""Run one parameterized notebook of notebooks/ with the values of params.yaml."""

from __future__ import annotations

import argparse

from nexo.base.errors import run
from nexo.notebook import run_notebook


def main() -> None:
    """Read the stage's name, run its notebook, keep the executed copy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="notebook without .ipynb: clean_survey, clean_sales, ...")
    parser.add_argument("--outcome", help="for link: retention, cross_selling or revenue")
    given = parser.parse_args()
    run_notebook(given.name, given.outcome)


if __name__ == "__main__":
    run(main)
