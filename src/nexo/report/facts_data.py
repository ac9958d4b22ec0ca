"""Technical report: data quality, quarantine, panel and attrition, as Markdown."""

from __future__ import annotations

from functools import partial
from typing import Any

from nexo.base.config import OUTCOMES
from nexo.report import formats, select, tables, wording
from nexo.report.figures_scores import flow, flow_steps
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right, text
from nexo.report.wording import say, term

MOST_ROWS = 25
"""Rows of a table of the technical report; what is left out is counted beneath."""

COUNTS = ("rows_read", "rows_kept", "rows_merged", "rows_rejected", "cells_set_missing",
          "cells_missing_code")  # fmt: skip


def quality(lang: Lang, inputs: Inputs) -> str:
    """What was read, kept, merged and rejected, table by table."""
    count = partial(formats.number, lang)
    rows = [
        [_table_name(lang, name), *(count(counts.get(key)) for key in COUNTS)]
        for stage in inputs.clean_counts.values()
        for name, counts in sorted(stage.items())
    ]
    heads = [Column(say(lang, "col_table"), width=10)]
    heads += [right(say(lang, f"col_{key}"), 9) for key in COUNTS]
    block = tables.table(heads, rows, say(lang, "cap_quality"), "tbl-quality")
    return tables.paragraphs(
        say(lang, "quality_lead"), block, _refunds(lang, inputs), _left_out(lang, inputs)
    )


def _refunds(lang: Lang, inputs: Inputs) -> str:
    """How many clean rows carry a negative amount, by table; empty where there is none."""
    parts = [
        say(lang, "refunds_of_one" if n == 1 else "refunds_of", n=formats.number(lang, n),
            table=_table_name(lang, name))
        for name, n in sorted(inputs.refunds.items()) if n
    ]  # fmt: skip
    return say(lang, "refunds", list="; ".join(parts)) if parts else ""


def _table_name(lang: Lang, name: str) -> str:
    return term(lang, "table", name) if wording.has_term("table", name) else text(name)


def _left_out(lang: Lang, inputs: Inputs) -> str:
    """Columns of the raw files that the source does not use."""
    items = []
    for name, found in sorted(inputs.raw_counts.get("tables", {}).items()):
        columns = [name for name in found.get("columns_left_out") or [] if name]
        if columns:
            names = ", ".join(text(column) for column in columns[:MOST_ROWS])
            items.append(f"{_table_name(lang, name)}: {names}")
    if not items:
        return ""
    return tables.paragraphs(say(lang, "left_out_lead"), tables.bullets(items))


def quarantine(lang: Lang, inputs: Inputs) -> str:
    """Every reason for which a cell or row was set aside, counted; never the values."""
    frame = inputs.quarantine
    if frame.empty:
        return say(lang, "quarantine_none") + "\n"
    keys = ["table", "column", "reason", "action"]
    counted = frame[keys].fillna("").groupby(keys).size().reset_index(name="n")
    counted = counted.sort_values(["n", *keys], ascending=[False, True, True, True, True])
    # Who would leave one row out needs a line to say so: the row itself takes no more.
    most = len(counted) if len(counted) == MOST_ROWS + 1 else MOST_ROWS
    rows = [
        [_table_name(lang, row.table), column_name(lang, row.column), _reason(lang, row.reason),
         term(lang, "action", row.action), formats.number(lang, row.n)]
        for row in counted.head(most).itertuples()
    ]  # fmt: skip
    heads = [Column(say(lang, "col_table"), width=9), Column(say(lang, "col_column"), width=14),
             Column(say(lang, "col_reason"), width=22), Column(say(lang, "col_action"), width=13),
             right(say(lang, "col_cases"), 7)]  # fmt: skip
    block = tables.table(heads, rows, say(lang, "cap_quarantine"), "tbl-quarantine")
    rest = len(counted) - len(rows)
    more = say(lang, "more_rows", n=formats.number(lang, rest)) if rest > 0 else ""
    return tables.paragraphs(say(lang, "quarantine_lead"), block, more)


def _reason(lang: Lang, code: str) -> str:
    return term(lang, "reason", code) if wording.has_term("reason", code) else text(code)


def column_name(lang: Lang, column: str) -> str:
    """Return our name of a column, or the data's own name as text."""
    if not column:
        return formats.MISSING
    return term(lang, "column", column) if wording.has_term("column", column) else text(column)


def panel(lang: Lang, inputs: Inputs) -> str:
    """The moments at which customers are looked at, and how many rows each step leaves."""
    if inputs.kind == "survey_only":
        return say(lang, "panel_survey_only") + "\n"
    figure = flow(lang, inputs).wide().markdown(lang) if len(flow_steps(inputs)) > 1 else ""
    if inputs.kind == "snapshot":
        return tables.paragraphs(say(lang, "panel_snapshot"), figure, flow_table(lang, inputs))
    lead = say(lang, "panel_lead", start=formats.date(lang, inputs.meta["data_start"]),
               end=formats.date(lang, inputs.meta["data_end"]))  # fmt: skip
    return tables.paragraphs(
        say(lang, "panel_rule"),
        lead,
        _landmarks(lang, inputs.meta),
        _dropped(lang, inputs.meta),
        figure,
        flow_table(lang, inputs),
        _unanswered(lang, inputs),
    )


