"""Return on initiatives: the published example, cash flows by hand, break-evens, ranking.

Not covered here: interactions between initiatives, and a budget that binds.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexo.base.config import Assumption
from nexo.base.errors import NexoError
from nexo.economics.basis import as_draws, central, make_basis
from nexo.economics.draws import spread
from nexo.economics.flows import (
    Action,
    evaluate,
    margin_flows,
    npv,
    payback_months,
    present_cost,
    present_margin,
)
from nexo.economics.moves import after_window_margin, window_margin
from nexo.economics.roi import best_action, roi_table, tornado
from support import money


def action(**changes: object) -> Action:
    plain: dict[str, object] = {
        "name": "Call back",
        "owner": "",
        "lift": Assumption(mode=10.0),
        "path": "default_path",
        "reach_share": 1.0,
        "persistence_months": 12.0,
        "cost_cents": 9_000_000.0,
        "yearly_cost_cents": 0.0,
    }
    return Action(**{**plain, **changes})  # type: ignore[arg-type]


def textbook() -> money.Facts:
    """Check 17: effect .004 (SE .001) of 100,000 customers, each worth 300: 120 cents, SE 30.

    The legs are drawn with a correlation of 1, so that their mean has that standard error.
    """
    table = money.effects(revenue=(120.0, 120.0), retention=None)
    labels = money.covariance(table).index
    joint = pd.DataFrame(np.full((4, 4), 900.0), index=labels, columns=labels)
    return money.facts(
        table, n_customers=100_000, covariance=joint, class_covariance=np.zeros((3, 3))
    )


def test_the_published_return() -> None:
    # METHODS.md, check 17: 120,000 [61,201, 178,799]; P(return > 0) .841 at a cost of 90,000.
    params = money.params()
    basis = make_basis(textbook(), params)
    gain = spread(as_draws(present_margin(basis, action(), 10.0), params.n_draws))
    assert gain.median / 100 == pytest.approx(120_000, rel=1e-9)
    assert gain.low95 / 100 == pytest.approx(61_201, rel=0.02)
    assert gain.high95 / 100 == pytest.approx(178_799, rel=0.02)
    result = evaluate(basis, central(textbook(), params), action(), params)
    assert result.p_positive == pytest.approx(0.841, abs=0.005)
    assert result.npv_median_cents / 100 == pytest.approx(30_000, rel=1e-9)
    # Half of the draws pay at 90,000 / 120,000 of the lift, or of the link.
    assert result.breakeven_lift_points == pytest.approx(7.5, rel=1e-3)
    assert result.breakeven_causal_share == pytest.approx(0.75, rel=1e-3)
    assert result.payback_months == pytest.approx(9)


def test_cash_flows_by_hand() -> None:
    params = money.params(margin_share=0.4, discount_rate=0.1, horizon_years=4, causal_share=0.5)
    basis = central(money.facts(), params)
    plan = action(persistence_months=18.0, cost_cents=1000.0, yearly_cost_cents=600.0)
    flows = margin_flows(basis, plan, 10.0)
    revenue, kept, margin = 900 * 900 * 0.4 * 0.5, 900 * 0.005 * 0.5, 20000 * 0.4
    # 18 months: a full first window, half of the second; the kept stay with .8 a year.
    after1 = 0.8 * kept
    after2 = 0.8 * (after1 + kept / 2)
    expected = [revenue, revenue / 2 + after1 * margin, after2 * margin, 0.8 * after2 * margin]
    assert flows == pytest.approx(expected, rel=1e-12)
    value = sum(flow / 1.1**year for year, flow in enumerate(flows, start=1))
    assert present_cost(basis, plan) == pytest.approx(1000 + 600 + 300 / 1.1)
    assert npv(basis, plan, 10.0) == pytest.approx(value - 1000 - 600 - 300 / 1.1, rel=1e-12)


def test_flows_equal_the_window_and_what_comes_after_it() -> None:
    """Two roads to one number: cash flows, and the margin multiple of the money table."""
    params = money.params(margin_share=0.4, discount_rate=0.1, horizon_years=5)
    basis = central(money.facts(), params)
    inside = window_margin(basis, 10.0, "default_path") / 1.1
    after = after_window_margin(basis, 10.0, "default_path")
    assert present_margin(basis, action(), 10.0) == pytest.approx(inside + after, rel=1e-12)


def test_windows_shorter_than_a_year_bring_the_same_yearly_margin() -> None:
    params = money.params(horizon_years=2)
    facts = money.facts(money.effects(retention=None), window_years=0.5)
    flows = margin_flows(central(facts, params), action(persistence_months=24.0), 10.0)
    assert len(flows) == 4
    assert sum(np.asarray(flows)) == pytest.approx(2 * 900 * 900)


def test_the_lift_ends_at_the_horizon() -> None:
    basis = central(money.facts(money.effects(retention=None)), money.params(horizon_years=2))
    long, longer = (npv(basis, action(persistence_months=m), 10.0) for m in (24.0, 240.0))
    assert long == longer
    # A window longer than the horizon is cut at it.
    wide = money.facts(money.effects(retention=None), window_years=2.0)
    flows = margin_flows(central(wide, money.params(horizon_years=1)), action(), 10.0)
    lasting = action(persistence_months=24.0)
    assert margin_flows(central(wide, money.params(horizon_years=1)), lasting, 10.0) == flows


@settings(max_examples=60)
@given(
    st.floats(0, 10),
    st.floats(0, 10),
    st.floats(0, 60),
    st.floats(0, 0.5),
    st.floats(0.01, 1.0),
)
def test_npv_rises_with_the_lift(
    one: float, other: float, months: float, discount: float, reach: float
) -> None:
    basis = central(money.facts(), money.params(discount_rate=discount, horizon_years=5))
    plan = action(persistence_months=months, reach_share=reach)
    low, high = sorted((one, other))
    assert npv(basis, plan, low) <= npv(basis, plan, high) + 1e-6


def test_payback_counts_yearly_costs_and_may_never_come() -> None:
    basis = central(money.facts(money.effects(retention=None)), money.params(horizon_years=3))
    yearly = 900 * 900  # cents of margin a year for 10 points
    plan = action(persistence_months=36.0, cost_cents=yearly * 0.75, yearly_cost_cents=yearly * 0.5)
    assert payback_months(basis, plan) == pytest.approx(18)
    never = action(persistence_months=12.0, cost_cents=yearly * 1.01)
    assert math.isnan(payback_months(basis, never))
    assert payback_months(basis, action(cost_cents=0.0)) == 0


def test_the_table_ranks_by_chance_then_money() -> None:
    cheap = money.initiatives(initiative="Cheap", cost_cents=1_000)
    dear = money.initiatives(initiative="Dear", cost_cents=90_000_000)
    middling = money.initiatives(initiative="Middling", cost_cents=800_000)
    done = money.initiatives(initiative="Done", status="Done")
    table = roi_table(
        money.facts(), money.params(), pd.concat([dear, middling, done, cheap], ignore_index=True)
    )
    assert table["initiative"].tolist() == ["Cheap", "Middling", "Dear"]
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["p_positive"].is_monotonic_decreasing
    dearest = table.iloc[2]
    assert math.isnan(dearest["breakeven_causal_share"])  # not even all of the link pays it
    assert math.isnan(dearest["breakeven_lift_points"])  # nor any lift that can happen
    assert math.isnan(dearest["payback_months"])


def test_a_range_of_lifts_widens_the_interval() -> None:
    ranged = {"lift_points_low": 1.0, "lift_points_high": 19.0}
    fixed = roi_table(money.facts(), money.params(), money.initiatives()).iloc[0]
    wide = roi_table(money.facts(), money.params(), money.initiatives(**ranged)).iloc[0]
    assert wide["npv_high_cents"] - wide["npv_low_cents"] > (
        fixed["npv_high_cents"] - fixed["npv_low_cents"]
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"lift_points_mode": None}, "incomplete"),
        ({"reach_share": None}, "incomplete"),
        ({"lift_points_mode": 99.0}, "too_few_customers"),
    ],
)
def test_what_cannot_be_computed_keeps_its_row_and_says_why(
    changes: dict[str, object], reason: str
) -> None:
    table = roi_table(money.facts(), money.params(), money.initiatives(**changes))
    assert table["reason_code"].tolist() == [reason]
    assert table["npv_median_cents"].isna().all()
    assert table["rank"].isna().all()


def test_reasons_that_hold_for_all_initiatives() -> None:
    table = roi_table(money.not_identified(), money.params(), money.initiatives())
    assert table["reason_code"].tolist() == ["no_behaviour"]
    undated = roi_table(money.facts(is_annual=False), money.params(), money.initiatives())
    assert undated["reason_code"].tolist() == ["undated"]
    assert roi_table(money.facts(), money.params(), None).empty


def test_a_range_out_of_order_is_an_error_with_the_name() -> None:
    wrong = money.initiatives(lift_points_low=12.0, lift_points_high=20.0)
    with pytest.raises(NexoError, match="'Call back'.*must ascend"):
        roi_table(money.facts(), money.params(), wrong)


def test_the_tornado_moves_with_its_assumptions() -> None:
    params = money.params(
        margin_share={"low": 0.3, "high": 0.5},
        causal_share={"low": 0.25, "mode": 0.6, "high": 1.0},
        horizon_years=3,
    )
    rows = money.initiatives(cost_cents=100_000)
    plan = best_action(money.facts(), params, roi_table(money.facts(), params, rows), rows)
    table = tornado(money.facts(), params, plan)
    assert set(table["assumption"]) == {"link", "causal_share", "margin_share", "retained_value"}
    width = table["high_cents"] - table["low_cents"]
    assert width.is_monotonic_decreasing
    assert (table["low_cents"] < table["central_cents"]).all()
    assert (table["central_cents"] < table["high_cents"]).all()
    narrow = money.params(margin_share=0.4, causal_share=0.6, horizon_years=3)
    assert set(tornado(money.facts(), narrow, plan)["assumption"]) == {"link", "retained_value"}
    assert tornado(money.facts(scale=0.0), narrow, plan).empty
    assert tornado(money.not_identified(), params, plan).empty


def test_without_initiatives_the_tornado_is_of_the_first_scenario() -> None:
    scenario = {"name": "A", "lift_points": 5, "path": "default_path", "reach_share": 1, "cost": 1}
    params = money.params(scenarios=[scenario])
    nothing = roi_table(money.facts(), params, None)
    plan = best_action(money.facts(), params, nothing, None)
    assert plan is not None
    assert plan.name == "A"
    assert best_action(money.facts(), money.params(), nothing, None) is None
