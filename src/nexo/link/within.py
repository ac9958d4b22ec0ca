"""Within a customer: when the score changed from one landmark to a later one, did behaviour too?

Pairs of landmarks of one customer whose windows do not overlap. By least squares,
  change of the outcome ~ change of the score + score before + outcome before + wave + segment
(for retention, which every customer still there has had before: staying after the later
landmark). The score and the outcome before stand in the model because extremes fall back; with
them there, the coefficient is the same as for the later outcome itself. What is fixed about a
customer therefore does not drop out, as it would from plain differences (Allison 1990 weighs the
two): it is held equal only as far as the score and the outcome before show it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nexo.compress.arrays import Array, numbers
from nexo.compress.cells import Rows, cell_sums
from nexo.compress.design import independent
from nexo.link.task import NPS, Task
from nexo.models.fit import Fit, fit_cells
from nexo.models.refusals import NotIdentified
from nexo.models.tidy import tidy

FEWEST_PAIRS = 100
EPOCH = pd.Timestamp("1970-01-01")
OVERLAP = 0.05
"""Share of the window by which two windows may overlap: landmarks fall on round days."""


def within_customers(task: Task) -> pd.DataFrame:
    """One row of effects.csv: one point more than before, term nps_change.

    Raises NotIdentified without enough pairs, or where nothing changes.
    """
    fit = fit_change(task)
    place = fit.terms.index("change")
    freedom = fit.covariance.degrees_of_freedom
    columns = {
        "outcome": task.spec.name, "term": ["nps_change"], "contrast": "plus_one_within",
        "unit": task.unit, "method": f"change within customers, least squares, "
        f"{fit.covariance.kind}", "weights": "none", "by": "", "level": "",
    }  # fmt: skip
    estimate, std_error = (
        np.array([values[place]]) * task.factor for values in (fit.params, fit.std_error)
    )
    table = tidy(fit, estimate, std_error, freedom, task.params.confidence, **columns)
    return table.assign(degrees_of_freedom=freedom)


def fit_change(task: Task, score: str = NPS) -> Fit:
    """The regression of the module's docstring; terms intercept, change, score_before, ..."""
    pairs = pairs_of(task, score)
    if len(pairs) < FEWEST_PAIRS:
        raise NotIdentified("too_few_pairs", {"n_obs": len(pairs), "needed": FEWEST_PAIRS})
    now, before = pairs["y"], pairs["y_before"]
    if now.min() == now.max() or (pairs["x"] == pairs["x_before"]).all():
        raise NotIdentified("constant_change", {"n_obs": len(pairs)})
    is_change = before.nunique() > 1  # else (retention): everyone was there before
    y = (now - before if is_change else now).to_numpy(float)
    columns: dict[str, Array] = {
        "intercept": np.ones(len(pairs)),
        "change": (pairs["x"] - pairs["x_before"]).to_numpy(float),
        "score_before": (pairs["x_before"] - pairs["x_before"].mean()).to_numpy(float),
        "outcome_before": ((before - before.mean()) / (before.std() or 1.0)).to_numpy(float),
    }
    for name in ("wave", "segment"):
        levels = sorted(pairs[name].dropna().astype(str).unique())
        for level in levels[1:]:
            columns[f"{name}:{level}"] = (pairs[name].astype(str) == level).to_numpy(float)
    design, terms = np.column_stack(list(columns.values())), tuple(columns)
    cluster = pd.factorize(pairs["customer_id"], sort=True)[0]
    rows = Rows(np.arange(len(y)), y, np.ones(len(y)), cluster)
    sums = cell_sums(rows, len(y))
    kept = independent(design, sums.w)
    names = tuple(terms[j] for j in kept)
    return fit_cells(design[:, kept], names, sums, "gaussian", rows=rows)


def pairs_of(task: Task, score: str = NPS) -> pd.DataFrame:
    """Each scored row beside the customer's latest scored row at least a window earlier."""
    if task.horizon is None:
        raise NotIdentified("undated", {})
    frame = task.panel[["customer_id", "landmark", "wave", "segment"]].assign(
        day=(pd.to_datetime(task.panel["landmark"]) - EPOCH).dt.days,
        x=numbers(task.panel[score]),
        y=numbers(task.panel[task.spec.column]),
    )
    frame = frame.dropna(subset=["x", "y"]).sort_values(["day", "customer_id"])
    apart = round(task.horizon * (1 - OVERLAP))
    earlier = frame[["customer_id", "day", "x", "y"]].rename(
        columns={"x": "x_before", "y": "y_before", "day": "day_before"}
    )
    earlier = earlier.assign(day=earlier["day_before"] + apart).sort_values(["day", "customer_id"])
    pairs = pd.merge_asof(frame, earlier, on="day", by="customer_id").dropna(subset=["x_before"])
    return pairs.sort_values(["customer_id", "day"], ignore_index=True)
