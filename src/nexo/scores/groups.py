"""How each group differs from the rest: clustered tests, and which differences stand out.

A difference is *level less all others*, so that groups of any number are compared alike. Many
are looked at together, so the p-values of one metric are adjusted by Benjamini and Hochberg.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from nexo.results import TIDY_COLUMNS
from nexo.scores.answers import METRICS, weight_of
from nexo.scores.change import Difference, mean_difference
from nexo.scores.tables import (
    SMALLEST_WAVE,
    coded,
    customers_of,
    numbers,
    terms,
)

GROUP_COLUMNS = (*TIDY_COLUMNS, "by", "level", "weights", "p_value_adjusted")


def group_differences(
    answers: pd.DataFrame, by: Sequence[str], confidence: float = 0.95
) -> pd.DataFrame:
    """group_differences.csv: each level of ``by`` with at least 30 answers, less the others.

    ``answers`` as made by ``answers_of``; unweighted and, where weights exist, weighted. The
    family of the adjustment is one metric, term and weighting, over all columns and levels.
    """
    from statsmodels.stats.multitest import multipletests

    rows = [row for metric in METRICS for row in _metric_rows(answers, metric, by, confidence)]
    table = pd.DataFrame(rows, columns=[*GROUP_COLUMNS])
    for _, family in table.dropna(subset=["p_value"]).groupby(["outcome", "term", "weights"]):
        adjusted = multipletests(family["p_value"].to_numpy(float), method="fdr_bh")[1]
        table.loc[family.index, "p_value_adjusted"] = adjusted
    return table.sort_values(["outcome", "term", "by", "level", "weights"], ignore_index=True)


def _metric_rows(
    answers: pd.DataFrame, metric: str, by: Sequence[str], confidence: float
) -> Iterator[dict[str, object]]:
    scored = answers[answers[f"{metric}_score"].notna()]
    for column in (name for name in by if name in scored):
        known = scored[scored[column].notna()]
        sizes = known[column].value_counts()
        levels = sorted(sizes.index[sizes >= SMALLEST_WAVE])
        for level in levels if len(levels) > 1 else []:
            is_it = (known[column] == level).to_numpy()
            for term, unit in terms(metric):
                row = {"outcome": metric, "term": term, "contrast": "level_vs_others"}
                row |= {"unit": unit, "by": column, "level": str(level)}
                for weights, found in _differences(known, metric, term, is_it, confidence):
                    yield row | {"weights": weights} | numbers(found)


def _differences(
    known: pd.DataFrame, metric: str, term: str, is_it: np.ndarray, confidence: float
) -> Iterator[tuple[str, Difference]]:
    """The difference unweighted, and weighted over the answers that have a weight."""
    for kind in ("none", "response"):
        both, weights = [known[is_it], known[~is_it]], None
        if kind == "response":
            name = f"{metric}_weight"
            both = [part[part[name] > 0] for part in both] if name in known else []
            if not both or min(map(len, both)) < SMALLEST_WAVE:
                return
            weights = (weight_of(both[0], metric), weight_of(both[1], metric))
        inside, others = both
        yield (
            kind,
            mean_difference(
                coded(metric, term, inside),
                coded(metric, term, others),
                customers_of(inside),
                customers_of(others),
                confidence,
                weights=weights,
            ),
        )
