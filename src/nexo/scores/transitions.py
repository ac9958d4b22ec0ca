"""Who became what: NPS classes of the same customer in two answers that follow each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from nexo.base.results import TIDY_COLUMNS
from nexo.scores.answers import CLASSES
from nexo.scores.boxes import mean_estimate, wilson
from nexo.scores.estimate import effective_size
from nexo.scores.nps import class_values

TRANSITION_COLUMNS = TIDY_COLUMNS
LONGEST_GAP_DAYS = 200
"""Two quarterly waves, one of them missed: with more between them, other things have changed."""


def answer_pairs(survey: pd.DataFrame) -> pd.DataFrame:
    """Consecutive NPS answers of a customer at most 200 days apart: customer_id, before, after
    (-1 detractor, 0 passive, 1 promoter). The last answer of a quarter stands for it."""
    needed = ["customer_id", "answered_at", "nps_score"]
    if any(name not in survey or survey[name].isna().all() for name in needed):
        return pd.DataFrame(columns=["customer_id", "before", "after"])
    given = survey.dropna(subset=needed)[needed].sort_values(needed, kind="stable")
    at = pd.to_datetime(given["answered_at"])
    given = given.assign(at=at, wave=at.dt.year * 4 + at.dt.quarter)
    given = given.drop_duplicates(["customer_id", "wave"], keep="last")
    given["group"] = class_values(given["nps_score"].to_numpy(float))
    earlier = given.groupby("customer_id")[["at", "group"]].shift()
    is_pair = (given["at"] - earlier["at"]).dt.days <= LONGEST_GAP_DAYS
    pairs = given.assign(before=earlier["group"], after=given["group"])[is_pair]
    return pairs[["customer_id", "before", "after"]].reset_index(drop=True)


def transitions(survey: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """transitions.csv: for each class before, the share in each class after; and in all, the
    shares that moved up and down with their difference.

    Shares with Wilson's interval on the effective number of pairs, customers with several pairs
    as one cluster; the net move with Student's. Unweighted: pairs are those who answered twice.
    """
    pairs = answer_pairs(survey)
    rows = [*_matrix(pairs, confidence), *_moves(pairs, confidence)] if len(pairs) else []
    return pd.DataFrame(rows, columns=[*TRANSITION_COLUMNS])


def _matrix(pairs: pd.DataFrame, confidence: float) -> Iterator[dict[str, object]]:
    for before, name in zip((-1.0, 0.0, 1.0), CLASSES, strict=True):
        part = pairs[pairs["before"] == before]
        for after, other in zip((-1.0, 0.0, 1.0), CLASSES, strict=True):
            if len(part):
                hit = (part["after"] == after).to_numpy(float)
                yield _share_row(f"from_{name}", f"to_{other}", hit, part, confidence)


def _moves(pairs: pd.DataFrame, confidence: float) -> Iterator[dict[str, object]]:
    step = np.sign((pairs["after"] - pairs["before"]).to_numpy(float))
    yield _share_row("all", "moved_up", (step > 0).astype(float), pairs, confidence)
    yield _share_row("all", "moved_down", (step < 0).astype(float), pairs, confidence)
    customers = pairs["customer_id"].to_numpy(object)
    net = mean_estimate(step, None, customers, confidence)
    ends = {"conf_low": net.conf_low, "conf_high": net.conf_high}
    yield (
        _base("all", "moved_net", pairs)
        | {"estimate": net.estimate, "std_error": net.std_error, "method": "mean_student"}
        | ends
    )


def _share_row(
    term: str, contrast: str, hit: np.ndarray, pairs: pd.DataFrame, confidence: float
) -> dict[str, object]:
    codes = pd.factorize(pairs["customer_id"])[0]
    size = effective_size(hit, np.ones(len(hit)), codes)
    share = float(hit.mean())
    low, high = wilson(share * size, size, confidence)
    numbers = {
        "estimate": share,
        "std_error": float(np.sqrt(share * (1 - share) / size)),
        "conf_low": low,
        "conf_high": high,
        "method": "wilson",
    }
    return _base(term, contrast, pairs) | numbers


def _base(term: str, contrast: str, pairs: pd.DataFrame) -> dict[str, object]:
    return {
        "outcome": "nps",
        "term": term,
        "contrast": contrast,
        "unit": "share",
        "n_obs": len(pairs),
        "n_clusters": pairs["customer_id"].nunique(),
    }
