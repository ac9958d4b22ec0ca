"""The link stage: what is printed of each outcome, and when nothing may be printed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nexo.base.errors import ConfigError, ContractError
from nexo.compress.controls import learn_control
from nexo.link import LinkResult, link
from nexo.link.task import effects_of, fit_score, make_task
from nexo.models import NotIdentified, fit
from nexo.models.outcomes import OUTCOMES
from support.link_panel import CONTROLS, META, link_params, make_panel, make_weights

APART = ("plus_one_alone", "plus_one_together", "plus_one_within")
"""Effects of models that never feed money: not in the joint covariance."""


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    return make_panel()


@pytest.fixture(scope="module")
def weights(panel: pd.DataFrame) -> pd.DataFrame:
    return make_weights(panel)


@pytest.fixture(scope="module")
def results(panel: pd.DataFrame, weights: pd.DataFrame) -> dict[str, LinkResult]:
    return {name: link(panel, weights, META, name, link_params()) for name in OUTCOMES}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_paths_of_ten_points_follow_from_class_contrasts(
    results: dict[str, LinkResult], outcome: str
) -> None:
    every = results[outcome].effects
    for _, rows in every[every["by"] == ""].groupby("weights"):
        value = rows.set_index(["term", "contrast"])["estimate"]
        up, down = (value["nps_class", c] for c in ("promoter_vs_passive", "passive_vs_detractor"))
        assert value["nps_class", "promoter"] - value["nps_class", "passive"] == pytest.approx(up)
        assert value["nps_plus10", "passive_to_promoter"] == pytest.approx(0.10 * up)
        assert value["nps_plus10", "detractor_to_passive"] == pytest.approx(0.10 * down)
        assert value["nps_plus10", "detractor_to_promoter"] == pytest.approx(0.05 * (up + down))
        assert value["nps_plus10", "default_path"] == pytest.approx((0.10 * up + 0.10 * down) / 2)
    assert set(results[outcome].effects["weights"]) == {"none", "response"}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_influence_values_square_to_the_printed_errors(
    results: dict[str, LinkResult], outcome: str
) -> None:
    found = results[outcome]
    values = found.influence.set_index("customer_id")
    printed = found.effects[(found.effects["weights"] == "none") & (found.effects["by"] == "")]
    printed = printed[~printed["contrast"].isin(APART)]
    ids = printed["term"] + ":" + printed["contrast"]
    assert list(values.columns) == list(ids)
    np.testing.assert_allclose(np.sqrt((values**2).sum()), printed["std_error"], rtol=1e-9)
    assert values.index.is_monotonic_increasing and values.index.is_unique


def test_units_and_status(results: dict[str, LinkResult]) -> None:
    status = {name: found.status for name, found in results.items()}
    assert [status[n]["is_annual"] for n in OUTCOMES] == [False, True, True, True]
    declared = link_params().smallest_effect  # percentage points, per 100 customers, currency
    factors = {"retention": 0.01, "cross_selling": 0.01, "revenue": 100, "contacts": 0.01}
    for name, factor in factors.items():
        expected = getattr(declared, name) * factor
        assert status[name]["smallest_effect"] == pytest.approx(expected)
    assert status["revenue"]["unit"] == "cents_per_customer_year"
    assert status["retention"]["covariance"] == "CRV1"
    assert results["revenue"].metrics["is_identified"] is True
    checks = results["cross_selling"].diagnostics.set_index("check")["value"]
    assert checks["rows_without_exposure"] > 0
    assert len(results["retention"].shape) == 11


def test_effects_are_annual(
    panel: pd.DataFrame, weights: pd.DataFrame, results: dict[str, LinkResult]
) -> None:
    window = META | {"horizon_days": {"cross_selling": 365}}
    yearly = link(panel, weights, window, "cross_selling", link_params()).effects["estimate"]
    halves = results["cross_selling"].effects["estimate"]
    np.testing.assert_allclose(halves[:12], yearly[:12] * 365 / 182)


def test_effects_in_groups(panel: pd.DataFrame) -> None:
    rows = link(panel, None, META, "retention", link_params(by=("segment",))).effects
    grouped = rows[(rows["by"] == "segment") & (rows["contrast"] == "promoter")]
    assert list(grouped["level"]) == ["business", "home"]
    overall = rows[(rows["by"] == "") & (rows["contrast"] == "promoter")]["estimate"].iloc[0]
    assert grouped["estimate"].min() < overall < grouped["estimate"].max()


def test_a_changed_task_stands_for_its_own_population(
    panel: pd.DataFrame, weights: pd.DataFrame
) -> None:
    task = make_task(panel, META, "retention", link_params(), weights)
    model = fit_score(task, "nps_score", "class")
    first = effects_of(task, model)
    others = effects_of(replace(task, weights=None), model)
    assert np.abs(first.estimate - others.estimate).max() > 1e-6
    np.testing.assert_array_equal(effects_of(task, model).estimate, first.estimate)


def test_a_missing_weight_is_an_error(panel: pd.DataFrame, weights: pd.DataFrame) -> None:
    with pytest.raises(ContractError, match="no weight for 3 rows"):
        link(panel, weights.iloc[3:], META, "retention", link_params())
    with pytest.raises(ConfigError, match="is not an outcome"):
        link(panel, weights, META, "happiness", link_params())


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "outcome_absent": ({"is_retained": pd.NA}, "retention"),
    "score_absent": ({"nps_score": pd.NA, "ces_score": pd.NA}, "retention"),
    "score_outside_scale": ({"nps_score": 11}, "retention"),
    "constant_outcome": ({"is_retained": True}, "retention"),
    "constant_score": ({"nps_score": 9}, "retention"),
    "no_rows": ({"n_categories_unowned": 0}, "cross_selling"),
    "no_reference": ({"is_reference": False}, "retention"),
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_refusals(panel: pd.DataFrame, reason: str) -> None:
    changes, outcome = REFUSALS[reason]
    found = link(panel.assign(**changes), None, META, outcome, link_params())
    assert (found.status["is_identified"], found.status["reason_code"]) == (False, reason)
    for table in (found.effects, found.coefficients, found.shape, found.influence):
        assert len(table.columns) > 0
        assert table.empty or set(table["term"]) == {"ces_score"}, "what CES says still stands"
    assert found.metrics["effect_nps_plus10"]["estimate"] is None


def test_too_few_events_and_no_behaviour(panel: pd.DataFrame) -> None:
    few = link(panel.head(300), None, META, "retention", link_params())
    assert few.status["reason_code"] == "too_few_events"
    assert few.status["reason_values"]["needed"] == 10 * few.status["reason_values"]["n_parameters"]
    none = link(panel.head(0), None, META | {"kind": "survey_only"}, "revenue", link_params())
    assert none.status["reason_code"] == "no_behaviour"


def test_an_empty_class_is_refused(panel: pd.DataFrame) -> None:
    high = panel.assign(nps_score=panel["nps_score"].clip(lower=7))
    found = link(high, None, META, "retention", link_params())
    assert found.status["reason_code"] == "score_class_absent"


def test_separation_by_a_class_is_named(panel: pd.DataFrame) -> None:
    left = panel["nps_score"] <= 6
    gone = panel.assign(is_retained=panel["is_retained"].mask(left & panel["is_retained"], False))
    found = link(gone, None, META, "retention", link_params())
    assert found.status["reason_code"] == "separation"
    assert found.status["reason_values"]["kind"] == "quasi"


def test_only_scores_that_were_given_are_in_the_shape(panel: pd.DataFrame) -> None:
    raised = panel.assign(nps_score=panel["nps_score"].clip(lower=1))  # a scale that starts at 1
    shape = link(raised, None, META, "retention", link_params()).shape
    assert shape["nps_score"].tolist() == list(range(1, 11))


def test_a_snapshot_has_no_year(panel: pd.DataFrame) -> None:
    one = panel[panel["wave"] == panel["wave"].min()].copy()
    one = one.assign(landmark=pd.NaT, wave="snapshot", is_reference=True, is_retained=pd.NA,
                     n_new_categories=pd.NA, ces_score=pd.NA)  # fmt: skip
    meta = {"kind": "snapshot", "source": "t", "horizon_days": None}
    found = link(one, None, meta, "revenue", link_params(bins=4))
    assert found.status["unit"] == "cents_per_customer"
    assert (found.status["is_annual"], found.status["covariance"]) == (False, "HC1")
    assert {"column": "wave", "reason_code": "constant"} in found.status["excluded_controls"]
    for absent in ("retention", "cross_selling"):
        assert (
            link(one, None, meta, absent, link_params()).status["reason_code"] == "outcome_absent"
        )


def test_leaking_controls_are_left_out(panel: pd.DataFrame) -> None:
    rng = np.random.default_rng(3)
    gone = ~panel["is_retained"].fillna(True).to_numpy(bool)
    churn_score = np.where(
        gone, 60 + rng.integers(0, 40, len(gone)), rng.integers(0, 80, len(gone))
    )
    frame = panel.assign(churn_score=churn_score, region="north")
    wanted = (*CONTROLS, "churn_score", "region", "phase_of_moon")
    status = link(frame, None, META, "retention", link_params(controls=wanted)).status
    assert status["controls"] == list(CONTROLS)
    assert {entry["column"]: entry["reason_code"] for entry in status["excluded_controls"]} == {
        "churn_score": "leakage", "region": "constant", "phase_of_moon": "absent",
    }  # fmt: skip


def test_real_separation_is_refused(shared_data: Path) -> None:
    """telco_extended: satisfaction 1-2 all leave, 4-5 none; Churn Score leaks (ORIGIN.md)."""
    status = pd.read_csv(shared_data / "telco_extended" / "Telco_customer_churn_status.csv")
    services = pd.read_csv(shared_data / "telco_extended" / "Telco_customer_churn_services.csv")
    frame = pd.DataFrame({
        "customer_id": status["Customer ID"],
        "csat_score": status["Satisfaction Score"],
        "is_retained": status["Churn Value"] == 0,
        "tenure_days": services["Tenure in Months"] * 30,
        "churn_score": status["Churn Score"],
    })  # fmt: skip
    with pytest.raises(NotIdentified) as refusal:
        fit(frame, "retention", score="csat_score", coding="points", controls=["tenure_days"])
    assert refusal.value.reason_code == "separation"
    assert refusal.value.values == {"column": "csat_score", "kind": "quasi", "levels": "1, 2, 4, 5"}
    is_event = frame["is_retained"].to_numpy()
    assert learn_control(frame["churn_score"], 20, is_event, True) == "leakage"
    whole = frame.assign(nps_score=pd.NA, is_reference=True, wave="snapshot", landmark=pd.NaT)
    meta = {"kind": "snapshot", "source": "telco", "horizon_days": None}
    found = link(whole.assign(ces_score=pd.NA), None, meta, "retention", link_params())
    assert found.status["reason_code"] == "separation"


@pytest.mark.parametrize(("n_customers", "kind"), [(30, "CRV3"), (80, "CRV1"), (200, "CRV1")])
def test_few_customers_leave_no_tenths_to_compare(
    panel: pd.DataFrame, n_customers: int, kind: str
) -> None:
    few = panel[panel["customer_id"].isin(panel["customer_id"].unique()[:n_customers])]
    found = link(few, None, META, "retention", link_params(controls=(), events_per_parameter=3))
    assert found.status["is_identified"] and found.status["covariance"] == kind
    assert ("calibration" in found.more) == (n_customers == 200)
    assert all(len(table) for table in found.more.values())
    checks = found.diagnostics.set_index("check")
    assert ("residual_by_group" in checks.index) == (n_customers > 30)
    assert checks["value"].drop(["within", "csat_score"], errors="ignore").notna().all()
