"""What notebooks/link.ipynb runs: every model of one outcome, and its results as tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from nexo.base.config import Link
from nexo.compress.arrays import numbers
from nexo.compress.coding import Coding
from nexo.link import calibration, churn, tables
from nexo.link import diagnostics as diag
from nexo.link.categories import next_categories
from nexo.link.groups import in_groups
from nexo.link.inputs import Sales
from nexo.link.metrics import Others, alone_and_together, other_metrics, shape_of
from nexo.link.repeats import repeat_contacts
from nexo.link.status import make_status, reason_of_others
from nexo.link.streamed import identified_in_blocks
from nexo.link.task import (
    HEADLINE,
    NPS,
    Task,
    effects_of,
    fit_score,
    is_simplified,
    make_task,
)
from nexo.link.within import within_customers
from nexo.models.effects import Effects
from nexo.models.model import Model, fit_model
from nexo.models.refusals import NotIdentified

Notes = list[dict[str, Any]]
LARGEST = 0.99
"""Customers above this quantile of past revenue are left out to see what they weigh."""


def link(
    panel: pd.DataFrame,
    weights: pd.DataFrame | None,
    meta: dict[str, Any],
    outcome: str,
    params: Link,
    sales: Sales | None = None,
) -> tables.LinkResult:
    """Fit, judge and tabulate one outcome of the panel (data/panel, weights of the score stage).

    A refusal is a result: the status says not identified and why. Raises ConfigError for an
    unknown outcome and ContractError when scored rows have no response weight.
    """
    task = make_task(panel, meta, outcome, params, weights)
    try:
        if meta["kind"] == "survey_only" or panel.empty:
            raise NotIdentified("no_behaviour", {"source": meta.get("source", "")})
        return identified_in_blocks(task) if task.is_large else _identified(task, sales or Sales())
    except NotIdentified as refusal:
        return _refused(task, refusal)


def _identified(task: Task, sales: Sales) -> tables.LinkResult:
    confidence = task.params.confidence
    model = fit_score(task, NPS, "class")
    # The largest design of all, while no other model lies in memory.
    more_tables, said_of_more = _more_tables(task, sales, model)
    headline = effects_of(task, model)
    points = fit_model(model.sample, Coding(NPS, "points"), like=model)
    shape = shape_of(task, model)
    others = other_metrics(task)
    results = [(model, headline), (points, effects_of(task, points)), *others.results]
    rows = [tables.effect_table(m, found, task.unit, confidence) for m, found in results]
    rows += _weighted(task, model)
    repeats = repeat_contacts(task)
    rows += repeats.rows
    notes = [*diag.of_model(model), *others.notes, *repeats.notes]
    for more, said in _more_effects(task):
        rows, notes = [*rows, *more], [*notes, *said]
    variants, checks = _variants(task, model, headline)
    calibrated, checked = _calibration(task, model)
    seen = {"calibration": calibrated} if calibrated["by"].eq("tenth").any() else {}
    shown = [tables.coefficients(m, confidence) for m, _ in results]
    shown += [tables.coefficients(m, confidence) for m in variants]
    table = tables.with_adjusted(pd.concat(rows, ignore_index=True))
    return tables.LinkResult(
        status=make_status(task, model),
        effects=table,
        coefficients=pd.concat(shown, ignore_index=True),
        shape=tables.nps_shape(shape),
        diagnostics=diag.table([*notes, *checks, *checked, *said_of_more]),
        influence=tables.influence_table([*results, *repeats.results]),
        metrics=tables.metrics(table),
        more=_of_others(others) | seen | more_tables,
    )


def _refused(task: Task, refusal: NotIdentified) -> tables.LinkResult:
    """Without a headline, what the other metrics say still stands, and so does their reason."""
    if refusal.reason_code in ("no_behaviour", "outcome_absent"):
        return tables.refused(make_status(task, None, refusal))
    others, effects = other_metrics(task), None
    if others.results:
        rows = [
            tables.effect_table(model, found, task.unit, task.params.confidence)
            for model, found in others.results
        ]
        effects = tables.with_adjusted(pd.concat(rows, ignore_index=True))
    elif refusal.reason_code == "score_absent":
        refusal = reason_of_others(task) or refusal
    found = tables.refused(make_status(task, None, refusal), effects)
    return replace(found, more=_of_others(others))


def _of_others(others: Others) -> dict[str, pd.DataFrame]:
    return {} if others.shapes.empty else {"metric_shapes": others.shapes}


def _weighted(task: Task, model: Model) -> list[pd.DataFrame]:
    """The class model fitted with response weights too; none where there are none."""
    if task.weights is None:
        return []
    own = task.weights[model.sample.rows]
    again = fit_model(model.sample, model.coding, weights=own, like=model)
    found, confidence = effects_of(task, again), task.params.confidence
    return [tables.effect_table(again, found, task.unit, confidence, weights="response")]


def _more_effects(task: Task) -> list[tuple[list[pd.DataFrame], Notes]]:
    """Metrics alone and together, the effect in groups, and the change within a customer."""
    together, refused = alone_and_together(task)
    found: list[tuple[list[pd.DataFrame], Notes]] = [
        ([] if together is None else [together], refused)
    ]
    found += [in_groups(task, by) for by in task.params.by]
    try:
        found.append(([within_customers(task)], []))
    except NotIdentified as refusal:
        found.append(([], [diag.check("within", float("nan"), False, refusal.reason_code)]))
    return found


def _variants(task: Task, model: Model, found: Effects) -> tuple[list[Model], Notes]:
    """Cross-checks, fine within two standard errors of +10 NPS points; rows to know of."""
    sample, models, place = model.sample, [], found.names.index(HEADLINE)
    notes: Notes = []

    def beside(name: str, value: float) -> None:
        is_near = abs(value - found.estimate[place]) <= 2 * found.std_error[place]
        notes.append(diag.check(f"{name}:nps_plus10", value, is_near))

    for part in task.spec.variants:
        if part in sample.outcome.parts:
            continue
        spec = replace(task.spec, parts=(part,))
        try:
            other = fit_model(replace(sample, outcome=spec), model.coding)
        except NotIdentified as refusal:  # NB2 where counts scatter no more than Poisson's
            name = f"{part.name}:nps_plus10"
            notes.append(diag.check(name, float("nan"), True, refusal.reason_code))
            continue
        beside(part.name, effects_of(task, other).estimate[place])
        models.append(other)
    if (smaller := without_largest(task, model)) is not None:
        beside("without_largest", smaller)
    notes.append(diag.of_influence(found.influence[:, place]))
    if task.spec.simpler:
        notes += diag.of_money(sample.y)
    if is_simplified(task, model):
        notes.append(diag.check("rows_not_above_zero:first_part", (sample.y <= 0).sum(), True,
                                "simplified"))  # fmt: skip
    if task.spec.exposure:
        notes.append(diag.check("rows_without_exposure", sample.n_left_out, True, "left_out"))
    return models, notes


def without_largest(task: Task, model: Model) -> float | None:
    """+10 NPS points without the customers whose revenue before was in the top 1 %."""
    past = pd.Series(numbers(task.panel["past_revenue_cents"]), index=task.panel.index)
    if not past.notna().any():
        return None
    largest = past.groupby(task.panel["customer_id"]).transform("max")
    per_customer = largest.groupby(task.panel["customer_id"]).first()
    kept = task.on(~(largest > per_customer.quantile(LARGEST)))
    try:
        found = effects_of(kept, fit_score(kept, NPS, "class", model))
    except NotIdentified:
        return float("nan")
    return float(found.estimate[found.names.index(HEADLINE)])


def _calibration(task: Task, model: Model) -> tuple[pd.DataFrame, Notes]:
    """calibration.csv: by tenths, and by segment and class where segments are known; groups too
    small to compare are left out, which may be all."""
    blocks, notes = [calibration.by_tenth(model)], []
    segment = task.panel["segment"].iloc[model.sample.rows]
    if segment.nunique() > 1:
        groups = calibration.by_group(model, segment.fillna("(missing)"), "segment")
        blocks.append(groups)
        notes += [calibration.residual_check(groups)] if len(groups) else []
    return calibration.finished(blocks, task.spec.name, task.unit, task.factor), notes


def _more_tables(task: Task, sales: Sales, model: Model) -> tuple[dict[str, pd.DataFrame], Notes]:
    """Time to churn (retention) and which category next (cross-selling), where sales tell."""
    bought = sales.first_purchases
    if bought is not None and len(bought):
        return {"next_category": next_categories(bought, task.params.confidence)}, []
    if sales.left_at is None:
        return {}, []
    try:
        found = churn.time_to_churn(task, sales.left_at, model)
    except NotIdentified as refusal:
        return {}, [diag.check("time_to_churn", float("nan"), False, refusal.reason_code)]
    return {"months_kept": found.months_kept, "survival": found.survival}, [found.check]
