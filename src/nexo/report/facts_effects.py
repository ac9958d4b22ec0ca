"""Tables of one outcome's effects: differences, metrics together, groups, within customers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nexo.report import formats, select, tables, wording
from nexo.report.facts_data import column_name
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs, LinkResults
from nexo.report.tables import Column, right
from nexo.report.wording import say, term

TERM_ORDER = {
    name: place
    for place, name in enumerate(
        ("nps_plus10", "nps_score", "ces_score", "csat_score", "n_repeat_contacts", "nps_class")
    )
}
"""What people ask first comes first in the table of differences."""
APART = ("plus_one_alone", "plus_one_together", "plus_one_within")
"""Contrasts that have a table or sentence of their own."""
ADJUSTED = "p_value_adjusted"


def differences(lang: Lang, inputs: Inputs, name: str) -> str:
    """Every difference once: the headline's first, the weighted estimate beside the plain one."""
    frame = inputs.links[name].tables["effects"].dropna(subset=["estimate"])
    if "by" in frame.columns:
        frame = frame[select.blank(frame["by"])]
    frame = frame[~frame["contrast"].isin(APART)]
    if frame.empty:
        return ""
    frame = frame.reindex(columns=[*frame.columns.drop(ADJUSTED, errors="ignore"), ADJUSTED])
    rows = []
    code = inputs.links[name].status["unit"]
    frame = frame.sort_values("term", key=lambda terms: terms.map(TERM_ORDER), kind="stable")
    for row in frame[frame["weights"] != "response"].itertuples():
        is_level = row.term == "nps_class" and wording.has_term("nps_class", row.contrast)
        value = partial(_quantity, lang, inputs, code, signed=not is_level)
        beside = select.effect(inputs, name, row.term, row.contrast, "response")
        cells = [effect_name(lang, row.term, row.contrast),
                 _with_span(lang, value, row.estimate, row.conf_low, row.conf_high),
                 p_value(lang, row.p_value), p_value(lang, getattr(row, ADJUSTED)),
                 formats.MISSING]  # fmt: skip
        if beside is not None:
            ends = (beside["conf_low"], beside["conf_high"])
            cells[-1] = _with_span(lang, value, beside["estimate"], *ends)
        is_first = (row.term, row.contrast) == ("nps_plus10", "default_path")
        rows.append([f"**{cell}**" for cell in cells] if is_first else cells)
    heads = [Column(say(lang, "col_what"), width=28), right(say(lang, "col_unweighted_span"), 24),
             right(say(lang, "col_p"), 11), right(say(lang, "col_p_adjusted"), 12),
             right(say(lang, "col_weighted_span"), 24)]  # fmt: skip
    unit = wording.unit_after(lang, code, inputs.currency)
    caption = say(lang, "cap_differences", unit=unit)
    return tables.table(heads, rows, caption, f"tbl-effects-{name.replace('_', '-')}")


def _with_span(
    lang: Lang, value: Callable[[float], str], estimate: float, low: float, high: float
) -> str:
    """Write an estimate with its interval in one cell, which leaves room for the words."""
    return f"{value(estimate)} ({formats.span(lang, value(low), value(high))})"


def _quantity(lang: Lang, inputs: Inputs, unit: str, value: float, *, signed: bool = True) -> str:
    """Write an estimate in the unit that people read, money with its sign."""
    return wording.quantity(lang, value, unit, inputs.currency, signed=signed)


def _one_point(lang: Lang, metric: str) -> str:
    """Name a difference of one point in the answer, which is no point of an index."""
    return say(lang, "effect_plus_one", metric=term(lang, "metric", metric),
               scale=term(lang, "scale", metric))  # fmt: skip


def effect_name(lang: Lang, kind: str, contrast: str) -> str:
    """Write an effect's name: +10 NPS points by a path, a class contrast, or one point more."""
    if kind == "nps_plus10":
        return say(lang, "effect_plus10", path=term(lang, "path", contrast))
    if contrast == "plus_one":
        return _one_point(lang, kind)
    return term(lang, "contrast", contrast)


def p_value(lang: Lang, value: float) -> str:
    """Write a p-value; the small ones as a bound."""
    if formats.is_missing(value):
        return formats.MISSING
    if value < 0.001:
        return f"&lt;{formats.NBSP}{formats.number(lang, 0.001, 3)}"
    return formats.number(lang, value, 3)


def metrics_together(lang: Lang, inputs: Inputs, name: str) -> str:
    """One point more of each metric, alone and with the others held equal, on the same rows."""
    frame = inputs.links[name].tables["effects"]
    alone = frame[frame["contrast"] == "plus_one_alone"]
    if alone.empty:
        return ""
    unit = inputs.links[name].status["unit"]
    value = partial(_quantity, lang, inputs, unit)
    rows = []
    for row in alone.itertuples():
        other = frame[(frame["contrast"] == "plus_one_together") & (frame["term"] == row.term)]
        cells = [_one_point(lang, row.term)]
        for one in (row, other.iloc[0]):
            low, high = value(one.conf_low), value(one.conf_high)
            cells += [value(one.estimate), formats.span(lang, low, high)]
        rows.append([*cells, p_value(lang, other.iloc[0].p_value)])
    interval = say(lang, "col_interval")
    heads = [Column(say(lang, "col_what"), width=18), right(say(lang, "col_alone"), 9),
             right(interval, 16), right(say(lang, "col_beside"), 9), right(interval, 16),
             right(say(lang, "col_p"), 10)]  # fmt: skip
    caption = say(lang, "cap_metrics", n=formats.number(lang, alone["n_obs"].iloc[0]),
                  unit=wording.unit_after(lang, unit, inputs.currency))  # fmt: skip
    return tables.table(heads, rows, caption, f"tbl-metrics-{name.replace('_', '-')}")


