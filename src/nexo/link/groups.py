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
    effect of +10 NPS points is the same in all groups" (Wald; customers of different groups are
    independent).
    """
    rows, notes, found = [], [], []
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
        found.append((effect.estimate[place], effect.std_error[place]))
    if len(found) > 1:
        p_value = equality(*np.array(found).T)
        notes.append(diag.check(f"{by}:same_in_groups", p_value, p_value >= 0.05))
    return rows, notes


def equality(estimate: np.ndarray, std_error: np.ndarray) -> float:
    """p-value of equal effects of independent groups: Cochran's Q, chi-square with m - 1."""
    from scipy.stats import chi2

    weight = 1 / std_error**2
    mean = (weight * estimate).sum() / weight.sum()
    return float(chi2.sf((weight * (estimate - mean) ** 2).sum(), len(estimate) - 1))
