"""Effects, refusals and the stage: what is printed, and when nothing may be printed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nexo.config import Link, load_params
from nexo.errors import ConfigError, ContractError
from nexo.models import LinkResult, NotIdentified, fit, link, summary
from nexo.models.coding import Coding, learn_control, shape_coding
from nexo.models.diagnostics import top_share
from nexo.models.effects import effects
from nexo.models.fit import influence
from nexo.models.outcomes import OUTCOMES, nps_class
from nexo.models.refusals import area_under_curve, leaks
from nexo.models.sample import compress, fit_model, prepare

N, WAVES = 2400, 3
CONTROLS = ("tenure_days", "past_revenue_cents", "segment", "wave")
META = {"kind": "landmark", "source": "t",
        "horizon_days": {"retention": 365, "cross_selling": 182, "revenue": 182}}  # fmt: skip


def _wave(rng: np.random.Generator, number: int, rich: np.ndarray) -> pd.DataFrame:
    nps = np.clip(np.round(7.5 + 0.4 * rich + 2.2 * rng.normal(size=N)), 0, 10)
    push = nps_class(nps) - 1
    stays = rng.random(N) < 1 / (1 + np.exp(-(0.8 + 0.5 * push + 0.3 * rich)))
    owned = rng.integers(1, 5, N)
    money = np.round(np.exp(8 + 0.4 * rich + 0.15 * push) * rng.gamma(3, 1 / 3, N))
    money = np.where(rng.random(N) < 0.75, money, -rng.integers(0, 50, N))
    date = dt.date(2024, 1, 1) + dt.timedelta(days=91 * number)
    return pd.DataFrame({
        "customer_id": [f"{i:05x}" for i in range(N)],
        "landmark": pd.Timestamp(date), "wave": date.isoformat(),
        "is_reference": number == WAVES,
        "nps_score": pd.array(nps, dtype="Int64"),
        "ces_score": pd.array(rng.integers(1, 8, N), dtype="Int64"),
        "csat_score": pd.array([pd.NA] * N, dtype="Int64"),
        "tenure_days": rng.integers(30, 2000, N),
        "past_revenue_cents": np.round(np.exp(8 + 0.4 * rich)).astype(int),
        "segment": rng.choice(["home", "business"], N),
        "region": "north",
        "n_categories_owned": owned, "n_categories_unowned": 4 - owned,
        "is_retained": pd.array(stays, dtype="boolean"),
        "n_new_categories": pd.array(_new(rng, owned, push), dtype="Int64"),
        "net_revenue_cents": pd.array(money.astype(int), dtype="Int64"),
    })  # fmt: skip


def _new(rng: np.random.Generator, owned: np.ndarray, push: np.ndarray) -> np.ndarray:
    return rng.poisson((4 - owned) * np.exp(-1.5 + 0.2 * push))


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    rich = rng.normal(size=N)
    waves = [_wave(rng, number, rich) for number in range(WAVES + 1)]
    for column in ("is_retained", "n_new_categories", "net_revenue_cents"):
        waves[-1][column] = pd.array([pd.NA] * N, dtype=waves[0][column].dtype)
    table = pd.concat(waves, ignore_index=True)
    table.loc[rng.random(len(table)) < 0.2, "nps_score"] = pd.NA
    return table


@pytest.fixture(scope="module")
def weights(panel: pd.DataFrame) -> pd.DataFrame:
    scored = panel.loc[panel["nps_score"].notna(), ["customer_id", "landmark"]]
    return scored.assign(weight=np.random.default_rng(1).gamma(9, 1 / 9, len(scored)))


def _params(**changes: Any) -> Link:
    plain = {"controls": CONTROLS, "bins": 8}
    return load_params(Link).model_copy(update=plain | changes)


@pytest.fixture(scope="module")
def results(panel: pd.DataFrame, weights: pd.DataFrame) -> dict[str, LinkResult]:
    return {name: link(panel, weights, META, name, _params()) for name in OUTCOMES}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_paths_of_ten_points_follow_from_class_contrasts(
    results: dict[str, LinkResult], outcome: str
) -> None:
    for _, rows in results[outcome].effects.groupby("weights"):
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
    printed = found.effects[found.effects["weights"] == "none"]
    ids = printed["term"] + ":" + printed["contrast"]
    assert list(values.columns) == list(ids)
    np.testing.assert_allclose(np.sqrt((values**2).sum()), printed["std_error"], rtol=1e-9)
    assert values.index.is_monotonic_increasing and values.index.is_unique


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_standard_errors_are_the_delta_method(panel: pd.DataFrame, outcome: str) -> None:
    """Gradient by central differences in every coefficient of every part, through the fitted
    parts' influence values (whose squares are their covariance: test_models_fit)."""
    model = fit(panel, outcome, controls=CONTROLS, bins=4)
    sample = model.sample
    at_end = panel[panel["is_reference"] & panel["nps_score"].notna()]
    at_end = at_end[at_end["n_categories_unowned"] > 0].assign(wave=panel["wave"].min())
    reference = compress(at_end, "nps_score", sample.outcome.exposure, sample.controls)
    share = reference.n / reference.n.sum()

    def estimate(part: int, params: np.ndarray) -> np.ndarray:
        fits = list(model.fits)
        fits[part] = replace(fits[part], params=params)
        return effects(replace(model, fits=tuple(fits)), reference, share).estimate

    expected = np.zeros((len(sample.customers), 10))
    for number, part in enumerate(model.fits):
        steps = 1e-5 * np.eye(len(part.params))
        rises = [
            estimate(number, part.params + s) - estimate(number, part.params - s) for s in steps
        ]
        values = influence(part, np.array(rises) / 2e-5)
        expected[: len(values)] += values
    found = effects(model, reference, share).influence
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max())


