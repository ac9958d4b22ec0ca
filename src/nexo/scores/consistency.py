"""Is the same customer treated alike everywhere, and does it matter how late the answer came?

Both are regressions of the single answer. Consistency compares a customer with himself: the
mean of each customer is taken out, so that who uses which channel cannot explain a difference
(within estimator; errors by customer, G/(G-1)). Delay asks what an answer given a day later
says, touchpoint and wave held equal, and what each touchpoint would score if all had answered
as soon as half of them do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nexo.base.results import TIDY_COLUMNS
from nexo.multiple import with_adjusted_p
from nexo.scores.answers import METRICS
from nexo.scores.counting import coded, customers_of, terms
from nexo.scores.estimate import Floats, cluster_codes, normal_quantile

CONSISTENCY_COLUMNS = (*TIDY_COLUMNS, "by", "degrees_of_freedom", "p_value_adjusted")
DELAY_COLUMNS = (*TIDY_COLUMNS, "touchpoint", "p_value_adjusted")
PLACES = ("channel", "touchpoint")
FEWEST_CUSTOMERS = 100
"""Customers met in several places below which nothing is compared."""
FEWEST_ANSWERS = 30
LONGEST_DELAY_DAYS = 60
"""An answer later than this says little of the experience: left out of the delay, counted."""


@dataclass(frozen=True)
class Regression:
    """Least squares with errors by cluster: params (k,), covariance (k, k), rows, clusters."""

    params: Floats
    covariance: Floats
    n_obs: int
    n_clusters: int


def clustered_least_squares(design: Floats, y: Floats, clusters: np.ndarray) -> Regression:
    """b = (X'X)^+ X'y; V = G/(G-1) (X'X)^+ (sum_g s_g s_g') (X'X)^+, s_g the scores of g.

    The pseudo-inverse leaves combinations that the rows do not show at zero.
    """
    codes = pd.factorize(clusters)[0]
    n_clusters = int(codes.max()) + 1
    bread = np.linalg.pinv(design.T @ design, rcond=1e-10, hermitian=True)
    params = bread @ (design.T @ y)
    scores = design * (y - design @ params)[:, None]
    sums = np.column_stack(
        [np.bincount(codes, weights=column, minlength=n_clusters) for column in scores.T]
    )
    meat = n_clusters / (n_clusters - 1) * sums.T @ sums
    return Regression(params, bread @ meat @ bread, len(y), n_clusters)


def consistency(answers: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """consistency.csv: for each place a customer may be met (channel, touchpoint), the score
    there less the mean of all places for the same customer, and a test that all are equal.

    ``answers`` as made by ``answers_of`` with the columns of PLACES and survey_kind. Only
    customers who answered in two places or more tell anything; wave and kind of survey are held
    equal, unless the place alone decides them. Contrast ``heterogeneity`` carries Wald's
    chi-squared and its degrees of freedom. Places that no customer connects are not compared.
    The tests are one family of Benjamini and Hochberg, the single places another.
    """
    rows: list[dict[str, object]] = []
    for place in (name for name in PLACES if name in answers and "customer_id" in answers):
        for metric in METRICS:
            rows += _within_rows(answers, metric, place, confidence)
    table = pd.DataFrame(rows, columns=[*CONSISTENCY_COLUMNS])
    return with_adjusted_p(table, table["contrast"] == "heterogeneity")


def _within_rows(
    answers: pd.DataFrame, metric: str, place: str, confidence: float
) -> list[dict[str, object]]:
    from scipy.stats import chi2

    known = answers.dropna(subset=["customer_id", place, f"{metric}_score"])
    sizes = known[place].value_counts()
    known = known[known[place].isin(sizes.index[sizes >= FEWEST_ANSWERS])]
    seen_in = known.groupby("customer_id")[place].transform("nunique")
    known = known[(seen_in > 1).to_numpy()]
    if known["customer_id"].nunique() < FEWEST_CUSTOMERS:
        return []
    term, unit = terms(metric)[0]
    levels = sorted(known[place].unique())
    held = [name for name in ("wave", "survey_kind") if name in known]
    # A touchpoint asked by one kind of survey alone: its kind is part of what it is.
    held = [name for name in held if known.groupby(place)[name].nunique().max() > 1]
    columns = [_dummies(known, place), *(_dummies(known, name)[:, 1:] for name in held)]
    design = np.column_stack([*columns, coded(metric, term, known)])
    codes = pd.factorize(known["customer_id"])[0]
    counts = np.bincount(codes)
    means = [np.bincount(codes, weights=column) / counts for column in design.T]
    within = design - np.column_stack(means)[codes]
    k, freedom = len(levels), len(levels) - 1
    if not _are_comparable(within[:, :-1], k):
        return []
    found = clustered_least_squares(within[:, :-1], within[:, -1], codes)
    # Without its mean over levels nothing is lost: the least-norm solution sums to zero.
    effects, covariance = found.params[:k], found.covariance[:k, :k]
    wald = float(effects @ np.linalg.pinv(covariance, rcond=1e-8, hermitian=True) @ effects)
    base: dict[str, object] = {"outcome": metric, "term": term, "by": place}
    base |= {"n_obs": found.n_obs, "n_clusters": found.n_clusters}
    base |= {"method": "within_customer_clustered"}
    test = {"contrast": "heterogeneity", "unit": "chi_squared", "estimate": wald}
    rows = [base | test | {"p_value": float(chi2.sf(wald, freedom)), "degrees_of_freedom": freedom}]
    for place_of, level in enumerate(levels):
        error = float(np.sqrt(covariance[place_of, place_of]))
        numbers = _numbers(float(effects[place_of]), error, confidence)
        rows.append(base | {"contrast": str(level), "unit": unit} | numbers)
    return rows


def _are_comparable(within: Floats, k: int) -> bool:
    """Do the rows show every difference among the first k columns? Not where two groups of
    places share no customer, or a place no wave with the others."""
    gram = within.T @ within
    shown = np.linalg.pinv(gram, rcond=1e-10, hermitian=True) @ gram
    contrasts = np.eye(k, len(gram)) - np.pad(np.full((k, k), 1 / k), ((0, 0), (0, len(gram) - k)))
    return bool(np.abs(contrasts @ shown - contrasts).max() < 1e-6)


def delay(survey: pd.DataFrame, answers: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """delay.csv: what one more day between experience and answer goes with (term ``per_day``),
    and for each touchpoint the mean as observed and as if all had answered after the median
    delay (terms ``observed`` and ``adjusted``).

    ``answers`` has one row for each dated row of ``survey``, which gives the times.
    """
    times = ("experience_at", "answered_at")
    if "touchpoint" not in answers or any(n not in survey or survey[n].isna().all() for n in times):
        return pd.DataFrame(columns=[*DELAY_COLUMNS])
    dated = survey[survey["answered_at"].notna()].reset_index(drop=True)
    gap = pd.to_datetime(dated["answered_at"]) - pd.to_datetime(dated["experience_at"])
    known = answers.assign(days=gap.dt.total_seconds() / 86400)
    known = known[known["days"].between(0, LONGEST_DELAY_DAYS) & known["touchpoint"].notna()]
    rows = [row for metric in METRICS for row in _delay_rows(known, metric, confidence)]
    table = pd.DataFrame(rows, columns=[*DELAY_COLUMNS])
    return with_adjusted_p(table, ["term"])


def _delay_rows(known: pd.DataFrame, metric: str, confidence: float) -> Iterator[dict[str, object]]:
    known = known[known[f"{metric}_score"].notna()]
    if len(known) < FEWEST_CUSTOMERS or known["days"].std() < 1e-9:
        return
    term, unit = terms(metric)[0]
    days = known["days"].to_numpy(float)
    blocks = [days[:, None], _dummies(known, "touchpoint"), _dummies(known, "wave")[:, 1:]]
    design, y = np.column_stack(blocks), coded(metric, term, known)
    # Answers without a customer stand alone; the others stay together.
    clusters = cluster_codes(customers_of(known), len(known))
    if len(np.unique(clusters)) < FEWEST_CUSTOMERS:
        return
    found = clustered_least_squares(design, y, clusters)
    base: dict[str, object] = {"outcome": metric, "contrast": term, "unit": unit}
    base |= {"n_clusters": found.n_clusters, "method": "least_squares_clustered"}
    slope = _numbers(float(found.params[0]), float(np.sqrt(found.covariance[0, 0])), confidence)
    yield base | slope | {"term": "per_day", "n_obs": found.n_obs, "touchpoint": ""}
    median = float(np.median(days))
    for level in sorted(known["touchpoint"].unique()):
        is_it = (known["touchpoint"] == level).to_numpy()
        if is_it.sum() < FEWEST_ANSWERS:
            continue
        for name, at in (("observed", days[is_it].mean()), ("adjusted", median)):
            gradient = design[is_it].mean(axis=0)
            gradient[0] = at
            error = float(np.sqrt(gradient @ found.covariance @ gradient))
            row = _numbers(float(gradient @ found.params), error, confidence, is_level=True)
            yield base | row | {"term": name, "touchpoint": str(level), "n_obs": int(is_it.sum())}


def _dummies(frame: pd.DataFrame, column: str) -> Floats:
    values = frame[column].astype(object).where(frame[column].notna(), "").astype(str).to_numpy()
    return (values[:, None] == np.unique(values)).astype(float)


def _numbers(
    estimate: float, error: float, confidence: float, *, is_level: bool = False
) -> dict[str, object]:
    from scipy.special import ndtr

    half = normal_quantile(confidence) * error
    p_value = 2 * float(ndtr(-abs(estimate / error))) if error > 0 and not is_level else np.nan
    limits: dict[str, object] = {"conf_low": estimate - half, "conf_high": estimate + half}
    return limits | {"estimate": estimate, "std_error": error, "p_value": p_value}
