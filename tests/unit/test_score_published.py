"""Scores against published and derived numbers: METHODS.md section 7, checks 1-8, 22, 24, 25."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nexo.evidence.sensitivity import e_value
from nexo.multiple import benjamini_hochberg, bonferroni
from nexo.scores import boxes, change, nps
from nexo.weights import kish

EXACT = 5e-4
"""The published numbers are printed with three digits."""

ONE_TO_FIFTEEN = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip
"""The 15 p-values of Benjamini and Hochberg (1995), section 4.1."""


def test_check_1_nps_of_six_scores() -> None:
    counts = nps.nps_counts(np.array([0, 7, 7, 9, 9, 9]))
    found = nps.nps_interval(counts, "wald")
    assert found.estimate == pytest.approx(33.33, abs=0.005)
    assert counts.variance == pytest.approx(5 / 9)
    assert found.std_error / 100 == pytest.approx(0.304, abs=EXACT)


def test_check_2_wald() -> None:
    found = nps.nps_interval(nps.Counts(20, 30, 50), "wald")
    assert found.estimate == pytest.approx(30.0)
    assert (found.conf_low, found.conf_high) == pytest.approx((14.692, 45.308), abs=EXACT)


def test_check_3_adjusted_wald() -> None:
    counts = nps.Counts(20, 30, 50)
    assert 100 * nps.adjusted(counts).net == pytest.approx(29.126, abs=EXACT)
    found = nps.nps_interval(counts, "adjusted_wald")
    assert found.estimate == pytest.approx(30.0)
    assert (found.conf_low, found.conf_high) == pytest.approx((14.051, 44.201), abs=EXACT)
    edge = nps.nps_interval(nps.Counts(0, 0, 10), "adjusted_wald")
    assert (edge.conf_low, edge.conf_high) == pytest.approx((47.504, 100), abs=EXACT)


def test_check_4_score() -> None:
    found = nps.nps_interval(nps.Counts(2, 11, 18), "score")
    assert (found.conf_low, found.conf_high) == pytest.approx((26.092, 69.916), abs=EXACT)


def test_check_5_covariance_of_promoters_and_detractors() -> None:
    found = nps.nps_interval(nps.Counts(75, 675, 250), "wald")
    assert found.std_error == pytest.approx(1.716, abs=EXACT)


def test_check_6_difference() -> None:
    found = change.nps_difference(nps.Counts(200, 350, 450), nps.Counts(240, 360, 400))
    assert found.estimate == pytest.approx(9.0)
    assert found.std_error == pytest.approx(3.467, abs=EXACT)
    assert found.z == pytest.approx(2.596, abs=EXACT)
    assert found.smallest_detectable == pytest.approx(1.959964 * found.std_error)


def test_check_7_sample_size() -> None:
    assert change.sample_size(0.67, 5) == 1027


def test_answers_needed_from_the_latest_wave() -> None:
    waves = pd.DataFrame({"promoter_share": [0.1, 0.5], "detractor_share": [0.1, 0.2]})
    table = change.answers_needed(waves, (5, 2), method="wald").set_index("margin_points")
    assert table.loc[5, "n_answers"] == change.sample_size(0.7 - 0.3**2, 5, method="wald")
    # Without any wave the spread is the largest there is.
    assert change.answers_needed(waves.iloc[:0], [5])["n_answers"][0] == 1534


def test_check_8_wilson() -> None:
    assert boxes.wilson(15, 20) == pytest.approx((0.5313, 0.8881), abs=5e-5)


def test_check_22_benjamini_hochberg() -> None:
    assert benjamini_hochberg(ONE_TO_FIFTEEN).sum() == 4
    assert bonferroni(ONE_TO_FIFTEEN).sum() == 3


def test_check_24_e_value() -> None:
    assert e_value(3.9).point == pytest.approx(7.26, abs=0.005)


def test_check_25_kish() -> None:
    found = kish(np.array([1.0, 1, 2, 4]))
    assert found.deff == pytest.approx(1.375)
    assert found.n_eff == pytest.approx(2.909, abs=EXACT)
