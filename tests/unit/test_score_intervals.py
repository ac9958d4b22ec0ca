"""Intervals of scores: their edges against brute force, and properties.

Not covered here: coverage of the intervals over simulated surveys (a study of its own).
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexo.scores import boxes, nps

COUNTS = st.tuples(*[st.integers(0, 60)] * 3).filter(lambda c: sum(c) > 0)
METHODS = ("wald", "adjusted_wald", "score")


# --- Edges against brute force ------------------------------------------------------------------
def brute_force_score(counts: nps.Counts, z: float, grid: int = 1001) -> tuple[float, float]:
    """Nets that the score test does not refuse; under each null the likelihood of the three
    shares is maximised on a grid, and the variance taken there."""
    kept = []
    for net in np.linspace(-1, 1, grid):
        detractors = np.linspace(max(0, -net), (1 - net) / 2, 4001)
        promoters = detractors + net
        passives = np.maximum(1 - detractors - promoters, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = [
                np.where(k > 0, k * np.log(share), 0.0)
                for k, share in (
                    (counts.detractors, detractors),
                    (counts.passives, passives),
                    (counts.promoters, promoters),
                )
            ]
        best = int(np.argmax(np.sum(terms, axis=0)))
        variance = promoters[best] + detractors[best] - net**2
        gap = counts.net - net
        # On the edge of the scale the variance is zero: only an exact fit is not refused.
        if (variance > 1e-9 and abs(gap) <= z * np.sqrt(variance / counts.n)) or abs(gap) < 1e-9:
            kept.append(net)
    return 100 * min(kept), 100 * max(kept)


@pytest.mark.parametrize(
    "counts",
    [(0, 0, 1), (0, 1, 0), (1, 0, 0), (0, 0, 10), (0, 4, 6), (0, 10, 0), (3, 0, 4), (2, 11, 18)],
)
def test_score_interval_is_the_inverted_test(counts: tuple[int, int, int]) -> None:
    found = nps.nps_interval(nps.Counts(*counts), "score")
    low, high = brute_force_score(nps.Counts(*counts), 1.959964)
    # The grid is 0.2 points wide.
    assert (found.conf_low, found.conf_high) == pytest.approx((low, high), abs=0.25)


def test_adjusted_wald_by_adding_answers() -> None:
    # Three pseudo-answers: a detractor and a promoter of weight .75, a passive of weight 1.5.
    for counts in ((0, 0, 2), (0, 0, 25), (0, 3, 4)):
        values = np.array([-1.0, 0.0, 1.0])
        weight = np.array(counts) + np.array([0.75, 1.5, 0.75])
        centre = np.average(values, weights=weight)
        spread = np.average((values - centre) ** 2, weights=weight)
        half = 1.959964 * np.sqrt(spread / weight.sum())
        found = nps.nps_interval(nps.Counts(*counts), "adjusted_wald")
        expected = (100 * (centre - half), 100 * min(1.0, centre + half))
        assert (found.conf_low, found.conf_high) == pytest.approx(expected, abs=1e-4)


def test_wilson_at_the_edges_solves_its_equation() -> None:
    for successes, n in ((0, 1), (1, 1), (0, 10), (10, 10), (3, 7)):
        for end in boxes.wilson(successes, n):
            gap = (successes / n - end) ** 2
            assert gap == pytest.approx(1.959964**2 * end * (1 - end) / n, abs=1e-6)


def test_wald_has_no_width_without_spread() -> None:
    found = nps.nps_interval(nps.Counts(0, 0, 10), "wald")
    assert (found.estimate, found.conf_low, found.conf_high) == (100, 100, 100)


def test_no_answers_are_not_a_score() -> None:
    for method in METHODS:
        found = nps.nps_interval(nps.Counts(0, 0, 0), method)
        assert np.isnan([found.estimate, found.conf_low, found.conf_high]).all()
    assert np.isnan(boxes.mean_estimate(np.array([])).estimate)
    assert np.isnan(boxes.mean_estimate(np.array([4.0])).conf_low)


# --- Properties ---------------------------------------------------------------------------------
@given(COUNTS, st.sampled_from(METHODS))
def test_intervals_stay_on_the_scale_and_hold_the_estimate(counts, method) -> None:
    found = nps.nps_interval(nps.Counts(*counts), method)
    assert -100 <= found.conf_low <= found.conf_high <= 100
    assert found.conf_low - 1e-6 <= found.estimate <= found.conf_high + 1e-6


@given(COUNTS, st.sampled_from(METHODS))
def test_a_detractor_turned_promoter_raises_score_and_both_ends(counts, method) -> None:
    detractors, passives, promoters = counts
    before = nps.nps_interval(nps.Counts(detractors + 1, passives, promoters), method)
    after = nps.nps_interval(nps.Counts(detractors, passives, promoters + 1), method)
    assert after.estimate > before.estimate
    if method != "wald":  # Wald's ends may cross where the spread collapses
        assert after.conf_low >= before.conf_low - 1e-6
        assert after.conf_high >= before.conf_high - 1e-6


@given(COUNTS, st.sampled_from(METHODS))
def test_mirrored_counts_mirror_the_interval(counts, method) -> None:
    found = nps.nps_interval(nps.Counts(*counts), method)
    mirror = nps.nps_interval(nps.Counts(*counts[::-1]), method)
    expected = (-mirror.conf_high, -mirror.conf_low)
    assert (found.conf_low, found.conf_high) == pytest.approx(expected, abs=1e-6)


@given(st.lists(st.integers(0, 10), min_size=2, max_size=40), st.randoms())
def test_order_of_answers_does_not_matter(scores, random) -> None:
    weights = [1 + (score % 3) for score in scores]
    pairs = list(zip(scores, weights, strict=True))
    random.shuffle(pairs)
    first = nps.nps(np.array(scores), np.array(weights, dtype=float))
    second = nps.nps(np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs], dtype=float))
    assert first.conf_low == pytest.approx(second.conf_low)
    assert first.conf_high == pytest.approx(second.conf_high)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=40))
def test_equal_weights_change_nothing(scores) -> None:
    plain, weighted = (
        nps.nps(np.array(scores)),
        nps.nps(np.array(scores), np.full(len(scores), 3.0)),
    )
    assert weighted.conf_low == pytest.approx(plain.conf_low)
    assert weighted.std_error == pytest.approx(plain.std_error)
