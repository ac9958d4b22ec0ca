"""The study of coverage (tests/studies/coverage.py): its committed table, and a small version.

The table is held to bands computed here again from its counts; what the study must be able to
see (no clusters, no controls) must lie outside, or it would prove nothing. The small version runs
other worlds than the table's, so that a change which breaks an interval fails here before anybody
runs the study again. A miss is to be investigated, never answered by another seed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from nexo.link import link
from studies import worlds
from studies.coverage import (
    KEYS,
    META,
    N_WORLDS,
    OUTCOMES,
    SEED,
    TABLE,
    held,
    joint,
    links,
    one_flat,
    params,
    summary,
    true_effects,
    weights_of,
)
from studies.worlds import BY_CLASS, simulate, truth
from support.bare_link import bare_link

FEW, CUSTOMERS = 40, 1500


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_csv(TABLE)


def test_the_committed_table_is_the_whole_study(table: pd.DataFrame) -> None:
    assert (table["seed"] == SEED).all()
    assert (table["n_worlds"] == N_WORLDS).all()
    found = set(table.loc[table["kind"] == "coverage", KEYS[2:]].itertuples(index=False, name=None))
    effects = [("nps_class", "promoter_vs_passive"), ("nps_class", "passive_vs_detractor"),
               ("nps_plus10", "default_path")]  # fmt: skip
    expected = {
        (outcome, *effect, weights)
        for outcome in OUTCOMES
        for effect in effects
        for weights in ("none", "response")
    }
    expected |= {(outcome, "nps_score", "plus_one", "none") for outcome in OUTCOMES}
    expected |= {("joint", "nps_plus10", "default_path", "none")}
    money = {("money", "nps_plus10", "default_path", weights) for weights in ("none", "response")}
    assert found == expected | money
    assert set(table.loc[table["kind"] == "false_support", "world"]) == {"permuted", "confounded"}


def test_every_interval_holds_the_truth_as_often_as_it_says(table: pd.DataFrame) -> None:
    rows = table[table["kind"] == "coverage"]
    tail = 0.05 / len(rows) / 2
    low, high = stats.binom.ppf([tail, 1 - tail], N_WORLDS, 0.95)
    outside = rows[(rows["n_held"] < low) | (rows["n_held"] > high)]
    assert outside.empty, outside.to_string()


def test_nothing_is_supported_more_often_than_it_may(table: pd.DataFrame) -> None:
    rows = table[table["kind"] == "false_support"]
    high = stats.binom.ppf(1 - 0.05 / len(rows), N_WORLDS, 0.05)
    assert (rows["n_held"] <= high).all(), rows.to_string()
    assert (table.loc[table["kind"] == "power", "share"] > 0.5).all(), "there is nothing to miss"


def test_the_study_can_fail(table: pd.DataFrame) -> None:
    rows = table[table["kind"] == "naive"]
    assert len(rows) == 6
    assert set(rows["world"]) == {"no_clusters", "no_controls"}
    low = stats.binom.ppf(0.05 / len(rows) / 2, N_WORLDS, 0.95)
    assert (rows["n_held"] < low).all(), rows.to_string()


def test_a_small_study() -> None:
    """40 worlds of 1,500 customers, every second one with response weights."""
    lines = []
    for number in range(FEW):
        world = simulate(900_000 + number, BY_CLASS, CUSTOMERS)
        weights = weights_of(world.panel) if number % 2 else None
        found = links(world.panel, weights, params())
        of_world = list(held(true_effects(world), found, "by_class", "coverage"))
        lines += [*of_world, joint(of_world, found)]
    study = summary(lines, 900_000)
    assert len(study) == 19
    assert study["is_inside"].all(), study.to_string()
    # Errors in standard errors: centred on zero, as wide as the standard errors say (99.9 %).
    sizes = study["n_worlds"]
    assert (study["bias"].abs() < 3.3 / np.sqrt(sizes)).all(), study.to_string()
    low, high = (np.sqrt(stats.chi2.ppf(p, sizes - 1) / (sizes - 1)) for p in (5e-5, 1 - 5e-5))
    spread = 1 / study["std_error_ratio"]
    assert spread.between(low, high).all(), study.to_string()


def test_confounding_alone_is_not_supported() -> None:
    worlds_with_a_find = sum(one_flat(910_000 + n, CUSTOMERS)[0]["holds"] for n in range(FEW // 2))
    assert worlds_with_a_find <= stats.binom.ppf(0.999, FEW // 2, 0.05)


def test_the_study_speaks_for_the_link() -> None:
    """The effects it counts are those that the whole link prints, to the last bit."""
    world = simulate(920_000, BY_CLASS, CUSTOMERS)
    weights = weights_of(world.panel)
    bare = {o: bare_link(world.panel, weights, META, o, params()) for o in OUTCOMES}
    keys = ["term", "contrast", "weights", "by", "level"]
    for outcome in OUTCOMES:
        whole = link(world.panel, weights, META, outcome, params())
        both = whole.effects.merge(bare[outcome].effects, on=keys, suffixes=("", "_bare"))
        assert len(both) == len(bare[outcome].effects)
        for column in ("estimate", "std_error", "conf_low", "conf_high"):
            np.testing.assert_array_equal(both[column], both[f"{column}_bare"])


def test_the_truth_is_the_world_lived_again() -> None:
    """With the scores as they are, the counterfactual's mean is that of the next year lived;
    a score that changes nothing has no effect at all, draw by draw."""
    longer = worlds.N_STEPS + worlds.WINDOW
    means = []
    for seed in range(20):
        world = simulate(930_000 + seed, BY_CLASS, CUSTOMERS)
        people, rng = world.at_end, np.random.default_rng([seed, longer])
        for _ in range(worlds.WINDOW):
            people, _bought = worlds.live(people, BY_CLASS, rng)
        expected = truth(world, world.at_end.score)["retention"]
        means.append(people.is_active.mean() - expected.mean())
    assert abs(np.mean(means)) < 3.3 * np.std(means, ddof=1) / np.sqrt(len(means))
    flat = simulate(930_000, worlds.NOTHING, CUSTOMERS)
    assert set(np.abs(list(true_effects(flat).values()))) == {0.0}
