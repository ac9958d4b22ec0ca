"""The effect in each group of the customers: a model of its own for every group."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nexo.link import diagnostics as diag
from nexo.link import tables
from nexo.link.task import HEADLINE, NPS, Task, effects_of, fit_score
from nexo.models.refusals import NotIdentified


def in_groups(task: Task, by: str) -> tuple[list[pd.DataFrame], list[dict[str, Any]]]:
    """The class model fitted in each group of column ``by``, the other controls held equal.

    A group that cannot be estimated is named in the notes. The last note is the p-value of "the
    effect of +10 NPS points is the same in all groups" (Wald; a customer who was in several
    groups counts in the covariance between them).
    """
    rows, notes, estimates, found = [], [], [], []
    if by not in task.panel or not task.panel[by].notna().any():
        return [], [diag.check(f"{by}:groups", float("nan"), False, "absent")]
    inside = task.held_equal([name for name in task.params.controls if name != by])
    for level in sorted(task.panel[by].dropna().astype(str).unique()):
        part = inside.on(task.panel[by].astype(str) == level)
        try:
            model = fit_score(part, NPS, "class")
            effect = effects_of(part, model)
        except NotIdentified as refusal:
            name = f"{by}={level}:group"
            notes.append(diag.check(name, float("nan"), False, refusal.reason_code))
            continue
        confidence = task.params.confidence
        labels = {"by": by, "level": level}
        rows.append(tables.effect_table(model, effect, task.unit, confidence, **labels))
        place = effect.names.index(HEADLINE)
        estimates.append(effect.estimate[place])
        found.append(pd.Series(effect.influence[:, place], model.sample.customers))
    if len(found) > 1:
        influence = pd.concat(found, axis=1).fillna(0.0).to_numpy()
        p_value = equality(np.array(estimates), influence.T @ influence)
        notes.append(diag.check(f"{by}:same_in_groups", p_value, p_value >= 0.05))
    return rows, notes


def equality(estimate: np.ndarray, covariance: np.ndarray) -> float:
    """p-value of equal effects (m): Wald's chi-square with m - 1 of their differences from the
    first; of independent groups it is Cochran's Q."""
    from scipy.stats import chi2

    apart = estimate[1:] - estimate[0]
    against = np.hstack([-np.ones((len(apart), 1)), np.eye(len(apart))])
    statistic = apart @ np.linalg.solve(against @ covariance @ against.T, apart)
    return float(chi2.sf(statistic, len(apart)))
