"""Figures of the link: shape by score, effects of the three outcomes, specification curve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from nexo.base.config import LINKED
from nexo.report import charts, charts_link, formats, wording
from nexo.report.charts import Mark
from nexo.report.figures import Figure, alt_text, figure_name, frame, need, told
from nexo.report.figures_data import Numbers, Part, numbers
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd

DIGITS = {"retained_share": 1, "new_categories_per_customer": 1, "contacts_per_customer": 0}
OTHER_METRICS = ("ces_score", "csat_score")
CLASSES = ("detractor", "passive", "promoter")


def shape(lang: Lang, inputs: Inputs, outcome: str) -> Figure:
    """The outcome at each NPS score, other known things equal, with intervals."""
    link = inputs.links[outcome]
    table = link.tables["shape"].dropna(subset=["estimate"]).sort_values("nps_score")
    need(table, figure_name("shape", outcome))
    unit, currency = link.status["unit"], inputs.currency
    digits = DIGITS.get(unit, 0)
    scale = wording.people_scale(unit, currency)
    marks = [
        Mark(str(int(row.nps_score)), row.estimate * scale, row.conf_low * scale,
             row.conf_high * scale, _level(lang, row.estimate, unit, currency, digits),
             _class_of(int(row.nps_score)))
        for row in table.itertuples()
    ]  # fmt: skip
    first, last = marks[0], marks[-1]
    title = say(lang, f"shape_title_{outcome}", first=first.text, last=last.text,
                x_first=first.label, x_last=last.label)  # fmt: skip
    words = wording.unit(lang, unit, currency, is_level=True)
    under = _class_names(lang, [mark.label for mark in marks])
    caption = say(lang, "shape_caption", outcome=term(lang, "outcome", outcome).capitalize(),
                  unit=words, n=formats.number(lang, link.status["n_obs"]))  # fmt: skip
    axis = say(lang, "score_axis")
    box = frame(inputs.report.brand, title, axis, note=caption, has_zero=False, under=under)
    ends = partial(formats.number, lang, digits=digits)
    spec = partial(charts.curve, marks, box)
    return told(lang, figure_name("shape", outcome), spec, box, marks, ends, "data_score")


def metric_shape(lang: Lang, inputs: Inputs, outcome: str, metric: str) -> Figure:
    """The outcome at each level of CES or CSAT, other known things equal, with intervals."""
    link, name = inputs.links[outcome], metric_figure(outcome, metric)
    table = link.tables["metric_shapes"]
    table = table[table["term"] == metric].sort_values("score")
    need(table, name)
    unit, currency = link.status["unit"], inputs.currency
    digits, scale = DIGITS.get(unit, 0), wording.people_scale(unit, currency)
    marks = [
        Mark(str(int(row.score)), row.estimate * scale, row.conf_low * scale,
             row.conf_high * scale, _level(lang, row.estimate, unit, currency, digits))
        for row in table.itertuples()
    ]  # fmt: skip
    words = {"outcome": term(lang, "outcome", outcome).capitalize(),
             "metric": term(lang, "metric", metric)}  # fmt: skip
    title = say(lang, "metric_shape_title", first=marks[0].text, last=marks[-1].text,
                x_first=marks[0].label, x_last=marks[-1].label, **words)  # fmt: skip
    levels = wording.unit(lang, unit, currency, is_level=True)
    note = say(lang, "metric_shape_caption", unit=levels, **words)
    axis = say(lang, "metric_axis", metric=words["metric"])
    box = frame(inputs.report.brand, title, axis, note=note, has_zero=False)
    ends = partial(formats.number, lang, digits=digits)
    return told(lang, name, partial(charts.curve, marks, box), box, marks, ends, "data_score")


def metric_figure(outcome: str, metric: str) -> str:
    """Name of the figure of one metric's shape."""
    return figure_name(f"shape-{metric.removesuffix('_score')}", outcome)


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
    note, written = say(lang, "survival_caption"), partial(formats.number, lang, digits=1)
    box = frame(inputs.report.brand, title, say(lang, "months_axis"), note=note)
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
    written = partial(formats.number, lang, digits=1)
    marks = [
        Mark(say(lang, "tenth", n=formats.number(lang, place)), point.estimate, point.low,
             point.high, written(point.estimate))
        for place, point in enumerate(points, start=1)
    ]  # fmt: skip
    box = frame(inputs.report.brand, title, say(lang, "predicted_axis"), note=note)
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


