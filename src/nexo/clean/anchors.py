"""A few numbers of each clean table that a person can hold against what they know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from nexo.clean.plan import Cleaned

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["table", "column", "n_present", "n_missing", "n_distinct", "lowest", "highest", "sum"]


def anchors(cleaned: Sequence[Cleaned]) -> pd.DataFrame:
    """One row a column that holds anything: how many values, from where to where, their sum.

    ``lowest`` and ``highest`` stay empty for text, whose order says nothing; ``sum`` is given
    for whole numbers (money among them).
    """
    import pandas as pd

    rows = [
        _row(part.table, name, values)
        for part in cleaned
        for name in part.columns
        if (values := part.column(name)).null_count < len(values)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(table: str, name: str, values: pa.ChunkedArray) -> tuple[object, ...]:
    is_text = pa.types.is_string(values.type)
    ends = {} if is_text or pa.types.is_boolean(values.type) else pc.min_max(values).as_py()
    total = pc.sum(values).as_py() if pa.types.is_integer(values.type) else None
    return (
        table,
        name,
        len(values) - values.null_count,
        values.null_count,
        pc.count_distinct(values, mode="only_valid").as_py(),
        "" if not ends else str(ends["min"]),
        "" if not ends else str(ends["max"]),
        "" if total is None else str(total),
    )
