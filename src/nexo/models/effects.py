"""Effects for people: average predictions over the reference population, and their contrasts.

g-computation (Robins 1986): with the score of every reference customer set to a level, the
fitted mean is averaged over the population; effects are linear contrasts of such averages.
Delta method: each average has a gradient in the coefficients, hence influence values per
customer whose inner products are the joint covariance (METHODS.md section 3, "Variance").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nexo.compress.arrays import Array
from nexo.compress.cells import Cells
from nexo.compress.coding import SCALES
from nexo.models.fit import influence
from nexo.models.model import Model
from nexo.models.outcomes import COUNTS

CLASS_CONTRASTS = {
    # (detractor, passive, promoter)
    ("nps_class", "detractor"): (1.0, 0.0, 0.0),
    ("nps_class", "passive"): (0.0, 1.0, 0.0),
    ("nps_class", "promoter"): (0.0, 0.0, 1.0),
    ("nps_class", "promoter_vs_passive"): (0.0, -1.0, 1.0),
    ("nps_class", "passive_vs_detractor"): (-1.0, 1.0, 0.0),
    ("nps_class", "promoter_vs_detractor"): (-1.0, 0.0, 1.0),
    # +10 NPS points of the base: 10 % of customers move one class, or 5 % move two;
    # default_path is the mean of the two one-class paths
    ("nps_plus10", "default_path"): (-0.05, 0.0, 0.05),
    ("nps_plus10", "passive_to_promoter"): (0.0, -0.10, 0.10),
    ("nps_plus10", "detractor_to_passive"): (-0.10, 0.10, 0.0),
    ("nps_plus10", "detractor_to_promoter"): (-0.05, 0.0, 0.05),
}


@dataclass(frozen=True)
class Effects:
    """Estimates (m), influence values (customers of the model's sample x m) and their t.

    ``names``: term and contrast of each.
    """

    names: tuple[tuple[str, str], ...]
    estimate: Array
    influence: Array
    degrees_of_freedom: float

    @property
    def std_error(self) -> Array:
        """Delta-method standard errors."""
        return np.sqrt((self.influence**2).sum(axis=0))


def effects(model: Model, reference: Cells, share: Array, factor: float = 1.0) -> Effects:
    """The effects that a model's coding allows, times ``factor`` (365/h for annual ones).

    ``share``: each reference cell's share of the population, summing to 1. Class: means,
    contrasts and paths of +10 NPS points. Shape: the mean at each level. Points: f(x + 1) - f(x)
    on the metric's own scale, customers at the ceiling not moved.
    """
    coding, x = model.coding, reference.score
    named: Mapping[tuple[str, str], tuple[float, ...]] = CLASS_CONTRASTS
    if coding.kind == "points":
        moved = np.minimum(x + 1, SCALES[coding.score].high)
        arms, named = [x[:, None], moved[:, None]], {(coding.score, "plus_one"): (-1.0, 1.0)}
    else:
        levels = range(len(coding.labels))
        arms = [coding.dummies(np.full(len(x), level)) for level in levels]
    if coding.kind == "shape":
        rows = np.eye(len(coding.labels))
        named = {(coding.score, n): tuple(r) for n, r in zip(coding.labels, rows, strict=True)}
    estimate, values = averages(model, reference, arms, share)
    weights = np.array(list(named.values())).T * factor
    freedom = min(fit.covariance.degrees_of_freedom for fit in model.fits)
    return Effects(tuple(named), estimate @ weights, values @ weights, freedom)


def averages(
    model: Model, reference: Cells, arms: list[Array], share: Array
) -> tuple[Array, Array]:
    """Average prediction in each arm, and its influence values (customers x arms).

    ``arms``: score columns (reference cells x terms) as if everyone had that score. Two-part
    outcomes multiply the parts' means; the product rule gives each part's gradient.
    """
    estimate = np.empty(len(arms))
    gradients = [np.empty((len(fit.params), len(arms))) for fit in model.fits]
    for number, arm in enumerate(arms):
        full = np.hstack([np.ones((len(share), 1)), arm, reference.controls])
        designs = [full[:, kept] for kept in model.kept]
        means, slopes = _predictions(model, designs, reference.exposure)
        estimate[number] = share @ means.prod(axis=0)
        for part, design in enumerate(designs):
            others = np.delete(means, part, axis=0).prod(axis=0)
            gradients[part][:, number] = design.T @ (share * slopes[part] * others)
    total = np.zeros((len(model.sample.customers), len(arms)))
    for fit, gradient in zip(model.fits, gradients, strict=True):
        values = influence(fit, gradient)
        total[: len(values)] += values
    return estimate, total


def _predictions(model: Model, designs: list[Array], exposure: Array) -> tuple[Array, Array]:
    """Mean of each part and its derivative in the linear predictor (parts x cells)."""
    means, slopes = [], []
    for fit, design in zip(model.fits, designs, strict=True):
        link, predictor = fit.solution.family.link, design @ fit.params
        if fit.family in COUNTS:
            predictor = predictor + np.log(exposure)
        means.append(link.inverse(predictor))
        slopes.append(link.inverse_deriv(predictor))
    return np.array(means), np.array(slopes)
