"""A chart of before and after: one row a name, a hollow point before, a full one after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt
import pandas as pd

from nexo.report.charts import Frame, plot_width, titled
from nexo.report.look import CHART_WIDTH

ROW_PX = 24


@dataclass(frozen=True)
class Change:
    """One row: its label, and where it stood before and stands after."""

    label: str
    before: float
    after: float


def before_after(
    changes: Sequence[Change],
    names: tuple[str, str],
    frame: Frame,
    width: int = CHART_WIDTH,
) -> dict[str, Any]:
    """Draw each change as a line between its two points; ``names`` label those of the first row.

    ``frame.band`` shades what counts as balanced.
    """
    frame = replace(frame, width=width)
    table = pd.DataFrame([vars(change) for change in changes])
    order = list(table["label"])
    axis = alt.Axis(labelLimit=330, labelPadding=8, ticks=False, domain=False, grid=False)
    rows = alt.Y("label:N", sort=order, title=None, axis=axis)
    scale = alt.Scale(zero=True, nice=True, padding=14)
    base = alt.Chart(table).encode(y=rows)
    low, high = frame.band or (0.0, 0.0)
    zone = alt.Chart(pd.DataFrame({"low": [low], "high": [high], "zero": [0.0]}))
    number = alt.Axis(tickCount=5, grid=False, format="+.2~f")
    x = alt.X("before:Q", title=frame.axis, scale=scale, axis=number)
    first = alt.Chart(table.head(1)).encode(y=rows)
    label = {"baseline": "bottom", "dy": -6, "fontWeight": 600}
    layers = [
        zone.mark_rect(color=frame.tone["grid"]).encode(
            x=alt.X("low:Q", title=frame.axis, scale=scale), x2="high:Q"
        ),
        zone.mark_rule(color=frame.tone["faint"]).encode(x=alt.X("zero:Q", scale=scale)),
        base.mark_rule(color=frame.tone["passive"], strokeWidth=1.5).encode(x=x, x2="after:Q"),
        base.mark_point(size=50, color=frame.tone["detractor"], filled=False).encode(x=x),
        base.mark_point(size=55, color=frame.tone["estimate"], filled=True, opacity=1).encode(
            x=alt.X("after:Q", scale=scale)
        ),
        first.mark_text(color=frame.tone["detractor"], **label).encode(
            x=x, text=alt.value(names[0])
        ),
        first.mark_text(color=frame.tone["estimate"], **label).encode(
            x=alt.X("after:Q", scale=scale), text=alt.value(names[1])
        ),
    ]
    chart = alt.layer(*layers).properties(
        width=plot_width(order, frame), height=ROW_PX * len(order) + 12
    )
    return titled(chart, frame)
