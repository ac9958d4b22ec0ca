"""Collect every number, figure and table that the reports use, and write the receipt."""

from __future__ import annotations

from nexo.base.errors import run
from nexo.report.facts import write_facts
from nexo.report.inputs import read_inputs


def main() -> None:
    """Read the results of all stages; write reports/_variables.yml and reports/_generated."""
    write_facts(read_inputs())


if __name__ == "__main__":
    run(main)
