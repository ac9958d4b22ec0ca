"""Time to churn: Kaplan-Meier, months kept (restricted mean), discrete-time hazard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nexo.base.errors import ConfigError
from nexo.compress.arrays import Array


@dataclass(frozen=True)
class Survival:
    """Product-limit estimate: at each event time, those at risk, events, share surviving and
    its Greenwood standard error."""

    time: Array
    n_at_risk: Array
    n_events: Array
    survival: Array
    std_error: Array


@dataclass(frozen=True)
class RestrictedMean:
    """Mean time kept up to ``until`` (in the unit of time) with its standard error."""

    until: float
    estimate: float
    std_error: float


def kaplan_meier(time: Array, is_event: Array) -> Survival:
    """Kaplan and Meier (1958) by statsmodels; ``is_event`` 1 left, 0 still there (censored)."""
    from statsmodels.duration.survfunc import SurvfuncRight

    time, is_event = np.asarray(time, float), np.asarray(is_event, int)
    if len(time) == 0 or not np.isfinite(time).all() or time.min() < 0:
        raise ConfigError("Survival needs finite times of 0 or more; look at the dates of leaving.")
    found = SurvfuncRight(time, is_event)
    return Survival(
        np.asarray(found.surv_times, float),
        np.asarray(found.n_risk, float),
        np.asarray(found.n_events, float),
        np.asarray(found.surv_prob),
        np.asarray(found.surv_prob_se),
    )


def restricted_mean(curve: Survival, until: float) -> RestrictedMean:
    """Area under the curve up to ``until`` (Irwin 1949), Greenwood-type variance.

    var = sum over event times t <= until of A(t)^2 d / (r (r - d)), A(t) the area from t to
    ``until``; a term with r = d has A(t) = 0, because nobody is left.
    """
    inside = curve.time <= until
    time, survival = curve.time[inside], curve.survival[inside]
    widths = np.diff(np.concatenate([[0.0], time, [until]]))
    pieces = np.concatenate([[1.0], survival]) * widths
    after = pieces[::-1].cumsum()[::-1][1:]
    d, r = curve.n_events[inside], curve.n_at_risk[inside]
    terms = np.divide(after**2 * d, r * (r - d), out=np.zeros_like(d), where=r > d)
    return RestrictedMean(until, float(pieces.sum()), float(np.sqrt(terms.sum())))


def influence_on(time: Array, is_event: Array, until: Array) -> tuple[Array, Array]:
    """Share surviving at, and mean time kept up to, each of ``until``: estimates (2 x m) and
    influence values of the rows (2 x m x n), whose sums over a customer's rows give clustered
    errors.

    Of the share S(t): -S(t) int_0^t dM_i/(Y - dN); of its area: -int_0^t A(u) dM_i(u)/(Y - dN),
    with A(u) the area from u to t, Y those at risk, dN the events and M_i the row's martingale
    (Andersen, Borgan, Gill and Keiding 1993, IV.3, for ties as in the product limit): the squares
    of independent rows sum to Greenwood's variance, and without censoring the values of the mean
    time are (T_i - mean)/n.
    """
    time, is_event = np.asarray(time, float), np.asarray(is_event, bool)
    moments = np.unique(time[is_event])
    at_risk = len(time) - np.searchsorted(np.sort(time), moments, side="left")
    events = np.bincount(np.searchsorted(moments, time[is_event]), minlength=len(moments))
    share = np.cumprod(1 - events / at_risk)
    last = np.searchsorted(moments, time, side="right")  # event moments each row was at risk of
    place = np.minimum(np.searchsorted(moments, time), max(0, len(moments) - 1))
    estimate, values = np.empty((2, len(until))), np.empty((2, len(until), len(time)))
    for number, end in enumerate(until):
        inside = int(np.searchsorted(moments, end, side="right"))
        widths = np.diff(np.concatenate([[0.0], moments[:inside], [end]]))
        pieces = np.concatenate([[1.0], share[:inside]]) * widths
        area = pieces[::-1].cumsum()[::-1][1:]  # from each event moment to the end
        final = share[inside - 1] if inside else 1.0
        estimate[:, number] = final, pieces.sum()
        for kind, reach in enumerate((np.full(inside, final), area)):
            weight = np.zeros(len(moments))
            stay = (at_risk - events)[:inside]
            weight[:inside] = np.divide(reach, stay, out=np.zeros(inside), where=stay > 0)
            hazard = np.concatenate([[0.0], np.cumsum(weight * events / at_risk)])
            jump = np.where(is_event, weight[place] if len(moments) else 0.0, 0.0)
            values[kind, number] = hazard[last] - jump
    return estimate, values


def person_periods(
    frame: pd.DataFrame, time: str, is_event: str, length: float, n_periods: int
) -> pd.DataFrame:
    """One row for each customer and period at risk: columns of ``frame`` plus ``period`` (1..)
    and ``has_left`` (1 in the period of leaving). A period that is censored before its end is
    not counted as survived.

    Its GLM with complementary log-log link and period dummies is the grouped proportional
    hazards model (Prentice and Gloeckler 1978).
    """
    times, events = frame[time].to_numpy(float), frame[is_event].to_numpy(float) > 0
    whole = np.floor(times / length).astype(int)
    last = np.where(events, np.maximum(np.ceil(times / length), 1).astype(int), whole)
    count = np.clip(last, 0, n_periods)
    rows = np.repeat(np.arange(len(frame)), count)
    starts = np.repeat(np.cumsum(count) - count, count)
    long = frame.iloc[rows].reset_index(drop=True)
    long["period"] = np.arange(len(rows)) - starts + 1
    long["has_left"] = (events[rows] & (long["period"].to_numpy() == last[rows])).astype(int)
    return long
