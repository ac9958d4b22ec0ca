"""Drivers by touchpoint and phase, weighted importance, and the correction for an unreliable
score: known truths are found again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nexo.evidence.importance import importance, jackknife, moments
from nexo.evidence.robustness import linear_effect, linear_sample, one_landmark
from nexo.evidence.sensitivity import corrected_rows, retest
from nexo.evidence.touchpoints import rated, touchpoint_rows
from nexo.models.outcomes import OUTCOMES
from support.evidence_worlds import World, panel_of


def journeys(n: int = 3000, seed: int = 4) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers rate a shop (which makes their NPS) or a web page (which does not), or both."""
    panel = panel_of(World(n_customers=n, n_waves=2, seed=seed))
    rng = np.random.default_rng(seed)
    first = panel[panel["wave"] == panel["wave"].min()]
    shop, web = rng.integers(1, 6, n), rng.integers(1, 6, n)
    met_shop, met_web = rng.random(n) < 0.6, rng.random(n) < 0.6
    nps = np.clip(np.round(5 + 1.2 * (shop - 3) * met_shop + rng.normal(0, 1.5, n)), 0, 10)
    panel.loc[first.index, "nps_score"] = pd.array(nps, dtype="Int64")
    panel = panel.loc[first.index].assign(landmark=pd.Timestamp("2024-06-30").date())
    parts = []
    for place, phase, score, met in (
        ("shop", "before", shop, met_shop),
        ("web", "after", web, met_web),
    ):
        parts.append(
            pd.DataFrame(
                {
                    "customer_id": panel["customer_id"].to_numpy()[met],
                    "answered_at": pd.Timestamp("2024-06-30 23:00"),
                    "touchpoint": place,
                    "journey_phase": phase,
                    "csat_score": score[met],
                    "ces_score": np.nan,
                }
            )
        )
    return panel, pd.concat(parts, ignore_index=True)


def test_the_touchpoint_that_makes_the_score_leads() -> None:
    panel, survey = journeys()
    rows = touchpoint_rows(survey, panel, [OUTCOMES["revenue"]], 182, seed=1)
    table = pd.DataFrame(rows).set_index(["grouping", "outcome", "driver"])
    shop, web = table.loc[("touchpoint", "nps", "shop")], table.loc[("touchpoint", "nps", "web")]
    assert shop["conf_low"] > 0.15 > 0.02 > web["importance_lmg"]
    assert shop["johnson_low"] > web["johnson_high"]
    assert shop["performance"] == pytest.approx(0.5, abs=0.03)
    assert table.loc[("journey_phase", "nps", "before")]["importance_lmg"] == pytest.approx(
        shop["importance_lmg"], rel=1e-9
    )
    assert ("touchpoint", "revenue", "shop") in table.index


def test_only_what_was_rated_in_the_look_back_counts() -> None:
    panel, survey = journeys(800)
    late = survey.assign(answered_at=pd.Timestamp("2024-07-01 08:00"))
    old = survey.assign(answered_at=pd.Timestamp("2023-12-31 08:00"))
    for answers in (late, old):
        used, blocks = rated(answers, panel, "touchpoint", 182)
        assert used.empty and not blocks
    used, blocks = rated(survey, panel, "touchpoint", 182)
    assert set(blocks) == {"shop", "web"}
    assert len(used) == survey["customer_id"].nunique()
    both = used[(used["shop|is_rated"] == 1) & (used["web|is_rated"] == 0)]
    assert both["web|csat_score"].isna().all()
    assert rated(survey.drop(columns="touchpoint"), panel, "touchpoint", 182)[1] == {}


def test_doubling_a_customer_equals_a_weight_of_two() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(300, 3)), rng.normal(size=300)
    weights = rng.integers(1, 4, 300).astype(float)
    columns = {"a": [0], "b": [1, 2]}
    weighted = moments(x, y, np.zeros(300, dtype=int), weights)[0]
    copies = np.repeat(np.arange(300), weights.astype(int))
    repeated = moments(x[copies], y[copies], np.zeros(len(copies), dtype=int))[0]
    one, two = importance(weighted, columns), importance(repeated, columns)
    assert one.lmg == pytest.approx(two.lmg)
    assert one.johnson == pytest.approx(two.johnson)


def test_jackknife_error_of_johnson_is_that_of_repeated_samples() -> None:
    rng = np.random.default_rng(2)
    columns, groups = {"a": [0], "b": [1]}, np.arange(1000) % 50
    draws = []
    for _ in range(150):
        x = rng.normal(size=(1000, 2)) @ np.array([[1, 0.4], [0, 1]])
        y = x @ [0.5, 0.2] + rng.normal(size=1000)
        found, _, errors = jackknife(moments(x, y, groups), columns)
        draws.append((found.johnson, errors))
    spread = np.std([share for share, _ in draws], axis=0)
    # 150 draws know a standard deviation to 6 %, the jackknife of 50 groups to 10 %.
    assert np.mean([error for _, error in draws], axis=0) == pytest.approx(spread, rel=0.2)


def test_an_effect_hidden_by_error_in_the_score_is_found_again() -> None:
    """The true score moves revenue; answers add noise of known size, and retests show it."""
    rng = np.random.default_rng(9)
    n, noise = 6000, 1.0
    truth = rng.normal(6, 1.2, n)
    waves = []
    for number in range(2):
        waves.append(
            pd.DataFrame(
                {
                    "customer_id": np.arange(n).astype(str),
                    "landmark": pd.Timestamp("2024-01-01") + pd.Timedelta(days=91 * number),
                    "nps_score": np.clip(np.round(truth + rng.normal(0, noise, n)), 0, 10),
                    "nps_age_days": 10,
                    "segment": rng.choice(["a", "b"], n),
                    "net_revenue_cents": 1000 * truth + rng.normal(0, 2000, n),
                }
            )
        )
    panel = pd.concat(waves, ignore_index=True)
    reliability, n_pairs = retest(panel)
    # Rounding adds a twelfth; 6,000 pairs know a correlation to 0.01.
    assert reliability == pytest.approx(1.44 / (1.44 + noise**2 + 1 / 12), abs=0.03)
    assert n_pairs == n
    frame = one_landmark(panel, OUTCOMES["revenue"], 1)
    sample = linear_sample(frame, OUTCOMES["revenue"], ["segment"], 10)
    seen = linear_effect(sample, "points")
    rows = corrected_rows("revenue", "cents", seen, sample.explained, reliability, n_pairs)
    corrected = next(row for row in rows if row["term"] == "corrected_effect")
    expected = 1000 * 0.05 * sample.class_distance
    assert seen.conf_high < expected
    beside = next(row for row in rows if row["term"] == "uncorrected_effect")
    assert (beside["estimate"], beside["conf_high"]) == (seen.estimate, seen.conf_high)
    assert corrected["conf_low"] < expected < corrected["conf_high"]
    assert corrected_rows("revenue", "cents", seen, 0.9, 0.8, n_pairs) == []
    assert retest(panel.drop(columns="nps_age_days"))[1] == 0
