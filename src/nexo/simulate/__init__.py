"""The demo world: *Andina*, a fictional telecom with known effects and dirty files.

``simulate_world`` gives its canonical tables, ``true_effects`` the world's own
"""

from __future__ import annotations

from nexo.simulate.andina import ANDINA, FLAT, Effects
from nexo.simulate.raw_files import write_raw_files
from nexo.simulate.tables import World, simulate_world
from nexo.simulate.truth import Truth, true_effects

__all__ = [
    "ANDINA",
    "FLAT",
    "Effects",
    "Truth",
    "World",
    "simulate_world",
    "true_effects",
    "write_raw_files",
]
