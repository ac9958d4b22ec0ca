"""Answers made ready to be counted, with wave, groups and weight, and what is counted of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from nexo.scores.answers import METRICS, answer_weights
from nexo.scores.boxes import SCALES, checked
from nexo.scores.estimate import Floats, cluster_codes
from nexo.scores.nps import class_values
from nexo.weights import Weights, as_floats

SMALLEST_WAVE = 30
"""Waves with fewer answers are marked in scores.csv; trend and changes pass over them."""


def answers_of(
    survey: pd.DataFrame,
    panel: pd.DataFrame,
    by: Sequence[str],
    weights: Mapping[str, Weights],
    *,
    is_dated: bool = True,
    customers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row an answer, ready to be counted: customer_id, wave, the scores as floats, the
    columns of ``by`` as text, and ``<metric>_weight`` where weights exist.

    A wave is a calendar quarter of ``answered_at`` ("2025-Q2"), or "snapshot". Columns of
    ``by`` come from the survey, else from the table of ``customers``, which has also those who
    were active at no landmark, else from the customer's latest row of the panel; one that is in
    none, or empty, is left out. Without customers the survey's own weight is taken.
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
        values = _group_values(survey, (customers, panel), column)
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


def _group_values(
    survey: pd.DataFrame, known: Sequence[pd.DataFrame | None], column: str
) -> np.ndarray | None:
    """The column of the survey, else that of the first table of ``known`` that has it."""
    if column in survey and survey[column].notna().any():
        return _plain(survey[column])
    for table in known if "customer_id" in survey else ():
        if table is None or column not in table or not table[column].notna().any():
            continue
        rows = table[table[column].notna()]
        if "landmark" in rows:
            rows = rows.sort_values("landmark").drop_duplicates("customer_id", keep="last")
        return _plain(survey["customer_id"].map(rows.set_index("customer_id")[column]))
    return None


def _plain(values: pd.Series) -> np.ndarray:
    return np.asarray(values.astype(object).where(values.notna(), None))


def usable_waves(answers: pd.DataFrame, metric: str) -> list[str]:
    """Waves with at least 30 scores of ``metric``, oldest first."""
    counts = answers.loc[answers[f"{metric}_score"].notna(), "wave"].value_counts()
    return sorted(counts.index[counts >= SMALLEST_WAVE])


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
