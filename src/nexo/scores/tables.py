"""The tables of scores: by wave and by group, the trend, and the latest change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from nexo.base.results import TIDY_COLUMNS
from nexo.scores.answers import METRICS, answer_weights, weight_of
from nexo.scores.boxes import SCALES, checked, score_mean, top_two_box
from nexo.scores.change import Difference, mean_difference
from nexo.scores.estimate import Estimate, Floats, cluster_codes
from nexo.scores.nps import Method, class_values, nps
from nexo.weights import Weights, as_floats

SMALLEST_WAVE = 30
"""Waves with fewer answers are marked in scores.csv; trend and changes pass over them."""

TOO_FEW = "fewer_than_30_answers"
SCORE_COLUMNS = (*TIDY_COLUMNS, "by", "level", "wave", "weights", "note")
CHANGE_COLUMNS = (*TIDY_COLUMNS, "wave_from", "wave_to", "smallest_detectable_change")
TREND_COLUMNS = (
    "wave",
    "nps_points",
    "conf_low",
    "conf_high",
    "n_obs",
    "promoter_share",
    "detractor_share",
)


def answers_of(
    survey: pd.DataFrame,
    panel: pd.DataFrame,
    by: Sequence[str],
    weights: Mapping[str, Weights],
    *,
    is_dated: bool = True,
) -> pd.DataFrame:
    """One row an answer, ready to be counted: customer_id, wave, the scores as floats, the
    columns of ``by`` as text, and ``<metric>_weight`` where weights exist.

    A wave is a calendar quarter of ``answered_at`` ("2025-Q2"), or "snapshot". Columns of
    ``by`` come from the survey, else from the customer's latest row of the panel; one that is
    in neither, or empty, is left out. Without customers the survey's own weight is taken.
    """
    answers = pd.DataFrame({"wave": _waves(survey, is_dated)})
    has_customers = "customer_id" in survey and survey["customer_id"].notna().any()
    if has_customers:
        answers["customer_id"] = survey["customer_id"].to_numpy(dtype=object)
    for metric in METRICS:
        column = f"{metric}_score"
        known = column in survey and survey[column].notna().any()
        answers[column] = as_floats(survey[column]) if known else np.nan
        if metric in weights:
            answers[f"{metric}_weight"] = answer_weights(
                survey, weights[metric].table, is_dated=is_dated
            )
        elif not weights and "weight" in survey and survey["weight"].notna().any():
            answers[f"{metric}_weight"] = as_floats(survey["weight"])
    for column in by:
        values = _group_values(survey, panel, column)
        if values is not None:
            answers[column] = values
    return answers[answers["wave"].notna().to_numpy()].reset_index(drop=True)


def _waves(survey: pd.DataFrame, is_dated: bool) -> np.ndarray:
    if not is_dated:
        return np.full(len(survey), "snapshot", dtype=object)
    at = pd.to_datetime(survey["answered_at"])
    quarters = at.dt.year.astype("Int64").astype("string") + "-Q"
    quarters = quarters + at.dt.quarter.astype("Int64").astype("string")
    return quarters.astype(object).where(at.notna(), None).to_numpy()


def _group_values(survey: pd.DataFrame, panel: pd.DataFrame, column: str) -> np.ndarray | None:
    if column in survey and survey[column].notna().any():
        values = survey[column]
    elif column in panel and "customer_id" in survey and panel[column].notna().any():
        known = panel.loc[panel[column].notna(), ["customer_id", "landmark", column]]
        latest = known.sort_values("landmark").drop_duplicates("customer_id", keep="last")
        values = survey["customer_id"].map(latest.set_index("customer_id")[column])
    else:
        return None
    return values.astype(object).where(values.notna(), None).to_numpy()


def usable_waves(answers: pd.DataFrame, metric: str) -> list[str]:
    """Waves with at least 30 scores of ``metric``, oldest first."""
    counts = answers.loc[answers[f"{metric}_score"].notna(), "wave"].value_counts()
    return sorted(counts.index[counts >= SMALLEST_WAVE])


def score_table(
    answers: pd.DataFrame, by: Sequence[str], method: Method, confidence: float
) -> pd.DataFrame:
    """scores.csv: each metric for all answers, each wave and each level of ``by`` (all waves,
    and the latest usable one), unweighted and, where weights exist, weighted."""
    rows: list[dict[str, object]] = []
    for metric in METRICS:
        scored = answers[answers[f"{metric}_score"].notna()]
        if scored.empty:
            continue
        waves = usable_waves(answers, metric)
        latest = scored[scored["wave"] == waves[-1]] if waves else scored.iloc[:0]
        numbers_of = counted(scored, metric)
        slices = [("", "", "", numbers_of), ("", "", "latest", numbers_of.loc[latest.index])]
        slices += [("", "", str(wave), part) for wave, part in numbers_of.groupby(scored["wave"])]
        for column in (name for name in by if name in scored):
            for label, rows_of in (("", scored), ("latest", latest)):
                parts = numbers_of.loc[rows_of.index].groupby(rows_of[column])
                slices += [(column, str(level), label, part) for level, part in parts]
        for column, level, wave, part in slices:
            place = {"by": column, "level": level, "wave": wave}
            rows += [place | row for row in _rows_of(metric, part, method, confidence)]
    table = pd.DataFrame(rows, columns=[*SCORE_COLUMNS])
    keys = ["outcome", "term", "by", "level", "wave", "weights"]
    return table.sort_values(keys, ignore_index=True)


def _rows_of(
    metric: str, part: pd.DataFrame, method: Method, confidence: float
) -> list[dict[str, object]]:
    if part.empty:
        return []
    rows = []
    for kind in ("none", "response"):
        taken, weight = part, None
        if kind == "response":
            if f"{metric}_weight" not in part:
                continue
            taken = part[part[f"{metric}_weight"] > 0]
            if taken.empty:
                continue
            weight = weight_of(taken, metric)
        scores = taken[f"{metric}_score"].to_numpy()
        clusters = customers_of(taken)
        note = TOO_FEW if len(taken) < SMALLEST_WAVE else ""
        for term, unit, found in _estimates(metric, scores, weight, clusters, method, confidence):
            row = {"outcome": metric, "term": term, "contrast": "level", "unit": unit}
            rows.append(row | numbers(found) | {"weights": kind, "note": note})
    return rows


def _estimates(
    metric: str,
    scores: Floats,
    weight: Floats | None,
    clusters: np.ndarray | None,
    method: Method,
    confidence: float,
) -> list[tuple[str, str, Estimate]]:
    if metric == "nps":
        return [("nps", "nps_points", nps(scores, weight, clusters, method, confidence))]
    checked(scores, metric)
    mean = score_mean(scores, metric, weight, clusters, confidence)
    box = top_two_box(scores, metric, weight, clusters, confidence)
    return [("mean", "scale_points", mean), ("top2_box", "share", box)]


def numbers(found: Estimate | Difference) -> dict[str, object]:
    """The numeric columns of the tidy schema, of an estimate or of a difference."""
    return {
        "estimate": found.estimate,
        "std_error": found.std_error,
        "conf_low": found.conf_low,
        "conf_high": found.conf_high,
        "p_value": getattr(found, "p_value", np.nan),
        "n_obs": found.n_obs,
        "n_clusters": found.n_clusters,
        "method": getattr(found, "method", "difference_clustered_by_customer"),
    }


def trend(answers: pd.DataFrame, method: Method, confidence: float) -> pd.DataFrame:
    """nps_trend.csv: NPS by wave with at least 30 answers, unweighted, oldest first, and the
    shares of the two classes that make it."""
    rows = []
    for wave in usable_waves(answers, "nps"):
        part = answers[(answers["wave"] == wave) & answers["nps_score"].notna()]
        found = nps(part["nps_score"].to_numpy(), None, customers_of(part), method, confidence)
        ends = (found.conf_low, found.conf_high)
        values = class_values(part["nps_score"].to_numpy())
        shares = (float((values == 1).mean()), float((values == -1).mean()))
        rows.append((wave, found.estimate, *ends, found.n_obs, *shares))
    return pd.DataFrame(rows, columns=[*TREND_COLUMNS])


def change_table(answers: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """changes.csv: the latest usable wave less the one before, for each metric and term.

    Customers who answered in both waves are one cluster, so their sameness narrows the
    interval. Empty with fewer than two usable waves.
    """
    rows: list[dict[str, object]] = []
    for metric in METRICS:
        waves = usable_waves(answers, metric)[-2:]
        if len(waves) < 2:
            continue
        scored = answers[answers[f"{metric}_score"].notna()]
        before, after = (scored[scored["wave"] == wave] for wave in waves)
        for term, unit in terms(metric):
            found = mean_difference(
                coded(metric, term, after),
                coded(metric, term, before),
                customers_of(after),
                customers_of(before),
                confidence,
            )
            rows.append(
                {"outcome": metric, "term": term, "contrast": "latest_vs_previous", "unit": unit}
                | numbers(found)
                | {"wave_from": waves[0], "wave_to": waves[1]}
                | {"smallest_detectable_change": found.smallest_detectable}
            )
    return pd.DataFrame(rows, columns=[*CHANGE_COLUMNS])


def customers_of(part: pd.DataFrame) -> np.ndarray | None:
    """Customer of each answer (as a number where it has been ``counted``), or None where the
    survey knows none."""
    known = [name for name in ("customer", "customer_id") if name in part]
    return part[known[0]].to_numpy() if known else None


def counted(answers: pd.DataFrame, metric: str) -> pd.DataFrame:
    """What is counted of one metric, all of it numbers, which part a hundred times quicker than
    texts: score, weight, number of the ``customer`` (its own to an answer without), and the
    ``turn``, which the answers of one customer in one wave share."""
    names = [f"{metric}_score", f"{metric}_weight"]
    found = answers[[name for name in names if name in answers]]
    if "customer_id" not in answers:
        return found
    customer = cluster_codes(answers["customer_id"].to_numpy(), len(answers))
    wave, waves = pd.factorize(answers["wave"])
    return found.assign(customer=customer, turn=customer * len(waves) + wave)


def terms(metric: str) -> tuple[tuple[str, str], ...]:
    """What is shown of a metric, each with its unit."""
    if metric == "nps":
        return (("nps", "nps_points"),)
    return (("mean", "scale_points"), ("top2_box", "share"))


def coded(metric: str, term: str, part: pd.DataFrame) -> Floats:
    """Each answer (n,) so that the mean is the term: -100, 0, 100 for NPS, 0 or 1 for a box."""
    scores = part[f"{metric}_score"].to_numpy()
    if metric == "nps":
        return 100 * class_values(scores)
    if term == "top2_box":
        return (checked(scores, metric) >= SCALES[metric][1] - 1).astype(float)
    return checked(scores, metric)
