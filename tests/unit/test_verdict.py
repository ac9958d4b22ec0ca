"""Holm intervals, the five verdicts and the joint covariance (METHODS.md section 1)."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexo.evidence import verdict
from nexo.evidence.verdict import Effect, headline_effect, joint_covariance, judge, rule
from nexo.multiple import (
    benjamini_hochberg,
    benjamini_hochberg_p,
    holm,
    holm_p,
    with_adjusted_p,
)

REPORTS = Path(__file__).parents[2] / "reports"
P_VALUES = st.lists(st.floats(0, 1, allow_nan=False), min_size=1, max_size=8)


@pytest.fixture(scope="module", autouse=True)
def heap_set_aside() -> Iterator[None]:
    """statsmodels' multipletests collects garbage in each call: a minute, late in the suite."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def effect(outcome: str, estimate: float, error: float, smallest: float = 0.1) -> Effect:
    return Effect(outcome, "u", estimate, error, 1000, float("nan"), smallest)


# --- Holm ---------------------------------------------------------------------------------------
def test_holm_by_hand_all_rejected() -> None:
    levels = holm([0.001, 0.02, 0.04])
    assert [level.confidence for level in levels] == pytest.approx([1 - 0.05 / 3, 0.975, 0.95])
    assert all(level.is_rejected for level in levels)


def test_holm_by_hand_second_fails_and_the_rest_keep_its_level() -> None:
    # .001 <= .05/3; .04 > .05/2 fails; .045 would pass .05/1 but comes after the failure.
    levels = holm([0.045, 0.001, 0.04])
    assert [level.confidence for level in levels] == pytest.approx([0.975, 1 - 0.05 / 3, 0.975])
    assert [level.is_rejected for level in levels] == [False, True, False]


def test_holm_by_hand_none_rejected() -> None:
    levels = holm([0.9, 0.02, 0.5])
    assert [level.confidence for level in levels] == pytest.approx([1 - 0.05 / 3] * 3)
    assert not any(level.is_rejected for level in levels)


def test_holm_of_one_and_of_none() -> None:
    assert holm([0.03])[0].confidence == pytest.approx(0.95)
    assert holm([]) == ()


