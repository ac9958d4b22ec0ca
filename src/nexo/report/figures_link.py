"""Figures of the link: survival, calibration, effects of the outcomes, specification curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from nexo.base.config import LINKED
from nexo.report import charts, charts_link, formats, select, wording
from nexo.report.charts import Mark
from nexo.report.charts_base import domain_of, is_cut
from nexo.report.figures import Figure, alt_text, figure_name, frame, need
from nexo.report.figures_data import Numbers, Part, Written, cells, in_unit, numbers
from nexo.report.figures_shape import (
    CLASSES,
    OTHER_METRICS,
    metric_figure,
    metric_shape,
    most_of,
    shape,
)
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd


def survival(lang: Lang, inputs: Inputs) -> Figure:
    """Share of customers still there, month by month, by NPS class."""
    table = inputs.links["retention"].tables["survival"]
    need(table, "fig-survival")
    found, last, listed = [], [], []
    for name in (name for name in CLASSES if (table["contrast"] == name).any()):
        rows = table[table["contrast"] == name].sort_values("month")
        months = _months_kept(lang, rows, name)
        label, end = term(lang, "nps_class", name), months[-1]
        curve = [(month.estimate, month.low, month.high) for month in months]
        found.append(charts_link.Curve(name, f"{label} {end.text}", [0.0, *rows["month"]],
                                       *zip(*curve, strict=True)))  # fmt: skip
        last.append(replace(end, label=label))
        listed.append((label[0].upper() + label[1:], months))
    ends = {mark.group: mark.text for mark in last}
    title = say(lang, "survival_title", promoter=ends["promoter"], detractor=ends["detractor"])
    note, written = say(lang, "survival_caption"), in_unit(lang, "retained_share", "", digits=1)
    domain = domain_of((end for one in found for end in (*one.low, *one.high)), most=100.0)
    box = frame(inputs.report.brand, title, say(lang, "months_axis"), note=note, domain=domain,
                reading=say(lang, "axis_cut") if is_cut(domain) else "")  # fmt: skip
    data = numbers(lang, note, "data_month", listed, written)
    return Figure("fig-survival", partial(charts_link.curves, found, box), title,
                  alt_text(lang, title, last, written), data)  # fmt: skip


def _months_kept(lang: Lang, rows: pd.DataFrame, name: str) -> list[Mark]:
    """Return the share kept of one class at the start and after each month, in per cent."""
    start = Mark(formats.number(lang, 0), 100.0, 100.0, 100.0, "", name)
    return [start] + [
        Mark(formats.number(lang, row.month), 100 * row.estimate, 100 * row.conf_low,
             100 * row.conf_high, formats.percent(lang, row.estimate, 1), name)
        for row in rows.itertuples()
    ]  # fmt: skip


def calibration(lang: Lang, inputs: Inputs, outcome: str) -> Figure:
    """Observed against predicted, by tenths of the prediction."""
    link, name = inputs.links[outcome], figure_name("calibration", outcome)
    table = link.tables["calibration"]
    table = table[table["by"] == "tenth"]
    need(table, name)
    scale = wording.people_scale(link.status["unit"], inputs.currency)
    points = [
        charts_link.Group(row.predicted * scale, row.estimate * scale, row.conf_low * scale,
                          row.conf_high * scale)
        for row in table.itertuples()
    ]  # fmt: skip
    agree = sum(point.low <= point.predicted <= point.high for point in points)
    n = formats.number(lang, len(points))
    title = say(lang, "calibration_title", n=n, k=formats.number(lang, agree))
    unit = wording.unit(lang, link.status["unit"], inputs.currency, is_level=True)
    note = say(lang, "calibration_caption", outcome=term(lang, "outcome", outcome).capitalize(),
               unit=unit[0].upper() + unit[1:])  # fmt: skip
    written = in_unit(lang, link.status["unit"], inputs.currency, digits=1)
    marks = [
        Mark(say(lang, "tenth", n=formats.number(lang, place)), point.estimate, point.low,
             point.high, written(point.estimate))
        for place, point in enumerate(points, start=1)
    ]  # fmt: skip
    domain = domain_of(
        (value for one in points for value in (one.predicted, one.low, one.high)),
        most=most_of(link.status["unit"]),
    )
    box = frame(inputs.report.brand, title, say(lang, "predicted_axis"), note=note, domain=domain,
                reading=say(lang, "axes_cut") if is_cut(domain) else "",
                up=say(lang, "col_observed").lower())  # fmt: skip
    heads = [say(lang, key) for key in ("data_tenth", "col_predicted", "col_observed", "data_low",
                                        "data_high")]  # fmt: skip
    rows = [
        [mark.label, *map(written, (point.predicted, point.estimate, point.low, point.high))]
        for mark, point in zip(marks, points, strict=True)
    ]
    spec, table = partial(charts_link.agreement, points, box), Numbers(note, heads, [Part(rows)])
    return Figure(name, spec, title, alt_text(lang, title, marks, written), table)


def link_figures() -> dict[str, Callable[[Lang, Inputs], Figure]]:
    """Name -> maker of every figure that the sections of the outcomes may show."""
    found: dict[str, Callable[[Lang, Inputs], Figure]] = {"fig-survival": survival}
    for name in LINKED:
        found[figure_name("shape", name)] = partial(shape, outcome=name)
        found[figure_name("calibration", name)] = partial(calibration, outcome=name)
        for metric in OTHER_METRICS:
            draw = partial(metric_shape, outcome=name, metric=metric)
            found[metric_figure(name, metric)] = draw
    return found


def effects(lang: Lang, inputs: Inputs) -> Figure:
    """What goes with +10 NPS points, one row an outcome, each on its own axis."""
    verdicts = inputs.evidence["verdicts"].dropna(subset=["estimate"])
    need(verdicts, "fig-effects")
    parts, every, listed = [], [], []
    for row in verdicts.itertuples():
        scale = wording.people_scale(row.unit, inputs.currency)
        written = wording.quantity(lang, row.estimate, row.unit, inputs.currency)
        label = term(lang, "outcome", row.outcome)
        mark = Mark(
            label, row.estimate * scale, row.conf_low * scale, row.conf_high * scale, written
        )
        smallest = row.smallest_effect * scale
        axis = wording.unit(lang, row.unit, inputs.currency)
        band = (-smallest, smallest)
        parts.append(([mark], frame(inputs.report.brand, "", axis, band=band)))
        every.append(mark)
        told_in = in_unit(lang, row.unit, inputs.currency, signed=True)
        listed.append(Part([cells(mark, told_in)], axis[0].upper() + axis[1:]))
    title = _effects_title(lang, inputs.evidence["verdicts"])
    m = len(parts)
    together = say(lang, "together", m=formats.number(lang, m)) if m > 1 else ""
    note = say(lang, "effects_caption", together=together)
    box = frame(inputs.report.brand, title, note=note, reading=say(lang, "effects_band"))
    ends = partial(formats.number, lang, digits=2)
    heads = [say(lang, key) for key in ("col_outcome", "col_value", "data_low", "data_high")]
    spec, table = partial(charts.panels, parts, box), Numbers(note, heads, listed)
    return Figure("fig-effects", spec, title, alt_text(lang, title, every, ends), table)


def _effects_title(lang: Lang, verdicts: pd.DataFrame) -> str:
    k, m = int((verdicts["verdict"] == "supported").sum()), len(verdicts)
    key = {0: "effects_title_none", m: "effects_title_all"}.get(k, "effects_title")
    return say(lang, key, k=formats.number(lang, k), m=formats.number(lang, m))


def specifications(lang: Lang, inputs: Inputs, outcome: str) -> Figure:
    """The same estimate under every declared choice of analysis, ascending, and the report's."""
    every = inputs.evidence["specifications"]
    table = every[every["outcome"] == outcome].dropna(subset=["estimate", "conf_low", "conf_high"])
    need(table, figure_name("specifications", outcome))
    unit, table = str(table["unit"].iloc[0]), table.sort_values("estimate", kind="stable")
    scale = wording.people_scale(unit, inputs.currency)
    ends = in_unit(lang, unit, inputs.currency, signed=True)
    marks = [
        Mark(str(number), row.estimate * scale, row.conf_low * scale, row.conf_high * scale,
             ends(row.estimate * scale), "estimate" if row.conf_low > 0 else "passive")
        for number, row in enumerate(table.itertuples(), start=1)
    ]  # fmt: skip
    above = sum(mark.low > 0 for mark in marks)
    key = "specs_title_all" if above == len(marks) > 1 else "specs_title"
    title = say(lang, key, outcome=term(lang, "outcome", outcome).capitalize(),
                n=formats.number(lang, len(marks)), k=formats.number(lang, above))  # fmt: skip
    words = wording.unit(lang, unit, inputs.currency)
    caption = say(lang, "specs_caption", unit=words[0].upper() + words[1:])
    headline = _headline_mark(lang, inputs, outcome, ends)
    box = frame(inputs.report.brand, title, say(lang, "specs_axis"), note=caption,
                reading=say(lang, "specs_reading") if headline else "")  # fmt: skip
    ends_only = [marks[0], marks[-1]] if len(marks) > 1 else marks
    told_of = [*ends_only, *([headline] if headline else [])]
    spec = partial(charts.ranked, marks, box, headline)
    return Figure(figure_name("specifications", outcome), spec, title,
                  alt_text(lang, title, told_of, ends),
                  _choices(lang, caption, table, marks, ends))  # fmt: skip


