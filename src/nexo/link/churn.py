"""Time to churn: months kept in the window by NPS class, as observed and other things equal.

As observed: Kaplan-Meier by class, restricted mean, intervals clustered by customer. Other
things equal: the hazard of leaving in each quarter of the window, complementary log-log, whose
coefficients are those of a grouped proportional hazards model (Prentice and Gloeckler 1978);
months kept are the area under the survival that it predicts, by g-computation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from nexo.base.results import TIDY_COLUMNS
from nexo.compress.arrays import Array, Codes
from nexo.compress.cells import Rows, cell_sums
from nexo.compress.coding import NPS_CLASSES, Coding
from nexo.compress.design import independent
from nexo.link import diagnostics as diag
from nexo.link.survival import influence_on
from nexo.link.task import NPS, YEAR_DAYS, Task, population, sample_of
from nexo.models.effects import CLASS_CONTRASTS
from nexo.models.fit import Fit, fit_cells, influence
from nexo.models.model import Model
from nexo.models.refusals import NotIdentified, check_events
from nexo.models.sample import Sample

PERIODS = 4
"""Quarters of the window in which the hazard is held constant."""
MONTHS = 12
CODING = Coding(NPS, "class")


@dataclass(frozen=True)
class Churn:
    """months_kept.csv, survival.csv, and the check of proportional hazards."""

    months_kept: pd.DataFrame
    survival: pd.DataFrame
    check: dict[str, Any]


@dataclass(frozen=True)
class Followed:
    """The rows of the model with the days until each customer left, cut at the window's end."""

    sample: Sample
    days: Array
    has_left: Array
    until: float

    @property
    def months(self) -> float:
        """Length of the window in months."""
        return MONTHS * self.until / YEAR_DAYS


def time_to_churn(task: Task, left_at: pd.Series, like: Model | None = None) -> Churn:
    """Both estimates; ``left_at``: day of leaving by customer_id, missing while there.

    ``like``: the model of retention by class, whose rows these are. Raises NotIdentified without
    dates of leaving, or with too few customers who left.
    """
    if task.horizon is None or not left_at.notna().any():
        raise NotIdentified("leaving_undated", {})
    rows = follow(task, left_at, like.sample if like else sample_of(task, NPS))
    fit, check = hazard(task, rows)
    by_class = kaplan_meier_rows(rows, task.params.confidence)
    adjusted = adjusted_months(task, rows, fit)
    return Churn(pd.concat([by_class[0], adjusted], ignore_index=True), by_class[1], check)


def follow(task: Task, left_at: pd.Series, sample: Sample) -> Followed:
    """Days from each landmark to leaving, or to the end of the window."""
    used = task.panel.iloc[sample.rows]
    left = pd.to_datetime(used["customer_id"].map(left_at))
    days = (left - pd.to_datetime(used["landmark"])).dt.days.to_numpy(float, na_value=np.inf)
    until = float(min(task.horizon or YEAR_DAYS, YEAR_DAYS))
    return Followed(sample, np.clip(days, 0.0, until), days <= until, until)


