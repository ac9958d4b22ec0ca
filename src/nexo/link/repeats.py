"""One repeat contact fewer: a model of its own, beside those of the scores.

The main models stay without the repeat contacts: these may work through the scores, and held
equal there they would change what a point of NPS means. Here the cases are held equal (one
attempt fewer at the same need to call) and, level by level, the CES: it is both what repeat
contacts do to customers and what makes them call again, so what is left is neither that
difficulty nor money that one point more of CES counts already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from nexo.compress.arrays import numbers
from nexo.link import diagnostics as diag
from nexo.link import tables
from nexo.link.task import Task, fit_score, population
from nexo.models.effects import Effects, averages
from nexo.models.model import Model
from nexo.models.refusals import NotIdentified

REPEAT, PAST, CASES, CES = "n_repeat_contacts", "n_past_contacts", "n_past_cases", "ces_score"
HELD, ALONE = "minus_one", "minus_one_alone"


@dataclass(frozen=True)
class Repeats:
    """Models with the effect of one repeat contact fewer, their rows of effects.csv, and notes
    for diagnostics.csv; without models where the source tells no attempts."""

    results: tuple[tuple[Model, Effects], ...] = ()
    rows: tuple[pd.DataFrame, ...] = ()
    notes: tuple[dict[str, Any], ...] = ()


def repeat_contacts(task: Task) -> Repeats:
    """``minus_one``, with the CES held equal, and ``minus_one_alone``, both on the rows with a CES.

    Where this cannot be estimated, ``minus_one_alone`` on all rows, and a note why. Averages are
    over active customers with a repeat contact at the last landmark.
    """
    if REPEAT not in task.panel or not task.panel[REPEAT].notna().any():
        return Repeats()
    cases = numbers(task.panel[PAST]) - numbers(task.panel[REPEAT])
    whole = replace(task, panel=task.panel.assign(**{CASES: cases}), weights=None)
    whole = whole.held_equal([*(c for c in task.params.controls if c != PAST), CASES])
    found, notes = [], []
    for attempts in (*_with_ces(whole), ((whole, ALONE),)):
        try:
            found = [(contrast, *_fewer(part, contrast)) for part, contrast in attempts]
            break
        except NotIdentified as refusal:
            notes.append(diag.check(REPEAT, float("nan"), False, refusal.reason_code))
    results = tuple((model, effects) for _, model, effects in found)
    rows = tuple(_row(task, *entry) for entry in found)
    return Repeats(results, rows, tuple(notes))


def _with_ces(whole: Task) -> list[tuple[tuple[Task, str], ...]]:
    """The rows with a CES, it held equal and not; nothing where nobody was asked."""
    is_scored = whole.panel[CES].notna()
    if not is_scored.any():
        return []
    scored = whole.on(is_scored)
    return [((scored.held_equal([*scored.params.controls, CES]), HELD), (scored, ALONE))]


def _fewer(task: Task, contrast: str) -> tuple[Model, Effects]:
    """f(x - 1) - f(x), averaged over the customers now with x of at least one."""
    model = fit_score(task, REPEAT)
    concerned = task.on(numbers(task.panel[REPEAT]) > 0)
    now, share = population(concerned, model.sample)
    levels, values = averages(model, now, [now.score[:, None], now.score[:, None] - 1], share)
    freedom = min(fit.covariance.degrees_of_freedom for fit in model.fits)
    change = (levels[1] - levels[0]) * task.factor, (values[:, 1:] - values[:, :1]) * task.factor
    return model, Effects(((REPEAT, contrast),), change[0][None], change[1], freedom)


def _row(task: Task, contrast: str, model: Model, found: Effects) -> pd.DataFrame:
    table = tables.effect_table(model, found, task.unit, task.params.confidence)
    held = f"{CASES} and {CES}" if contrast == HELD else CASES
    return table.assign(method=f"{table['method'][0]}, with {held} held equal")
