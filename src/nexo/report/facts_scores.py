"""Technical report: scores by wave and group, and who answers, as Markdown."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nexo.report import formats, select, tables, wording
from nexo.report.facts_data import MOST_ROWS, column_name
from nexo.report.figures_scores import nps_trend, who_answers
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right, text
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd

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
    return tables.paragraphs(say(lang, "scores_lead"), figure, table, _changes(lang, inputs))


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
        [_metric(lang, row), value(row.estimate, row.unit),
         formats.span(lang, value(row.conf_low, row.unit), value(row.conf_high, row.unit)),
         value(row.smallest_detectable_change, row.unit).replace("+", "±"),
         say(lang, "reads_chance" if row.conf_low <= 0 <= row.conf_high else "reads_change")]
        for row in frame.itertuples()
    ]  # fmt: skip
    waves = [wording.wave(lang, str(frame[name].iloc[0])) for name in ("wave_from", "wave_to")]
    heads = [Column(say(lang, "col_metric"), width=16), right(say(lang, "col_difference")),
             right(say(lang, "col_interval"), 14), right(say(lang, "col_smallest_change"), 12),
             Column(say(lang, "col_reading"), width=12)]  # fmt: skip
    caption = say(lang, "cap_changes", first=waves[0], last=waves[1])
    return tables.table(heads, rows, caption, "tbl-changes")


def groups(lang: Lang, inputs: Inputs) -> str:
    """NPS by each declared column; groups under the minimum size are hidden and counted."""
    frame = inputs.scores["scores"]
    if frame.empty:
        return say(lang, "scores_absent") + "\n"
    frame = frame[
        (frame["outcome"] == "nps") & (frame["weights"].fillna("none") == "none")
        & (select.blank(frame["wave"])) & ~select.blank(frame["by"])
    ]  # fmt: skip
    blocks = [
        _group_block(lang, inputs, str(by), part) for by, part in frame.groupby("by", sort=False)
    ]
    return tables.paragraphs(*blocks) if blocks else say(lang, "groups_none") + "\n"


def _group_block(lang: Lang, inputs: Inputs, by: str, part: pd.DataFrame) -> str:
    kept, hidden = select.large_enough(part, "n_obs", inputs.report.minimum_group)
    name = column_name(lang, by)
    note = ""
    if hidden:
        minimum = formats.number(lang, inputs.report.minimum_group)
        note = say(lang, "groups_hidden", n=formats.number(lang, hidden), minimum=minimum)
    if kept.empty:
        return say(lang, "groups_all_hidden", by=name)
    rows = [
        [text(inputs.label(lang, str(row.level))), _value(lang, row.estimate, row.unit),
         _span(lang, row), formats.number(lang, row.n_obs)]
        for row in kept.sort_values("estimate", ascending=False).head(MOST_ROWS).itertuples()
    ]  # fmt: skip
    heads = [Column(name[0].upper() + name[1:], width=20), right("NPS"),
             right(say(lang, "col_interval"), 14), right(say(lang, "col_answers"))]  # fmt: skip
    label = f"tbl-groups-{by.replace('_', '-')}"  # Quarto prints captions of labelled tables alone
    table = tables.table(heads, rows, say(lang, "cap_groups", by=name), label)
    return tables.paragraphs(table, note)


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
    frame = inputs.scores["balance"].dropna(subset=["difference_before"])
    if frame.empty:
        return ""
    number = partial(formats.number, lang, digits=3, signed=True)
    worst = frame.reindex(frame["difference_before"].abs().sort_values(ascending=False).index)
    rows = [
        [
            covariate_name(lang, inputs, str(row.covariate)),
            number(row.difference_before),
            number(row.difference_after),
        ]
        for row in worst.head(12).itertuples()
    ]
    heads = [Column(say(lang, "col_column"), width=24), right(say(lang, "col_before"), 12),
             right(say(lang, "col_after"), 12)]  # fmt: skip
    return tables.table(heads, rows, say(lang, "cap_balance"), "tbl-balance")


def covariate_name(lang: Lang, inputs: Inputs, covariate: str) -> str:
    """Write a model's column: "segment[B]" or "segment: B" as our name and the data's level."""
    for left, end in (("[", "]"), (":", ""), ("=", "")):
        if left in covariate:
            column, level = covariate.split(left, 1)
            level = level.removesuffix(end).strip()
            return f"{column_name(lang, column.strip())}: {_level(lang, inputs, level)}"
    return column_name(lang, covariate)


def _level(lang: Lang, inputs: Inputs, level: str) -> str:
    known = {"(missing)": "level_missing", "(other)": "level_other"}
    if level in known:
        return say(lang, known[level])
    if wording.has_term("nps_class", level):
        return term(lang, "nps_class", level)
    return text(inputs.label(lang, level))
