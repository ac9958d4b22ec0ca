"""Importance against performance: the familiar quadrant, with the interval of each importance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from nexo.report.charts import BOLD_ABOVE
from nexo.report.charts_base import (
    INTERVAL,
    Frame,
    Spec,
    alt,
    drawn,
    layered,
    number_axis,
    rows_of,
    titled,
)
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
) -> Spec:
    """Draw importance (across, per cent) against performance (up, per cent of the scale).

    ``axes``: what is across and up; ``corners``: words for important and low (bottom right), and
    important and high (top right). The lines are the means of both.
    """
    frame = replace(frame, width=width)
    middle = {
        "importance": fmean(one.importance for one in drivers),
        "performance": fmean(one.performance for one in drivers),
    }
    mean, reach = _height(drivers)
    most = max(one.high for one in drivers) * 1.12
    x, low = _across(axes[0], most)
    y = _up(axes[1], mean, reach)
    base, tone = alt.Chart().encode(y=y), frame.tone["estimate"]
    crossing = alt.Chart().mark_rule(color=frame.tone["faint"], strokeDash=[4, 3])
    words = [
        {"importance": most, "performance": mean + side * reach * 0.93, "text": corner}
        for side, corner in zip((-1, 1), corners, strict=True)
    ]
    corner = alt.Chart().mark_text(
        align="right", color=frame.tone["muted"], fontStyle="italic", dx=-4
    )
    rule = base.mark_rule(**INTERVAL, color=tone)
    point = base.mark_point(filled=True, size=75, opacity=1, color=tone)
    layers = [
        drawn(crossing.encode(x=x), [middle]),
        drawn(crossing.encode(y=y), [middle]),
        drawn(corner.encode(x=x, y=y, text=alt.Text("text:N")), words),
        drawn(rule.encode(x=low, x2=alt.X2("high:Q"))),
        drawn(point.encode(x=x)),
        drawn(base.mark_text(dy=-7, **BOLD_ABOVE).encode(x=x, text=alt.Text("label:N"))),
    ]
    return titled(layered(rows_of(drivers), layers, frame.width - 60, PLOT_PX), frame)


def is_cut(drivers: Sequence[Driver]) -> bool:
    """Tell whether the vertical axis starts above zero."""
    mean, reach = _height(drivers)
    return mean - reach > 0


def _height(drivers: Sequence[Driver]) -> tuple[float, float]:
    """The middle of the vertical axis, and how far it goes up and down."""
    mean = fmean(one.performance for one in drivers)
    return mean, max(max(abs(one.performance - mean) for one in drivers) * 1.5, 2.0)


def _across(title: str, most: float) -> tuple[alt.X, alt.X]:
    """The horizontal place of a point, and of the lower end of its interval."""
    scale = alt.Scale(domain=[0, most], nice=False)
    x = alt.X("importance:Q", title=title, scale=scale, axis=number_axis(grid=False))
    return x, alt.X("low:Q", title=title, scale=scale)


def _up(title: str, mean: float, reach: float) -> alt.Y:
    axis = alt.Axis(
        tickCount=5, grid=False, format=",~f", titleAngle=0, titleAlign="left", titleX=0, titleY=-8
    )
    scale = alt.Scale(domain=[mean - reach, mean + reach], nice=False)
    return alt.Y("performance:Q", title=title, scale=scale, axis=axis)
