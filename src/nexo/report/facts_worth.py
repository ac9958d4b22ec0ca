"""The brief's third block: what ten more NPS points go with in each outcome, and in money."""

from __future__ import annotations

from functools import partial

from nexo.base.config import OUTCOMES
from nexo.report import formats, select, tables, wording
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right
from nexo.report.wording import say, term

TOGETHER = {2: "col_together_two", 3: "col_together"}
"""Outcomes judged at once -> the plain words for Holm's interval; one alone has a plain one."""

SAME = 0.005
"""How far, relatively, the printed factors may stand from the headline that they explain."""


def worth(lang: Lang, inputs: Inputs) -> str:
    """Each outcome with +10 NPS points and +1 CES point, Holm interval and verdict."""
    rows: list[list[str]] = []
    unknown: dict[tuple[str, str], list[str]] = {}
    for outcome in OUTCOMES:
        row = select.verdict(inputs, outcome)
        word = wording.verdict_word(lang, row["verdict"])
        if row["verdict"] == "not_identified":
            why = wording.reason(lang, select.code(row["reason_code"]), outcome)
            unknown.setdefault((word, why), []).append(term(lang, "outcome", outcome))
        else:
            rows.append(_worth_row(lang, inputs, outcome, word))
    missing = [_missing(lang, names, word, why) for (word, why), names in unknown.items()]
    if not rows:
        return tables.paragraphs(say(lang, "worth_nothing"), tables.bullets(missing))
    interval = say(lang, TOGETHER.get(len(rows), "col_interval"))
    has_ces = any(row[-1] != formats.MISSING for row in rows)
    heads = [Column(say(lang, "col_outcome"), width=21), right(say(lang, "col_nps10"), 15),
             right(interval, 14), Column(say(lang, "col_verdict"), width=20),
             right(say(lang, "col_ces1"), 21)]  # fmt: skip
    block = tables.table(
        heads if has_ces else heads[:4], rows if has_ces else [row[:4] for row in rows]
    )
    return tables.paragraphs(
        say(lang, "worth_lead"),
        block,
        "" if has_ces else say(lang, "no_ces_link"),
        tables.bullets(missing) if missing else "",
        say(lang, "no_time_order") if inputs.kind == "snapshot" else "",
        _scaled(bridge_sentence(lang, inputs), scale_sentence(lang, inputs)),
        equity_sentence(lang, inputs),
    )


def _missing(lang: Lang, names: list[str], verdict: str, why: str) -> str:
    """Write once what several outcomes share: that they are not identified, and why."""
    listed = formats.listing(lang, names)
    outcome = listed[0].upper() + listed[1:]
    return say(lang, "worth_missing", outcome=outcome, verdict=verdict, reason=why)


def bridge_sentence(lang: Lang, inputs: Inputs) -> str:
    """Say how revenue becomes the headline; empty where the three factors do not give it."""
    facts = select.headline(inputs)
    effect = select.effect(inputs, "revenue", "nps_plus10", "default_path")
    table = inputs.economics["assumptions"]
    margin = table.loc[table["name"] == "margin_share", "value_used"]
    if effect is None or margin.empty or facts.verdict == "not_identified":
        return ""
    # With the number as it is printed: who multiplies the three must find the headline.
    unit_cents = formats.major_units(1, inputs.currency)
    printed = round(effect["estimate"] * unit_cents, 2) / unit_cents
    product = printed * facts.n_customers * margin.iloc[0]
    if not abs(product - facts.median_cents) <= SAME * abs(facts.median_cents):
        return ""
    value = wording.quantity(
        lang, effect["estimate"], effect["unit"], inputs.currency, signed=False
    )
    return say(lang, "bridge", total=formats.money(lang, facts.median_cents, facts.currency),
               value=value, n=formats.number(lang, facts.n_customers),
               margin=formats.percent(lang, margin.iloc[0], 0))  # fmt: skip


def _scaled(bridge: str, scale: str) -> str:
    """Join the two: the second speaks of the amount of the first, and falls without it."""
    return tables.sentences(bridge, scale) if bridge else ""


def scale_sentence(lang: Lang, inputs: Inputs) -> str:
    """Say how much of a year's margin the headline is, and how many customers ten points are."""
    facts, equity = select.headline(inputs), inputs.economics["equity"]
    yearly = equity.loc[equity["group_by"] == "all", "t1_cents"].dropna()
    if yearly.empty or not facts.is_annual or facts.verdict == "not_identified":
        return ""
    total = float(yearly.iloc[0]) * facts.n_customers
    if total <= 0:
        return ""
    # NPS is a difference of shares: a customer who crosses both classes moves it by two.
    return say(lang, "scale_sentence",
               share=formats.percent(lang, facts.median_cents / total),
               two=formats.number(lang, round(facts.n_customers / 20)),
               one=formats.number(lang, round(facts.n_customers / 10)))  # fmt: skip


def _worth_row(lang: Lang, inputs: Inputs, outcome: str, word: str) -> list[str]:
    row = select.verdict(inputs, outcome)
    unit, currency = row["unit"], inputs.currency
    value = partial(wording.quantity, lang, code=unit, currency=currency)
    ces = select.effect(inputs, outcome, "ces_score", "plus_one")
    ces_cell = formats.MISSING
    if ces is not None:
        ces_span = formats.span(lang, value(ces["conf_low"]), value(ces["conf_high"]))
        ces_cell = f"{value(ces['estimate'])} ({ces_span})"
        if not select.is_clear(ces):
            ces_cell += f", {wording.verdict_word(lang, 'inconclusive')}"
    name, unit_words = term(lang, "outcome", outcome).capitalize(), term(lang, "row_unit", unit)
    return [
        f"**{name}**, {unit_words}",
        value(row["estimate"]),
        formats.span(lang, value(row["conf_low"]), value(row["conf_high"])),
        word,
        ces_cell,
    ]


def equity_sentence(lang: Lang, inputs: Inputs) -> str:
    """What a promoter and a detractor are worth over the horizon; empty where unknown."""
    known = {row.level: row for row in select.equity_classes(inputs).itertuples()}
    if not {"promoter", "detractor"} <= set(known):
        return ""
    money = partial(formats.money, lang, currency=inputs.currency)
    parts = {"years": formats.number(lang, inputs.horizon_years)}
    for name in ("promoter", "detractor"):
        row = known[name]
        parts[name] = money(row.equity_discounted_cents)
        parts[f"{name}_span"] = formats.span(
            lang, money(row.conf_low_cents), money(row.conf_high_cents)
        )
    return say(lang, "equity_sentence", **parts)
