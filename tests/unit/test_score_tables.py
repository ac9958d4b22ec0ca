"""From the answers of a survey to its scores: weights, clusters, finite populations, changes
between waves, and the tables by wave and group."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nexo.base.errors import ConfigError, ContractError
from nexo.scores import answers, boxes, change, counting, estimate, nps, tables


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
    found = counting.answers_of(survey, panel_for(survey), ["segment", "channel", "planet"], {})
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
    found = counting.answers_of(survey, panel_for(survey), [], {})
    table = tables.score_table(found, [], "wald", 0.95)
    small = table[(table["wave"] == "2025-Q1") & (table["by"] == "")]
    assert set(small["note"]) == {tables.TOO_FEW}
    assert tables.trend(found, "wald", 0.95)["wave"].tolist() == ["2025-Q2"]
    assert tables.change_table(found, 0.95).empty


def test_change_is_latest_less_previous() -> None:
    survey = survey_of()
    found = counting.answers_of(survey, panel_for(survey), [], {})
    row = tables.change_table(found, 0.95).iloc[0]
    trend = tables.trend(found, "wald", 0.95)["nps_points"]
    assert (row["wave_from"], row["wave_to"]) == ("2025-Q1", "2025-Q2")
    assert row["estimate"] == pytest.approx(trend.iloc[1] - trend.iloc[0])


def test_the_latest_wave_is_also_held_against_a_year_before_and_the_first() -> None:
    n = 90
    starts = ["2023-02-01", "2023-11-01", "2024-02-01", "2024-11-01", "2025-02-01"]
    survey = pd.concat(
        [
            survey_of(n).assign(answered_at=pd.Timestamp(at), nps_score=np.arange(n) % (9 + i // 2))
            for i, at in enumerate(starts)
        ],
        ignore_index=True,
    )
    found = counting.answers_of(survey, panel_for(survey), [], {})
    table = tables.change_table(found, 0.95)
    own = table[table["outcome"] == "nps"].set_index("contrast")
    compared = {"latest_vs_previous": "2024-Q4", "latest_vs_year_before": "2024-Q1"}
    compared["latest_vs_first"] = "2023-Q1"
    assert own["wave_from"].to_dict() == compared
    points = tables.trend(found, "wald", 0.95).set_index("wave")["nps_points"]
    for contrast, wave in compared.items():
        assert own.loc[contrast, "estimate"] == pytest.approx(points["2025-Q1"] - points[wave])
    # No wave twice: where the first is the one before, or that of a year before.
    assert tables.compared_waves(["2024-Q4", "2025-Q1"]) == [("latest_vs_previous", "2024-Q4")]
    names = [name for name, _ in tables.compared_waves(["2024-Q1", "2024-Q4", "2025-Q1"])]
    assert names == ["latest_vs_previous", "latest_vs_year_before"]
    assert tables.compared_waves(["2025-Q1"]) == []


def test_groups_of_customers_hold_those_who_were_active_at_no_landmark_too() -> None:
    survey = survey_of()
    panel = panel_for(survey).iloc[:40]
    customers = pd.DataFrame({"customer_id": sorted(set(survey["customer_id"]))})
    customers["segment"] = np.where(np.arange(len(customers)) % 3, "A", "C")
    every = counting.answers_of(survey, panel, ["segment"], {}, customers=customers)
    assert every["segment"].notna().all() and set(every["segment"]) == {"A", "C"}
    fewer = counting.answers_of(survey, panel, ["segment"], {})
    assert fewer["segment"].isna().any() and set(fewer["segment"].dropna()) == {"A", "B"}


def test_survey_alone_uses_its_own_weight() -> None:
    survey = survey_of().drop(columns="customer_id").assign(weight=2.0)
    found = counting.answers_of(survey, pd.DataFrame(), ["channel"], {})
    table = tables.score_table(found, ["channel"], "adjusted_wald", 0.95)
    assert set(table["weights"]) == {"none", "response"}
    both = table[(table["by"] == "") & (table["wave"] == "") & (table["outcome"] == "nps")]
    assert both["estimate"].nunique() == 1


def test_snapshot_is_one_wave() -> None:
    survey = survey_of().assign(answered_at=pd.NaT)
    found = counting.answers_of(survey, panel_for(survey), [], {}, is_dated=False)
    assert set(found["wave"]) == {"snapshot"}
    assert tables.trend(found, "wald", 0.95)["n_obs"].tolist() == [400]
