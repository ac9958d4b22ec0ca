"""One outcome on one panel: the models that are fitted on it, and their effects at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from nexo.base.config import Link
from nexo.base.errors import ContractError
from nexo.compress.arrays import Array, Mask
from nexo.compress.cells import Cells, compress
from nexo.compress.coding import SCALES, Coding
from nexo.models.effects import Effects, effects
from nexo.models.model import Model, fit_model
from nexo.models.outcomes import Outcome, outcome_named
from nexo.models.refusals import NotIdentified
from nexo.models.sample import Sample, prepare

NPS, WEIGHT = "nps_score", "nexo_weight"
HEADLINE = ("nps_plus10", "default_path")
YEAR_DAYS = 365
FIRST_PART = ("too_few_events", "separation", "constant_outcome")
"""Refusals of a first part after which the model without it is tried."""


@dataclass(frozen=True)
class Task:
    """One outcome on one panel. ``factor``: 365/h where effects are annual, else 1.

    ``horizon``: days of the outcome's window, None without dates. ``weights``: response weight of
    each panel row (NaN without an NPS score), None where there are none. ``populations``: what
    ``population`` has found so far; a changed copy of the task begins with none.
    """

    panel: pd.DataFrame
    spec: Outcome
    params: Link
    horizon: int | None
    weights: Array | None = None
    populations: dict[Any, tuple[Cells, Array]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def is_annual(self) -> bool:
        """Are effects amounts a year?"""
        return bool(self.horizon and self.spec.annual_unit)

    @property
    def factor(self) -> float:
        """What makes an amount of the window yearly."""
        return YEAR_DAYS / self.horizon if self.horizon and self.is_annual else 1.0

    @property
    def unit(self) -> str:
        """Unit of the effects."""
        return self.spec.annual_unit if self.is_annual else self.spec.unit

    @property
    def is_large(self) -> bool:
        """Has the panel more rows than may be cells in memory?"""
        return len(self.panel) > self.params.max_cells

    def with_parts(self, outcome: Outcome) -> Task:
        """The same task with the parts that a fitted model has."""
        return replace(self, spec=replace(self.spec, parts=outcome.parts))

    def on(self, rows: Mask | pd.Series) -> Task:
        """The same task on some rows of the panel."""
        kept = np.asarray(rows, bool)
        weights = None if self.weights is None else self.weights[kept]
        return replace(self, panel=self.panel[kept].reset_index(drop=True), weights=weights)

    def held_equal(self, controls: Sequence[str]) -> Task:
        """The same task with other controls."""
        return replace(self, params=self.params.model_copy(update={"controls": tuple(controls)}))


def make_task(
    panel: pd.DataFrame,
    meta: dict[str, Any],
    outcome: str,
    params: Link,
    weights: pd.DataFrame | None = None,
) -> Task:
    """The task of an outcome; one without a window of its own is seen in that of retention.

    Raises ContractError when a row with an NPS score has no response weight.
    """
    spec, horizons = outcome_named(outcome), meta.get("horizon_days") or {}
    horizon = horizons.get(outcome, horizons.get("retention"))
    known = horizon if meta["kind"] == "landmark" else None
    rows = panel.reset_index(drop=True)
    task = Task(rows, spec, params, known, joined_weights(rows, weights))
    is_new = spec.past and spec.past not in params.controls
    return task.held_equal([*params.controls, spec.past]) if is_new else task


def joined_weights(panel: pd.DataFrame, weights: pd.DataFrame | None) -> Array | None:
    """The response weight of each panel row; NaN without an NPS score."""
    if weights is None or weights.empty or panel.empty:
        return None
    keys = ["customer_id", "landmark"]
    joined = panel[keys].merge(weights[[*keys, "weight"]], how="left", validate="m:1")
    found: Array = joined["weight"].to_numpy(float)
    missing = int((np.isnan(found) & panel[NPS].notna().to_numpy()).sum())
    if missing:
        raise ContractError(
            f"weights.parquet has no weight for {missing} rows with an NPS score. Run the score "
            "stage again on this panel (dvc repro score)."
        )
    return found


def sample_of(task: Task, score: str, *, is_weighted: bool = False) -> Sample:
    """The rows of one score: in memory, or (a large panel) grouped and streamed by the engine,
    then with the response weights in it where ``is_weighted``."""
    chosen: Any = (task.spec, score, task.params.controls, task.params.bins)
    if not task.is_large:
        return prepare(task.panel, *chosen)
    panel = task.panel.assign(**{WEIGHT: task.weights}) if is_weighted else task.panel
    frame = nw.from_native(panel, eager_only=True).lazy(backend="duckdb").to_native()
    weights = WEIGHT if is_weighted else None
    return prepare(frame, *chosen, weights=weights, max_cells=task.params.max_cells)


def fit_score(task: Task, score: str, kind: Any = "points", like: Model | None = None) -> Model:
    """Fit one score by class or as points, on its own rows; raises NotIdentified.

    Two-part outcomes whose first part has too few rows without the event (everybody buys), or
    is separated, fall back to ``Outcome.simpler``: the model's sample says which parts it has.
    """
    least = task.params.events_per_parameter
    try:
        return fit_model(
            sample_of(task, score), Coding(score, kind), events_per_parameter=least, like=like
        )
    except NotIdentified as refusal:
        if not task.spec.simpler or refusal.reason_code not in FIRST_PART:
            raise
    one_part = replace(task, spec=replace(task.spec, parts=task.spec.simpler))
    return fit_model(
        sample_of(one_part, score), Coding(score, kind), events_per_parameter=least, like=like
    )


def is_simplified(task: Task, model: Model) -> bool:
    """Was the first part dropped?"""
    return len(model.sample.outcome.parts) < len(task.spec.parts)


def is_reference(task: Task, score: str) -> Mask:
    """Scored rows of the last landmark; without exposure there is no cross-selling to speak of."""
    scored = task.panel["is_reference"].fillna(False).astype(bool) & task.panel[score].notna()
    if task.spec.exposure:
        scored &= task.panel[task.spec.exposure].fillna(0) > 0
    if not scored.any():
        raise NotIdentified("no_reference", {"column": score})
    return scored.to_numpy(bool)


def reference(task: Task, sample: Sample) -> Cells:
    """Scored customers of the last landmark, coded as the model's rows.

    Their wave lies after those that could be fitted: they get the last fitted one.
    """
    frame = task.panel[is_reference(task, sample.score)]
    for control in sample.controls:
        if control.column == "wave":
            is_known = frame["wave"].isin(control.levels)
            frame = frame.assign(wave=frame["wave"].where(is_known, max(control.levels)))
    return compress(frame, sample.score, sample.outcome.exposure, sample.controls)


def effects_of(task: Task, model: Model) -> Effects:
    """Effects over the reference population (``population``), a year's where they are amounts."""
    return effects(model, *population(task, model.sample), task.factor)


def population(task: Task, sample: Sample) -> tuple[Cells, Array]:
    """The reference customers, and each cell's share of those whom they stand for.

    Of NPS: all active customers, by the response weights of its answers. Of other scores, and
    without a customer file: those with the score, as they are.
    """
    key = (sample.score, sample.outcome.exposure, sample.controls)
    if key not in task.populations:
        found = reference(task, sample)
        total: Array = found.n
        if task.weights is not None and sample.score == NPS:
            chosen = task.weights[is_reference(task, NPS)]
            total = np.bincount(found.cell, weights=chosen).astype(float)
        task.populations[key] = (found, total / total.sum())
    return task.populations[key]


def known_scores(task: Task) -> list[str]:
    """Scores that some row with an outcome has, NPS first."""
    seen = task.panel.get(task.spec.column, pd.Series(dtype=float)).notna()
    return [s for s in SCALES if s in task.panel and (task.panel[s].notna() & seen).any()]
