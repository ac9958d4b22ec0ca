"""Technical report: money by group and by other changes, who is at risk, what forecasts held."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nexo.report import formats, select, tables
from nexo.report.facts_data import column_name
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right, text
from nexo.report.wording import has_term, say, term

if TYPE_CHECKING:
    import pandas as pd


def value_by_group(lang: Lang, inputs: Inputs) -> str:
    """Margin of +10 NPS points in each group, and of the changes that are no NPS points."""
    money = partial(formats.money, lang, currency=inputs.currency)
    frame = inputs.economics["money"]
    frame = frame[(frame["per"] == "base") & frame["estimate"].notna()]
    rows = [
        [_group(lang, inputs, row), money(row.estimate),
         formats.span(lang, money(row.conf_low), money(row.conf_high))]
        for row in _printable(inputs, frame[frame["term"] == "nps_plus10_group"]).itertuples()
    ]  # fmt: skip
    rows += [
        [term(lang, "change", row.term), money(row.estimate),
         formats.span(lang, money(row.conf_low), money(row.conf_high))]
        for row in frame[[has_term("change", code) for code in frame["term"]]].itertuples()
    ]  # fmt: skip
    if not rows:
        return say(lang, "value_none") + "\n"
    heads = [Column(say(lang, "col_change_of"), width=40), right(say(lang, "col_margin"), 14),
             right(say(lang, "col_interval"), 24)]  # fmt: skip
    annual = select.is_annual(inputs)
    caption = say(lang, "cap_value" if annual else "cap_value_undated")
    return tables.paragraphs(
        say(lang, "value_lead"), tables.table(heads, rows, caption, "tbl-value")
    )


def _printable(inputs: Inputs, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of groups whose customers are enough to be shown (equity.csv counts them)."""
    equity = inputs.economics["equity"]
    kept = set()
    for by, part in equity.groupby("group_by"):
        shown = select.large_enough(part, "n_customers", inputs.report.minimum_group)[0]
        kept |= {(by, level) for level in shown["level"]}
    return rows[[pair in kept for pair in zip(rows["by"], rows["level"], strict=True)]]


def _group(lang: Lang, inputs: Inputs, row: object) -> str:
    by, level = str(row.by), str(row.level)  # type: ignore[attr-defined]
    label = text(inputs.label(lang, level))
    return say(lang, "value_group", by=column_name(lang, by), level=label)


def at_risk(lang: Lang, inputs: Inputs) -> str:
    """How many valuable customers are detractors, and how much of the equity they hold."""
    frame = inputs.economics["at_risk"]
    whole = frame[frame["group_by"] == "all"]
    if whole.empty or not select.is_annual(inputs):
        return say(lang, "risk_none") + "\n"
    money = partial(formats.money, lang, currency=inputs.currency)
    count = partial(formats.number, lang)
    first = whole.iloc[0]
    lead = say(
        lang,
        "risk_lead",
        n=count(first["n_customers"]),
        scored=count(first["n_scored"]),
        equity=money(first["equity_cents"]),
        share=formats.percent(lang, first["share_of_equity"]),
        years=count(inputs.horizon_years),
    )
    rows = []
    for by, part in frame[frame["group_by"] != "all"].groupby("group_by", sort=False):
        kept = select.large_enough(part, "n_customers", inputs.report.minimum_group)[0]
        rows += [
            [say(lang, "value_group", by=column_name(lang, str(by)),
                 level=text(inputs.label(lang, str(row.level)))),
             count(row.n_customers), money(row.equity_cents),
             formats.percent(lang, row.share_of_equity)]
            for row in kept.itertuples()
        ]  # fmt: skip
    if not rows:
        return tables.paragraphs(lead, say(lang, "risk_list"))
    heads = [
        Column(say(lang, "col_group"), width=30),
        right(say(lang, "col_customers"), 10),
        right(say(lang, "col_at_risk"), 14),
        right(say(lang, "col_of_equity"), 16),
    ]
    table = tables.table(heads, rows, say(lang, "cap_risk"), "tbl-risk")
    return tables.paragraphs(lead, table, say(lang, "risk_list"))


def forecasts(lang: Lang, inputs: Inputs) -> str:
    """What earlier editions foresaw and what happened, and what customers say they would do."""
    return tables.paragraphs(_hits(lang, inputs), _ceilings(lang, inputs))


def _hits(lang: Lang, inputs: Inputs) -> str:
    table = inputs.economics["forecasts"]
    judged = table[table["state"].isin(["hit", "miss"])]
    if judged.empty:
        n_open = int((table["state"] == "open").sum())
        if n_open:
            return say(lang, "forecasts_open", n=formats.number(lang, n_open))
        return say(lang, "forecasts_none")
    hits = int((judged["state"] == "hit").sum())
    rows = [
        [term(lang, "forecast", row.what), formats.short_date(lang, str(row.data_end)),
         formats.span(lang, _amount(lang, inputs, row.conf_low, row.unit),
                      _amount(lang, inputs, row.conf_high, row.unit)),
         _amount(lang, inputs, row.actual, row.unit), say(lang, f"forecast_{row.state}")]
        for row in judged.itertuples()
    ]  # fmt: skip
    heads = [
        Column(say(lang, "col_what"), width=30),
        Column(say(lang, "col_foreseen_at"), width=12),
        right(say(lang, "col_foreseen"), 22),
        right(say(lang, "col_happened"), 12),
        Column(say(lang, "col_reading"), width=12),
    ]
    body = tables.table(heads, rows, say(lang, "cap_forecasts"), "tbl-forecasts")
    lead = say(lang, "forecasts_lead", hits=formats.number(lang, hits),
               n=formats.number(lang, len(judged)))  # fmt: skip
    return tables.paragraphs(lead, body)


def _amount(lang: Lang, inputs: Inputs, value: float, unit: str) -> str:
    if unit == "share":
        return formats.percent(lang, value)
    return formats.money(lang, value, inputs.currency)


def _ceilings(lang: Lang, inputs: Inputs) -> str:
    money = partial(formats.money, lang, currency=inputs.currency)
    items = [
        say(lang, "ceiling_item", name=text(row.name), share=formats.percent(lang, row.share, 0),
            more=formats.percent(lang, row.more_share), amount=money(row.ceiling_cents_per_year))
        for row in inputs.economics["ceilings"].itertuples(index=False)
    ]  # fmt: skip
    if not items:
        return ""
    return tables.callout("caution", say(lang, "ceiling_title"), tables.bullets(items))
