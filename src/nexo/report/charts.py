"""Shapes of charts in Altair: what is drawn, not what it says (figures.py words them).

Every row carries its written label (formats.py), so that a number in a chart reads as in the
text. Marks: a point is an estimate, its line the interval; nothing is drawn without one where
there is one. Axes of bars start at zero; a figure says it of those that do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from nexo.report.charts_base import (
    INTERVAL,
    PLOT_PX,
    Frame,
    Spec,
    alt,
    dated,
    drawn,
    layered,
    named_axis,
    number_axis,
    plot_width,
    row_axis,
    rows_of,
    scale_of,
    titled,
    tones,
)
from nexo.report.look import CHART_WIDTH

ROW_PX = 34
ZERO = [{"zero": 0.0}]
BOLD_ABOVE: dict[str, Any] = {"baseline": "bottom", "fontWeight": 600}


@dataclass(frozen=True)
class Mark:
    """One estimate with its interval and the text beside it; ``group`` picks the colour."""

    label: str
    estimate: float
    low: float
    high: float
    text: str
    group: str = "estimate"


def intervals(marks: Sequence[Mark], frame: Frame, width: float | None = None) -> Spec:
    """Draw one row per mark: interval, point and written value; zero is a line where it matters.

    ``frame.band`` shades the values too small to matter; ``width`` is that of the plot alone.
    """
    order = [mark.label for mark in marks]
    rows = alt.Y("label:N", sort=order, title=None, axis=row_axis())
    scale = scale_of(frame, 8)
    x = alt.X("estimate:Q", title=frame.axis, scale=scale, axis=number_axis())
    low = alt.X("low:Q", scale=scale, title=frame.axis)
    base, colour = alt.Chart().encode(y=rows), tones((mark.group for mark in marks), frame)
    layers = [
        drawn(base.mark_rule(**INTERVAL).encode(
            x=low, x2=alt.X2("high:Q"), color=colour)),
        drawn(base.mark_point(filled=True, size=70, opacity=1).encode(x=x, color=colour)),
        drawn(base.mark_text(align="center", dy=-7, **BOLD_ABOVE).encode(
            x=x, text=alt.Text("text:N"))),
    ]  # fmt: skip
    if frame.has_zero and not frame.domain:
        layers.insert(0, _zero(frame))
    if frame.band:
        layers.insert(0, _band(frame))
    return layered(
        rows_of(marks), layers, width or plot_width(order, frame), ROW_PX * len(order) + 6
    )


def rows(marks: Sequence[Mark], frame: Frame, width: int = CHART_WIDTH) -> Spec:
    """Draw ``intervals`` under their title."""
    frame = replace(frame, width=width)
    return titled(intervals(marks, frame), frame)


def panels(
    parts: Sequence[tuple[Sequence[Mark], Frame]], title: Frame, width: int = CHART_WIDTH
) -> Spec:
    """Put charts of different units under one note, each with an axis of its own."""
    title = replace(title, width=width)
    plot = plot_width([mark.label for marks, _ in parts for mark in marks], title)
    charts = [intervals(marks, frame, plot) for marks, frame in parts]
    resolve = {"scale": {"color": "independent"}}
    return titled({"concat": charts, "columns": 1, "spacing": 14, "resolve": resolve}, title)


def trend(marks: Sequence[Mark], frame: Frame, width: int = CHART_WIDTH) -> Spec:
    """Draw a series over time with its intervals; first, last and extremes carry their value."""
    frame = replace(frame, width=width)
    values = [mark.estimate for mark in marks]
    shown = {0, len(marks) - 1, values.index(max(values)), values.index(min(values))}
    order = [mark.label for mark in marks]
    x = alt.X("label:O", sort=order, title=None, axis=named_axis(dated(order, frame.width - 40)))
    scale = scale_of(frame, 10)
    y = alt.Y("estimate:Q", title=None, scale=scale, axis=number_axis())
    base = alt.Chart().encode(x=x)
    low, high = (alt.Y(name, title=None, scale=scale) for name in ("low:Q", "high:Q"))
    layers = [
        base.mark_rule(**INTERVAL, color=frame.tone["interval"]).encode(y=low, y2=alt.Y2("high:Q")),
        base.mark_line(color=frame.tone["actual"]).encode(y=y),
        base.mark_point(filled=True, size=45, opacity=1).encode(y=y),
        base.mark_text(dy=-7, **BOLD_ABOVE).encode(y=high, text=alt.Text("text:N")),
    ]
    return _over_time(marks, shown, layers, frame)


def curve(marks: Sequence[Mark], shown: set[int], frame: Frame, width: int = CHART_WIDTH) -> Spec:
    """Draw an outcome by score, interval at each score, the NPS classes by colour and name.

    ``shown`` are the places of the marks that carry their value.
    """
    frame = replace(frame, width=width)
    order = [mark.label for mark in marks]
    named = {label: [label, frame.under.get(label, "")] for label in order}
    x = alt.X("label:O", sort=order, title=frame.axis, axis=named_axis(named))
    scale = scale_of(frame, 12)
    y = alt.Y("estimate:Q", title=None, scale=scale, axis=number_axis())
    base, colour = alt.Chart().encode(x=x), tones((mark.group for mark in marks), frame)
    low, high = (alt.Y(name, title=None, scale=scale) for name in ("low:Q", "high:Q"))
    layers = [
        base.mark_rule(**INTERVAL).encode(y=low, y2=alt.Y2("high:Q"), color=colour),
        base.mark_point(filled=True, size=60, opacity=1).encode(y=y, color=colour),
        base.mark_text(dy=-10, **BOLD_ABOVE).encode(y=high, text=alt.Text("text:N")),
    ]
    return _over_time(marks, shown, layers, frame)


def _over_time(marks: Sequence[Mark], shown: set[int], layers: list[Any], frame: Frame) -> Spec:
    """Lay a series on its plot; only the marks at the places ``shown`` keep their text."""
    kept = [mark if at in shown else replace(mark, text="") for at, mark in enumerate(marks)]
    plot = layered(rows_of(kept), [drawn(one) for one in layers], frame.width - 40, PLOT_PX)
    return titled(plot, frame)


def bars(marks: Sequence[Mark], frame: Frame, width: int = CHART_WIDTH) -> Spec:
    """Draw counts as bars from zero, each with its number at its end."""
    frame = replace(frame, width=width)
    order = [mark.label for mark in marks]
    plot = plot_width(order, frame)
    most = max(mark.estimate for mark in marks) or 1
    room = alt.Scale(domain=[0, float(most * plot / (plot - 50))], nice=False)
    base = alt.Chart().encode(y=alt.Y("label:N", sort=order, title=None, axis=row_axis()))
    x = alt.X("estimate:Q", title=frame.axis, scale=room, axis=None)
    layers = [
        base.mark_bar(color=frame.tone["actual"], height=13).encode(x=x),
        base.mark_text(align="left", dx=5, fontWeight=600).encode(x=x, text=alt.Text("text:N")),
    ]
    return titled(
        layered(rows_of(marks), [drawn(one) for one in layers], plot, 25 * len(order)), frame
    )


def ranked(
    marks: Sequence[Mark], frame: Frame, headline: Mark | None = None, width: int = CHART_WIDTH
) -> Spec:
    """Draw many estimates side by side in ascending order, each with its interval.

    ``headline`` is a line across them, its interval a band, its text the line's name.
    """
    frame = replace(frame, width=width)
    table = rows_of(sorted(marks, key=lambda mark: mark.estimate))
    for rank, row in enumerate(table, start=1):
        row["rank"] = rank
    scale = alt.Scale(zero=True, nice=True, padding=10)
    axis = alt.Axis(labels=False, ticks=False, domain=False, grid=False)
    base = alt.Chart().encode(x=alt.X("rank:O", title=frame.axis, axis=axis))
    colour = tones((mark.group for mark in marks), frame)
    y = alt.Y("estimate:Q", title=None, scale=scale, axis=number_axis())
    low = alt.Y("low:Q", title=None, scale=scale)
    zero = alt.Chart().mark_rule(color=frame.tone["faint"])
    layers = [
        drawn(zero.encode(y=alt.Y("zero:Q", scale=scale, title=None)), ZERO),
        drawn(base.mark_rule(strokeWidth=1.5, opacity=0.7).encode(
            y=low, y2=alt.Y2("high:Q"), color=colour)),
        drawn(base.mark_point(filled=True, size=26, opacity=1).encode(y=y, color=colour)),
    ]  # fmt: skip
    if headline:
        layers = [*_across(headline, frame), *layers, _named(headline, frame)]
    return titled(layered(table, layers, frame.width - 40, PLOT_PX), frame)


def _across(headline: Mark, frame: Frame) -> list[Spec]:
    """A band and a line over the whole width, at an estimate and its interval."""
    low, line = (alt.Y(name, title=None) for name in ("low:Q", "estimate:Q"))
    band = alt.Chart().mark_rect(color=frame.tone["accent"], opacity=0.16)
    rule = alt.Chart().mark_rule(color=frame.tone["accent"], strokeWidth=1.5, opacity=1)
    own = rows_of([headline])
    return [drawn(band.encode(y=low, y2=alt.Y2("high:Q")), own), drawn(rule.encode(y=line), own)]


def _named(headline: Mark, frame: Frame) -> Spec:
    """The name of the line, at its right end, below it."""
    text = alt.Chart().mark_text(
        align="right", baseline="top", dy=5, fontWeight=600, color=frame.tone["accent"]
    )
    y = alt.Y("low:Q", title=None)
    named = text.encode(x=alt.value("width"), y=y, text=alt.Text("text:N"))
    return drawn(named, rows_of([headline]))


def ranges(marks: Sequence[Mark], frame: Frame, width: int = CHART_WIDTH) -> Spec:
    """Draw how far a result moves between the two ends of each assumption (a tornado)."""
    frame = replace(frame, has_zero=True, width=width)
    widest_first = sorted(marks, key=lambda mark: -(mark.high - mark.low))
    return titled(intervals(widest_first, frame), frame)


def _zero(frame: Frame) -> Spec:
    line = alt.Chart().mark_rule(color=frame.tone["faint"])
    return drawn(line.encode(x=alt.X("zero:Q", title=frame.axis)), ZERO)


def _band(frame: Frame) -> Spec:
    low, high = frame.band or (0.0, 0.0)
    area = alt.Chart().mark_rect(color=frame.tone["grid"], opacity=1)
    x = alt.X("low:Q", title=frame.axis)
    return drawn(area.encode(x=x, x2=alt.X2("high:Q")), [{"low": float(low), "high": float(high)}])