def _headline_mark(lang: Lang, inputs: Inputs, outcome: str, ends: Written) -> Mark | None:
    """Return the estimate that the report stands on, with its interval; None without one."""
    row = select.effect(inputs, outcome, "nps_plus10", "default_path")
    if row is None:
        return None
    scale = wording.people_scale(str(row["unit"]), inputs.currency)
    estimate, low, high = (row[name] * scale for name in ("estimate", "conf_low", "conf_high"))
    name = say(lang, "specs_headline", value=ends(estimate))
    return Mark(name, estimate, low, high, name, "accent")


def _choices(
    lang: Lang, note: str, table: pd.DataFrame, marks: Sequence[Mark], ends: Written
) -> Numbers:
    """Return the table of a specification curve: each estimate, and what was chosen for it."""
    keys = ("data_rank", "col_value", "data_low", "data_high", "choice_controls", "choice_bins",
            "choice_coding", "choice_exclusion", "choice_weights")  # fmt: skip
    rows = []
    for mark, row in zip(marks, table.itertuples(), strict=True):
        controls = [
            term(lang, "column", name) if wording.has_term("column", name) else name
            for name in str(row.controls).split("+")
        ]
        rows.append(
            [
                *cells(mark, ends),
                say(lang, "choice_none") if row.controls == "none" else ", ".join(controls),
                formats.number(lang, row.bins),
                *(say(lang, f"{kind}_{getattr(row, kind)}")
                  for kind in ("coding", "exclusion", "weights")),
            ]
        )  # fmt: skip
    return Numbers(note, [say(lang, key) for key in keys], [Part(rows)], n_numbers=3)
