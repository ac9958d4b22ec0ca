"""What to do next: initiatives ranked by their chances, scenarios, and the advice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from nexo.report import formats, select, tables, threats
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right, text
from nexo.report.wording import say

if TYPE_CHECKING:
    import pandas as pd

MOST_INITIATIVES = 6
"""Rows of the brief's table of initiatives: what two pages hold."""

LONGEST_NAME, LONGEST_OWNER = 40, 20
"""Characters of a name and of an owner there, for the same reason."""


def next_steps(lang: Lang, inputs: Inputs) -> str:
    """Initiatives ranked by their chances; else the scenario, and what initiatives would add."""
    verdict = select.headline(inputs).verdict
    roi = inputs.economics["roi"]
    priced = roi.dropna(subset=["npv_median_cents"]).sort_values("rank")
    none_pays = verdict == "supported" and len(priced) and not (priced["p_positive"] > 0.5).any()
    advice = say(lang, "do_none_pays" if none_pays else f"do_{verdict}")
    if len(priced):
        return tables.paragraphs(
            tables.sentences(_lead(lang, priced), _breakeven(lang, priced.iloc[0])),
            initiative_table(lang, inputs, priced.head(MOST_INITIATIVES)),
            _more(lang, priced),
            explained(lang, inputs),
            advice,
        )
    absent = say(lang, "next_unpriced" if len(roi) else "next_none")
    return tables.paragraphs(absent, *scenarios(lang, inputs)[:2], advice)


def initiative_table(
    lang: Lang, inputs: Inputs, priced: pd.DataFrame, caption: str = "", label: str = ""
) -> str:
    """Return the table of initiatives that have a price, best chances first; with a caption it
    stands in the technical report and has room for the lift expected and the cost."""
    heads = [
        Column(say(lang, "col_initiative"), width=26),
        Column(say(lang, "col_owner"), width=17),
        right(say(lang, "col_chances"), 11),
        right(say(lang, "col_return"), 28),
        right(say(lang, "col_lift"), 9),
        right(say(lang, "col_real"), 9),
    ]
    rows = [_row(lang, inputs, row) for row in priced.itertuples()]
    if caption:
        heads += [right(say(lang, "col_expected"), 13), right(say(lang, "col_outlay"), 10)]
        rows = [
            [*cells, *_declared(lang, inputs, row)]
            for cells, row in zip(rows, priced.itertuples(), strict=True)
        ]
    return tables.table(heads, rows, caption, label)


def _declared(lang: Lang, inputs: Inputs, row: Any) -> list[str]:
    """What the initiative's owner declared: the lift with its ends, and the cost."""
    number = partial(formats.number, lang, digits=1)
    ends = formats.span(lang, number(row.lift_points_low), number(row.lift_points_high))
    lift = number(row.lift_points_mode)
    lift = lift if ends == formats.MISSING else f"{lift} ({ends})"
    return [lift, formats.money(lang, row.outlay_cents, inputs.currency)]


def _row(lang: Lang, inputs: Inputs, row: Any) -> list[str]:
    money = partial(formats.money, lang, currency=inputs.currency)
    span = formats.span(lang, money(row.npv_low80_cents), money(row.npv_high80_cents))
    owner = select.code(row.owner)
    lift = formats.number(lang, row.breakeven_lift_points, 1)
    return [
        text(row.initiative, LONGEST_NAME),
        text(owner, LONGEST_OWNER) if owner else formats.MISSING,
        chances(lang, row.p_positive),
        f"{money(row.npv_median_cents)} ({span})",
        lift,
        threats.needed_share(lang, row.breakeven_causal_share),
    ]


def chances(lang: Lang, p_positive: float) -> str:
    """Write chances in 100; what simulation cannot tell from certain is not called certain."""
    if p_positive > 0.995:
        return say(lang, "over_99")
    if p_positive < 0.005:
        return say(lang, "under_1")
    return formats.number(lang, 100 * p_positive)


def _lead(lang: Lang, priced: pd.DataFrame) -> str:
    first = priced.iloc[0]
    words = {
        "first": text(first["initiative"], LONGEST_NAME),
        "chances": chances(lang, first["p_positive"]),
    }
    if len(priced) == 1:
        return say(lang, "next_lead_one", **words)
    likely = int((priced["p_positive"] > 0.5).sum())
    if not likely:
        return say(lang, "next_lead_none", n=formats.number(lang, len(priced)), **words)
    return say(lang, "next_lead", likely=formats.number(lang, likely),
               n=formats.number(lang, len(priced)), **words)  # fmt: skip


def _breakeven(lang: Lang, first: pd.Series) -> str:
    """Say what is enough for the first not to lose; empty where nothing possible is."""
    lift, share = first["breakeven_lift_points"], first["breakeven_causal_share"]
    if formats.is_missing(lift) or formats.is_missing(share):
        return ""
    return say(lang, "next_breakeven", lift=formats.number(lang, lift, 1),
               share=threats.needed_share(lang, share))  # fmt: skip


def explained(lang: Lang, inputs: Inputs) -> str:
    """What the columns of the table of initiatives mean."""
    years = formats.number(lang, inputs.horizon_years)
    return say(lang, "next_explain", years=years, share=threats.causal_share(lang, inputs))


def _more(lang: Lang, priced: pd.DataFrame) -> str:
    if len(priced) <= MOST_INITIATIVES:
        return ""
    shown, n = formats.number(lang, MOST_INITIATIVES), formats.number(lang, len(priced))
    return say(lang, "next_more", shown=shown, n=n)


def scenarios(lang: Lang, inputs: Inputs) -> list[str]:
    """One sentence for each what-if scenario that could be priced."""
    table = inputs.economics["scenarios"]
    money = partial(formats.money, lang, currency=inputs.currency)
    return [
        say(lang, "next_scenario", name=text(row.scenario, LONGEST_NAME),
            n=formats.number(lang, round(select.n_base(inputs) * row.reach_share)),
            cost=money(row.cost_cents), years=formats.number(lang, inputs.horizon_years),
            median=money(row.npv_median_cents), low=money(row.npv_low80_cents),
            high=money(row.npv_high80_cents), chances=chances(lang, row.p_positive))
        for row in table.dropna(subset=["npv_median_cents"]).itertuples()
    ]  # fmt: skip
