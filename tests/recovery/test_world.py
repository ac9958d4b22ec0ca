"""The world's own counterfactual: zero where nothing acts, and steady where something does.

That the regressions find these effects is tested with the models.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from nexo.simulate import ANDINA, FLAT, andina, simulate_world, true_effects

N = 4_000
REPEATS = "n_repeat_contacts:minus_one"


def test_without_effects_every_true_effect_is_exactly_zero() -> None:
    # Arms share their random numbers, so nothing but the effect tables can part them.
    truth = true_effects(simulate_world(3, N, FLAT), replications=2)
    for outcome, effects in truth.items():
        for name, effect in effects.items():
            if name not in ("nps_class:detractor", "nps_class:passive", "nps_class:promoter"):
                assert effect.value == pytest.approx(0.0, abs=1e-9), (outcome, name)


def test_effects_point_the_way_the_tables_do_and_have_the_size_intended() -> None:
    truth = true_effects(simulate_world(3, N))
    retention = truth["retention"]["nps_plus10:default_path"].value
    revenue = truth["revenue"]["nps_plus10:default_path"].value
    assert 0.004 < retention < 0.009  # 0.5 to 0.8 percentage points a year, give or take
    assert 400 < revenue < 800  # 4 to 8 euros a customer and year, about one in a hundred
    for effects in truth.values():
        moved = {name: e for name, e in effects.items() if name != REPEATS}
        assert all(e.value > 0 for e in moved.values())


def test_monte_carlo_error_is_small_beside_the_effect() -> None:
    for effects in true_effects(simulate_world(3, N)).values():
        effect = effects["nps_plus10:default_path"]
        assert effect.std_error < 0.02 * effect.value


def test_ease_alone_moves_only_what_it_acts_on() -> None:
    only_ease = dataclasses.replace(
        FLAT,
        departure_by_ces=ANDINA.departure_by_ces,
        adoption_by_ces=ANDINA.adoption_by_ces,
    )
    truth = true_effects(simulate_world(3, N, only_ease), replications=2)
    for outcome in ("retention", "cross_selling", "revenue"):
        assert truth[outcome]["ces_score:plus_one"].value > 0
        assert truth[outcome]["nps_plus10:default_path"].value == pytest.approx(0, abs=1e-9)


def test_contacts_change_no_life_so_one_less_is_worth_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = simulate_world(3, N)
    assert all(
        effects[REPEATS].value == 0 for effects in true_effects(world, None, 182, 2).values()
    )
    monkeypatch.setattr(andina, "CONTACTS_A_YEAR", 2 * andina.CONTACTS_A_YEAR)
    other = simulate_world(3, N)
    assert len(other.contacts) > 1.5 * len(world.contacts)
    for name in ("left_day", "ease", "experience", "order_customer", "order_day"):
        assert np.array_equal(getattr(other.history, name), getattr(world.history, name)), name


def test_a_longer_horizon_keeps_fewer_customers() -> None:
    world = simulate_world(3, N)
    year, half = (
        true_effects(world, dict.fromkeys(("retention", "cross_selling", "revenue"), days), 182, 2)
        for days in (365, 182)
    )
    level = "nps_class:passive"
    assert year["retention"][level].value < half["retention"][level].value
    # Annualised money is much the same, whatever the window.
    ratio = year["revenue"][level].value / half["revenue"][level].value
    assert 0.85 < ratio < 1.05


def test_satisfaction_echoes_without_a_hand_of_its_own() -> None:
    # Experience and ease are independent given what is known; without departures and with no
    # difference between customers their paths hardly correlate, while both go with CSAT.
    history = simulate_world(3, N).history
    x, e, s = (path[-1].astype(float) for path in
               (history.experience, history.ease, history.satisfaction))  # fmt: skip
    assert np.corrcoef(x, s)[0, 1] > 0.5
    assert np.corrcoef(e, s)[0, 1] > 0.3
    assert 0 < np.corrcoef(x, e)[0, 1] < 0.3
