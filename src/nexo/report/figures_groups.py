"""Figures of groups: each metric in each group, and the balance that weighting gives."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nexo.report import charts, formats, select
from nexo.report.charts import Mark
from nexo.report.charts_paired import Change, before_after
from nexo.report.facts_data import column_name
from nexo.report.figures import Figure, alt_text, frame, need
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd

MOST_LEVELS = 8
"""Levels of one column that a figure shows, the largest first."""
MOST_COVARIATES = 14
BALANCED = 0.1


def group_rows(inputs: Inputs, metric: str) -> pd.DataFrame:
    """Return the unweighted rows of a metric by group, all waves, groups large enough only,
    with ``is_apart``: whether the group stands out from the others (adjusted p below 0.05)."""
    import pandas as pd

    table = inputs.scores["scores"]
    own = "nps" if metric == "nps" else "mean"
    table = table[
        (table["outcome"] == metric) & (table["term"] == own) & select.blank(table["wave"])
        & ~select.blank(table["by"]) & (table["weights"].fillna("none") == "none")
    ]  # fmt: skip
    kept = [
        select.large_enough(part, "n_obs", inputs.report.minimum_group)[0]
        for _, part in table.groupby("by", sort=False)
    ]
    rows = pd.concat(kept) if kept else table
    apart = differences(inputs, metric)
    apart = apart[apart["p_value_adjusted"] < 0.05]
    known = set(zip(apart["by"], apart["level"], strict=True))
    pairs = zip(rows["by"], rows["level"], strict=True)
    return rows.assign(is_apart=[pair in known for pair in pairs])


def differences(inputs: Inputs, metric: str) -> pd.DataFrame:
    """Return each group less the others, unweighted, in the metric's own unit."""
    table = inputs.scores["group_differences"]
    own = "nps" if metric == "nps" else "mean"
    return table[
        (table["outcome"] == metric) & (table["term"] == own) & (table["weights"] == "none")
    ]


def hidden_groups(inputs: Inputs, metric: str) -> int:
    """Count the groups of a metric that are too small to print."""
    table = inputs.scores["scores"]
    own = "nps" if metric == "nps" else "mean"
    every = table[
        (table["outcome"] == metric) & (table["term"] == own) & select.blank(table["wave"])
        & ~select.blank(table["by"]) & (table["weights"].fillna("none") == "none")
    ]  # fmt: skip
    return len(every) - len(group_rows(inputs, metric))


def groups(lang: Lang, inputs: Inputs, metric: str) -> Figure:
    """Small multiples: the metric in each group of each column; those that stand out in colour."""
    name = f"fig-groups-{metric}"
    rows = group_rows(inputs, metric)
    need(rows, name)
    written = partial(formats.number, lang, digits=1 if metric == "nps" else 2)
    parts, every = [], []
    by_column = sorted(rows.groupby("by", sort=False), key=lambda pair: -len(pair[1]))
    for by, part in by_column:
        part = part.nlargest(MOST_LEVELS, "n_obs").sort_values("estimate", ascending=False)
        marks = [
            Mark(
                say(lang, "group_label", level=_level(lang, inputs, row.level),
                    n=formats.number(lang, row.n_obs)),
                row.estimate, row.conf_low, row.conf_high, written(row.estimate),
                "estimate" if row.is_apart else "passive",
            )
            for row in part.itertuples()
        ]  # fmt: skip
        parts.append((marks, frame(inputs.report.brand, "", column_name(lang, str(by)),
                                   has_zero=False)))  # fmt: skip
        every += marks
    title = say(
        lang,
        "groups_title" if rows["is_apart"].any() else "groups_title_none",
        metric=term(lang, "metric", metric),
        k=formats.number(lang, int(rows["is_apart"].sum())),
        m=formats.number(lang, len(rows)),
    )
    note = say(lang, "groups_note", metric=term(lang, "metric", metric))
    box = frame(inputs.report.brand, title, note=note)
    spec = partial(charts.panels, parts, box, columns=2)
    return Figure(name, spec, title, alt_text(lang, title, every, written))


def _level(lang: Lang, inputs: Inputs, level: object) -> str:
    label = inputs.label(lang, str(level))
    return label if len(label) <= 28 else label[:27] + "…"


def balance(lang: Lang, inputs: Inputs) -> Figure:
    """Love plot: how far those who answered stand from all customers, before and after weights."""
    from nexo.report.facts_scores import covariate_name

    table = inputs.scores["balance"].dropna(subset=["difference_before"])
    need(table, "fig-balance")
    order = table["difference_before"].abs().sort_values(ascending=False).index
    table = table.loc[order].head(MOST_COVARIATES)
    changes = [
        Change(
            covariate_name(lang, inputs, str(row.covariate), is_plain=True),
            row.difference_before,
            row.difference_after,
        )
        for row in table.itertuples()
    ]
    number = partial(formats.number, lang, digits=2, signed=True)
    first, last = (
        formats.number(lang, table[name].abs().max(), 2)
        for name in ("difference_before", "difference_after")
    )
    title = say(lang, "balance_title", first=first, last=last)
    names = (say(lang, "col_before").lower(), say(lang, "col_after").lower())
    box = frame(
        inputs.report.brand, title, say(lang, "balance_axis"), note=say(lang, "cap_balance"),
        band=(-BALANCED, BALANCED),
    )  # fmt: skip
    spec = partial(before_after, changes, names, box)
    rows = "; ".join(f"{c.label}: {number(c.before)} → {number(c.after)}" for c in changes)
    return Figure("fig-balance", spec, title, say(lang, "alt", title=title.rstrip("."), rows=rows))
