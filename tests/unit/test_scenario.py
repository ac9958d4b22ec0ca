"""What a change of NPS is worth: paths, caps, draws against closed forms.

Not covered here: how the effects are estimated (tests of models), coverage over worlds.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexo.base.errors import ConfigError, NexoError
from nexo.economics.basis import SOURCES, central, make_basis
from nexo.economics.draws import normal_draws, percentile_grid, spread, stream
from nexo.economics.money import headline, money_table, percentile_grids
from nexo.economics.moves import (
    MoveError,
    after_window_margin,
    check_moves,
    margin_multiple,
    most_points,
    value_of_change,
    window_margin,
)
from nexo.economics.scenario import minor_units, scenario_table
from support import money

SCENARIO = {
    "name": "Lift",
    "lift_points": 5,
    "path": "default_path",
    "reach_share": 0.5,
    "cost": 10,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("passive_to_promoter", 180_000),
        ("detractor_to_passive", 170_000),
        ("detractor_to_promoter", 175_000),
        ("default_path", 175_000),
    ],
)
def test_one_point_of_customers_worth_600_420_250(path: str, value: float) -> None:
    # METHODS.md, check 16: 100,000 customers, promoter 600, passive 420, detractor 250.
    per_moved = {
        "passive_to_promoter": 600.0 - 420.0,
        "detractor_to_passive": 420.0 - 250.0,
        "detractor_to_promoter": 600.0 - 250.0,
    }
    assert value_of_change(per_moved, 1.0, path, 100_000) == pytest.approx(value, rel=1e-12)


def test_margin_multiple_of_gupta_and_lehmann() -> None:
    # METHODS.md, check 11: r/(1+i-r) at (.8, .10).
    assert margin_multiple(0.8, 0.10, None) == pytest.approx(2.667, abs=5e-4)
    # The sum over years tends to it: what a horizon leaves out shrinks by r/(1+i) a year.
    assert margin_multiple(0.8, 0.10, 200) == pytest.approx(0.8 / 0.3, rel=1e-12)
    assert margin_multiple(0.8, 0.10, 0) == 0


def test_moving_more_customers_than_exist_is_refused_with_both_counts() -> None:
    shares = {"detractor": 0.02, "passive": 0.38, "promoter": 0.60}
    with pytest.raises(MoveError, match=r"5,000 customers out of the detractors.*only 2,000 exist"):
        check_moves("Dream", 5, "detractor_to_passive", shares, 100_000)
    with pytest.raises(MoveError, match="at most 4.0 points"):
        check_moves("Dream", 5, "default_path", shares, 100_000)
    check_moves("Fine", 4, "default_path", shares, 100_000)
    # A fall empties the class above.
    with pytest.raises(MoveError, match="out of the promoters"):
        check_moves("Fall", -61, "passive_to_promoter", shares, 100_000)
    assert most_points(shares, "default_path") == pytest.approx(4.0)


def test_zero_variance_gives_the_closed_form_exactly() -> None:
    facts = money.facts(scale=0.0)
    params = money.params(margin_share=0.4, discount_rate=0.1, horizon_years=5, causal_share=0.5)
    drawn, middle = make_basis(facts, params), central(facts, params)
    for path, per_customer in (("default_path", 900.0), ("passive_to_promoter", 1000.0)):
        margin = np.asarray(window_margin(drawn, 10.0, path))
        # 900 customers x cents per customer-year of +10 points x margin share.
        assert margin == pytest.approx(900 * per_customer * 0.4, rel=1e-12)
        assert np.ptp(margin) == 0
        assert window_margin(middle, 10.0, path) == pytest.approx(margin[0], rel=1e-14)
        after = np.asarray(after_window_margin(drawn, 10.0, path))
        assert np.ptp(after) == 0
        assert after_window_margin(middle, 10.0, path) == pytest.approx(after[0], rel=1e-14)


def test_what_comes_after_the_window_by_hand() -> None:
    params = money.params(margin_share=0.4, discount_rate=0.1, horizon_years=3)
    value = after_window_margin(central(money.facts(), params), 10.0, "default_path")
    # 900 customers x .005 kept; 20,000 cents x .4 a year; two years left, paid at their ends,
    # by the share .8 that stays each year; counted from the end of the first year.
    by_hand = 900 * 0.005 * 8000 * (0.8 / 1.1 + (0.8 / 1.1) ** 2) / 1.1
    assert value == pytest.approx(by_hand, rel=1e-12)


def test_nothing_comes_after_a_horizon_of_one_window() -> None:
    basis = central(money.facts(), money.params(horizon_years=1))
    assert after_window_margin(basis, 10.0, "default_path") == 0


def test_draws_agree_with_the_delta_method() -> None:
    params = money.params(margin_share=0.4)
    row = headline_row(money.facts(), params)
    # Delta method: N x margin x standard error of the default path, the two legs independent.
    std_error = 900 * 0.4 * 0.5 * np.hypot(250, 200)
    assert row["estimate"] == pytest.approx(900 * 900 * 0.4, rel=1e-9)  # mirrored pairs: exact
    half = (row["conf_high"] - row["conf_low"]) / 2
    assert half == pytest.approx(1.959964 * std_error, rel=0.02)
    assert row["std_error"] == pytest.approx(std_error, rel=0.02)


def test_draws_of_a_product_agree_with_the_delta_method_when_nearly_linear() -> None:
    params = money.params(margin_share={"mean": 0.4, "std": 0.02})
    row = headline_row(money.facts(money.effects(relative_error=0.1)), params)
    effect_part = 0.1 * 0.5 * np.hypot(1000, 800) / 900
    relative = np.hypot(effect_part, 0.02 / 0.4)
    half = (row["conf_high"] - row["conf_low"]) / 2
    assert half == pytest.approx(1.959964 * relative * 900 * 900 * 0.4, rel=0.02)


def headline_row(facts: money.Facts, params: money.Economics) -> dict[str, float]:
    table = money_table(facts, params)
    return table[table["term"] == "headline"].iloc[0].to_dict()


def test_draws_are_deterministic_and_streams_independent() -> None:
    first = money_table(money.facts(), money.params(n_draws=1024))
    again = money_table(money.facts(), money.params(n_draws=1024))
    other = money_table(money.facts(), money.params(n_draws=1024, seed=1))
    assert first.equals(again)
    assert not first.equals(other)
    one, two = (stream(1, name).standard_normal(1000) for name in ("one", "two"))
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.1
    # An uncertain discount does not move the draws of the link.
    ranged = money_table(
        money.facts(), money.params(n_draws=1024, discount_rate={"low": 0.0, "high": 0.2})
    )
    window = first["method"] == "revenue in window"
    assert first[window].equals(ranged[window])


def test_each_euro_once() -> None:
    """Retention within the window is in the revenue model: the total adds only what follows."""
    params = money.params(margin_share=0.4, discount_rate=0.1, horizon_years=5)
    table = money_table(money.facts(scale=0.0), params).set_index(["term", "path"])
    total = table.loc[("total_plus10", "default_path"), "estimate"]
    inside = table.loc[("headline", "default_path"), "estimate"]
    after = table.loc[("after_window_plus10", "default_path"), "estimate"]
    assert total == pytest.approx(inside + after, rel=1e-12)
    # The naive sum also counts the kept customers' first year, which revenue holds already.
    naive = inside + after + 900 * 0.005 * 20000 * 0.4
    assert total < naive


def test_paths_weights_and_bases_stand_side_by_side() -> None:
    table = money_table(money.facts(), money.params())
    assert (table["currency"] == "EUR").all()
    assert set(table["weights"]) == {"none", "response"}
    plus10 = table[(table["term"] == "nps_plus10") & (table["weights"] == "none")]
    assert len(plus10) == 8
    base = plus10[plus10["per"] == "base"].set_index("path")["estimate"]
    customer = plus10[plus10["per"] == "customer"].set_index("path")["estimate"]
    assert (base / customer).to_numpy() == pytest.approx(900)
    plus1 = table[(table["term"] == "nps_plus1") & (table["weights"] == "none")]
    ones = plus1[plus1["per"] == "base"].set_index("path")["estimate"]
    assert (base / ones).to_numpy() == pytest.approx(10)


def test_class_share_uncertainty_matters_only_where_a_class_runs_out() -> None:
    scarce = {"detractor": 0.052, "passive": 0.448, "promoter": 0.5}
    plain = headline_row(money.facts(), money.params())
    capped = headline_row(money.facts(class_shares=scarce), money.params())
    assert capped["estimate"] < plain["estimate"]
    refused = headline_row(money.facts(class_shares={**scarce, "detractor": 0.04}), money.params())
    assert np.isnan(refused["estimate"])
    assert refused["reason_code"] == "too_few_customers"


def test_a_survey_alone_gives_headers_and_the_reason() -> None:
    facts = money.not_identified()
    table = money_table(facts, money.params())
    assert table.empty
    assert headline(table, facts)["margin_year"] == {
        "median": None,
        "conf_low": None,
        "conf_high": None,
    }
    assert headline(table, facts)["reason_code"] == "no_behaviour"
    assert scenario_table(facts, money.params(scenarios=[SCENARIO])).empty
    assert percentile_grids(facts, money.params()) == {}


def test_a_snapshot_is_not_annual() -> None:
    meta = {**money.META, "kind": "snapshot"}
    facts = money.facts(meta=meta, is_annual=False)
    params = money.params(scenarios=[SCENARIO], horizon_years=5)
    table = money_table(facts, params)
    assert set(table["unit"]) == {"margin_cents", "margin_cents_per_customer"}
    assert "total_plus10" not in set(table["term"])
    assert headline(table, facts)["is_annual"] is False
    row = scenario_table(facts, params).iloc[0]
    assert row["reason_code"] == "undated"
    assert row["margin_median_cents"] > 0
    assert np.isnan(row["npv_median_cents"])


def test_a_declared_scenario_in_numbers() -> None:
    params = money.params(margin_share=0.4, causal_share=0.5, scenarios=[SCENARIO])
    row = scenario_table(money.facts(scale=0.0), params).iloc[0]
    assert row["n_moved"] == 23  # 5 % of 450, halves upwards
    margin = 900 * 0.5 * 900 * 0.5 * 0.4  # customers reached x cents for +10 x 5/10 x margin
    assert row["margin_median_cents"] == pytest.approx(margin)
    assert row["npv_median_cents"] == pytest.approx(margin * 0.5 - 1000)
    assert row["p_positive"] == 1
    assert row["breakeven_lift_points"] == pytest.approx(5 * 1000 / (margin * 0.5))
    assert row["breakeven_causal_share"] == pytest.approx(1000 / margin)


def test_a_scenario_that_cannot_happen_stops_with_its_name() -> None:
    params = money.params(scenarios=[{**SCENARIO, "lift_points": 80}])
    with pytest.raises(MoveError, match="economics.scenarios, 'Lift'"):
        scenario_table(money.facts(), params)


def test_the_grid_gives_back_the_interval() -> None:
    facts, params = money.facts(), money.params(margin_share=0.4)
    grid = percentile_grids(facts, params)["window_cents_per_point|default_path"]
    row = headline_row(facts, params)
    assert len(grid) == 201
    assert grid[5] * 10 * 0.4 == pytest.approx(row["conf_low"], rel=1e-9)
    assert grid[195] * 10 * 0.4 == pytest.approx(row["conf_high"], rel=1e-9)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=4), st.integers(256, 400))
def test_a_covariance_of_zero_draws_its_mean(mean: list[float], n_draws: int) -> None:
    drawn = normal_draws(mean, np.zeros((len(mean), len(mean))), n_draws, stream(1, "x"))
    assert drawn.shape == (n_draws, len(mean))
    assert (drawn == np.array(mean)).all()


def test_joint_draws_keep_the_covariance_and_exact_relations() -> None:
    table = money.effects()
    covariance = money.covariance(table)
    own = table[table["weights"] == "none"]
    drawn = normal_draws(own["estimate"].to_numpy(), covariance.to_numpy(), 65536, stream(3, "x"))
    std_errors = own["std_error"].to_numpy() * np.array([1, 1, 1, 1] * 2)
    legs = [1, 2, 5, 6]
    assert drawn.std(axis=0)[legs] == pytest.approx(std_errors[legs], rel=0.02)
    # Rank two an outcome: the default path is the mean of its legs in every single draw.
    assert np.allclose(drawn[:, 0], drawn[:, [1, 2]].mean(axis=1), rtol=1e-6)


@pytest.mark.parametrize("cents_in_one", [1, 100, 10_000, 1e7])
def test_joint_draws_do_not_depend_on_the_unit_of_money(cents_in_one: float) -> None:
    # A share retained and an amount lie many powers of ten apart, in pesos more than in euros.
    std = np.array([36.4 * cents_in_one, 0.000386])
    correlation = np.array([[1.0, 0.32], [0.32, 1.0]])
    drawn = normal_draws([0.0, 0.0], correlation * np.outer(std, std), 65536, stream(3, "x"))
    assert drawn.std(axis=0) == pytest.approx(std, rel=0.02)
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(0.32, abs=0.02)


def test_impossible_inputs_are_refused() -> None:
    with pytest.raises(NexoError, match="positive semi-definite"):
        normal_draws([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]], 256, stream(1, "x"))
    with pytest.raises(NexoError, match="not numbers"):
        normal_draws([0.0], [[np.nan]], 256, stream(1, "x"))
    with pytest.raises(ConfigError, match="margin_share"):
        make_basis(money.facts(), money.params(margin_share=40))
    with pytest.raises(ConfigError, match="discount_rate"):
        make_basis(money.facts(), money.params(discount_rate=-1.5))
    with pytest.raises(NexoError, match="revenue is not identified"):
        make_basis(money.not_identified(), money.params())
    partial = replace(money.facts(), covariance=money.facts().covariance.iloc[1:, 1:])
    with pytest.raises(NexoError, match=r"revenue\|nps_plus10:default_path"):
        make_basis(partial, money.params(), SOURCES)


def test_summaries_of_known_draws() -> None:
    draws = np.arange(-500.0, 501.0)
    result = spread(draws)
    assert (result.median, result.low95, result.high95) == (0, -475, 475)
    assert (result.low80, result.high80) == (-400, 400)
    assert result.p_positive == pytest.approx(500 / 1001)
    assert percentile_grid(draws)[::100] == [-500, 0, 500]


def test_minor_units_follow_the_currency() -> None:
    assert minor_units(12.5, "EUR") == 1250
    assert minor_units(1250, "JPY") == 1250
