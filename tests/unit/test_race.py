"""The metric race: the true driver wins, noise is rarely called useful, and no row is judged by
a model that saw its customer or a later wave.

The study of 500 worlds belongs to the benchmarks; here 60 small ones.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nexo.evidence import forecast, race
from nexo.evidence.forecast import behaviour, losses
from nexo.models.outcomes import OUTCOMES
from support.evidence_worlds import CONTROLS, World, panel_of

FEW = ["tenure_days", "past_revenue_cents", "segment"]


def run(panel: pd.DataFrame, outcome: str, controls: list[str] = CONTROLS) -> pd.DataFrame:
    found = race.run_race(panel, OUTCOMES[outcome], controls, 20, 1)
    return race.with_verdicts(found, 0.001).set_index("metric")


@pytest.mark.parametrize("outcome", ["retention", "cross_selling", "revenue"])
def test_the_true_driver_wins(outcome: str) -> None:
    panel = panel_of(World(n_customers=4000, n_waves=5, nps_effect=0.35, seed=2))
    table = run(panel, outcome)
    assert table.loc["nps_points", "verdict_code"] == "useful"
    assert table.loc[["csat", "ces", "top2_box"], "verdict_code"].eq("adds_nothing").all()
    assert table["gain"].drop("all").idxmax() == "nps_points"
    assert table.loc["nps_points", "conf_low"] > 0
    assert table["n_obs"].nunique() == 1


def test_noise_is_rarely_useful() -> None:
    """60 worlds, three noise scores and their unions: each metric at most 5 % of worlds, that is
    at most 8 of 60 with chance .999 (binomial)."""
    useful = dict.fromkeys(race.METRICS, 0)
    for seed in range(60):
        panel = panel_of(World(n_customers=500, n_waves=3, nps_effect=0.0, seed=100 + seed))
        rng = np.random.default_rng(seed)
        known = panel["nps_score"].notna()
        panel.loc[known, "nps_score"] = rng.integers(0, 11, int(known.sum()))
        table = race.run_race(panel, OUTCOMES["retention"], FEW, 5, seed)
        # One claim a metric, before the correction for several: the stricter test of the two.
        for metric, p_value in zip(table["metric"], table["p_value"], strict=True):
            useful[metric] += bool(p_value <= 0.05)
    assert max(useful.values()) <= 8, useful


def test_train_and_test_share_no_customer_and_time_runs_forward() -> None:
    rng = np.random.default_rng(1)
    waves = rng.choice(["2024-01-01", "2024-04-01", "2024-07-01"], 300)
    customers = rng.integers(0, 80, 300)
    tested = []
    for train, test in race.splits(waves, customers, 7):
        assert not set(customers[train]) & set(customers[test])
        assert max(waves[train]) < min(waves[test])
        tested += test.tolist()
    assert sorted(tested) == np.flatnonzero(waves == "2024-07-01").tolist()


def test_one_wave_is_split_by_customer_alone() -> None:
    customers = np.arange(100) // 2
    tested = []
    for train, test in race.splits(np.full(100, "snapshot"), customers, 7):
        assert not set(customers[train]) & set(customers[test])
        assert len(train) + len(test) == 100
        tested += test.tolist()
    assert sorted(tested) == list(range(100))


def test_a_level_in_which_nobody_left_does_not_separate_the_baseline() -> None:
    """Its dummy would run to a chance of 1, and one leaver among those tested would cost more
    than all that a metric can gain."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"region": rng.choice(["A", "B"], 400)})
    frame.loc[:9, "region"] = "rare"
    stays = rng.random(400) < 0.85
    stays[:10] = True
    train = np.arange(400)
    of_retention = behaviour(frame, train, stays, ["region"], 5, "binomial")
    assert of_retention.shape[1] == 2  # the intercept, and one of A and B
    # Counts have no upper end: all customers with an event tell a rate like any other.
    assert behaviour(frame, train, stays, ["region"], 5, "poisson").shape[1] == 3


def test_gain_by_hand_and_clustered() -> None:
    baseline, loss = np.array([1.0, 2.0, 3.0, 2.0]), np.array([0.5, 2.0, 2.0, 1.5])
    found = race.gain(baseline, loss, np.array([1, 2, 3, 4]))
    assert found.gain == pytest.approx(1 - 6 / 8)
    influence = ((baseline - loss) - 0.25 * baseline) / 8
    assert found.std_error == pytest.approx(np.sqrt(4 / 3 * np.sum(influence**2)))
    assert found.conf_low == pytest.approx(0.25 - 1.644854 * found.std_error, abs=1e-6)
    doubled = race.gain(np.tile(baseline, 2), np.tile(loss, 2), np.tile([1, 2, 3, 4], 2))
    assert doubled.std_error == pytest.approx(found.std_error)


