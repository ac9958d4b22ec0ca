"""Groups that stand out, places that treat customers alike, answers that come late, and who
became what: each recovers what was put in, and equals statsmodels where that has the same model.

Not covered: differences of groups that share most of their customers (the errors are then
clustered, but the two sides are correlated by design).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from nexo.base.errors import ContractError
from nexo.scores.consistency import clustered_least_squares, consistency, delay
from nexo.scores.groups import group_differences
from nexo.scores.transitions import answer_pairs, transitions
from nexo.weights import raked


def answers_in_places(effect: float, n: int = 600, seed: int = 3) -> pd.DataFrame:
    """Two answers a customer, in two of three channels; unhappy customers prefer the phone."""
    rng = np.random.default_rng(seed)
    own = rng.normal(0, 0.8, n)
    likes_phone = rng.random(n) < 1 / (1 + np.exp(2 * own))
    first = np.where(likes_phone, "phone", "web")
    second = np.where(rng.random(n) < 0.5, "shop", np.where(likes_phone, "web", "phone"))
    channel = np.concatenate([first, second])
    score = np.tile(own, 2) + 3 + effect * (channel == "phone") + rng.normal(0, 0.6, 2 * n)
    return pd.DataFrame(
        {
            "customer_id": np.tile([f"c{i}" for i in range(n)], 2),
            "wave": np.repeat(["2025-Q1", "2025-Q2"], n),
            "channel": channel,
            "csat_score": np.clip(np.round(score), 1, 5),
            "nps_score": np.nan,
            "ces_score": np.nan,
        }
    )


def test_the_same_customer_is_found_to_be_treated_alike_although_means_differ() -> None:
    answers = answers_in_places(effect=0.0)
    groups = group_differences(answers, ["channel"])
    phone = groups[(groups["level"] == "phone") & (groups["term"] == "mean")].iloc[0]
    assert phone["conf_high"] < -0.1  # who uses the phone is less happy
    found = consistency(answers)
    assert found.set_index("contrast").loc["heterogeneity", "p_value"] > 0.05
    assert found["estimate"][1:].sum() == pytest.approx(0, abs=1e-9)


def test_a_worse_channel_is_found_within_customers() -> None:
    found = consistency(answers_in_places(effect=-0.6)).set_index("contrast")
    assert found.loc["heterogeneity", "p_value"] < 1e-6
    assert found.loc["heterogeneity", "degrees_of_freedom"] == 2
    # -0.6 against the mean of the three channels, a little less for rounding and clipping.
    assert found.loc["phone", "conf_low"] < -0.4 < found.loc["phone", "conf_high"] + 0.06


def test_within_estimates_equal_a_dummy_for_each_customer() -> None:
    answers = answers_in_places(effect=-0.3, n=150)
    found = consistency(answers).set_index("contrast")
    design = pd.get_dummies(answers[["channel", "wave", "customer_id"]], dtype=float)
    design = design.drop(columns=["channel_phone", "wave_2025-Q1"])
    seen = answers.groupby("customer_id")["channel"].transform("nunique") > 1
    rows = sm.OLS(answers.loc[seen, "csat_score"], design[seen]).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(answers.loc[seen, "customer_id"])[0]}
    )
    shop_less_phone = found.loc["shop", "estimate"] - found.loc["phone", "estimate"]
    assert shop_less_phone == pytest.approx(rows.params["channel_shop"], rel=1e-8)


def test_errors_equal_statsmodels() -> None:
    """HC by cluster without statsmodels' (n-1)/(n-k): the factor is converted."""
    rng = np.random.default_rng(1)
    design = np.column_stack([np.ones(120), rng.normal(size=(120, 2))])
    y, clusters = rng.normal(size=120), np.repeat(np.arange(40), 3)
    own = clustered_least_squares(design, y, clusters)
    other = sm.OLS(y, design).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    assert own.params == pytest.approx(other.params, rel=1e-10)
    factor = (120 - 1) / (120 - 3)
    assert own.covariance * factor == pytest.approx(other.cov_params(), rel=1e-8)


