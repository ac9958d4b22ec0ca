"""Technical report: what a customer is worth over the horizon."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nexo.report import formats, select, tables, wording
from nexo.report.figures_money import equity as draw_equity
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right, text
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd


def equity(lang: Lang, inputs: Inputs) -> str:
    """What a customer is worth over the horizon: by NPS class first, then by group."""
    frame = inputs.economics["equity"].dropna(subset=["t1_cents"])
    rows, hidden = _equity_rows(lang, inputs, frame)
    if not rows:
        return say(lang, "equity_none") + "\n"
    note = ""
    if hidden:
        minimum = formats.number(lang, inputs.report.minimum_group)
        note = say(lang, "groups_hidden", n=formats.number(lang, hidden), minimum=minimum)
    heads = [Column(say(lang, "col_group"), width=18), right(say(lang, "col_customers"))]
    if not select.is_annual(inputs):
        heads += [right(say(lang, "col_margin"), 12)]
        table = tables.table(
            heads, [row[:3] for row in rows], say(lang, "cap_equity_undated"), "tbl-equity"
        )
        return tables.paragraphs(say(lang, "equity_undated"), table, note)
    heads += [right(say(lang, f"col_{name}"), 9) for name in ("t1", "simple", "discounted")]
    heads += [right(say(lang, "col_interval"), 15), right("sBG", 8)]
    caption = say(lang, "cap_equity", years=formats.number(lang, inputs.horizon_years))
    has_classes = len(select.equity_classes(inputs)) > 0
    figure = draw_equity(lang, inputs).wide().markdown(lang) if has_classes else ""
    table = tables.table(heads, rows, caption, "tbl-equity")
    return tables.paragraphs(say(lang, "equity_lead"), figure, table, note)


def _equity_rows(lang: Lang, inputs: Inputs, frame: pd.DataFrame) -> tuple[list[list[str]], int]:
    """Return the rows of groups large enough to print, and how many groups are hidden."""
    money = partial(formats.money, lang, currency=inputs.currency)
    rows, hidden = [], 0
    for group_by, part in frame.groupby(frame["group_by"].fillna(""), sort=False):
        kept, missing = select.large_enough(part, "n_customers", inputs.report.minimum_group)
        hidden += missing
        rows += [
            [
                _group(lang, inputs, str(group_by), select.code(row.level)),
                formats.number(lang, row.n_customers),
                money(row.t1_cents),
                money(row.equity_simple_cents),
                money(row.equity_discounted_cents),
                formats.span(lang, money(row.conf_low_cents), money(row.conf_high_cents)),
                money(row.equity_sbg_cents),
            ]
            for row in kept.itertuples()
        ]
    return rows, hidden


def _group(lang: Lang, inputs: Inputs, group_by: str, level: str) -> str:
    if group_by in ("", "all"):
        return f"**{say(lang, 'all_customers')}**"
    if group_by == "nps_class":
        return term(lang, "nps_class", level)
    name = (
        term(lang, "column", group_by) if wording.has_term("column", group_by) else text(group_by)
    )
    return f"{name}: {text(inputs.label(lang, level))}"
