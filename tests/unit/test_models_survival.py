"""Kaplan-Meier, restricted mean and the discrete-time hazard, by hand and on known worlds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.generalized_linear_model import GLM

from nexo.errors import ConfigError
from nexo.models.fit import family_named
from nexo.models.survival import kaplan_meier, person_periods, restricted_mean


def test_kaplan_meier_by_hand() -> None:
    # times 1, 2+, 3, 3, 4+: S = 4/5 after 1, then 4/5 x 1/3 after 3
    curve = kaplan_meier(np.array([1.0, 2, 3, 3, 4]), np.array([1, 0, 1, 1, 0]))
    inside = curve.n_events > 0
    np.testing.assert_allclose(curve.time[inside], [1, 3])
    np.testing.assert_allclose(curve.survival[inside], [4 / 5, 4 / 15])
    np.testing.assert_allclose(curve.n_at_risk[inside], [5, 3])
    greenwood = (4 / 15) * np.sqrt(1 / (5 * 4) + 2 / (3 * 1))
    assert curve.std_error[inside][1] == pytest.approx(greenwood)


def test_restricted_mean_by_hand() -> None:
    curve = kaplan_meier(np.array([1.0, 2, 3, 3, 4]), np.array([1, 0, 1, 1, 0]))
    found = restricted_mean(curve, 4.0)
    # 1 + (4/5) 2 + (4/15) 1; areas after the events 1 and 3: 1.6 + .2667, and .2667
    assert found.estimate == pytest.approx(1 + 8 / 5 + 4 / 15)
    variance = (28 / 15) ** 2 * 1 / (5 * 4) + (4 / 15) ** 2 * 2 / (3 * 1)
    assert found.std_error == pytest.approx(np.sqrt(variance))


def test_restricted_mean_without_censoring_is_the_mean() -> None:
    time = np.random.default_rng(1).exponential(5, 400)
    found = restricted_mean(kaplan_meier(time, np.ones(400)), 100.0)
    assert found.estimate == pytest.approx(time.mean())
    assert found.std_error == pytest.approx(time.std() / np.sqrt(400), rel=1e-9)


def test_person_periods_count_those_at_risk() -> None:
    frame = pd.DataFrame(
        {"id": list("abcd"), "time": [10.0, 60.0, 61.0, 400.0], "left": [1, 1, 0, 0]}
    )
    long = person_periods(frame, "time", "left", length=30.0, n_periods=12)
    counts = long.groupby("id")["period"].max().to_dict()
    assert counts == {"a": 1, "b": 2, "c": 2, "d": 12}  # c's third period is not whole
    assert long.groupby("id")["has_left"].sum().to_dict() == {"a": 1, "b": 1, "c": 0, "d": 0}
    assert person_periods(frame.tail(1).assign(time=5.0), "time", "left", 30.0, 12).empty


def test_grouped_hazard_recovers_the_hazard_ratio() -> None:
    rng = np.random.default_rng(2)
    n, beta = 20_000, 0.5  # hazard ratio exp(.5) between two groups, censored at 12 months
    group = rng.integers(0, 2, n)
    time = rng.exponential(1 / (0.03 * np.exp(beta * group)))
    frame = pd.DataFrame({"group": group, "time": np.minimum(time, 12.0), "left": time < 12})
    long = person_periods(frame, "time", "left", 1.0, 12)
    dummies = pd.get_dummies(long["period"], dtype=float).to_numpy()
    design = np.column_stack([dummies, long["group"]])
    found = GLM(long["has_left"].to_numpy(), design, family=family_named("cloglog")).fit()
    assert abs(found.params[-1] - beta) < 3 * found.bse[-1]
    assert found.bse[-1] < 0.05


def test_survival_refuses_missing_times() -> None:
    with pytest.raises(ConfigError, match="dates of leaving"):
        kaplan_meier(np.array([1.0, np.nan]), np.array([1, 0]))
