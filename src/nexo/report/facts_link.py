"""Technical report: one section an outcome, the same for all, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from nexo.base.config import OUTCOMES
from nexo.report import facts_checks, facts_churn, facts_effects, formats, select, tables, wording
from nexo.report.facts_brief import side_by_side
from nexo.report.facts_data import covariate_name
from nexo.report.figures_link import effects
from nexo.report.figures_shape import CLASSES, OTHER_METRICS, metric_shape, shape
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right
from nexo.report.wording import say, term


def verdicts(lang: Lang, inputs: Inputs) -> str:
    """The three verdicts side by side, with their Holm intervals and reasons."""
    rows = []
    for outcome in OUTCOMES:
        row = select.verdict(inputs, outcome)
        value = partial(
            wording.quantity, lang, code=select.code(row["unit"]), currency=inputs.currency
        )
        is_known = row["verdict"] != "not_identified"
        name = f"**{term(lang, 'outcome', outcome).capitalize()}**"
        if is_known:
            name += f", {term(lang, 'row_unit', row['unit'])}"
        estimate = value(row["estimate"]) if is_known else formats.MISSING
        span = (
            formats.span(lang, value(row["conf_low"]), value(row["conf_high"]))
            if is_known
            else formats.MISSING
        )
        level = formats.percent(lang, row["confidence"], 1) if is_known else formats.MISSING
        rows.append([
            name, estimate, span, level,
            wording.verdict_word(lang, row["verdict"]),
            wording.reason(lang, select.code(row["reason_code"]), outcome)
            if is_known else told_reason(lang, inputs, outcome),
        ])  # fmt: skip
    heads = [
        Column(say(lang, "col_outcome"), width=16),
        right(say(lang, "col_nps10"), 9),
        right(say(lang, "col_holm"), 14),
        right(say(lang, "col_level"), 7),
        Column(say(lang, "col_verdict"), width=12),
        Column(say(lang, "col_reason"), width=22),
    ]
    table = tables.table(heads, rows, say(lang, "cap_verdicts"), "tbl-verdicts")
    known = inputs.evidence["verdicts"]["estimate"].notna().any()
    return tables.paragraphs(table, effects(lang, inputs).wide().markdown(lang) if known else "")


def outcome(lang: Lang, inputs: Inputs, name: str) -> str:
    """Verdict with its numbers, then shapes, differences, groups, change and checks."""
    link, row = inputs.links[name], select.verdict(inputs, name)
    sentence = say(lang, "outcome_verdict", verdict=wording.verdict_word(lang, row["verdict"]),
                   reason=told_reason(lang, inputs, name))  # fmt: skip
    if not link.is_identified:
        return _not_identified(lang, inputs, name, sentence)
    return tables.paragraphs(sentence, *_found(lang, inputs, name))


def contacts(lang: Lang, inputs: Inputs) -> str:
    """The fourth outcome, where there are contacts: no verdict, the same section otherwise."""
    name = "contacts"
    if name not in inputs.links:
        reason = wording.reason(lang, "outcome_absent", name)
        return say(lang, "contacts_none", reason=reason) + "\n"
    if not inputs.links[name].is_identified:
        lead = say(lang, "contacts_none", reason=told_reason(lang, inputs, name))
        return _not_identified(lang, inputs, name, lead)
    row = select.effect(inputs, name, "nps_plus10", "default_path")
    if row is None:
        reason = wording.reason(lang, "effect_absent", name)
        return say(lang, "contacts_none", reason=reason) + "\n"
    value = partial(wording.quantity, lang, code=row["unit"], currency=inputs.currency)
    lead = say(lang, "contacts_lead", estimate=value(row["estimate"]), low=value(row["conf_low"]),
               high=value(row["conf_high"]),
               unit=wording.unit(lang, row["unit"], inputs.currency))  # fmt: skip
    return tables.paragraphs(lead, *_found(lang, inputs, name))


def _found(lang: Lang, inputs: Inputs, name: str) -> list[str]:
    """Blocks of an identified outcome: the shape stands before any line or difference."""
    has_shape = inputs.links[name].tables["shape"]["estimate"].notna().any()
    return [
        _sample(lang, inputs, name),
        shape(lang, inputs, name).wide().markdown(lang) if has_shape else "",
        _other_shapes(lang, inputs, name),
        facts_effects.differences(lang, inputs, name),
        facts_effects.metrics_together(lang, inputs, name),
        facts_effects.groups(lang, inputs, name),
        facts_churn.months_kept(lang, inputs, name),
        facts_churn.next_category(lang, inputs, name),
        facts_effects.within(lang, inputs, name),
        facts_checks.diagnostics(lang, inputs, name),
        say(lang, "see_appendix"),
    ]


def appendix(lang: Lang, inputs: Inputs) -> str:
    """What is read after the rest, if at all: coefficients and calibration of each outcome."""
    blocks = []
    for name, link in inputs.links.items():
        if link.is_identified:
            blocks += [
                f"## {term(lang, 'outcome', name).capitalize()}",
                facts_checks.coefficients(lang, inputs, name),
                facts_checks.calibration(lang, inputs, name),
            ]
    return tables.paragraphs(*blocks) if blocks else say(lang, "appendix_none") + "\n"


def _other_shapes(lang: Lang, inputs: Inputs, name: str) -> str:
    """The shapes of CES and CSAT beside each other."""
    table = inputs.links[name].tables.get("metric_shapes")
    known = [] if table is None else [m for m in OTHER_METRICS if (table["term"] == m).any()]
    return side_by_side(lang, [metric_shape(lang, inputs, name, metric) for metric in known])


def _not_identified(lang: Lang, inputs: Inputs, name: str, sentence: str) -> str:
    """Why there is no number; controls that leak; and what the other metrics say, if anything."""
    link = inputs.links[name]
    leaking = [
        covariate_name(lang, inputs, entry["column"])
        for entry in link.status["excluded_controls"]
        if entry["reason_code"] == "leakage"
    ]
    leaks = say(lang, "told_leaking", controls=formats.listing(lang, leaking)) if leaking else ""
    shapes = _other_shapes(lang, inputs, name)
    table = facts_effects.differences(lang, inputs, name)
    if not table:
        return tables.paragraphs(sentence, say(lang, "outcome_absent_note"), leaks)
    return tables.paragraphs(sentence, leaks, say(lang, "other_metrics_stand"), shapes, table)


def told_reason(lang: Lang, inputs: Inputs, name: str) -> str:
    """The reason of an outcome's verdict with the numbers that it was read off."""
    status, known = inputs.links[name].status, inputs.evidence["verdicts"]
    found = known[known["outcome"] == name]
    if status["is_identified"] and len(found):
        row = found.iloc[0]
        code, unit = select.code(row["reason_code"]), select.code(row["unit"])
        if code.startswith("interval_"):
            value = partial(wording.quantity, lang, code=unit, currency=inputs.currency)
            return say(lang, f"told_{code}", estimate=value(row["estimate"]),
                       low=value(row["conf_low"]), high=value(row["conf_high"]),
                       smallest=value(row["smallest_effect"], signed=False),
                       level=formats.percent(lang, row["confidence"], 1),
                       unit=wording.unit_after(lang, unit, inputs.currency))  # fmt: skip
        return wording.reason(lang, code, name)
    return refusal(lang, inputs, name, status["reason_code"], status.get("reason_values") or {})


