"""A chart of before and after: one row a name, a hollow point before, a full one after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nexo.report.charts import BOLD_ABOVE, ZERO
from nexo.report.charts_base import (
    Frame,
    Spec,
    alt,
    drawn,
    layered,
    plot_width,
    row_axis,
    rows_of,
    titled,
)
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
) -> Spec:
    """Draw each change as a line between its two points; ``names`` label those of the first row.

    ``frame.band`` shades what counts as balanced.
    """
    frame = replace(frame, width=width)
    order, table = [change.label for change in changes], rows_of(changes)
    rows = alt.Y("label:N", sort=order, title=None, axis=row_axis())
    scale = alt.Scale(zero=True, nice=True, padding=14)
    number = alt.Axis(tickCount=5, grid=False, format="+.2~f")
    before = alt.X("before:Q", title=frame.axis, scale=scale, axis=number)
    after, base = alt.X("after:Q", scale=scale), alt.Chart().encode(y=rows)
    tone, hollow = frame.tone["estimate"], frame.tone["detractor"]
    link = base.mark_rule(color=frame.tone["passive"], strokeWidth=1.5)
    layers = [
        *_ground(frame, scale),
        drawn(link.encode(x=before, x2=alt.X2("after:Q"))),
        drawn(base.mark_point(size=50, color=hollow, filled=False).encode(x=before)),
        drawn(base.mark_point(size=55, color=tone, filled=True, opacity=1).encode(x=after)),
    ]
    for x, colour, name in ((before, hollow, names[0]), (after, tone, names[1])):
        word = base.mark_text(color=colour, dy=-6, **BOLD_ABOVE)
        layers.append(drawn(word.encode(x=x, text=alt.TextValue(name)), table[:1]))
    plot = layered(table, layers, plot_width(order, frame), ROW_PX * len(order) + 12)
    return titled(plot, frame)


def _ground(frame: Frame, scale: alt.Scale) -> list[Spec]:
    """The band of what counts as balanced, and zero."""
    low, high = frame.band or (0.0, 0.0)
    edge = alt.X("low:Q", title=frame.axis, scale=scale)
    area = alt.Chart().mark_rect(color=frame.tone["grid"])
    line = alt.Chart().mark_rule(color=frame.tone["faint"])
    return [
        drawn(area.encode(x=edge, x2=alt.X2("high:Q")), [{"low": low, "high": high}]),
        drawn(line.encode(x=alt.X("zero:Q", scale=scale)), ZERO),
    ]
