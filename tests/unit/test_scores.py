"""Scores: published and derived numbers (METHODS.md section 7, checks 1-8, 22, 24, 25), the
edges of every interval against brute force, and properties.

Not covered here: coverage of the intervals over simulated surveys (a study of its own).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexo.base.errors import ConfigError, ContractError
from nexo.evidence.sensitivity import e_value
from nexo.multiple import benjamini_hochberg, bonferroni
from nexo.scores import answers, boxes, change, estimate, nps, tables
from nexo.weights import kish

EXACT = 5e-4
"""The published numbers are printed with three digits."""

ONE_TO_FIFTEEN = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip
"""The 15 p-values of Benjamini and Hochberg (1995), section 4.1."""

COUNTS = st.tuples(*[st.integers(0, 60)] * 3).filter(lambda c: sum(c) > 0)
METHODS = ("wald", "adjusted_wald", "score")


# --- METHODS.md section 7 -----------------------------------------------------------------------
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


# --- Weights, clusters, finite populations ------------------------------------------------------
def test_weighted_interval_uses_n_over_deff() -> None:
    scores, weights = np.array([9, 7, 3, 10]), np.array([1.0, 1, 2, 4])
    counts = nps.nps_counts(scores, weights)
    assert counts.n == pytest.approx(4 / 1.375)
    assert counts.net == pytest.approx((1 + 4 - 2) / 8)


def test_copies_of_one_customer_add_nothing() -> None:
    rng = np.random.default_rng(3)
    scores = rng.integers(0, 11, 200)
    once = nps.nps_interval(nps.nps_counts(scores, clusters=np.arange(200)), "wald")
    thrice = nps.nps(np.tile(scores, 3), clusters=np.tile(np.arange(200), 3), method="wald")
    # The clustered variance has G/(G-1), hence the half per cent.
    assert thrice.std_error == pytest.approx(once.std_error, rel=0.005)
    assert (thrice.n_obs, thrice.n_clusters) == (600, 200)


def test_equal_answers_of_one_customer_count_once() -> None:
    # Ten answers of two customers, all promoters: no spread tells them apart.
    counts = nps.nps_counts(np.full(10, 10), clusters=np.repeat(["a", "b"], [5, 5]))
    assert counts.n == pytest.approx(2)
    lopsided = nps.nps_counts(np.full(10, 10), clusters=np.repeat(["a", "b"], [8, 2]))
    assert lopsided.n == pytest.approx(1 / (0.8**2 + 0.2**2))


def test_finite_population_factor() -> None:
    assert estimate.finite_population_factor(50, 101) == pytest.approx(np.sqrt(0.51))
    whole = nps.nps_interval(nps.Counts(20, 30, 50), "wald", population=100)
    assert whole.std_error == 0
    with pytest.raises(ConfigError, match="population"):
        nps.nps_interval(nps.Counts(20, 30, 50), "wald", population=99)


def test_a_census_of_customers_leaves_no_doubt_whatever_the_weights() -> None:
    scores = np.array([9.0, 10, 3, 7, 8, 9, 6, 10])
    customers = np.array(["a", "a", "b", "c", "d", "e", "f", "f"])
    weights = np.array([1.0, 3, 1, 2, 1, 1, 4, 1])
    whole = nps.nps(scores, weights, customers, population=6)
    assert whole.conf_low == whole.estimate == whole.conf_high
    half = nps.nps(scores, weights, customers, "wald", population=11)
    free = nps.nps(scores, weights, customers, "wald")
    assert half.std_error == pytest.approx(free.std_error * np.sqrt(5 / 10))


def test_no_spread_is_no_certainty() -> None:
    """All promoters twice: neither an interval of width zero nor a smallest change of zero."""
    plain = change.nps_difference(nps.Counts(0, 0, 40), nps.Counts(0, 0, 50))
    # Weights that do not sum to one in floating point: 1e-17 is no spread either.
    means = change.mean_difference(np.full(30, 5.0), np.full(37, 5.0))
    for found in (plain, means):
        assert found.estimate == pytest.approx(0)
        assert np.isnan([found.conf_low, found.conf_high, found.smallest_detectable]).all()
        assert np.isnan(found.p_value)


def test_smallest_change_for_planning_needs_power() -> None:
    # (1.959964 + 0.841621) x SE, Cohen's 80 % power.
    assert change.smallest_detectable_change(1.0, 0.95, 0.8) == pytest.approx(2.801585, abs=1e-5)


def test_a_change_among_the_same_customers_is_narrower() -> None:
    rng = np.random.default_rng(4)
    before = rng.choice([-100.0, 0.0, 100.0], 500)
    after = np.where(rng.random(500) < 0.8, before, 100.0)
    ids = np.arange(500)
    paired = change.mean_difference(after, before, ids, ids)
    apart = change.mean_difference(after, before, ids, ids + 500)
    expected = np.std(after - before) / np.sqrt(499)
    assert paired.std_error == pytest.approx(expected, rel=1e-9)
    assert paired.std_error < 0.7 * apart.std_error


def test_refusals() -> None:
    with pytest.raises(ContractError, match="11"):
        nps.nps_counts(np.array([9, 11]))
    with pytest.raises(ContractError, match=r"7\.5"):
        nps.nps_counts(np.array([7.5]))
    with pytest.raises(ContractError, match="csat_score"):
        boxes.top_two_box(np.array([6.0]), "csat")
    with pytest.raises(ConfigError, match="Allowed"):
        nps.nps_interval(nps.Counts(1, 1, 1), "jeffreys")  # type: ignore[arg-type]
    with pytest.raises(ConfigError):
        change.sample_size(0.5, 0)


def test_direction_of_ces() -> None:
    rng = np.random.default_rng(5)
    csat = rng.integers(1, 6, 300).astype(float)
    easy = np.clip(csat + rng.integers(0, 3, 300), 1, 7)
    assert boxes.check_direction(easy, csat).is_as_declared
    assert not boxes.check_direction(8 - easy, csat).is_as_declared


def test_covariance_of_class_shares() -> None:
    scores = np.repeat([3, 8, 10], [20, 30, 50]).astype(float)
    found = answers.class_shares(scores)
    p = np.array([0.2, 0.3, 0.5])
    assert found.shares == pytest.approx(p)
    # Multinomial covariance with n - 1, as a sample's.
    assert found.covariance == pytest.approx((np.diag(p) - np.outer(p, p)) / 99)


# --- Tables -------------------------------------------------------------------------------------
def survey_of(n: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    at = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 181 * 24, n), unit="h")
    return pd.DataFrame(
        {
            "customer_id": [f"c{i % 150}" for i in range(n)],
            "answered_at": pd.Series(at).where(np.arange(n) % 10 != 0),
            "channel": rng.choice(["web", "shop"], n),
            "nps_score": pd.array(rng.integers(0, 11, n), dtype="Int64"),
            "csat_score": pd.array(rng.integers(1, 6, n), dtype="Int64"),
        }
    )


def panel_for(survey: pd.DataFrame) -> pd.DataFrame:
    ids = sorted(set(survey["customer_id"]))
    segment = ["A" if i % 2 else "B" for i in range(len(ids))]
    return pd.DataFrame({"customer_id": ids, "landmark": "2025-06-30", "segment": segment})


def test_score_table_by_wave_and_group() -> None:
    survey = survey_of()
    found = tables.answers_of(survey, panel_for(survey), ["segment", "channel", "planet"], {})
    assert sorted(found["wave"].unique()) == ["2025-Q1", "2025-Q2"]
    assert len(found) == 360  # unanswered invitations are no answers
    table = tables.score_table(found, ["segment", "channel", "planet"], "adjusted_wald", 0.95)
    whole = table[(table["by"] == "") & (table["wave"] == "") & (table["outcome"] == "nps")]
    values = nps.class_values(survey.loc[survey["answered_at"].notna(), "nps_score"].to_numpy())
    assert whole["estimate"].item() == pytest.approx(100 * values.mean())
    assert whole["n_clusters"].item() == 135  # every tenth never answers
    assert set(table["by"]) == {"", "segment", "channel"}
    assert set(table.loc[table["by"] == "segment", "level"]) == {"A", "B"}
    assert set(table["outcome"]) == {"nps", "csat"}
    latest = table[(table["by"] == "") & (table["wave"] == "latest")]
    second = table[(table["by"] == "") & (table["wave"] == "2025-Q2")]
    assert latest["estimate"].tolist() == second["estimate"].tolist()


def test_small_waves_are_marked_and_stay_out_of_the_trend() -> None:
    survey = survey_of(400)
    first = pd.to_datetime(survey["answered_at"]) < pd.Timestamp("2025-04-01")
    survey = pd.concat([survey[first].head(20), survey[~first]])
    found = tables.answers_of(survey, panel_for(survey), [], {})
    table = tables.score_table(found, [], "wald", 0.95)
    small = table[(table["wave"] == "2025-Q1") & (table["by"] == "")]
    assert set(small["note"]) == {tables.TOO_FEW}
    assert tables.trend(found, "wald", 0.95)["wave"].tolist() == ["2025-Q2"]
    assert tables.change_table(found, 0.95).empty


def test_change_is_latest_less_previous() -> None:
    survey = survey_of()
    found = tables.answers_of(survey, panel_for(survey), [], {})
    row = tables.change_table(found, 0.95).iloc[0]
    trend = tables.trend(found, "wald", 0.95)["nps_points"]
    assert (row["wave_from"], row["wave_to"]) == ("2025-Q1", "2025-Q2")
    assert row["estimate"] == pytest.approx(trend.iloc[1] - trend.iloc[0])


def test_survey_alone_uses_its_own_weight() -> None:
    survey = survey_of().drop(columns="customer_id").assign(weight=2.0)
    found = tables.answers_of(survey, pd.DataFrame(), ["channel"], {})
    table = tables.score_table(found, ["channel"], "adjusted_wald", 0.95)
    assert set(table["weights"]) == {"none", "response"}
    both = table[(table["by"] == "") & (table["wave"] == "") & (table["outcome"] == "nps")]
    assert both["estimate"].nunique() == 1


def test_snapshot_is_one_wave() -> None:
    survey = survey_of().assign(answered_at=pd.NaT)
    found = tables.answers_of(survey, panel_for(survey), [], {}, is_dated=False)
    assert set(found["wave"]) == {"snapshot"}
    assert tables.trend(found, "wald", 0.95)["n_obs"].tolist() == [400]
