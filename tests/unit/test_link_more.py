"""Parts of the link beside the headline: metrics together, groups, change, counts, categories.

Not covered: several scores in one curve (the others enter as levels), weights in these parts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from nexo.compress.cells import Rows, cell_sums
from nexo.link import LinkResult, Sales, link
from nexo.link.categories import next_categories
from nexo.link.groups import equality, in_groups
from nexo.link.task import make_task
from nexo.link.within import fit_change, pairs_of
from nexo.models import NotIdentified, fit
from nexo.models.fit import fit_cells
from nexo.models.outcomes import OUTCOMES
from nexo.models.sample import prepare
from nexo.report.wording_checks import CHECKS
from nexo.report.wording_link import LINK
from support.link_panel import META, link_params, make_panel

SNAPSHOT = {"kind": "snapshot", "source": "t", "horizon_days": None}


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    return make_panel()


@pytest.fixture(scope="module")
def metrics() -> LinkResult:
    """CSAT matters, NPS only follows it: together, little of NPS is left."""
    rng, n = np.random.default_rng(8), 8000
    csat = rng.integers(1, 6, n)
    nps = np.clip(2 * csat + rng.integers(-3, 3, n), 0, 10)
    stays = rng.random(n) < 1 / (1 + np.exp(-(0.7 * csat - 1.5)))
    frame = pd.DataFrame({
        "customer_id": np.arange(n).astype(str), "landmark": pd.NaT, "wave": "snapshot",
        "is_reference": True, "nps_score": nps, "csat_score": csat, "ces_score": pd.NA,
        "segment": rng.choice(["a", "b", "c"], n, p=[0.6, 0.39, 0.01]),
        "past_revenue_cents": rng.gamma(2, 5000, n), "is_retained": stays,
    })  # fmt: skip
    params = link_params(controls=("segment",), by=("segment",))
    return link(frame, None, SNAPSHOT, "retention", params)


def test_a_metric_that_only_follows_another_vanishes_beside_it(metrics: LinkResult) -> None:
    value = metrics.effects.set_index(["term", "contrast"])
    alone, together = (value.loc[("nps_score", f"plus_one_{k}")] for k in ("alone", "together"))
    assert alone["conf_low"] > 0.02
    assert together["conf_low"] < 0 < together["conf_high"]
    own = value.loc[("csat_score", "plus_one_together")]
    assert own["conf_low"] > 0.05
    assert "csat_score held equal" in together["method"]
    assert alone["n_obs"] == together["n_obs"]


def test_one_metric_alone_has_no_table_of_metrics(panel: pd.DataFrame) -> None:
    found = link(panel.assign(ces_score=pd.NA), None, META, "retention", link_params())
    assert not found.effects["contrast"].str.contains("together").any()
    assert "metric_shapes" not in found.more


def test_groups_have_models_of_their_own_and_small_ones_are_named(metrics: LinkResult) -> None:
    rows = metrics.effects[metrics.effects["by"] == "segment"]
    assert set(rows["level"]) == {"a", "b"}
    assert rows.groupby("level")["n_obs"].first().sum() < 8000
    checks = metrics.diagnostics.set_index("check")
    assert checks.loc["segment=c:group", "message_code"] == "too_few_events"
    assert checks.loc["segment:same_in_groups", "is_ok"]
    # Cochran's Q by hand: 1 and 3 with errors of 1 differ by 2 / sqrt(2)
    assert equality(np.array([1.0, 3.0]), np.eye(2)) == pytest.approx(0.157299, abs=1e-6)


def test_groups_that_share_customers_are_not_independent(panel: pd.DataFrame) -> None:
    """The same customers in both groups, with hardly another score: the errors cancel."""
    rows = panel[panel["is_retained"].notna()].drop_duplicates("customer_id")
    same, chosen = rows.assign(segment="a", is_reference=True), np.random.default_rng(4)
    score = same["nps_score"].where(chosen.random(len(same)) < 0.98, 8)
    both = pd.concat([same, same.assign(segment="b", nps_score=score)], ignore_index=True)
    found, notes = in_groups(
        make_task(both, META, "retention", link_params(controls=())), "segment"
    )
    effects = pd.concat(found).query("contrast == 'default_path'")
    independent = np.diff(effects["estimate"])[0] / np.sqrt((effects["std_error"] ** 2).sum())
    assert norm.isf(notes[-1]["value"] / 2) > 5 * abs(independent)


def test_adjusted_p_values_leave_the_headline_to_holm(metrics: LinkResult) -> None:
    table = metrics.effects
    headline = table[(table["contrast"] == "default_path") & (table["by"] == "")]
    assert headline["p_value"].notna().all() and headline["p_value_adjusted"].isna().all()
    others = table.drop(headline.index).dropna(subset=["p_value"])
    assert (others["p_value_adjusted"] >= others["p_value"]).all()


def test_calibration_and_residuals_add_up(metrics: LinkResult) -> None:
    table = metrics.more["calibration"]
    tenths = table[table["by"] == "tenth"]
    assert len(tenths) == 10 and tenths["n_obs"].sum() == 8000
    shares = tenths["n_obs"] / 8000
    # A logit with an intercept reproduces the mean.
    assert shares @ tenths["predicted"] == pytest.approx(shares @ tenths["estimate"])
    assert tenths["predicted"].is_monotonic_increasing
    assert set(table.loc[table["by"] == "segment", "term"]) == {"detractor", "passive", "promoter"}


def subscribers(n: int = 6000, non_buyers: int = 0) -> pd.DataFrame:
    """A subscription: everybody pays, those with a better score a little more."""
    rng = np.random.default_rng(12)
    nps, ces = rng.integers(0, 11, n), rng.integers(1, 8, n)
    money = np.exp(8 + 0.05 * nps + 0.03 * ces) * rng.gamma(20, 1 / 20, n)
    money[:non_buyers] = 0
    return pd.DataFrame({
        "customer_id": np.arange(n).astype(str), "landmark": pd.NaT, "wave": "snapshot",
        "is_reference": True, "nps_score": nps, "ces_score": ces, "csat_score": pd.NA,
        "segment": rng.choice(["a", "b"], n), "past_revenue_cents": pd.NA,
        "net_revenue_cents": np.round(money),
    })  # fmt: skip


@pytest.mark.parametrize("non_buyers", [0, 3])
def test_where_everybody_buys_one_part_carries_revenue(non_buyers: int) -> None:
    frame = subscribers(non_buyers=non_buyers)
    found = link(frame, None, SNAPSHOT, "revenue", link_params(controls=("segment",)))
    assert found.status["is_identified"] and found.status["is_simplified"]
    value = found.effects.set_index(["term", "contrast"])
    mean, nps = frame["net_revenue_cents"].mean(), frame["nps_score"]
    cut = pd.cut(nps, [-1, 6, 8, 10], labels=False)
    by_class = frame.groupby(cut)["net_revenue_cents"].mean()
    row = value.loc[("nps_class", "promoter_vs_detractor")]
    assert row["estimate"] == pytest.approx(by_class[2] - by_class[0], rel=0.02)
    assert value.loc[("ces_score", "plus_one"), "estimate"] == pytest.approx(0.03 * mean, rel=0.25)
    checks = found.diagnostics.set_index("check")
    assert checks.loc["rows_not_above_zero", "value"] == non_buyers
    assert checks.loc["least_squares:nps_plus10", "is_ok"]
    with pytest.raises(NotIdentified, match="too_few_events"):
        fit(frame, "revenue")  # two parts were asked for, and two there are not


def test_counts_that_scatter_are_tried_as_negative_binomial(panel: pd.DataFrame) -> None:
    rng = np.random.default_rng(3)
    mean = np.exp(0.3 - 0.05 * panel["nps_score"].fillna(7).to_numpy(float))
    scattered = rng.poisson(mean * rng.gamma(0.8, 1 / 0.8, len(panel)))
    frame = panel.assign(n_contacts=np.where(panel["is_reference"], np.nan, scattered))
    checks = {}
    for name, table in (("wide", frame), ("narrow", panel)):
        found = link(table, None, META, "contacts", link_params(controls=("segment",)))
        checks[name] = found.diagnostics.set_index("check")
    assert not checks["wide"].loc["dispersion", "is_ok"]
    wide = checks["wide"].loc["negative_binomial:nps_plus10"]
    assert wide["is_ok"] and wide["value"] < 0
    assert checks["narrow"].loc["dispersion", "is_ok"]


def test_a_class_that_always_buys_leaves_one_part_and_many_without_a_purchase() -> None:
    """Not everybody buys here: the words must not say so."""
    frame, rng = subscribers(), np.random.default_rng(2)
    money = frame["net_revenue_cents"].mask(
        (frame["nps_score"] < 7) & (rng.random(len(frame)) < 0.5), 0
    )
    found = link(frame.assign(net_revenue_cents=money), None, SNAPSHOT, "revenue",
                 link_params(controls=("segment",)))  # fmt: skip
    checks = found.diagnostics.set_index("check")
    assert found.status["is_simplified"] and checks.loc["rows_not_above_zero", "value"] > 900
    told = [*LINK["simplified"], *CHECKS["first_part"][0]]
    assert not any(word in text for text in told for word in ("early", "Casi", "solo {n}"))


def moved(effect: float, n: int = 3000, noise: float = 300.0) -> pd.DataFrame:
    """Two landmarks a year apart: customers differ for good (which moves score and money), and
    a score that changes by one goes with ``effect`` more money."""
    rng = np.random.default_rng(21)
    kind = rng.normal(size=n)
    rows = []
    for number in range(2):
        nps = np.clip(np.round(6 + kind + 1.5 * rng.normal(size=n)), 0, 10)
        money = 5000 + 2000 * kind + effect * nps + rng.normal(0, noise, n)
        day = pd.Timestamp("2023-01-01") + pd.Timedelta(days=365 * number)
        rows.append(pd.DataFrame({
            "customer_id": np.arange(n).astype(str), "landmark": day, "wave": str(day.date()),
            "nps_score": nps, "segment": "a", "net_revenue_cents": money,
        }))  # fmt: skip
    return pd.concat(rows, ignore_index=True)


@pytest.mark.parametrize("effect", [0.0, 100.0])
def test_change_within_customers_where_the_baseline_shows_what_lasts(effect: float) -> None:
    frame = moved(effect)
    meta = META | {"horizon_days": {"retention": 365, "revenue": 365}}
    task = make_task(frame, meta, "revenue", link_params())
    assert len(pairs_of(task)) == 3000
    found = fit_change(task)
    place = found.terms.index("change")
    # What is left of the noise in the outcome before is regressed away: a little bias is known.
    assert abs(found.params[place] - effect) < 3 * found.std_error[place] + 15
    between = np.polyfit(frame["nps_score"], frame["net_revenue_cents"], 1)[0]
    assert between > effect + 300
    with pytest.raises(NotIdentified, match="too_few_pairs"):
        fit_change(make_task(frame.head(3050), meta, "revenue", link_params()))


def test_lasting_differences_are_held_only_as_far_as_the_baseline_shows_them() -> None:
    """Without any effect, a noisy outcome before lets a part of what lasts through; reports say."""
    meta = META | {"horizon_days": {"retention": 365, "revenue": 365}}
    task = make_task(moved(0.0, noise=2000.0), meta, "revenue", link_params())
    found, pairs = fit_change(task), pairs_of(task)
    place = found.terms.index("change")
    assert found.p_value[place] < 0.001
    change = pairs["x"] - pairs["x_before"]
    later = np.column_stack([np.ones(3000), change, pairs["x_before"], pairs["y_before"]])
    as_later = np.linalg.lstsq(later, pairs["y"].to_numpy(float), rcond=None)[0]
    assert found.params[place] == pytest.approx(as_later[1])
    assert "only as far as" in LINK["within"][1] and "solo se iguala" in LINK["within"][0]


def test_windows_that_overlap_make_no_pair() -> None:
    frame = moved(0.0)
    meta = META | {"horizon_days": {"retention": 400, "revenue": 400}}
    assert pairs_of(make_task(frame, meta, "revenue", link_params())).empty


def test_next_categories_by_hand() -> None:
    bought = pd.DataFrame({
        "customer_id": list("aabc"), "nps_score": [9, 9, 10, 3],
        "category": ["tv", "mobile", "tv", "mobile"],
    })  # fmt: skip
    table = next_categories(bought, 0.95).set_index(["contrast", "category"])
    assert table.loc[("promoter", "tv"), "estimate"] == pytest.approx(2 / 3)
    assert table.loc[("promoter_vs_detractor", "mobile"), "estimate"] == pytest.approx(1 / 3 - 1)
    # customers a (1 of 2) and b (1 of 1): (1 - 4/3)/3 and (1 - 2/3)/3, times sqrt(2/1)
    error = np.sqrt(2 * ((1 / 9) ** 2 + (1 / 9) ** 2))
    assert table.loc[("promoter", "tv"), "std_error"] == pytest.approx(error)
    assert "passive" not in table.index.get_level_values(0)
    found = link(make_panel(), None, META, "cross_selling", link_params(),
                 Sales(first_purchases=bought))  # fmt: skip
    assert found.more["next_category"]["n_clusters"].max() == 3


def telco(folder: Path, **more: Any) -> pd.DataFrame:
    status = pd.read_csv(folder / "telco_extended" / "Telco_customer_churn_status.csv")
    services = pd.read_csv(folder / "telco_extended" / "Telco_customer_churn_services.csv")
    return pd.DataFrame({
        "customer_id": status["Customer ID"], "csat_score": status["Satisfaction Score"],
        "nps_score": pd.NA, "ces_score": pd.NA, "is_retained": status["Churn Value"] == 0,
        "tenure_days": services["Tenure in Months"] * 30, "churn_score": status["Churn Score"],
        "is_reference": True, "wave": "snapshot", "landmark": pd.NaT, "segment": "a",
        "past_revenue_cents": pd.NA,
    }).assign(**more)  # fmt: skip


def test_telco_is_separated_and_its_churn_score_is_leakage(shared_data: Path) -> None:
    """All below 60 stay, all above 80 leave (ORIGIN.md)."""
    params = link_params(controls=("tenure_days", "churn_score"))
    status = link(telco(shared_data), None, SNAPSHOT, "retention", params).status
    assert (status["is_identified"], status["reason_code"]) == (False, "separation")
    assert status["reason_values"]["column"] == "csat_score"
    assert status["excluded_controls"] == [{"column": "churn_score", "reason_code": "leakage"}]
    rng = np.random.default_rng(1)
    frame = telco(shared_data, nps_score=rng.integers(0, 11, 7043))
    sample = prepare(frame, OUTCOMES["retention"], "nps_score", params.controls, 20)
    assert sample.excluded == (("churn_score", "leakage"),)
    model = fit(frame, "retention", controls=["tenure_days", "churn_score"])
    assert [control.column for control in model.sample.controls] == ["tenure_days"]


def test_missing_scores_written_as_nan_are_not_outside_the_scale(panel: pd.DataFrame) -> None:
    """As the panel's Parquet file is read: float64 with NaN, and objects for booleans."""
    floats = panel.astype({"nps_score": "float64"})
    floats["is_retained"] = panel["is_retained"].astype(object).where(~panel["is_reference"], None)
    model = fit(floats, "retention")
    np.testing.assert_allclose(model.params, fit(panel, "retention").params)


def test_separation_by_a_combination_names_its_columns() -> None:
    rng = np.random.default_rng(9)
    a, b, c = rng.integers(0, 4, 400), rng.integers(0, 4, 400), rng.random(400)
    design = np.column_stack([np.ones(400), a, b, c]).astype(float)
    rows = Rows(np.arange(400), (a + b > 3).astype(float), np.ones(400), np.arange(400))
    sums = cell_sums(rows, 400)
    with pytest.raises(NotIdentified, match="separation") as refusal:
        fit_cells(design, ("intercept", "a", "b", "c"), sums, "binomial", rows=rows)
    assert refusal.value.values["terms"] == ["intercept", "a", "b"]
