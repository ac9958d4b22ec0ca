"""What is regressed on the score: one frozen spec an outcome, every formula in plain sight.

A new outcome is one more ``Outcome`` here, one section in the reports and one recovery test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nexo.base.errors import ConfigError
from nexo.compress.arrays import Array, Mask

COUNTS = ("poisson", "negative_binomial")
"""Families with the logarithm of the exposure as offset."""


@dataclass(frozen=True)
class Part:
    """One regression, E[response | x] = inverse link(x'b + offset), on ``rows`` of the sample."""

    name: str
    family: str
    formula: str
    rows: Callable[[Array], Mask] = np.isfinite
    response: Callable[[Array], Any] = np.asarray


@dataclass(frozen=True)
class Outcome:
    """What is expected of a customer is the product of the parts' means.

    ``exposure``: column whose logarithm is the offset. ``annual_unit``: unit when the effect is
    multiplied by 365/h; "" when the effect belongs to the whole window. ``to_unit``: factor from
    the unit of ``link.smallest_effect`` to the effect's own. ``variants``: printed cross-checks.
    ``past``: the same behaviour before, held equal whatever the controls. ``simpler``: the parts
    that take over, and are said to, when the first of two parts cannot be fitted because
    (nearly) every row has the event, or the score or a control separates those that do.
    """

    name: str
    column: str
    unit: str
    parts: tuple[Part, ...]
    to_unit: float
    annual_unit: str = ""
    exposure: str = ""
    variants: tuple[Part, ...] = ()
    simpler: tuple[Part, ...] = ()
    past: str = ""

    @property
    def is_binary(self) -> bool:
        """Do non-events count as well (the first part is a share)?"""
        return self.parts[0].family == "binomial"

    @property
    def side(self) -> str:
        """What parts need of y in a record: "value" (each y), "sign" (which side of zero), ""."""
        if any(part.family == "negative_binomial" for part in self.parts):
            return "value"
        every = (*self.parts, *self.variants, *self.simpler)
        is_plain = all(p.rows is np.isfinite and p.response is np.asarray for p in every)
        return "" if is_plain else "sign"


# E[net revenue] = exp(x'b) on all rows, those at or below zero as zero: a Poisson likelihood
# needs only this mean to be right (Gourieroux, Monfort and Trognon 1984).
PSEUDO_POISSON = Part(
    "pseudo_poisson",
    "poisson",
    "max(net_revenue, 0) ~ score + controls",
    response=lambda y: np.maximum(y, 0.0),
)

NEGATIVE_BINOMIAL = Part("negative_binomial", "negative_binomial", "as Poisson, NB2 variance")


def _count(name: str, what: str, formula: str, exposure: str = "", past: str = "") -> Outcome:
    """How many of ``what`` (column n_<what>) in the window: Poisson, with NB2 beside it."""
    return Outcome(
        name=name,
        column=f"n_{what}",
        unit=f"{what}_per_customer",
        annual_unit=f"{what}_per_customer",
        to_unit=0.01,  # per 100 customers -> per customer
        parts=(Part(what, "poisson", formula),),
        variants=(NEGATIVE_BINOMIAL,),
        exposure=exposure,
        past=past,
    )


OUTCOMES = {
    # P(stays) = 1 / (1 + exp(-x'b))                                METHODS.md section 3
    "retention": Outcome(
        name="retention",
        column="is_retained",
        unit="retained_share",
        to_unit=0.01,  # percentage points -> share
        parts=(Part("retained", "binomial", "is_retained ~ score + controls"),),
    ),
    # E[new categories] = categories not yet owned x exp(x'b)
    "cross_selling": _count(
        "cross_selling",
        "new_categories",
        "n_new_categories ~ score + controls + offset(log(n_categories_unowned))",
        exposure="n_categories_unowned",
    ),
    # E[net revenue] = P(net > 0) x E[net | net > 0] = 1 / (1 + exp(-x'a)) x exp(x'g);
    # rows with net <= 0 count as zero, and diagnostics.csv says how many and how much.
    "revenue": Outcome(
        name="revenue",
        column="net_revenue_cents",
        unit="cents_per_customer",
        annual_unit="cents_per_customer_year",
        to_unit=100.0,  # currency -> cents
        parts=(
            Part(
                "any",
                "binomial",
                "net_revenue > 0 ~ score + controls",
                response=lambda y: (y > 0) * 1.0,
            ),
            Part(
                "amount", "gamma", "net_revenue ~ score + controls, net > 0", rows=lambda y: y > 0
            ),
        ),
        variants=(
            Part("least_squares", "gaussian", "net_revenue ~ score + controls"),
            PSEUDO_POISSON,
        ),
        simpler=(PSEUDO_POISSON,),
    ),
    # E[contacts] = exp(x'b); outside the headline family: fewer are better, and many sources
    # have none
    "contacts": _count(
        "contacts", "contacts", "n_contacts ~ score + controls", past="n_past_contacts"
    ),
}


def outcome_named(name: str) -> Outcome:
    """The spec of an outcome; raises ConfigError with the known names."""
    if name not in OUTCOMES:
        raise ConfigError(f"{name!r} is not an outcome. Known: {', '.join(OUTCOMES)}.")
    return OUTCOMES[name]
