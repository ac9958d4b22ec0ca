"""+10 NPS points by least squares, on one landmark a customer: what the specification curve,
the negative controls and the sensitivities stand on.

One row a customer, drawn at random, makes HC1 right; least squares lets hundreds of models be
fitted in seconds. Each row weighs as many rows as it was drawn from (``draw_weights``): customers
who leave have few landmarks, so at equal weights their last one would count for too much. The
effect is always that of the default path, in the outcome's own unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nexo.compress.coding import nps_class
from nexo.evidence.linear import Moments, Projection, control_of, moments, project
from nexo.evidence.verdict import HEADLINE_CONTRAST, HEADLINE_TERM, NAN
from nexo.models.outcomes import Outcome
from nexo.models.refusals import NotIdentified, check_present
from nexo.weights import as_floats

Floats = np.ndarray

REST = ("promoter", "detractor", "points", "outcome")
DRAWN_FROM = "n_rows"
"""Column of ``one_landmark``: how many rows of the customer the drawn one stands for."""


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
    """Promoter, detractor, score in points and outcome (REST), freed of the controls, on rows of
    one a customer; ``class_distance``: mean score of promoters less that of detractors."""

    projection: Projection
    class_distance: float

    @property
    def n_obs(self) -> int:
        """Rows."""
        return len(self.projection.moments.rest)

    @property
    def explained(self) -> float:
        """Share of the score's variance that the controls explain."""
        return float(1 - self.projection.left[2, 2] / self.projection.moments.of_rest[2, 2])


def one_landmark(
    panel: pd.DataFrame, outcome: Outcome, seed: int, score: str = "nps_score"
) -> pd.DataFrame:
    """One row a customer among those with the outcome and the score seen, drawn with ``seed``,
    and in ``n_rows`` how many of them it was drawn from.

    Which one must not depend on what came after, so it is neither the first nor the last.
    """
    seen = np.asarray(panel[outcome.column].notna() & panel[score].notna()).copy()
    if outcome.exposure:
        seen &= np.nan_to_num(as_floats(panel[outcome.exposure])) > 0
    rows = panel[seen].sort_values(["customer_id", "landmark"], kind="stable")
    known = rows["customer_id"].map(rows["customer_id"].value_counts())
    rows = rows.assign(**{DRAWN_FROM: known.to_numpy(dtype=np.int64)})
    drawn = rows.iloc[np.random.default_rng(seed).permutation(len(rows))]
    return drawn.drop_duplicates("customer_id").sort_values("customer_id", ignore_index=True)


def draw_weights(frame: pd.DataFrame) -> Floats:
    """Inverse of each row's chance (n,) of being drawn, so that the sample stands for all rows
    (Horvitz and Thompson 1952); 1 for a frame that was not drawn."""
    return as_floats(frame[DRAWN_FROM]) if DRAWN_FROM in frame else np.ones(len(frame))


def linear_moments(
    frame: pd.DataFrame,
    outcome: Outcome,
    controls: Sequence[str],
    bins: int,
    weights: Floats | None = None,
) -> tuple[Moments, float]:
    """Cross-products of score, outcome and controls over the rows of ``frame``, one a customer,
    and the distance between the mean scores of promoters and detractors. ``weights`` (n,) come
    on top of those of the draw.

    Raises NotIdentified as the models do for an absent or constant outcome or score.
    """
    check_present(frame, outcome, "nps_score")
    used = (frame[outcome.column].notna() & frame["nps_score"].notna()).to_numpy(bool)
    rows = frame[used]
    y, x = as_floats(rows[outcome.column]), as_floats(rows["nps_score"])
    for values, code in ((y, "constant_outcome"), (x, "constant_score")):
        if len(values) < 2 or np.ptp(values) == 0:
            raise NotIdentified(code, {"n_obs": len(values)})
    found = {name: control_of(rows[name], bins) for name in controls if name in rows}
    known = {name: control for name, control in found.items() if control is not None}
    group = nps_class(x)
    rest = np.column_stack([group == 2, group == 0, x, y]).astype(float)
    own = draw_weights(rows) * (1.0 if weights is None else weights[used])
    high, low = (_mean(x[group == code], own[group == code]) for code in (2, 0))
    return moments(known, rest, own), high - low


def _mean(values: Floats, weights: Floats) -> float:
    return float(np.average(values, weights=weights)) if len(values) else NAN


def linear_sample(
    frame: pd.DataFrame,
    outcome: Outcome,
    controls: Sequence[str],
    bins: int,
    weights: Floats | None = None,
) -> LinearSample:
    """Score and outcome freed of the controls: by Frisch, Waugh and Lovell the residuals give the
    coefficients of the full regression."""
    found, distance = linear_moments(frame, outcome, controls, bins, weights)
    return LinearSample(project(found, controls), distance)


def linear_effect(
    sample: LinearSample, coding: str, factor: float = 1.0, confidence: float = 0.95
) -> Linear:
    """+10 NPS points by the default path: half a tenth of promoters less detractors.

    In points coding, that share of the distance between the mean scores of the two classes.
    ``factor`` makes amounts annual. Weighted rows: HC1 of weighted least squares. Raises
    NotIdentified when the controls leave no score, or no row to judge the error by.
    """
    from scipy.special import stdtr, stdtrit

    projection, n = sample.projection, sample.n_obs
    columns = [0, 1] if coding == "class" else [2]
    move = np.array([0.05, -0.05] if coding == "class" else [0.05 * sample.class_distance])
    gram = projection.left[np.ix_(columns, columns)]
    freedom = float(n - projection.rank - len(columns))
    if freedom <= 0 or not (np.isfinite(move).all() and np.linalg.eigvalsh(gram)[0] > 1e-8 * n):
        raise NotIdentified("constant_score", {"column": "nps_score", "n_obs": n})
    inverse = np.linalg.inv(gram)
    params = inverse @ projection.left[columns, 3]
    lead, gap = np.zeros(4), np.array([0.0, 0.0, 0.0, 1.0])
    lead[columns], gap[columns] = inverse @ move, -params
    residual = projection.residual(gap)
    influence = projection.moments.weights * projection.residual(lead) * residual
    estimate = factor * float(move @ params)
    error = abs(factor) * float(np.sqrt(n / freedom * np.sum(influence**2)))
    half = float(stdtrit(freedom, (1 + confidence) / 2)) * error
    p_value = 2 * float(stdtr(freedom, -abs(estimate / error))) if error > 0 else NAN
    # The robustness value is defined with the t of equal variances.
    squares = float(projection.moments.weights @ residual**2)
    plain = abs(factor) * float(np.sqrt(squares / freedom * (move @ inverse @ move)))
    classical = estimate / plain if plain > 0 else NAN
    return Linear(estimate, error, p_value, estimate - half, estimate + half, n, freedom, classical)


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
