"""E-values and robustness values against their published examples."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nexo.base.errors import ConfigError
from nexo.evidence.sensitivity import e_value, linear_rows, ratio_rows, robustness_value


def test_e_value_of_vanderweele_and_ding() -> None:
    # Annals of Internal Medicine 2017: RR 3.9 (1.8, 8.7) -> 7.26 and 3.0.
    found = e_value(3.9, 1.8, 8.7)
    assert found.point == pytest.approx(7.26, abs=0.005)
    assert found.interval == pytest.approx(3.0, abs=0.005)


def test_protective_ratios_are_turned_over() -> None:
    assert e_value(1 / 3.9, 1 / 8.7, 1 / 1.8).point == pytest.approx(e_value(3.9).point)
    assert e_value(1 / 3.9, 1 / 8.7, 1 / 1.8).interval == pytest.approx(3.0, abs=0.005)


def test_interval_over_one_needs_no_unseen_cause() -> None:
    assert e_value(1.2, 0.9, 1.6).interval == 1.0
    assert e_value(0.8, 0.5, 1.1).interval == 1.0
    assert e_value(1.0).point == 1.0
    with pytest.raises(ConfigError):
        e_value(0.0)


def test_robustness_value_of_cinelli_and_hazlett() -> None:
    # JRSS B 2020, table 1, Darfur: t = 4.18 with 783 degrees of freedom:
    # partial R2 2.2 %, RV 13.9 %, RV for significance 7.6 %.
    found = robustness_value(4.18, 783)
    assert found.partial_correlation**2 == pytest.approx(0.022, abs=0.0005)
    assert found.value == pytest.approx(0.139, abs=0.0005)
    assert found.value_significant == pytest.approx(0.076, abs=0.0005)


def test_robustness_value_brings_the_effect_to_zero() -> None:
    # A cause with this share of both residual variances has bias |t| se, by their equation:
    # bias = se sqrt(df R2_y R2_d / (1 - R2_d)).
    t, freedom = 7.0, 500.0
    share = robustness_value(t, freedom).value
    assert np.sqrt(freedom * share * share / (1 - share)) == pytest.approx(t)


def test_not_significant_has_no_robustness_to_lose() -> None:
    assert robustness_value(1.0, 500).value_significant == 0.0
    assert robustness_value(-7.0, 500).value == robustness_value(7.0, 500).value
    assert robustness_value(-7.0, 500).partial_correlation < 0
    with pytest.raises(ConfigError):
        robustness_value(2.0, 1)


def effects_of(promoter: float, detractor: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "term": "nps_class",
            "contrast": ["detractor", "promoter"],
            "estimate": [detractor, promoter],
            "weights": "none",
            "by": "",
            "n_obs": 10,
            "n_clusters": 5,
        }
    )


def covariance_for(outcome: str, variance: float) -> pd.DataFrame:
    names = [f"{outcome}|nps_class:{group}" for group in ("detractor", "promoter")]
    table = pd.DataFrame(np.eye(2) * variance, columns=names)
    table.insert(0, "effect", names)
    return table


def test_ratio_of_means_by_delta() -> None:
    rows = ratio_rows("revenue", effects_of(300, 200), covariance_for("revenue", 100), 1.96)
    ratio, point, interval = rows
    assert ratio["estimate"] == pytest.approx(1.5)
    half = 1.96 * np.sqrt(100 / 300**2 + 100 / 200**2)
    assert ratio["conf_low"] == pytest.approx(1.5 * np.exp(-half))
    assert point["estimate"] == pytest.approx(1.5 + np.sqrt(0.75))
    assert interval["estimate"] == pytest.approx(e_value(1.5 * np.exp(-half)).point)


def test_retention_is_told_by_leaving() -> None:
    rows = ratio_rows("retention", effects_of(0.95, 0.90), covariance_for("retention", 1e-4), 1.96)
    assert rows[0]["term"] == "leaving_ratio"
    assert rows[0]["estimate"] == pytest.approx(0.5)


def test_without_class_means_there_is_no_ratio() -> None:
    empty = pd.DataFrame({"effect": pd.Series(dtype=str)})
    assert ratio_rows("revenue", effects_of(3, 2), empty, 1.96) == []
    assert len(linear_rows("revenue", 4.18, 783, 790)) == 3