def test_no_difference_claims_nothing() -> None:
    found = race.gain(np.ones(10), np.ones(10), np.arange(10))
    assert found.gain == 0
    assert np.isnan(found.p_value)


def test_losses_are_those_of_statsmodels() -> None:
    from statsmodels.genmod import families

    y, mean = np.array([0.0, 1.0, 3.0]), np.array([0.2, 0.7, 2.5])
    deviance = families.Poisson().resid_dev(y, mean) ** 2
    assert losses(y, mean, "poisson") == pytest.approx(deviance)
    binary, chance = np.array([0.0, 1.0]), np.array([0.2, 0.7])
    assert 2 * losses(binary, chance, "binomial") == pytest.approx(
        families.Binomial().resid_dev(binary, chance) ** 2
    )


def test_a_metric_without_scores_is_not_run() -> None:
    panel = panel_of(World(n_customers=600)).assign(ces_score=pd.NA)
    table = run(panel, "retention", FEW)
    assert table.loc["ces", "verdict_code"] == "not_run"
    assert np.isnan(table.loc["ces", "gain"])
    assert table.loc["all", "verdict_code"] != "not_run"


def test_a_scarce_metric_does_not_shrink_the_sample_of_the_others() -> None:
    panel = panel_of(World(n_customers=3000, n_waves=3))
    panel.loc[np.arange(len(panel)) % 4 != 0, "ces_score"] = pd.NA
    plenty, scarce = race.common_samples(panel, OUTCOMES["retention"])
    seen = panel["nps_score"].notna() & panel["is_retained"].notna()
    assert plenty.metrics == ("nps_points", "nps_class", "top2_box", "csat")
    assert len(plenty.y) == seen.sum()
    assert scarce.metrics == ("ces", "all")
    assert len(scarce.y) == (seen & panel["ces_score"].notna()).sum()
    table = run(panel, "retention", FEW)
    assert table.loc["ces", "n_obs"] == table.loc["all", "n_obs"] < table.loc["csat", "n_obs"]


def test_a_metric_too_scarce_to_judge_is_not_run() -> None:
    panel = panel_of(World(n_customers=1000))
    panel.loc[np.arange(len(panel)) % 20 != 0, "ces_score"] = pd.NA
    table = run(panel, "retention", FEW)
    assert table.loc[["ces", "all"], "verdict_code"].eq("not_run").all()
    assert (table.loc[["nps_points", "csat"], "verdict_code"] != "not_run").all()


def test_too_few_rows_run_nothing() -> None:
    table = run(panel_of(World(n_customers=60)), "retention", FEW)
    assert set(table["verdict_code"]) == {"not_run"}


def test_a_small_gain_is_not_worth_a_survey() -> None:
    rows = pd.DataFrame(
        {"gain": [0.002, 0.0005], "p_value": [1e-6, 1e-6], "verdict_code": ["", ""]}
    )
    assert race.with_verdicts(rows, 0.001)["verdict_code"].tolist() == ["useful", "adds_nothing"]


def test_measures_beside_the_loss_by_hand() -> None:
    y, mean = np.array([1.0, 0, 1, 0]), np.array([0.9, 0.2, 0.4, 0.4])
    brier, auc, error = forecast.measures(y, mean, "binomial")
    assert brier == pytest.approx((0.01 + 0.04 + 0.36 + 0.16) / 4)
    # Pairs of an event and a non-event: 0.9 above both; 0.4 above 0.2 and level with 0.4.
    assert auc == pytest.approx((1 + 1 + 1 + 0.5) / 4)
    assert np.isnan(error)
    assert forecast.measures(np.array([10.0, 20.0]), np.array([12.0, 15.0]), "gaussian")[2] == 3.5


def test_the_true_driver_also_leads_by_the_other_measures() -> None:
    panel = panel_of(World(n_customers=4000, n_waves=5, nps_effect=0.35, seed=2))
    table = run(panel, "retention")
    assert table.loc["nps_points", "auc"] > table.loc["nps_points", "baseline_auc"] + 0.01
    assert table.loc["nps_points", "brier_score"] < table.loc["nps_points", "baseline_brier_score"]
    assert table.loc["csat", "auc"] == pytest.approx(table.loc["csat", "baseline_auc"], abs=0.01)