def test_two_parts_equal_brute_force(panel: pd.DataFrame) -> None:
    """g-computation by statsmodels' own predict on each reference row, no cells."""
    model = fit(panel, "revenue", controls=("segment",))
    at_end = panel[panel["is_reference"] & panel["nps_score"].notna()]
    reference = compress(at_end, "nps_score", "", model.sample.controls)
    found = effects(model, reference, reference.n / reference.n.sum())
    expected = []
    for is_detractor, is_promoter in ((1, 0), (0, 0), (0, 1)):
        product = 1.0
        for part in model.fits:
            columns = {"intercept": 1.0, "detractor": is_detractor, "promoter": is_promoter}
            level = part.terms[-1].split(":")[1]
            columns[part.terms[-1]] = (at_end["segment"] == level).to_numpy(float)
            design = pd.DataFrame(columns, index=at_end.index)[list(part.terms)]
            product = product * part.result.predict(design.to_numpy(float))
        expected.append(np.mean(product))
    np.testing.assert_allclose(found.estimate[:3], expected, rtol=1e-10)


def test_units_and_status(results: dict[str, LinkResult]) -> None:
    status = {name: found.status for name, found in results.items()}
    assert [status[n]["is_annual"] for n in OUTCOMES] == [False, True, True]
    declared = _params().smallest_effect  # percentage points, per 100 customers, currency
    factors = {"retention": 0.01, "cross_selling": 0.01, "revenue": 100}
    for name, factor in factors.items():
        expected = getattr(declared, name) * factor
        assert status[name]["smallest_effect"] == pytest.approx(expected)
    assert status["revenue"]["unit"] == "cents_per_customer_year"
    assert status["retention"]["covariance"] == "CRV1"
    assert results["revenue"].metrics["is_identified"] is True
    checks = results["cross_selling"].diagnostics.set_index("check")["value"]
    assert checks["rows_without_exposure"] > 0
    assert len(results["retention"].shape) == 11


def test_effects_are_annual(panel: pd.DataFrame, results: dict[str, LinkResult]) -> None:
    window = META | {"horizon_days": {"cross_selling": 365}}
    yearly = link(panel, None, window, "cross_selling", _params()).effects["estimate"]
    halves = results["cross_selling"].effects["estimate"][: len(yearly)]
    np.testing.assert_allclose(halves, yearly * 365 / 182)


def test_effects_in_groups(panel: pd.DataFrame) -> None:
    rows = link(panel, None, META, "retention", _params(by=("segment",))).effects
    grouped = rows[(rows["by"] == "segment") & (rows["contrast"] == "promoter")]
    assert list(grouped["level"]) == ["business", "home"]
    overall = rows[(rows["by"] == "") & (rows["contrast"] == "promoter")]["estimate"].iloc[0]
    assert grouped["estimate"].min() < overall < grouped["estimate"].max()


