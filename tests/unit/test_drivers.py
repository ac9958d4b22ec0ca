"""Drivers: LMG and Johnson's weights against hand examples and each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexo.evidence.drivers import design_of, driver_rows, performance_of, weights_of
from nexo.evidence.importance import importance, jackknife, moments, relative_weights
from nexo.evidence.robustness import DRAWN_FROM, one_landmark
from nexo.models.outcomes import OUTCOMES
from support.evidence_worlds import World, panel_of


def moment_of(correlation: np.ndarray, n: int = 1000) -> np.ndarray:
    """Cross-products of [1, x.., y] with means 0 and this covariance."""
    size = len(correlation) + 1
    moment = np.zeros((size, size))
    moment[0, 0] = n
    moment[1:, 1:] = n * correlation
    return moment


def two(r1: float, r2: float, r12: float) -> np.ndarray:
    return np.array([[1, r12, r1], [r12, 1, r2], [r1, r2, 1]], dtype=float)


def test_two_predictors_by_hand() -> None:
    # r1 = .5, r2 = .4, r12 = .3: R2 = (.25 + .16 - 2*.5*.4*.3) / (1 - .09) = .29 / .91;
    # LMG1 = (.25 + (R2 - .16)) / 2, and so for 2.
    found = importance(moment_of(two(0.5, 0.4, 0.3)), {"a": [0], "b": [1]})
    r2 = 0.29 / 0.91
    assert found.r_squared == pytest.approx(r2)
    assert found.lmg == pytest.approx([(0.25 + r2 - 0.16) / 2, (0.16 + r2 - 0.25) / 2])


def test_two_predictors_lmg_equals_johnson() -> None:
    # With two predictors the two methods give the same shares (Johnson 2000; Thomas et al. 2014).
    found = importance(moment_of(two(0.5, 0.4, 0.3)), {"a": [0], "b": [1]})
    assert found.johnson == pytest.approx(found.lmg)


def test_orthogonal_predictors_keep_their_squared_correlation() -> None:
    correlation = np.eye(4)
    correlation[:3, 3] = correlation[3, :3] = [0.5, 0.3, 0.1]
    found = importance(moment_of(correlation), {"a": [0], "b": [1], "c": [2]})
    assert found.lmg == pytest.approx([0.25, 0.09, 0.01])
    assert found.johnson == pytest.approx([0.25, 0.09, 0.01])


@given(st.integers(0, 10_000))
def test_shares_sum_to_r_squared_and_are_not_negative(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(60, 5)) @ rng.normal(size=(5, 5))
    y = x @ rng.normal(size=5) + rng.normal(size=60)
    found = importance(
        moments(x, y, np.zeros(60, dtype=int))[0], {"a": [0, 1], "b": [2], "c": [3, 4]}
    )
    full = np.column_stack([np.ones(60), x])
    rest = y - full @ np.linalg.lstsq(full, y, rcond=None)[0]
    r2 = 1 - rest @ rest / np.sum((y - y.mean()) ** 2)
    assert found.lmg.sum() == pytest.approx(r2, abs=1e-9)
    assert found.johnson.sum() == pytest.approx(r2, abs=1e-6)
    assert found.lmg.min() >= -1e-9
    assert found.johnson.min() >= 0


def test_a_doubled_column_shares_its_weight() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 1))
    y = x[:, 0] + rng.normal(size=200)
    both = moments(np.column_stack([x, x]), y, np.zeros(200, dtype=int))[0]
    found = importance(both, {"a": [0], "b": [1]})
    assert found.lmg[0] == pytest.approx(found.lmg[1])
    assert found.johnson[0] == pytest.approx(found.johnson[1])
    assert relative_weights(np.eye(1), np.array([0.5])) == pytest.approx([0.25])


def test_jackknife_error_is_that_of_repeated_samples() -> None:
    rng = np.random.default_rng(2)

    def sample() -> tuple[np.ndarray, np.ndarray]:
        x = rng.normal(size=(1000, 2))
        return x, x @ [0.5, 0.2] + rng.normal(size=1000)

    columns, groups = {"a": [0], "b": [1]}, np.arange(1000) % 50
    draws = [jackknife(moments(*sample(), groups), columns)[:2] for _ in range(150)]
    spread = np.std([found.lmg for found, _ in draws], axis=0)
    told = np.mean([error for _, error in draws], axis=0)
    # 150 draws know a standard deviation to 6 %, the jackknife of 50 groups to 10 %.
    assert told == pytest.approx(spread, rel=0.2)


def test_the_true_driver_leads_the_scores() -> None:
    panel = panel_of(World(n_customers=3000, nps_effect=0.3))
    frame = one_landmark(panel, OUTCOMES["revenue"], 1)
    rows = {row["driver"]: row for row in driver_rows(frame, OUTCOMES["revenue"])}
    assert rows["nps_score"]["conf_low"] > rows["ces_score"]["conf_high"]
    assert 0 < rows["nps_score"]["performance"] < 1
    assert np.isnan(rows["past_purchases"]["performance"])
    total = sum(row["importance_lmg"] for row in rows.values())
    assert total == pytest.approx(sum(row["importance_johnson"] for row in rows.values()), rel=1e-6)


def test_scarce_scores_stay_out() -> None:
    panel = panel_of(World(n_customers=1500))
    panel.loc[np.arange(len(panel)) % 50 != 0, "ces_score"] = None
    frame = one_landmark(panel, OUTCOMES["retention"], 1)
    drivers = {row["driver"] for row in driver_rows(frame, OUTCOMES["retention"])}
    assert "ces_score" not in drivers
    assert {"nps_score", "csat_score", "wave"} <= drivers
    assert driver_rows(frame.head(100), OUTCOMES["retention"]) == []


def test_empty_blocks_are_left_out() -> None:
    panel = panel_of(World(n_customers=100)).assign(region=None, n_past_orders=3)
    design, places = design_of(
        panel, {"where": ("region",), "orders": ("n_past_orders",), "t": ("tenure_days",)}
    )
    assert list(places) == ["t"]
    assert design.shape == (len(panel), 1)


def test_performance_is_weighted_by_what_each_row_stands_for() -> None:
    scores = pd.Series([0.0, 10.0, np.nan, 10.0])
    weights = np.array([3.0, 1.0, 5.0, np.nan])
    assert performance_of(scores, "nps_score", weights) == pytest.approx(0.25)
    assert np.isnan(performance_of(scores, "nps_score", np.zeros(4)))


def test_a_row_stands_for_its_draw_and_its_weight() -> None:
    rows = pd.DataFrame({DRAWN_FROM: [4, 1], "weight": [0.5, 3.0]})
    assert weights_of(rows).tolist() == [2.0, 3.0]
    assert weights_of(rows[[DRAWN_FROM]]).tolist() == [4.0, 1.0]
