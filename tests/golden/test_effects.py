"""Effects against published and outside numbers: METHODS.md section 7, check 20, hand-computed
saturated tables, and the package marginaleffects on row-level statsmodels fits.

marginaleffects differentiates numerically: its standard errors agree to 1e-4, its estimates to
1e-7 (it re-fits nothing; both fits stop within 1e-10). It is used without categories and floats
in the formula and with `wts` in comparisons only: the release pinned here stumbles over the
first under Polars 2 and leaves the weights out of average predictions. Its step of one point is
centred (x - 1/2 to x + 1/2), ours goes from x to x + 1: the arms are given. Not covered: the
product of the two parts of revenue (held by hand here, and by brute force in test_models_link).
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from conftest import need
from nexo.compress.cells import Cells
from nexo.models.effects import averages
from nexo.models.fit import Fit
from nexo.models.model import Model
from support.raw_fit import fit_columns
from support.toy_panel import effects_of, toy_panel


def _average_slope(fit: Fit, up: np.ndarray, down: np.ndarray, width: float) -> float:
    """Average derivative by our averages: the whole design moved a little up and down."""
    n = len(up)
    reference = Cells(np.arange(n), np.ones(n), np.zeros(n), np.ones(n), np.empty((n, 0)))
    sample: Any = SimpleNamespace(customers=pd.RangeIndex(n))
    coding: Any = SimpleNamespace()
    model = Model(sample, coding, (fit,), (list(range(up.shape[1] + 1)),))
    estimate, _ = averages(model, reference, [down, up], np.full(n, 1 / n))
    return float(estimate[1] - estimate[0]) / width


def test_average_effects_of_spector(shared_data: Path) -> None:
    """Check 20 (Spector and Mazzeo 1980; statsmodels' documentation for the first three).

    With the interaction statsmodels' get_margeff moves GPA and leaves GPA x PSI where it is: it
    prints 0.7088. Moving both gives 0.3712. Tolerance: half a unit of the last printed digit.
    """
    data = pd.read_csv(shared_data / "published" / "spector.csv")
    step = 1e-4
    columns = {name: data[name].to_numpy() for name in ("GPA", "TUCE", "PSI")}
    fit = fit_columns(data["GRADE"], columns, "binomial")
    for name, printed in (("GPA", 0.3626), ("TUCE", 0.0122), ("PSI", 0.3052)):
        up = np.column_stack([v + step * (n == name) for n, v in columns.items()])
        down = np.column_stack([v - step * (n == name) for n, v in columns.items()])
        assert _average_slope(fit, up, down, 2 * step) == pytest.approx(printed, abs=5e-5)
    gpa, psi = columns["GPA"], columns["PSI"]
    fit = fit_columns(data["GRADE"], {"GPA": gpa, "PSI": psi, "both": gpa * psi}, "binomial")
    moved = [np.column_stack([g, psi, g * psi]) for g in (gpa + step, gpa - step)]
    assert _average_slope(fit, *moved, 2 * step) == pytest.approx(0.3712, abs=5e-5)


def _by_hand(rows: pd.DataFrame, y: np.ndarray, e: np.ndarray, w: np.ndarray) -> pd.DataFrame:
    """Weighted ratio sum(w y) / sum(w e) of each class, its influence per customer: columns
    estimate, influence (clusters)."""
    level = np.digitize(rows["nps_score"].to_numpy(float), [7, 9])
    found = []
    for c in range(3):
        is_c = level == c
        size = (w * e)[is_c].sum()
        ratio = (w * y)[is_c].sum() / size
        value = np.where(is_c, w * (y - ratio * e) / size, 0.0)
        found.append((ratio, pd.Series(value).groupby(rows["customer_id"].to_numpy()).sum()))
    return pd.DataFrame(found, columns=["estimate", "influence"])


def _factor(rows: pd.DataFrame) -> float:
    """Small-sample factor of a clustered covariance with three coefficients."""
    n, groups = len(rows), rows["customer_id"].nunique()
    return groups / (groups - 1) * (n - 1) / (n - 3)


@pytest.mark.parametrize("weights", ["none", "response"])
@pytest.mark.parametrize("outcome", ["retention", "cross_selling"])
def test_class_means_by_hand(outcome: str, weights: str) -> None:
    """Classes alone saturate the model: effects are differences of means (cross-selling: of
    rates, times the reference's mean exposure), errors those of ratios of sums per customer."""
    panel = toy_panel()
    column = {"retention": "is_retained", "cross_selling": "n_new_categories"}[outcome]
    has_exposure = outcome == "cross_selling"
    rows = panel[panel[column].notna()]
    at_end = panel[panel["is_reference"]]
    owned_not = at_end["n_categories_unowned"]  # the population is weighted in both fits
    scale = np.average(owned_not, weights=at_end["weight"]) if has_exposure else 1.0
    e = rows["n_categories_unowned"].to_numpy(float) if has_exposure else np.ones(len(rows))
    w = rows["weight"].to_numpy() if weights == "response" else np.ones(len(rows))
    hand = _by_hand(rows, rows[column].to_numpy(float), e, w)
    found = effects_of(panel, outcome, controls=()).loc[weights, "nps_class"]
    estimate = scale * hand["estimate"].to_numpy()
    influence = scale * np.sqrt(_factor(rows)) * np.array(list(hand["influence"]))
    for contrast, signs in (("promoter", (0, 0, 1)), ("promoter_vs_passive", (0, -1, 1)),
                            ("passive_vs_detractor", (-1, 1, 0))):  # fmt: skip
        row = found.loc[contrast]
        assert row["estimate"] == pytest.approx(np.dot(signs, estimate), rel=1e-9)
        error = np.sqrt(((signs @ influence) ** 2).sum())
        assert row["std_error"] == pytest.approx(error, rel=1e-8)


@pytest.mark.parametrize("weights", ["none", "response"])
def test_two_parts_by_hand(weights: str) -> None:
    """Share with revenue times mean of it is the mean of revenue floored at zero, and the two
    parts' influence adds up to its own, each with its part's small-sample factor."""
    panel = toy_panel()
    rows = panel[panel["net_revenue_cents"].notna()]
    y = rows["net_revenue_cents"].to_numpy(float)
    w = rows["weight"].to_numpy() if weights == "response" else np.ones(len(rows))
    is_any = y > 0
    share = _by_hand(rows, is_any * 1.0, np.ones(len(rows)), w)
    amount = _by_hand(rows, np.where(is_any, y, 0.0), is_any * 1.0, w)
    found = effects_of(panel, "revenue", controls=()).loc[weights, "nps_class"]
    influence = []
    for c, contrast in enumerate(("detractor", "passive", "promoter")):
        level = np.digitize(rows["nps_score"].to_numpy(float), [7, 9]) == c
        mean = np.average(np.maximum(y, 0.0)[level], weights=w[level])
        assert found.loc[contrast, "estimate"] == pytest.approx(mean, rel=1e-9)
        p, m = share["estimate"][c], amount["estimate"][c]
        parts = (m * share["influence"][c] * np.sqrt(_factor(rows)),
                 p * amount["influence"][c] * np.sqrt(_factor(rows[is_any])))  # fmt: skip
        influence.append(parts[0] + parts[1])
        error = np.sqrt((influence[-1] ** 2).sum())
        assert found.loc[contrast, "std_error"] == pytest.approx(error, rel=1e-8)
    error = 0.05 * np.sqrt(((influence[2] - influence[0]) ** 2).sum())
    headline = effects_of(panel, "revenue", controls=()).loc[weights, "nps_plus10", "default_path"]
    assert headline["std_error"] == pytest.approx(error, rel=1e-8)


def test_standardised_over_the_reference_by_hand() -> None:
    """Odds that multiply exactly: 1, 2, 4 by class, times 1, 2 by segment, 90 customers each.

    The additive logit reproduces the six shares 1/2 2/3 4/5, 2/3 4/5 8/9; the reference has two
    customers of A for one of B, and the average is over it, not over the rows of the fit.
    """
    events = {("A", 3): 45, ("A", 8): 60, ("A", 9): 72, ("B", 3): 60, ("B", 8): 72, ("B", 9): 80}
    blocks = [
        pd.DataFrame({"segment": segment, "nps_score": score, "is_retained": np.arange(90) < n})
        for (segment, score), n in events.items()
    ]
    rows = pd.concat(blocks, ignore_index=True).assign(is_reference=False, wave="2024-01-01")
    at_end = rows.iloc[[0, 90, 90 * 3]].assign(
        is_reference=True, wave="2025-01-01", is_retained=pd.NA
    )
    panel = pd.concat([rows, at_end.astype({"is_retained": "boolean"})], ignore_index=True)
    panel = panel.assign(customer_id=[f"{i:04d}" for i in range(len(panel))], weight=1.0,
                         landmark=pd.to_datetime(panel["wave"]))  # fmt: skip
    found = effects_of(panel, "retention", ("segment",))["estimate"].loc["none", "nps_class"]
    for contrast, of_a, of_b in (("detractor", 1 / 2, 2 / 3), ("passive", 2 / 3, 4 / 5),
                                 ("promoter", 4 / 5, 8 / 9)):  # fmt: skip
        assert found[contrast] == pytest.approx((2 * of_a + of_b) / 3, rel=1e-9)


@pytest.fixture(scope="module")
def reference() -> Any:
    """The package marginaleffects."""
    there = find_spec("marginaleffects") is not None
    need("reference", there, "marginaleffects is missing; run make full")
    import marginaleffects

    return marginaleffects


def _coded(rows: pd.DataFrame) -> pd.DataFrame:
    """Whole-number columns for a formula; the wave of the reference is the last fitted one."""
    score = rows["nps_score"].to_numpy(float)
    wave = rows["wave"].clip(upper="2024-07-01")
    return pd.DataFrame({
        "score": score.astype(int),
        "detractor": (score <= 6) * 1, "promoter": (score >= 9) * 1,
        "b": (rows["segment"] == "B").to_numpy() * 1, "c": (rows["segment"] == "C").to_numpy() * 1,
        "second": (wave == "2024-04-01").to_numpy() * 1,
        "third": (wave == "2024-07-01").to_numpy() * 1,
        "weight": rows["weight"].to_numpy(), "customer": rows["customer_id"].to_numpy(),
    })  # fmt: skip


@pytest.mark.parametrize("weights", ["none", "response"])
@pytest.mark.parametrize("outcome", ["retention", "cross_selling"])
def test_marginaleffects_agrees(reference: Any, outcome: str, weights: str) -> None:
    """Clustered by customer, over the scored of the last landmark, weighted, classes and points."""
    import polars as pl
    import statsmodels.formula.api as smf
    from statsmodels.genmod import families

    panel = toy_panel().assign(n_categories_unowned=1)  # no offset: it does not know of one
    column = {"retention": "is_retained", "cross_selling": "n_new_categories"}[outcome]
    family = families.Binomial() if outcome == "retention" else families.Poisson()
    seen = panel[panel[column].notna()]
    rows = _coded(seen).assign(y=seen[column].astype(int).to_numpy())
    at_end = _coded(panel[panel["is_reference"]])
    w = rows["weight"] if weights == "response" else rows["weight"] * 0 + 1.0
    ours = effects_of(panel, outcome).loc[weights]

    def one_more(score: Any) -> pl.DataFrame:  # those at the ceiling are not moved
        return pl.DataFrame({"from": score, "to": np.minimum(score.to_numpy() + 1, 10)})

    def compare(formula: str, variable: str, newdata: pd.DataFrame) -> tuple[float, float]:
        model = smf.glm(f"y ~ {formula} + b + c + second + third", rows, family=family,
                        var_weights=w)  # fmt: skip
        fit = model.fit(tol=1e-12, cov_type="cluster", cov_kwds={"groups": rows["customer"]})
        arms = {variable: one_more if variable == "score" else [0, 1]}
        found = reference.avg_comparisons(fit, variables=arms, newdata=newdata, wts="weight")
        return found.data["estimate"][0], found.data["std_error"][0]

    classes = "detractor + promoter"
    up = compare(classes, "promoter", at_end.assign(detractor=0))
    down = compare(classes, "detractor", at_end.assign(promoter=0))
    for contrast, (estimate, error), sign in (
        ("promoter_vs_passive", up, 1),
        ("passive_vs_detractor", down, -1),
    ):
        row = ours.loc["nps_class", contrast]
        assert row["estimate"] == pytest.approx(sign * estimate, rel=1e-6)
        assert row["std_error"] == pytest.approx(error, rel=1e-4)
    if weights == "none":
        estimate, error = compare("score", "score", at_end)
        row = ours.loc["nps_score", "plus_one"]
        assert row["estimate"] == pytest.approx(estimate, rel=1e-6)
        assert row["std_error"] == pytest.approx(error, rel=1e-4)
