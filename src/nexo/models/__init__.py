"""The link: exact statsmodels regressions on cells, effects for people, honest refusals.

``fit`` takes any frame in a notebook and ``summary`` tabulates it; ``link`` and ``write_link``
are what the stage runs.
"""

from __future__ import annotations

from nexo.models.refusals import NotIdentified
from nexo.models.sample import Model, fit
from nexo.models.stage import link
from nexo.models.tables import LinkResult, read_inputs, summary, write_link

__all__ = [
    "LinkResult",
    "Model",
    "NotIdentified",
    "fit",
    "link",
    "read_inputs",
    "summary",
    "write_link",
]
