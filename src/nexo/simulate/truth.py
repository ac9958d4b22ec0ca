"""The true effects of a world: its own counterfactual, lived again with other scores.

What is moved, and for whom. The population is that of the effects: for NPS every customer active
at the last landmark, for CES those who gave one in the look-back before it. What is moved is the
experience (or the ease) behind the last answer; who gave none is taken to have answered on the
day of somebody who did. A customer whose experience has changed again since that day keeps the
new one, in every arm. From there each arm lives the horizon with the same random numbers, so
that arms differ by their scores alone.

- ``nps_class:*``: everybody's answer is a random draw from the answers of one class.
- ``nps_plus10:*``: the same class levels, combined by the paths of METHODS.md section 6.
- ``n_repeat_contacts:minus_one``: zero. Contacts follow from the lives lived and change nothing
  in them (surveys.py), so the world lived again with one of them less is the same world.
- ``nps_score:plus_one`` and ``ces_score:plus_one``: everybody's answer is one point higher,
  those at the ceiling not moved. The world is not linear in points; a regression that is
  linear in points estimates an average of its steps, which need not be this average.

Departures, orders and adoptions enter by their expectations along each simulated path
instead of by drawn events: the same mean with a much smaller Monte Carlo error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nexo.simulate import andina as a
from nexo.simulate.people import Flags, Floats, Ints, People, live, rates, renew
from nexo.simulate.tables import World
from nexo.simulate.world import FIRST_LANDMARK, N_DAYS, QUARTER

CLASSES = {"detractor": (0, 6), "passive": (7, 8), "promoter": (9, 10)}
OUTCOMES = ("retention", "cross_selling", "revenue")
LAST_LANDMARK = FIRST_LANDMARK + (N_DAYS - 1 - FIRST_LANDMARK) // QUARTER * QUARTER
REPLICATIONS = 4


@dataclass(frozen=True)
class Truth:
    """One true effect; ``std_error`` is the Monte Carlo error of the simulation alone."""

    value: float
    std_error: float


@dataclass(frozen=True)
class _Answers:
    """The customers of one metric at the last landmark, with their last answer."""

    rows: Ints  # customers
    score: Ints
    day: Ints  # of the answer
    is_current: Flags  # the experience behind the answer still lasts at the landmark


def true_effects(
    world: World,
    horizon_days: Mapping[str, int] | None = None,
    lookback_days: int = 182,
    replications: int = REPLICATIONS,
) -> dict[str, dict[str, Truth]]:
    """Return outcome -> effect id (term:contrast) -> truth, at the world's last landmark.

    Units: retention in shares, cross_selling in new categories per customer and year,
    revenue in cents per customer and year (both annualised by 365/h).
    """
    horizons = dict(horizon_days or dict.fromkeys(OUTCOMES, 365))
    nps = _with_silent(world, _answers(world, "nps_score", lookback_days))
    ces = _answers(world, "ces_score", lookback_days)
    by_outcome: dict[str, dict[str, Truth]] = {name: {} for name in OUTCOMES}
    for horizon in sorted(set(horizons.values())):
        means = _arm_means(world, nps, ces, horizon, replications)
        for outcome in (name for name in OUTCOMES if horizons[name] == horizon):
            levels = {arm: values[outcome] for arm, values in means.items()}
            by_outcome[outcome] = {
                effect: Truth(float(v.mean()), float(v.std(ddof=1) / np.sqrt(replications)))
                for effect, v in _effects(levels).items()
            }
    return by_outcome


def _effects(level: Mapping[str, Floats]) -> dict[str, Floats]:
    """Effect ids from the arms' means (one value a replication)."""
    detractor, passive, promoter = (level[name] for name in CLASSES)
    up, down = promoter - passive, passive - detractor
    return {
        "nps_class:detractor": detractor,
        "nps_class:passive": passive,
        "nps_class:promoter": promoter,
        "nps_class:promoter_vs_passive": up,
        "nps_class:passive_vs_detractor": down,
        "nps_class:promoter_vs_detractor": up + down,
        "nps_plus10:passive_to_promoter": 0.10 * up,
        "nps_plus10:detractor_to_passive": 0.10 * down,
        "nps_plus10:default_path": 0.05 * (up + down),
        "nps_plus10:detractor_to_promoter": 0.05 * (up + down),
        "nps_score:plus_one": level["nps_plus_one"] - level["nps_as_is"],
        "ces_score:plus_one": level["ces_plus_one"] - level["ces_as_is"],
        "n_repeat_contacts:minus_one": np.zeros_like(up),
    }


