"""Money of changes that are no move between NPS classes: a point of CES, a repeat contact less.

Their effects come from models of their own, but of the same customers: they are drawn jointly
with those of the NPS paths, revenue and retention together, so that the interval of a sum is
right and each euro is there once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nexo.base.config import Economics
from nexo.economics.basis import Basis, as_draws, drawn_beside
from nexo.economics.inputs import RETENTION, REVENUE, Facts, effect_named
from nexo.economics.money_rows import after_rows, money_rows
from nexo.economics.moves import after_of_kept


@dataclass(frozen=True)
class Change:
    """One change: the effect behind it, and which of the ``counts`` says whom it concerns."""

    term: str
    effect: tuple[str, str]
    column: str


CHANGES = (
    (Change("ces_plus1", ("ces_score", "plus_one"), "n_ces"),),
    (
        Change("repeat_contact_less", ("n_repeat_contacts", "minus_one"), "n_repeat"),
        Change("repeat_contact_less_alone", ("n_repeat_contacts", "minus_one_alone"), "n_repeat"),
    ),
)
"""Of each group the first that was estimated."""


def change_rows(
    facts: Facts, params: Economics, basis: Basis, counts: Mapping[str, float]
) -> Iterator[dict[str, Any]]:
    """Yield the rows of CHANGES: a year inside the window, what follows it, and both.

    ``counts``: customers concerned, by the names of rows.concerned; none, no rows. The effect of
    a customer asked stands for all of them. ``basis`` holds draws.
    """
    for group in CHANGES:
        found = [(change, effect_named(facts.effects, REVENUE, *change.effect)) for change in group]
        known = [(change, effect) for change, effect in found if effect is not None]
        if known and counts.get(known[0][0].column, 0.0) > 0:
            yield from _rows(facts, params, basis, *known[0], counts[known[0][0].column])


def _rows(
    facts: Facts, params: Economics, basis: Basis, change: Change, effect: pd.Series, size: float
) -> Iterator[dict[str, Any]]:
    drawn = drawn_beside(facts, params, basis, change.effect)
    yearly = as_draws(drawn[REVENUE] * size * basis.margin_share, params.n_draws)
    yield from money_rows(facts, effect, change.term, yearly, size)
    if RETENTION in drawn and facts.is_annual and facts.kept is not None:
        after = as_draws(after_of_kept(basis, drawn[RETENTION] * size), params.n_draws)
        names = (f"after_window_{change.term}", f"total_{change.term}")
        parts = (yearly * basis.window_years, after)
        yield from after_rows(facts, effect, names, parts, size)
