"""Raking: weights whose margins are exactly those of the population.

Iterative proportional fitting (Deming and Stephan 1940): each margin in turn is scaled to its
target until all hold. Packages for it bring dozens of others; it is ten lines.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nexo.base.errors import ContractError

MOST_ROUNDS = 500
TOLERANCE = 1e-10


def raked(
    weights: np.ndarray,
    levels: Mapping[str, np.ndarray],
    population: Mapping[str, np.ndarray],
) -> np.ndarray:
    """Return ``weights`` (n,) scaled so that each margin is the population's; their sum stays.

    ``levels``: for each margin the level (n,) of each answer; ``population``: the level (N,) of
    each customer. Levels that nobody of the sample has cannot be reached and are left out of
    the targets. Raises ContractError where an answer has a level that the population lacks, or
    when the margins contradict each other (no weights meet them all).
    """
    result, total = np.asarray(weights, dtype=float), float(np.sum(weights))
    margins = [_margin(name, levels[name], population[name]) for name in levels]
    for _ in range(MOST_ROUNDS):
        worst = 0.0
        for codes, target in margins:
            share = np.bincount(codes, weights=result, minlength=len(target)) / total
            worst = max(worst, float(np.abs(share - target).max()))
            result = result * (target / share)[codes]
        if worst < TOLERANCE:
            return result
    raise ContractError(
        f"raking to {', '.join(levels)} does not settle: some combination of their levels has "
        "customers and no answers. Take one of them out of score.rake_to."
    )


def _margin(name: str, of_sample: np.ndarray, of_all: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Code of each answer's level, and the population's share of each level met."""
    known, codes = np.unique(of_sample.astype(str), return_inverse=True)
    every, counts = np.unique(of_all.astype(str), return_counts=True)
    place = np.searchsorted(every, known)
    absent = [v for v, p in zip(known, place, strict=True) if p == len(every) or every[p] != v]
    if absent:
        raise ContractError(
            f"answers have the {name} {str(absent[0])!r}, and no active customer has it. Take the "
            "levels of both from the customer file."
        )
    share = counts[place] / counts[place].sum()
    return codes, share
