"""Which rows of a frame a model uses, and what is learnt from them, in any engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from nexo.compress.controls import Control, learn
from nexo.compress.tally import EVENT

PLACE, SIZE = "nexo_place", "nexo_rows"


def chosen(frame: Any, y: str, score: str, exposure: str) -> tuple[Any, int]:
    """The rows used, with EVENT (a pandas frame: PLACE, and SIZE 1); how many had no exposure."""
    table = nw.from_native(frame)
    if isinstance(frame, pd.DataFrame):
        table = nw.from_native(frame.assign(**{PLACE: np.arange(len(frame)), SIZE: 1.0}))
    elif isinstance(table, nw.DataFrame):
        table = table.lazy(backend="duckdb")
    x, value = (nw.col(name).cast(nw.Float64) for name in (score, y))
    event = nw.when(value > 0).then(nw.lit(1.0)).otherwise(nw.lit(0.0))
    seen = table.filter(x.is_finite() & value.is_finite()).with_columns(event.alias(EVENT))
    if not exposure:
        return seen, 0
    used = seen.filter(nw.col(exposure).cast(nw.Float64) > 0)
    all_rows, exposed = (f.select(nw.len()).lazy().collect().item() for f in (seen, used))
    return used, int(all_rows) - int(exposed)


def flagged(used: Any, controls: Sequence[str]) -> Any:
    """Boolean controls of an engine as pandas writes them: engines differ in "true"."""
    kinds = used.collect_schema() if isinstance(used, nw.LazyFrame) else {}
    names = [name for name in controls if kinds.get(name) == nw.Boolean]
    no = {name: nw.when(~nw.col(name)).then(nw.lit("False")) for name in names}
    flags = [nw.when(nw.col(n)).then(nw.lit("True")).otherwise(no[n]).alias(n) for n in names]
    return used.with_columns(*flags) if flags else used


def totals(used: Any, y: str, score: str) -> pd.DataFrame:
    """Rows (SIZE) and mean outcome by score and side of zero."""
    x, value = (nw.col(name).cast(nw.Float64) for name in (score, y))
    groups = used.select(x, value, nw.col(EVENT)).group_by(score, EVENT)
    found = groups.agg(nw.len().alias(SIZE), nw.col(y).mean())
    return found.sort(score, EVENT).collect().to_pandas()


def learn_all(
    used: Any, controls: Sequence[str], bins: int, both: bool
) -> tuple[tuple[Control, ...], tuple[tuple[str, str], ...]]:
    """The controls, and those left out with their reason."""
    names = used.collect_schema().names()
    rows = flagged(used, controls)
    learnt = {
        name: learn(rows, name, bins, both) if name in names else "absent" for name in controls
    }
    kept = tuple(found for found in learnt.values() if isinstance(found, Control))
    return kept, tuple((name, why) for name, why in learnt.items() if isinstance(why, str))
