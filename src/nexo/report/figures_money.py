"""Figures of money: margin by path, customer equity by class, tornado of assumptions."""

from __future__ import annotations

from functools import partial

from nexo.report import charts, formats, select, wording
from nexo.report.charts import Mark
from nexo.report.figures import Figure, frame, interval_figure, need, told
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.wording import say, term


def money_by_path(lang: Lang, inputs: Inputs) -> Figure:
    """Margin of +10 NPS points on the whole base, by who changes class."""
    rows = select.money_rows(inputs, "nps_plus10")
    need(rows, "fig-money")
    currency = inputs.currency
    written = partial(formats.money, lang, currency=currency)
    scale = formats.major_units(1, currency)
    marks = [
        Mark(term(lang, "path", row.path), row.estimate * scale, row.conf_low * scale,
             row.conf_high * scale, written(row.estimate),
             "estimate" if row.path == "default_path" else "muted")
        for row in rows.itertuples()
    ]  # fmt: skip
    low, high = rows["estimate"].min(), rows["estimate"].max()
    title = say(lang, "money_title", low=written(low), high=written(high))
    axis = say(lang, "money_axis_year" if select.is_annual(inputs) else "money_axis")
    axis = f"{axis} ({wording.currency_sign(lang, currency)})"
    n = formats.number(lang, select.n_base(inputs))
    caption = say(lang, "money_caption", n=n)
    box = frame(inputs.report.brand, title, axis, note=caption)
    ends = partial(_ends, lang, currency)
    return interval_figure(lang, "fig-money", marks, box, ends, "col_path")


def _ends(lang: Lang, currency: str, amount: float) -> str:
    return formats.money(lang, amount / formats.major_units(1, currency), currency)


def equity(lang: Lang, inputs: Inputs) -> Figure:
    """Value of a customer over the horizon by NPS class, with intervals."""
    rows, years = select.equity_classes(inputs), inputs.horizon_years
    need(rows, "fig-equity")
    currency = inputs.currency
    scale = formats.major_units(1, currency)
    marks = [
        Mark(term(lang, "nps_class", row.level), row.equity_discounted_cents * scale,
             row.conf_low_cents * scale, row.conf_high_cents * scale,
             formats.money(lang, row.equity_discounted_cents, currency), row.level)
        for row in rows.itertuples()
    ]  # fmt: skip
    by_class = {row.level: mark.text for row, mark in zip(rows.itertuples(), marks, strict=True)}
    written_years = formats.number(lang, years)
    if {"promoter", "detractor"} <= set(by_class):
        title = say(lang, "equity_title", high=by_class["promoter"], low=by_class["detractor"],
                    years=written_years)  # fmt: skip
    else:
        title = say(lang, "equity_title_plain", years=written_years)
    axis = f"{say(lang, 'equity_axis')} ({wording.currency_sign(lang, currency)})"
    note = say(lang, "equity_caption", years=written_years)
    box = frame(inputs.report.brand, title, axis, note=note)
    ends = partial(_ends, lang, currency)
    return interval_figure(lang, "fig-equity", marks, box, ends, "col_class")


def tornado(lang: Lang, inputs: Inputs) -> Figure:
    """Return of the first initiative at both ends of each assumption (cents); without any, that
    of the first scenario."""
    table = inputs.economics["tornado"].dropna(subset=["low_cents", "high_cents"])
    need(table, "fig-tornado")
    currency = inputs.currency
    scale = formats.major_units(1, currency)
    marks = []
    for row in table.itertuples():
        low, high = sorted((row.low_cents, row.high_cents))
        text = formats.span(
            lang, formats.money(lang, low, currency), formats.money(lang, high, currency)
        )
        label = term(lang, "assumption", row.assumption)
        marks.append(Mark(label, row.central_cents * scale, low * scale, high * scale, text))
    widest = max(marks, key=lambda mark: mark.high - mark.low)
    title = say(lang, "tornado_title", first=widest.label)
    is_ranked = (inputs.economics["roi"]["rank"] == 1).any()
    caption = "tornado_caption" if is_ranked else "tornado_caption_scenario"
    axis = f"{say(lang, 'tornado_axis')} ({wording.currency_sign(lang, currency)})"
    box = frame(inputs.report.brand, title, axis, note=say(lang, caption))
    spec, ends = partial(charts.ranges, marks, box), partial(_ends, lang, currency)
    return told(lang, "fig-tornado", spec, box, marks, ends, "col_assumption")