def _level(lang: Lang, value: float, unit: str, currency: str, digits: int) -> str:
    text = wording.quantity(lang, value, unit, currency, signed=False, digits=digits)
    return text + formats.percent_sign(lang) if unit == "retained_share" else text


def _class_of(score: int) -> str:
    """Return the NPS class of a score of 0 to 10, by Reichheld's cuts."""
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


def _class_names(lang: Lang, scores: list[str]) -> dict[str, str]:
    """Return the middle score of each class present -> the name of the class."""
    found: dict[str, list[str]] = {}
    for score in scores:
        found.setdefault(_class_of(int(score)), []).append(score)
    return {own[(len(own) - 1) // 2]: term(lang, "nps_class", name) for name, own in found.items()}


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
        listed.append((axis[0].upper() + axis[1:], [mark]))
    title = _effects_title(lang, inputs.evidence["verdicts"])
    m = len(parts)
    together = say(lang, "together", m=formats.number(lang, m)) if m > 1 else ""
    note = say(lang, "effects_caption", together=together)
    spec = partial(charts.panels, parts, frame(inputs.report.brand, title, note=note))
    ends = partial(formats.number, lang, digits=2)
    table = numbers(lang, note, "col_outcome", listed, ends)
    return Figure("fig-effects", spec, title, alt_text(lang, title, every, ends), table)


def _effects_title(lang: Lang, verdicts: pd.DataFrame) -> str:
    k, m = int((verdicts["verdict"] == "supported").sum()), len(verdicts)
    key = {0: "effects_title_none", m: "effects_title_all"}.get(k, "effects_title")
    return say(lang, key, k=formats.number(lang, k), m=formats.number(lang, m))


def specifications(lang: Lang, inputs: Inputs, outcome: str) -> Figure:
    """The same estimate under every declared choice of analysis, ascending."""
    every = inputs.evidence["specifications"]
    table = every[every["outcome"] == outcome].dropna(subset=["estimate", "conf_low", "conf_high"])
    need(table, figure_name("specifications", outcome))
    unit = str(table["unit"].iloc[0])
    scale = wording.people_scale(unit, inputs.currency)
    written = partial(wording.quantity, lang, code=unit, currency=inputs.currency)
    marks = [
        Mark(str(number), row.estimate * scale, row.conf_low * scale, row.conf_high * scale,
             written(row.estimate), "estimate" if row.conf_low > 0 else "passive")
        for number, row in enumerate(table.sort_values("estimate").itertuples(), start=1)
    ]  # fmt: skip
    above = sum(mark.low > 0 for mark in marks)
    key = "specs_title_all" if above == len(marks) > 1 else "specs_title"
    title = say(lang, key, outcome=term(lang, "outcome", outcome).capitalize(),
                n=formats.number(lang, len(marks)), k=formats.number(lang, above))  # fmt: skip
    words = wording.unit(lang, unit, inputs.currency)
    caption = say(lang, "specs_caption", unit=words[0].upper() + words[1:])
    box = frame(inputs.report.brand, title, words, note=caption)
    ends = partial(formats.number, lang, digits=2)
    ends_only = [marks[0], marks[-1]] if len(marks) > 1 else marks
    table = numbers(lang, caption, "data_rank", [("", marks)], ends)
    return Figure(figure_name("specifications", outcome), partial(charts.ranked, marks, box), title,
                  alt_text(lang, title, ends_only, ends), table)  # fmt: skip
