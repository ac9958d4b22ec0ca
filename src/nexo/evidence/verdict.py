"""The verdict on each outcome of the headline family: one of five words, and why.

Rule, in this order: *not identified* without an effect or a standard error; *too small* when
the whole Holm interval lies strictly between minus and plus the smallest effect of interest,
on whichever side of zero; *supported* when it lies above zero; *opposite sign* when below;
else *inconclusive* (an end that is exactly zero included).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from nexo.multiple import holm, holm_p

HEADLINE_TERM, HEADLINE_CONTRAST = "nps_plus10", "default_path"
VERDICT_COLUMNS = (
    "outcome",
    "verdict",
    "reason_code",
    "estimate",
    "unit",
    "std_error",
    "conf_low",
    "conf_high",
    "confidence",
    "p_value",
    "p_value_adjusted",
    "smallest_effect",
    "n_obs",
    "n_clusters",
    "degrees_of_freedom",
)
NAN = float("nan")


@dataclass(frozen=True)
class Effect:
    """One outcome's effect of +10 NPS points; NaN estimate and a reason when not identified.

    ``smallest_effect`` in the effect's own unit; ``degrees_of_freedom`` are those of the effect's
    own interval (the fewest of its parts); NaN: clusters less one, and without clusters the
    normal, not t, is used.
    """

    outcome: str
    unit: str
    estimate: float = NAN
    std_error: float = NAN
    n_obs: float = NAN
    n_clusters: float = NAN
    smallest_effect: float = NAN
    reason_code: str = ""
    degrees_of_freedom: float = NAN

    @property
    def is_identified(self) -> bool:
        """Is there an estimate with a standard error above zero?"""
        return bool(np.isfinite(self.estimate) and np.isfinite(self.std_error)) and (
            self.std_error > 0
        )

    @property
    def freedom(self) -> float:
        """Degrees of freedom of t; infinite for the normal."""
        if np.isfinite(self.degrees_of_freedom):
            return self.degrees_of_freedom
        return self.n_clusters - 1 if np.isfinite(self.n_clusters) else np.inf


@dataclass(frozen=True)
class Verdict:
    """One line of verdicts.csv; the interval is the Holm interval at level ``confidence``."""

    outcome: str
    verdict: str
    reason_code: str
    estimate: float
    unit: str
    std_error: float
    conf_low: float
    conf_high: float
    confidence: float
    p_value: float
    p_value_adjusted: float
    smallest_effect: float
    n_obs: float
    n_clusters: float
    degrees_of_freedom: float


def headline_effect(status: Mapping[str, Any], effects: pd.DataFrame) -> Effect:
    """The effect that the verdict is about, from status.json and effects.csv of one outcome."""
    outcome, unit = str(status["outcome"]), str(status.get("unit") or "")
    smallest = status.get("smallest_effect")
    smallest = NAN if smallest is None else float(smallest)
    reason = str(status.get("reason_code") or "")
    if not status["is_identified"]:
        return Effect(outcome, unit, smallest_effect=smallest, reason_code=reason)
    rows = plain_rows(effects, HEADLINE_TERM)
    rows = rows[rows["contrast"] == HEADLINE_CONTRAST]
    if rows.empty:
        return Effect(outcome, unit, smallest_effect=smallest, reason_code="effect_absent")
    row = rows.iloc[0]
    return Effect(
        outcome,
        str(row["unit"]),
        float(row["estimate"]),
        float(row["std_error"]),
        float(row["n_obs"]),
        float(row["n_clusters"]),
        smallest,
        reason,
        float(row.get("degrees_of_freedom", NAN)),
    )


def plain_rows(effects: pd.DataFrame, term: str) -> pd.DataFrame:
    """Rows of effects.csv of one term, unweighted and for all customers (not by group)."""
    rows = effects[(effects["term"] == term) & (effects["weights"] == "none")]
    return rows[rows["by"].fillna("") == ""] if "by" in rows else rows


def judge(effects: Sequence[Effect], family_error: float = 0.05) -> tuple[Verdict, ...]:
    """Verdicts of the headline family, in the order given; m of Holm counts those identified."""
    identified = [effect for effect in effects if effect.is_identified]
    p_values = [_p_value(effect) for effect in identified]
    levels, adjusted = holm(p_values, family_error), holm_p(p_values)
    judged = {
        effect.outcome: _with_interval(effect, p_value, float(p_adjusted), level.confidence)
        for effect, p_value, p_adjusted, level in zip(
            identified, p_values, adjusted, levels, strict=True
        )
    }
    return tuple(judged.get(effect.outcome) or _not_identified(effect) for effect in effects)


def rule(conf_low: float, conf_high: float, smallest_effect: float) -> tuple[str, str]:
    """Verdict and reason code of an interval; the order of the module's docstring."""
    if not (np.isfinite(conf_low) and np.isfinite(conf_high)):
        return "not_identified", "no_standard_error"
    if -smallest_effect < conf_low and conf_high < smallest_effect:
        return "too_small", "interval_within_smallest_effect"
    if conf_low > 0:
        return "supported", "interval_above_zero"
    if conf_high < 0:
        return "opposite_sign", "interval_below_zero"
    return "inconclusive", "interval_covers_zero"


