"""What must not matter does not, weighted and unweighted: order of rows, names of categories and
customers, unit of money and of weights, twice the rows at half the weight, direction of a scale.

Random panels (hypothesis draws the seed). Tolerance 1e-8 relative: the same sums in another
order, and Newton steps that stop at 1e-10; where a tolerance is wider, it is said why.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexo.models import Model, fit
from support.toy_panel import OUTCOMES, effects_of, toy_panel

CONTROLS = ("past_revenue_cents", "segment", "wave")
MONEY = ("net_revenue_cents", "past_revenue_cents")
SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=3)
COLUMNS = ["estimate", "std_error", "conf_low", "conf_high"]


def _shuffled(panel: pd.DataFrame) -> pd.DataFrame:
    return panel.sample(frac=1, random_state=1)


def _new_index(panel: pd.DataFrame) -> pd.DataFrame:
    return panel.set_axis(np.arange(len(panel))[::-1] + 7)


def _other_names(panel: pd.DataFrame) -> pd.DataFrame:
    """Segments in another order, so that another one comes first; customers likewise."""
    names = {"A": "zinc", "B": "amber", "C": "mica"}
    others = panel["customer_id"].map(lambda i: f"{(int(i) * 7919) % 100_003:06d}")
    return panel.assign(segment=panel["segment"].map(names), customer_id=others)


def _heavier(panel: pd.DataFrame) -> pd.DataFrame:
    return panel.assign(weight=panel["weight"] * 1000)


def _extra(panel: pd.DataFrame) -> pd.DataFrame:
    """Unscored rows, and rows whose window is not seen, tell nothing about effects."""
    mute = panel[~panel["is_reference"]].assign(nps_score=pd.NA, weight=5.0)
    mute["nps_score"] = mute["nps_score"].astype("Int64")
    return pd.concat([panel, mute.assign(customer_id=mute["customer_id"] + "x")])


@pytest.mark.parametrize("change", [_shuffled, _new_index, _other_names, _heavier, _extra])
@pytest.mark.parametrize("outcome", OUTCOMES)
@FEW
@given(seed=SEEDS)
def test_what_does_not_matter(
    seed: int, outcome: str, change: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    panel = toy_panel(seed)
    before = effects_of(panel, outcome, CONTROLS)
    after = effects_of(change(panel), outcome, CONTROLS)
    assert list(before.index) == list(after.index)
    # differences of nearly equal means: relative to the largest effect of the column
    for column in COLUMNS:
        size = before[column].abs().max()
        np.testing.assert_allclose(after[column], before[column], rtol=1e-7, atol=1e-8 * size)


@FEW
@given(seed=SEEDS)
def test_the_unit_of_money(seed: int) -> None:
    """Revenue times 100 gives effects times 100, and leaves the other outcomes alone."""
    panel = toy_panel(seed)
    finer = panel.assign(**{name: panel[name] * 100 for name in MONEY})
    for outcome, factor in (("retention", 1), ("cross_selling", 1), ("revenue", 100)):
        before = effects_of(panel, outcome, CONTROLS)[COLUMNS]
        after = effects_of(finer, outcome, CONTROLS)[COLUMNS]
        size = before["estimate"].abs().max()
        np.testing.assert_allclose(after / factor, before, rtol=1e-7, atol=1e-8 * size)


@FEW
@given(seed=SEEDS)
def test_promoters_and_detractors_change_places(seed: int) -> None:
    """With them swapped, every contrast between classes changes its sign or its ends."""
    panel = toy_panel(seed)
    level = np.digitize(panel["nps_score"].to_numpy(float), [7, 9])
    for outcome in OUTCOMES:
        found = [
            effects_of(panel.assign(nps_score=np.array(scores)[level]), outcome, CONTROLS)
            for scores in ((3, 7, 9), (9, 7, 3))
        ]
        for weights in ("none", "response"):
            one, other = (effects.loc[weights] for effects in found)
            for effect, mirror in (
                (("nps_plus10", "default_path"), ("nps_plus10", "default_path")),
                (("nps_class", "promoter_vs_passive"), ("nps_class", "passive_vs_detractor")),
            ):
                size = one.loc[effect, "std_error"]
                assert one.loc[effect, "estimate"] == pytest.approx(
                    -other.loc[mirror, "estimate"], rel=1e-7, abs=1e-7 * size
                )
                assert size == pytest.approx(other.loc[mirror, "std_error"], rel=1e-7)


@FEW
@given(seed=SEEDS)
def test_leaving_is_not_staying(seed: int) -> None:
    """The effect on leaving is minus the effect on staying."""
    panel = toy_panel(seed)
    found = [
        effects_of(panel.assign(is_retained=y), "retention", CONTROLS)
        for y in (panel["is_retained"], ~panel["is_retained"])
    ]
    contrasts = found[0].index.get_level_values("contrast").str.contains("vs|path|plus")
    one, other = (effects[contrasts] for effects in found)
    size = one["std_error"].max()
    np.testing.assert_allclose(one["estimate"], -other["estimate"], rtol=1e-7, atol=1e-8 * size)
    np.testing.assert_allclose(one["std_error"], other["std_error"], rtol=1e-7)


def _fit(panel: pd.DataFrame, outcome: str, weights: str | None, score: str = "nps_score") -> Model:
    coding = "class" if score == "nps_score" else "points"
    return fit(
        panel, outcome, score=score, coding=coding, controls=("segment", "wave"),
        weights=weights, covariance="CRV1", events_per_parameter=5,
    )  # fmt: skip


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("outcome", OUTCOMES)
@FEW
@given(seed=SEEDS)
def test_a_reversed_scale_reverses_the_sign(seed: int, outcome: str, weights: str | None) -> None:
    """CES where 7 is easy, and the same answers where 1 is."""
    panel = toy_panel(seed).assign(ces_score=lambda p: (p["nps_score"] - 3).clip(lower=1))
    one = _fit(panel, outcome, weights, "ces_score")
    other = _fit(panel.assign(ces_score=8 - panel["ces_score"]), outcome, weights, "ces_score")
    for a, b in zip(one.fits, other.fits, strict=True):
        place = a.terms.index("ces_score")
        assert a.params[place] == pytest.approx(-b.params[b.terms.index("ces_score")], rel=1e-7)
        assert a.std_error[place] == pytest.approx(b.std_error[place], rel=1e-7)


@pytest.mark.parametrize("outcome", OUTCOMES)
@FEW
@given(seed=SEEDS)
def test_twice_the_rows_at_half_the_weight(seed: int, outcome: str) -> None:
    """Same coefficients; clustered errors know of it by (n-1)/(n-k) alone."""
    panel = toy_panel(seed)
    twice = pd.concat([panel, panel], ignore_index=True)
    twice["weight"] /= 2
    one, other = _fit(panel, outcome, "weight"), _fit(twice, outcome, "weight")
    for a, b in zip(one.fits, other.fits, strict=True):
        assert b.n_obs == 2 * a.n_obs
        k = len(a.params)
        factor = [(n - 1) / (n - k) for n in (a.n_obs, b.n_obs)]
        np.testing.assert_allclose(a.params, b.params, rtol=1e-7, atol=1e-9)
        expected = a.std_error * np.sqrt(factor[1] / factor[0])
        np.testing.assert_allclose(b.std_error, expected, rtol=1e-7)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_whole_weights_are_copies(outcome: str) -> None:
    """A row of weight 3 is three rows of the same customer: the score's coefficients agree (the
    reference level of a control is its most frequent one, which copies may change)."""
    panel = toy_panel(4).assign(times=lambda p: 1 + np.arange(len(p)) % 3)
    copies = panel.loc[panel.index.repeat(panel["times"])].reset_index(drop=True)
    weighted, copied = _fit(panel, outcome, "times"), _fit(copies, outcome, None)
    for a, b in zip(weighted.fits, copied.fits, strict=True):
        for term in ("detractor", "promoter"):
            one, other = (fit.params[fit.terms.index(term)] for fit in (a, b))
            assert one == pytest.approx(other, rel=1e-7, abs=1e-9)
