"""One small multiple: groups down, metrics across, each metric on one scale all the way down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nexo.report.charts import Mark
from nexo.report.charts_base import (
    CHARACTER_PX,
    INTERVAL,
    Frame,
    Spec,
    alt,
    drawn,
    layered,
    rows_of,
    titled,
    tones,
)
from nexo.report.look import CHART_WIDTH

ROW_PX, GAP_PX = 21, 18
TEXT_SHARE = 0.3
"""Part of a panel that is left for the written value, right of the longest interval."""


@dataclass(frozen=True)
class Column:
    """A metric: its name, and for each block of groups its marks, none where it was not asked."""

    title: str
    marks: Mapping[str, Sequence[Mark]]

    @property
    def ends(self) -> tuple[float, float]:
        """Ends of the scale that all its panels share, with room for the written values."""
        every = [mark for marks in self.marks.values() for mark in marks]
        low, high = min(mark.low for mark in every), max(mark.high for mark in every)
        reach = (high - low) or 1.0
        return low - reach * 0.05, high + reach * TEXT_SHARE / (1 - TEXT_SHARE)


def grid(
    blocks: Mapping[str, Sequence[str]],
    columns: Sequence[Column],
    frame: Frame,
    width: int = CHART_WIDTH,
) -> Spec:
    """Draw ``blocks`` (title -> labels of its groups, from the top) by ``columns``."""
    frame = replace(frame, width=width)
    names = CHARACTER_PX * max(len(label) for labels in blocks.values() for label in labels) + 20
    plot = int((width - names - GAP_PX * (len(columns) - 1)) / len(columns))
    cells = []
    for place, (block, labels) in enumerate(blocks.items()):
        for across, column in enumerate(columns):
            cell = _panel(column, block, labels, frame, is_named=across == 0,
                          has_axis=place == len(blocks) - 1)  # fmt: skip
            cell |= {"width": plot, "height": ROW_PX * len(labels)}
            cells.append(cell if place else {**cell, "title": _heading(column.title, frame)})
    resolve = {"scale": {"color": "independent"}}
    spacing = {"row": 16, "column": GAP_PX}
    spec = {"concat": cells, "columns": len(columns), "spacing": spacing, "align": "each"}
    return titled({**spec, "resolve": resolve}, frame)


def _heading(text: str, frame: Frame) -> Spec:
    """The name of a metric above its first panel."""
    look = alt.TitleParams(text=text, anchor="start", fontSize=12, color=frame.tone["ink"])
    heading: Spec = look.to_dict(validate=False)
    return heading


def _panel(
    column: Column,
    block: str,
    labels: Sequence[str],
    frame: Frame,
    *,
    is_named: bool,
    has_axis: bool,
) -> Spec:
    """One metric in the groups of one block; names on the left, the scale at the bottom."""
    marks = column.marks.get(block, ())
    scale = alt.Scale(domain=list(column.ends), nice=False, zero=False)
    axis = alt.Axis(tickCount=3, grid=True, format=",~f", labels=has_axis, ticks=has_axis,
                    domain=has_axis)  # fmt: skip
    across = [alt.X(f"{name}:Q", title=None, scale=scale, axis=axis)
              for name in ("estimate", "low", "high")]  # fmt: skip
    base = alt.Chart().encode(y=_names(block if is_named else "", labels))
    colour = tones(("estimate", "passive"), frame)
    rule = base.mark_rule(**INTERVAL)
    text = base.mark_text(align="left", dx=5, fontWeight=600)
    layers = [
        drawn(rule.encode(x=across[1], x2=alt.X2("high:Q"), color=colour)),
        drawn(base.mark_point(filled=True, size=55, opacity=1).encode(x=across[0], color=colour)),
        drawn(text.encode(x=across[2], text=alt.Text("text:N"))),
    ]
    return layered(rows_of(marks), layers, 0, 0)


def _names(block: str, labels: Sequence[str]) -> alt.Y:
    """Labels under the name of their block; the panels further right have neither."""
    axis = alt.Axis(labelLimit=330, labelPadding=8, ticks=False, domain=False, grid=False,
                    labels=bool(block), titleAngle=0, titleAlign="right", titleX=-8, titleY=-7,
                    titleFontWeight=600)  # fmt: skip
    scale = alt.Scale(domain=list(labels))
    # A blank title takes as much room as a name, so that the headings stand on one line.
    return alt.Y("label:N", scale=scale, title=block or "\N{NO-BREAK SPACE}", axis=axis)
