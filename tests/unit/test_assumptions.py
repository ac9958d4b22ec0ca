"""Declared assumptions: each kind drawn as its name says, bounded, and listed with its unit."""

from __future__ import annotations

import numpy as np
import pytest

from nexo.base.config import Assumption
from nexo.economics.assumptions import assumptions_table
from nexo.economics.basis import make_basis
from nexo.economics.draws import assumption_range, central_value, draw_assumption, kind_of
from nexo.economics.moves import window_margin
from support import money

N = 65536

KINDS = {
    "fixed": ({"mode": 0.4}, [0.4, 0.4, 0.4]),
    "uniform": ({"low": 0.2, "high": 0.6}, [0.21, 0.4, 0.59]),
    # F(x) = (x - a)^2 / ((b - a)(c - a)) up to the mode c = .3, from there 1 - (b - x)^2 / ...
    "triangular": (
        {"low": 0.2, "mode": 0.3, "high": 0.6},
        [0.2 + (0.025 * 0.04) ** 0.5, 0.6 - (0.5 * 0.12) ** 0.5, 0.6 - (0.025 * 0.12) ** 0.5],
    ),
    "normal": ({"mean": 0.4, "std": 0.05}, [0.4 - 1.96 * 0.05, 0.4, 0.4 + 1.96 * 0.05]),
}
"""Kind -> how it is declared, and its 2.5 %, 50 % and 97.5 % points."""


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_own_distribution(kind: str) -> None:
    declared, points = KINDS[kind]
    assumption = Assumption.model_validate(declared)
    assert kind_of(assumption) == kind
    drawn = draw_assumption("margin_share", assumption, N, 1)
    assert np.quantile(drawn, [0.025, 0.5, 0.975]) == pytest.approx(points, rel=0.01)
    low, high = assumption_range(assumption)
    inside = (drawn >= low) & (drawn <= high)
    assert inside.all() if kind != "normal" else 0.94 < inside.mean() < 0.96
    assert low <= central_value(assumption) <= high


@pytest.mark.parametrize("kind", ["uniform", "triangular", "normal"])
@pytest.mark.parametrize("name", ["margin_share", "causal_share", "discount_rate"])
def test_every_declared_range_is_drawn_and_carried(name: str, kind: str) -> None:
    params = money.params(**{name: KINDS[kind][0], "n_draws": 4096})
    basis = make_basis(money.facts(scale=0.0), params)
    drawn = np.asarray(getattr(basis, name))
    assert drawn.shape == (4096,) and np.ptp(drawn) > 0.1
    margin = np.asarray(window_margin(basis, 10.0, "default_path"))
    assert (np.ptp(margin) > 0) == (name == "margin_share")  # the headline is before causal_share


def test_a_share_stays_one_and_the_list_has_units() -> None:
    wide = Assumption.model_validate({"mean": 0.95, "std": 0.2})
    assert draw_assumption("causal_share", wide, N, 1).max() == 1
    table = assumptions_table(money.facts(), money.params()).set_index("name")
    assert table["unit"].notna().all()
    assert table.loc["retained_revenue_cents_per_year", "currency"] == "EUR"
    assert table.loc["discount_rate", "unit"] == "share_per_year"
    assert table.loc["causal_share", "currency"] == ""
