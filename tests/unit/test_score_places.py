"""Places that customers are met in, where the comparison could go wrong: a place that is its
kind of survey, places that nobody connects, one customer who answers everything.

Not covered: customers who choose the place by how they feel that day.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nexo.scores.consistency import consistency, delay


def visits(places: list[list[str]], effect: dict[str, float], n: int = 400) -> pd.DataFrame:
    """Customers of each list meet its places once each; scores differ by ``effect``."""
    rng = np.random.default_rng(6)
    parts = []
    for number, group in enumerate(places):
        own = rng.normal(3, 0.5, n)
        for place in group:
            score = own + effect.get(place, 0.0) + rng.normal(0, 0.5, n)
            names = [f"c{number}-{i}" for i in range(n)]
            part = pd.DataFrame({"customer_id": names, "touchpoint": place})
            parts.append(part.assign(csat_score=np.clip(np.round(score), 1, 5)))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(nps_score=np.nan, ces_score=np.nan, wave="2025-Q1")


def test_a_touchpoint_that_is_its_kind_of_survey_keeps_its_difference() -> None:
    """Held equal, the kind would take up half of what the touchpoint does."""
    answers = visits([["desk", "phone", "yearly"]], {"yearly": -1.0})
    answers["survey_kind"] = np.where(answers["touchpoint"] == "yearly", "relational", "after")
    found = consistency(answers).set_index("contrast")
    means = answers.groupby("touchpoint")["csat_score"].mean()  # all meet all: balanced
    assert found.loc["yearly", "estimate"] == pytest.approx(means["yearly"] - means.mean())
    assert found.loc["heterogeneity", "degrees_of_freedom"] == 2


def test_places_that_no_customer_connects_are_not_compared() -> None:
    assert consistency(visits([["desk", "phone"], ["web", "app"]], {"desk": 1.0})).empty
    assert len(consistency(visits([["desk", "phone"], ["phone", "app"]], {}))) == 4


def test_many_answers_of_a_customer_widen_the_error_as_repetitions_do() -> None:
    """The same rows three times over are no more customers: estimate and error stay."""
    once = visits([["desk", "phone"], ["phone", "web"]], {"web": 0.3})
    thrice = pd.concat([once] * 3, ignore_index=True)
    one, three = consistency(once), consistency(thrice)
    for name in ("estimate", "p_value"):
        assert three[name].to_numpy() == pytest.approx(one[name].to_numpy(), rel=1e-8)
    assert three["std_error"][1:].to_numpy() == pytest.approx(one["std_error"][1:].to_numpy())


def test_unequal_panels_are_told_with_honest_errors() -> None:
    """Some customers answer twice, some nine times: over worlds the interval covers."""
    rng = np.random.default_rng(11)
    hits = []
    for _ in range(60):
        sizes = rng.choice([2, 3, 9], 130)
        customer = np.repeat(np.arange(130), sizes)
        place = rng.choice(["a", "b", "c"], len(customer))
        likes = rng.normal(0, 0.6, (130, 3))  # each likes places differently: errors cluster
        score = 3 + likes[customer, np.searchsorted(["a", "b", "c"], place)]
        answers = pd.DataFrame({"customer_id": customer.astype(str), "touchpoint": place})
        answers["csat_score"] = np.clip(score + rng.normal(0, 0.3, len(customer)), 1, 5)
        found = consistency(answers.assign(wave="w", nps_score=np.nan, ces_score=np.nan))
        levels = found[found["contrast"] != "heterogeneity"]
        hits += ((levels["conf_low"] <= 0) & (levels["conf_high"] >= 0)).tolist()
    assert np.mean(hits) > 0.90


def late(customers: list[object]) -> pd.DataFrame:
    n = len(customers)
    days = np.random.default_rng(2).uniform(0, 9, n)
    start = pd.Timestamp("2025-02-01")
    survey = pd.DataFrame({"customer_id": customers, "experience_at": start})
    survey["answered_at"] = start + pd.to_timedelta(days, unit="D")
    score = np.clip(np.round(6 - 0.2 * days), 1, 7)
    extra = {"wave": "2025-Q1", "touchpoint": "web", "ces_score": score}
    answers = survey[["customer_id"]].assign(**extra, csat_score=np.nan, nps_score=np.nan)
    return delay(survey, answers)


def test_one_customer_who_answers_everything_shows_nothing_about_delay() -> None:
    assert late(["a"] * 400).empty


def test_an_answer_without_customer_leaves_the_others_together() -> None:
    names: list[object] = [f"c{i % 150}" for i in range(600)]
    assert late([None, *names[1:]])["n_clusters"].max() == 151
    assert late(names)["n_clusters"].max() == 150
