"""Figures of groups: each metric in each group, and the balance that weighting gives."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from nexo.report import formats, select
from nexo.report.charts import Mark
from nexo.report.charts_grid import Column, grid
from nexo.report.charts_paired import Change, before_after
from nexo.report.facts_data import column_name, covariate_name
from nexo.report.figures import Figure, alt_rows, axes_said, frame, need
from nexo.report.figures_data import Numbers, Part, cells
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd

METRICS = ("nps", "csat", "ces")
DIGITS = {"nps": 1, "csat": 2, "ces": 2}
MOST_LEVELS = 8
"""Levels of one column that a figure shows, the largest first."""
MOST_COVARIATES = 14
BALANCED = 0.1


def group_rows(inputs: Inputs, metric: str) -> pd.DataFrame:
    """Return the unweighted rows of a metric by group, all waves, groups large enough only,
    with ``is_apart``: whether the group stands out from the others (adjusted p below 0.05)."""
    import pandas as pd

    table = _every_group(inputs, metric)
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
    return table[_is_plain(table, metric)]


def hidden_groups(inputs: Inputs, metric: str) -> int:
    """Count the groups of a metric that are too small to print."""
    return len(_every_group(inputs, metric)) - len(group_rows(inputs, metric))


def _every_group(inputs: Inputs, metric: str) -> pd.DataFrame:
    """Return the unweighted rows of a metric by group, all waves, whatever their size."""
    table = inputs.scores["scores"]
    is_group = select.blank(table["wave"]) & ~select.blank(table["by"])
    return table[_is_plain(table, metric) & is_group]


def _is_plain(table: pd.DataFrame, metric: str) -> pd.Series:
    """Tell which rows are the metric's own statistic (NPS, or the mean), unweighted."""
    own = "nps" if metric == "nps" else "mean"
    is_unweighted = table["weights"].fillna("none") == "none"
    return (table["outcome"] == metric) & (table["term"] == own) & is_unweighted


def groups(lang: Lang, inputs: Inputs) -> Figure:
    """Small multiples: every metric in each group of each column; those apart in colour."""
    found = {metric: group_rows(inputs, metric) for metric in METRICS}
    found = {metric: rows for metric, rows in found.items() if len(rows)}
    need(list(found), "fig-groups")
    blocks = _blocks(lang, inputs, list(found.values()))
    columns, told, parts = [], [], []
    for metric, rows in found.items():
        name, marks = term(lang, "metric", metric), _group_marks(lang, inputs, metric, rows)
        columns.append(Column(name, marks))
        written = partial(formats.number, lang, digits=DIGITS[metric])
        apart = [replace(one, label=f"{name}, {one.label}") for found in marks.values()
                 for one in found if one.group == "estimate"]  # fmt: skip
        told += alt_rows(lang, apart, written)
        counted = _group_marks(lang, inputs, metric, rows, is_counted=True)
        parts += [Part([cells(one, written) for one in counted[block]], f"{name}: {block}")
                  for block in blocks if block in counted]  # fmt: skip
    note, title = say(lang, "groups_note"), _groups_title(lang, found)
    heads = [say(lang, key) for key in ("groups_counted", "col_value", "data_low", "data_high")]
    reading = axes_said(lang, [column.ends for column in columns])
    spec = partial(
        grid, blocks, columns, frame(inputs.report.brand, title, note=note, reading=reading)
    )
    alt = say(lang, "alt", title=title, rows="; ".join(told)) if told else title
    return Figure("fig-groups", spec, title, alt, Numbers(note, heads, parts))


def _blocks(lang: Lang, inputs: Inputs, every: list[pd.DataFrame]) -> dict[str, list[str]]:
    """Return each column of groups -> its levels, the best in the first metric that has it on
    top; of many, those with most answers."""
    blocks: dict[str, list[str]] = {}
    for rows in every:
        for by, part in rows.groupby("by", sort=False):
            part = part.nlargest(MOST_LEVELS, "n_obs").sort_values("estimate", ascending=False)
            names = [_level(lang, inputs, level) for level in part["level"]]
            blocks.setdefault(_capital(column_name(lang, str(by))), names)
    return dict(sorted(blocks.items(), key=lambda pair: -len(pair[1])))


def _group_marks(
    lang: Lang, inputs: Inputs, metric: str, rows: pd.DataFrame, *, is_counted: bool = False
) -> dict[str, list[Mark]]:
    """Return the marks of one metric by column of groups; ``is_counted`` adds the answers."""
    written = partial(formats.number, lang, digits=DIGITS[metric])
    marks: dict[str, list[Mark]] = {}
    for row in rows.itertuples():
        label = _level(lang, inputs, row.level)
        if is_counted:
            label = say(lang, "group_label", level=label, n=formats.number(lang, row.n_obs))
        tone = "estimate" if row.is_apart else "passive"
        mark = Mark(label, row.estimate, row.conf_low, row.conf_high, written(row.estimate), tone)
        marks.setdefault(_capital(column_name(lang, str(row.by))), []).append(mark)
    return marks


def _groups_title(lang: Lang, found: dict[str, pd.DataFrame]) -> str:
    if not any(rows["is_apart"].any() for rows in found.values()):
        return say(lang, "groups_title_none")
    parts = [
        say(lang, "groups_title_part", metric=term(lang, "metric", metric),
            k=formats.number(lang, int(rows["is_apart"].sum())), m=formats.number(lang, len(rows)))
        for metric, rows in found.items()
    ]  # fmt: skip
    return say(lang, "groups_title", parts=formats.listing(lang, parts))


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _level(lang: Lang, inputs: Inputs, level: object) -> str:
    label = inputs.label(lang, str(level))
    return label if len(label) <= 28 else label[:27] + "…"


def balance(lang: Lang, inputs: Inputs) -> Figure:
    """Love plot: how far those who answered stand from all customers, before and after weights."""
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
    heads = [say(lang, key) for key in ("data_trait", "col_before", "col_after")]
    listed = [[c.label, number(c.before), number(c.after)] for c in changes]
    alt = say(lang, "alt", title=title.rstrip("."), rows=rows)
    return Figure("fig-balance", spec, title, alt, Numbers(box.note, heads, [Part(listed)]))
