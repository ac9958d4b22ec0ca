"""Technical report: margin by path, initiatives, scenarios, growth, assumptions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nexo.report import formats, select, tables, threats, wording
from nexo.report.facts_next import explained, initiative_table, scenarios
from nexo.report.figures_money import money_by_path, tornado
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right, text
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd


def margin(lang: Lang, inputs: Inputs) -> str:
    """Margin of +10 and +1 NPS points on the whole base, by path."""
    ten = select.money_rows(inputs, "nps_plus10")
    if ten.empty:
        return say(lang, "money_none", reason=wording.settles(lang, select.headline(inputs))) + "\n"
    money = partial(formats.money, lang, currency=inputs.currency)
    rows = []
    for code, frame in (("nps_plus10", ten), ("nps_plus1", select.money_rows(inputs, "nps_plus1"))):
        points = "10" if code == "nps_plus10" else "1"
        for row in frame.itertuples():
            rows.append(
                [
                    say(lang, "plus_points" if points == "10" else "plus_point", n=points),
                    term(lang, "path", row.path),
                    money(row.estimate),
                    formats.span(lang, money(row.conf_low), money(row.conf_high)),
                    money(row.estimate / row.n_customers, digits=2),
                ]
            )
    heads = [Column(say(lang, "col_lift_of"), width=20), Column(say(lang, "col_path"), width=22),
             right(say(lang, "col_margin"), 14), right(say(lang, "col_interval"), 22),
             right(say(lang, "col_per_customer"), 12)]  # fmt: skip
    annual = select.is_annual(inputs)
    n = formats.number(lang, select.n_base(inputs))
    caption = say(lang, "cap_money" if annual else "cap_money_undated", n=n)
    table = tables.table(heads, rows, caption, "tbl-money")
    figure = money_by_path(lang, inputs)
    return tables.paragraphs(
        say(lang, "money_lead" if annual else "money_lead_undated"),
        figure.wide().markdown(lang),
        table,
        _refused(lang, inputs),
        _after(lang, inputs),
    )


def _refused(lang: Lang, inputs: Inputs) -> str:
    """Name the paths that have no amount, and why."""
    frame = inputs.economics["money"]
    is_it = (frame["term"] == "nps_plus10") & (frame["per"] == "base") & frame["estimate"].isna()
    refused = frame[is_it & (frame["weights"] == "none")]
    return " ".join(
        say(
            lang,
            "money_refused",
            reason=wording.reason(lang, str(code)),
            paths=formats.listing(lang, [term(lang, "path", path) for path in rows["path"]]),
        )
        for code, rows in refused.groupby("reason_code")
    )


def _after(lang: Lang, inputs: Inputs) -> str:
    """What retention adds after the window, and both together, by the default path."""
    frame = inputs.economics["money"]
    found = frame[(frame["path"] == "default_path") & frame["estimate"].notna()].set_index("term")
    if not {"after_window_plus10", "total_plus10"} <= set(found.index):
        return ""
    money = partial(formats.money, lang, currency=inputs.currency)
    words = {"years": formats.number(lang, inputs.horizon_years)}
    for name, code in (("after", "after_window_plus10"), ("total", "total_plus10")):
        row = found.loc[code]
        words[name] = money(row["estimate"])
        words[f"{name}_span"] = formats.span(lang, money(row["conf_low"]), money(row["conf_high"]))
    return say(lang, "money_after", **words)


def initiatives(lang: Lang, inputs: Inputs) -> str:
    """Every initiative, what it hangs on, and the declared scenarios."""
    roi = inputs.economics["roi"]
    priced = roi.dropna(subset=["npv_median_cents"]).sort_values("rank")
    table = (
        initiative_table(lang, inputs, priced, say(lang, "cap_roi"), "tbl-initiatives")
        if len(priced)
        else ""
    )
    unpriced = roi[roi["npv_median_cents"].isna()]
    notes = [
        say(
            lang,
            "roi_unpriced",
            name=text(row.initiative),
            reason=wording.reason(lang, select.code(row.reason_code), "revenue"),
        )
        for row in unpriced.itertuples()
        if select.code(row.reason_code)
    ]
    figure = tornado(lang, inputs).wide().markdown(lang) if len(inputs.economics["tornado"]) else ""
    return tables.paragraphs(
        say(lang, "roi_lead")
        if len(priced)
        else say(lang, "next_unpriced" if len(roi) else "next_none"),
        table,
        explained(lang, inputs) if len(priced) else "",
        _plan(lang, inputs, priced),
        tables.bullets(notes) if notes else "",
        *scenarios(lang, inputs),
        figure,
    )


def _plan(lang: Lang, inputs: Inputs, priced: pd.DataFrame) -> str:
    """Name the initiatives of the best plan that the budget allows; nothing without a budget."""
    if priced["is_in_budget"].isna().all():
        return ""
    chosen = priced[priced["is_in_budget"].astype(str).str.lower() == "true"]
    names = [text(name) for name in chosen["initiative"]]
    money = formats.money(lang, inputs.budget_cents, inputs.currency)
    if not names:
        return say(lang, "budget_nothing", budget=money)
    return say(lang, "budget_lead", budget=money, names=formats.listing(lang, names))


def growth(lang: Lang, inputs: Inputs) -> str:
    """Earned growth and referrals."""
    frame = inputs.economics["growth"].dropna(subset=["value"])
    if frame.empty:
        return say(lang, "growth_none") + "\n"
    rows = []
    for row in frame.itertuples():
        level = select.code(row.level)
        name = term(lang, "growth", row.measure)
        if level:
            is_class = wording.has_term("nps_class", level)
            shown = text(inputs.label(lang, level))
            name += f": {term(lang, 'nps_class', level) if is_class else shown}"
        rows.append(
            [
                name,
                _growth_value(lang, inputs, row),
            ]
        )
    heads = [Column(say(lang, "col_measure"), width=44), right(say(lang, "col_value"), 12)]
    return tables.paragraphs(
        say(lang, "growth_lead"), tables.table(heads, rows, say(lang, "cap_growth"), "tbl-growth")
    )


def _growth_value(lang: Lang, inputs: Inputs, row: object) -> str:
    value, unit = row.value, str(row.unit)  # type: ignore[attr-defined]
    if unit == "share":
        return formats.percent(lang, value)
    if unit.startswith("cents"):
        return formats.money(lang, value, inputs.currency)
    return formats.number(lang, value, 0 if unit == "customers" else 2)


def assumptions(lang: Lang, inputs: Inputs) -> str:
    """Every number that was declared or estimated on the way to money, with its range."""
    if inputs.kind == "survey_only":
        return say(lang, "assumptions_none") + "\n"
    frame = inputs.economics["assumptions"]
    rows = []
    for row in frame[~frame["name"].isin(["seed", "n_draws"])].itertuples():
        write = partial(_assumption, lang, row.name, currency=inputs.currency)
        name = (
            term(lang, "assumption", row.name)
            if wording.has_term("assumption", row.name)
            else text(row.name)
        )
        rows.append(
            [
                name,
                term(lang, "kind", "counted" if row.name == "n_customers" else row.kind),
                write(row.low),
                write(row.value_used),
                write(row.high),
            ]
        )
    if not rows:
        return say(lang, "assumptions_none") + "\n"
    heads = [Column(say(lang, "col_assumption"), width=34), Column(say(lang, "col_kind"), width=14),
             right(say(lang, "col_low"), 10), right(say(lang, "col_central"), 10),
             right(say(lang, "col_high"), 10)]  # fmt: skip
    share = threats.causal_share(lang, inputs)
    return tables.paragraphs(
        say(lang, "assumptions_lead", share=share),
        tables.table(heads, rows, say(lang, "cap_assumptions"), "tbl-assumptions"),
    )


def _assumption(lang: Lang, name: str, value: float, currency: str) -> str:
    if "cents" in name:
        return formats.money(lang, value, currency)
    if name.endswith(("share", "rate")):
        return formats.percent(lang, value)
    return formats.number(lang, value)
