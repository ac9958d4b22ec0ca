"""The landmark panel: what was known of each customer at t, and what happened in (t, t+h]."""

from __future__ import annotations

from nexo.panel.build import build_panel
from nexo.panel.landmarks import Grid, Landmark, make_grid
from nexo.panel.rows import COLUMNS, PANEL_FILE

__all__ = ["COLUMNS", "PANEL_FILE", "Grid", "Landmark", "build_panel", "make_grid"]
