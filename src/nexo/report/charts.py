"""Shapes of charts in Altair: what is drawn, not what it says (figures.py words them).

Every row carries its written label (formats.py), so that a number in a chart reads as in the
text. Marks: a point is an estimate, its line the interval; nothing is drawn without one where
there is one. Axes of bars start at zero; axes of points and lines say where they start.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import altair as alt
import pandas as pd

from nexo.report.look import CHART_WIDTH

ROW_PX, PLOT_PX = 34, 190
CHARACTER_PX = 6.3
"""Mean width of a character of the axis labels, to leave room for them."""


@dataclass(frozen=True)
class Mark:
    """One estimate with its interval and the text beside it; ``group`` picks the colour."""

    label: str
    estimate: float
    low: float
    high: float
    text: str
    group: str = "estimate"


@dataclass(frozen=True)
class Frame:
    """What every chart shares: ``title`` is the finding, printed as the caption; ``note`` says
    what is drawn, in the chart; ``tone`` is look.colours(); ``width`` holds labels and plot;
    ``under`` is what stands below some labels of the horizontal axis."""

    title: str
    axis: str
    tone: dict[str, str]
    note: str = ""
    width: int = CHART_WIDTH
    band: tuple[float, float] | None = None
    has_zero: bool = True
    under: Mapping[str, str] = field(default_factory=dict)


def titled(chart: Any, frame: Frame) -> dict[str, Any]:
    """Put the note above a chart, wrapped, and return the Vega-Lite specification."""
    if frame.note:
        lines = textwrap.wrap(frame.note, int(frame.width / CHARACTER_PX))
        note = alt.TitleParams(
            text=lines, fontWeight="normal", fontSize=12, color=frame.tone["muted"], frame="bounds"
        )
        chart = chart.properties(title=note)
    spec: dict[str, Any] = chart.to_dict(validate=False)
    return spec


def plot_width(labels: Sequence[str], frame: Frame) -> int:
    """Return the pixels left for the plot beside its row labels, never under half."""
    longest = max(len(label) for label in labels)
    return int(max(frame.width / 2, frame.width - 26 - CHARACTER_PX * longest))


def intervals(marks: Sequence[Mark], frame: Frame) -> Any:
    """Draw one row per mark: interval, point and written value; zero is a line where it matters.

    ``frame.band`` shades the values too small to matter.
    """
    table = _table(marks)
    order = list(table["label"])
    rows = alt.Y("label:N", sort=order, title=None, axis=_row_axis())
    scale = alt.Scale(zero=frame.has_zero, nice=True, padding=8)
    x = alt.X("estimate:Q", title=frame.axis, scale=scale, axis=_number_axis(grid=True))
    base = alt.Chart(table).encode(y=rows)
    colour = alt.Color("group:N", scale=_tones(table, frame), legend=None)
    layers = [
        base.mark_rule(strokeWidth=2.5, opacity=0.55).encode(
            x=alt.X("low:Q", scale=scale, title=frame.axis), x2="high:Q", color=colour
        ),
        base.mark_point(filled=True, size=70, opacity=1).encode(x=x, color=colour),
        base.mark_text(align="center", baseline="bottom", dy=-7, fontWeight=600).encode(
            x=x, text="text:N"
        ),
    ]
    if frame.has_zero:
        layers.insert(0, _zero(frame))
    if frame.band:
        layers.insert(0, _band(frame))
    height = ROW_PX * len(order) + 6
    return alt.layer(*layers).properties(width=plot_width(order, frame), height=height)


def rows(marks: Sequence[Mark], frame: Frame, width: int = CHART_WIDTH) -> dict[str, Any]:
    """Draw ``intervals`` under their title."""
    frame = replace(frame, width=width)
    return titled(intervals(marks, frame), frame)


def panels(
    parts: Sequence[tuple[Sequence[Mark], Frame]],
    title: Frame,
    width: int = CHART_WIDTH,
    *,
    columns: int = 1,
) -> dict[str, Any]:
    """Put charts of different units under one note, each with an axis of its own."""
    title = replace(title, width=width)
    labels = [mark.label for marks, _ in parts for mark in marks]
    plot = plot_width(labels, replace(title, width=int(width / columns)))
    charts = [intervals(marks, frame).properties(width=plot) for marks, frame in parts]
    grid = alt.concat(*charts, columns=columns, spacing=14).resolve_scale(color="independent")
    return titled(grid, title)


def trend(marks: Sequence[Mark], frame: Frame, width: int = CHART_WIDTH) -> dict[str, Any]:
    """Draw a series over time with its intervals; first, last and extremes carry their value."""
    frame = replace(frame, width=width)
    table = _table(marks)
    shown = {0, len(table) - 1, int(table["estimate"].idxmax()), int(table["estimate"].idxmin())}
    table["text"] = [row if i in shown else "" for i, row in enumerate(table["text"])]
    order = list(table["label"])
    x = alt.X("label:O", sort=order, title=None, axis=_named_axis(dated(order, frame.width - 40)))
    scale = alt.Scale(zero=frame.has_zero, nice=True, padding=10)
    y = alt.Y("estimate:Q", title=None, scale=scale, axis=_number_axis())
    base = alt.Chart(table).encode(x=x)
    layers = [
        base.mark_rule(strokeWidth=2.5, opacity=0.5, color=frame.tone["estimate"]).encode(
            y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q"
        ),
        base.mark_line(color=frame.tone["actual"]).encode(y=y),
        base.mark_point(filled=True, size=45, opacity=1).encode(y=y),
        base.mark_text(dy=-7, baseline="bottom", fontWeight=600).encode(
            y=alt.Y("high:Q", title=None, scale=scale), text="text:N"
        ),
    ]
    return titled(alt.layer(*layers).properties(width=frame.width - 40, height=PLOT_PX), frame)


def curve(marks: Sequence[Mark], frame: Frame, width: int = CHART_WIDTH) -> dict[str, Any]:
    """Draw an outcome by score, interval at each score, the NPS classes by colour and name."""
    frame = replace(frame, width=width)
    table = _table(marks)
    shown = {0, len(table) - 1}
    table["text"] = [row if i in shown else "" for i, row in enumerate(table["text"])]
    order = list(table["label"])
    named = {label: [label, frame.under.get(label, "")] for label in order}
    x = alt.X("label:O", sort=order, title=frame.axis, axis=_named_axis(named))
    scale = alt.Scale(zero=False, nice=True, padding=12)
    y = alt.Y("estimate:Q", title=None, scale=scale, axis=_number_axis())
    colour = alt.Color("group:N", scale=_tones(table, frame), legend=None)
    base = alt.Chart(table).encode(x=x)
    layers = [
        base.mark_rule(strokeWidth=2.5, opacity=0.55).encode(
            y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q", color=colour
        ),
        base.mark_point(filled=True, size=60, opacity=1).encode(y=y, color=colour),
        base.mark_text(dy=-10, baseline="bottom", fontWeight=600).encode(
            y=alt.Y("high:Q", title=None, scale=scale), text="text:N"
        ),
    ]
    return titled(alt.layer(*layers).properties(width=frame.width - 40, height=PLOT_PX), frame)


def bars(marks: Sequence[Mark], frame: Frame, width: int = CHART_WIDTH) -> dict[str, Any]:
    """Draw counts as bars from zero, each with its number at its end."""
    frame = replace(frame, width=width)
    table = _table(marks)
    order = list(table["label"])
    plot = plot_width(order, frame)
    most = float(table["estimate"].max() or 1)
    room = alt.Scale(domain=[0, most * plot / (plot - 50)], nice=False)
    base = alt.Chart(table).encode(y=alt.Y("label:N", sort=order, title=None, axis=_row_axis()))
    x = alt.X("estimate:Q", title=frame.axis, scale=room, axis=None)
    layers = [
        base.mark_bar(color=frame.tone["actual"], height=13).encode(x=x),
        base.mark_text(align="left", dx=5, fontWeight=600).encode(x=x, text="text:N"),
    ]
    height = 25 * len(order)
    return titled(alt.layer(*layers).properties(width=plot, height=height), frame)


def ranked(marks: Sequence[Mark], frame: Frame, width: int = CHART_WIDTH) -> dict[str, Any]:
    """Draw many estimates side by side in ascending order, each with its interval."""
    frame = replace(frame, width=width)
    table = _table(sorted(marks, key=lambda mark: mark.estimate))
    table["rank"] = range(1, len(table) + 1)
    x = alt.X("rank:O", title=None, axis=None)
    scale = alt.Scale(zero=True, nice=True, padding=10)
    colour = alt.Color("group:N", scale=_tones(table, frame), legend=None)
    base = alt.Chart(table).encode(x=x)
    y = alt.Y("estimate:Q", title=None, scale=scale, axis=_number_axis())
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=frame.tone["faint"])
    layers = [
        zero.encode(y=alt.Y("zero:Q", scale=scale, title=None)),
        base.mark_rule(strokeWidth=2, opacity=0.5).encode(
            y=alt.Y("low:Q", title=None, scale=scale), y2="high:Q", color=colour
        ),
        base.mark_point(filled=True, size=32, opacity=1).encode(y=y, color=colour),
    ]
    return titled(alt.layer(*layers).properties(width=frame.width - 40, height=PLOT_PX), frame)


def ranges(marks: Sequence[Mark], frame: Frame, width: int = CHART_WIDTH) -> dict[str, Any]:
    """Draw how far a result moves between the two ends of each assumption (a tornado)."""
    frame = replace(frame, has_zero=True, width=width)
    widest_first = sorted(marks, key=lambda mark: -(mark.high - mark.low))
    return titled(intervals(widest_first, frame), frame)


def _table(marks: Sequence[Mark]) -> pd.DataFrame:
    return pd.DataFrame([vars(mark) for mark in marks])


def _tones(table: pd.DataFrame, frame: Frame) -> Any:
    groups = sorted(set(table["group"]))
    return alt.Scale(domain=groups, range=[frame.tone[group] for group in groups])


def _zero(frame: Frame) -> Any:
    line = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=frame.tone["faint"])
    return line.encode(x=alt.X("zero:Q", title=frame.axis))


def _band(frame: Frame) -> Any:
    low, high = frame.band or (0.0, 0.0)
    area = alt.Chart(pd.DataFrame({"low": [low], "high": [high]}))
    return area.mark_rect(color=frame.tone["grid"], opacity=1).encode(
        x=alt.X("low:Q", title=frame.axis), x2="high:Q"
    )


def _row_axis() -> Any:
    return alt.Axis(labelLimit=330, labelPadding=8, ticks=False, domain=False, grid=False)


def _number_axis(*, grid: bool = True) -> Any:
    return alt.Axis(tickCount=5, grid=grid, format=",~f")


def _named_axis(named: Mapping[str, Sequence[str]]) -> Any:
    """A horizontal axis whose labels stand upright, in the lines given for each."""
    words = json.dumps({label: list(lines) for label, lines in named.items()}, ensure_ascii=False)
    return alt.Axis(
        labelAngle=0, labelOverlap=False, ticks=False, labelExpr=f"{words}[datum.label]"
    )


def dated(labels: Sequence[str], room: float) -> dict[str, list[str]]:
    """Return for each period ("T1 2022") its lines on an axis ``room`` pixels wide.

    The year stands under the first label that bears it; as many labels as fit are shown, evenly,
    the last always. The others are empty.
    """
    parts = [label.rpartition("\N{NO-BREAK SPACE}") for label in labels]
    names = [name or year for name, _, year in parts]
    years = [year if name else "" for name, _, year in parts]
    last = len(labels) - 1
    for step in range(1, len(labels) + 1):
        shown = [place for place in range(len(labels)) if (last - place) % step == 0]
        turns = [
            place for before, place in zip([None, *shown], shown, strict=False)
            if before is None or years[place] != years[before]
        ]  # fmt: skip
        if _fits(names, shown, room / len(labels)) and _fits(years, turns, room / len(labels)):
            break
    return {
        label: [names[at], years[at] if at in turns else ""] if at in shown else [""]
        for at, label in enumerate(labels)
    }


def _fits(words: Sequence[str], places: Sequence[int], apart: float) -> bool:
    """Tell whether words at these places, ``apart`` pixels from place to place, stay clear."""
    pairs = zip(places, places[1:], strict=False)
    return all(
        (right - left) * apart >= CHARACTER_PX * (len(words[left]) + len(words[right])) / 2 + 5
        for left, right in pairs
    )
