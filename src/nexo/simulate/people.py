"""Customers and the one step of time they live in; the world and its counterfactual share it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from nexo.simulate import andina as a

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MEMORY_STEPS = 12
"""Steps (months) of past orders that habit remembers."""


@dataclass
class People:
    """n customers at one moment; every array has n rows. Days count from the world's first."""

    segment: Ints
    region: Ints
    channel: Ints
    joined_day: Ints
    experience: Ints  # 0-10
    ease: Ints  # 1-7
    recent_orders: Ints  # n x MEMORY_STEPS, order lines of the last steps, newest first
    owned: Flags  # n x categories

    def take(self, rows: Ints | Flags, times: int = 1) -> People:
        """Return a copy of these rows, stacked ``times`` times."""
        return People(
            **{f.name: np.concatenate([getattr(self, f.name)[rows]] * times) for f in fields(self)}
        )

    def log_orders(self) -> Floats:
        """Habit: log(1 + order lines of the last twelve steps), centred."""
        return np.log1p(np.minimum(self.recent_orders.sum(axis=1), 12)) - a.USUAL_ORDERS

    def log_tenure(self, day: int) -> Floats:
        """log(1 + years since joining), centred."""
        return np.log1p(np.maximum(day - self.joined_day, 0) / 365.0) - a.TYPICAL_TENURE


@dataclass(frozen=True)
class Rates:
    """What to expect of each customer, a year (adoption: for each category)."""

    departures: Floats
    orders: Floats
    adoptions: Floats
    amount_cents: Floats


def rates(people: People, day: int, effects: a.Effects) -> Rates:
    """Return the rates of the step that starts on ``day``."""
    habit, tenure = people.log_orders(), people.log_tenure(day)
    segment, x, e = people.segment, people.experience, people.ease - 1
    departures = a.DEPARTURES_A_YEAR * np.exp(
        a.DEPARTURE_BY_SEGMENT[segment]
        + a.DEPARTURE_BY_REGION[people.region]
        + a.DEPARTURE_BY_CHANNEL[people.channel]
        + a.DEPARTURE_BY_TENURE * tenure
        + a.DEPARTURE_BY_ORDERS * habit
    )
    departures *= np.exp(effects.departure_by_nps[x]) + np.exp(effects.departure_by_ces[e]) - 1
    orders = (a.ORDERS_A_YEAR * a.ORDERS_BY_SEASON[int(day % 365 // 91.25)]) * np.exp(
        a.ORDERS_BY_SEGMENT[segment]
        + a.ORDERS_BY_CHANNEL[people.channel]
        + a.ORDERS_BY_TENURE * tenure
        + a.ORDERS_BY_ORDERS * habit
        + effects.orders_by_nps[x]
    )
    interest = np.exp(
        a.ADOPTION_BY_SEGMENT[segment]
        + a.ADOPTION_BY_ORDERS * habit
        + effects.adoption_by_nps[x]
        + effects.adoption_by_ces[e]
    )
    adoptions = np.where(people.owned, 0.0, interest[:, None] * a.ADOPTIONS_A_YEAR)
    amount = a.AMOUNT_CENTS * np.exp(
        a.AMOUNT_BY_SEGMENT[segment] + a.AMOUNT_BY_TENURE * tenure + effects.amount_by_nps[x]
    )
    return Rates(departures, orders, adoptions, amount)


def change_ratio(day: int) -> tuple[float, float]:
    """Return how much more often than usual experiences change now, and by how much worse."""
    quarter = (day - 1) // 91
    if quarter == a.DIP_QUARTER:
        return a.DIP_CHANGE_RATIO, a.DIP_POINTS
    if a.DIP_QUARTER < quarter <= a.DIP_QUARTER + 3:
        return a.DIP_AFTERMATH_RATIO, 0.0
    return 1.0, 0.0


def new_experience(people: People, day: int, normals: Floats, shift: float = 0.0) -> Ints:
    """Draw an experience (0-10) from what is known of each customer on ``day``."""
    level = (
        a.EXPERIENCE_LEVEL
        + a.EXPERIENCE_TREND * day / 365.0
        + a.EXPERIENCE_BY_SEGMENT[people.segment]
        + a.EXPERIENCE_BY_REGION[people.region]
        + a.EXPERIENCE_BY_CHANNEL[people.channel]
        + a.EXPERIENCE_BY_TENURE * people.log_tenure(day)
        + a.EXPERIENCE_BY_ORDERS * people.log_orders()
        + shift
    )
    return _on_scale(level + a.EXPERIENCE_SPREAD * normals, 0, 10)


def new_ease(people: People, normals: Floats) -> Ints:
    """Draw an ease (1-7): independent of the experience, given what is known of a customer."""
    level = (
        a.EASE_LEVEL
        + a.EASE_BY_SEGMENT[people.segment]
        + a.EASE_BY_REGION[people.region]
        + a.EASE_BY_CHANNEL[people.channel]
    )
    return _on_scale(level + a.EASE_SPREAD * normals, 1, 7)


def renew(people: People, day: int, days: int, rng: np.random.Generator) -> tuple[Flags, Flags]:
    """Let some experiences and eases change at the start of a step; return whose did."""
    n = people.segment.size
    ratio, shift = change_ratio(day)
    usual = a.CHANGES_A_YEAR * days / 365.0
    has_new_experience = rng.random(n) < usual * ratio
    experience = new_experience(people, day, rng.standard_normal(n), shift)
    has_new_ease = rng.random(n) < usual
    ease = new_ease(people, rng.standard_normal(n))
    people.experience = np.where(has_new_experience, experience, people.experience)
    people.ease = np.where(has_new_ease, ease, people.ease)
    return has_new_experience, has_new_ease


def live(
    people: People, expected: Rates, days: int, rng: np.random.Generator
) -> tuple[Ints, Flags]:
    """Draw a step's orders (habitual lines, a customer) and adoptions, and remember them.

    Whether a customer leaves is drawn elsewhere: the counterfactual weighs by the chance
    of still being there instead. Uniform numbers are turned into counts by the inverse
    distribution, so that two worlds with the same numbers differ only by their rates.
    """
    n = people.segment.size
    habitual = _poisson(expected.orders * days / 365.0, rng.random(n))
    adopted = rng.random(expected.adoptions.shape) < -np.expm1(-expected.adoptions * days / 365.0)
    people.owned = people.owned | adopted
    lines = habitual + adopted.sum(axis=1)
    people.recent_orders = np.column_stack([lines, people.recent_orders[:, :-1]])
    return habitual, adopted


def _poisson(mean: Floats, uniform: Floats) -> Ints:
    """Counts whose chance to exceed k is that of a Poisson variable (up to 12)."""
    chance = np.exp(-mean)
    below = chance.copy()
    counts = np.zeros(mean.size, dtype=np.int64)
    for k in range(1, 13):
        exceeds = uniform > below
        if not exceeds.any():
            break
        counts += exceeds
        chance = chance * mean / k
        below += chance
    return counts


def _on_scale(values: Floats, low: int, high: int) -> Ints:
    return np.clip(np.rint(values), low, high).astype(np.int64)
