"""Which metric predicts what customers do, on customers and waves it was not fitted on.

Each model is fitted on earlier waves and judged on later ones, on customers left out of its
fit (grouped folds); a source with one wave has the folds alone. What a metric adds is its gain
in loss over behaviour alone, as a one-sided claim clustered by customer: differences of nested
models are degenerate at zero, so a two-sided interval would not cover there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nexo.compress.design import independent
from nexo.evidence.forecast import (
    SCORE_OF,
    behaviour,
    fitted,
    losses,
    measures,
    predicted,
    score_columns,
)
from nexo.models.outcomes import Outcome
from nexo.multiple import benjamini_hochberg
from nexo.weights import as_floats

Floats = np.ndarray

METRICS = ("nps_points", "nps_class", "top2_box", "csat", "ces", "all")
LOSSES = {
    "retention": ("binomial", "log_loss"),
    "cross_selling": ("poisson", "poisson_deviance"),
    "revenue": ("gaussian", "squared_error"),
}
"""Family fitted, and the loss that this family's mean minimises; revenue in whole currency."""

FOLDS = 4
SMALLEST_SAMPLE = 400
CONFIDENCE = 0.95
RACE_COLUMNS = (
    "outcome",
    "metric",
    "loss_name",
    "baseline_loss",
    "loss",
    "gain",
    "gain_std_error",
    "conf_low",
    "p_value",
    "n_obs",
    "verdict_code",
    "brier_score",
    "baseline_brier_score",
    "auc",
    "baseline_auc",
    "mean_absolute_error",
    "baseline_mean_absolute_error",
)


@dataclass(frozen=True)
class Field:
    """A common sample: response (n,), exposure, customer codes, waves; the metrics that run on
    it, and the scores that ``all`` stands for."""

    outcome: Outcome
    frame: pd.DataFrame
    y: Floats
    exposure: Floats
    customers: np.ndarray
    waves: np.ndarray
    metrics: tuple[str, ...]
    scores: tuple[str, ...]


@dataclass(frozen=True)
class Gain:
    """Relative gain in loss over the baseline: 1 - loss / baseline loss, clustered error,
    one-sided lower bound at 95 % and p-value of "no gain"."""

    baseline_loss: float
    loss: float
    gain: float
    std_error: float
    conf_low: float
    p_value: float


def common_samples(panel: pd.DataFrame, outcome: Outcome) -> tuple[Field, ...]:
    """The samples on which metrics are compared: each with every score that takes part in it.

    Scores given at least half as often as the most frequent one share the first sample. A
    scarcer one (an effort is rated after a contact only) would shrink it for all, so it and
    ``all`` have a second sample, of those who gave every score. Samples under 400 rows are not
    run; a score that nobody gave takes part in none.
    """
    seen = panel[outcome.column].notna().to_numpy(copy=True)
    if outcome.exposure:
        seen &= np.nan_to_num(as_floats(panel[outcome.exposure])) > 0
    known = {name: panel[name].notna().to_numpy() for name in dict.fromkeys(SCORE_OF.values())}
    counts = {name: int((seen & of).sum()) for name, of in known.items()}
    given = [name for name in known if counts[name] > 0]
    frequent = [name for name in given if 2 * counts[name] >= max(counts.values())]
    metrics = [name for name, score in SCORE_OF.items() if score in frequent]
    scarce = [name for name, score in SCORE_OF.items() if score in given and name not in metrics]
    both = ["all"] if len(given) > 1 else []
    plan = [(frequent, metrics if scarce else [*metrics, *both])]
    plan += [(given, [*scarce, *both])] if scarce else []
    fields = [
        _field(panel, outcome, _common(seen, known, scores), tuple(names), tuple(given))
        for scores, names in plan
        if scores
    ]
    return tuple(f for f in fields if len(f.y) >= SMALLEST_SAMPLE and np.ptp(f.y) > 0)


def _field(
    panel: pd.DataFrame,
    outcome: Outcome,
    rows: Floats,
    metrics: tuple[str, ...],
    scores: tuple[str, ...],
) -> Field:
    frame = panel[rows]
    unit = 100.0 if outcome.column.endswith("_cents") else 1.0
    return Field(
        outcome,
        frame,
        as_floats(frame[outcome.column]) / unit,
        as_floats(frame[outcome.exposure]) if outcome.exposure else np.ones(len(frame)),
        pd.factorize(frame["customer_id"], sort=True)[0],
        frame["wave"].astype(str).to_numpy(dtype=object),
        metrics,
        scores,
    )


def _common(seen: Floats, known: dict[str, Floats], names: Sequence[str]) -> Floats:
    return np.logical_and.reduce([seen, *(known[name] for name in names)])