def kaplan_meier_rows(rows: Followed, confidence: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Months kept by class and their differences; share still there at each month by class."""
    group, grid = CODING.level(rows.sample.x), np.linspace(0, rows.until, MONTHS + 1)[1:]
    n_customers, scale = len(rows.sample.customers), rows.months / rows.until
    means, values = np.zeros(3), np.zeros((n_customers, 3))
    curves, sizes = [], np.bincount(group, minlength=3)
    for place, name in enumerate(NPS_CLASSES):
        inside = group == place
        estimate, found = influence_on(rows.days[inside], rows.has_left[inside], grid)
        cluster = rows.sample.cluster[inside]
        means[place] = estimate[1, -1] * scale
        values[:, place] = np.bincount(cluster, found[1, -1], n_customers) * scale
        sums = np.array([np.bincount(cluster, v, n_customers) for v in found[0]])
        g = len(np.unique(cluster))
        error = np.sqrt((sums**2).sum(axis=1) * g / (g - 1))
        curve = _tidy(estimate[0], error, g - 1, confidence, contrast=name, n_obs=sizes[place])
        curves.append(curve.assign(month=np.linspace(0, rows.months, MONTHS + 1)[1:]))
    weights = np.array(list(CLASS_CONTRASTS.values())).T
    factor = n_customers / (n_customers - 1)
    error = np.sqrt(((values @ weights) ** 2).sum(axis=0) * factor)
    table = _tidy(means @ weights, error, n_customers - 1, confidence, n_obs=len(rows.days))
    about = {"outcome": "retention", "method": "Kaplan-Meier by class, clustered by customer"}
    survival = pd.concat(curves, ignore_index=True).assign(
        **about, term="survival", unit="retained_share", n_clusters=n_customers, p_value=np.nan
    )
    kept = _named(table, n_customers).assign(**about)
    return kept[list(TIDY_COLUMNS)], survival[[*TIDY_COLUMNS, "month"]]


def hazard(task: Task, rows: Followed) -> tuple[Fit, dict[str, Any]]:
    """The hazard on person-periods, and whether its class coefficients drift over them.

    The check adds class x period (linear) and tests it by Wald's chi-square.
    """
    cell, period, event, cluster = person_periods_of(rows)
    sample = rows.sample
    full, terms = design_of(sample, PERIODS)
    at_risk = np.bincount(cell * PERIODS + period, minlength=len(full)).astype(float)
    keep = independent(full, at_risk)
    check_events(event > 0, len(keep), task.params.events_per_parameter, False)
    data = Rows(cell * PERIODS + period, event, np.ones(len(event)), cluster)
    sums = cell_sums(data, len(full))
    names = tuple(terms[j] for j in keep)
    if not set(CODING.terms) <= set(names):
        raise NotIdentified("constant_score", {"column": NPS})
    fit = fit_cells(full[:, keep], names, sums, "cloglog", rows=data)
    drift = np.tile(np.arange(PERIODS) - (PERIODS - 1) / 2, len(sample.cells.n))
    score = [terms.index(name) for name in CODING.terms]
    wider = np.hstack([full[:, keep], full[:, score] * drift[:, None]])
    more = (*names, *(f"{terms[j]}:period" for j in score))
    start = np.concatenate([fit.params, np.zeros(len(score))])
    tested = fit_cells(wider, more, sums, "cloglog", rows=data, start=start)
    slope, matrix = tested.params[-2:], tested.covariance.matrix[-2:, -2:]
    p_value = float(stats.chi2.sf(slope @ np.linalg.solve(matrix, slope), len(slope)))
    name = "proportional_hazards"
    return fit, diag.check(name, p_value, p_value >= diag.LIMITS[name])


def person_periods_of(rows: Followed) -> tuple[Codes, Codes, Array, Codes]:
    """Cell, period (0..), event and customer of each row at risk in each period."""
    length = rows.until / PERIODS
    last = np.clip(np.ceil(rows.days / length).astype(int), 1, PERIODS)
    place = np.repeat(np.arange(len(last)), last)
    period = np.arange(len(place)) - np.repeat(np.cumsum(last) - last, last)
    event = (rows.has_left[place] & (period == last[place] - 1)).astype(float)
    return rows.sample.cells.cell[place], period, event, rows.sample.cluster[place]


def design_of(sample: Sample, periods: int) -> tuple[Array, list[str]]:
    """Design of cells x periods: intercept, class, controls, dummies of the later periods."""
    cells = sample.cells
    plain = np.column_stack([np.ones(len(cells.n)), CODING.columns(cells.score), cells.controls])
    terms = ["intercept", *CODING.terms, *(t for c in sample.controls for t in c.terms)]
    later = np.tile(np.eye(periods)[:, 1:], (len(plain), 1))
    names = [f"period:{number}" for number in range(2, periods + 1)]
    return np.hstack([np.repeat(plain, periods, axis=0), later]), [*terms, *names]


def adjusted_months(task: Task, rows: Followed, fit: Fit) -> pd.DataFrame:
    """Months kept by class over the reference population (as all effects: weighted to all active).

    With H_p = exp(x'b) summed up to period p, the share still there is exp(-H_p); the area
    under it is taken by trapezoids.
    """
    cells, share = population(task, rows.sample)
    terms = design_of(rows.sample, PERIODS)[1]
    keep = [terms.index(name) for name in fit.terms]
    means, gradient = np.empty(3), np.empty((len(keep), 3))
    trapezoid = np.r_[np.ones(PERIODS - 1), 0.5] * rows.months / PERIODS
    arm_of = replace(rows.sample, cells=cells)
    for level in range(3):
        full, _ = design_of(arm_of, PERIODS)
        dummies = CODING.dummies(np.full(len(full), level))
        full[:, 1 : 1 + dummies.shape[1]] = dummies
        rate = np.exp((full[:, keep] @ fit.params).reshape(-1, PERIODS))
        there = np.exp(-rate.cumsum(axis=1))
        means[level] = trapezoid[0] / 2 + share @ (there @ trapezoid)
        after = (there * trapezoid)[:, ::-1].cumsum(axis=1)[:, ::-1]
        slope = -(share[:, None] * rate * after).reshape(-1)
        gradient[:, level] = full[:, keep].T @ slope
    weights = np.array(list(CLASS_CONTRASTS.values())).T
    values = influence(fit, gradient) @ weights
    freedom, n_rows = fit.covariance.degrees_of_freedom, len(rows.days)
    error = np.sqrt((values**2).sum(axis=0))
    table = _tidy(means @ weights, error, freedom, task.params.confidence, n_obs=n_rows)
    method = f"cloglog hazard by quarter, g-computation, {fit.covariance.kind}"
    table = _named(table, fit.covariance.n_clusters).assign(outcome="retention", method=method)
    return table[list(TIDY_COLUMNS)]


def _named(table: pd.DataFrame, n_clusters: int) -> pd.DataFrame:
    """Terms and contrasts of the class effects; means of a class have no p-value."""
    table["term"] = [term for term, _ in CLASS_CONTRASTS]
    table["contrast"] = [contrast for _, contrast in CLASS_CONTRASTS]
    is_level = table["contrast"].isin(NPS_CLASSES)
    p_value = table["p_value"].mask(is_level)
    return table.assign(p_value=p_value, unit="months_kept", n_clusters=n_clusters)


def _tidy(
    estimate: Array, error: Array, freedom: float, confidence: float, **more: Any
) -> pd.DataFrame:
    reach = stats.t.ppf((1 + confidence) / 2, freedom) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = np.where(error > 0, 2 * stats.t.sf(np.abs(estimate / error), freedom), np.nan)
    numbers = {"estimate": estimate, "std_error": error, "p_value": p_value}
    return pd.DataFrame(
        numbers | {"conf_low": estimate - reach, "conf_high": estimate + reach} | more
    )