@given(P_VALUES)
def test_holm_rejects_as_statsmodels(p_values: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    expected = multipletests(p_values, 0.05, method="holm")[0]
    ours = [level.is_rejected for level in holm(p_values)]
    # Ties with a limit may fall either way in the last digit.
    m = len(p_values)
    limits = [0.05 / (m - j) for j in range(m)]
    if not any(abs(p - limit) < 1e-12 for p in p_values for limit in limits):
        assert ours == list(expected)


@given(P_VALUES)
def test_benjamini_hochberg_rejects_as_statsmodels(p_values: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    expected = multipletests(p_values, 0.05, method="fdr_bh")[0]
    m = len(p_values)
    limits = [0.05 * (j + 1) / m for j in range(m)]
    if not any(abs(p - limit) < 1e-12 for p in p_values for limit in limits):
        assert benjamini_hochberg(p_values).tolist() == list(expected)


@given(P_VALUES)
def test_adjusted_p_values_equal_statsmodels(p_values: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    for name, ours in (("holm", holm_p), ("fdr_bh", benjamini_hochberg_p)):
        expected = multipletests(p_values, 0.05, method=name)[1]
        np.testing.assert_allclose(ours(p_values), expected, atol=1e-12)


def test_a_missing_p_value_stays_missing_and_does_not_count() -> None:
    found = benjamini_hochberg_p([0.01, float("nan"), 0.04])
    np.testing.assert_allclose(found, [0.02, np.nan, 0.04])


def test_each_family_is_adjusted_apart() -> None:
    table = pd.DataFrame({"term": list("abab"), "p_value": [0.01, 0.03, 0.04, None]}, index=[7] * 4)
    expected = [0.02, 0.03, 0.04, np.nan]
    for family in (["term"], table["term"] == "a"):
        found = with_adjusted_p(table, family)["p_value_adjusted"]
        np.testing.assert_allclose(found, expected)


def test_the_verdict_has_the_degrees_of_freedom_of_the_effect() -> None:
    """Two parts of a model may have other clusters: the interval is that of the fewer."""
    row = {
        "outcome": "revenue", "term": "nps_plus10", "contrast": "default_path", "unit": "u",
        "estimate": 1.0, "std_error": 0.5, "n_obs": 90, "n_clusters": 30, "weights": "none",
        "by": "", "degrees_of_freedom": 8.0,
    }  # fmt: skip
    status = {"outcome": "revenue", "is_identified": True, "unit": "u", "smallest_effect": 0.1}
    found = judge([headline_effect(status, pd.DataFrame([row]))])[0]
    from scipy.stats import t

    assert found.conf_high - 1.0 == pytest.approx(0.5 * t.ppf(0.975, 8))
    assert found.p_value == found.p_value_adjusted == pytest.approx(2 * t.sf(2, 8))
    assert found.degrees_of_freedom == 8


def test_nothing_known_claims_nothing() -> None:
    assert benjamini_hochberg([0.01, float("nan"), 0.03]).tolist() == [True, False, True]


# --- The rule -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("low", "high", "smallest", "word"),
    [
        (0.2, 0.4, 0.1, "supported"),
        (0.05, 0.4, 0.1, "supported"),  # may be small, but may matter
        (0.02, 0.08, 0.1, "too_small"),  # above zero, and still too small to matter
        (-0.05, 0.05, 0.1, "too_small"),
        (-0.1, 0.05, 0.1, "inconclusive"),  # an end on the smallest effect is not inside
        (-0.4, -0.2, 0.1, "opposite_sign"),
        (-0.08, -0.02, 0.1, "too_small"),
        (-0.1, 0.4, 0.1, "inconclusive"),
        (0.0, 0.4, 0.1, "inconclusive"),
        (-0.4, 0.0, 0.1, "inconclusive"),
        (0.2, 0.4, 0.0, "supported"),  # no smallest effect: nothing is too small
        (-0.1, 0.1, 0.0, "inconclusive"),
        (float("nan"), 0.4, 0.1, "not_identified"),
    ],
)
def test_rule(low: float, high: float, smallest: float, word: str) -> None:
    assert rule(low, high, smallest)[0] == word


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(0, 1e3))
def test_every_interval_has_exactly_one_verdict(middle, half, smallest) -> None:
    low, high = middle - half, middle + half
    word, reason = rule(low, high, smallest)
    assert word in {"supported", "opposite_sign", "too_small", "inconclusive"}
    assert reason
    if word == "supported":
        assert low > 0
    if word == "opposite_sign":
        assert high < 0


# --- The family ---------------------------------------------------------------------------------
def test_three_identified_outcomes() -> None:
    family = [
        effect("retention", 1, 0.1),
        effect("cross_selling", 0.2, 0.1),
        effect("revenue", 3, 2),
    ]
    found = {v.outcome: v for v in judge(family)}
    assert [v.outcome for v in judge(family)] == ["retention", "cross_selling", "revenue"]
    assert found["retention"].verdict == "supported"
    assert found["retention"].confidence == pytest.approx(1 - 0.05 / 3)
    # z = 2.0, p = .0455 > .05 / 2: alone it would stand, in the family it does not.
    assert found["cross_selling"].p_value == pytest.approx(0.0455, abs=1e-4)
    assert found["cross_selling"].verdict == "inconclusive"
    assert found["cross_selling"].confidence == pytest.approx(0.975)
    assert found["revenue"].confidence == pytest.approx(0.975)


def test_only_identified_outcomes_count_in_the_family() -> None:
    absent = Effect("retention", "u", reason_code="outcome_absent", smallest_effect=0.1)
    for others in ([absent], [absent, Effect("cross_selling", "u", reason_code="separation")]):
        found = judge([*others, effect("revenue", 0.2, 0.1)])
        assert found[-1].verdict == "supported"
        assert found[-1].confidence == pytest.approx(0.95)
        assert found[0].verdict == "not_identified"
        assert found[0].reason_code == "outcome_absent"
        assert np.isnan(found[0].conf_low)


def test_no_identified_outcome() -> None:
    found = judge([Effect(name, "", reason_code="no_behaviour") for name in ("a", "b", "c")])
    assert {v.verdict for v in found} == {"not_identified"}
    assert verdict.verdict_table(found)["reason_code"].tolist() == ["no_behaviour"] * 3


def test_zero_or_missing_standard_error_is_no_evidence() -> None:
    for error in (0.0, float("nan"), float("inf")):
        assert judge([effect("revenue", 1.0, error)])[0].verdict == "not_identified"


def test_few_clusters_use_t() -> None:
    few = Effect("revenue", "u", 1.0, 0.4, 100, 6, 0.1)
    found = judge([few])[0]
    # t(5), .975: 2.5706
    assert found.conf_low == pytest.approx(1 - 2.570582 * 0.4, abs=1e-6)
    assert found.verdict == "inconclusive"


@given(st.floats(-5, 5), st.floats(0.01, 2))
def test_interval_excludes_zero_exactly_when_holm_rejects(estimate: float, error: float) -> None:
    family = [effect("a", estimate, error, 0), effect("b", 1, 0.5, 0), effect("c", 0.1, 1, 0)]
    levels = holm([v.p_value for v in judge(family)])
    for found, level in zip(judge(family), levels, strict=True):
        excludes = found.conf_low > 0 or found.conf_high < 0
        allowed = 1 - level.confidence
        if abs(found.p_value - allowed) > 1e-9:
            assert excludes == level.is_rejected


def test_headline_effect_takes_the_plain_row_for_all_customers() -> None:
    columns = [
        "term",
        "contrast",
        "unit",
        "estimate",
        "std_error",
        "n_obs",
        "n_clusters",
        "weights",
        "by",
    ]
    rows = [
        ("nps_plus10", "default_path", "u", 9, 1, 10, 5, "response", np.nan),
        ("nps_plus10", "default_path", "u", 8, 1, 10, 5, "none", "segment"),
        ("nps_plus10", "passive_to_promoter", "u", 7, 1, 10, 5, "none", np.nan),
        ("nps_plus10", "default_path", "u", 1, 1, 10, 5, "none", np.nan),
    ]  # fmt: skip
    status = {"outcome": "revenue", "is_identified": True, "unit": "u", "smallest_effect": 2.0}
    found = headline_effect(status, pd.DataFrame(rows, columns=columns))
    assert (found.estimate, found.smallest_effect, found.freedom) == (1, 2.0, 4)
    refused = {"outcome": "revenue", "is_identified": False, "reason_code": "separation"}
    none = headline_effect(refused, pd.DataFrame(columns=columns))
    assert (none.reason_code, none.is_identified) == ("separation", False)


def test_holm_intervals_are_about_claims_and_not_about_all_three_at_once() -> None:
    """Three sure effects: together the intervals miss more often than 5 %, and the glossary of
    the reports must not say otherwise."""
    assert sum(1 - level.confidence for level in holm([1e-9, 1e-8, 1e-7])) > 0.09
    pages = [REPORTS / language / "technical.qmd" for language in ("en", "es")]
    for page, words in zip(pages, ("three together hold", "tres juntos acierten"), strict=True):
        text = page.read_text(encoding="utf-8")
        assert words not in text and "Holm" in text


# --- Joint covariance ---------------------------------------------------------------------------
def test_joint_covariance_stacks_on_the_customer() -> None:
    first = pd.DataFrame({"customer_id": ["b", "a"], "x:y": [2.0, 1.0]})
    second = pd.DataFrame({"customer_id": ["c", "b"], "x:y": [5.0, 3.0]})
    nothing = pd.DataFrame({"customer_id": []})
    table = joint_covariance({"one": first, "two": second, "three": nothing}).set_index("effect")
    assert list(table.columns) == list(table.index) == ["one|x:y", "two|x:y"]
    # a: 1*0; b: 2*3; c: 0*5
    assert table.to_numpy().tolist() == [[5.0, 6.0], [6.0, 34.0]]


def test_joint_covariance_of_nothing() -> None:
    table = joint_covariance({"one": pd.DataFrame({"customer_id": []})})
    assert list(table.columns) == ["effect"]
    assert table.empty
