"""The tables of data/results/economics, by the names of their files."""

from __future__ import annotations

TABLES = (
    "money",
    "equity",
    "at_risk",
    "roi",
    "scenarios",
    "tornado",
    "growth",
    "ceilings",
    "forecasts",
    "assumptions",
)
"""Without money or initiatives some of them are a header alone."""
