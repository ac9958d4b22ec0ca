"""What notebooks/link.ipynb runs: every model of one outcome, and its results as tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from nexo.config import Link
from nexo.errors import ContractError
from nexo.models import diagnostics as diag
from nexo.models import tables
from nexo.models.coding import Coding, shape_coding
from nexo.models.effects import Effects, effects
from nexo.models.outcomes import SCALES, Array, Mask, Outcome, outcome_named
from nexo.models.refusals import NotIdentified, check_present, count_events
from nexo.models.sample import Cells, Model, Sample, compress, fit_model, prepare

NPS = "nps_score"


@dataclass(frozen=True)
class Task:
    """One outcome on one panel. ``factor``: 365/h where effects are annual, else 1."""

    panel: pd.DataFrame
    spec: Outcome
    params: Link
    unit: str
    factor: float
    is_annual: bool


def link(
    panel: pd.DataFrame,
    weights: pd.DataFrame | None,
    meta: dict[str, Any],
    outcome: str,
    params: Link,
) -> tables.LinkResult:
    """Fit, judge and tabulate one outcome of the panel (data/panel, weights of the score stage).

    A refusal is a result: the status says not identified and why. Raises ConfigError for an
    unknown outcome and ContractError when scored rows have no response weight.
    """
    spec = outcome_named(outcome)
    horizon = meta["horizon_days"][outcome] if meta["kind"] == "landmark" else None
    is_annual = bool(horizon and spec.annual_unit)
    factor = 365 / horizon if horizon and is_annual else 1.0
    unit = spec.annual_unit if is_annual else spec.unit
    task = Task(panel.reset_index(drop=True), spec, params, unit, factor, is_annual)
    try:
        if meta["kind"] == "survey_only" or panel.empty:
            raise NotIdentified("no_behaviour", {"source": meta.get("source", "")})
        result = _identified(task, weights)
    except NotIdentified as refusal:
        if refusal.reason_code == "score_absent":
            refusal = _reason_of_others(task) or refusal
        result = tables.refused(_status(task, None, refusal))
    return replace(result, status=result.status | {"horizon_days": horizon})


def _identified(task: Task, weights: pd.DataFrame | None) -> tables.LinkResult:
    sample, confidence = _sample(task, NPS), task.params.confidence
    least = task.params.events_per_parameter
    model = fit_model(sample, Coding(NPS, "class"), events_per_parameter=least)
    points = fit_model(sample, Coding(NPS, "points"), like=model)
    by_level = shape_coding(NPS, sample.x, sample.y > 0, least)
    shape = fit_model(sample, by_level, like=model)
    others, notes = _other_metrics(task)
    results = [(m, _effects(task, m)) for m in (model, points, *others)]
    rows = [tables.effect_table(m, found, task.unit, confidence) for m, found in results]
    rows += _weighted(task, model, weights)
    rows += [table for by in task.params.by for table in _in_groups(task, model, by)]
    variants, checks = _variants(task, model, results[0][1])
    shown = [tables.coefficients(m, confidence) for m in (model, points, *others, *variants)]
    table = pd.concat(rows, ignore_index=True)
    return tables.LinkResult(
        status=_status(task, model),
        effects=table,
        coefficients=pd.concat(shown, ignore_index=True),
        shape=tables.shape_table(shape, _effects(task, shape), task.unit, confidence),
        diagnostics=diag.table(diag.of_model(model) + notes + checks),
        influence=tables.influence_table(results),
        metrics=tables.metrics(table),
    )


def _sample(task: Task, score: str) -> Sample:
    return prepare(task.panel, task.spec, score, task.params.controls, task.params.bins)


def _is_reference(task: Task, score: str) -> Mask:
    """Scored rows of the last landmark; without exposure there is no cross-selling to speak of."""
    scored = task.panel["is_reference"].fillna(False).astype(bool) & task.panel[score].notna()
    if task.spec.exposure:
        scored &= task.panel[task.spec.exposure].fillna(0) > 0
    if not scored.any():
        raise NotIdentified("no_reference", {"column": score})
    return scored.to_numpy(bool)


def _reference(task: Task, sample: Sample, by: str = "") -> Cells:
    """Scored customers of the last landmark, coded as the model's rows.

    Their wave lies after those that could be fitted: they get the last fitted one.
    """
    frame = task.panel[_is_reference(task, sample.score)]
    for control in sample.controls:
        if control.column == "wave":
            is_known = frame["wave"].isin(control.levels)
            frame = frame.assign(wave=frame["wave"].where(is_known, max(control.levels)))
    return compress(frame, sample.score, sample.outcome.exposure, sample.controls, by)


def _effects(task: Task, model: Model, weights: Array | None = None) -> Effects:
    """Effects over the reference population (``weights``: one a panel row)."""
    reference = _reference(task, model.sample)
    total: Array = reference.n
    if weights is not None:
        chosen = weights[_is_reference(task, model.sample.score)]
        total = np.bincount(reference.cell, weights=chosen).astype(float)
    return effects(model, reference, total / total.sum(), task.factor)


def _in_groups(task: Task, model: Model, by: str) -> list[pd.DataFrame]:
    """The class model's effects averaged over each group of the reference population."""
    reference, blocks = _reference(task, model.sample, by), []
    for level in np.unique(reference.by):
        total = np.where(reference.by == level, reference.n, 0.0)
        found = effects(model, reference, total / total.sum(), task.factor)
        labels = {"by": by, "level": str(level)}
        confidence = task.params.confidence
        blocks.append(tables.effect_table(model, found, task.unit, confidence, **labels))
    return blocks


