"""The arrays that the models and what they stand on pass to each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]


def numbers(column: pd.Series) -> Array:
    """Values as floats, missing as NaN."""
    return column.to_numpy(float, na_value=np.nan)