def test_groups_are_adjusted_as_one_family_and_weighted_too() -> None:
    rng = np.random.default_rng(8)
    n = 4000
    answers = pd.DataFrame(
        {
            "customer_id": np.arange(n).astype(str),
            "wave": "2025-Q1",
            "region": rng.choice(["a", "b", "c", "d"], n),
            "segment": rng.choice(["x", "y"], n),
            "nps_score": rng.integers(0, 11, n).astype(float),
            "nps_weight": rng.uniform(0.5, 2, n),
            "csat_score": np.nan,
            "ces_score": np.nan,
        }
    )
    is_bad = (answers["region"] == "a") & (rng.random(n) < 0.25)
    answers.loc[is_bad, "nps_score"] = 0.0
    found = group_differences(answers, ["region", "segment", "absent"])
    assert len(found) == 2 * 6
    plain = found[found["weights"] == "none"].set_index("level")
    assert plain.index[plain["p_value_adjusted"] < 0.05].tolist() == ["a"]
    assert (found["p_value_adjusted"] >= found["p_value"]).all()
    weighted = found[(found["weights"] == "response") & (found["level"] == "a")].iloc[0]
    inside = (answers["region"] == "a").to_numpy()
    value = np.select([answers["nps_score"] >= 9, answers["nps_score"] <= 6], [100, -100], 0)
    design = sm.add_constant(inside.astype(float))
    rows = sm.WLS(value, design, weights=answers["nps_weight"]).fit(cov_type="HC0")
    assert weighted["estimate"] == pytest.approx(rows.params[1], rel=1e-9)
    # Ours has n/(n-1) where HC0 has none.
    assert weighted["std_error"] == pytest.approx(rows.bse[1] * np.sqrt(n / (n - 1)), rel=1e-9)


def test_late_answers_are_put_at_the_median_delay() -> None:
    rng = np.random.default_rng(5)
    n = 3000
    place = rng.choice(["shop", "web"], n)
    days = np.where(place == "shop", 6.0, 1.0) * rng.uniform(0.5, 1.5, n)
    start = pd.Timestamp("2025-01-10 10:00")
    survey = pd.DataFrame({"customer_id": np.arange(n).astype(str), "experience_at": start})
    survey["answered_at"] = start + pd.to_timedelta(days, unit="D")
    score = np.clip(np.round(6 - 0.3 * days + rng.normal(0, 0.7, n)), 1, 7)
    answers = survey[["customer_id"]].assign(
        wave="2025-Q1", touchpoint=place, ces_score=score, csat_score=np.nan, nps_score=np.nan
    )
    found = delay(survey, answers).set_index(["term", "touchpoint"])
    slope = found.loc[("per_day", "")]
    assert slope["conf_low"] < -0.3 < slope["conf_high"]
    gap = found["estimate"].unstack()
    assert gap.loc["observed", "web"] - gap.loc["observed", "shop"] > 1.3
    assert gap.loc["adjusted", "web"] == pytest.approx(gap.loc["adjusted", "shop"], abs=0.1)


def test_transitions_by_hand() -> None:
    survey = pd.DataFrame(
        [
            ("a", "2024-11-01", 3),
            ("a", "2025-02-01", 9),  # detractor -> promoter
            ("a", "2025-02-03", 10),  # the same quarter: the later answer counts
            ("b", "2025-01-01", 8),
            ("b", "2025-05-01", 6),  # passive -> detractor
            ("c", "2024-01-01", 9),
            ("c", "2025-05-01", 1),  # too far apart
            ("d", "2024-12-01", 9),
            ("d", "2025-01-15", 9),  # stays
        ],
        columns=["customer_id", "answered_at", "nps_score"],
    )
    assert answer_pairs(survey)[["before", "after"]].values.tolist() == [[-1, 1], [0, -1], [1, 1]]
    found = transitions(survey).set_index(["term", "contrast"])["estimate"]
    assert found[("from_detractor", "to_promoter")] == 1
    assert found[("all", "moved_up")] == found[("all", "moved_down")] == pytest.approx(1 / 3)
    assert found[("all", "moved_net")] == 0
    assert transitions(survey.iloc[:1]).empty


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.floats(0.1, 5)),
        min_size=12,
        max_size=60,
    ),
    st.integers(0, 2**32 - 1),
)
def test_raked_weights_meet_every_margin(sample, seed) -> None:
    # Every cell is met, so that a solution exists.
    sample = sample + [(one, two, 1.0) for one in "ab" for two in "xyz"]
    one, two, weights = (np.array(column) for column in zip(*sample, strict=True))
    rng = np.random.default_rng(seed)
    population = {
        "one": np.concatenate([one, rng.choice(list("ab"), 50)]),
        "two": np.concatenate([two, rng.choice(list("xyz"), 50)]),
    }
    found = raked(weights, {"one": one, "two": two}, population)
    assert found.sum() == pytest.approx(weights.sum())
    for name, own in (("one", one), ("two", two)):
        for level in set(own):
            target = np.mean(population[name] == level)
            assert found[own == level].sum() / found.sum() == pytest.approx(target, abs=1e-8)


def test_raking_refuses_what_no_weights_can_meet() -> None:
    own = {"one": np.array(["a", "b"]), "two": np.array(["x", "y"])}
    every = {"one": np.array(["a", "a", "a", "b"]), "two": np.array(["x", "y", "y", "y"])}
    with pytest.raises(ContractError, match="raking to one, two does not settle"):
        raked(np.ones(2), own, every)
    with pytest.raises(ContractError, match="answers have the one 'b'"):
        raked(np.ones(2), {"one": own["one"]}, {"one": np.array(["a", "a"])})
