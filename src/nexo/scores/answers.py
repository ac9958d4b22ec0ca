"""Answers and customers put together: the weight of each answer, what those who did not answer
went on to do, and the classes of all active customers at the reference landmark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nexo.scores.boxes import mean_estimate
from nexo.scores.estimate import Floats
from nexo.scores.nps import class_values
from nexo.weights import (
    ResponseModel,
    Weights,
    as_floats,
    fit_response,
    is_scored,
    response_weights,
)

METRICS = ("nps", "ces", "csat")
CLASSES = ("detractor", "passive", "promoter")
UNOWNED = "n_categories_unowned"
"""Who owns every category can buy no new one: left out of cross-selling, as by its model."""


@dataclass(frozen=True)
class ClassShares:
    """Shares of detractors, passives and promoters, their covariance (3, 3) and its basis."""

    shares: Floats
    covariance: Floats
    n_obs: int
    weights: str


def weights_by_metric(
    panel: pd.DataFrame, response: ResponseModel, max_ratio: float, rake_to: Sequence[str] = ()
) -> dict[str, Weights]:
    """Response weights of each metric that someone answered; its own model for each, because
    those who rate an effort are not those who rate the company. Empty without customers.

    ``response`` is the model already fitted for NPS.
    """
    found = {}
    for metric in METRICS:
        column = f"{metric}_score"
        if not panel.empty and is_scored(panel, column).any():
            model = response if metric == "nps" else fit_response(panel, column)
            found[metric] = response_weights(panel, model.p_answer, max_ratio, column, rake_to)
    return found


def answer_weights(survey: pd.DataFrame, weights: pd.DataFrame, *, is_dated: bool = True) -> Floats:
    """Response weight (n,) of each answer: its customer's at the next landmark.

    NaN where there is none: the customer had left by then, or the answer lies more than a step
    before the first landmark or after the last. A snapshot has one landmark, so the customer
    alone decides.
    """
    result = np.full(len(survey), np.nan)
    if weights.empty or "customer_id" not in survey:
        return result
    if not is_dated:
        return as_floats(survey["customer_id"].map(weights.set_index("customer_id")["weight"]))
    landmarks = pd.to_datetime(weights["landmark"]).to_numpy().astype("datetime64[D]")
    known = np.unique(landmarks)
    # An answer of the landmark's own day counts at that landmark, so days are compared.
    days = pd.to_datetime(survey["answered_at"]).to_numpy().astype("datetime64[D]")
    step = np.diff(known).max() if len(known) > 1 else np.timedelta64(366, "D")
    place = np.searchsorted(known, days)
    inside = ~np.isnat(days) & (place < len(known)) & (days > known[0] - step)
    marks = pd.DataFrame(
        {
            "customer_id": weights["customer_id"].astype(object).to_numpy(),
            "place": np.searchsorted(known, landmarks),
            "weight": weights["weight"].to_numpy(),
        }
    )
    keys = pd.DataFrame(
        {
            "customer_id": survey["customer_id"].astype(object).to_numpy()[inside],
            "place": place[inside],
        }
    )
    result[inside] = keys.merge(marks, on=["customer_id", "place"], how="left")["weight"]
    return result


def weight_of(part: pd.DataFrame, metric: str) -> Floats:
    """Weight (n,) of each answer of ``part`` (from ``counting.counted``). A weight stands for a
    customer: where he answered more than once in a wave, his answers share it, or the busiest
    would speak for the rest."""
    weight = part[f"{metric}_weight"].to_numpy(float)
    if "turn" not in part:
        return weight
    turn = pd.factorize(part["turn"])[0]
    return weight / np.bincount(turn)[turn]


def who_answers(
    panel: pd.DataFrame,
    horizon_days: Mapping[str, int],
    confidence: float,
    *,
    is_dated: bool = True,
    metric: str = "nps_score",
) -> pd.DataFrame:
    """What those who answered and those who did not went on to do, from the ledger.

    Rows at landmarks whose window is seen; means with intervals clustered by customer; yearly
    amounts (365 / horizon) unless the source has no dates. Columns measure, group, mean,
    conf_low, conf_high, n_obs, unit.
    """
    per = "_year" if is_dated else ""
    measures = {
        "retention": ("is_retained", "retained_share"),
        "cross_selling": ("n_new_categories", "new_categories_per_customer"),
        "revenue": ("net_revenue_cents", f"cents_per_customer{per}"),
    }
    answered = is_scored(panel, metric)
    customers = panel["customer_id"].to_numpy(dtype=object)
    rows: list[tuple[object, ...]] = []
    for measure, (column, unit) in measures.items():
        if not panel[column].notna().any():
            continue
        is_yearly = is_dated and measure != "retention"
        values = as_floats(panel[column]) * (365 / horizon_days[measure] if is_yearly else 1.0)
        can = np.ones(len(panel), dtype=bool)
        if measure == "cross_selling" and UNOWNED in panel and panel[UNOWNED].notna().any():
            can = as_floats(panel[UNOWNED]) > 0
        for group, of_group in (("answered", answered), ("not_answered", ~answered)):
            seen = of_group & can & ~np.isnan(values)
            if seen.any():
                found = mean_estimate(values[seen], None, customers[seen], confidence)
                ends = (found.conf_low, found.conf_high)
                rows.append((measure, group, found.estimate, *ends, found.n_obs, unit))
    columns = ["measure", "group", "mean", "conf_low", "conf_high", "n_obs", "unit"]
    return pd.DataFrame(rows, columns=columns)


def class_shares(scores: Floats, weights: Floats | None = None) -> ClassShares:
    """Weighted shares of the classes with linearised covariance; one score a customer.

    The covariance is sum(z z') n / (n - 1) with z = w (class - share) / sum(w); its rows sum
    to 0, because shares sum to 1. NaN without at least two scores.
    """
    values = class_values(scores)
    weight = np.ones(len(values)) if weights is None else np.asarray(weights, dtype=float)
    n = len(values)
    label = "none" if weights is None else "response"
    if n < 2:
        return ClassShares(np.full(3, np.nan), np.full((3, 3), np.nan), n, label)
    share = weight / weight.sum()
    members = np.column_stack([values == value for value in (-1.0, 0.0, 1.0)]).astype(float)
    shares = share @ members
    influence = share[:, None] * (members - shares)
    return ClassShares(shares, n / (n - 1) * influence.T @ influence, n, label)
