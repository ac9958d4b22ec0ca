"""Our fit on plain columns, as a statistician would call it: no bins, no codings, any family.

The rows are compressed to cells of equal columns exactly as ``nexo.models.fit`` does it; only
the step from a panel's columns to a design is left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nexo.compress.cells import Rows, cell_of_rows, cell_sums
from nexo.models.fit import Fit, fit_cells


def fit_columns(
    y: Any,
    columns: dict[str, Any],
    family: str,
    *,
    weights: Any = None,
    cluster: Any = None,
    offset: Any = None,
    kind: str = "HC1",
) -> Fit:
    """Fit ``y`` on an intercept and ``columns``; ``kind`` as in ``fit_cells``."""
    table = pd.DataFrame({"Intercept": 1.0, **columns}).astype(float).reset_index(drop=True)
    n = len(table)
    offset = np.zeros(n) if offset is None else np.asarray(offset, float)
    cell = cell_of_rows(table.assign(offset=offset))
    first = np.unique(cell, return_index=True)[1]
    w = np.ones(n) if weights is None else np.asarray(weights, float)
    groups = np.arange(n) if cluster is None else pd.factorize(np.asarray(cluster))[0]
    rows = Rows(cell, np.asarray(y, float), w, groups)
    return fit_cells(
        table.to_numpy()[first], tuple(table.columns), cell_sums(rows, len(first)), family,
        rows=rows, offset=offset[first], kind=kind,
    )  # fmt: skip


def named(fit: Fit) -> dict[str, float]:
    """Coefficients by the name of their column."""
    return dict(zip(fit.terms, map(float, fit.params), strict=True))


def errors(fit: Fit) -> dict[str, float]:
    """Standard errors by the name of their column."""
    return dict(zip(fit.terms, map(float, fit.std_error), strict=True))
