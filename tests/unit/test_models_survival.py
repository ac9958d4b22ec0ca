"""Kaplan-Meier, restricted mean and the discrete-time hazard, by hand and on known worlds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.generalized_linear_model import GLM

from nexo.base.errors import ConfigError
from nexo.link import Sales, link
from nexo.link.churn import time_to_churn
from nexo.link.survival import influence_on, kaplan_meier, person_periods, restricted_mean
from nexo.link.task import make_task
from nexo.models.fit import family_named
from support.link_panel import META, link_params


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


def test_influence_values_give_kaplan_meier_and_its_restricted_mean() -> None:
    rng = np.random.default_rng(3)
    time, seen = rng.exponential(5, 500), rng.exponential(8, 500)
    days, left = np.minimum(time, seen), time <= seen
    curve = kaplan_meier(days, left.astype(float))
    until = np.array([2.0, 6.0])
    estimate, values = influence_on(days, left, until)
    for place, end in enumerate(until):
        mean = restricted_mean(curve, end)
        share = curve.survival[curve.time <= end][-1]
        np.testing.assert_allclose(estimate[:, place], [share, mean.estimate])
        errors = np.sqrt((values[:, place] ** 2).sum(axis=1))
        greenwood = curve.std_error[curve.time <= end][-1]
        np.testing.assert_allclose(errors, [greenwood, mean.std_error], rtol=1e-9)
    np.testing.assert_allclose(values.sum(axis=2), 0, atol=1e-12)


def test_influence_without_censoring_is_that_of_the_mean() -> None:
    time = np.random.default_rng(1).exponential(5, 400)
    estimate, values = influence_on(time, np.ones(400), np.array([100.0]))
    assert estimate[1, 0] == pytest.approx(time.mean())
    np.testing.assert_allclose(values[1, 0], (time - time.mean()) / 400, atol=1e-12)


def test_rossi_kept_by_hand(shared_data: Path) -> None:
    """Nobody is censored before week 52 (Fox and Carvalho 2012): counting is enough."""
    data = pd.read_csv(shared_data / "published" / "rossi.csv")
    weeks, arrested = data["week"].to_numpy(float), data["arrest"].to_numpy(bool)
    estimate, values = influence_on(weeks, arrested, np.array([52.0]))
    assert estimate[0, 0] == pytest.approx(318 / 432)
    assert estimate[1, 0] == pytest.approx(np.minimum(weeks, 52).mean())
    share = 318 / 432
    expected = np.sqrt(share * (1 - share) / 432)
    assert np.sqrt((values[0, 0] ** 2).sum()) == pytest.approx(expected)


@pytest.fixture(scope="module")
def leaving() -> tuple[pd.DataFrame, pd.Series]:
    """Risk of leaving of 0.6 and 1.5 times the passives', constant over the year, by class."""
    rng, n = np.random.default_rng(6), 3000
    score = rng.integers(4, 11, n)
    rate = np.select([score <= 6, score <= 8], [1.5, 1.0], 0.6) * 0.4
    segment = rng.choice(["home", "business"], n)
    days = np.ceil(365 * rng.exponential(1 / (rate * np.where(segment == "home", 1.3, 1))))
    ids = [f"{i:05x}" for i in range(n)]
    day = pd.Timestamp("2024-01-01")
    rows = pd.DataFrame({
        "customer_id": ids, "landmark": day, "wave": "2024-01-01", "is_reference": False,
        "nps_score": score, "ces_score": pd.NA, "csat_score": pd.NA, "segment": segment,
        "past_revenue_cents": np.nan, "is_retained": pd.array(days > 365, dtype="boolean"),
    })  # fmt: skip
    last = rows.assign(landmark=day + pd.Timedelta(days=400), is_reference=True)
    last["is_retained"] = pd.array([pd.NA] * n, dtype="boolean")
    left = pd.Series(day + pd.to_timedelta(days, unit="D"), index=pd.Index(ids))
    return pd.concat([rows, last], ignore_index=True), left


def test_months_kept_recover_known_hazards(leaving: tuple[pd.DataFrame, pd.Series]) -> None:
    panel, left = leaving
    params = link_params(controls=("segment",))
    found = link(panel, None, META, "retention", params, Sales(left_at=left))
    kept = found.more["months_kept"].set_index(["method", "term", "contrast"])
    is_home = panel["segment"].eq("home").mean()
    for name, ratio in (("detractor", 1.5), ("passive", 1.0), ("promoter", 0.6)):
        rates = 0.4 * ratio * np.array([1.3, 1.0])
        truth = 12 * ((1 - np.exp(-rates)) / rates) @ [is_home, 1 - is_home]
        for method in kept.index.unique("method"):
            row = kept.loc[(method, "nps_class", name)]
            # Days are rounded up: half a day of 365 later than the truth.
            assert abs(row["estimate"] - truth) < 3.3 * row["std_error"] + 12 / 730
            assert row["std_error"] < 0.2
    curve = found.more["survival"].set_index(["contrast", "month"])["estimate"]
    retained = 1 - panel.loc[panel["nps_score"] >= 9, "is_retained"].dropna().eq(False).mean()
    assert curve["promoter", 12.0] == pytest.approx(retained)
    checks = found.diagnostics.set_index("check")["value"]
    assert checks["proportional_hazards"] > 0.01


def test_months_kept_are_weighted_to_all_active(leaving: tuple[pd.DataFrame, pd.Series]) -> None:
    panel, left = leaving
    keys = panel[["customer_id", "landmark"]]
    weights = keys.assign(weight=np.where(panel["segment"] == "home", 1.0, 1e-9))
    is_last = ~panel["is_reference"] | (panel["segment"] == "home")
    kept = []
    for table, given in ((panel, weights), (panel[is_last], None), (panel, None)):
        task = make_task(table, META, "retention", link_params(controls=("segment",)), given)
        found = time_to_churn(task, left).months_kept
        kept.append(found[found["method"].str.startswith("cloglog")]["estimate"].to_numpy())
    np.testing.assert_allclose(kept[0], kept[1], rtol=1e-6)
    assert np.abs(kept[0] - kept[2])[:3].min() > 0.05


def test_hazards_that_cross_are_not_proportional(leaving: tuple[pd.DataFrame, pd.Series]) -> None:
    panel, left = leaving
    early = panel["nps_score"].to_numpy()[: len(left)] <= 6
    days = (left - pd.Timestamp("2024-01-01")).dt.days
    bent = days.where(~early, np.where(days <= 365, np.ceil(days**2 / 365), days))
    moved = pd.Timestamp("2024-01-01") + pd.to_timedelta(bent, unit="D")
    params = link_params(controls=("segment",))
    found = link(panel, None, META, "retention", params, Sales(left_at=moved))
    check = found.diagnostics.set_index("check").loc["proportional_hazards"]
    assert check["value"] < 0.001 and not check["is_ok"]


def test_without_days_of_leaving_there_is_a_note(leaving: tuple[pd.DataFrame, pd.Series]) -> None:
    panel, left = leaving
    none = Sales(left_at=pd.Series(pd.NaT, index=left.index))
    found = link(panel, None, META, "retention", link_params(controls=("segment",)), none)
    assert "months_kept" not in found.more
    codes = found.diagnostics.set_index("check")["message_code"]
    assert codes["time_to_churn"] == "leaving_undated"
