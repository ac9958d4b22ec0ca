"""status.json of one outcome: is it identified, on what rows, and if not, why."""

from __future__ import annotations

from typing import Any

from nexo.compress.arrays import numbers
from nexo.compress.coding import SCALES
from nexo.compress.controls import learn_control
from nexo.link.task import NPS, Task, is_simplified, sample_of
from nexo.models.model import Model
from nexo.models.refusals import NotIdentified, check_present, count_events


def make_status(
    task: Task, model: Model | None, refusal: NotIdentified | None = None
) -> dict[str, Any]:
    """The status; leaking controls are named even where the score is refused."""
    first, sample = (model.fits[0], model.sample) if model else (None, None)
    excluded = sample.excluded if sample else leaking_controls(task)
    return {
        "outcome": task.spec.name,
        "is_identified": refusal is None,
        "reason_code": refusal.reason_code if refusal else "",
        "reason_values": refusal.values if refusal else {},
        "unit": task.unit,
        "n_obs": first.n_obs if first else 0,
        "n_clusters": first.covariance.n_clusters if first else 0,
        "n_events": count_events(sample.is_event, sample.both, sample.sums.n) if sample else 0,
        "n_cells": sample.n_cells if sample else 0,
        "is_annual": task.is_annual,
        "horizon_days": task.horizon,
        "controls": [control.column for control in sample.controls] if sample else [],
        "excluded_controls": [{"column": name, "reason_code": why} for name, why in excluded],
        "bins": task.params.bins,
        "smallest_effect": getattr(task.params.smallest_effect, task.spec.name) * task.spec.to_unit,
        "covariance": first.covariance.kind if first else "",
        "is_simplified": is_simplified(task, model) if model else False,
    }


def leaking_controls(task: Task) -> tuple[tuple[str, str], ...]:
    """Controls that nearly determine the outcome, on all rows where it is seen."""
    if task.spec.column not in task.panel:
        return ()
    used = task.panel[task.panel[task.spec.column].notna()]
    y, both = numbers(used[task.spec.column]) > 0, task.spec.parts[0].family == "binomial"
    if not len(used) or y.all() or not y.any():
        return ()
    learnt = {
        name: learn_control(used[name], task.params.bins, y, both)
        for name in task.params.controls
        if name in used
    }
    return tuple((name, "leakage") for name, found in learnt.items() if found == "leakage")


def reason_of_others(task: Task) -> NotIdentified | None:
    """Where NPS is absent but another score is there, its own refusal is the better reason."""
    for score in (name for name in SCALES if name != NPS):
        try:
            check_present(task.panel, task.spec, score)
            sample_of(task, score)
        except NotIdentified as other:
            if other.reason_code != "score_absent":
                return other
    return None