def test_a_missing_weight_is_an_error(panel: pd.DataFrame, weights: pd.DataFrame) -> None:
    with pytest.raises(ContractError, match="no weight for 3 rows"):
        link(panel, weights.iloc[3:], META, "retention", _params())
    with pytest.raises(ConfigError, match="is not an outcome"):
        link(panel, weights, META, "happiness", _params())


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
    found = link(panel.assign(**changes), None, META, outcome, _params())
    assert (found.status["is_identified"], found.status["reason_code"]) == (False, reason)
    for table in (found.effects, found.coefficients, found.shape, found.influence):
        assert table.empty and len(table.columns) > 0
    assert found.metrics["effect_nps_plus10"]["estimate"] is None


def test_too_few_events_and_no_behaviour(panel: pd.DataFrame) -> None:
    few = link(panel.head(300), None, META, "retention", _params())
    assert few.status["reason_code"] == "too_few_events"
    assert few.status["reason_values"]["needed"] == 10 * few.status["reason_values"]["n_parameters"]
    none = link(panel.head(0), None, META | {"kind": "survey_only"}, "revenue", _params())
    assert none.status["reason_code"] == "no_behaviour"


def test_an_empty_class_is_refused(panel: pd.DataFrame) -> None:
    high = panel.assign(nps_score=panel["nps_score"].clip(lower=7))
    found = link(high, None, META, "retention", _params())
    assert found.status["reason_code"] == "score_class_absent"


def test_separation_by_a_class_is_named(panel: pd.DataFrame) -> None:
    left = panel["nps_score"] <= 6
    gone = panel.assign(is_retained=panel["is_retained"].mask(left & panel["is_retained"], False))
    found = link(gone, None, META, "retention", _params())
    assert found.status["reason_code"] == "separation"
    assert found.status["reason_values"]["kind"] == "quasi"


def test_only_scores_that_were_given_are_in_the_shape(panel: pd.DataFrame) -> None:
    raised = panel.assign(nps_score=panel["nps_score"].clip(lower=1))  # a scale that starts at 1
    shape = link(raised, None, META, "retention", _params()).shape
    assert shape["nps_score"].tolist() == list(range(1, 11))


def test_a_snapshot_has_no_year(panel: pd.DataFrame) -> None:
    one = panel[panel["wave"] == panel["wave"].min()].copy()
    one = one.assign(landmark=pd.NaT, wave="snapshot", is_reference=True, is_retained=pd.NA,
                     n_new_categories=pd.NA, ces_score=pd.NA)  # fmt: skip
    meta = {"kind": "snapshot", "source": "t", "horizon_days": None}
    found = link(one, None, meta, "revenue", _params(bins=4))
    assert found.status["unit"] == "cents_per_customer"
    assert (found.status["is_annual"], found.status["covariance"]) == (False, "HC1")
    assert {"column": "wave", "reason_code": "constant"} in found.status["excluded_controls"]
    for absent in ("retention", "cross_selling"):
        assert link(one, None, meta, absent, _params()).status["reason_code"] == "outcome_absent"


def test_leaking_controls_are_left_out(panel: pd.DataFrame) -> None:
    rng = np.random.default_rng(3)
    gone = ~panel["is_retained"].fillna(True).to_numpy(bool)
    churn_score = np.where(
        gone, 60 + rng.integers(0, 40, len(gone)), rng.integers(0, 80, len(gone))
    )
    frame = panel.assign(churn_score=churn_score, region="north")
    wanted = (*CONTROLS, "churn_score", "region", "phase_of_moon")
    status = link(frame, None, META, "retention", _params(controls=wanted)).status
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
    found = link(whole.assign(ces_score=pd.NA), None, meta, "retention", _params())
    assert found.status["reason_code"] == "separation"


def test_binned_controls_keep_their_means(panel: pd.DataFrame) -> None:
    model = fit(panel, "retention", controls=["tenure_days"], bins=5)
    terms = model.fits[0].terms
    assert terms[-1] == "tenure_days:mean_per_std"
    assert sum("bin_" in term for term in terms) == 4
    raw = panel["tenure_days"].iloc[model.sample.rows].to_numpy(float)
    cell = model.sample.cells.cell
    by_cell = pd.Series(raw).groupby(cell).mean()
    column = model.sample.cells.controls[:, -1]
    np.testing.assert_allclose(column, (by_cell - raw.mean()) / raw.std(), atol=1e-12)


