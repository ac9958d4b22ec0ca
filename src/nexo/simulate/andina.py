"""What is true in *Andina*, the fictional telecom: its labels, its rates and its effects.

Everything that a customer does depends on what is written here: on the experience
(0-10, the NPS answer the customer would give), on the ease (1-7, CES), on segment, region,
acquisition channel and tenure, and on the orders of the last twelve months (habit).
There is no trait of a customer that the company's files do not show.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FIRST_DAY = dt.date(2022, 1, 1)
LAST_DAY = dt.date(2025, 6, 30)

SEGMENTS = ("consumer", "self_employed", "business")
REGIONS = ("north", "centre", "south", "east", "islands")
CHANNELS = ("shop", "web", "phone", "partner", "referral")
CATEGORIES = ("mobile", "internet", "tv", "devices", "insurance", "roaming")

SEGMENT_SHARES = (0.68, 0.20, 0.12)
REGION_SHARES = (0.22, 0.31, 0.20, 0.19, 0.08)
CHANNEL_SHARES = (0.34, 0.30, 0.16, 0.12, 0.08)

# Experience: the average of a new draw, in points of the 0-10 scale.
EXPERIENCE_LEVEL = 7.85
EXPERIENCE_SPREAD = 2.2
EXPERIENCE_TREND = 0.12  # points a year: newer experiences are a bit better
EXPERIENCE_BY_SEGMENT = np.array([0.10, -0.35, 0.0])
EXPERIENCE_BY_REGION = np.array([0.60, 0.0, -0.70, 0.20, -0.60])
EXPERIENCE_BY_CHANNEL = np.array([0.30, -0.10, -0.80, -0.50, 0.90])
EXPERIENCE_BY_TENURE = 0.15  # for each log(1 + years)
EXPERIENCE_BY_ORDERS = 0.40  # for each log(1 + orders of the last twelve months)
CHANGES_A_YEAR = 0.15

# One bad quarter: a network failure renews more experiences than usual, and badly; the
# three quarters after it renew fewer, so that a year holds as many changes as any other.
DIP_QUARTER = 8
DIP_CHANGE_RATIO = 2.2
DIP_AFTERMATH_RATIO = 0.6
DIP_POINTS = -2.5

EASE_LEVEL = 4.9
EASE_SPREAD = 1.30
EASE_BY_SEGMENT = np.array([0.10, -0.30, 0.05])
EASE_BY_REGION = np.array([0.50, 0.0, -0.70, 0.20, -0.60])
EASE_BY_CHANNEL = np.array([0.30, 0.10, -0.70, -0.50, 0.60])

# Departures: hazard a year.
DEPARTURES_A_YEAR = 0.150
DEPARTURE_BY_SEGMENT = np.array([0.10, -0.05, -0.40])
DEPARTURE_BY_REGION = np.array([-0.05, 0.0, 0.10, 0.0, 0.10])
DEPARTURE_BY_CHANNEL = np.array([-0.05, 0.10, 0.05, 0.15, -0.20])
DEPARTURE_BY_TENURE = -0.22
DEPARTURE_BY_ORDERS = -0.20

# Orders: lines a year, and euros a line.
ORDERS_A_YEAR = 3.9
ORDERS_BY_SEGMENT = np.array([0.0, 0.08, 0.20])
ORDERS_BY_CHANNEL = np.array([0.0, 0.05, -0.05, -0.08, 0.06])
ORDERS_BY_TENURE = 0.05
ORDERS_BY_ORDERS = 0.25
ORDERS_BY_SEASON = np.array([0.97, 0.96, 0.95, 1.12])
AMOUNT_CENTS = 13_350.0
AMOUNT_BY_SEGMENT = np.array([-0.03, 0.05, 0.15])
AMOUNT_BY_TENURE = 0.03
# Categories differ in spread, not in mean: what is owned then tells nothing about money
# beyond the revenue of the past, which the panel shows.
AMOUNT_SPREAD = np.array([0.35, 0.30, 0.30, 0.70, 0.40, 0.55])
MARGIN_SHARE = np.array([0.42, 0.45, 0.38, 0.22, 0.55, 0.40])
REFUND_SHARE = 0.03

# Adoption: first purchases a year of each category not yet owned.
ADOPTIONS_A_YEAR = np.array([0.085, 0.080, 0.060, 0.055, 0.040, 0.045])
ADOPTION_BY_SEGMENT = np.array([0.0, 0.10, 0.25])
ADOPTION_BY_ORDERS = 0.15

USUAL_ORDERS = 1.5  # log(1 + orders) of an ordinary customer: effects of habit are centred here
TYPICAL_TENURE = 1.2  # log(1 + years) of an ordinary customer

CONTACTS_A_YEAR = 1.35
CONTACTS_BY_EXPERIENCE = -0.06
CONTACTS_BY_SEGMENT = np.array([0.0, 0.15, 0.30])
INVITED_AFTER_CONTACT = 0.30
INVITED_TO_WAVE = 0.75
RELATIONAL_RESPONSE = -0.72
RESPONSE_BY_SEGMENT = np.array([0.05, -0.25, 0.30])
RESPONSE_BY_CHANNEL = np.array([0.10, 0.15, -0.25, -0.15, 0.35])
RESPONSE_BY_TENURE = 0.20
RESPONSE_BY_CONTACT = 0.35
TRANSACTIONAL_RESPONSE = -0.10

_GOODNESS = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.5, 5.2, 6.7, 7.3]) - 5.2
"""How good each experience is for business: steeper at the limits of the NPS classes."""
_EASE: Floats = np.array([-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0])


@dataclass(frozen=True)
class Effects:
    """Logarithms of the multipliers by experience (11 values, 0-10) and ease (7 values, 1-7).

    The two act on departures side by side: rate x (exp(nps) + exp(ces) - 1). Were they
    multiplied, those who stay would be the ones for whom one makes up for the other, and the
    regression on one score alone would find less than its effect (tried: 4 % less).
    """

    departure_by_nps: Floats
    orders_by_nps: Floats
    amount_by_nps: Floats
    adoption_by_nps: Floats
    departure_by_ces: Floats
    adoption_by_ces: Floats


ANDINA = Effects(
    departure_by_nps=-0.215 * _GOODNESS,
    orders_by_nps=0.016 * _GOODNESS,
    amount_by_nps=0.012 * _GOODNESS,
    adoption_by_nps=0.115 * _GOODNESS,
    departure_by_ces=-0.20 * _EASE,
    adoption_by_ces=0.10 * _EASE,
)

FLAT = Effects(*(np.zeros(size) for size in (11, 11, 11, 11, 7, 7)))
"""A world in which neither experience nor ease changes anything: every true effect is zero."""
