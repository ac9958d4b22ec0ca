"""Technical report: groups that stand out, customers met in several places, who became what."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nexo.report import figures_groups, formats, tables
from nexo.report.facts_data import column_name
from nexo.report.figures_groups import METRICS
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right, text
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd

CLASSES = ("detractor", "passive", "promoter")


def groups(lang: Lang, inputs: Inputs) -> str:
    """One figure of every metric in every group, and which of them stand out, in words."""
    known = [name for name in METRICS if len(figures_groups.group_rows(inputs, name))]
    if not known:
        return say(lang, "groups_none") + "\n"
    blocks = [
        figures_groups.groups(lang, inputs).wide().markdown(lang),
        _unasked(lang, inputs, known),
    ]
    for metric in known:
        blocks.append(tables.sentences(_apart(lang, inputs, metric), _hidden(lang, inputs, metric)))
    return tables.paragraphs(*blocks)


def _unasked(lang: Lang, inputs: Inputs, known: list[str]) -> str:
    """Say which metrics have no answer at all in the columns that others are shown by."""
    table = inputs.scores["scores"]
    asked = set(zip(table["outcome"], table["by"].fillna(""), strict=True))
    shown = [by for name in known for by in figures_groups.group_rows(inputs, name)["by"]]
    parts = []
    for metric in known:
        missing = [by for by in dict.fromkeys(shown) if (metric, by) not in asked]
        if missing:
            names = formats.listing(lang, [column_name(lang, by) for by in missing])
            parts.append(
                say(lang, "groups_not_asked_part", metric=term(lang, "metric", metric), by=names)
            )
    return say(lang, "groups_not_asked", list="; ".join(parts)) if parts else ""


def _apart(lang: Lang, inputs: Inputs, metric: str) -> str:
    """Name the groups that stand out most, each with its distance from the others."""
    rows = figures_groups.group_rows(inputs, metric)
    shown = set(zip(rows["by"], rows["level"], strict=True))
    found = figures_groups.differences(inputs, metric)
    found = found[found["p_value_adjusted"] < 0.05]
    found = found[[pair in shown for pair in zip(found["by"], found["level"], strict=True)]]
    if found.empty:
        return ""
    found = found.reindex(found["estimate"].abs().sort_values(ascending=False).index).head(4)
    number = partial(formats.number, lang, digits=1 if metric == "nps" else 2, signed=True)
    parts = [
        say(lang, "groups_part", level=text(inputs.label(lang, str(row.level))),
            by=column_name(lang, str(row.by)), value=number(row.estimate),
            span=formats.span(lang, number(row.conf_low), number(row.conf_high)))
        for row in found.itertuples()
    ]  # fmt: skip
    return say(lang, "groups_apart", metric=term(lang, "metric", metric),
               groups=formats.listing(lang, parts))  # fmt: skip


def _hidden(lang: Lang, inputs: Inputs, metric: str) -> str:
    hidden = figures_groups.hidden_groups(inputs, metric)
    if not hidden:
        return ""
    minimum = formats.number(lang, inputs.report.minimum_group)
    return say(lang, "groups_hidden", n=formats.number(lang, hidden), minimum=minimum)


def places(lang: Lang, inputs: Inputs) -> str:
    """Is the same customer treated alike everywhere, and what does a late answer change?"""
    table = inputs.scores["consistency"]
    if table.empty:
        return tables.paragraphs(say(lang, "places_none"), _delay(lang, inputs))
    rows = [
        _place_row(lang, inputs, part) for _, part in table.groupby(["by", "outcome"], sort=False)
    ]
    heads = [Column(say(lang, "col_place"), width=14), Column(say(lang, "col_metric"), width=8),
             Column(say(lang, "col_farthest"), width=18), right(say(lang, "col_difference"), 10),
             right(say(lang, "col_interval"), 16), Column(say(lang, "col_reading"), width=14),
             right(say(lang, "col_customers"), 10)]  # fmt: skip
    body = tables.table(heads, rows, say(lang, "cap_places"), "tbl-places")
    return tables.paragraphs(say(lang, "places_lead"), body, _delay(lang, inputs))


def _place_row(lang: Lang, inputs: Inputs, part: pd.DataFrame) -> list[str]:
    test = part[part["contrast"] == "heterogeneity"].iloc[0]
    levels = part[part["contrast"] != "heterogeneity"]
    row = levels.loc[levels["estimate"].abs().idxmax()]
    number = partial(formats.number, lang, digits=1 if row["outcome"] == "nps" else 2, signed=True)
    return [
        column_name(lang, str(row["by"])).capitalize(),
        term(lang, "metric", row["outcome"]),
        text(inputs.label(lang, str(row["contrast"]))),
        number(row["estimate"]),
        formats.span(lang, number(row["conf_low"]), number(row["conf_high"])),
        say(lang, "reads_differ" if test["p_value_adjusted"] < 0.05 else "reads_alike"),
        formats.number(lang, row["n_clusters"]),
    ]


def _delay(lang: Lang, inputs: Inputs) -> str:
    table = inputs.scores["delay"]
    parts = []
    for row in table[table["term"] == "per_day"].itertuples():
        number = partial(formats.number, lang, digits=1 if row.outcome == "nps" else 3, signed=True)
        own = table[table["outcome"] == row.outcome].pivot_table(
            index="touchpoint", columns="term", values="estimate"
        )
        moved = (own["adjusted"] - own["observed"]).abs().max() if "adjusted" in own else 0.0
        is_clear = row.p_value_adjusted < 0.05
        parts.append(
            say(lang, "delay_clear" if is_clear else "delay_chance",
                metric=term(lang, "metric", row.outcome), value=number(row.estimate),
                span=formats.span(lang, number(row.conf_low), number(row.conf_high)),
                moved=formats.number(lang, moved, 2))
        )  # fmt: skip
    return tables.sentences(*parts)


def moves(lang: Lang, inputs: Inputs) -> str:
    """Which class became which, from one answer to the next of the same customer."""
    table = inputs.scores["transitions"]
    if table.empty:
        return say(lang, "moves_none") + "\n"
    from nexo.scores.transitions import LONGEST_GAP_DAYS

    share = partial(formats.percent, lang)
    days = formats.number(lang, LONGEST_GAP_DAYS)
    known = table.set_index(["term", "contrast"])
    rows = []
    for before in CLASSES:
        if (f"from_{before}", "to_passive") not in known.index:
            continue
        found = [known.loc[(f"from_{before}", f"to_{after}")] for after in CLASSES]
        cells = [
            say(lang, "moves_cell", share=share(row["estimate"]),
                span=formats.span(lang, share(row["conf_low"]), share(row["conf_high"])))
            for row in found
        ]  # fmt: skip
        name = term(lang, "nps_class", before)
        rows.append([name.capitalize(), *cells, formats.number(lang, found[0]["n_obs"])])
    heads = [Column(say(lang, "col_was"), width=12)]
    heads += [right(say(lang, "col_became", name=term(lang, "nps_class", c)), 18) for c in CLASSES]
    heads.append(right(say(lang, "col_pairs"), 8))
    body = tables.table(heads, rows, say(lang, "cap_moves", days=days), "tbl-moves")
    up, down, net = (known.loc[("all", f"moved_{way}")] for way in ("up", "down", "net"))
    lead = say(
        lang,
        "moves_lead" if net["conf_low"] <= 0 <= net["conf_high"] else "moves_lead_net",
        up=share(up["estimate"]),
        down=share(down["estimate"]),
        days=days,
        net=say(lang, "short_retained_share",
                value=formats.number(lang, 100 * net["estimate"], 1, signed=True)),
    )  # fmt: skip
    return tables.paragraphs(lead, body)
