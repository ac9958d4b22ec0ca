"""Runs one parameterized notebook: strict parameters, stable bytes, clear failure."""

from __future__ import annotations

from nexo.notebook.parameters import (
    SECTION_OF,
    WITH_OUTCOME,
    Parameter,
    check_parameters,
    read_parameters,
    section_kinds,
    stage_values,
)
from nexo.notebook.run import run_notebook

__all__ = [
    "SECTION_OF",
    "WITH_OUTCOME",
    "Parameter",
    "check_parameters",
    "read_parameters",
    "run_notebook",
    "section_kinds",
    "stage_values",
]
