"""Importance against performance: the familiar quadrant, with the interval of each importance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt
import pandas as pd

from nexo.report.charts import Frame, titled
from nexo.report.look import CHART_WIDTH

PLOT_PX = 250


@dataclass(frozen=True)
class Driver:
    """A point: its importance with its interval, its performance, and its name."""

    label: str
    importance: float
    low: float
    high: float
    performance: float


def quadrant(
    drivers: Sequence[Driver],
    axes: tuple[str, str],
    corners: tuple[str, str],
    frame: Frame,
    width: int = CHART_WIDTH,
) -> dict[str, Any]:
    """Draw importance (across, per cent) against performance (up, per cent of the scale).

    ``axes``: what is across and up; ``corners``: words for important and low (bottom right), and
    important and high (top right). The lines are the means of both.
    """
    frame = replace(frame, width=width)
    table = pd.DataFrame([vars(driver) for driver in drivers])
    mean = table[["importance", "performance"]].mean()
    reach = max(float((table["performance"] - mean["performance"]).abs().max()) * 1.5, 2.0)
    up = alt.Scale(domain=[mean["performance"] - reach, mean["performance"] + reach], nice=False)
    most = float(table["high"].max()) * 1.12
    across = alt.Scale(domain=[0, most], nice=False)
    number = alt.Axis(tickCount=5, grid=False, format=",~f")
    x = alt.X("importance:Q", title=axes[0], scale=across, axis=number)
    upright = alt.Axis(
        tickCount=5, grid=False, format=",~f", titleAngle=0, titleAlign="left", titleX=0, titleY=-8
    )
    y = alt.Y("performance:Q", title=axes[1], scale=up, axis=upright)
    base = alt.Chart(table).encode(y=y)
    crossing = alt.Chart(pd.DataFrame([dict(mean)]))
    edge = mean["performance"] - reach * 0.93, mean["performance"] + reach * 0.93
    words = pd.DataFrame({"importance": most, "performance": edge, "text": corners})
    layers = [
        crossing.mark_rule(color=frame.tone["faint"], strokeDash=[4, 3]).encode(x=x),
        crossing.mark_rule(color=frame.tone["faint"], strokeDash=[4, 3]).encode(y=y),
        alt.Chart(words)
        .mark_text(align="right", color=frame.tone["muted"], fontStyle="italic", dx=-4)
        .encode(x=x, y=y, text="text:N"),
        base.mark_rule(strokeWidth=2.5, opacity=0.5, color=frame.tone["estimate"]).encode(
            x=alt.X("low:Q", title=axes[0], scale=across), x2="high:Q"
        ),
        base.mark_point(filled=True, size=75, opacity=1, color=frame.tone["estimate"]).encode(x=x),
        base.mark_text(baseline="bottom", dy=-7, fontWeight=600).encode(x=x, text="label:N"),
    ]
    chart = alt.layer(*layers).properties(width=frame.width - 60, height=PLOT_PX)
    return titled(chart, frame)
