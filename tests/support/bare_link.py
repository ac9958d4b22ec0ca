"""The link's effects alone, without diagnostics and cross-checks: what 500 worlds have time for.

tests/recovery/test_coverage.py holds them equal to what ``nexo.link.link`` prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from nexo.base.config import Link
from nexo.compress.coding import Coding
from nexo.link import tables
from nexo.link.status import make_status
from nexo.link.task import NPS, Task, effects_of, fit_score, make_task
from nexo.models.model import Model, fit_model

Kind = Literal["class", "points"]


@dataclass(frozen=True)
class Bare:
    """The task and first model of one outcome; its rows of effects.csv and influence values."""

    task: Task
    model: Model
    effects: pd.DataFrame
    influence: pd.DataFrame

    @property
    def status(self) -> dict[str, Any]:
        """What status.json would hold."""
        return make_status(self.task, self.model)


def bare_link(
    panel: pd.DataFrame,
    weights: pd.DataFrame | None,
    meta: dict[str, Any],
    outcome: str,
    params: Link,
    kinds: Sequence[Kind] = ("class", "points"),
) -> Bare:
    """Effects of NPS by each of ``kinds``; by the first one also with response weights.

    Raises NotIdentified when the data cannot answer.
    """
    task, models = make_task(panel, meta, outcome, params, weights), []
    for kind in kinds:
        like = models[0] if models else None
        coding = Coding(NPS, kind)
        models.append(
            fit_model(like.sample, coding, like=like) if like else fit_score(task, NPS, kind)
        )
    results = [(model, effects_of(task, model)) for model in models]
    rows = [tables.effect_table(m, found, task.unit, params.confidence) for m, found in results]
    if task.weights is not None:
        first = models[0]
        own = task.weights[first.sample.rows]
        again = fit_model(first.sample, first.coding, weights=own, like=first)
        found, labels = effects_of(task, again), {"weights": "response"}
        rows.append(tables.effect_table(again, found, task.unit, params.confidence, **labels))
    table = pd.concat(rows, ignore_index=True)
    return Bare(task, models[0], table, tables.influence_table(results))


def as_if_unclustered(bare: Bare) -> Bare:
    """The same effects with the errors of rows that know nothing of their customers."""
    n = len(bare.model.sample.y)
    sample = replace(bare.model.sample, cluster=np.arange(n), customers=pd.RangeIndex(n))
    model, task = fit_model(sample, bare.model.coding, like=bare.model), bare.task
    found = effects_of(task, model)
    table = tables.effect_table(model, found, task.unit, task.params.confidence)
    return replace(bare, model=model, effects=table)
