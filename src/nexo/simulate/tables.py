"""Andina's canonical tables (data/dictionary.yaml) from what happened in the world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nexo.simulate import andina as a
from nexo.simulate.people import Flags, Ints
from nexo.simulate.surveys import (
    Contacts,
    Invitations,
    simulate_contacts,
    simulate_surveys,
)
from nexo.simulate.world import N_DAYS, NEVER, History, simulate_history

TOUCHPOINTS = ("call_centre", "shop", "technician", "web")
PHASES = ("before", "during", "after")
CONTACT_CHANNELS = ("phone", "chat", "shop", "email")
SURVEY_CHANNELS = ("email", "sms", "app")
CLASSES_OF_MOOD = ("promoter", "passive", "detractor")
PHRASES = {
    "promoter": (
        "Muy buena atención",
        "Todo funciona, gracias",
        "Fast and friendly",
        "Lo recomiendo",
    ),
    "passive": ("Correcto, sin más", "El precio podría mejorar", "It works", "Bien en general"),
    "detractor": (
        "Tuve que llamar varias veces",
        "La avería tardó una semana",
        "Nobody called me back",
        "La factura no se entiende",
    ),
}


@dataclass(frozen=True)
class World:
    """The canonical tables, and what only a simulated world knows: its history and effects."""

    survey: pd.DataFrame
    customers: pd.DataFrame
    orders: pd.DataFrame
    contacts: pd.DataFrame
    initiatives: pd.DataFrame
    history: History
    effects: a.Effects
    seed: int


def simulate_world(seed: int, n_customers: int = 20_000, effects: a.Effects = a.ANDINA) -> World:
    """Simulate 42 months of ``n_customers`` (about six in ten are active at any time).

    The same seed gives the same world. ``effects`` says what experience and ease change;
    simulate.FLAT is a world in which they change nothing.
    """
    behaviour, talk, labels = (np.random.default_rng([seed, part]) for part in range(3))
    history = simulate_history(behaviour, n_customers, effects)
    contacts = simulate_contacts(talk, history)
    relational, transactional = simulate_surveys(talk, history, contacts)
    ids = _customer_ids(labels, n_customers)
    return World(
        survey=pd.concat(
            [
                _survey_table(labels, relational, ids, "relational"),
                _survey_table(labels, transactional, ids, "transactional"),
            ],
            ignore_index=True,
        ),
        customers=_customer_table(labels, history, ids),
        orders=_order_table(labels, history, ids),
        contacts=_contact_table(labels, contacts, ids),
        initiatives=initiative_table(),
        history=history,
        effects=effects,
        seed=seed,
    )


def _customer_ids(rng: np.random.Generator, n: int) -> np.ndarray:
    numbers = 1_000 + rng.permutation(40 * n)[:n]
    return np.char.zfill(numbers.astype(str), 8).astype(object)


def _dates(days: Ints) -> pd.Series:
    return pd.Series(np.datetime64(a.FIRST_DAY, "s") + days.astype("timedelta64[D]"))


def _minutes(minutes: Ints) -> pd.Series:
    """Datetimes; -1 stands for none."""
    start = np.datetime64(a.FIRST_DAY, "s")
    return pd.Series(start + minutes.astype("timedelta64[m]")).where(pd.Series(minutes) >= 0)


def _text(labels: tuple[str, ...], codes: Ints) -> pd.Series:
    return pd.Series(pd.array(labels, dtype="str").take(codes))


def _scores(values: Ints) -> pd.Series:
    return pd.Series(values, dtype="Int64").mask(pd.Series(values) < 0)


def _customer_table(rng: np.random.Generator, h: History, ids: np.ndarray) -> pd.DataFrame:
    people, n = h.people, ids.size
    is_referred = people.channel == a.CHANNELS.index("referral")
    referrer = _referrers(rng, h, is_referred)
    stayed = h.left_day == NEVER
    return pd.DataFrame(
        {
            "customer_id": pd.Series(ids, dtype="str"),
            "joined_at": _dates(people.joined_day),
            "left_at": _dates(np.where(stayed, 0, h.left_day)).mask(stayed),
            "segment": _text(a.SEGMENTS, people.segment),
            "region": _text(a.REGIONS, people.region),
            "acquisition_channel": _text(a.CHANNELS, people.channel),
            "is_earned": pd.Series(is_referred, dtype="boolean"),
            "referred_by": pd.Series(ids[np.maximum(referrer, 0)], dtype="str").where(
                pd.Series(referrer) >= 0
            ),
        },
        index=range(n),
    )


def _referrers(rng: np.random.Generator, h: History, is_referred: Flags) -> Ints:
    """Who brought each referred newcomer: somebody who was there, a promoter when found."""
    n, start = is_referred.size, int((h.people.joined_day < 0).sum())
    referrer = np.full(n, -1)
    step = np.searchsorted(h.starts, np.maximum(h.people.joined_day, 0), side="right") - 1
    for _ in range(6):
        guess = rng.integers(0, start, n)
        fits = (h.left_day[guess] > h.people.joined_day) & (h.experience[step, guess] >= 9)
        wanted = is_referred & (referrer < 0) & (h.people.joined_day >= 0) & fits
        referrer = np.where(wanted, guess, referrer)
    return referrer


def _order_table(rng: np.random.Generator, h: History, ids: np.ndarray) -> pd.DataFrame:
    """Order lines and their refunds (the whole line, some days later, before leaving)."""
    spread = a.AMOUNT_SPREAD[h.order_category]
    noise = np.exp(spread * rng.standard_normal(spread.size) - spread**2 / 2)
    cents = np.maximum(np.rint(h.order_mean_cents * noise), 100).astype(np.int64)
    is_refunded = np.flatnonzero(rng.random(cents.size) < a.REFUND_SHARE)
    line = np.concatenate([np.arange(cents.size), is_refunded])
    is_refund = np.arange(line.size) >= cents.size
    last = np.minimum(h.left_day[h.order_customer[line]], N_DAYS) - 1
    later = rng.integers(3, 20, line.size) * is_refund
    day = np.maximum(np.minimum(h.order_day[line] + later, last), h.order_day[line])
    order = np.lexsort((is_refund, h.order_category[line], h.order_customer[line], day))
    line, day, is_refund = line[order], day[order], is_refund[order]
    amount = np.where(is_refund, -cents[line], cents[line])
    share = a.MARGIN_SHARE[h.order_category[line]]
    return pd.DataFrame(
        {
            "order_id": pd.Series([f"L{number:07d}" for number in range(1, line.size + 1)]),
            "customer_id": pd.Series(ids[h.order_customer[line]], dtype="str"),
            "ordered_at": _dates(day),
            "category": _text(a.CATEGORIES, h.order_category[line]),
            "amount_cents": pd.Series(amount, dtype="Int64"),
            "margin_cents": pd.Series(np.rint(amount * share).astype(np.int64), dtype="Int64"),
            "currency": _text(("EUR",), np.zeros(line.size, dtype=np.int64)),
        }
    )


def _contact_table(rng: np.random.Generator, c: Contacts, ids: np.ndarray) -> pd.DataFrame:
    n = c.customer.size
    return pd.DataFrame(
        {
            "contact_id": pd.Series([f"C{number:07d}" for number in range(1, n + 1)]),
            "customer_id": pd.Series(ids[c.customer], dtype="str"),
            "contacted_at": _minutes(c.minute),
            "case_id": pd.Series([f"K{number:06d}" for number in c.case + 1]),
            "attempt": pd.Series(c.attempt, dtype="Int64"),
            "direction": _text(("inbound", "outbound"), (rng.random(n) < 0.12).astype(int)),
            "channel": _text(CONTACT_CHANNELS, rng.choice(4, n, p=(0.55, 0.2, 0.15, 0.1))),
            "wait_minutes": pd.Series(c.wait_minutes, dtype="Int64"),
            "is_resolved": pd.Series(c.is_resolved == 1, dtype="boolean"),
        }
    )


def _survey_table(
    rng: np.random.Generator, sent: Invitations, ids: np.ndarray, kind: str
) -> pd.DataFrame:
    n, is_relational = sent.customer.size, kind == "relational"
    letter = "R" if is_relational else "T"
    is_answered = pd.Series(sent.answered >= 0)
    touchpoint = _text(TOUCHPOINTS, rng.choice(4, n, p=(0.55, 0.2, 0.15, 0.1)))
    phase = _text(PHASES, rng.choice(3, n, p=(0.25, 0.45, 0.30)))
    none = pd.Series([None] * n, dtype="str")
    table = pd.DataFrame(
        {
            "response_id": pd.Series([f"{letter}{number:07d}" for number in range(1, n + 1)]),
            "customer_id": pd.Series(ids[sent.customer], dtype="str"),
            "invited_at": _minutes(sent.invited),
            "answered_at": _minutes(sent.answered),
            "experience_at": _minutes(sent.experienced),
            "survey_kind": _text((kind,), np.zeros(n, dtype=np.int64)),
            "touchpoint": none if is_relational else touchpoint,
            "journey_phase": none if is_relational else phase,
            "channel": _text(SURVEY_CHANNELS, rng.choice(3, n, p=(0.6, 0.25, 0.15))),
            "nps_score": _scores(sent.nps),
            "ces_score": _scores(sent.ces),
            "csat_score": _scores(sent.csat),
            "comment": _comments(rng, sent, is_answered),
            "language": _text(("es", "en"), (rng.random(n) < 0.1).astype(int)),
        }
    )
    return table


def _comments(rng: np.random.Generator, sent: Invitations, is_answered: pd.Series) -> pd.Series:
    """One phrase in five answers, in the mood of the satisfaction."""
    mood = np.select([sent.csat >= 4, sent.csat == 3], [0, 1], default=2)
    phrases = np.array([PHRASES[name] for name in CLASSES_OF_MOOD], dtype=object)
    text = pd.Series(phrases[mood, rng.integers(0, 4, mood.size)], dtype="str")
    return text.where(is_answered & pd.Series(rng.random(mood.size) < 0.2))


def initiative_table() -> pd.DataFrame:
    """What the company plans: costs in cents, lifts in NPS points among those reached."""
    columns = (
        "initiative owner touchpoint starts_at cost_cents yearly_cost_cents reach_share "
        "lift_points_low lift_points_mode lift_points_high persistence_months status"
    ).split()
    rows = [
        ("Resolver a la primera", "Atención al cliente", "call_centre", "2025-10-01",
         600_000, 180_000, 0.45, 2.0, 4.0, 7.0, 24, "planned"),
        ("Factura en una página", "Facturación", "web", "2025-09-01",
         250_000, 30_000, 0.90, 0.5, 1.5, 3.0, 36, "planned"),
        ("Cita de técnico en dos horas", "Red", "technician", "2026-01-15",
         900_000, 400_000, 0.25, 3.0, 6.0, 9.0, 24, "planned"),
        ("Bienvenida a los 30 días", "Marketing", "shop", "2025-09-15",
         80_000, 60_000, 0.15, 1.0, 3.0, 5.0, 18, "running"),
        ("Llamada a detractores", "Calidad", "call_centre", "2025-07-15",
         30_000, 90_000, 0.12, 2.0, 5.0, 10.0, 12, "running"),
        ("Asistente virtual en la web", "Digital", "web", "2026-03-01",
         1_200_000, 240_000, 0.60, -1.0, 0.5, 2.0, 24, "idea"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    table.insert(2, "model_part", "nps")
    table["starts_at"] = pd.to_datetime(table["starts_at"]).astype("datetime64[s]")
    return table