def _weighted(task: Task, model: Model, weights: pd.DataFrame | None) -> list[pd.DataFrame]:
    """The class model fitted and averaged with response weights; none where there are none."""
    if weights is None or weights.empty:
        return []
    keys = ["customer_id", "landmark"]
    joined = task.panel[keys].merge(weights[[*keys, "weight"]], how="left", validate="m:1")
    weight = joined["weight"].to_numpy(float)
    needed = np.union1d(model.sample.rows, np.flatnonzero(_is_reference(task, NPS)))
    missing = int(np.isnan(weight[needed]).sum())
    if missing:
        raise ContractError(
            f"weights.parquet has no weight for {missing} rows with an NPS score. Run the score "
            "stage again on this panel (dvc repro score)."
        )
    again = fit_model(model.sample, model.coding, weights=weight[model.sample.rows], like=model)
    found, confidence = _effects(task, again, weight), task.params.confidence
    return [tables.effect_table(again, found, task.unit, confidence, weights="response")]


def _other_metrics(task: Task) -> tuple[list[Model], list[dict[str, Any]]]:
    """The points models of CES and CSAT, each on its own rows; a refusal is noted."""
    found, notes = [], []
    for score in (name for name in SCALES if name != NPS):
        try:
            sample, least = _sample(task, score), task.params.events_per_parameter
            _is_reference(task, score)
            model = fit_model(sample, Coding(score, "points"), events_per_parameter=least)
            found.append(model)
        except NotIdentified as refusal:
            notes.append(diag.check(score, float("nan"), False, refusal.reason_code))
    return found, notes


def _variants(task: Task, model: Model, found: Effects) -> tuple[list[Model], list[dict[str, Any]]]:
    """Cross-check models, fine within two standard errors of +10 NPS points; rows to know of."""
    sample, models, notes = model.sample, [], []
    place = found.names.index(("nps_plus10", "default_path"))
    for part in task.spec.variants:
        spec = replace(task.spec, parts=(part,))
        other = fit_model(replace(sample, outcome=spec), model.coding)
        value = _effects(task, other).estimate[place]
        is_near = abs(value - found.estimate[place]) <= 2 * found.std_error[place]
        notes.append(diag.check(f"{part.name}:nps_plus10", value, is_near))
        models.append(other)
    if task.spec.variants:
        notes += diag.of_money(sample.y)
    if task.spec.exposure:
        notes.append(diag.check("rows_without_exposure", sample.n_left_out, True, "left_out"))
    return models, notes


def _reason_of_others(task: Task) -> NotIdentified | None:
    """Where NPS is absent but another score is there, its own refusal is the better reason."""
    for score in (name for name in SCALES if name != NPS):
        try:
            check_present(task.panel, task.spec, score)
            _sample(task, score)
        except NotIdentified as other:
            if other.reason_code != "score_absent":
                return other
    return None


def _status(
    task: Task, model: Model | None, refusal: NotIdentified | None = None
) -> dict[str, Any]:
    first, sample = (model.fits[0], model.sample) if model else (None, None)
    excluded = sample.excluded if sample else ()
    return {
        "outcome": task.spec.name,
        "is_identified": refusal is None,
        "reason_code": refusal.reason_code if refusal else "",
        "reason_values": refusal.values if refusal else {},
        "unit": task.unit,
        "n_obs": first.n_obs if first else 0,
        "n_clusters": first.covariance.n_clusters if first else 0,
        "n_events": count_events(sample.y > 0, sample.both) if sample else 0,
        "n_cells": len(sample.cells.n) if sample else 0,
        "is_annual": task.is_annual,
        "controls": [control.column for control in sample.controls] if sample else [],
        "excluded_controls": [{"column": name, "reason_code": why} for name, why in excluded],
        "bins": task.params.bins,
        "smallest_effect": getattr(task.params.smallest_effect, task.spec.name) * task.spec.to_unit,
        "covariance": first.covariance.kind if first else "",
    }