def refusal(lang: Lang, inputs: Inputs, name: str, code: str, values: Mapping[str, Any]) -> str:
    """Why nothing is estimated, with the numbers of the refusal where there are some."""
    count = partial(formats.number, lang)
    column = str(values.get("column", ""))
    metric = term(lang, "metric", column) if wording.has_term("metric", column) else ""
    if code == "separation" and "levels" in values and metric:
        return say(lang, "told_separation_levels", metric=metric,
                   kind=say(lang, f"kind_{values['kind']}"),
                   levels=_levels(lang, column, str(values["levels"])))  # fmt: skip
    if code == "separation":
        known = [name for name in values.get("terms", []) if name != "intercept"]
        named = [covariate_name(lang, inputs, name) for name in known]
        listed = f" ({formats.listing(lang, named)})" if named else ""
        return say(lang, "told_separation", columns=listed)
    if code == "too_few_events" and "needed" in values:
        keys = {"events": "n_events", "parameters": "n_parameters", "needed": "needed"}
        told = {name: count(values[key]) for name, key in keys.items()}
        return say(lang, "told_too_few_events", **told)
    if code == "constant_outcome" and "n_obs" in values:
        return say(lang, "told_constant_outcome", n=count(values["n_obs"]))
    if code == "constant_score" and "n_obs" in values and metric:
        return say(lang, "told_constant_score", n=count(values["n_obs"]), metric=metric)
    if code == "score_outside_scale" and metric:
        return say(lang, "told_score_outside_scale", n=count(values["n_rows"]), metric=metric,
                   value=formats.number(lang, values["value"], 0))  # fmt: skip
    return wording.reason(lang, code, name)


def _levels(lang: Lang, column: str, levels: str) -> str:
    """Levels of a score as people name them: NPS by class, the others by value."""
    names = [level.strip() for level in levels.split(",")]
    if column == "nps_score":
        names = [term(lang, "nps_class", CLASSES[int(name)]) for name in names]
    return formats.listing(lang, names)


def _sample(lang: Lang, inputs: Inputs, name: str) -> str:
    status = inputs.links[name].status
    count = partial(formats.number, lang)
    parts = [
        say(
            lang,
            "sample",
            n=count(status["n_obs"]),
            clusters=count(status["n_clusters"]),
            cells=count(status["n_cells"]),
            covariance=say(lang, _covariance_key(status["covariance"])),
        )
    ]
    if inputs.kind == "snapshot":
        parts.append(say(lang, "no_time_order"))
    else:
        parts.append(say(lang, "sample_window", days=count(status["horizon_days"])))
    controls = [covariate_name(lang, inputs, column) for column in status["controls"]]
    if controls:
        parts.append(say(lang, "sample_controls", controls=formats.listing(lang, controls)))
    if status.get("is_simplified"):
        checks = inputs.links[name].tables["diagnostics"]
        none = checks.loc[checks["check"] == "rows_not_above_zero", "value"]
        parts.append(say(lang, "simplified", n=count(none.iloc[0] if len(none) else 0)))
    left_out: dict[str, list[str]] = {}
    for entry in status["excluded_controls"]:
        names = left_out.setdefault(entry["reason_code"], [])
        names.append(covariate_name(lang, inputs, entry["column"]))
    for code, names in sorted(left_out.items()):
        listed = formats.listing(lang, names)
        parts.append(
            say(lang, "sample_excluded", controls=listed, reason=wording.reason(lang, code))
        )
    return " ".join(parts)


def _covariance_key(kind: str) -> str:
    known = ("HC1", "CRV1", "CRV3")
    for name in known:
        if name.lower() in kind.lower():
            return f"covariance_{name}"
    return "covariance_CRV1" if "cluster" in kind.lower() else "covariance_HC1"
