"""The tables of scores: by wave and by group, the trend, and the latest change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nexo.base.results import TIDY_COLUMNS
from nexo.scores.answers import METRICS, weight_of
from nexo.scores.boxes import checked, score_mean, top_two_box
from nexo.scores.change import Difference, mean_difference
from nexo.scores.counting import SMALLEST_WAVE, coded, counted, customers_of, terms, usable_waves
from nexo.scores.estimate import Estimate, Floats
from nexo.scores.nps import Method, class_values, nps

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
    """changes.csv: the latest usable wave less the one before, that of a year before and the
    first, for each metric and term; ``contrast`` says which.

    Customers who answered in both waves are one cluster, so their sameness narrows the
    interval. Empty with fewer than two usable waves.
    """
    rows: list[dict[str, object]] = []
    for metric in METRICS:
        waves = usable_waves(answers, metric)
        scored = answers[answers[f"{metric}_score"].notna()]
        for term, unit in terms(metric):
            for contrast, wave in compared_waves(waves):
                after, before = (scored[scored["wave"] == one] for one in (waves[-1], wave))
                found = mean_difference(
                    coded(metric, term, after),
                    coded(metric, term, before),
                    customers_of(after),
                    customers_of(before),
                    confidence,
                )
                rows.append(
                    {"outcome": metric, "term": term, "contrast": contrast, "unit": unit}
                    | numbers(found)
                    | {"wave_from": wave, "wave_to": waves[-1]}
                    | {"smallest_detectable_change": found.smallest_detectable}
                )
    return pd.DataFrame(rows, columns=[*CHANGE_COLUMNS])


def compared_waves(waves: Sequence[str]) -> list[tuple[str, str]]:
    """What the latest of ``waves`` (quarters, oldest first) is held against, each wave once: the
    one before, that of a year before, the first."""
    if len(waves) < 2:
        return []
    year_before = f"{int(waves[-1][:4]) - 1}{waves[-1][4:]}"
    named = [("latest_vs_previous", waves[-2])]
    if year_before in waves[:-2]:
        named.append(("latest_vs_year_before", year_before))
    if waves[0] not in {wave for _, wave in named}:
        named.append(("latest_vs_first", waves[0]))
    return named
