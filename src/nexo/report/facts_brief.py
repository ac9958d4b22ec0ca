"""The executive brief's five blocks as Markdown, made from results, in one language."""

from __future__ import annotations

from functools import partial

from nexo.report import formats, select, tables, threats, wording
from nexo.report.figures import Figure
from nexo.report.figures_link import effects
from nexo.report.figures_money import money_by_path
from nexo.report.figures_scores import nps_trend, who_answers
from nexo.report.figures_shape import shape
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right, text
from nexo.report.wording import say, term

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
    images = "\n".join(figure.image(lang) for figure in drawn)
    numbers = "\n".join(figure.numbers(lang) for figure in drawn)
    # Below both: each block inside of the layout would be a column of its own.
    return f"::: {{layout-ncol={len(drawn)}}}\n{images}\n:::\n\n{numbers}"


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
    changes = select.latest_changes(inputs)
    for metric, kind in HEADLINE_METRICS:
        row = select.score(inputs, metric, kind)
        if row is None:
            continue
        digits = 1 if metric == "nps" else 2
        change = changes[(changes["outcome"] == metric) & (changes["term"] == kind)]
        cells, is_real = _change_cells(lang, change, digits)
        if is_real:
            real.append(term(lang, "metric", metric))
        number = partial(formats.number, lang, digits=digits)
        span = formats.span(lang, number(row["conf_low"]), number(row["conf_high"]))
        rows.append([f"**{term(lang, 'metric', metric)}**", number(row["estimate"]), span, *cells])
    lead = tables.sentences(_changed_lead(lang, inputs, real), _longer(lang, inputs))
    return tables.paragraphs(lead, _changed_table(lang, inputs, rows))


def _change_cells(lang: Lang, change: object, digits: int) -> tuple[list[str], bool]:
    if len(change) == 0:  # type: ignore[arg-type]
        return [formats.MISSING, formats.MISSING, say(lang, "reads_na")], False
    row = change.iloc[0]  # type: ignore[attr-defined]
    is_real = select.is_clear(row)
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
    wave = wording.wave(lang, str(select.latest_changes(inputs)["wave_from"].iloc[0]))
    if not real:
        return say(lang, "changed_lead_same", wave=wave)
    return say(lang, "changed_lead", metrics=formats.listing(lang, real), wave=wave)


def _longer(lang: Lang, inputs: Inputs) -> str:
    """Say how NPS moved over a year and since the first wave; empty where there is no such wave."""
    table = inputs.scores["changes"]
    own = table[(table["outcome"] == "nps") & (table["contrast"] != "latest_vs_previous")]
    number = partial(formats.number, lang, digits=1, signed=True)
    parts = [
        say(lang, row.contrast, wave=wording.wave(lang, str(row.wave_from)),
            change=number(row.estimate),
            span=formats.span(lang, number(row.conf_low), number(row.conf_high)))
        for row in own.itertuples()
    ]  # fmt: skip
    return say(lang, "changed_longer", list=formats.listing(lang, parts)) if parts else ""


def _changed_table(lang: Lang, inputs: Inputs, rows: list[list[str]]) -> str:
    heads = [Column(say(lang, "col_metric"), width=8), right(say(lang, "col_now")),
             right(say(lang, "col_interval"), 14)]  # fmt: skip
    changes = select.latest_changes(inputs)
    if changes.empty:
        return tables.table(heads, [row[:3] for row in rows])
    wave = wording.wave(lang, str(changes["wave_from"].iloc[0]))
    heads += [
        right(say(lang, "col_change", wave=wave), 12),
        right(say(lang, "col_smallest_change"), 12),
        Column(say(lang, "col_reading"), width=12),
    ]
    return tables.table(heads, rows)


def how_sure(lang: Lang, inputs: Inputs) -> str:
    """Which metric predicts, who answered, and the three threats that weigh most."""
    return tables.paragraphs(
        threats.race_sentence(lang, inputs),
        threats.answered_sentence(lang, inputs),
        say(lang, "sure_threats"),
        tables.bullets(threats.top_threats(lang, inputs, most=3)),
    )
