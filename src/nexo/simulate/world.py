"""Simulate Andina: 42 months of customers, orders, contacts and surveys, step by step.

A step is a third of a landmark quarter (91 days), so that landmarks lie between two steps.
Within a step: experiences change, then customers buy and leave at uniform days of the step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nexo.simulate import andina as a
from nexo.simulate.people import (
    MEMORY_STEPS,
    Flags,
    Floats,
    Ints,
    People,
    Rates,
    live,
    new_ease,
    new_experience,
    rates,
    renew,
)

N_DAYS = (a.LAST_DAY - a.FIRST_DAY).days + 1
FIRST_LANDMARK = 364  # the first day with 365 days of data up to and including it
QUARTER = 91
SHARE_AT_START = 0.575
NEVER = 10**6

Lines = tuple[Ints, Ints, Ints, Floats]
"""Order lines: customer, day, category, expected cents."""


@dataclass(frozen=True)
class History:
    """What happened, as arrays: rows are steps or events; customers are numbered from 0."""

    starts: Ints  # first day of each step, and the day after the last
    people: People  # as they were on the evening of the last landmark
    experience_since: Ints  # customers: day of the last change up to then
    ease_since: Ints
    left_day: Ints  # NEVER for those who stayed
    experience: Ints  # steps x customers
    ease: Ints
    satisfaction: Ints
    order_customer: Ints
    order_day: Ints
    order_category: Ints
    order_mean_cents: Floats


def step_starts() -> Ints:
    """First day of each step: quarters end on landmarks, and each has steps of 30, 30, 31 days."""
    first_quarter = FIRST_LANDMARK + 1 - 3 * QUARTER
    starts = [0, 31, 61]
    for quarter in range(first_quarter, N_DAYS, QUARTER):
        starts += [day for day in (quarter, quarter + 30, quarter + 60) if day < N_DAYS]
    return np.array([*starts, N_DAYS])


def last_landmark_step(starts: Ints) -> int:
    """Index of the step that ends on the last landmark of the data."""
    last = FIRST_LANDMARK + (N_DAYS - 1 - FIRST_LANDMARK) // QUARTER * QUARTER
    return int(np.flatnonzero(starts[1:] == last + 1)[0])


def simulate_history(rng: np.random.Generator, n: int, effects: a.Effects) -> History:
    """Let ``n`` customers live through the 42 months."""
    starts = step_starts()
    n_steps, reference = len(starts) - 1, last_landmark_step(starts)
    people = _first_people(rng, n)
    orders = [_opening_orders(people, starts, rng, effects)]
    was_there = people.joined_day < 0
    opening_lines = people.owned.sum(axis=1) * was_there
    left_day = np.full(n, NEVER)
    since_x, since_e = people.joined_day.copy(), people.joined_day.copy()
    satisfaction = _satisfaction(people, rng)
    paths = np.zeros((3, n_steps, n), dtype=np.int64)
    for step in range(n_steps):
        day, end = int(starts[step]), int(starts[step + 1])
        new_x, new_e = renew(people, day, end - day, rng)
        joins = _start_newcomers(people, day, end, rng)
        since_x, since_e = np.where(new_x, day, since_x), np.where(new_e, day, since_e)
        satisfaction = np.where(new_x | new_e | joins, _satisfaction(people, rng), satisfaction)
        paths[:, step] = people.experience, people.ease, satisfaction
        is_active = (people.joined_day < day) & (left_day == NEVER)
        expected = rates(people, day, effects)
        leaves = rng.random(n) < -np.expm1(-expected.departures * (end - day) / 365.0)
        leaving_day = day + 1 + (rng.random(n) * (end - day - 1)).astype(np.int64)
        left_day = np.where(is_active & leaves, leaving_day, left_day)
        orders.append(_step_orders(people, expected, is_active, left_day, (day, end), rng))
        if step == 0:
            people.recent_orders[:, 0] += opening_lines
        if step == reference:
            at_landmark = (people.take(np.arange(n)), since_x, since_e)
    customer, order_day, category, cents = (np.concatenate(c) for c in zip(*orders, strict=True))
    order_day = np.minimum(order_day, left_day[customer] - 1)  # opening lines, should they leave
    x, e, csat = paths
    people, since_x, since_e = at_landmark
    return History(
        starts, people, since_x, since_e, left_day, x, e, csat, customer, order_day, category, cents
    )


def _first_people(rng: np.random.Generator, n: int) -> People:
    n_start = int(n * SHARE_AT_START)
    earlier = -1 - (rng.exponential(3.2 * 365, n_start)).astype(np.int64) % (14 * 365)
    later = np.sort(rng.integers(1, N_DAYS - 2, n - n_start))
    joined = np.concatenate([earlier, later])
    is_start = joined < 0
    people = People(
        segment=rng.choice(len(a.SEGMENTS), n, p=a.SEGMENT_SHARES),
        region=rng.choice(len(a.REGIONS), n, p=a.REGION_SHARES),
        channel=rng.choice(len(a.CHANNELS), n, p=a.CHANNEL_SHARES),
        joined_day=joined,
        experience=np.zeros(n, dtype=np.int64),
        ease=np.ones(n, dtype=np.int64),
        recent_orders=rng.poisson(0.33, (n, MEMORY_STEPS)) * is_start[:, None],
        owned=np.zeros((n, len(a.CATEGORIES)), dtype=bool),
    )
    # Experiences of the first day are a few years old: drawn when things were less good.
    people.experience = new_experience(people, -500, rng.standard_normal(n))
    people.ease = new_ease(people, rng.standard_normal(n))
    return people


def _start_newcomers(people: People, day: int, end: int, rng: np.random.Generator) -> Flags:
    """Give those who join in this step their experience, and their first lines as memory."""
    n = people.joined_day.size
    joins = (people.joined_day >= day) & (people.joined_day < end)
    first_lines = np.zeros_like(people.recent_orders)
    first_lines[:, 0] = people.owned.sum(axis=1)
    people.recent_orders = np.where(joins[:, None], first_lines, people.recent_orders)
    experience = new_experience(people, day, rng.standard_normal(n))
    people.experience = np.where(joins, experience, people.experience)
    people.ease = np.where(joins, new_ease(people, rng.standard_normal(n)), people.ease)
    return joins


def _satisfaction(people: People, rng: np.random.Generator) -> Ints:
    """CSAT (1-5): an echo of experience and ease, with no effect of its own."""
    level = 3.7 + 0.28 * (people.experience - 7.5) + 0.25 * (people.ease - 5)
    noise = 0.6 * rng.standard_normal(people.ease.size)
    return np.clip(np.rint(level + noise), 1, 5).astype(np.int64)


def _opening_orders(
    people: People, starts: Ints, rng: np.random.Generator, effects: a.Effects
) -> Lines:
    """Each customer's first line of each category owned: on joining, or in the first step.

    The order book opens with the world, so what is owned is always visible in the orders.
    """
    n = people.segment.size
    first = rng.choice(len(a.CATEGORIES), n, p=(0.5, 0.36, 0.06, 0.04, 0.02, 0.02))
    chance = np.where(people.joined_day < 0, 0.16, 0.07)
    people.owned = rng.random((n, len(a.CATEGORIES))) < chance[:, None]
    people.owned[np.arange(n), first] = True
    customer, category = np.nonzero(people.owned)
    early = (rng.random(n) * starts[1]).astype(np.int64)
    day = np.where(people.joined_day < 0, early, people.joined_day)[customer]
    amount = rates(people, 0, effects).amount_cents
    return customer, day, category, amount[customer]


def _step_orders(
    people: People,
    expected: Rates,
    is_active: Flags,
    left_day: Ints,
    starts: tuple[int, int],
    rng: np.random.Generator,
) -> Lines:
    """The order lines of one step, without those after leaving; only the active remember."""
    day, end = starts
    before = replace(people)
    habitual, adopted = live(people, expected, end - day, rng)
    people.owned = np.where(is_active[:, None], people.owned, before.owned)
    people.recent_orders = np.where(is_active[:, None], people.recent_orders, before.recent_orders)
    lines = np.repeat(np.arange(left_day.size), habitual * is_active)
    rank = (rng.random(lines.size) * before.owned.sum(axis=1)[lines]).astype(np.int64)
    owned_line = (before.owned[lines].cumsum(axis=1) > rank[:, None]).argmax(axis=1)
    new_customer, new_category = np.nonzero(adopted & is_active[:, None])
    customer = np.concatenate([lines, new_customer])
    category = np.concatenate([owned_line, new_category])
    order_day = day + (rng.random(customer.size) * (end - day)).astype(np.int64)
    kept = order_day < left_day[customer]
    customer = customer[kept]
    return customer, order_day[kept], category[kept], expected.amount_cents[customer]
