"""How strong an unseen cause would have to be to explain the link away.

E-value (VanderWeele and Ding 2017) for ratios, robustness value (Cinelli and Hazlett 2020) for
linear models; and what error of measurement in the score itself hides.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
import pandas as pd

from nexo.base.errors import ConfigError
from nexo.base.results import TIDY_COLUMNS
from nexo.evidence.robustness import Linear
from nexo.evidence.verdict import NAN, plain_rows

FEWEST_PAIRS = 100


@dataclass(frozen=True)
class EValue:
    """E-value of the ratio, and of the end of its interval nearer to 1 (1: covers it)."""

    point: float
    interval: float


@dataclass(frozen=True)
class Robustness:
    """Partial correlation, and the share of residual variance an unseen cause would have to
    explain of both score and outcome to bring the effect to zero (``value``), or to make it
    insignificant (``value_significant``)."""

    partial_correlation: float
    value: float
    value_significant: float


def e_value(ratio: float, conf_low: float = NAN, conf_high: float = NAN) -> EValue:
    """RR + sqrt(RR (RR - 1)) for RR >= 1, of 1/RR below; raises ConfigError for RR <= 0."""
    if not ratio > 0:
        raise ConfigError(f"an E-value needs a ratio above zero, not {ratio!r}.")
    near = conf_low if ratio >= 1 else conf_high
    if not np.isfinite(near):
        return EValue(_bound(ratio), NAN)
    covers_one = near <= 1 if ratio >= 1 else near >= 1
    return EValue(_bound(ratio), 1.0 if covers_one else _bound(near))


def _bound(ratio: float) -> float:
    ratio = ratio if ratio >= 1 else 1 / ratio
    return ratio + sqrt(ratio * (ratio - 1))


def robustness_value(t: float, freedom: float, error: float = 0.05) -> Robustness:
    """From the t statistic of the score in a linear model with ``freedom`` residual degrees.

    With f = |t| / sqrt(freedom): RV = (sqrt(f^4 + 4 f^2) - f^2) / 2; for significance f is
    reduced by t(1 - error/2, freedom - 1) / sqrt(freedom - 1).
    """
    if not freedom > 1:
        raise ConfigError(
            f"a robustness value needs more than one degree of freedom, not {freedom!r}."
        )
    from scipy.special import stdtrit

    f = abs(t) / sqrt(freedom)
    critical = float(stdtrit(freedom - 1, 1 - error / 2)) / sqrt(freedom - 1)
    partial = t / sqrt(t**2 + freedom)
    return Robustness(partial, _value(f), _value(max(0.0, f - critical), critical))


def _value(f: float, critical: float = 0.0) -> float:
    """RV, and its second branch where the unseen cause may explain all of the outcome's rest."""
    if f <= 0:
        return 0.0
    whole = f + critical
    if whole * critical > 1:
        return (whole**2 - critical**2) / (1 + whole**2)
    return (sqrt(f**4 + 4 * f**2) - f**2) / 2


def ratio_rows(
    outcome: str, effects: pd.DataFrame, covariance: pd.DataFrame, z: float
) -> list[dict[str, object]]:
    """E-value of promoters against detractors: the ratio of their adjusted means.

    For retention the ratio is of leaving, the rarer result, so that common outcomes do not
    hide it. The interval is the delta method's on the logarithm.
    """
    rows = plain_rows(effects, "nps_class")
    means = rows.set_index("contrast")["estimate"]
    names = [f"{outcome}|nps_class:{group}" for group in ("promoter", "detractor")]
    known = set(covariance["effect"]) if len(covariance) else set()
    if not {"promoter", "detractor"} <= set(means.index) or not set(names) <= known:
        return []
    first, second = float(means["promoter"]), float(means["detractor"])
    matrix = covariance.set_index("effect").loc[names, names].to_numpy()
    if outcome == "retention":
        first, second = 1 - first, 1 - second
    if min(first, second) <= 0:
        return []
    gradient = np.array([1 / first, -1 / second])
    log_ratio = float(np.log(first / second))
    half = z * sqrt(float(gradient @ matrix @ gradient))
    found = e_value(exp(log_ratio), exp(log_ratio - half), exp(log_ratio + half))
    row = rows.iloc[0]
    base = {
        "outcome": outcome,
        "contrast": "promoter_vs_detractor",
        "unit": "ratio",
        "n_obs": row["n_obs"],
        "n_clusters": row["n_clusters"],
    }
    ratio = {
        "term": "leaving_ratio" if outcome == "retention" else "mean_ratio",
        "estimate": exp(log_ratio),
        "conf_low": exp(log_ratio - half),
        "conf_high": exp(log_ratio + half),
        "method": "g_computation_delta_log",
    }
    value = {"term": "e_value", "estimate": found.point, "method": "vanderweele_ding_2017"}
    end = {"term": "e_value_of_interval", "estimate": found.interval}
    return [base | ratio, base | value, base | end | {"method": "vanderweele_ding_2017"}]


