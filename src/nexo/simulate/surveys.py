"""Contacts of Andina's customers with the company, and the surveys they are sent.

Whether somebody answers depends on segment, acquisition channel, tenure and on having been
in contact lately; given these, not on the experience. A contact that fails changes nothing
by itself: experiences change only by new draws (people.renew), so contacts mirror the
experience and the ease but are not a way around them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nexo.simulate import andina as a
from nexo.simulate.people import Floats, Ints
from nexo.simulate.world import History

FIELDWORK_DAYS = 21
MINUTES_A_DAY = 1440


@dataclass(frozen=True)
class Contacts:
    """Contact attempts; ``is_last`` marks the attempt that closed the case."""

    customer: Ints
    step: Ints
    case: Ints
    attempt: Ints
    minute: Ints  # minutes since the world's first midnight
    wait_minutes: Ints
    is_resolved: Ints
    is_last: Ints


@dataclass(frozen=True)
class Invitations:
    """Survey invitations; scores and ``answered`` (a minute) are -1 when nobody answered."""

    customer: Ints
    invited: Ints  # minutes since the world's first midnight
    answered: Ints
    experienced: Ints  # transactional: minute of the contact; relational: -1
    nps: Ints
    ces: Ints
    csat: Ints


def simulate_contacts(rng: np.random.Generator, history: History) -> Contacts:
    """Draw the cases of every step and their attempts: the harder, the more of them."""
    h, people = history, history.people
    length = np.diff(h.starts)[:, None]
    is_active = (people.joined_day < h.starts[:-1, None]) & (h.left_day >= h.starts[:-1, None])
    log_rate = (
        a.CONTACTS_BY_EXPERIENCE * (h.experience - 7.5) + a.CONTACTS_BY_SEGMENT[people.segment]
    )
    mean = a.CONTACTS_A_YEAR * np.exp(log_rate) * length / 365.0
    step, customer = np.nonzero(is_active & (rng.random(mean.shape) < -np.expm1(-mean)))
    ease = h.ease[step, customer]
    n_attempts = 1 + np.minimum(rng.poisson(0.55 * np.exp(-0.28 * (ease - 5))), 5)
    day = h.starts[step] + rng.random(step.size) * length[step, 0]
    case = np.repeat(np.arange(step.size), n_attempts)
    attempt = np.arange(case.size) - np.repeat(np.cumsum(n_attempts) - n_attempts, n_attempts) + 1
    later = (attempt - 1) * (0.4 + rng.random(case.size))
    office = (8 + 12 * rng.random(case.size)) * 60
    minute = np.floor(day[case] + later).astype(np.int64) * MINUTES_A_DAY + office.astype(np.int64)
    wait = rng.gamma(1.5, 3.0 * np.exp(-0.2 * (ease[case] - 5)))
    is_last = attempt == n_attempts[case]
    resolved = is_last & (rng.random(case.size) < 1 / (1 + np.exp(-1.3 - 0.45 * (ease[case] - 5))))
    customer, step = customer[case], step[case]
    kept = minute < np.minimum(h.left_day[customer], h.starts[-1]) * MINUTES_A_DAY
    columns = (customer, step, case, attempt, minute, wait.astype(np.int64), resolved, is_last)
    return Contacts(*(column[kept].astype(np.int64) for column in columns))


def simulate_surveys(
    rng: np.random.Generator, history: History, contacts: Contacts
) -> tuple[Invitations, Invitations]:
    """Draw the relational waves (the last three weeks before each landmark) and the
    transactional surveys (after three in ten cases)."""
    return _relational(rng, history, contacts), _transactional(rng, history, contacts)


def _relational(rng: np.random.Generator, h: History, contacts: Contacts) -> Invitations:
    n_steps, n = h.experience.shape
    had_contact = np.zeros((n_steps, n))
    had_contact[contacts.step, contacts.customer] = 1.0
    waves = []
    for step in range(2, n_steps, 3):  # the third step of each quarter
        end = int(h.starts[step + 1])
        lately = a.RESPONSE_BY_CONTACT * had_contact[step - 2 : step + 1].max(axis=0)
        invited_day = end - FIELDWORK_DAYS + (rng.random((n,)) * 15).astype(np.int64)
        is_invited = rng.random(n) < a.INVITED_TO_WAVE
        is_there = (h.people.joined_day < invited_day) & (h.left_day > invited_day)
        who = np.flatnonzero(is_invited & is_there)
        chance = _response(h, who, end, a.RELATIONAL_RESPONSE + lately[who])
        waves.append(_invite(rng, h, step, who, invited_day[who], chance, delay_days=5))
    return _stack(waves)


def _transactional(rng: np.random.Generator, h: History, contacts: Contacts) -> Invitations:
    chosen = np.flatnonzero(
        (contacts.is_last == 1) & (rng.random(contacts.step.size) < a.INVITED_AFTER_CONTACT)
    )
    who, step = contacts.customer[chosen], contacts.step[chosen]
    minute = contacts.minute[chosen]
    chance = _response(h, who, minute // MINUTES_A_DAY, a.TRANSACTIONAL_RESPONSE)
    sent = _invite(rng, h, step, who, minute // MINUTES_A_DAY + 1, chance, delay_days=3)
    none = np.full(who.size, -1)
    ease = np.where(sent.answered >= 0, h.ease[step, who], none)
    seen = sent.invited < h.starts[-1] * MINUTES_A_DAY
    columns = (who, sent.invited, sent.answered, minute, none, ease, sent.csat)
    return Invitations(*(column[seen] for column in columns))


def _response(h: History, who: Ints, day: Ints | int, level: Floats | float) -> Floats:
    people = h.people
    years = np.maximum(day - people.joined_day[who], 0) / 365.0
    logit = (
        level
        + a.RESPONSE_BY_SEGMENT[people.segment[who]]
        + a.RESPONSE_BY_CHANNEL[people.channel[who]]
        + a.RESPONSE_BY_TENURE * (np.log1p(years) - a.TYPICAL_TENURE)
    )
    return 1 / (1 + np.exp(-logit))


def _invite(
    rng: np.random.Generator,
    h: History,
    step: Ints | int,
    who: Ints,
    day: Ints,
    chance: Floats,
    delay_days: int,
) -> Invitations:
    invited = day * MINUTES_A_DAY + ((8 + 4 * rng.random(who.size)) * 60).astype(np.int64)
    delay = (rng.random(who.size) ** 2 * delay_days * MINUTES_A_DAY).astype(np.int64) + 5
    answered = invited + delay
    last = np.minimum(h.left_day[who], h.starts[-1]) * MINUTES_A_DAY
    does_answer = (rng.random(who.size) < chance) & (answered < last)

    def given(value: Ints) -> Ints:
        return np.where(does_answer, value, -1)

    return Invitations(
        customer=who,
        invited=invited,
        answered=given(answered),
        experienced=np.full(who.size, -1),
        nps=given(h.experience[step, who]),
        ces=np.full(who.size, -1),
        csat=given(h.satisfaction[step, who]),
    )


def _stack(waves: list[Invitations]) -> Invitations:
    names = Invitations.__dataclass_fields__
    return Invitations(
        **{name: np.concatenate([getattr(wave, name) for wave in waves]) for name in names}
    )