def _answers(world: World, metric: str, lookback_days: int) -> _Answers:
    """The last answer of each active customer within the look-back."""
    history = world.history
    since = history.experience_since if metric == "nps_score" else history.ease_since
    survey = world.survey.loc[world.survey[metric].notna()]
    first = np.datetime64(a.FIRST_DAY, "D")
    day = (survey["answered_at"].to_numpy().astype("datetime64[D]") - first).astype(np.int64)
    numbers = {name: number for number, name in enumerate(world.customers["customer_id"])}
    customer = survey["customer_id"].map(numbers).to_numpy()
    seen = (day > LAST_LANDMARK - lookback_days) & (day <= LAST_LANDMARK)
    seen &= world.history.left_day[customer] > LAST_LANDMARK
    order = np.lexsort((survey["answered_at"].to_numpy()[seen], customer[seen]))
    customer, day = customer[seen][order], day[seen][order]
    score = survey[metric].to_numpy(dtype=np.int64)[seen][order]
    is_last = np.append(customer[1:] != customer[:-1], True)
    rows = customer[is_last]
    return _Answers(rows, score[is_last], day[is_last], day[is_last] >= since[rows])


def _with_silent(world: World, given: _Answers) -> _Answers:
    """The answers of all active customers: those who gave none would have told their experience
    on the day of a random one who did."""
    history = world.history
    joined, left = history.people.joined_day, history.left_day
    is_silent = (joined <= LAST_LANDMARK) & (left > LAST_LANDMARK)
    is_silent[given.rows] = False
    rows = np.flatnonzero(is_silent)
    rng = np.random.default_rng([world.seed, 76])
    day = rng.choice(given.day, rows.size)
    return _Answers(
        np.concatenate([given.rows, rows]),
        np.concatenate([given.score, history.people.experience[rows].astype(np.int64)]),
        np.concatenate([given.day, day]),
        np.concatenate([given.is_current, day >= history.experience_since[rows]]),
    )


def _arm_means(
    world: World, nps: _Answers, ces: _Answers, horizon: int, replications: int
) -> dict[str, dict[str, Floats]]:
    """Mean outcome of each arm, one value a replication."""
    rng = np.random.default_rng([world.seed, 77])
    times = replications
    arms = {
        name: ("experience", nps, _draw_class(rng, nps, low, high, times))
        for name, (low, high) in CLASSES.items()
    }
    arms["nps_as_is"] = ("experience", nps, np.tile(nps.score, times))
    arms["nps_plus_one"] = ("experience", nps, np.tile(np.minimum(nps.score + 1, 10), times))
    arms["ces_as_is"] = ("ease", ces, np.tile(ces.score, times))
    arms["ces_plus_one"] = ("ease", ces, np.tile(np.minimum(ces.score + 1, 7), times))
    means = {}
    for name, (column, answers, score) in arms.items():
        people = world.history.people.take(answers.rows, times)
        is_current = np.tile(answers.is_current, times)
        setattr(people, column, np.where(is_current, score, getattr(people, column)))
        means[name] = _live_on(people, horizon, world, times)
    return means


def _draw_class(rng: np.random.Generator, nps: _Answers, low: int, high: int, times: int) -> Ints:
    pool = nps.score[(nps.score >= low) & (nps.score <= high)]
    return rng.choice(pool, nps.score.size * times)


def _live_on(people: People, horizon: int, world: World, times: int) -> dict[str, Floats]:
    """Expected outcomes of ``horizon`` days after the last landmark, mean per replication."""
    rng = np.random.default_rng([world.seed, 78])  # the same numbers in every arm
    n = people.segment.size
    alive, cents, new = np.ones(n), np.zeros(n), np.zeros(n)
    has_room = ~people.owned.all(axis=1)
    day, end = LAST_LANDMARK + 1, LAST_LANDMARK + 1 + horizon
    while day < end:
        days = min(31 if (day - FIRST_LANDMARK - 1) % QUARTER >= 60 else 30, end - day)
        renew(people, day, days, rng)
        expected = rates(people, day, world.effects)
        still = alive * np.exp(-expected.departures * days / 365.0)
        # Those who leave do so at a uniform day of the step, as in the world.
        present = (alive + still) / 2
        adopted = -np.expm1(-expected.adoptions * days / 365.0).sum(axis=1)
        lines = expected.orders * days / 365.0 + adopted
        cents += present * lines * expected.amount_cents * (1 - a.REFUND_SHARE)
        new += present * adopted
        live(people, expected, days, rng)
        alive, day = still, day + days
    blocks = (times, n // times)
    room = has_room.reshape(blocks)
    bought = new.reshape(blocks).sum(axis=1, where=room) / room.sum(axis=1)
    return {
        "retention": alive.reshape(blocks).mean(axis=1),
        "cross_selling": bought * 365 / horizon,
        "revenue": cents.reshape(blocks).mean(axis=1) * 365 / horizon,
    }
