"""What was looked at before believing a model: checks with sentences, calibration, and the
coefficients themselves."""

from __future__ import annotations

from functools import partial
from typing import Any

from nexo.report import formats, select, tables, wording
from nexo.report.facts_data import covariate_name
from nexo.report.facts_effects import is_true, p_value
from nexo.report.figures_link import calibration as draw_calibration
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right
from nexo.report.wording import say, term
from nexo.report.wording_checks import CHECKS

ELSEWHERE = ("same_in_groups", "group", "within", "together")
"""Checks that a sentence beside their own table tells."""
SHARES = ("calibration", "largest_influence_share", "top_1_percent_share")
"""Checks whose value is a share, written in per cent."""


def calibration(lang: Lang, inputs: Inputs, name: str) -> str:
    """Observed against predicted: a figure by tenths, a table by segment and class."""
    link = inputs.links[name]
    if "calibration" not in link.tables:
        return ""
    figure = draw_calibration(lang, inputs, name).wide().markdown(lang)
    frame = link.tables["calibration"]
    frame = frame[frame["by"] == "segment"]
    frame, _ = select.large_enough(frame, "n_clusters", inputs.report.minimum_group)
    if frame.empty:
        return figure
    unit = link.status["unit"]
    scale = wording.people_scale(unit, inputs.currency)

    def written(value: float) -> str:
        return formats.number(lang, value * scale, 1)

    rows = [
        [tables.text(inputs.label(lang, str(row.level))), term(lang, "nps_class", row.term),
         written(row.predicted), written(row.estimate),
         formats.span(lang, written(row.conf_low), written(row.conf_high)),
         formats.number(lang, row.n_obs)]
        for row in frame.itertuples()
    ]  # fmt: skip
    heads = [Column(say(lang, "col_segment"), width=18), Column(say(lang, "col_class"), width=14),
             right(say(lang, "col_predicted"), 10), right(say(lang, "col_observed"), 10),
             right(say(lang, "col_interval"), 16), right(say(lang, "col_rows"), 8)]  # fmt: skip
    words = wording.unit(lang, unit, inputs.currency, is_level=True)
    caption = say(lang, "cap_residuals", unit=words)
    label = f"tbl-residuals-{name}".replace("_", "-")
    return tables.paragraphs(figure, tables.table(heads, rows, caption, label))


def diagnostics(lang: Lang, inputs: Inputs, name: str) -> str:
    """Every check with its value and a sentence: what passes, and what to look at."""
    frame = inputs.links[name].tables["diagnostics"]
    kinds = frame["check"].astype(str).str.rpartition(":")[2]
    frame = frame[(frame["message_code"] != "score_absent") & ~kinds.isin(ELSEWHERE)]
    if frame.empty:
        return ""
    rows = [
        [
            check_name(lang, str(row.check)),
            _check_value(lang, inputs, name, row),
            _check_reading(lang, row),
        ]
        for row in frame.itertuples()
    ]
    heads = [Column(say(lang, "col_check"), width=26), right(say(lang, "col_value"), 9),
             Column(say(lang, "col_reading"), width=36)]  # fmt: skip
    return tables.table(
        heads, rows, say(lang, "cap_diagnostics"), f"tbl-diagnostics-{name.replace('_', '-')}"
    )


def _check_reading(lang: Lang, row: Any) -> str:
    """Say what a check means, in bold when it warns; for what could not be run, why."""
    kind, is_fine = str(row.check).rpartition(":")[2], is_true(row.is_ok)
    code = str(row.message_code)
    if formats.is_missing(row.value) and wording.has_reason(code):
        why = wording.reason(lang, code)
        return why[0].upper() + why[1:] + "."
    if kind not in CHECKS:
        return say(lang, "check_ok" if is_fine else "check_warning")
    sentence = wording.pick(CHECKS[kind][0 if is_fine else 1], lang)
    sentence = sentence.format(limit=_limit(lang, kind, float(row.threshold)))
    return sentence if is_fine else f"**{sentence}**"


def _limit(lang: Lang, kind: str, limit: float) -> str:
    """Write the value that a check must not pass; empty for one that has no fixed one."""
    if formats.is_missing(limit):
        return ""
    return formats.percent(lang, limit, 0) if kind in SHARES else formats.number(lang, limit, 2)


def _check_value(lang: Lang, inputs: Inputs, name: str, row: Any) -> str:
    """Write a check's value: money, an effect in its own unit, a count, or a plain number."""
    code = str(row.check).rpartition(":")[2]
    if code.startswith("cents"):
        return formats.money(lang, row.value, inputs.currency)
    if code == "nps_plus10":
        unit = inputs.links[name].status["unit"]
        return wording.quantity(lang, row.value, unit, inputs.currency)
    if code in SHARES:
        return formats.percent(lang, row.value)
    return formats.number(lang, row.value, 0 if code.startswith("rows") else 3)


def check_name(lang: Lang, code: str) -> str:
    """Write a diagnostic's name: "part:check" as part and check."""
    part, _, check = code.rpartition(":")
    name = term(lang, "check", check) if wording.has_term("check", check) else tables.text(check)
    if part and wording.has_term("part", part):
        return f"{name} ({term(lang, 'part', part).rstrip(':')})"
    if wording.has_term("metric", part):
        return f"{name} ({term(lang, 'metric', part)})"
    return name if not part else f"{name} ({tables.text(part)})"


def coefficients(lang: Lang, inputs: Inputs, name: str) -> str:
    """The coefficients of interest: the score's own, in every part and coding."""
    frame = inputs.links[name].tables["coefficients"].dropna(subset=["estimate"])
    own = (
        frame["term"]
        .str.split(":", n=1)
        .str[-1]
        .str.contains("nps|ces|csat|detractor|passive|promoter")
    )
    rows = []
    for row in frame[own].itertuples():
        number = partial(formats.number, lang, digits=3)
        if name == "revenue" and row.term.startswith("least_squares:"):
            number = partial(formats.money, lang, currency=inputs.currency, digits=2)
        ends = (number(end, signed=True) for end in (row.conf_low, row.conf_high))
        rows.append([
            _coefficient_name(lang, inputs, row.term),
            number(row.estimate, signed=True),
            number(row.std_error),
            formats.span(lang, *ends),
            p_value(lang, row.p_value),
        ])  # fmt: skip
    if not rows:
        return ""
    heads = [
        Column(say(lang, "col_coefficient"), width=26),
        right(say(lang, "col_value")),
        right(say(lang, "col_std_error"), 10),
        right(say(lang, "col_interval"), 16),
        right(say(lang, "col_p"), 8),
    ]
    key = "cap_coefficients_money" if name == "revenue" else "cap_coefficients"
    return tables.table(heads, rows, say(lang, key), f"tbl-coefficients-{name.replace('_', '-')}")


def _coefficient_name(lang: Lang, inputs: Inputs, code: str) -> str:
    part, _, rest = code.partition(":")
    rest = rest or part
    kind = rest.split(":")[-1]
    name = (
        term(lang, "nps_class", kind)
        if wording.has_term("nps_class", kind)
        else covariate_name(lang, inputs, rest)
    )
    if part != rest and wording.has_term("part", part):
        return f"{term(lang, 'part', part)} {name}".strip()
    return name
