"""What every chart is put together from: its frame, layers over one set of rows, and axes.

Marks and encodings are Altair's. They are nested here by hand: Altair's own ``layer`` and
``concat`` copy every part several times, which took longer than drawing the charts.
"""

from __future__ import annotations

import json
import math
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from nexo.report.look import CHART_WIDTH


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Let an import go without an optional module that has not been imported yet."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]


# jsonschema, which Altair imports, would build 38 grammars of web addresses with it: a second
# of work, for a check of formats that no chart has.
with _without("rfc3987_syntax"):
    import altair as alt

__all__ = ["Frame", "Rows", "Spec", "alt"]

PLOT_PX = 190
CHARACTER_PX = 6.3
"""Mean width of a character of the axis labels, to leave room for them."""

Spec = dict[str, Any]
"""A Vega-Lite specification, or a part of one."""
Rows = list[dict[str, Any]]


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


def rows_of(things: Iterable[Any]) -> Rows:
    """Return dataclasses as rows of Vega-Lite; what is not a number is null."""
    return [{key: _plain(value) for key, value in vars(thing).items()} for thing in things]


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return float(value) if math.isfinite(value) else None


def drawn(chart: alt.Chart, rows: Rows | None = None) -> Spec:
    """Return one layer: mark, encoding, and its rows where they are not those of the chart."""
    whole = chart.to_dict(validate=False)
    own = {} if rows is None else {"data": {"values": rows}}
    return {**own, "mark": whole["mark"], "encoding": whole["encoding"]}


def layered(rows: Rows, layers: Sequence[Spec], width: float, height: float) -> Spec:
    """Return layers over the same rows, the first at the bottom."""
    return {"data": {"values": rows}, "layer": list(layers), "width": width, "height": height}


def titled(spec: Spec, frame: Frame) -> Spec:
    """Return the chart with its note above, wrapped."""
    if not frame.note:
        return spec
    lines = textwrap.wrap(frame.note, int(frame.width / CHARACTER_PX))
    note = alt.TitleParams(
        text=lines, fontWeight="normal", fontSize=12, color=frame.tone["muted"], frame="bounds"
    )
    return {**spec, "title": note.to_dict(validate=False)}


def plot_width(labels: Sequence[str], frame: Frame) -> int:
    """Return the pixels left for the plot beside its row labels, never under half."""
    longest = max(len(label) for label in labels)
    return int(max(frame.width / 2, frame.width - 26 - CHARACTER_PX * longest))


def tones(groups: Iterable[str], frame: Frame) -> alt.Color:
    """Return the colour of each group, which is named after its tone."""
    names = sorted(set(groups))
    scale = alt.Scale(domain=names, range=[frame.tone[name] for name in names])
    return alt.Color("group:N", scale=scale, legend=None)


def row_axis() -> alt.Axis:
    """A vertical axis of names, without lines."""
    return alt.Axis(labelLimit=330, labelPadding=8, ticks=False, domain=False, grid=False)


def number_axis(*, grid: bool = True) -> alt.Axis:
    """An axis of numbers as the language writes them."""
    return alt.Axis(tickCount=5, grid=grid, format=",~f")


def named_axis(named: Mapping[str, Sequence[str]]) -> alt.Axis:
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
