"""The facts stage: numbers to variables and includes, figures to files, and the receipt.

``reports/_variables.yml`` holds numbers and our own wording only, nested by language; text
from data enters through the includes of ``reports/_generated/<lang>``, escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from nexo.base import paths
from nexo.base.config import OUTCOMES
from nexo.base.errors import EmptyResultError
from nexo.base.results import whole_file, whole_folder, write_json
from nexo.report import (
    facts_brief,
    facts_data,
    facts_drivers,
    facts_equity,
    facts_evidence,
    facts_groups,
    facts_link,
    facts_money,
    facts_reference,
    facts_scores,
    facts_value,
    facts_worth,
    figures,
    formats,
    look,
    receipt,
    seal,
    select,
    wording,
)
from nexo.report.facts_next import next_steps
from nexo.report.figures import Figure, figure_name
from nexo.report.figures_groups import balance, groups
from nexo.report.figures_link import effects, link_figures, specifications
from nexo.report.figures_money import equity, money_by_path, tornado
from nexo.report.figures_scores import flow, nps_trend, who_answers
from nexo.report.formats import LANGS, Lang
from nexo.report.inputs import Inputs
from nexo.report.simulator import simulator

Include = Callable[[Lang, Inputs], str]

INCLUDES: dict[str, Include] = {
    "cover": facts_brief.cover,
    "headline": facts_brief.headline_box,
    "brief-changed": facts_brief.changed,
    "brief-worth": facts_worth.worth,
    "brief-figures": facts_brief.first_figures,
    "simulator": simulator,
    "brief-next": next_steps,
    "brief-sure": facts_brief.how_sure,
    "brief-evidence": facts_brief.second_figures,
    "verdicts": facts_link.verdicts,
    "quality": facts_data.quality,
    "quarantine": facts_data.quarantine,
    "panel": facts_data.panel,
    "scores": facts_scores.scores,
    "groups": facts_groups.groups,
    "places": facts_groups.places,
    "moves": facts_groups.moves,
    "answering": facts_scores.answering,
    **{
        f"outcome-{name.replace('_', '-')}": partial(facts_link.outcome, name=name)
        for name in OUTCOMES
    },
    "outcome-contacts": facts_link.contacts,
    "appendix": facts_link.appendix,
    "race": facts_evidence.race,
    "controls": facts_evidence.controls,
    "specifications": facts_evidence.specifications,
    "sensitivity": facts_evidence.sensitivity,
    "drivers": facts_drivers.drivers,
    "margin": facts_money.margin,
    "value": facts_value.value_by_group,
    "equity": facts_equity.equity,
    "risk": facts_value.at_risk,
    "initiatives": facts_money.initiatives,
    "growth": facts_money.growth,
    "forecasts": facts_value.forecasts,
    "assumptions": facts_money.assumptions,
    "recovery": facts_reference.recovery,
    "glossary": facts_reference.glossary,
    "receipt": facts_reference.receipt_table,
}
"""Name of the include file (without .md) -> the function that writes it."""

FIGURES: dict[str, Callable[[Lang, Inputs], Figure]] = {
    "fig-nps-trend": nps_trend,
    "fig-who-answers": who_answers,
    "fig-balance": balance,
    "fig-quadrant": facts_drivers.quadrant,
    "fig-flow": flow,
    "fig-groups": groups,
    "fig-effects": effects,
    "fig-money": money_by_path,
    "fig-equity": equity,
    "fig-tornado": tornado,
    **link_figures(),
    **{figure_name("specifications", n): partial(specifications, outcome=n) for n in OUTCOMES},
}
"""Name of a figure -> the function that makes it; drawn when an include shows it."""

_FIGURE = re.compile(r"/_generated/(?:es|en)/(fig-[a-z0-9-]+)\.svg")


def write_facts(inputs: Inputs) -> None:
    """Write variables, includes, figures, look and receipt into reports/, whole or not at all.

    Raises EmptyResultError for a report without its headline or with an empty include.
    """
    with whole_folder(paths.generated_dir()) as folder:
        look.write_look(inputs.report.brand, folder, inputs.company)
        for lang in LANGS:
            _write_language(lang, inputs, folder / lang)
    with whole_file(paths.reports_dir() / "_variables.yml") as building:
        text = yaml.safe_dump(variables(inputs), allow_unicode=True, sort_keys=True, width=10_000)
        building.write_text(text, encoding="utf-8")
    write_json(paths.generated_dir() / seal.NAME, receipt.make_receipt(inputs))
    seal.check()


def variables(inputs: Inputs) -> dict[str, dict[str, Any]]:
    """Return the variables of both languages: numbers and our own wording, nothing from data."""
    return {lang: _variables(lang, inputs) for lang in LANGS}


def _variables(lang: Lang, inputs: Inputs) -> dict[str, Any]:
    facts = select.headline(inputs)
    sentence = wording.headline(lang, facts)
    if not sentence:
        raise EmptyResultError("the headline sentence is empty; a report without it is none.")
    money = partial(formats.money, lang, currency=facts.currency)
    known = facts.verdict != "not_identified"
    values = {
        "headline": {
            "sentence": sentence,
            "verdict": wording.verdict_word(lang, facts.verdict),
            "median": money(facts.median_cents) if known else formats.MISSING,
            "low": money(facts.low_cents) if known else formats.MISSING,
            "high": money(facts.high_cents) if known else formats.MISSING,
            "customers": formats.number(lang, facts.n_customers),
        },
        "choices": _choices(lang, inputs),
    }
    return _protected(values)


def _choices(lang: Lang, inputs: Inputs) -> dict[str, str]:
    """Return the analyst's choices that the prose mentions."""
    count = partial(formats.number, lang)
    panel, link = inputs.panel_params, inputs.link_params
    return {
        "step_days": count(panel.step_days),
        "lookback_days": count(panel.score_lookback_days),
        "control_days": count(panel.control_lookback_days),
        "retention_days": count(panel.horizon_days.retention),
        "cross_selling_days": count(panel.horizon_days.cross_selling),
        "bins": count(link.bins),
        "events": count(link.events_per_parameter),
        "minimum_group": count(inputs.report.minimum_group),
        "years": count(inputs.horizon_years),
    }


def _write_language(lang: Lang, inputs: Inputs, folder: Path) -> None:
    folder.mkdir()
    used: set[str] = set()
    for name, write in INCLUDES.items():
        text = write(lang, inputs)
        used |= set(_FIGURE.findall(text))
        (folder / f"{name}.md").write_text(_protected(text), encoding="utf-8")
    drawn = [_figure(lang, inputs, name) for name in sorted(used)]
    figures.draw(drawn, lang, inputs.report.brand, folder)


def _figure(lang: Lang, inputs: Inputs, file: str) -> Figure:
    """Make the figure of a file's name; the ending tells whether it fills the line."""
    figure = FIGURES[file.removesuffix(look.WIDE)](lang, inputs)
    return figure.wide() if file.endswith(look.WIDE) else figure


def _protected(content: Any) -> Any:
    """Write the dollar sign as a reference, so that two amounts are never read as a formula."""
    if isinstance(content, dict):
        return {key: _protected(value) for key, value in content.items()}
    return content.replace("$", "&#36;") if isinstance(content, str) else content
