"""Technical report: money by group and by other changes, who is at risk, what forecasts held."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from nexo.report import formats, select, tables, wording
from nexo.report.facts_data import column_name
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right, text
from nexo.report.wording import has_term, say, term

if TYPE_CHECKING:
    import pandas as pd


def value_by_group(lang: Lang, inputs: Inputs) -> str:
    """Margin of +10 NPS points in each group, and of the changes that are no NPS points."""
    frame = inputs.economics["money"]
    frame = frame[(frame["per"] == "base") & frame["estimate"].notna()]
    if frame.empty:
        return say(lang, "value_none") + "\n"
    groups = _printable(inputs, _groups(frame))
    changes = frame[[has_term("change", code) for code in frame["term"]]]
    rows = [_value_row(lang, inputs, row, _group(lang, inputs, row)) for row in groups.itertuples()]
    rows += [
        _value_row(lang, inputs, row, term(lang, "change", row.term))
        for row in changes.itertuples()
    ]
    said = tables.sentences(_refused(lang, inputs), _repeats(lang, inputs, frame))
    if not rows:
        return tables.paragraphs(said or say(lang, "value_none"))
    widths = {"customers": 10, "margin": 12, "interval": 22, "per_customer": 12}
    heads = [right(say(lang, f"col_{name}"), width) for name, width in widths.items()]
    heads = [Column(say(lang, "col_change_of"), width=34), *heads]
    caption = say(lang, "cap_value" if select.is_annual(inputs) else "cap_value_undated")
    table = tables.table(heads, rows, caption, "tbl-value")
    return tables.paragraphs(say(lang, "value_lead"), table, said)


def _groups(frame: pd.DataFrame) -> pd.DataFrame:
    """Ten points by the middle path in each group."""
    return frame[(frame["term"] == "nps_plus10_group") & (frame["path"] == "default_path")]


def _refused(lang: Lang, inputs: Inputs) -> str:
    """Name the groups in which ten points would move more customers than there are."""
    frame = inputs.economics["money"]
    rows = _printable(inputs, _groups(frame[(frame["per"] == "base") & frame["estimate"].isna()]))
    if rows.empty:
        return ""
    names = [_group(lang, inputs, row) for row in rows.itertuples()]
    reason = wording.reason(lang, str(rows["reason_code"].iloc[0]))
    return say(lang, "money_refused", reason=reason, paths=formats.listing(lang, names))


def _value_row(lang: Lang, inputs: Inputs, row: Any, name: str) -> list[str]:
    """One change: whom it concerns, what it brings in all, and to each."""
    money = partial(formats.money, lang, currency=inputs.currency)
    return [
        name,
        formats.number(lang, row.n_customers),
        money(row.estimate),
        formats.span(lang, money(row.conf_low), money(row.conf_high)),
        money(row.estimate / row.n_customers, digits=2),
    ]


def _repeats(lang: Lang, inputs: Inputs, frame: pd.DataFrame) -> str:
    """What the amount of a repeat contact less means, or why there is none."""
    rows = frame.set_index("term")
    for name, code in (("repeat_contact_less", "value_repeats"),
                       ("repeat_contact_less_alone", "value_repeats_alone")):  # fmt: skip
        if name in rows.index:
            days = formats.number(lang, inputs.panel_params.control_lookback_days)
            words = {"n": formats.number(lang, rows.loc[name, "n_customers"]), "days": days}
            words["rows"] = formats.number(lang, rows.loc[name, "n_obs"])
            total = _repeats_total(lang, inputs, rows, f"total_{name}")
            return tables.sentences(say(lang, code, **words), total)
    checks = inputs.links["revenue"].tables["diagnostics"]
    found = checks.loc[checks["check"] == "n_repeat_contacts", "message_code"]
    if not select.is_annual(inputs):
        return ""
    reason = say(lang, "no_attempts") if found.empty else wording.reason(lang, str(found.iloc[-1]))
    return say(lang, "value_no_repeats", reason=reason)


def _repeats_total(lang: Lang, inputs: Inputs, rows: pd.DataFrame, name: str) -> str:
    if name not in rows.index:
        return ""
    money, row = partial(formats.money, lang, currency=inputs.currency), rows.loc[name]
    span = formats.span(lang, money(row["conf_low"]), money(row["conf_high"]))
    years = formats.number(lang, inputs.horizon_years)
    return say(lang, "value_repeats_total", total=money(row["estimate"]), span=span, years=years)


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
