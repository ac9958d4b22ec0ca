"""Figures of a link's shape: the outcome at each score of NPS, CES or CSAT, other things equal.

The title says what the classes or one point more bring, never the least certain score; where an
interval holds zero, it says that nothing is seen.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from nexo.report import charts, formats, select, wording
from nexo.report.charts import Mark
from nexo.report.charts_base import domain_of, is_cut
from nexo.report.figures import Figure, figure_name, frame, need, told
from nexo.report.figures_data import Written, in_unit
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs, LinkResults
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd

DIGITS = {"retained_share": 1, "new_categories_per_customer": 1, "contacts_per_customer": 0}
OTHER_METRICS = ("ces_score", "csat_score")
CLASSES = ("detractor", "passive", "promoter")
FEW = 0.02
"""Share of the rows under which a score is too rare to carry its value in the chart."""


def shape(lang: Lang, inputs: Inputs, outcome: str) -> Figure:
    """The outcome at each NPS score, other known things equal, with intervals."""
    link, name = inputs.links[outcome], figure_name("shape", outcome)
    table = link.tables["shape"].dropna(subset=["estimate"]).sort_values("nps_score")
    need(table, name)
    scores = [int(score) for score in table["nps_score"]]
    marks = _marks(lang, inputs, link, table, scores, [_class_of(score) for score in scores])
    under = _class_names(lang, [mark.label for mark in marks])
    shown = {_most(table, scores, group) for group in {_class_of(score) for score in scores}}
    name_of, n_obs = term(lang, "outcome", outcome), formats.number(lang, link.status["n_obs"])
    note = say(lang, "shape_caption", outcome=name_of.capitalize(), n=n_obs,
               unit=_levels(lang, inputs, link))  # fmt: skip
    domain = _domain(link.status["unit"], inputs, [table])
    box = frame(inputs.report.brand, _class_title(lang, inputs, outcome), say(lang, "score_axis"),
                note=note, under=under, domain=domain,
                reading=_reading(lang, table, domain))  # fmt: skip
    spec = partial(charts.curve, marks, shown, box)
    return told(lang, name, spec, box, marks, _written(lang, inputs, link), "data_score")


def metric_shape(lang: Lang, inputs: Inputs, outcome: str, metric: str) -> Figure:
    """The outcome at each level of CES or CSAT, on the scale that both of them share."""
    link, name = inputs.links[outcome], metric_figure(outcome, metric)
    every = link.tables["metric_shapes"]
    table = every[every["term"] == metric].sort_values("score")
    need(table, name)
    scores = [int(score) for score in table["score"]]
    marks = _marks(lang, inputs, link, table, scores, ["estimate"] * len(scores))
    words = {"outcome": term(lang, "outcome", outcome).capitalize(),
             "metric": term(lang, "metric", metric)}  # fmt: skip
    note = say(lang, "metric_caption", unit=_levels(lang, inputs, link), **words)
    domain = _domain(link.status["unit"], inputs, [every])
    box = frame(inputs.report.brand, _point_title(lang, inputs, outcome, metric),
                say(lang, "metric_axis", metric=words["metric"]), note=note, domain=domain,
                reading=_reading(lang, table, domain))  # fmt: skip
    enough = [at for at, n in enumerate(table["n_obs"]) if n >= FEW * table["n_obs"].sum()]
    shown = {min(enough), max(enough)} if enough else {0, len(marks) - 1}
    spec = partial(charts.curve, marks, shown, box)
    return told(lang, name, spec, box, marks, _written(lang, inputs, link), "data_score")


def metric_figure(outcome: str, metric: str) -> str:
    """Name of the figure of one metric's shape."""
    return figure_name(f"shape-{metric.removesuffix('_score')}", outcome)


def _marks(
    lang: Lang,
    inputs: Inputs,
    link: LinkResults,
    table: pd.DataFrame,
    scores: list[int],
    groups: list[str],
) -> list[Mark]:
    scale = wording.people_scale(link.status["unit"], inputs.currency)
    written = _written(lang, inputs, link)
    return [
        Mark(str(score), row.estimate * scale, row.conf_low * scale, row.conf_high * scale,
             written(row.estimate * scale), group)
        for row, score, group in zip(table.itertuples(), scores, groups, strict=True)
    ]  # fmt: skip