def groups(lang: Lang, inputs: Inputs, name: str) -> str:
    """+10 NPS points in each group, the test of equality, and groups without a figure."""
    link = inputs.links[name]
    frame = link.tables["effects"]
    frame = frame[(frame["contrast"] == "default_path") & ~select.blank(frame["by"])]
    blocks = []
    for by in inputs.link_params.by:
        part = frame[frame["by"] == by]
        kept, _ = select.large_enough(part, "n_clusters", inputs.report.minimum_group)
        if len(kept):
            blocks.append(_group_table(lang, inputs, name, by, kept))
        blocks.append(tables.sentences(*_group_notes(lang, inputs, name, by)))
    return tables.paragraphs(*blocks) if any(blocks) else ""


def _group_table(lang: Lang, inputs: Inputs, name: str, by: str, frame: Any) -> str:
    unit = inputs.links[name].status["unit"]
    value = partial(_quantity, lang, inputs, unit)
    rows = [
        [tables.text(inputs.label(lang, str(row.level))), value(row.estimate),
         formats.span(lang, value(row.conf_low), value(row.conf_high)),
         p_value(lang, row.p_value_adjusted), formats.number(lang, row.n_obs)]
        for row in frame.itertuples()
    ]  # fmt: skip
    title = column_name(lang, by)
    heads = [Column(title[0].upper() + title[1:], width=20), right(say(lang, "col_nps10"), 12),
             right(say(lang, "col_interval"), 16), right(say(lang, "col_p_adjusted"), 11),
             right(say(lang, "col_rows"), 9)]  # fmt: skip
    caption = say(lang, "cap_link_groups", unit=wording.unit_after(lang, unit, inputs.currency))
    label = f"tbl-link-{by}-{name}".replace("_", "-")
    return tables.table(heads, rows, caption, label)


def _group_notes(lang: Lang, inputs: Inputs, name: str, by: str) -> list[str]:
    """Say whether groups differ, and which have no figure and why."""
    checks, said = inputs.links[name].tables["diagnostics"], []
    refused: dict[str, list[str]] = {}
    for row in checks.itertuples():
        about, _, kind = str(row.check).rpartition(":")
        if kind == "same_in_groups" and about == by:
            key = "groups_alike" if is_true(row.is_ok) else "groups_differ"
            said.append(say(lang, key, p=p_value(lang, row.value)))
        if kind == "group" and about.startswith(f"{by}="):
            level = inputs.label(lang, about.removeprefix(f"{by}="))
            refused.setdefault(str(row.message_code), []).append(tables.text(level))
    for code, names in sorted(refused.items()):
        if (name, code) == ("retention", "too_few_events"):
            code = "too_few_leavers"  # in rows such a group may be large
        reason = wording.reason(lang, code, name)
        said.append(say(lang, "groups_refused", groups=formats.listing(lang, names), reason=reason))
    return said


def within(lang: Lang, inputs: Inputs, name: str) -> str:
    """Does behaviour move when a customer's own score does? One sentence with its interval."""
    link = inputs.links[name]
    found = link.tables["effects"].query("contrast == 'plus_one_within'")
    if found.empty:
        checks = link.tables["diagnostics"]
        why = checks.loc[checks["check"] == "within", "message_code"]
        if why.empty or inputs.kind == "snapshot":
            return ""
        return say(lang, "within_none", reason=wording.reason(lang, why.iloc[0], name))
    row = found.iloc[0]
    between = select.effect(inputs, name, "nps_score", "plus_one")
    key = "within_chance"
    if not row["conf_low"] <= 0 <= row["conf_high"]:
        is_same = between is None or between["estimate"] * row["estimate"] > 0
        key = "within_same" if is_same else "within_against"
    unit = link.status["unit"]
    value = partial(_quantity, lang, inputs, unit)
    sentence = say(lang, "within", estimate=value(row["estimate"]), low=value(row["conf_low"]),
                   high=value(row["conf_high"]),
                   unit=wording.unit_after(lang, unit, inputs.currency),
                   n=formats.number(lang, row["n_obs"]), scale=term(lang, "scale", "nps_score"),
                   customers=formats.number(lang, row["n_clusters"]),
                   reading=say(lang, key))  # fmt: skip
    return tables.sentences(sentence, say(lang, "within_all") if has_owners(link) else "")


def has_owners(link: LinkResults) -> bool:
    """Tell whether the model leaves out customers who own everything, as comparisons do not."""
    checks = link.tables["diagnostics"]
    return bool((checks.loc[checks["check"] == "rows_without_exposure", "value"] > 0).any())


def is_true(value: Any) -> bool:
    """Read a truth value, whichever way its column was read."""
    return str(value).lower() == "true"
