"""What one outcome alone has: months kept and survival, and which category comes next."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nexo.report import formats, select, tables
from nexo.report.facts_effects import effect_name, p_value
from nexo.report.figures_link import survival as draw_survival
from nexo.report.figures_shape import CLASSES
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.tables import Column, right
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd


def months_kept(lang: Lang, inputs: Inputs, name: str) -> str:
    """Months kept by class and their differences, as seen and other things equal; the curves."""
    found = inputs.links[name].tables
    if "months_kept" not in found:
        return ""
    frame = found["months_kept"]
    frame = frame[(frame["term"] == "nps_class") | (frame["contrast"] == "default_path")]
    is_seen = frame["method"].str.startswith("Kaplan-Meier")
    rows = []
    for seen, equal in zip(frame[is_seen].itertuples(), frame[~is_seen].itertuples(), strict=True):
        is_level = seen.contrast in CLASSES
        value = partial(formats.number, lang, digits=2, signed=not is_level)
        cells = [effect_name(lang, seen.term, seen.contrast)]
        for row in (seen, equal):
            span = formats.span(lang, value(row.conf_low), value(row.conf_high))
            cells += [value(row.estimate), span]
        rows.append([*cells, p_value(lang, equal.p_value)])
    interval = say(lang, "col_interval")
    heads = [Column(say(lang, "col_what"), width=26), right(say(lang, "col_seen_plain"), 9),
             right(interval, 16), right(say(lang, "col_equal"), 10), right(interval, 16),
             right(say(lang, "col_p"), 8)]  # fmt: skip
    months = formats.number(lang, found["survival"]["month"].max(), 0)
    table = tables.table(heads, rows, say(lang, "cap_months", months=months), "tbl-months-kept")
    return tables.paragraphs(draw_survival(lang, inputs).wide().markdown(lang), table)


def next_category(lang: Lang, inputs: Inputs, name: str) -> str:
    """Shares of the categories bought for the first time, by class; small groups hidden."""
    found = inputs.links[name].tables
    if "next_category" not in found:
        return ""
    frame = found["next_category"]
    kept = _large_enough(frame, inputs.report.minimum_group)
    frame = frame[frame["n_clusters"] >= inputs.report.minimum_group]
    rows, apart = [], []
    for category in kept:
        part = frame[frame["category"] == category].set_index("contrast")
        label = tables.text(inputs.label(lang, str(category)))
        cells = [label]
        for contrast in (*CLASSES, "promoter_vs_detractor"):
            if contrast not in part.index:
                cells.append(formats.MISSING)
                continue
            row, is_level = part.loc[contrast], contrast in CLASSES
            # The caption bears the unit: with a sign at every number the cells would wrap.
            digits = 0 if is_level else 1
            value = partial(formats.number, lang, digits=digits, signed=not is_level)
            ends = [value(100 * row[end]) for end in ("conf_low", "conf_high")]
            cells.append(f"{value(100 * row['estimate'])} ({formats.span(lang, *ends)})")
            if not is_level and row["p_value_adjusted"] < 0.05:
                apart.append(label)
        rows.append(cells)
    if not rows:
        return ""
    heads = [Column(say(lang, "col_category"), width=14)]
    heads += [right(term(lang, "nps_class", name).capitalize(), 17) for name in CLASSES]
    heads.append(right(say(lang, "col_gap"), 17))
    listed = formats.listing(lang, apart)
    reading = (
        say(lang, "categories_differ", names=listed) if apart else say(lang, "categories_alike")
    )
    table = tables.table(heads, rows, say(lang, "cap_categories"), "tbl-next-category")
    return tables.paragraphs(table, reading)


def _large_enough(frame: pd.DataFrame, minimum: int) -> list[str]:
    """Categories with enough first purchases to be printed."""
    bought = frame.assign(n=frame["estimate"] * frame["n_obs"])
    counts = bought[bought["contrast"].isin(CLASSES)].groupby("category")["n"].sum()
    shown = select.shown(list(counts), minimum)
    return [name for name, is_shown in zip(counts.index, shown, strict=True) if is_shown]
