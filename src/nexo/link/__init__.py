"""The link of one outcome: every model that is run, and its results as the tables published."""

from __future__ import annotations

from nexo.link.inputs import Inputs, Sales, read_inputs
from nexo.link.stage import link
from nexo.link.tables import LinkResult, write_link

__all__ = ["Inputs", "LinkResult", "Sales", "link", "read_inputs", "write_link"]
