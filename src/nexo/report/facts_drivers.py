"""Technical report: what explains NPS and the outcomes, by metric, touchpoint and phase."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nexo.report import charts_quadrant, formats, tables, wording
from nexo.report.charts_quadrant import Driver
from nexo.report.facts_data import column_name
from nexo.report.figures import Figure, frame, need
from nexo.report.figures_data import Numbers, Part
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right, text
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd

PLACES = ("touchpoint", "journey_phase")
VISIBLE = 0.0005
"""Share of what is explained under which one decimal of a per cent prints zero."""


def drivers(lang: Lang, inputs: Inputs) -> str:
    """What goes with each outcome most, by two ways of sharing out what is explained."""
    frame_of = inputs.evidence["drivers"].dropna(subset=["importance_lmg"])
    if frame_of.empty:
        return say(lang, "drivers_none") + "\n"
    metrics = frame_of[frame_of["grouping"] == "metrics"]
    blocks = [say(lang, "drivers_lead")]
    if len(metrics):
        blocks.append(_table(lang, inputs, metrics, "cap_drivers", "tbl-drivers"))
    if len(_placed(inputs)):
        blocks += [say(lang, "drivers_places"), quadrant(lang, inputs).wide().markdown(lang)]
    for grouping in PLACES:
        part = frame_of[(frame_of["grouping"] == grouping) & frame_of["performance"].notna()]
        if part.empty:
            continue
        reaches = part["conf_low"].lt(VISIBLE).groupby(part["outcome"]).transform("all")
        if not reaches.all():
            label = f"tbl-drivers-{grouping.replace('_', '-')}"
            kept = part[~reaches]
            blocks.append(_table(lang, inputs, kept, "cap_drivers_places", label, grouping))
        blocks.append(_folded(lang, part[reaches], grouping))
    return tables.paragraphs(*blocks)


def _folded(lang: Lang, part: pd.DataFrame, grouping: str) -> str:
    """Say in one sentence what a table of intervals that all reach zero would say."""
    if part.empty:
        return ""
    names = [term(lang, "target", name) for name in dict.fromkeys(part["outcome"])]
    return say(lang, "drivers_folded", name=column_name(lang, grouping),
               outcomes=formats.listing(lang, names),
               most=formats.percent(lang, part["conf_high"].max()))  # fmt: skip


def _table(
    lang: Lang, inputs: Inputs, part: pd.DataFrame, caption: str, label: str, grouping: str = ""
) -> str:
    share = partial(formats.percent, lang)
    rows = [
        [
            term(lang, "target", row.outcome),
            _driver(lang, inputs, str(row.driver)),
            share(row.importance_lmg),
            formats.span(lang, share(row.conf_low), share(row.conf_high)),
            share(row.importance_johnson),
            formats.span(lang, share(row.johnson_low), share(row.johnson_high)),
        ]
        for row in part.itertuples()
    ]
    interval = right(say(lang, "col_interval"), 15)
    heads = [Column(say(lang, "col_explained"), width=13),
             Column(say(lang, "col_driver"), width=20),
             right("LMG", 8), interval, right("Johnson", 9), interval]  # fmt: skip
    name = {"name": column_name(lang, grouping)} if grouping else {}
    return tables.table(heads, rows, say(lang, caption, **name), label)


def _driver(lang: Lang, inputs: Inputs, driver: str) -> str:
    """Write a block of ours in words, a level of the data as the source wants it printed."""
    if wording.has_term("driver", driver):
        return term(lang, "driver", driver)
    return text(inputs.label(lang, driver))


def _placed(inputs: Inputs) -> pd.DataFrame:
    """Return touchpoints as drivers of NPS, or phases where no touchpoint is known."""
    table = inputs.evidence["drivers"]
    table = table[(table["outcome"] == "nps") & table["performance"].notna()]
    for grouping in PLACES:
        part = table[table["grouping"] == grouping]
        if len(part) > 1:
            return part
    return table.iloc[:0]


def quadrant(lang: Lang, inputs: Inputs) -> Figure:
    """Importance for NPS against satisfaction, each touchpoint a point."""
    table = _placed(inputs).sort_values("importance_lmg", ascending=False)
    need(table, "fig-quadrant")
    points = [
        Driver(inputs.label(lang, str(row.driver)), 100 * row.importance_lmg, 100 * row.conf_low,
               100 * row.conf_high, 100 * row.performance)
        for row in table.itertuples()
    ]  # fmt: skip
    share = partial(formats.percent, lang)
    first = table.iloc[0]
    title = say(lang, "quadrant_title", first=points[0].label, share=share(first["importance_lmg"]))
    axes = (say(lang, "quadrant_across"), say(lang, "quadrant_up"))
    corners = (say(lang, "quadrant_mend"), say(lang, "quadrant_keep"))
    reading = say(lang, "axis_cut") if charts_quadrant.is_cut(points) else ""
    box = frame(inputs.report.brand, title, note=say(lang, "quadrant_note"), reading=reading)
    number = partial(formats.number, lang, digits=1)
    rows = "; ".join(
        say(lang, "quadrant_alt", label=p.label, importance=number(p.importance),
            low=number(p.low), high=number(p.high), performance=number(p.performance))
        for p in points
    )  # fmt: skip
    spec = partial(charts_quadrant.quadrant, points, axes, corners, box)
    heads = [
        say(lang, "data_place"),
        axes[0],
        say(lang, "data_low"),
        say(lang, "data_high"),
        axes[1],
    ]
    cells = [[p.label, *map(number, (p.importance, p.low, p.high, p.performance))] for p in points]
    table = Numbers(box.note, [head[0].upper() + head[1:] for head in heads], [Part(cells)])
    return Figure("fig-quadrant", spec, title, say(lang, "alt", title=title, rows=rows), table)
