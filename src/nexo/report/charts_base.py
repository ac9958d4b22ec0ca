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
from nexo.report.palette import word_tone


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
INTERVAL: dict[str, Any] = {"strokeWidth": 1.8, "opacity": 1}
"""Look of an interval's line: thinner than its point, and as dark, so that it is seen."""
CHARACTER_PX = 6.3
"""Mean width of a character of the axis labels, to leave room for them."""

Spec = dict[str, Any]
"""A Vega-Lite specification, or a part of one."""
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Frame:
    """What every chart shares: ``title`` is the finding, printed as the caption; ``note`` says
    what is drawn, in the chart, and ``reading`` how axes and bands are read; ``tone`` is
    look.colours(); ``width`` holds labels and plot; ``under`` is what stands below some labels of
    the horizontal axis, ``up`` what the vertical one measures; ``domain`` are the ends of the axis
    of numbers, where the figure says whether it holds zero."""

    title: str
    axis: str
    tone: dict[str, str]
    note: str = ""
    width: int = CHART_WIDTH
    band: tuple[float, float] | None = None
    has_zero: bool = True
    under: Mapping[str, str] = field(default_factory=dict)
    reading: str = ""
    up: str = ""
    domain: tuple[float, float] | None = None


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
    words = " ".join(part for part in (frame.note, frame.reading) if part)
    if not words:
        return spec
    lines = textwrap.wrap(words, int(frame.width / CHARACTER_PX))
    note = alt.TitleParams(
        text=lines, fontWeight="normal", fontSize=12, color=frame.tone["muted"], frame="bounds"
    )
    return {**spec, "title": note.to_dict(validate=False)}


def plot_width(labels: Sequence[str], frame: Frame) -> int:
    """Return the pixels left for the plot beside its row labels, never under half."""
    longest = max(len(label) for label in labels)
    return int(max(frame.width / 2, frame.width - 26 - CHARACTER_PX * longest))


def domain_of(
    values: Iterable[float], *, most: float = math.inf, room: float = 0.08
) -> tuple[float, float]:
    """Return round ends of an axis that holds every value, with some room (a share) around them.

    An axis starts at zero where it nearly would; it ends at ``most`` (per cent: 100).
    """
    known = [value for value in values if math.isfinite(value)]
    low, high = min(known), max(known)
    if 0 <= low <= (high - low) / 3:
        low = 0.0
    if 0 >= high >= (low - high) / 3:
        high = 0.0
    reach = (high - low) or abs(high) or 1.0
    low, high = low - room * reach * (low != 0), high + room * reach * (high != 0)
    step = 10.0 ** math.floor(math.log10((high - low) / 5))
    step *= next(size for size in (1, 2, 5, 10) if size * step * 5 >= (high - low) * 0.999)
    least = math.floor(low / step + 1e-9) * step
    return least, min(math.ceil(high / step - 1e-9) * step, max(most, max(known)))


def is_cut(domain: tuple[float, float]) -> bool:
    """Tell whether an axis does not hold zero, which its chart has to say."""
    return domain[0] > 0 or domain[1] < 0


def scale_of(frame: Frame, padding: int) -> alt.Scale:
    """Return the scale of the axis of numbers: the frame's own ends, or those of the data."""
    if frame.domain:
        return alt.Scale(domain=list(frame.domain), nice=False, zero=False)
    return alt.Scale(zero=frame.has_zero, nice=True, padding=padding)


def tones(groups: Iterable[str], frame: Frame, *, is_text: bool = False) -> alt.Color:
    """Return the colour of each group, named after its tone; of words, one that is read."""
    names = sorted(set(groups))
    shown = [frame.tone[word_tone(name) if is_text else name] for name in names]
    scale = alt.Scale(domain=names, range=shown)
    return alt.Color("group:N", scale=scale, legend=None)


def row_axis() -> alt.Axis:
    """A vertical axis of names, without lines."""
    return alt.Axis(labelLimit=330, labelPadding=8, ticks=False, domain=False, grid=False)


def number_axis(*, grid: bool = True) -> alt.Axis:
    """An axis of numbers as the language writes them."""
    return alt.Axis(tickCount=5, grid=grid, format=",~f")


def upright_axis() -> alt.Axis:
    """A vertical axis of numbers whose title stands level above it."""
    return alt.Axis(tickCount=5, grid=True, format=",~f", titleAngle=0, titleAlign="left",
                    titleX=0, titleY=-8)  # fmt: skip


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