def verdict_table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """verdicts.csv."""
    return pd.DataFrame([asdict(verdict) for verdict in verdicts], columns=[*VERDICT_COLUMNS])


def _p_value(effect: Effect) -> float:
    from scipy.special import ndtr, stdtr

    t = -abs(effect.estimate / effect.std_error)
    return 2 * float(stdtr(effect.freedom, t) if np.isfinite(effect.freedom) else ndtr(t))


def _with_interval(
    effect: Effect, p_value: float, p_value_adjusted: float, confidence: float
) -> Verdict:
    from scipy.special import ndtri, stdtrit

    share = (1 + confidence) / 2
    is_t = np.isfinite(effect.freedom)
    quantile = float(stdtrit(effect.freedom, share) if is_t else ndtri(share))
    low = effect.estimate - quantile * effect.std_error
    high = effect.estimate + quantile * effect.std_error
    word, reason = rule(low, high, effect.smallest_effect)
    return Verdict(
        effect.outcome,
        word,
        reason,
        effect.estimate,
        effect.unit,
        effect.std_error,
        low,
        high,
        confidence,
        p_value,
        p_value_adjusted,
        effect.smallest_effect,
        effect.n_obs,
        effect.n_clusters,
        effect.freedom,
    )


def _not_identified(effect: Effect) -> Verdict:
    return Verdict(
        effect.outcome,
        "not_identified",
        effect.reason_code or "no_standard_error",
        NAN,
        effect.unit,
        NAN,
        NAN,
        NAN,
        NAN,
        NAN,
        NAN,
        effect.smallest_effect,
        effect.n_obs,
        effect.n_clusters,
        NAN,
    )


def joint_covariance(influence: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Covariance of all effects of all outcomes, named "outcome|term:contrast" both ways.

    Each frame holds customer_id and one column an effect: influence values summed per customer,
    whose sum of squares is the effect's squared standard error. Stacked on the customer, their
    inner products are the covariances: customers are one cluster across outcomes. Outcomes
    without rows (not identified) are left out; none at all gives an empty table.
    """
    parts = [
        frame.set_index("customer_id").sort_index().add_prefix(f"{outcome}|")
        for outcome, frame in influence.items()
        if len(frame)
    ]
    if not parts:
        return pd.DataFrame({"effect": pd.Series(dtype=str)})
    stacked = pd.concat(parts, axis=1, join="outer").sort_index().fillna(0.0)
    values = stacked.to_numpy(dtype=float)
    table = pd.DataFrame(values.T @ values, columns=stacked.columns)
    table.insert(0, "effect", list(stacked.columns))
    return table
