"""Money in and out, window by window: net present value, its chances, what breaks even."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nexo.base.config import Assumption, Economics
from nexo.economics.basis import Basis, as_draws
from nexo.economics.draws import Array, Value, central_value, draw_assumption, spread
from nexo.economics.inputs import RETENTION, REVENUE
from nexo.economics.moves import change, check_moves, most_points, n_windows


@dataclass(frozen=True)
class Action:
    """One initiative or scenario: what it costs and what it is expected to lift.

    ``lift`` in NPS points among the customers reached; ``cost_cents`` is paid now,
    ``yearly_cost_cents`` at the start of each window while the lift lasts.
    """

    name: str
    owner: str
    lift: Assumption
    path: str
    reach_share: float
    persistence_months: float
    cost_cents: float
    yearly_cost_cents: float
    starts_in_months: float = 0.0

    @property
    def outlay_cents(self) -> float:
        """Money needed at the start and within the first year."""
        return self.cost_cents + self.yearly_cost_cents * min(self.persistence_months / 12, 1.0)


@dataclass(frozen=True)
class Return:
    """What an action returns: draws-based money in cents, shares of 1, months."""

    npv_median_cents: float
    npv_low80_cents: float
    npv_high80_cents: float
    npv_low_cents: float
    npv_high_cents: float
    p_positive: float
    payback_months: float
    breakeven_lift_points: float
    breakeven_causal_share: float


def active_years(basis: Basis, persistence_months: float) -> list[float]:
    """Return how many years of each window the lift lasts, up to the horizon.

    The horizon is cut into whole windows of the outcomes' length.
    """
    width = basis.window_years
    lasting = min(persistence_months / 12, float(basis.horizon_years))
    return [float(np.clip(lasting - k * width, 0.0, width)) for k in range(n_windows(basis))]


def margin_flows(basis: Basis, action: Action, lift_points: Value) -> list[Value]:
    """Return the margin of each window in cents, not discounted, each euro once.

    Within a window: the revenue effect while the lift lasts. Retention adds the customers kept
    by *earlier* windows alone, at the margin of a retained customer, as long as they stay:
    S(k) = r (S(k-1) + kept(k-1)). Everything is multiplied by ``causal_share``.
    """
    yearly = change(basis, REVENUE, lift_points, action.path, action.reach_share)
    kept = change(basis, RETENTION, lift_points, action.path, action.reach_share)
    per_kept = basis.retained_cents * basis.window_years
    flows: list[Value] = []
    staying: Value = 0.0
    for years in active_years(basis, action.persistence_months):
        revenue = yearly * years + staying * basis.retention_rate * per_kept
        flows.append(revenue * basis.margin_share * basis.causal_share)
        staying = staying * basis.retention_rate + kept * years / basis.window_years
    return flows


def present_margin(basis: Basis, action: Action, lift_points: Value) -> Value:
    """Return today's value of the margin: each window's money counted at its end."""
    total: Value = 0.0
    for k, flow in enumerate(margin_flows(basis, action, lift_points), start=1):
        total = total + flow / (1 + basis.discount_rate) ** (k * basis.window_years)
    return total


def present_cost(basis: Basis, action: Action) -> Value:
    """Return today's value of the cost: now, and at the start of each window that it runs."""
    total: Value = action.cost_cents
    for k, years in enumerate(active_years(basis, action.persistence_months)):
        discount = (1 + basis.discount_rate) ** (k * basis.window_years)
        total = total + action.yearly_cost_cents * years / discount
    return total


def npv(basis: Basis, action: Action, lift_points: Value) -> Value:
    """Return the net present value in cents, on the last day of the data: margin to come less
    cost, both counted from the start of the action."""
    own = present_margin(basis, action, lift_points) - present_cost(basis, action)
    return own / (1 + basis.discount_rate) ** (action.starts_in_months / 12)


def evaluate(basis: Basis, middle: Basis, action: Action, params: Economics) -> Return:
    """Return the chances, intervals and break-evens of an action.

    ``basis`` holds draws, ``middle`` central values. Break-even lift (or causal share): the
    value at which half of the draws pay; NaN when no lift that can happen (no share up to 1)
    does. Raises MoveError when the largest declared lift would move more than exist.
    """
    n = params.n_draws
    _check_action(action, middle)
    lift = draw_assumption(f"lift:{action.name}", action.lift, n, params.seed)
    result = spread(as_draws(npv(basis, action, lift), n))
    cost = as_draws(present_cost(basis, action), n)
    shares = {name: float(np.mean(value)) for name, value in middle.class_shares.items()}
    per_point = as_draws(present_margin(basis, action, 1.0), n)
    whole = as_draws(present_margin(replace(basis, causal_share=1.0), action, lift), n)
    return Return(
        npv_median_cents=result.median,
        npv_low80_cents=result.low80,
        npv_high80_cents=result.high80,
        npv_low_cents=result.low95,
        npv_high_cents=result.high95,
        p_positive=result.p_positive,
        payback_months=payback_months(middle, action),
        breakeven_lift_points=_break_even(cost, per_point, most_points(shares, action.path)),
        breakeven_causal_share=_break_even(cost, whole, 1.0),
    )


def payback_months(basis: Basis, action: Action) -> float:
    """Return the month in which the margin, not discounted, has paid the cost; NaN if never.

    Central values; money flows evenly inside a window, yearly costs as long as they run.
    """
    flows = margin_flows(basis, action, central_value(action.lift))
    balance = -action.cost_cents
    for k, (flow, years) in enumerate(
        zip(flows, active_years(basis, action.persistence_months), strict=True)
    ):
        gained = float(flow) - action.yearly_cost_cents * years
        if gained > 0 and balance + gained >= 0:
            return 12 * basis.window_years * (k + max(-balance, 0.0) / gained)
        balance += gained
    return float("nan")


def _break_even(cost: Array, gain_per_unit: Array, most: float) -> float:
    needed = np.where(
        gain_per_unit > 0, cost / np.where(gain_per_unit > 0, gain_per_unit, 1), np.inf
    )
    median = float(np.quantile(needed, 0.5, method="lower"))
    return median if median <= most else float("nan")


def _check_action(action: Action, middle: Basis) -> None:
    high = action.lift.high if action.lift.high is not None else central_value(action.lift)
    shares = {name: float(np.mean(value)) for name, value in middle.class_shares.items()}
    reached = middle.n_customers * action.reach_share
    check_moves(action.name, high, action.path, shares, reached)
