"""Every interval at its edges, against brute force: all samples of n answers are enumerated,
each with its probability, so coverage is exact and no seed decides.

At the edges no interval of a discrete sample can cover 95 % everywhere. What is held: adjusted
Wald and score never collapse and stay above a floor; Wald does collapse, which is why it is not
the default.
"""

from __future__ import annotations

from math import comb, factorial

import numpy as np
import pytest

from nexo.scores.boxes import SCALES, score_mean, wilson
from nexo.scores.nps import Counts, nps_interval

SHARES = [
    (0.0, 0.0, 1.0),  # all promoters
    (1.0, 0.0, 0.0),  # all detractors
    (0.0, 1.0, 0.0),  # all passives
    (0.0, 0.3, 0.7),  # no detractors
    (0.05, 0.15, 0.8),
    (0.25, 0.35, 0.4),
    (0.5, 0.0, 0.5),  # the largest variance there is
]


def coverage(method: str, n: int, shares: tuple[float, float, float]) -> float:
    truth = 100 * (shares[2] - shares[0])
    total = 0.0
    for detractors in range(n + 1):
        for passives in range(n + 1 - detractors):
            promoters = n - detractors - passives
            ways = factorial(n) / factorial(detractors) / factorial(passives) / factorial(promoters)
            chance = ways * np.prod(np.power(shares, (detractors, passives, promoters)))
            if chance > 0:
                found = nps_interval(Counts(detractors, passives, promoters), method)
                total += chance * (found.conf_low - 1e-9 <= truth <= found.conf_high + 1e-9)
    return total


@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("n", [1, 2, 5, 10, 30])
def test_nps_intervals_hold_at_the_edges(n: int, shares) -> None:
    """The lowest of all: .70 for one answer (adjusted Wald), .837 for five, .91 for score."""
    assert coverage("adjusted_wald", n, shares) >= (0.69 if n == 1 else 0.83)
    assert coverage("score", n, shares) >= 0.90


def test_wald_collapses_where_the_others_do_not() -> None:
    """No detractors, five answers: one sample in six holds promoters alone, and no width."""
    assert coverage("wald", 5, (0.0, 0.3, 0.7)) < 0.84
    assert coverage("wald", 2, (0.05, 0.15, 0.8)) < 0.40
    for n in (1, 2):  # one promoter alone has no width, and promoters are not all there is
        typical = (0.25, 0.35, 0.4)
        assert coverage("wald", n, typical) < coverage("score", n, typical) - 0.3


@pytest.mark.parametrize("metric", ["csat", "ces"])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.98, 1.0])
@pytest.mark.parametrize("n", [1, 2, 5, 30])
def test_mean_holds_where_nearly_all_give_the_best_score(n: int, share: float, metric: str) -> None:
    """Two answers, best and worst: Student's alone has no width in share^n of all samples. The
    lowest is .855 (thirty answers, 98 % the best)."""
    low, high = SCALES[metric]
    truth, total = share * high + (1 - share) * low, 0.0
    for k in range(n + 1):
        found = score_mean(np.repeat([float(high), float(low)], [k, n - k]), metric)
        assert low <= found.conf_low <= found.estimate <= found.conf_high <= high
        covers = found.conf_low - 1e-9 <= truth <= found.conf_high + 1e-9
        total += comb(n, k) * share**k * (1 - share) ** (n - k) * covers
    assert total >= 0.80


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("n", [1, 2, 5, 20, 50])
def test_wilson_holds_at_the_edges(n: int, share: float) -> None:
    chances = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    ends = [wilson(k, n) for k in range(n + 1)]
    total = sum(c for c, (low, high) in zip(chances, ends, strict=True) if low <= share <= high)
    assert total >= 0.83  # its known dips (Brown, Cai and DasGupta 2001)