def linear_rows(outcome: str, t: float, freedom: float, n_obs: int) -> list[dict[str, object]]:
    """Partial correlation and robustness values of the score in the linear model."""
    found = robustness_value(t, freedom)
    base = {"outcome": outcome, "contrast": "nps_score", "unit": "share", "n_obs": n_obs}
    method = "cinelli_hazlett_2020"
    return [
        base | {"term": term, "estimate": value, "method": method, "n_clusters": n_obs}
        for term, value in (
            ("partial_correlation", found.partial_correlation),
            ("robustness_value", found.value),
            ("robustness_value_significant", found.value_significant),
        )
    ]


def retest(panel: pd.DataFrame, score: str = "nps_score") -> tuple[float, int]:
    """Correlation of a customer's scores at two landmarks that follow each other, the later from
    a new answer, and the number of customers. NaN below 100 pairs.

    True changes lower it as errors do, so it is a lower bound of the score's reliability.
    """
    age = f"{score.removesuffix('_score')}_age_days"
    if age not in panel or panel["landmark"].nunique() < 2:
        return NAN, 0
    known = panel[panel[score].notna().to_numpy()]
    known = known[["customer_id", "landmark", score, age]].sort_values(["customer_id", "landmark"])
    at = pd.to_datetime(known["landmark"])
    earlier = known.groupby("customer_id")[score].shift()
    gap = at.groupby(known["customer_id"]).diff().dt.days
    is_new = (earlier.notna() & (known[age].astype(float) < gap)).to_numpy(bool)
    if is_new.sum() < FEWEST_PAIRS:
        return NAN, 0
    pair = [column[is_new].to_numpy(float) for column in (earlier, known[score])]
    return float(np.corrcoef(*pair)[0, 1]), int(known.loc[is_new, "customer_id"].nunique())


def corrected_rows(
    outcome: str, unit: str, found: Linear, explained: float, reliability: float, n_pairs: int
) -> list[dict[str, object]]:
    """The effect of the score in points as found, and as it would be without error of measurement.

    With reliability r and R2 the share of the score that the controls explain, an error in the
    score shrinks its coefficient by (r - R2) / (1 - R2) (Fuller 1987, 1.2); the effect and its
    interval are divided by that. No rows where r is unknown or not above R2.
    """
    if not reliability > explained:
        return []
    shrunk = (reliability - explained) / (1 - explained)
    base = {"outcome": outcome, "contrast": "nps_score", "n_obs": found.n_obs}
    return [
        base
        | {"term": "reliability", "unit": "share", "estimate": reliability}
        | {"n_clusters": n_pairs, "method": "test_retest"},
        base
        | {"term": "uncorrected_effect", "unit": unit, "estimate": found.estimate}
        | {"std_error": found.std_error, "conf_low": found.conf_low}
        | {"conf_high": found.conf_high, "n_clusters": found.n_obs, "method": "least_squares_hc1"},
        base
        | {"term": "corrected_effect", "unit": unit, "estimate": found.estimate / shrunk}
        | {"std_error": found.std_error / shrunk, "conf_low": found.conf_low / shrunk}
        | {"conf_high": found.conf_high / shrunk, "n_clusters": found.n_obs}
        | {"method": "errors_in_variables"},
    ]


def sensitivity_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """sensitivity.csv in the tidy columns."""
    return pd.DataFrame(rows, columns=[*TIDY_COLUMNS])