def splits(
    waves: np.ndarray, customers: np.ndarray, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """(train, test) row numbers: earlier half of the waves against the later, other customers.

    Each customer belongs to one of 4 folds drawn with ``seed``; every row of the later waves
    is tested once. With one wave all rows train and all are tested.
    """
    known = np.unique(waves)
    is_late = np.isin(waves, known[(len(known) + 1) // 2 :])
    early, late = (~is_late, is_late) if len(known) > 1 else (np.ones_like(is_late),) * 2
    n_customers = int(customers.max(initial=-1)) + 1
    fold = np.random.default_rng(seed).permutation(n_customers) % FOLDS
    return [
        (
            np.flatnonzero(early & (fold[customers] != number)),
            np.flatnonzero(late & (fold[customers] == number)),
        )
        for number in range(FOLDS)
    ]


def gain(baseline: Floats, loss: Floats, customers: np.ndarray) -> Gain:
    """Gain of one model over the baseline on the tested rows (n,), rows of a customer together."""
    from scipy.special import ndtr, ndtri

    base, own, n = float(baseline.mean()), float(loss.mean()), len(loss)
    value = 1 - own / base if base > 0 else float("nan")
    influence = ((baseline - loss) - value * baseline) / (n * base)
    sums = np.bincount(pd.factorize(customers)[0], weights=influence)
    error = float(np.sqrt(len(sums) / (len(sums) - 1) * np.sum(sums**2)))
    if not error > 0:
        return Gain(base, own, value, float("nan"), float("nan"), float("nan"))
    low = value - float(ndtri(CONFIDENCE)) * error
    return Gain(base, own, value, error, low, float(ndtr(-value / error)))


def run_race(
    panel: pd.DataFrame, outcome: Outcome, controls: Sequence[str], bins: int, seed: int
) -> pd.DataFrame:
    """One row a metric, without verdicts yet; ``n_obs`` are the rows tested in its sample.
    Metrics that the data do not hold are not_run."""
    family, loss_name = LOSSES[outcome.name]
    found: dict[str, tuple[Gain, int, tuple[float, ...]]] = {}
    for field in common_samples(panel, outcome):
        tested, means = _out_of_sample(field, family, controls, bins, seed)
        customers, y = field.customers[tested], field.y[tested]
        base = losses(y, means[""], family)
        for metric in field.metrics:
            own = gain(base, losses(y, means[metric], family), customers)
            pairs = zip(*(measures(y, means[name], family) for name in (metric, "")), strict=True)
            found[metric] = (own, len(tested), tuple(value for pair in pairs for value in pair))
    rows = []
    for metric in METRICS:
        numbers, n_obs, verdict = [float("nan")] * 6, 0, "not_run"
        beside: tuple[float, ...] = (float("nan"),) * 6
        if metric in found:
            one, n_obs, beside = found[metric]
            numbers = [one.baseline_loss, one.loss, one.gain]
            numbers += [one.std_error, one.conf_low, one.p_value]
            verdict = ""
        rows.append((outcome.name, metric, loss_name, *numbers, n_obs, verdict, *beside))
    return pd.DataFrame(rows, columns=[*RACE_COLUMNS])


def _out_of_sample(
    field: Field, family: str, controls: Sequence[str], bins: int, seed: int
) -> tuple[np.ndarray, dict[str, Floats]]:
    """Tested rows, and the means forecast there by behaviour alone ("") and by each metric."""
    tested: list[np.ndarray] = []
    by_model: dict[str, list[Floats]] = {name: [] for name in ("", *field.metrics)}
    added = {name: score_columns(field.frame, name, field.scores) for name in field.metrics}
    y, exposure = field.y, field.exposure
    for train, test in splits(field.waves, field.customers, seed):
        base = behaviour(field.frame, train, y > 0, controls, bins, family)
        start: Floats | None = None
        tested.append(test)
        for name, of_model in by_model.items():
            design = np.column_stack([base, added[name]]) if name else base
            design = design[:, independent(design[train], np.ones(len(train)))]
            params = fitted(design[train], y[train], exposure[train], family, start)
            # Behaviour alone comes first, and its columns lead every other design.
            start = params if start is None else start
            of_model.append(predicted(design[test], params, exposure[test], family))
    return np.concatenate(tested), {name: np.concatenate(of) for name, of in by_model.items()}


def with_verdicts(races: pd.DataFrame, smallest_gain: float) -> pd.DataFrame:
    """useful: the claim of a gain stands in its family (Benjamini-Hochberg at 5 % over all
    metrics and outcomes of the race) and the gain is at least ``smallest_gain``; else
    adds_nothing."""
    stands = benjamini_hochberg(races["p_value"].to_numpy(dtype=float))
    is_useful = stands & (races["gain"].to_numpy(dtype=float) >= smallest_gain)
    word = np.where(is_useful, "useful", "adds_nothing")
    verdict = np.where(races["verdict_code"] == "not_run", "not_run", word)
    return races.assign(verdict_code=verdict)
