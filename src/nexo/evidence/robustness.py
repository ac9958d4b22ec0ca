"""The same question asked in every declared way: the specification curve.

All of it on one landmark a customer, drawn at random, with least squares and HC1: one row a
customer makes HC1 right, and least squares lets two hundred models be fitted in seconds. The
effect is always that of +10 NPS points by the default path, in the outcome's own unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from nexo.evidence.verdict import HEADLINE_CONTRAST, HEADLINE_TERM, NAN
from nexo.models.outcomes import Outcome, Part, nps_class
from nexo.models.refusals import NotIdentified
from nexo.models.sample import prepare
from nexo.results import TIDY_COLUMNS
from nexo.weights import as_floats

Floats = np.ndarray

SPECIFICATION_COLUMNS = (*TIDY_COLUMNS, "controls", "bins", "coding")
LEAST_SQUARES = (Part("least_squares", "gaussian", "outcome ~ score + controls"),)


@dataclass(frozen=True)
class Linear:
    """+10 NPS points (default path) in a linear model, robust; and the classical t of the score."""

    estimate: float
    std_error: float
    p_value: float
    conf_low: float
    conf_high: float
    n_obs: int
    freedom: float
    classical_t: float


@dataclass(frozen=True)
class LinearSample:
    """What the controls (``n_controls`` columns, intercept included) leave of promoter and
    detractor dummies (n, 2), of the score in points (n, 1) and of the outcome (n,);
    ``class_distance``: mean score of promoters less that of detractors."""

    classes: Floats
    points: Floats
    y: Floats
    class_distance: float
    n_controls: int


def one_landmark(
    panel: pd.DataFrame, outcome: Outcome, seed: int, score: str = "nps_score"
) -> pd.DataFrame:
    """One row a customer among those with the outcome and the score seen, drawn with ``seed``.

    Which one must not depend on what came after, so it is neither the first nor the last.
    """
    seen = np.asarray(panel[outcome.column].notna() & panel[score].notna()).copy()
    if outcome.exposure:
        seen &= np.nan_to_num(as_floats(panel[outcome.exposure])) > 0
    rows = panel[seen].sort_values(["customer_id", "landmark"], kind="stable")
    drawn = rows.iloc[np.random.default_rng(seed).permutation(len(rows))]
    return drawn.drop_duplicates("customer_id").sort_values("customer_id", ignore_index=True)


def linear_sample(
    frame: pd.DataFrame, outcome: Outcome, controls: Sequence[str], bins: int
) -> LinearSample:
    """The rows of ``frame``, one a customer, with score and outcome freed of the controls.

    By Frisch, Waugh and Lovell the residuals give the coefficients of the full regression, so
    that each coding of the score costs next to nothing. Raises NotIdentified as the models do.
    """
    linear = replace(outcome, parts=LEAST_SQUARES, exposure="", variants=())
    sample = prepare(frame, linear, "nps_score", controls, bins, cluster=None)
    base = np.column_stack([np.ones(len(sample.y)), sample.cells.controls[sample.cells.cell]])
    group = nps_class(sample.x)
    own = np.column_stack([group == 2, group == 0, sample.x, sample.y]).astype(float)
    values, vectors = np.linalg.eigh(base.T @ base)
    kept = values > 1e-10 * values.max()
    projection = vectors[:, kept] / values[kept] @ (vectors[:, kept].T @ (base.T @ own))
    rest = own - base @ projection
    distance = float(sample.x[group == 2].mean() - sample.x[group == 0].mean())
    return LinearSample(rest[:, :2], rest[:, 2:3], rest[:, 3], distance, int(kept.sum()))


def linear_effect(
    sample: LinearSample, coding: str, factor: float = 1.0, confidence: float = 0.95
) -> Linear:
    """+10 NPS points by the default path: half a tenth of promoters less detractors.

    In points coding, that share of the distance between the mean scores of the two classes.
    ``factor`` makes amounts annual. Raises NotIdentified when the controls leave no score.
    """
    from scipy.special import stdtr, stdtrit

    scores, weight = sample.classes, np.array([0.05, -0.05])
    if coding == "points":
        scores, weight = sample.points, np.array([0.05 * sample.class_distance])
    n = len(sample.y)
    gram = scores.T @ scores
    if np.linalg.eigvalsh(gram)[0] < 1e-8 * n:
        raise NotIdentified("constant_score", {"column": "nps_score", "n_obs": n})
    inverse = np.linalg.inv(gram)
    params = inverse @ (scores.T @ sample.y)
    gap = sample.y - scores @ params
    freedom = float(n - sample.n_controls - scores.shape[1])
    influence = (scores @ (inverse @ weight)) * gap
    estimate = factor * float(weight @ params)
    error = abs(factor) * float(np.sqrt(n / freedom * np.sum(influence**2)))
    half = float(stdtrit(freedom, (1 + confidence) / 2)) * error
    p_value = 2 * float(stdtr(freedom, -abs(estimate / error))) if error > 0 else NAN
    # The robustness value is defined with the t of equal variances.
    plain = abs(factor) * float(np.sqrt(gap @ gap / freedom * (weight @ inverse @ weight)))
    classical = estimate / plain if plain > 0 else NAN
    return Linear(estimate, error, p_value, estimate - half, estimate + half, n, freedom, classical)


def specification_rows(
    frame: pd.DataFrame,
    outcome: Outcome,
    specifications: Mapping[str, Sequence[Any]],
    unit: str,
    factor: float = 1.0,
) -> list[dict[str, object]]:
    """One row for each declared combination of controls, bins and coding of the score.

    Combinations that are the same model (bins without a numeric control) are run once. One
    that cannot be fitted keeps its row, without numbers, with the reason as its method.
    """
    rows: list[dict[str, object]] = []
    for controls in specifications["controls"]:
        has_bins = any(pd.api.types.is_numeric_dtype(frame[c]) for c in controls if c in frame)
        for bins in specifications["bins"] if has_bins else specifications["bins"][:1]:
            chosen = {"controls": "+".join(controls) or "none", "bins": bins}
            try:
                sample = linear_sample(frame, outcome, controls, bins)
            except NotIdentified as problem:
                rows.append(failed_row(outcome.name, unit, problem) | chosen | {"coding": "any"})
                continue
            for coding in specifications["coding"]:
                try:
                    row = effect_row(outcome.name, unit, linear_effect(sample, coding, factor))
                except NotIdentified as problem:
                    row = failed_row(outcome.name, unit, problem)
                rows.append(row | chosen | {"coding": coding})
    return rows


def effect_row(outcome: str, unit: str, found: Linear) -> dict[str, object]:
    """Tidy columns of an effect of +10 NPS points by least squares."""
    return {
        "outcome": outcome,
        "term": HEADLINE_TERM,
        "contrast": HEADLINE_CONTRAST,
        "unit": unit,
        "estimate": found.estimate,
        "std_error": found.std_error,
        "conf_low": found.conf_low,
        "conf_high": found.conf_high,
        "p_value": found.p_value,
        "n_obs": found.n_obs,
        "n_clusters": found.n_obs,
        "method": "least_squares_hc1",
    }


def failed_row(outcome: str, unit: str, problem: NotIdentified) -> dict[str, object]:
    """Tidy columns of an effect that could not be estimated: no numbers, the reason."""
    return {
        "outcome": outcome,
        "term": HEADLINE_TERM,
        "contrast": HEADLINE_CONTRAST,
        "unit": unit,
        "method": f"not_run_{problem.reason_code}",
    }


def specification_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """specifications.csv: tidy columns, controls, bins and coding."""
    return pd.DataFrame(rows, columns=[*SPECIFICATION_COLUMNS])
