"""The executive brief's five blocks as Markdown, made from results, in one language."""

from __future__ import annotations

from functools import partial

from nexo.config import OUTCOMES
from nexo.report import formats, select, tables, threats, wording
from nexo.report.figures import Figure
from nexo.report.figures_link import effects, shape
from nexo.report.figures_money import money_by_path
from nexo.report.figures_scores import nps_trend, who_answers
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right, text
from nexo.report.wording import say, term

TOGETHER = {2: "col_together_two", 3: "col_together"}
"""Outcomes judged at once -> the plain words for Holm's interval; one alone has a plain one."""

SAME = 0.005
"""How far, relatively, the printed factors may stand from the headline that they explain."""

HEADLINE_METRICS = (("nps", "nps"), ("ces", "mean"), ("csat", "mean"))


def first_figures(lang: Lang, inputs: Inputs) -> str:
    """Set two figures beside each other: the trend and the money, else the shape of the link."""
    makers = []
    if len(inputs.scores["nps_trend"]) > 1:
        makers.append(nps_trend)
    if len(select.money_rows(inputs, "nps_plus10")):
        makers.append(money_by_path)
    if inputs.links["revenue"].is_identified:
        makers.append(partial(shape, outcome="revenue"))
    return side_by_side(lang, [make(lang, inputs) for make in makers[:2]])


def second_figures(lang: Lang, inputs: Inputs) -> str:
    """Set what goes with ten more points beside what those who answered did."""
    makers = []
    if inputs.evidence["verdicts"]["estimate"].notna().any():
        makers.append(effects)
    if inputs.scores["who_answers"]["mean"].notna().any():
        makers.append(who_answers)
    return side_by_side(lang, [make(lang, inputs) for make in makers])


def side_by_side(lang: Lang, drawn: list[Figure]) -> str:
    """Set figures beside each other; one alone fills the line, none is an empty line."""
    if len(drawn) < 2:
        return drawn[0].wide().markdown(lang) if drawn else "\n"
    body = "\n".join(figure.markdown(lang) for figure in drawn)
    return f"::: {{layout-ncol={len(drawn)}}}\n{body}\n:::\n"


def headline_box(lang: Lang, inputs: Inputs) -> str:
    """The headline: the amount in large type, the sentence, the verdict, what would settle it."""
    facts = select.headline(inputs)
    amount = ""
    if facts.verdict in ("supported", "opposite_sign"):
        written = formats.money(lang, facts.median_cents, facts.currency, signed=True)
        amount = f"[{written}{say(lang, 'a_year') if facts.is_annual else ''}]{{.big}}"
    verdict = say(lang, "verdict_badge", verdict=wording.verdict_word(lang, facts.verdict))
    body = tables.paragraphs(
        amount,
        wording.headline(lang, facts),
        f"[{verdict}]{{.badge}}",
        wording.settles(lang, facts),
    )
    return f"::: {{.headline}}\n{body}:::\n"


def cover(lang: Lang, inputs: Inputs) -> str:
    """Company and last day of the data."""
    end = inputs.meta.get("data_end")
    key = "snapshot_at" if inputs.kind == "snapshot" else "data_until"
    until = say(lang, key, date=formats.date(lang, end)) if end else say(lang, "data_undated")
    if not inputs.company:
        return until[0].upper() + until[1:] + "\n"
    return f"**{text(inputs.company)}** · {until}\n"


def changed(lang: Lang, inputs: Inputs) -> str:
    """NPS, CES and CSAT with intervals, the latest change and the smallest visible one."""
    scores = inputs.scores["scores"]
    if scores.empty:
        return say(lang, "scores_absent") + "\n"
    rows, real = [], []
    changes = inputs.scores["changes"]
    latest = "latest" if len(changes) else ""
    for metric, kind in HEADLINE_METRICS:
        found = scores[
            (scores["outcome"] == metric)
            & (scores["term"] == kind)
            & (select.blank(scores["by"]))
            & (scores["wave"].fillna("") == latest)
            & (scores["weights"].fillna("none") == "none")
        ]
        if found.empty or found["estimate"].isna().all():
            continue
        row = found.iloc[0]
        digits = 1 if metric == "nps" else 2
        change = changes[(changes["outcome"] == metric) & (changes["term"] == kind)]
        cells, is_real = _change_cells(lang, change, digits)
        if is_real:
            real.append(term(lang, "metric", metric))
        number = partial(formats.number, lang, digits=digits)
        span = formats.span(lang, number(row["conf_low"]), number(row["conf_high"]))
        rows.append([f"**{term(lang, 'metric', metric)}**", number(row["estimate"]), span, *cells])
    return tables.paragraphs(_changed_lead(lang, inputs, real), _changed_table(lang, inputs, rows))


def _change_cells(lang: Lang, change: object, digits: int) -> tuple[list[str], bool]:
    if len(change) == 0:  # type: ignore[arg-type]
        return [formats.MISSING, formats.MISSING, say(lang, "reads_na")], False
    row = change.iloc[0]  # type: ignore[attr-defined]
    is_real = bool(row["conf_low"] > 0 or row["conf_high"] < 0)
    return [
        formats.number(lang, row["estimate"], digits, signed=True),
        f"±{formats.number(lang, row['smallest_detectable_change'], digits)}",
        say(lang, "reads_change" if is_real else "reads_chance"),
    ], is_real


def _changed_lead(lang: Lang, inputs: Inputs, real: list[str]) -> str:
    if inputs.kind == "snapshot":
        return say(lang, "changed_undated")
    if inputs.scores["changes"].empty:
        return say(lang, "changed_single")
    if not real:
        return say(lang, "changed_lead_same")
    return say(lang, "changed_lead", metrics=formats.listing(lang, real))


def _changed_table(lang: Lang, inputs: Inputs, rows: list[list[str]]) -> str:
    heads = [Column(say(lang, "col_metric"), width=8), right(say(lang, "col_now")),
             right(say(lang, "col_interval"), 14)]  # fmt: skip
    changes = inputs.scores["changes"]
    if changes.empty:
        return tables.table(heads, [row[:3] for row in rows])
    wave = wording.wave(lang, str(changes["wave_from"].iloc[0]))
    heads += [
        right(say(lang, "col_change", wave=wave), 12),
        right(say(lang, "col_smallest_change"), 12),
        Column(say(lang, "col_reading"), width=12),
    ]
    return tables.table(heads, rows)


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


def how_sure(lang: Lang, inputs: Inputs) -> str:
    """Which metric predicts, who answered, and the three threats that weigh most."""
    return tables.paragraphs(
        threats.race_sentence(lang, inputs),
        threats.answered_sentence(lang, inputs),
        say(lang, "sure_threats"),
        tables.bullets(threats.top_threats(lang, inputs, most=3)),
    )
