"""Technical report: one section an outcome, the same for all three, as Markdown."""

from __future__ import annotations

from functools import partial
from typing import Any

from nexo.config import OUTCOMES
from nexo.report import formats, select, tables, wording
from nexo.report.facts_scores import covariate_name
from nexo.report.figures_link import effects, shape
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right
from nexo.report.wording import say, term

TERM_ORDER = {
    name: place
    for place, name in enumerate(
        ("nps_plus10", "nps_score", "ces_score", "csat_score", "nps_class")
    )
}
"""What people ask first comes first in the table of differences."""


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
            wording.reason(lang, select.code(row["reason_code"]), outcome),
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
    """Verdict with reason, then shape, differences, coefficients and diagnostics of one outcome."""
    link, row = inputs.links[name], select.verdict(inputs, name)
    sentence = say(
        lang, "outcome_verdict", verdict=wording.verdict_word(lang, row["verdict"]),
        reason=wording.reason(lang, select.code(row["reason_code"]), name),
    )  # fmt: skip
    if not link.is_identified:
        return tables.paragraphs(sentence, say(lang, "outcome_absent_note"))
    has_shape = link.tables["shape"]["estimate"].notna().any()
    return tables.paragraphs(
        sentence,
        _sample(lang, inputs, name),
        shape(lang, inputs, name).wide().markdown(lang) if has_shape else "",
        _differences(lang, inputs, name),
        _coefficients(lang, inputs, name),
        _diagnostics(lang, inputs, name),
    )


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


def _differences(lang: Lang, inputs: Inputs, name: str) -> str:
    """Every difference once: the headline's first, the weighted estimate beside the plain one."""
    frame = inputs.links[name].tables["effects"].dropna(subset=["estimate"])
    if "by" in frame.columns:
        frame = frame[select.blank(frame["by"])]
    rows = []
    code = inputs.links[name].status["unit"]
    scale = wording.people_scale(code, inputs.currency)
    frame = frame.sort_values("term", key=lambda terms: terms.map(TERM_ORDER), kind="stable")
    for row in frame[frame["weights"] != "response"].itertuples():
        is_level = row.term == "nps_class" and wording.has_term("nps_class", row.contrast)
        # The caption bears the unit; in every cell it would leave no room for the words.
        value = partial(_bare, lang, scale=scale, signed=not is_level)
        cells = [effect_name(lang, row.term, row.contrast), value(row.estimate),
                 formats.span(lang, value(row.conf_low), value(row.conf_high)),
                 p_value(lang, row.p_value)]  # fmt: skip
        beside = select.effect(inputs, name, row.term, row.contrast, "response")
        cells += [formats.MISSING, formats.MISSING] if beside is None else [
            value(beside["estimate"]),
            formats.span(lang, value(beside["conf_low"]), value(beside["conf_high"])),
        ]  # fmt: skip
        is_first = (row.term, row.contrast) == ("nps_plus10", "default_path")
        rows.append([f"**{cell}**" for cell in cells] if is_first else cells)
    interval = say(lang, "col_interval")
    heads = [Column(say(lang, "col_what"), width=28), right(say(lang, "col_unweighted"), 10),
             right(interval, 16), right(say(lang, "col_p"), 8),
             right(say(lang, "col_weighted"), 10), right(interval, 16)]  # fmt: skip
    unit = wording.unit(lang, code, inputs.currency)
    caption = say(lang, "cap_differences", unit=unit)
    return tables.table(heads, rows, caption, f"tbl-effects-{name.replace('_', '-')}")


def _bare(lang: Lang, value: float, *, scale: float, signed: bool) -> str:
    """Write an estimate in the unit that people read, without any sign of the unit."""
    return formats.number(lang, value * scale, 2, signed=signed)


def effect_name(lang: Lang, kind: str, contrast: str) -> str:
    """Write an effect's name: +10 NPS points by a path, a class contrast, or one point more."""
    if kind == "nps_plus10":
        return say(lang, "effect_plus10", path=term(lang, "path", contrast))
    if contrast == "plus_one":
        return say(lang, "effect_plus_one", metric=term(lang, "metric", kind))
    return term(lang, "contrast", contrast)


def p_value(lang: Lang, value: float) -> str:
    """Write a p-value; the small ones as a bound."""
    if formats.is_missing(value):
        return formats.MISSING
    if value < 0.001:
        return f"&lt; {formats.number(lang, 0.001, 3)}"
    return formats.number(lang, value, 3)


def _coefficients(lang: Lang, inputs: Inputs, name: str) -> str:
    """The coefficients of interest: the score's own, in every part and coding."""
    frame = inputs.links[name].tables["coefficients"].dropna(subset=["estimate"])
    own = (
        frame["term"]
        .str.split(":", n=1)
        .str[-1]
        .str.contains("nps|ces|csat|detractor|passive|promoter")
    )
    number = partial(formats.number, lang, digits=3, signed=True)
    rows = [
        [
            _coefficient_name(lang, inputs, row.term),
            number(row.estimate),
            formats.number(lang, row.std_error, 3),
            formats.span(lang, number(row.conf_low), number(row.conf_high)),
            p_value(lang, row.p_value),
        ]
        for row in frame[own].itertuples()
    ]
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


def _diagnostics(lang: Lang, inputs: Inputs, name: str) -> str:
    frame = inputs.links[name].tables["diagnostics"]
    frame = frame[frame["message_code"] != "score_absent"]
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
    heads = [Column(say(lang, "col_check"), width=34), right(say(lang, "col_value"), 12),
             Column(say(lang, "col_reading"), width=16)]  # fmt: skip
    return tables.table(
        heads, rows, say(lang, "cap_diagnostics"), f"tbl-diagnostics-{name.replace('_', '-')}"
    )


def _check_reading(lang: Lang, row: Any) -> str:
    """Say whether a check is fine; for what could not be run, why."""
    if str(row.is_ok).lower() == "true":
        return say(lang, "check_ok")
    known = formats.is_missing(row.value) and wording.has_reason(row.message_code)
    return wording.reason(lang, row.message_code) if known else say(lang, "check_warning")


def _check_value(lang: Lang, inputs: Inputs, name: str, row: Any) -> str:
    """Write a check's value: money, an effect in its own unit, a count, or a plain number."""
    code = str(row.check).rpartition(":")[2]
    if code.startswith("cents"):
        return formats.money(lang, row.value, inputs.currency)
    if code == "nps_plus10":
        unit = inputs.links[name].status["unit"]
        return wording.quantity(lang, row.value, unit, inputs.currency)
    return formats.number(lang, row.value, 0 if code.startswith("rows") else 3)


def check_name(lang: Lang, code: str) -> str:
    """Write a diagnostic's name: "part:check" as part and check."""
    part, _, check = code.rpartition(":")
    name = term(lang, "check", check) if wording.has_term("check", check) else tables.text(check)
    if part and wording.has_term("part", part):
        return f"{name} ({term(lang, 'part', part).rstrip(':')})"
    return name if not part else f"{name} ({tables.text(part)})"
