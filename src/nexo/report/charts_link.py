"""Charts of the link: survival by class with its bands, and observed against predicted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt
import pandas as pd

from nexo.report.charts import PLOT_PX, Frame, titled
from nexo.report.look import CHART_WIDTH

NAME_PX = 130
"""Room for a class's name and value beside the end of its curve."""


@dataclass(frozen=True)
class Curve:
    """One class over time: ``x``, ``estimate``, ``low`` and ``high`` of equal length, and the
    text at its end; ``group`` picks the colour."""

    group: str
    text: str
    x: Sequence[float]
    estimate: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


def curves(found: Sequence[Curve], frame: Frame, width: int = CHART_WIDTH) -> dict[str, Any]:
    """Draw curves with their bands, each named at its end."""
    frame = replace(frame, width=width)
    table = pd.concat(
        [pd.DataFrame({"group": c.group, "x": c.x, "estimate": c.estimate, "low": c.low,
                       "high": c.high, "text": [""] * (len(c.x) - 1) + [c.text]})
         for c in found]
    )  # fmt: skip
    groups = sorted({c.group for c in found})
    colour = alt.Color(
        "group:N",
        scale=alt.Scale(domain=groups, range=[frame.tone[name] for name in groups]),
        legend=None,
    )
    scale = alt.Scale(zero=False, nice=True, padding=4)
    axis = alt.Axis(tickCount=5, format=",~f")
    x = alt.X("x:Q", title=frame.axis, axis=alt.Axis(tickCount=6, format=",~f", grid=False))
    y = alt.Y("estimate:Q", title=None, scale=scale, axis=axis)
    base = alt.Chart(table).encode(x=x, color=colour)
    layers = [
        base.mark_area(opacity=0.18).encode(
            y=alt.Y("low:Q", title=None, scale=scale, axis=axis), y2="high:Q"
        ),
        base.mark_line(strokeWidth=2).encode(y=y),
        base.mark_text(align="left", dx=6, fontWeight=600).encode(y=y, text="text:N"),
    ]
    plot = alt.layer(*layers).properties(width=frame.width - 40 - NAME_PX, height=PLOT_PX)
    return titled(plot, frame)


def agreement(found: pd.DataFrame, frame: Frame, width: int = CHART_WIDTH) -> dict[str, Any]:
    """Draw observed (columns estimate, low, high) against ``predicted``, and the line of
    equality."""
    frame = replace(frame, width=width)
    ends = [float(found[["predicted", "low"]].min().min()), float(found[["high"]].max().max())]
    ends[1] = max(ends[1], float(found["predicted"].max()))
    equal = alt.Chart(pd.DataFrame({"predicted": ends, "estimate": ends}))
    scale = alt.Scale(zero=False, nice=True, padding=6)
    axis = alt.Axis(tickCount=5, format=",~f")
    x = alt.X("predicted:Q", title=frame.axis, scale=scale, axis=axis)
    y = alt.Y("estimate:Q", title=None, scale=scale, axis=axis)
    base = alt.Chart(found).encode(x=x)
    layers = [
        equal.mark_line(color=frame.tone["faint"], strokeDash=[4, 3]).encode(x=x, y=y),
        base.mark_rule(strokeWidth=2.5, opacity=0.55, color=frame.tone["estimate"]).encode(
            y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q"
        ),
        base.mark_point(filled=True, size=50, opacity=1, color=frame.tone["estimate"]).encode(y=y),
    ]
    return titled(alt.layer(*layers).properties(width=frame.width - 40, height=PLOT_PX), frame)
