"""Exact statsmodels regressions on cells, effects for people, honest refusals.

``fit`` takes any frame in a notebook and ``summary`` tabulates it; ``nexo.link`` runs them all.
"""

from __future__ import annotations

from nexo.models.model import Model, fit
from nexo.models.refusals import NotIdentified
from nexo.models.tidy import summary

__all__ = ["Model", "NotIdentified", "fit", "summary"]
