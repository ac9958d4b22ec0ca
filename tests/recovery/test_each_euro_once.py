"""A world in which retention, new categories and revenue all move: the money is there once.

Customers who are happier stay more often and buy more new categories, and all their revenue
comes from these two: 100 euros for staying and 40 for each new category. So the effect on
revenue holds both effects whole, and who adds the three counts every euro twice. Not covered
here: how often the interval holds the truth (tests/studies/coverage.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from nexo.base.config import Link, load_params
from nexo.compress.coding import nps_class
from nexo.economics.money import money_table
from nexo.evidence.verdict import joint_covariance
from support import money
from support.bare_link import bare_link

N, MARGIN = 20_000, 0.4
STAY, NEW = np.array([0.70, 0.80, 0.88]), np.array([0.20, 0.35, 0.50])
"""Chance to stay, and new categories of those who stay: detractor, passive, promoter."""
FOR_STAYING, FOR_EACH = 10_000, 4_000
OUTCOMES = ("retention", "cross_selling", "revenue")
META = {"kind": "landmark", "source": "t", "horizon_days": dict.fromkeys(OUTCOMES, 365)}


def world() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    score = rng.choice([4, 6, 7, 8, 9, 10], N)
    stays = rng.random(N) < STAY[nps_class(score)]
    new = stays * rng.poisson(NEW[nps_class(score)])
    cents = stays * (FOR_STAYING + FOR_EACH * new)
    first = pd.DataFrame({
        "customer_id": np.char.mod("%06d", np.arange(N)), "landmark": pd.Timestamp("2023-12-31"),
        "wave": "2023-12-31", "is_reference": False,
        "nps_score": pd.array(score, dtype="Int64"),
        "n_categories_unowned": 10, "segment": rng.choice(["a", "b"], N),
        "is_retained": pd.array(stays, dtype="boolean"),
        "n_new_categories": pd.array(new, dtype="Int64"),
        "net_revenue_cents": pd.array(cents, dtype="Int64"),
    })  # fmt: skip
    last = first.assign(landmark=pd.Timestamp("2024-12-30"), wave="2024-12-30", is_reference=True)
    for column in ("is_retained", "n_new_categories", "net_revenue_cents"):
        last[column] = pd.array([pd.NA] * N, dtype=first[column].dtype)
    return pd.concat([first, last], ignore_index=True)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    chosen = load_params(Link).model_copy(update={"controls": ("segment",), "by": ()})
    panel = world()
    return {o: bare_link(panel, None, META, o, chosen, ("class",)) for o in OUTCOMES}


def test_the_total_is_there_once_and_the_naive_sum_is_twice_too_large(
    found: dict[str, Any],
) -> None:
    table = pd.concat([found[o].effects for o in ("revenue", "retention")], ignore_index=True)
    joint = joint_covariance({o: found[o].influence for o in OUTCOMES}).set_index("effect")
    facts = money.facts(table, covariance=joint, n_customers=N, kept=None)
    rows = money_table(facts, money.params(margin_share=MARGIN, horizon_years=1))
    headline = rows[rows["term"] == "headline"].iloc[0]
    # Ten points: a tenth of the customers, half of them each one-class move.
    value = STAY * (FOR_STAYING + FOR_EACH * NEW)
    truth = N * MARGIN * 0.05 * (value[2] - value[0])
    assert abs(headline["estimate"] - truth) < 3.29 * headline["std_error"]
    assert headline["std_error"] < 0.05 * truth
    parts = {"retention": FOR_STAYING, "cross_selling": FOR_EACH, "revenue": 1}
    naive = N * MARGIN * sum(cents * ten_points(found[o]) for o, cents in parts.items())
    assert naive / headline["estimate"] == pytest.approx(2.0, abs=0.03)


def ten_points(bare: Any) -> float:
    rows = bare.effects.set_index(["term", "contrast"])
    return float(rows.loc[("nps_plus10", "default_path"), "estimate"])
