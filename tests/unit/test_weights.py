"""Response weights: they recover what everybody would have said when silence depends on what is
known, and say what that costs.

Not covered: silence that depends on the score itself, which no weight can undo.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexo.base.errors import ContractError
from nexo.scores.answers import answer_weights, weights_by_metric, who_answers
from nexo.scores.tables import score_table
from nexo.weights import (
    as_floats,
    balance,
    fit_response,
    kish,
    response_weights,
    trimmed,
)
from support.evidence_worlds import World, panel_of

HORIZONS = {"retention": 365, "cross_selling": 365, "revenue": 365}


def test_weights_recover_the_population_mean_when_silence_depends_on_what_is_known() -> None:
    """The mean of tenure among those who answer is far off; weighted it is that of all."""
    panel = panel_of(World(n_customers=6000, n_waves=2, response=1.0, answer_rate=0.3, seed=5))
    # A score that is made of what is known: missing at random given tenure and segment.
    known = np.log1p(panel["tenure_days"]) + (panel["segment"] == "A")
    score = np.clip(np.round(2 * known - 8), 0, 10)
    panel["nps_score"] = pd.array(score, dtype="Int64")
    panel.loc[panel["csat_score"].isna(), "nps_score"] = pd.NA
    model = fit_response(panel)
    found = response_weights(panel, model.p_answer, max_ratio=50)
    joined = panel.merge(found.table, on=["customer_id", "landmark"])
    values = as_floats(joined["nps_score"])
    error = values.std() / np.sqrt(kish(joined["weight"].to_numpy()).n_eff)
    assert abs(values.mean() - score.mean()) > 5 * error
    # Four standard errors: the seed is fixed, a miss would be a fault.
    assert abs(np.average(values, weights=joined["weight"]) - score.mean()) < 4 * error


def test_weights_have_mean_one_within_each_landmark() -> None:
    panel = panel_of(World(n_customers=1500, response=0.5))
    found = response_weights(panel, fit_response(panel).p_answer, max_ratio=5)
    means = found.table.groupby("landmark")["weight"].mean()
    assert means.to_numpy() == pytest.approx(1.0)
    assert len(found.table) == panel["nps_score"].notna().sum()
    assert found.table.columns.tolist() == ["customer_id", "landmark", "p_answer", "weight"]


def test_balance_is_mended() -> None:
    panel = panel_of(World(n_customers=4000, response=0.6, answer_rate=0.4))
    weights = response_weights(panel, fit_response(panel).p_answer, 20).table
    table = balance(panel, weights).set_index("covariate")
    assert table.loc["tenure_days", "difference_before"] > 0.15
    assert abs(table.loc["tenure_days", "difference_after"]) < 0.03
    assert abs(table["difference_after"]).max() < abs(table["difference_before"]).max()


def test_trimming_is_counted() -> None:
    panel = panel_of(World(n_customers=1500, response=1.5, answer_rate=0.3))
    model = fit_response(panel)
    found = response_weights(panel, model.p_answer, max_ratio=1.5)
    assert found.cost["n_trimmed"].sum() > 100
    assert found.table["weight"].max() <= found.cost["limit"].max() + 1e-9
    free = response_weights(panel, model.p_answer, max_ratio=1e6)
    assert free.cost["n_trimmed"].sum() == 0
    assert (free.cost["n_eff"] < found.cost["n_eff"]).all()


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=50), st.floats(1.01, 20))
def test_trimmed_weights_keep_their_order_and_limit(weights, ratio) -> None:
    values = np.array(weights)
    cut, limit = trimmed(values, ratio)
    assert (cut <= limit + 1e-12).all()
    assert ((cut == values) | (values > limit)).all()
    assert kish(cut).n_eff >= kish(values).n_eff - 1e-6


def test_everyone_answered_needs_no_model() -> None:
    panel = panel_of(World(n_customers=300))
    panel["nps_score"] = panel["nps_truth"]
    model = fit_response(panel)
    assert (model.reason_code, len(model.table)) == ("all_answered", 0)
    assert (response_weights(panel, model.p_answer, 5).table["weight"] == 1).all()


def test_landmarks_without_any_answer_stay_outside() -> None:
    panel = panel_of(World(n_customers=800))
    first = panel["wave"] == panel["wave"].min()
    panel.loc[first, "nps_score"] = pd.NA
    model = fit_response(panel)
    assert model.n_obs == (~first).sum()
    assert (model.p_answer[first] == 0).all()
    assert not response_weights(panel, model.p_answer, 5).table["weight"].isna().any()


def test_nobody_and_nothing() -> None:
    panel = panel_of(World(n_customers=50))
    panel["nps_score"] = pd.NA
    assert fit_response(panel).reason_code == "nobody_answered"
    nothing = fit_response(panel.iloc[:0])
    assert nothing.reason_code == "no_customers"
    assert weights_by_metric(panel.iloc[:0], nothing, 5) == {}
    assert balance(panel.iloc[:0], pd.DataFrame()).empty
    assert who_answers(panel.iloc[:0], {}, 0.95).empty


def test_a_chance_of_zero_for_an_answer_is_refused() -> None:
    panel = panel_of(World(n_customers=50))
    with pytest.raises(ContractError, match="chance 0"):
        response_weights(panel, np.zeros(len(panel)), 5)


def test_missing_covariates_and_rare_levels_do_not_break_the_model() -> None:
    panel = panel_of(World(n_customers=1000, response=0.3))
    panel["segment"] = panel["segment"].astype(object).where(np.arange(len(panel)) % 7 != 0)
    panel["region"] = panel["region"].astype(object).where(np.arange(len(panel)) != 3, "moon")
    panel["n_past_orders"] = (
        panel["n_past_orders"].astype("Int64").where(np.arange(len(panel)) % 5 != 0)
    )
    panel["acquisition_channel"] = None
    model = fit_response(panel)
    assert np.isfinite(model.table["std_error"]).all()
    assert model.table["std_error"].max() < 1
    names = set(model.table["term"] + ":" + model.table["contrast"])
    assert {"segment:(missing)", "n_past_orders:(missing)"} <= names
    assert "region:moon" not in names


def test_who_answers_shows_a_known_difference() -> None:
    panel = panel_of(World(n_customers=4000, nps_effect=0.0))
    # Those who stay answer more: silence is informative.
    stays = panel["is_retained"].fillna(True).astype(bool)
    lost = ~stays & (np.arange(len(panel)) % 2 == 0)
    panel.loc[lost, "nps_score"] = pd.NA
    table = who_answers(panel, HORIZONS, 0.95).set_index(["measure", "group"])
    answered, silent = (
        table.loc[("retention", "answered")],
        table.loc[("retention", "not_answered")],
    )
    assert answered["conf_low"] > silent["conf_high"]
    assert set(table["unit"]) == {
        "retained_share", "new_categories_per_customer", "cents_per_customer_year"
    }  # fmt: skip


def test_who_owns_everything_is_left_out_of_cross_selling_alone() -> None:
    panel = panel_of(World(n_customers=400))
    owners = (np.arange(len(panel)) % 4 == 0) & panel["n_new_categories"].notna()
    panel["n_categories_unowned"] = np.where(owners, 0, 2)
    table = who_answers(panel, HORIZONS, 0.95).groupby("measure")["n_obs"].sum()
    seen = panel["n_new_categories"].notna()
    assert table["cross_selling"] == (seen & ~owners).sum() < seen.sum()
    assert table["retention"] == panel["is_retained"].notna().sum()


def test_half_a_year_is_told_per_year() -> None:
    panel = panel_of(World(n_customers=500))
    year = who_answers(panel, HORIZONS, 0.95).set_index("measure")["mean"]
    half = who_answers(panel, dict.fromkeys(HORIZONS, 182.5), 0.95).set_index("measure")["mean"]  # type: ignore[arg-type]
    assert half["revenue"].to_numpy() == pytest.approx(2 * year["revenue"].to_numpy())
    assert half["retention"].to_numpy() == pytest.approx(year["retention"].to_numpy())


def test_the_busiest_customer_does_not_speak_for_the_rest() -> None:
    answers = pd.DataFrame(
        {
            "customer_id": ["a"] + ["b"] * 5,
            "wave": "2025-Q1",
            "nps_score": [10.0] + [0.0] * 5,
            "nps_weight": 1.5,
            "csat_score": np.nan,
            "ces_score": np.nan,
        }
    )
    table = score_table(answers, [], "adjusted_wald", 0.95).set_index(["wave", "weights"])
    assert table.loc[("2025-Q1", "none"), "estimate"] == pytest.approx(-100 * 4 / 6)
    assert table.loc[("2025-Q1", "response"), "estimate"] == pytest.approx(0)


def test_a_landmark_that_cannot_be_raked_does_not_stop_the_others() -> None:
    """In the first wave A answers from the north alone and B from the south: no weights give
    both margins. Segments are met there, both elsewhere."""
    panel = panel_of(World(n_customers=600, n_waves=2, seed=4))
    in_north = (panel["region"] == "north") == (panel["segment"] == "A")
    first = panel["wave"] == panel["wave"].min()
    panel.loc[first & ~(in_north & (panel["segment"] != "C")), "nps_score"] = pd.NA
    chances = np.full(len(panel), 0.5)
    found = response_weights(panel, chances, 5, rake_to=["segment", "region"])
    assert found.cost["raked_to"].tolist() == ["segment", "segment+region"]
    assert np.isfinite(found.table["weight"]).all()


def test_answers_get_the_weight_of_the_next_landmark() -> None:
    weights = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b"],
            "landmark": [pd.Timestamp(2025, 4, 1).date(), pd.Timestamp(2025, 7, 1).date()] * 1
            + [pd.Timestamp(2025, 7, 1).date()],
            "weight": [1.0, 2.0, 3.0],
        }
    )
    survey = pd.DataFrame(
        {
            "customer_id": ["a", "a", "b", "b", "a", "a", "c", "a"],
            "answered_at": pd.to_datetime(
                ["2025-04-01 23:00", "2025-04-02", "2025-03-01", "2025-06-30 10:00",
                 "2025-07-02", None, "2025-06-01", "2024-10-01"],
                format="ISO8601",
            ),
        }
    )  # fmt: skip
    found = answer_weights(survey, weights)
    nan = float("nan")
    # Same day counts; b had no weight in April; after the last and long before the first: none.
    assert found == pytest.approx([1.0, 2.0, nan, 3.0, nan, nan, nan, nan], nan_ok=True)
    undated = answer_weights(survey, weights.iloc[1:], is_dated=False)
    assert undated[:3] == pytest.approx([2.0, 2.0, 3.0])
