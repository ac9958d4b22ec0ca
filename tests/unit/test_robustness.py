"""Negative controls and the specification curve: one landmark a customer, least squares, HC1."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from nexo.evidence.curve import CHOICES, excluded, specification_rows
from nexo.evidence.negative import (
    before_survey_row,
    earlier_controls,
    permuted_row,
    permuted_score,
)
from nexo.evidence.robustness import linear_effect, linear_sample, one_landmark
from nexo.models.outcomes import OUTCOMES
from support.evidence_worlds import CONTROLS, World, panel_of

REVENUE, RETENTION = OUTCOMES["revenue"], OUTCOMES["retention"]


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    return panel_of(World(n_customers=2500, nps_effect=0.2, seed=8))


@pytest.fixture(scope="module")
def frame(panel: pd.DataFrame) -> pd.DataFrame:
    return one_landmark(panel, REVENUE, 3)


def test_one_row_a_customer_drawn_from_all_landmarks(panel: pd.DataFrame) -> None:
    drawn = one_landmark(panel, REVENUE, 3)
    assert drawn["customer_id"].is_unique
    assert drawn["wave"].nunique() == 3
    seen = panel[panel["net_revenue_cents"].notna() & panel["nps_score"].notna()]
    assert drawn["n_rows"].sum() == len(seen)  # the sample stands for all rows
    assert drawn["net_revenue_cents"].notna().all()
    assert drawn.equals(one_landmark(panel, REVENUE, 3))
    assert not drawn.equals(one_landmark(panel, REVENUE, 4))
    shuffled = one_landmark(panel.sample(frac=1, random_state=1), REVENUE, 3)
    assert drawn["landmark"].tolist() == shuffled["landmark"].tolist()


def test_the_drawn_rows_give_the_effect_of_all_rows() -> None:
    """Detractors leave after one landmark, the others stay for six: equal weights would show six
    times the risk that the rows bear."""
    rng = np.random.default_rng(5)
    customer = np.arange(6000)
    is_detractor = rng.random(len(customer)) < 0.5
    stays_long = ~is_detractor | (rng.random(len(customer)) < 0.5)
    rows = np.repeat(customer, np.where(stays_long, 6, 1))
    is_last = np.r_[rows[1:] != rows[:-1], True]
    panel = pd.DataFrame(
        {
            "customer_id": rows.astype(str),
            "landmark": pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(rows)), "D"),
            "nps_score": np.where(is_detractor[rows], 3.0, 10.0),
            "is_retained": (~(is_last & ~stays_long[rows])).astype(float),
        }
    )
    truth = linear_effect(linear_sample(panel, RETENTION, [], 10), "points")
    drawn = one_landmark(panel, RETENTION, 1)
    found = linear_effect(linear_sample(drawn, RETENTION, [], 10), "points")
    # 99.9 %: the draw is random.
    assert abs(found.estimate - truth.estimate) < 3.3 * found.std_error
    equal = linear_sample(drawn.drop(columns="n_rows"), RETENTION, [], 10)
    assert linear_effect(equal, "points").estimate > 2 * truth.estimate


@pytest.mark.parametrize("coding", ["class", "points"])
def test_linear_effect_equals_statsmodels(frame: pd.DataFrame, coding: str) -> None:
    import statsmodels.formula.api as smf

    data = frame.assign(
        y=frame["net_revenue_cents"].astype(float),
        score=frame["nps_score"].astype(float),
        promoter=(frame["nps_score"] >= 9).astype(float),
        detractor=(frame["nps_score"] <= 6).astype(float),
    )
    terms = "promoter + detractor" if coding == "class" else "score"
    model = smf.wls(f"y ~ {terms} + C(segment) + C(wave)", data, weights=data["n_rows"])
    fit = model.fit(cov_type="HC1", use_t=True)
    if coding == "class":
        test = fit.t_test("0.05 * promoter - 0.05 * detractor = 0")
    else:
        high, low = (
            np.average(data.loc[is_it, "score"], weights=data.loc[is_it, "n_rows"])
            for is_it in (data.promoter == 1, data.detractor == 1)
        )
        test = fit.t_test(f"{0.05 * (high - low)} * score = 0")
    found = linear_effect(linear_sample(frame, REVENUE, ["segment", "wave"], 10), coding)
    # The same normal equations solved by two routes.
    assert found.estimate == pytest.approx(test.effect.item(), rel=1e-8)
    assert found.std_error == pytest.approx(test.sd.item(), rel=1e-8)
    assert (found.conf_low, found.conf_high) == pytest.approx(tuple(test.conf_int()[0]), rel=1e-6)
    plain = model.fit()
    if coding == "points":
        assert found.classical_t == pytest.approx(plain.tvalues["score"], rel=1e-8)


def test_specifications_are_the_declared_ones(frame: pd.DataFrame) -> None:
    declared = {
        "controls": [[], ["segment"], ["tenure_days", "past_revenue_cents"], CONTROLS],
        "bins": [5, 10],
        "coding": ["class", "points"],
        "exclusions": ["none"],
        "weights": ["none", "response"],  # the frame has no weights: none are run
    }
    rows = specification_rows(frame, REVENUE, declared, "cents", factor=2.0)
    # Two sets without a numeric control run once, two with both bins; two codings each.
    assert len(rows) == 2 * 2 + 2 * 2 * 2
    once = specification_rows(frame, REVENUE, declared, "cents")
    assert [row["estimate"] for row in rows] == pytest.approx([2 * row["estimate"] for row in once])
    assert {row["controls"] for row in rows} >= {"none", "segment"}
    # The world's score raises revenue: every honest specification says so.
    assert all(row["conf_low"] > 0 for row in rows)
    # Without past revenue the confounder is in the estimate.
    full = [r["estimate"] for r in once if r["controls"] == "+".join(CONTROLS)]
    assert np.mean(full) < np.mean([r["estimate"] for r in once if r["controls"] == "none"])


def test_a_specification_that_cannot_run_keeps_its_row(frame: pd.DataFrame) -> None:
    constant = frame.assign(nps_score=pd.array([8] * len(frame), dtype="Int64"))
    declared = {"controls": [[]], "bins": [5], "coding": ["class"]}
    declared |= {"exclusions": ["none"], "weights": ["none"]}
    (row,) = specification_rows(constant, REVENUE, declared, "cents")
    assert str(row["method"]).startswith("not_run_")
    assert "estimate" not in row


def test_three_rows_or_no_detractor_are_a_refusal_not_a_crash(frame: pd.DataFrame) -> None:
    declared = {"controls": [[]], "bins": [5], "coding": ["class", "points"]}
    declared |= {"exclusions": ["none"], "weights": ["none"]}
    three = frame.iloc[:3].assign(nps_score=[2.0, 7.0, 10.0])  # a parameter for each row
    first, second = specification_rows(three, REVENUE, declared, "cents")
    assert first["method"] == "not_run_constant_score"
    assert np.isfinite(float(str(second["estimate"])))
    happy = frame.assign(nps_score=np.where(np.arange(len(frame)) % 2, 8.0, 10.0))
    rows = specification_rows(happy, REVENUE, declared, "cents")
    assert [row["method"] for row in rows] == ["not_run_constant_score"] * 2


def test_permuted_scores_stay_within_segment_and_wave(frame: pd.DataFrame) -> None:
    shuffled = permuted_score(frame, 1)
    keys = ["segment", "wave"]
    before = frame.groupby(keys)["nps_score"].apply(lambda part: sorted(part))
    after = shuffled.groupby(keys)["nps_score"].apply(lambda part: sorted(part))
    assert before.equals(after)
    assert (shuffled["nps_score"] != frame["nps_score"]).mean() > 0.5
    assert shuffled.drop(columns="nps_score").equals(frame.drop(columns="nps_score"))


def test_permuted_score_fails_rarely() -> None:
    """At 99 %, of 120 permutations at most 6 may fail (binomial, one in a thousand)."""
    panel = panel_of(World(n_customers=800, nps_effect=0.3, seed=9))
    frame = one_landmark(panel, RETENTION, 1)
    failed = 0
    for seed in range(120):
        row = permuted_row(frame, RETENTION, ["segment"], 5, seed=seed, unit="share")
        failed += not row["is_passed"]
    assert failed <= 6
    assert row["term"] == "permuted_within_segment"


def test_the_real_score_would_fail_as_a_negative_control(frame: pd.DataFrame) -> None:
    found = linear_effect(linear_sample(frame, REVENUE, CONTROLS, 10), "class", 1.0, 0.99)
    assert found.conf_low > 0


def test_earlier_controls_come_from_one_look_back_before() -> None:
    panel = panel_of(World(n_customers=200, n_waves=6))
    table = earlier_controls(panel, 365)
    waves = sorted(panel["wave"].unique())
    # 91-day steps: four steps are 364 days, so waves 5 and 6 have a landmark a year before.
    assert set(table["wave"]) == set(waves[4:])
    row = table.iloc[0]
    same = panel["customer_id"] == row["customer_id"]
    now = panel[same & (panel["wave"] == row["wave"])].iloc[0]
    then = panel[same & (panel["wave"] == waves[waves.index(row["wave"]) - 4])].iloc[0]
    assert row["outcome_before_survey_cents"] == now["past_revenue_cents"]
    assert row["past_revenue_cents"] == then["past_revenue_cents"]
    assert row["nps_score"] == now["nps_score"]


def test_revenue_before_the_survey_passes_where_nothing_links_it() -> None:
    panel = panel_of(World(n_customers=1500, n_waves=6, seed=4))
    rng = np.random.default_rng(1)
    known = panel["nps_score"].notna()
    panel.loc[known, "nps_score"] = rng.integers(0, 11, int(known.sum()))
    row = before_survey_row(panel, CONTROLS, 10, seed=1, lookback_days=365, unit="cents")
    assert row["is_passed"]
    # and not where the score follows what was spent
    spent = panel["past_revenue_cents"].rank(pct=True)
    panel.loc[known, "nps_score"] = (10 * spent[known]).round().astype(int)
    row = before_survey_row(panel, CONTROLS, 10, seed=1, lookback_days=365, unit="cents")
    assert not row["is_passed"]


def test_without_an_earlier_landmark_it_is_not_run(panel: pd.DataFrame) -> None:
    row = before_survey_row(panel, CONTROLS, 10, seed=1, lookback_days=365, unit="cents")
    assert row["is_passed"] is None
    assert row["method"] == "not_run_no_earlier_landmark"


def test_cross_selling_leaves_out_those_who_own_all(panel: pd.DataFrame) -> None:
    outcome = OUTCOMES["cross_selling"]
    owns_all = panel.assign(n_categories_unowned=np.where(panel["region"] == "north", 0, 2))
    assert set(one_landmark(owns_all, outcome, 1)["region"]) == {"south"}
    assert len(one_landmark(owns_all, replace(outcome, exposure=""), 1)) > 1000


def test_weighted_bins_and_values_equal_weighted_least_squares(frame: pd.DataFrame) -> None:
    """The weighted case, missing values, bins and the value beside them, against statsmodels."""
    import statsmodels.api as sm

    rng = np.random.default_rng(7)
    data = frame.assign(weight=rng.uniform(0.3, 3, len(frame)))
    data.loc[data.index[::17], "tenure_days"] = np.nan
    data.loc[data.index[::13], "segment"] = None
    names = ["tenure_days", "segment", "wave"]
    sample = linear_sample(data, REVENUE, names, 6, data["weight"].to_numpy())
    found = linear_effect(sample, "class")
    tenure = data["tenure_days"]
    edges = np.unique(np.nanquantile(tenure, np.arange(1, 6) / 6))
    bins = np.where(tenure.notna(), 1 + np.searchsorted(edges, tenure), 0)
    design = pd.concat(
        [
            pd.get_dummies(pd.Series(bins, data.index).astype(str), drop_first=True, dtype=float),
            (tenure - tenure.mean()).fillna(0.0),
            pd.get_dummies(data["segment"].fillna("-"), drop_first=True, dtype=float),
            pd.get_dummies(data["wave"], drop_first=True, dtype=float),
            (data["nps_score"] >= 9).astype(float).rename("promoter"),
            (data["nps_score"] <= 6).astype(float).rename("detractor"),
        ],
        axis=1,
    )
    y = data["net_revenue_cents"].astype(float)
    weights = data["weight"] * data["n_rows"]
    fit = sm.WLS(y, sm.add_constant(design), weights=weights).fit(cov_type="HC1", use_t=True)
    test = fit.t_test("0.05 * promoter - 0.05 * detractor = 0")
    assert found.estimate == pytest.approx(test.effect.item(), rel=1e-8)
    assert found.std_error == pytest.approx(test.sd.item(), rel=1e-8)
    assert found.freedom == fit.df_resid


def test_exclusions_use_what_was_known_and_are_run_once(frame: pd.DataFrame) -> None:
    out = excluded(frame, "top_percent")
    assert out.mean() == pytest.approx(0.01, abs=0.001)
    assert frame.loc[out, "past_revenue_cents"].min() > frame.loc[~out, "past_revenue_cents"].max()
    assert (frame.loc[excluded(frame, "newcomers"), "tenure_days"] < 365).all()
    declared = {
        "controls": [[], ["segment"], ["tenure_days"], CONTROLS],
        "bins": [5, 10, 20],
        "coding": ["class", "points"],
        "exclusions": ["none", "top_percent", "newcomers"],
        "weights": ["none", "response"],
    }
    rows = specification_rows(frame.assign(weight=1.0), REVENUE, declared, "cents")
    assert len(rows) == (2 + 2 * 3) * 2 * 3 * 2 == 96
    assert len({tuple(row[name] for name in CHOICES) for row in rows}) == 96
    nothing = frame.assign(tenure_days=np.nan, past_revenue_cents=np.nan)
    assert len(specification_rows(nothing, REVENUE, declared, "cents")) == 16
