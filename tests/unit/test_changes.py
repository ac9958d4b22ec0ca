"""Money of a point of CES and of a repeat contact less: by hand, jointly drawn, each euro once.

Not covered here: how the effects are estimated (tests/unit/test_link_repeats.py), and the demo
world, in which contacts change nothing (tests/recovery/test_link_recovery.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from nexo.base.config import Economics
from nexo.base.errors import NexoError
from nexo.economics.basis import central, drawn_beside, make_basis
from nexo.economics.changes import change_rows
from nexo.economics.inputs import Facts
from nexo.economics.money import money_table
from support import money

REPEATS = ("n_repeat_contacts", "minus_one")
COUNTS = {"n_ces": 120.0, "n_repeat": 300.0}


def with_repeats(error: float = 0.5, contrast: str = "minus_one") -> pd.DataFrame:
    """The effects, and a repeat contact less: 400 cents a year and .01 more who stay."""
    effect = {"revenue": (400.0, 400 * error), "retention": (0.01, 0.01 * error)}
    return money.with_effect(money.effects(), REPEATS[0], contrast, **effect)


def rows_of(facts: Facts, params: Economics, counts: Any = None) -> pd.DataFrame:
    rows = list(change_rows(facts, params, make_basis(facts, params), counts or COUNTS))
    return pd.DataFrame(rows)


def test_one_repeat_contact_less_by_hand_and_each_euro_once() -> None:
    params = money.params(margin_share=0.4, discount_rate=0.1, horizon_years=3)
    facts = money.facts(with_repeats(0.0), scale=0.0)
    table = rows_of(facts, params)
    base = table[table["per"] == "base"].set_index("term")["estimate"]
    # 300 customers with a repeat contact x 400 cents a year x margin .4.
    inside = 300 * 400 * 0.4
    # 300 x .01 kept; 8,000 cents a year of margin each, two years left, .8 stay each year.
    after = 300 * 0.01 * 8000 * (0.8 / 1.1 + (0.8 / 1.1) ** 2) / 1.1
    assert base["repeat_contact_less"] == pytest.approx(inside, rel=1e-12)
    assert base["after_window_repeat_contact_less"] == pytest.approx(after, rel=1e-12)
    assert base["total_repeat_contact_less"] == pytest.approx(inside + after, rel=1e-12)
    assert set(table["n_customers"]) == {300} and set(table["currency"]) == {"EUR"}
    one = table[table["per"] == "customer"].iloc[0]
    assert one["estimate"] == pytest.approx(160)
    assert one["unit"] == "margin_cents_per_customer_year"
    assert table["conf_low"].equals(table["conf_high"])  # no variance: the closed form


def test_the_interval_of_the_total_is_that_of_the_delta_method() -> None:
    params = money.params(margin_share=0.4, discount_rate=0.1, horizon_years=3)
    table = with_repeats()
    labels = [f"{outcome}|n_repeat_contacts:minus_one" for outcome in ("revenue", "retention")]
    joint = money.covariance(table)
    joint.loc[labels[0], labels[1]] = joint.loc[labels[1], labels[0]] = 0.6 * 200 * 0.005
    facts = money.facts(table, covariance=joint)
    rows = rows_of(facts, params).set_index(["term", "per"])
    found = rows.loc[("total_repeat_contact_less", "base")]
    slope = np.array([300 * 0.4, 300 * 8000 * (0.8 / 1.1 + (0.8 / 1.1) ** 2) / 1.1])
    matrix = joint.loc[labels, labels].to_numpy()
    std_error = np.sqrt(slope @ matrix @ slope)
    assert (found["conf_high"] - found["conf_low"]) / 2 == pytest.approx(1.96 * std_error, rel=0.02)
    # Without the joint covariance the interval would be another.
    apart = np.sqrt(slope**2 @ np.diag(matrix))
    assert std_error > 1.15 * apart


def test_draws_are_joint_with_those_of_nps_and_leave_them_alone() -> None:
    table, params = with_repeats(), money.params()
    name, path = "revenue|n_repeat_contacts:minus_one", "revenue|nps_plus10:passive_to_promoter"
    joint = money.covariance(table)
    covariance = 0.7 * 200 * 250
    joint.loc[name, path] = joint.loc[path, name] = covariance
    for other in ("default_path", "detractor_to_promoter"):  # the mean of both legs
        label = f"revenue|nps_plus10:{other}"
        joint.loc[name, label] = joint.loc[label, name] = covariance / 2
    facts = money.facts(table, covariance=joint)
    basis = make_basis(facts, params)
    drawn = drawn_beside(facts, params, basis, REPEATS)
    with_path = np.corrcoef(drawn["revenue"], basis.effects["revenue"]["passive_to_promoter"])
    assert with_path[0, 1] == pytest.approx(0.7, abs=0.01)
    assert np.std(drawn["revenue"]) == pytest.approx(200, rel=0.02)
    assert np.median(drawn["revenue"]) == pytest.approx(400, rel=1e-9)  # mirrored pairs
    plain = money_table(money.facts(), params)
    assert money_table(facts, params).equals(plain)


def test_ces_and_repeats_stand_apart_and_alone_is_only_the_second_choice() -> None:
    params = money.params()
    alone = with_repeats(contrast="minus_one_alone")
    assert "repeat_contact_less_alone" in set(rows_of(money.facts(alone), params)["term"])
    effect = {"revenue": (9.0, 1.0)}
    both = money.with_effect(with_repeats(), REPEATS[0], "minus_one_alone", **effect)
    both = money.with_effect(both, "ces_score", "plus_one", **effect)
    terms = set(rows_of(money.facts(both), params)["term"])
    assert {"ces_plus1", "repeat_contact_less"} <= terms
    assert not {term for term in terms if term.endswith("alone")}
    # Retention of a point of CES was not estimated here: nothing follows the window.
    assert "total_ces_plus1" not in terms


def test_whom_it_does_not_concern_has_no_row() -> None:
    facts = money.facts(with_repeats())
    assert rows_of(facts, money.params(), {"n_ces": 5.0, "n_repeat": 0.0}).empty
    assert rows_of(facts, money.params(), {"n_ces": 5.0}).empty


def test_without_dates_there_is_the_window_alone() -> None:
    facts = money.facts(with_repeats(), is_annual=False, kept=None)
    table = rows_of(facts, money.params())
    assert set(table["unit"]) == {"margin_cents", "margin_cents_per_customer"}
    assert set(table["term"]) == {"repeat_contact_less"}


def test_an_effect_that_the_joint_covariance_does_not_know_is_an_error() -> None:
    facts = money.facts(with_repeats(), covariance=money.covariance(money.effects()))
    basis = make_basis(facts, money.params())
    with pytest.raises(NexoError, match=r"revenue\|n_repeat_contacts:minus_one"):
        drawn_beside(facts, money.params(), basis, REPEATS)
    assert central(facts, money.params()).effects["revenue"]["default_path"] == 900
