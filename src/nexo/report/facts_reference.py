"""Technical report: recovery of the known truth (demo), glossary and receipt, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from statistics import NormalDist
from typing import Any

from nexo.base.config import OUTCOMES
from nexo.report import formats, receipt, select, tables, wording
from nexo.report.facts_effects import TERM_ORDER, effect_name
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right, text
from nexo.report.wording import say, term


def recovery(lang: Lang, inputs: Inputs) -> str:
    """The demo alone: estimates beside the truth of the simulated world, with its own heading."""
    if inputs.truth is None:
        return "\n"
    rows, compared = [], []
    for outcome, code, truth in sorted(_truths(inputs.truth), key=_as_asked):
        term_code, contrast = code.split(":", 1)
        row = select.effect(inputs, outcome, term_code, contrast)
        if row is None or term_code == "nps_class" and wording.has_term("nps_class", contrast):
            continue
        value = partial(wording.quantity, lang, code=row["unit"], currency=inputs.currency)
        holds = row["conf_low"] <= truth <= row["conf_high"]
        # The demo is held to 99.9 % intervals, so that nobody hunts for seeds (METHODS.md).
        reach = _wider(inputs.link_params.confidence) * (row["conf_high"] - row["estimate"])
        holds_wide = abs(truth - row["estimate"]) <= reach
        reading = "inside" if holds else "inside_wide" if holds_wide else "outside"
        compared.append((outcome, reading, bool(row["estimate"] > truth)))
        rows.append(
            [
                term(lang, "outcome", outcome),
                effect_name(lang, term_code, contrast),
                value(truth),
                value(row["estimate"]),
                formats.span(lang, value(row["conf_low"]), value(row["conf_high"])),
                say(lang, reading),
            ]
        )
    if not rows:
        return "\n"
    heads = [
        Column(say(lang, "col_outcome"), width=11),
        Column(say(lang, "col_what"), width=26),
        right(say(lang, "col_truth"), 9),
        right(say(lang, "col_estimate"), 9),
        right(say(lang, "col_interval"), 16),
        Column(say(lang, "col_reading"), width=14),
    ]
    lead = _recovered(lang, compared)
    table = tables.table(heads, rows, say(lang, "cap_recovery"), "tbl-recovery")
    return tables.paragraphs(f"# {say(lang, 'recovery_heading')} {{#sec-recovery}}", lead, table)


def _recovered(lang: Lang, compared: Sequence[tuple[str, str, bool]]) -> str:
    """Say how many intervals hold the truth, and by outcome how many miss it and on which side;
    ``compared``: outcome, reading, and whether the estimate is above the truth."""
    count = partial(formats.number, lang)
    readings = [reading for _, reading, _ in compared]
    inside = readings.count("inside")
    counts = {"n": len(readings), "k": inside, "w": inside + readings.count("inside_wide")}
    lead = say(lang, "recovery_lead", **{key: count(n) for key, n in counts.items()})
    parts = []
    for outcome in dict.fromkeys(name for name, _, _ in compared):
        own = [(reading, is_above) for name, reading, is_above in compared if name == outcome]
        missed = [is_above for reading, is_above in own if reading != "inside"]
        if missed:
            parts.append(
                say(lang, "recovery_missed_part", outcome=term(lang, "outcome", outcome),
                    n=count(len(missed)), m=count(len(own)), above=count(sum(missed)),
                    below=count(len(missed) - sum(missed)))
            )  # fmt: skip
    missed_by = say(lang, "recovery_missed", list="; ".join(parts)) if parts else ""
    return tables.sentences(lead, missed_by)


def _wider(confidence: float) -> float:
    """Half-width of a 99.9 % interval over that of the printed one, for the normal distribution."""
    normal = NormalDist()
    return normal.inv_cdf(0.9995) / normal.inv_cdf(0.5 + confidence / 2)


def _truths(truth: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    """Yield outcome, effect id and true value from truth.json."""
    effects = truth.get("effects", truth)
    for outcome in OUTCOMES:
        for code, entry in (effects.get(outcome) or {}).items():
            value = entry.get("value") if isinstance(entry, Mapping) else entry
            if isinstance(value, int | float) and ":" in code:
                yield outcome, code, float(value)


def _as_asked(entry: tuple[str, str, float]) -> tuple[int, int]:
    """Outcomes in their order, and what people ask first before the rest."""
    outcome, code, _ = entry
    return OUTCOMES.index(outcome), TERM_ORDER.get(code.split(":", 1)[0], len(TERM_ORDER))


def glossary(lang: Lang, inputs: Inputs) -> str:
    """Every column of the tables that this source has, from the dictionary."""
    present = set(inputs.raw_counts.get("tables", {})) | {"panel"}
    blocks = []
    for name, entry in inputs.dictionary.get("tables", {}).items():
        if name not in present:
            continue
        rows = [
            [f"`{column}`", _meaning(lang, about)] for column, about in entry["columns"].items()
        ]
        heads = [
            Column(say(lang, "col_column"), width=16),
            Column(say(lang, "col_meaning"), width=50),
        ]
        title = term(lang, "table", name) if wording.has_term("table", name) else text(name)
        blocks += [f"**{title.capitalize()}.** {entry[lang]}", tables.table(heads, rows)]
    return tables.paragraphs(*blocks) if blocks else say(lang, "glossary_none") + "\n"


def _meaning(lang: Lang, about: Mapping[str, Any]) -> str:
    caution = (about.get("caution") or {}).get(lang, "")
    return f"{about[lang]} *{caution}*" if caution else str(about[lang])


def receipt_table(lang: Lang, inputs: Inputs) -> str:
    """What the reader needs to repeat the run: hashes of inputs, choices, code and versions."""
    source = inputs.report.common.source
    rows = [
        [
            say(lang, "receipt_input", name=_file_name(lang, name)),
            formats.number(lang, entry["rows"]),
            _short(entry["sha256"]),
        ]
        for name, entry in receipt.raw_files(inputs.raw_counts).items()
    ]
    digests = {"params": receipt.params_digest(), **receipt.code_digests(source)}
    rows += [
        [say(lang, f"receipt_{name}"), formats.MISSING, _short(value)]
        for name, value in digests.items()
    ]
    heads = [Column(say(lang, "col_part"), width=34), right(say(lang, "col_rows"), 9),
             Column(say(lang, "col_hash"), width=18)]  # fmt: skip
    table = tables.table(heads, rows, say(lang, "cap_receipt"), "tbl-receipt")
    # On paper the link would lead nowhere.
    link = f'::: {{.content-visible when-format="html"}}\n{say(lang, "receipt_link")}\n:::'
    return tables.paragraphs(say(lang, "receipt_lead"), link, table)


def _file_name(lang: Lang, name: str) -> str:
    """Write "table: file" with our name of the table."""
    table, _, file = name.partition(": ")
    known = term(lang, "table", table) if wording.has_term("table", table) else text(table)
    return f"{known}: {text(file)}"


def _short(sha256: str) -> str:
    return f"`{sha256[:16]}`"