def _unanswered(lang: Lang, inputs: Inputs) -> str:
    """Say why the table of rows counts more of the survey than that of answers; empty if it
    does not."""
    kept = inputs.clean_counts["survey"].get("survey", {}).get("rows_kept")
    steps = inputs.flow
    answers = steps.loc[steps["step_code"] == "answers_kept", "n_rows"]
    if kept is None or answers.empty or not answers.iloc[0] < kept:
        return ""
    words = {"rows": kept, "answers": answers.iloc[0]}
    told = {name: formats.number(lang, count) for name, count in words.items()}
    return say(lang, "unanswered", **told)


def _landmarks(lang: Lang, meta: dict[str, Any]) -> str:
    count = partial(formats.number, lang)
    rows = []
    for mark in meta["landmarks"]:
        scored = mark.get("n_scored") or {}
        seen = [
            term(lang, "outcome", name)
            for name in OUTCOMES
            if (mark.get("is_seen") or {}).get(name)
        ]
        rows.append([
            formats.short_date(lang, mark["date"]), count(mark["n_active"]),
            *(count(scored.get(f"{metric}_score")) for metric in ("nps", "ces", "csat")),
            ", ".join(seen) or say(lang, "none_seen"),
        ])  # fmt: skip
    heads = [Column(say(lang, "col_landmark"), width=11), right(say(lang, "col_active"), 9)]
    heads += [right(say(lang, "col_with", metric=name), 8) for name in ("NPS", "CES", "CSAT")]
    heads += [Column(say(lang, "col_seen"), width=22)]
    return tables.table(heads, rows, say(lang, "cap_landmarks"), "tbl-landmarks")


def _dropped(lang: Lang, meta: dict[str, Any]) -> str:
    dropped = meta.get("dropped_landmarks") or []
    groups: dict[tuple[str, str], int] = {}
    for entry in dropped:
        key = (entry.get("outcome") or "", entry["reason_code"])
        groups[key] = groups.get(key, 0) + 1
    items = [
        say(
            lang,
            "dropped_item",
            outcome=term(lang, "outcome", outcome) if outcome else say(lang, "every_outcome"),
            n=formats.number(lang, n),
            reason=wording.reason(lang, reason, outcome),
        )
        for (outcome, reason), n in sorted(groups.items(), key=_as_listed)
    ]
    return tables.paragraphs(say(lang, "dropped_lead"), tables.bullets(items)) if items else ""


def _as_listed(entry: tuple[tuple[str, str], int]) -> tuple[int, str]:
    """Outcomes in their own order, what holds for all of them first."""
    outcome, reason = entry[0]
    return (OUTCOMES.index(outcome) if outcome else -1), reason


def flow_table(lang: Lang, inputs: Inputs) -> str:
    """Rows and customers left after each step, general steps first."""
    frame = inputs.flow
    if frame.empty:
        return ""
    rows = []
    for row in frame.itertuples():
        outcome = select.code(row.outcome)
        rows.append([
            term(lang, "outcome", outcome) if outcome else say(lang, "every_outcome"),
            term(lang, "step", row.step_code),
            formats.number(lang, row.n_rows), formats.number(lang, row.n_customers),
        ])  # fmt: skip
    heads = [Column(say(lang, "col_outcome"), width=12), Column(say(lang, "col_step"), width=30),
             right(say(lang, "col_rows")), right(say(lang, "col_customers"))]  # fmt: skip
    return tables.table(heads, rows, say(lang, "cap_flow"), "tbl-flow")


def covariate_name(lang: Lang, inputs: Inputs, covariate: str, *, is_plain: bool = False) -> str:
    """Write a model's column: "segment[B]" or "segment: B" as our name and the data's level;
    ``is_plain`` for a figure, where nothing is Markdown."""
    for left, end in (("[", "]"), (":", ""), ("=", "")):
        if left in covariate:
            column, level = covariate.split(left, 1)
            level = level.removesuffix(end).strip()
            written = _covariate_level(lang, inputs, level, is_plain=is_plain)
            return f"{column_name(lang, column.strip())}: {written}"
    return column_name(lang, covariate)


def _covariate_level(lang: Lang, inputs: Inputs, level: str, *, is_plain: bool) -> str:
    known = {"(missing)": "level_missing", "(other)": "level_other"}
    if level in known:
        return say(lang, known[level])
    if wording.has_term("nps_class", level):
        return term(lang, "nps_class", level)
    label = inputs.label(lang, level)
    return label if is_plain else text(label)
