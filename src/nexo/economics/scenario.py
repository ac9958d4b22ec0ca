"""What-if scenarios of params.yaml: one year of a lift, its money, cost and chances."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from nexo.base.config import Assumption, Economics, Scenario
from nexo.economics.basis import as_draws, central, make_basis
from nexo.economics.draws import spread
from nexo.economics.flows import Action, evaluate
from nexo.economics.inputs import Facts
from nexo.economics.moves import check_moves, customers_moved, window_margin

SCENARIO_COLUMNS = (
    "scenario",
    "path",
    "lift_points",
    "reach_share",
    "n_moved",
    "cost_cents",
    "margin_median_cents",
    "margin_low_cents",
    "margin_high_cents",
    "npv_median_cents",
    "npv_low_cents",
    "npv_high_cents",
    "npv_low80_cents",
    "npv_high80_cents",
    "p_positive",
    "payback_months",
    "breakeven_lift_points",
    "breakeven_causal_share",
    "currency",
    "reason_code",
)


def scenario_table(facts: Facts, params: Economics) -> pd.DataFrame:
    """Return scenarios.csv: one row a declared scenario, in the order of params.yaml.

    ``margin_*`` is the margin of one year inside the window before ``causal_share``; ``npv_*``
    is what one year of the lift returns: the same times the drawn causal share, with today's
    value of the customers kept after the window, less one year's cost. A snapshot has no year,
    so it gives the margin alone (reason ``undated``). No rows when revenue is not identified.
    Raises MoveError for a scenario that would move more customers than exist.
    """
    rows = []
    if facts.is_identified:
        rows = [_row(facts, params, scenario) for scenario in params.scenarios]
    return pd.DataFrame(rows, columns=list(SCENARIO_COLUMNS))


def scenario_action(scenario: Scenario, currency: str) -> Action:
    """Return the scenario as an action whose lift and cost last one year."""
    return Action(
        name=scenario.name,
        owner="",
        lift=Assumption.model_validate(scenario.lift_points),
        path=scenario.path,
        reach_share=scenario.reach_share,
        persistence_months=12,
        cost_cents=0.0,
        yearly_cost_cents=minor_units(scenario.cost, currency),
    )


def minor_units(amount: float, currency: str) -> float:
    """Return ``amount`` of a currency in its minor units: 100 cents a euro, 1 a yen."""
    from babel.numbers import get_currency_precision

    return float(amount * 10 ** get_currency_precision(currency or "EUR"))


def _row(facts: Facts, params: Economics, scenario: Scenario) -> dict[str, Any]:
    shares = facts.class_shares or {}
    reached = facts.n_customers * scenario.reach_share
    place = f"economics.scenarios, {scenario.name!r}"
    check_moves(place, scenario.lift_points, scenario.path, shares, reached)
    basis = make_basis(facts, params)
    margin = window_margin(basis, scenario.lift_points, scenario.path, scenario.reach_share)
    window = spread(as_draws(margin, params.n_draws))
    action = scenario_action(scenario, facts.currency)
    row: dict[str, Any] = {
        "scenario": scenario.name,
        "path": scenario.path,
        "lift_points": scenario.lift_points,
        "reach_share": scenario.reach_share,
        "n_moved": math.floor(customers_moved(scenario.lift_points, scenario.path, reached) + 0.5),
        "cost_cents": action.yearly_cost_cents,
        "margin_median_cents": window.median,
        "margin_low_cents": window.low95,
        "margin_high_cents": window.high95,
        "currency": facts.currency,
        "reason_code": "" if facts.is_annual else "undated",
    }
    if not facts.is_annual:
        return row
    return {**row, **vars(evaluate(basis, central(facts, params), action, params))}
