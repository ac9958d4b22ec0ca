"""How each group differs from the rest: clustered tests, and which differences stand out.

A difference is *level less all others*, so that groups of any number are compared alike. Many
are looked at together, so the p-values of one metric are adjusted by Benjamini and Hochberg.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from nexo.base.results import TIDY_COLUMNS
from nexo.multiple import with_adjusted_p
from nexo.scores.answers import METRICS, weight_of
from nexo.scores.change import mean_difference
from nexo.scores.counting import SMALLEST_WAVE, coded, counted, customers_of, terms
from nexo.scores.tables import numbers

GROUP_COLUMNS = (*TIDY_COLUMNS, "by", "level", "weights", "p_value_adjusted")


def group_differences(
    answers: pd.DataFrame, by: Sequence[str], confidence: float = 0.95
) -> pd.DataFrame:
    """group_differences.csv: each level of ``by`` with at least 30 answers, less the others.

    ``answers`` as made by ``answers_of``; unweighted and, where weights exist, weighted. The
    family of the adjustment is one metric, term and weighting, over all columns and levels.
    """
    rows = [row for metric in METRICS for row in _metric_rows(answers, metric, by, confidence)]
    table = pd.DataFrame(rows, columns=[*GROUP_COLUMNS])
    table = with_adjusted_p(table, ["outcome", "term", "weights"])[[*GROUP_COLUMNS]]
    return table.sort_values(["outcome", "term", "by", "level", "weights"], ignore_index=True)


def _metric_rows(
    answers: pd.DataFrame, metric: str, by: Sequence[str], confidence: float
) -> Iterator[dict[str, object]]:
    scored = answers[answers[f"{metric}_score"].notna()]
    every = counted(scored, metric)
    for column in (name for name in by if name in scored):
        code, levels = pd.factorize(scored[column], sort=True)
        known, code = every[code >= 0], code[code >= 0]
        enough = np.flatnonzero(np.bincount(code, minlength=len(levels)) >= SMALLEST_WAVE)
        for place in enough if len(enough) > 1 else []:
            row: dict[str, object] = {"outcome": metric, "contrast": "level_vs_others"}
            row |= {"by": column, "level": str(levels[place])}
            for found in _differences(known, metric, code == place, confidence):
                yield row | found


def _differences(
    known: pd.DataFrame, metric: str, is_it: np.ndarray, confidence: float
) -> Iterator[dict[str, object]]:
    """The differences unweighted, and weighted over the answers that have a weight."""
    for kind in ("none", "response"):
        both, weights = [known[is_it], known[~is_it]], None
        if kind == "response":
            name = f"{metric}_weight"
            both = [part[part[name] > 0] for part in both] if name in known else []
            if not both or min(map(len, both)) < SMALLEST_WAVE:
                return
            weights = (weight_of(both[0], metric), weight_of(both[1], metric))
        inside, others = both
        for term, unit in terms(metric):
            found = mean_difference(
                coded(metric, term, inside),
                coded(metric, term, others),
                customers_of(inside),
                customers_of(others),
                confidence,
                weights=weights,
            )
            yield {"term": term, "unit": unit, "weights": kind} | numbers(found)
