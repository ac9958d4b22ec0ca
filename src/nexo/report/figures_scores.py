"""Figures of the scores: NPS over time, who answers, attrition."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from nexo.report import charts, formats, select, wording
from nexo.report.charts import Mark
from nexo.report.charts_base import domain_of, is_cut
from nexo.report.figures import Figure, alt_text, axes_said, frame, need, told
from nexo.report.figures_data import Numbers, Part, cells, in_unit
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd


def nps_trend(lang: Lang, inputs: Inputs) -> Figure:
    """NPS of each wave with its interval; the title tells whether the latest change is chance."""
    waves = inputs.scores["nps_trend"]
    need(waves, "fig-nps-trend")
    points = partial(formats.number, lang, digits=1)
    marks = [
        Mark(wording.wave(lang, row.wave), row.nps_points, row.conf_low, row.conf_high,
             points(row.nps_points))
        for row in waves.itertuples()
    ]  # fmt: skip
    title = _trend_title(lang, waves, inputs.scores["changes"])
    domain = domain_of(end for mark in marks for end in (mark.low, mark.high))
    box = frame(inputs.report.brand, title, note=say(lang, "trend_caption"), domain=domain,
                reading=say(lang, "axis_cut") if is_cut(domain) else "")  # fmt: skip
    spec = partial(charts.trend, marks, box)
    return told(lang, "fig-nps-trend", spec, box, marks, points, "col_wave")


def _trend_title(lang: Lang, waves: pd.DataFrame, changes: pd.DataFrame) -> str:
    last = formats.number(lang, waves["nps_points"].iloc[-1], 1)
    is_latest = changes["contrast"] == "latest_vs_previous"
    change = changes[(changes["outcome"] == "nps") & is_latest]
    if change.empty:
        return say(lang, "trend_single", last=last)
    row = change.iloc[-1]
    if row["conf_low"] <= 0 <= row["conf_high"]:
        return say(lang, "trend_same", last=last)
    key = "trend_up" if row["estimate"] > 0 else "trend_down"
    return say(lang, key, last=last, change=formats.number(lang, abs(row["estimate"]), 1))


def who_answers(lang: Lang, inputs: Inputs) -> Figure:
    """What those who answered and those who did not went on to do, each measure in its unit."""
    table = inputs.scores["who_answers"].dropna(subset=["mean"])
    need(table, "fig-who-answers")
    parts, every, listed, differing, domains = [], [], [], [], []
    for measure, rows in table.groupby("measure", sort=False):
        unit = rows["unit"].iloc[0]
        name = term(lang, "measure", str(measure))
        written = partial(wording.quantity, lang, code=unit, currency=inputs.currency, signed=False)
        scale = wording.people_scale(unit, inputs.currency)
        marks = [
            Mark(term(lang, "group", row.group), row.mean * scale, row.conf_low * scale,
                 row.conf_high * scale, written(row.mean), _group_tone(row.group))
            for row in rows.itertuples()
        ]  # fmt: skip
        axis = wording.unit(lang, unit, inputs.currency, is_level=True)
        domains.append(domain_of(end for mark in marks for end in (mark.low, mark.high)))
        parts.append((marks, frame(inputs.report.brand, "", axis, domain=domains[-1])))
        every += [replace(mark, label=f"{name}, {mark.label}") for mark in marks]
        head = axis if axis.lower().startswith(name.lower()) else f"{name}: {axis}"
        told_in = in_unit(lang, str(unit), inputs.currency)
        listed.append(Part([cells(mark, told_in) for mark in marks], head[0].upper() + head[1:]))
        if _apart(rows):
            differing.append(name)
    title = (
        say(lang, "who_title_differ", measures=formats.listing(lang, differing))
        if differing
        else say(lang, "who_title_alike")
    )
    note = say(lang, "who_caption_undated" if inputs.kind == "snapshot" else "who_caption")
    box = frame(inputs.report.brand, title, note=note, reading=axes_said(lang, domains))
    spec, ends = partial(charts.panels, parts, box), partial(formats.number, lang, digits=1)
    heads = [say(lang, key) for key in ("col_group", "col_value", "data_low", "data_high")]
    table = Numbers(note, heads, listed)
    return Figure("fig-who-answers", spec, title, alt_text(lang, title, every, ends), table)


def _apart(rows: pd.DataFrame) -> bool:
    """Tell whether the intervals of the two groups do not touch."""
    if len(rows) < 2:
        return False
    return float(rows["conf_low"].max()) > float(rows["conf_high"].min())


def _group_tone(group: str) -> str:
    return "estimate" if group == "answered" else "passive"


CUSTOMER_STEPS = ("customers_kept", "active_at_landmarks")
"""General steps that count customers; the others count answers and orders."""


def flow_steps(inputs: Inputs) -> pd.DataFrame:
    """Return the steps from valid customers to the rows of the revenue model, each counted."""
    frame = inputs.flow.dropna(subset=["n_customers"])
    general = select.blank(frame["outcome"])
    is_step = general & frame["step_code"].isin(CUSTOMER_STEPS)
    return frame[is_step | (frame["outcome"] == "revenue")]


def flow(lang: Lang, inputs: Inputs) -> Figure:
    """Customers left after each step, from the file to the rows of the revenue model."""
    steps = flow_steps(inputs)
    need(steps, "fig-flow")
    count = partial(formats.number, lang)
    marks = [
        Mark(term(lang, "step", row.step_code), row.n_customers, row.n_customers, row.n_customers,
             count(row.n_customers))
        for row in steps.itertuples()
    ]  # fmt: skip
    title = say(lang, "flow_title", first=marks[0].text, last=marks[-1].text)
    box = frame(inputs.report.brand, title, note=say(lang, "flow_caption"))
    return told(lang, "fig-flow", partial(charts.bars, marks, box), box, marks, count, "col_step")
