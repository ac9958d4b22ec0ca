"""The link of a panel with more rows than ``link.max_cells``: the same estimator, in blocks.

The engine groups the rows and streams them where cells stay many, so the design of millions of
rows is never in memory. Effects, their joint influence, coefficients and the shape are those of
the link in memory; the checks that look at single rows again, and the models of groups and of
the change within a customer, are left out, which diagnostics.csv and the report say.
"""

from __future__ import annotations

import pandas as pd

from nexo.compress.coding import Coding
from nexo.link import diagnostics as diag
from nexo.link import tables
from nexo.link.metrics import other_metrics, shape_of
from nexo.link.repeats import repeat_contacts
from nexo.link.status import make_status
from nexo.link.task import NPS, Task, effects_of, fit_score, sample_of
from nexo.models.model import Model, fit_model


def identified_in_blocks(task: Task) -> tables.LinkResult:
    """The link of a large panel; raises NotIdentified as the link in memory does."""
    confidence = task.params.confidence
    model = fit_score(task, NPS, "class")
    points = fit_model(model.sample, Coding(NPS, "points"), like=model)
    others = other_metrics(task)
    results = [(m, effects_of(task, m)) for m in (model, points)] + [*others.results]
    rows = [tables.effect_table(m, found, task.unit, confidence) for m, found in results]
    rows += _weighted(task, model)
    repeats = repeat_contacts(task)
    rows += repeats.rows
    n_rows = float(model.sample.sums.n.sum())
    notes = [diag.check("rows_in_blocks", n_rows, True, "in_blocks"), *others.notes, *repeats.notes]
    table = tables.with_adjusted(pd.concat(rows, ignore_index=True))
    shown = [tables.coefficients(m, confidence) for m, _ in results]
    return tables.LinkResult(
        status=make_status(task, model),
        effects=table,
        coefficients=pd.concat(shown, ignore_index=True),
        shape=tables.nps_shape(shape_of(task, model)),
        diagnostics=diag.table(notes),
        influence=tables.influence_table([*results, *repeats.results]),
        metrics=tables.metrics(table),
        more={} if others.shapes.empty else {"metric_shapes": others.shapes},
    )


def _weighted(task: Task, model: Model) -> list[pd.DataFrame]:
    """The class model fitted with response weights too; none where there are none."""
    if task.weights is None:
        return []
    sample = sample_of(task.with_parts(model.sample.outcome), NPS, is_weighted=True)
    again = fit_model(sample, model.coding, like=model)
    found, confidence = effects_of(task, again), task.params.confidence
    return [tables.effect_table(again, found, task.unit, confidence, weights="response")]
