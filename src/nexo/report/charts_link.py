"""Charts of the link: survival by class with its bands, and observed against predicted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nexo.report.charts_base import (
    INTERVAL,
    PLOT_PX,
    Frame,
    Rows,
    Spec,
    alt,
    drawn,
    layered,
    number_axis,
    rows_of,
    scale_of,
    titled,
    tones,
    upright_axis,
)
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


def curves(found: Sequence[Curve], frame: Frame, width: int = CHART_WIDTH) -> Spec:
    """Draw curves with their bands, each named at its end."""
    frame = replace(frame, width=width)
    colour = tones((one.group for one in found), frame)
    scale = scale_of(frame, 4)
    x = alt.X("x:Q", title=frame.axis, axis=alt.Axis(tickCount=6, format=",~f", grid=False))
    y = alt.Y("estimate:Q", title=None, scale=scale, axis=number_axis())
    low = alt.Y("low:Q", title=None, scale=scale, axis=number_axis())
    base = alt.Chart().encode(x=x, color=colour)
    words = tones((one.group for one in found), frame, is_text=True)
    layers = [
        base.mark_area(opacity=0.18).encode(y=low, y2=alt.Y2("high:Q")),
        base.mark_line(strokeWidth=2).encode(y=y),
        base.mark_text(align="left", dx=6, fontWeight=600).encode(
            y=y, text=alt.Text("text:N"), color=words
        ),
    ]
    table = [row for one in found for row in _points(one)]
    plot = layered(table, [drawn(one) for one in layers], frame.width - 40 - NAME_PX, PLOT_PX)
    return titled({**plot, "resolve": {"scale": {"color": "independent"}}}, frame)


def _points(curve: Curve) -> Rows:
    places = zip(curve.x, curve.estimate, curve.low, curve.high, strict=True)
    rows: Rows = [
        {"group": curve.group, "x": float(x), "estimate": float(estimate), "low": float(low),
         "high": float(high), "text": ""}
        for x, estimate, low, high in places
    ]  # fmt: skip
    rows[-1]["text"] = curve.text
    return rows


@dataclass(frozen=True)
class Group:
    """A group of a calibration: what was predicted, and what was observed with its interval."""

    predicted: float
    estimate: float
    low: float
    high: float


def agreement(found: Sequence[Group], frame: Frame, width: int = CHART_WIDTH) -> Spec:
    """Draw observed against predicted on one scale, and the line of equality."""
    frame = replace(frame, width=width)
    least, most = frame.domain or (
        min(min(one.predicted, one.low) for one in found),
        max(max(one.predicted, one.high) for one in found),
    )
    equal = [{"predicted": end, "estimate": end} for end in (float(least), float(most))]
    scale = scale_of(frame, 6)
    axis, title = number_axis(grid=False), frame.up or None
    x = alt.X("predicted:Q", title=frame.axis, scale=scale, axis=axis)
    y = alt.Y("estimate:Q", title=title, scale=scale, axis=upright_axis())
    low = alt.Y("low:Q", title=title, scale=scale, axis=upright_axis())
    base, tone = alt.Chart().encode(x=x), frame.tone["estimate"]
    line = alt.Chart().mark_line(color=frame.tone["faint"], strokeDash=[4, 3])
    rule = base.mark_rule(**INTERVAL, color=tone)
    layers = [
        drawn(line.encode(x=x, y=y), equal),
        drawn(rule.encode(y=low, y2=alt.Y2("high:Q"))),
        drawn(base.mark_point(filled=True, size=50, opacity=1, color=tone).encode(y=y)),
    ]
    return titled(layered(rows_of(found), layers, frame.width - 40, PLOT_PX), frame)