def _written(lang: Lang, inputs: Inputs, link: LinkResults) -> Written:
    """Return what writes a level of the outcome with its unit, as chart and table do."""
    unit = link.status["unit"]
    return in_unit(lang, unit, inputs.currency, digits=DIGITS.get(unit, 0))


def _levels(lang: Lang, inputs: Inputs, link: LinkResults) -> str:
    return wording.unit(lang, link.status["unit"], inputs.currency, is_level=True)


def most_of(unit: str) -> float:
    """Return where an axis of a unit ends at the latest: a hundred for per cent."""
    return 100.0 if unit == "retained_share" else math.inf


def _domain(unit: str, inputs: Inputs, tables: list[pd.DataFrame]) -> tuple[float, float]:
    scale = wording.people_scale(unit, inputs.currency)
    ends = [table[name] * scale for table in tables for name in ("conf_low", "conf_high")]
    return domain_of((value for column in ends for value in column), most=most_of(unit))


def _reading(lang: Lang, table: pd.DataFrame, domain: tuple[float, float]) -> str:
    """Say what the chart's reader must know: scores that share an estimate, an axis that is cut."""
    is_shared = (table["estimate"].diff() == 0).any()
    parts = [say(lang, "scores_shared") if is_shared else "",
             say(lang, "axis_cut") if is_cut(domain) else ""]  # fmt: skip
    return " ".join(part for part in parts if part)


def _most(table: pd.DataFrame, scores: list[int], group: str) -> int:
    """Return the place of the class's score that most customers gave."""
    own = [at for at, score in enumerate(scores) if _class_of(score) == group]
    return max(own, key=lambda at: float(table["n_obs"].iloc[at]))


def _class_title(lang: Lang, inputs: Inputs, outcome: str) -> str:
    """Say what promoters and detractors do, or that they cannot be told apart."""
    words = {"outcome": term(lang, "outcome", outcome).capitalize()}
    detractors, promoters, apart = (
        select.effect(inputs, outcome, "nps_class", contrast)
        for contrast in ("detractor", "promoter", "promoter_vs_detractor")
    )
    if detractors is None or promoters is None or apart is None:
        return say(lang, "shape_title_plain", **words)
    key = f"shape_title_{outcome}" if select.is_clear(apart) else "shape_title_open"
    scale = wording.people_scale(inputs.links[outcome].status["unit"], inputs.currency)
    written = _written(lang, inputs, inputs.links[outcome])
    for name, row in (("detractors", detractors), ("promoters", promoters)):
        words[name] = written(row["estimate"] * scale)
    return say(lang, key, **words)


def _point_title(lang: Lang, inputs: Inputs, outcome: str, metric: str) -> str:
    """Say what goes with one point more of a metric, or that no link is seen."""
    words = {"outcome": term(lang, "outcome", outcome).capitalize(),
             "metric": term(lang, "metric", metric)}  # fmt: skip
    row = select.effect(inputs, outcome, metric, "plus_one")
    if row is None:
        return say(lang, "metric_title_plain", **words)
    write = partial(wording.quantity, lang, code=row["unit"], currency=inputs.currency)
    if not select.is_clear(row):
        ends = {"low": write(row["conf_low"]), "high": write(row["conf_high"])}
        return say(lang, "metric_title_open", **ends, **words)
    return say(lang, "metric_title", value=write(row["estimate"]), **words)


def _class_of(score: int) -> str:
    """Return the NPS class of a score of 0 to 10, by Reichheld's cuts."""
    return "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"


def _class_names(lang: Lang, scores: list[str]) -> dict[str, str]:
    """Return the middle score of each class present -> the name of the class."""
    found: dict[str, list[str]] = {}
    for score in scores:
        found.setdefault(_class_of(int(score)), []).append(score)
    return {own[(len(own) - 1) // 2]: term(lang, "nps_class", name) for name, own in found.items()}
