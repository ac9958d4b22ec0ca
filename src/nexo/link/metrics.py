"""NPS, CES and CSAT: each alone on its own rows, and together where all were asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from nexo.compress.coding import SCALES, shape_coding
from nexo.link import diagnostics as diag
from nexo.link import tables
from nexo.link.task import (
    NPS,
    Task,
    effects_of,
    fit_score,
    is_reference,
    is_simplified,
    known_scores,
)
from nexo.models.effects import Effects
from nexo.models.model import Model, fit_model
from nexo.models.refusals import NotIdentified, check_present


@dataclass(frozen=True)
class Others:
    """Points models of the metrics other than NPS with their effects and shapes; ``notes`` are
    rows of diagnostics.csv for what was refused or simplified."""

    results: tuple[tuple[Model, Effects], ...]
    shapes: pd.DataFrame
    notes: tuple[dict[str, Any], ...]


def other_metrics(task: Task) -> Others:
    """CES and CSAT, each on its own rows; a refusal is noted, never silent."""
    results, shapes, notes = [], [], []
    for score in (name for name in SCALES if name != NPS):
        try:
            check_present(task.panel, task.spec, score)
            is_reference(task, score)
            model = fit_score(task, score)
            results.append((model, effects_of(task, model)))
            shapes.append(shape_of(task, model))
            if is_simplified(task, model):
                notes.append(diag.check(f"{score}:first_part", float("nan"), True, "simplified"))
        except NotIdentified as refusal:
            notes.append(diag.check(score, float("nan"), False, refusal.reason_code))
    table = pd.concat(shapes) if shapes else pd.DataFrame(columns=list(tables.SHAPE_COLUMNS))
    return Others(tuple(results), table, tuple(notes))


def shape_of(task: Task, model: Model) -> pd.DataFrame:
    """The outcome at each level of the score, before any line."""
    sample, least = model.sample, task.params.events_per_parameter
    coding = shape_coding(sample.score, sample.x, sample.is_event, least, sample.sums.n)
    by_level = fit_model(sample, coding, like=model)
    confidence = task.params.confidence
    return tables.shape_table(by_level, effects_of(task, by_level), task.unit, confidence)


def alone_and_together(task: Task) -> tuple[pd.DataFrame | None, list[dict[str, Any]]]:
    """One point more of each metric, alone and with the other metrics held equal level by level.

    Both on the rows where all metrics were asked. Where these are too few, the metric with the
    fewest answers is left out and the rest tried again; None with fewer than two.
    """
    scores, refusals = known_scores(task), list[dict[str, Any]]()
    while len(scores) > 1:
        common = task.on(task.panel[scores].notna().all(axis=1))
        try:
            return pd.concat(_pair_of_rows(common, scores), ignore_index=True), refusals
        except NotIdentified as refusal:
            scarcest = min(scores, key=lambda name: int(task.panel[name].notna().sum()))
            refusals.append(
                diag.check(f"{scarcest}:together", float("nan"), False, refusal.reason_code)
            )
            scores.remove(scarcest)
    return None, refusals


def _pair_of_rows(common: Task, scores: list[str]) -> list[pd.DataFrame]:
    rows, confidence = [], common.params.confidence
    for score in scores:
        others, model = [name for name in scores if name != score], None
        both = {"alone": common, "together": common.held_equal([*common.params.controls, *others])}
        for name, task in both.items():
            model = fit_score(task, score, like=model)
            found = effects_of(task, model)
            table = tables.effect_table(model, found, task.unit, confidence)
            beside = f"with {' and '.join(others)} held equal" if name == "together" else "alone"
            rows.append(
                table.assign(contrast=f"plus_one_{name}", method=f"{table['method'][0]}, {beside}")
            )
    return rows
