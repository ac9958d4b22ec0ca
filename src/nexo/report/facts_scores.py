"""Technical report: scores by wave and group, and who answers, as Markdown."""

from __future__ import annotations

from functools import partial

from nexo.report import formats, select, tables, wording
from nexo.report.facts_data import column_name
from nexo.report.figures_groups import balance
from nexo.report.figures_scores import nps_trend, who_answers
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right
from nexo.report.wording import say, term

METRIC_ORDER = ("NPS", "CES", "CSAT")


def scores(lang: Lang, inputs: Inputs) -> str:
    """Every metric on all answers, weighted beside unweighted, and the latest change."""
    frame = inputs.scores["scores"]
    if frame.empty:
        return say(lang, "scores_absent") + "\n"
    every = frame[(select.blank(frame["by"])) & frame["wave"].fillna("").isin(["", "latest"])]
    # A metric asked in one wave alone has its latest wave and all of them in one row.
    every = every.drop_duplicates(["outcome", "term", "weights", "estimate", "n_obs"])
    rows = [
        [_metric(lang, row), wording.wave(lang, select.code(row.wave)), _weights(lang, row.weights),
         _value(lang, row.estimate, row.unit), _span(lang, row), formats.number(lang, row.n_obs)]
        for row in every.itertuples()
    ]  # fmt: skip
    heads = [Column(say(lang, "col_metric"), width=16), Column(say(lang, "col_wave"), width=10),
             Column(say(lang, "col_weights"), width=12), right(say(lang, "col_value")),
             right(say(lang, "col_interval"), 14), right(say(lang, "col_answers"))]  # fmt: skip
    rows.sort(key=lambda cells: METRIC_ORDER.index(cells[0].split(",")[0]))
    figure = (
        nps_trend(lang, inputs).wide().markdown(lang) if len(inputs.scores["nps_trend"]) > 1 else ""
    )
    table = tables.table(heads, rows, say(lang, "cap_scores"), "tbl-scores")
    return tables.paragraphs(
        say(lang, "scores_lead"),
        figure,
        table,
        nps_levels(lang, inputs),
        _changes(lang, inputs),
    )


def _metric(lang: Lang, row: object) -> str:
    name = term(lang, "metric", row.outcome)  # type: ignore[attr-defined]
    if row.term in ("nps", ""):  # type: ignore[attr-defined]
        return name
    return f"{name}, {term(lang, 'statistic', row.term)}"  # type: ignore[attr-defined]


def _value(lang: Lang, value: float, unit: str, *, signed: bool = False) -> str:
    """Write a level, or (signed) a difference: that of two shares is in percentage points."""
    if unit == "share" and signed:
        return say(
            lang, "short_retained_share", value=formats.number(lang, 100 * value, 1, signed=True)
        )
    if unit == "share":
        return formats.percent(lang, value)
    return formats.number(lang, value, 1 if unit == "nps_points" else 2, signed=signed)


def _span(lang: Lang, row: object) -> str:
    low, high = row.conf_low, row.conf_high  # type: ignore[attr-defined]
    return formats.span(lang, _value(lang, low, row.unit), _value(lang, high, row.unit))  # type: ignore[attr-defined]


def _weights(lang: Lang, code: object) -> str:
    return say(lang, "weights_response" if code == "response" else "weights_none")


def _changes(lang: Lang, inputs: Inputs) -> str:
    frame = inputs.scores["changes"]
    if frame.empty:
        return say(lang, "changed_undated" if inputs.kind == "snapshot" else "changed_single")
    value = partial(_value, lang, signed=True)
    rows = [
        [_metric(lang, row), wording.wave(lang, str(row.wave_from)), value(row.estimate, row.unit),
         formats.span(lang, value(row.conf_low, row.unit), value(row.conf_high, row.unit)),
         value(row.smallest_detectable_change, row.unit).replace("+", "±"),
         say(lang, "reads_change" if select.is_clear(row) else "reads_chance")]
        for row in frame.itertuples()
    ]  # fmt: skip
    heads = [Column(say(lang, "col_metric"), width=16), Column(say(lang, "col_since"), width=9),
             right(say(lang, "col_difference")), right(say(lang, "col_interval"), 14),
             right(say(lang, "col_smallest_change"), 12),
             Column(say(lang, "col_reading"), width=12)]  # fmt: skip
    last = wording.wave(lang, str(frame["wave_to"].iloc[0]))
    return tables.table(heads, rows, say(lang, "cap_changes", last=last), "tbl-changes")


def answering(lang: Lang, inputs: Inputs) -> str:
    """Who answers: shares, what both groups went on to do, and the balance weighting gives."""
    if inputs.kind == "survey_only":
        return say(lang, "answering_none") + "\n"
    table = inputs.scores["who_answers"].dropna(subset=["mean"])
    figure = (
        who_answers(lang, inputs).wide().markdown(lang)
        if len(table)
        else say(lang, "answering_unseen")
    )
    return tables.paragraphs(say(lang, "answering_lead"), _balance(lang, inputs), figure)


def _balance(lang: Lang, inputs: Inputs) -> str:
    """What weighting does: the balance it gives, and what it costs."""
    if inputs.scores["balance"].dropna(subset=["difference_before"]).empty:
        return ""
    figure = balance(lang, inputs).wide().markdown(lang)
    cost = inputs.scores["weighting"]
    cost = cost[cost["outcome"] == "nps"].sort_values("wave")
    if cost.empty:
        return figure
    row, count = cost.iloc[-1], partial(formats.number, lang)
    words = {"n": row["n_answers"], "n_eff": row["n_eff"], "trimmed": row["n_trimmed"]}
    told = {name: count(value) for name, value in words.items()}
    key = "weighting_cost_undated"
    if inputs.kind == "landmark":
        key = "weighting_cost"
        told["date"] = formats.date(lang, str(row["wave"]))
        told["days"] = count(inputs.panel_params.score_lookback_days)
    met = "" if row.isna()["raked_to"] else str(row["raked_to"])
    margins = [column_name(lang, name) for name in met.split("+") if name]
    listed = formats.listing(lang, margins)
    alike = say(lang, "weighting_margins", margins=listed) if margins else ""
    return tables.paragraphs(figure, tables.sentences(say(lang, key, **told), alike))


def nps_levels(lang: Lang, inputs: Inputs) -> str:
    """Say in one sentence how the three figures of NPS differ; empty where one is not there."""
    shares, marks = inputs.score_summary.get("class_shares"), inputs.meta.get("landmarks") or []
    changes = select.latest_changes(inputs)
    rows = [select.score(inputs, "nps", "nps", weights) for weights in ("none", "response")]
    if not shares or not marks or changes.empty or any(row is None for row in rows):
        return ""
    points = partial(formats.number, lang, digits=1)
    plain, weighted = (points(row["estimate"]) for row in rows if row is not None)
    base = points(100 * (shares["promoter"] - shares["detractor"]))
    wave = wording.wave(lang, str(changes["wave_to"].iloc[0]))
    date = formats.date(lang, marks[-1]["date"])
    return say(lang, "nps_levels", plain=plain, weighted=weighted, base=base, wave=wave, date=date)
