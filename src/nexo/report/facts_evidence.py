"""Technical report: race, negative controls, specification curve, sensitivity."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nexo.base.config import OUTCOMES
from nexo.report import formats, select, tables, wording
from nexo.report.facts_effects import p_value
from nexo.report.figures_link import specifications as draw_specifications
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right
from nexo.report.threats import control_name, race_sentence
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd


def race(lang: Lang, inputs: Inputs) -> str:
    """Which metric predicts better than behaviour alone, out of sample."""
    frame = inputs.evidence["race"]
    run = frame[(frame["verdict_code"] != "not_run") & frame["gain"].notna()]
    if run.empty:
        return race_sentence(lang, inputs) + "\n"
    number = partial(formats.percent, lang, digits=2, signed=True)
    rows = [
        [term(lang, "outcome", row.outcome), term(lang, "metric", row.metric), number(row.gain),
         number(row.conf_low), p_value(lang, row.p_value), formats.number(lang, row.n_obs),
         say(lang, f"race_{row.verdict_code}")]
        for row in run.itertuples()
    ]  # fmt: skip
    heads = [Column(say(lang, "col_outcome"), width=11), Column(say(lang, "col_metric"), width=22),
             right(say(lang, "col_gain"), 9), right(say(lang, "col_gain_low"), 11),
             right(say(lang, "col_p"), 8), right(say(lang, "col_observations"), 9),
             Column(say(lang, "col_reading"), width=12)]  # fmt: skip
    table = tables.table(heads, rows, say(lang, "cap_race"), "tbl-race")
    return tables.paragraphs(say(lang, "race_lead"), table, race_sentence(lang, inputs))


def controls(lang: Lang, inputs: Inputs) -> str:
    """Tests that should come out empty."""
    frame = inputs.evidence["negative_controls"].dropna(subset=["estimate"])
    if frame.empty:
        return say(lang, "controls_none") + "\n"
    rows = []
    for row in frame.itertuples():
        value = partial(wording.quantity, lang, code=row.unit, currency=inputs.currency)
        rows.append(
            [
                control_name(lang, row.term),
                term(lang, "outcome", row.outcome)
                if wording.has_term("outcome", row.outcome)
                else formats.MISSING,
                value(row.estimate),
                formats.span(lang, value(row.conf_low), value(row.conf_high)),
                say(
                    lang,
                    "control_passed" if str(row.is_passed).lower() == "true" else "control_failed",
                ),
            ]
        )
    heads = [
        Column(say(lang, "col_control"), width=30),
        Column(say(lang, "col_outcome"), width=10),
        right(say(lang, "col_nps10"), 12),
        right(say(lang, "col_interval_99"), 16),
        Column(say(lang, "col_reading"), width=12),
    ]
    table = tables.table(heads, rows, say(lang, "cap_controls"), "tbl-controls")
    return tables.paragraphs(say(lang, "controls_lead"), table)


def specifications(lang: Lang, inputs: Inputs) -> str:
    """The same question under other choices, one curve an outcome."""
    frame = inputs.evidence["specifications"].dropna(subset=["estimate", "conf_low", "conf_high"])
    known = [name for name in OUTCOMES if (frame["outcome"] == name).any()]
    if not known:
        return say(lang, "specifications_none") + "\n"
    has_grey = bool((frame["conf_low"] <= 0).any())
    grey = say(lang, "specifications_grey") if has_grey else ""
    blocks = [tables.sentences(say(lang, "specifications_lead"), grey)]
    for name in known:
        blocks += [
            _spread(lang, inputs, frame[frame["outcome"] == name], name),
            draw_specifications(lang, inputs, name).wide().markdown(lang),
        ]
    return tables.paragraphs(*blocks)


def _spread(lang: Lang, inputs: Inputs, frame: pd.DataFrame, name: str) -> str:
    """Say how far the ways of one outcome lie apart, and how many hold what the headline says."""
    unit, effects = str(frame["unit"].iloc[0]), frame["estimate"]
    value = partial(wording.quantity, lang, code=unit, currency=inputs.currency)
    headline = select.verdict(inputs, name)["estimate"]
    counts = {
        "n": len(frame),
        "above": (frame["conf_low"] > 0).sum(),
        "holds": ((frame["conf_low"] <= headline) & (headline <= frame["conf_high"])).sum(),
    }
    return say(
        lang,
        "specifications_spread",
        outcome=term(lang, "outcome", name).capitalize(),
        lowest=value(effects.min()),
        median=value(effects.median()),
        highest=value(effects.max()),
        headline=value(headline),
        unit=wording.unit_after(lang, unit, inputs.currency),
        **{key: formats.number(lang, count) for key, count in counts.items()},
    )


def sensitivity(lang: Lang, inputs: Inputs) -> str:
    """How strong something unseen would have to be to explain the link away."""
    frame = inputs.evidence["sensitivity"].dropna(subset=["estimate"])
    if frame.empty:
        return say(lang, "sensitivity_none") + "\n"
    written = {
        (row.term, row.outcome): _sensitivity_value(lang, inputs, row.estimate, row.unit)
        for row in frame.itertuples()
    }
    outcomes = list(dict.fromkeys(frame["outcome"]))
    rows = [
        [term(lang, "sensitivity", kind)]
        + [written.get((kind, outcome), formats.MISSING) for outcome in outcomes]
        for kind in dict.fromkeys(frame["term"])
    ]
    heads = [Column(say(lang, "col_measure"), width=44)]
    heads += [right(term(lang, "outcome", outcome).capitalize(), 12) for outcome in outcomes]
    table = tables.table(heads, rows, say(lang, "cap_sensitivity"), "tbl-sensitivity")
    return tables.paragraphs(say(lang, "sensitivity_lead"), table)


def _sensitivity_value(lang: Lang, inputs: Inputs, value: float, unit: str) -> str:
    if unit == "share":
        return formats.percent(lang, value)
    if unit == "ratio":
        return formats.number(lang, value, 2)
    return wording.quantity(lang, value, unit, inputs.currency)


def is_identified(inputs: Inputs) -> bool:
    """Tell whether any outcome could be estimated at all."""
    return any(select.verdict(inputs, name)["verdict"] != "not_identified" for name in OUTCOMES)
