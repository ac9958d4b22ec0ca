"""What a change of NPS is worth: who moves, what refuses to move, each euro counted once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nexo.base.errors import NexoError
from nexo.economics.basis import Basis
from nexo.economics.draws import Value
from nexo.economics.inputs import RETENTION, REVENUE


class MoveError(NexoError):
    """A change of NPS that would move more customers than exist in a class."""


@dataclass(frozen=True)
class Leg:
    """One part of a path: ``weight`` of the change goes from ``origin`` to ``target``.

    ``n_classes`` is 1 or 2: one NPS point moves 1 % of customers one class, or 0.5 % two.
    """

    effect: str
    weight: float
    origin: str
    target: str
    n_classes: int

    def share_per_point(self) -> float:
        """Return the share of all customers that one NPS point moves along this leg."""
        return self.weight * 0.01 / self.n_classes


LEGS: dict[str, tuple[Leg, ...]] = {
    "default_path": (
        Leg("passive_to_promoter", 0.5, "passive", "promoter", 1),
        Leg("detractor_to_passive", 0.5, "detractor", "passive", 1),
    ),
    "passive_to_promoter": (Leg("passive_to_promoter", 1.0, "passive", "promoter", 1),),
    "detractor_to_passive": (Leg("detractor_to_passive", 1.0, "detractor", "passive", 1),),
    "detractor_to_promoter": (Leg("detractor_to_promoter", 1.0, "detractor", "promoter", 2),),
}
"""Path -> its legs (METHODS.md, section 6); the default is half of each one-class path."""


def value_of_change(
    per_moved: Mapping[str, Value], lift_points: Value, path: str, n_customers: Value
) -> Value:
    """Return the value of ``lift_points`` NPS points: customers moved x value of one move.

    ``per_moved`` holds, for each leg's ``effect``, what one customer who makes that move
    brings (cents, or a share retained). The formula is customers x points x share per point
    x value per move, summed over the legs of the path; it is negative for a negative change.
    """
    total: Value = 0.0
    for leg in LEGS[path]:
        total = total + n_customers * lift_points * leg.share_per_point() * per_moved[leg.effect]
    return total


def change(basis: Basis, outcome: str, lift_points: Value, path: str, reach_share: Value) -> Value:
    """Return the change of an outcome over all customers reached, before ``causal_share``.

    Revenue: cents a year; retention: customers kept at the end of one window. Zero where the
    outcome has no estimate. Where draws of the lift or of the class shares would move more
    customers than exist, only those who exist are moved.
    """
    effects = basis.effects[outcome]
    if not effects:
        return 0.0
    per_moved = {
        leg.effect: per_move(effects, leg) * cap(basis, leg, lift_points) for leg in LEGS[path]
    }
    return value_of_change(per_moved, lift_points, path, basis.n_customers * reach_share)


def per_move(effects: Mapping[str, Value], leg: Leg) -> Value:
    """Return the effect of one customer's move: +10 points move 10 % one class, 5 % two."""
    return effects[leg.effect] * 10 * leg.n_classes


def cap(basis: Basis, leg: Leg, lift_points: Value) -> Value:
    """Return the part of the wanted moves that can happen (0 to 1): people run out of a class."""
    wanted = np.abs(np.asarray(lift_points, dtype=np.float64)) * leg.share_per_point()
    upward = np.minimum(1.0, basis.class_shares[leg.origin] / np.maximum(wanted, 1e-12))
    downward = np.minimum(1.0, basis.class_shares[leg.target] / np.maximum(wanted, 1e-12))
    result = np.where(np.asarray(lift_points) >= 0, upward, downward)
    return result if result.ndim else float(result)


def customers_moved(lift_points: float, path: str, n_customers: float) -> float:
    """Return how many customers change class for ``lift_points`` by ``path``."""
    return sum(abs(lift_points) * leg.share_per_point() * n_customers for leg in LEGS[path])


def most_points(class_shares: Mapping[str, float], path: str) -> float:
    """Return the largest lift that the customers who exist in each class allow."""
    return min(class_shares[leg.origin] / leg.share_per_point() for leg in LEGS[path])


def check_moves(
    what: str, lift_points: float, path: str, class_shares: Mapping[str, float], n_customers: float
) -> None:
    """Refuse a change that would move more customers out of a class than it holds.

    ``class_shares`` are shares of the customers reached, ``n_customers`` how many these are.
    Raises MoveError naming ``what``, the class, both counts, and the largest possible change.
    """
    for leg in LEGS[path]:
        emptied = leg.origin if lift_points >= 0 else leg.target
        wanted = abs(lift_points) * leg.share_per_point()
        exist = class_shares[emptied]
        if wanted > exist * (1 + 1e-9):
            raise MoveError(
                f"{what}: {lift_points:g} NPS points by {path} would move "
                f"{wanted * n_customers:,.0f} customers out of the {emptied}s, but only "
                f"{exist * n_customers:,.0f} exist. Choose at most "
                f"{exist / leg.share_per_point():.1f} points, or another path."
            )


def window_margin(basis: Basis, lift_points: Value, path: str, reach_share: Value = 1.0) -> Value:
    """Return the margin a year inside the window, in cents: the revenue model alone.

    Those who leave count with 0 there, so what retention brings within the window is in it
    already; before ``causal_share``.
    """
    return change(basis, REVENUE, lift_points, path, reach_share) * basis.margin_share


def after_window_margin(
    basis: Basis, lift_points: Value, path: str, reach_share: Value = 1.0
) -> Value:
    """Return today's value of what a lift lasting one window adds after it, in cents.

    Customers kept x margin per retained customer, for each further window of the horizon;
    before ``causal_share``.
    """
    return after_of_kept(basis, change(basis, RETENTION, lift_points, path, reach_share))


def after_of_kept(basis: Basis, kept: Value) -> Value:
    """Return today's value of the margin of customers ``kept`` by the end of the window."""
    windows = n_windows(basis) - 1
    growth = (1 + basis.discount_rate) ** basis.window_years
    multiple = margin_multiple(basis.retention_rate, growth - 1, windows)
    per_window = basis.retained_cents * basis.window_years * basis.margin_share
    return kept * per_window * multiple / growth


def n_windows(basis: Basis) -> int:
    """Return how many whole outcome windows the horizon holds, at least one."""
    return max(1, int(basis.horizon_years / basis.window_years + 1e-9))


def margin_multiple(retention_rate: Value, discount_rate: Value, n_periods: int | None) -> Value:
    """Return the worth of a customer who is there now, in margins of one period.

    Sum over k = 1..n of (r / (1 + i))^k, margin at the end of each period from those still
    there; without an end (``n_periods`` None) this is r / (1 + i - r), the margin multiple of
    Gupta and Lehmann (2003), Customers as assets, Journal of Interactive Marketing 17(1).
    """
    ratio = retention_rate / (1 + discount_rate)
    if n_periods is None:
        return ratio / (1 - ratio)
    total: Value = 0.0 * ratio
    for period in range(1, n_periods + 1):
        total = total + ratio**period
    return total