def test_a_control_with_few_values_has_a_level_for_each_and_no_mean() -> None:
    """Its rarest value may be pure: as part of a mean it would separate (seen in a world where
    nobody with all six categories spent nothing); as a level it joins its neighbour."""
    owned = pd.Series(np.repeat([1, 2, 3, 6], [400, 300, 200, 10]), name="owned")
    is_event = np.random.default_rng(4).random(910) < 0.7
    is_event[-10:] = True
    control = learn_control(owned, 20, is_event, True)
    assert not isinstance(control, str)
    assert control.terms == ["owned:bin_02", "owned:bin_03"]
    assert control.codes(pd.Series([3, 6])).tolist() == [3, 3]


def test_missing_controls_are_a_level_and_pure_bins_merge() -> None:
    column = pd.Series([1.0, 2, 3, 3, np.nan] * 40, name="x")
    is_event = np.tile([True, False, True, False, True], 40)
    is_event[::7] = ~is_event[::7]
    control = learn_control(column, 4, is_event, True)
    assert not isinstance(control, str)
    assert "x:(missing)" in control.terms
    mostly = pd.Series(np.arange(400.0), name="x")
    few = np.zeros(400, dtype=bool)
    few[[30, 90, 150, 330]] = True
    merged = learn_control(mostly, 20, few, True)
    assert not isinstance(merged, str)
    codes = merged.codes(mostly)
    assert all(0 < few[codes == code].sum() < (codes == code).sum() for code in np.unique(codes))
    assert merged.codes(pd.Series([-5.0, 1e9])).tolist() == [codes[0], codes[-1]]


def test_unseen_level_gets_the_reference() -> None:
    control = learn_control(
        pd.Series(list("aab") * 30, name="s"), 5, np.tile([1, 0, 0, 1], 30)[:90] > 0, True
    )
    assert not isinstance(control, str)
    assert control.codes(pd.Series(["zzz"])).tolist() == [control.reference]


def test_leakage_is_not_called_by_chance() -> None:
    rng = np.random.default_rng(5)
    rare = rng.random(2000) < 0.01  # most of many small levels hold no event at all
    codes = rng.integers(0, 100, 2000)
    assert not leaks(codes, codes.astype(float), rare)
    assert area_under_curve(np.array([1.0, 2, 2, 3]), np.array([False, False, True, True])) == 0.875


def test_class_and_shape_codings() -> None:
    assert nps_class(np.array([0, 6, 7, 8, 9, 10.0])).tolist() == [0, 0, 1, 1, 2, 2]
    assert Coding("nps_score", "class").terms == ("detractor", "promoter")
    x = np.repeat(np.arange(11.0), [1, 0, 0, 2, 40, 40, 40, 40, 60, 40, 40])
    is_event = np.arange(len(x)) % 2 == 0
    shape = shape_coding("nps_score", x, is_event, 10)
    assert shape.groups == ((0, 1, 2, 3, 4), (5,), (6,), (7,), (8,), (9,), (10,))
    assert shape.labels[shape.reference] == "8"
    assert shape.level(np.array([0.0, 4, 5, 10])).tolist() == [0, 0, 1, 6]


def test_fit_takes_other_frames(panel: pd.DataFrame) -> None:
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.from_df(panel[["customer_id", "nps_score", "is_retained", "segment"]])
    ours = fit(relation, "retention", controls=["segment"])
    again = fit(panel, "retention", controls=["segment"])
    np.testing.assert_allclose(ours.fits[0].params, again.fits[0].params, atol=1e-9)
    table = summary(again)
    assert list(table["term"][:3]) == [
        "retained:intercept",
        "retained:detractor",
        "retained:promoter",
    ]
    assert again.fits[0].result.params.shape == again.fits[0].params.shape


def test_a_weighted_fit_is_the_weighted_rows(panel: pd.DataFrame) -> None:
    from statsmodels.genmod.generalized_linear_model import GLM

    from nexo.models.fit import family_named

    sample = prepare(panel, OUTCOMES["retention"], "nps_score", ["segment"], 5)
    w = np.random.default_rng(2).gamma(4, 0.25, len(sample.y))
    ours = fit_model(sample, Coding("nps_score", "class"), weights=w).fits[0]
    design = ours.solution.design[sample.cells.cell]
    rows = GLM(sample.y, design, family=family_named("binomial"), var_weights=w).fit(tol=1e-13)
    np.testing.assert_allclose(ours.params, rows.params, atol=1e-8)


def test_top_share() -> None:
    assert top_share(np.append(np.ones(99), 101.0)) == pytest.approx(101 / 200)
