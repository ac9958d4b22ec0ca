"""Small worlds whose truth is their own counterfactual, for the study of coverage.

A world is a canonical panel in memory: customers, three landmarks a year, windows of a year (so
that neighbouring windows overlap and a customer's rows go together), and a last landmark
without outcomes as the reference population. Satisfaction lasts; it is higher where a customer
buys much and in some segments, which also stay longer and buy more: without controls the link
is confounded, with them it is not, because habits do not depend on earlier satisfaction. A
lasting taste, unseen and unrelated to satisfaction, ties a customer's amounts together. Those
who buy much answer more often, so that response weights change the effects.

The truth moves the satisfaction of everybody at the last landmark and lives the window by the
same function with the same random numbers, many times over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

N_STEPS = 8  # landmarks, a third of a year apart; the last one is the reference
WINDOW = 3  # steps that an outcome covers
HORIZON_DAYS = 365
N_CATEGORIES = 6
SEGMENTS = np.array(["A", "B", "C"])
SCALE = np.arange(11)
BY_CLASS = np.where(SCALE >= 9, 1.0, np.where(SCALE >= 7, 0.0, -1.2))
"""Satisfaction counts by class, as the class model has it: detractors lose more."""
BY_POINT = (SCALE - 7) / 2.5
"""Satisfaction counts by the point, as the points model has it."""
NOTHING = np.zeros(11)
"""Satisfaction changes nothing, though satisfied customers differ."""


@dataclass(frozen=True)
class People:
    """n customers at the start of a step: segment, habit (standard normal, known), taste (log
    size of orders, unknown), satisfaction 0 to 10, categories owned (n x 6), still active."""

    segment: Ints
    habit: Floats
    taste: Floats
    score: Ints
    owned: Flags
    is_active: Flags

    def take(self, rows: Ints | Flags) -> People:
        """These rows alone."""
        return People(**{name: values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True)
class World:
    """``panel`` with the columns of data/panel/panel.parquet that the link reads; ``at_end``:
    everybody active at the last landmark, in the order of its rows there; ``shape``: what each
    satisfaction 0 to 10 is worth."""

    panel: pd.DataFrame
    at_end: People
    shape: Floats
    seed: int


def simulate(seed: int, shape: Floats, n: int = 2000) -> World:
    """A world that starts with ``n`` customers; equal seeds give equal worlds."""
    rng = np.random.default_rng(seed)
    segment, habit = rng.choice(3, n, p=[0.5, 0.3, 0.2]), rng.standard_normal(n)
    people = People(
        segment=segment,
        habit=habit,
        taste=0.7 * rng.standard_normal(n),
        score=_satisfaction(segment, habit, rng.standard_normal(n)),
        owned=rng.random((n, N_CATEGORIES)) < 0.25,
        is_active=np.ones(n, dtype=bool),
    )
    states, events = [people], []
    for _ in range(N_STEPS):
        people, happened = live(people, shape, rng)
        states.append(people)
        events.append(happened)
    landmarks = [
        _landmark(number, states, events[number : number + WINDOW], rng)
        for number in range(N_STEPS)
    ]
    at_end = states[N_STEPS - 1]
    panel = pd.concat(landmarks, ignore_index=True)
    return World(panel, at_end.take(at_end.is_active), shape, seed)


def live(
    people: People, shape: Floats, rng: np.random.Generator
) -> tuple[People, dict[str, Floats]]:
    """Live a third of a year: the people after it, and what the active ones bought (n_new, cents).

    Everything is drawn in a fixed order from uniform and normal numbers, so that two worlds with
    the same generator differ only by what their customers are like. Who leaves, leaves at the end.
    """
    n, habit, active = len(people.score), people.habit, people.is_active
    pull = shape[people.score]
    leaving = -2.8 - 0.35 * habit + np.array([0.0, -0.4, 0.3])[people.segment] - 0.40 * pull
    is_active = active & (rng.random(n) >= _expit(leaving))
    interest = -3.6 + 0.25 * habit + np.array([0.0, 0.2, -0.2])[people.segment] + 0.25 * pull
    is_new = (rng.random(people.owned.shape) < np.exp(interest)[:, None]) & ~people.owned
    is_new &= active[:, None]
    buys = active & (rng.random(n) < _expit(-0.3 + 0.5 * habit + 0.25 * pull))
    log_cents = 8.0 + 0.4 * habit + people.taste + 0.12 * pull + 0.5 * rng.standard_normal(n)
    is_renewed = rng.random(n) < 0.15
    renewed = _satisfaction(people.segment, habit, rng.standard_normal(n))
    after = replace(
        people,
        habit=0.93 * habit + np.sqrt(1 - 0.93**2) * rng.standard_normal(n),
        score=np.where(is_renewed, renewed, people.score),
        owned=people.owned | is_new,
        is_active=is_active,
    )
    return after, {"n_new": is_new.sum(axis=1), "cents": np.where(buys, np.exp(log_cents), 0.0)}


def truth(world: World, arm: Ints, times: int = 30) -> dict[str, Floats]:
    """Expected outcomes (share retained, new categories, cents of the window) of each customer
    of ``world.at_end`` had everybody the satisfaction ``arm``: means over ``times`` lives."""
    n = len(arm)
    people = world.at_end.take(np.tile(np.arange(n), times))
    people = replace(people, score=np.tile(arm, times))
    rng = np.random.default_rng([world.seed, 1])  # the same numbers in every arm
    n_new, cents = np.zeros(n * times), np.zeros(n * times)
    for _ in range(WINDOW):
        people, happened = live(people, world.shape, rng)
        n_new, cents = n_new + happened["n_new"], cents + happened["cents"]
    values = {"retention": people.is_active, "cross_selling": n_new, "revenue": cents}
    return {name: v.astype(float).reshape(times, n).mean(axis=0) for name, v in values.items()}


def _satisfaction(segment: Ints, habit: Floats, normals: Floats) -> Ints:
    level = 7.4 + 0.9 * habit + np.array([0.0, 0.5, -0.6])[segment]
    return np.clip(np.rint(level + 1.9 * normals), 0, 10).astype(np.int64)


def _landmark(
    number: int, states: list[People], events: list[dict[str, Floats]], rng: np.random.Generator
) -> pd.DataFrame:
    """The rows of one landmark: everybody active, outcomes where the window is seen."""
    now = states[number]
    n_owned = now.owned.sum(axis=1)
    responds = rng.random(len(now.score)) < _expit(0.1 + 0.8 * now.habit)
    day = date(2022, 1, 3) + timedelta(days=122 * number)
    rows = pd.DataFrame({
        "customer_id": np.char.mod("%06d", np.arange(len(now.score))),
        "landmark": pd.Timestamp(day),
        "wave": day.isoformat(),
        "is_reference": number == N_STEPS - 1,
        "nps_score": pd.array(now.score, dtype="Int64"),
        "ces_score": pd.array([pd.NA] * len(now.score), dtype="Int64"),
        "csat_score": pd.array([pd.NA] * len(now.score), dtype="Int64"),
        "past_revenue_cents": np.rint(np.exp(8.5 + 0.8 * now.habit)).astype(np.int64),
        "n_categories_owned": n_owned,
        "n_categories_unowned": N_CATEGORIES - n_owned,
        "segment": SEGMENTS[now.segment],
    })  # fmt: skip
    rows.loc[~responds, "nps_score"] = pd.NA
    if number + WINDOW < N_STEPS:
        rows["is_retained"] = states[number + WINDOW].is_active
        rows["n_new_categories"] = sum(event["n_new"] for event in events)
        cents = sum(event["cents"] for event in events)
        rows["net_revenue_cents"] = np.rint(cents).astype(np.int64)
    else:
        rows[["is_retained", "n_new_categories", "net_revenue_cents"]] = pd.NA
    types = {"is_retained": "boolean", "n_new_categories": "Int64", "net_revenue_cents": "Int64"}
    return rows[now.is_active].astype(types)


def _expit(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))
