"""The fit on cells is the row-level statsmodels fit; its covariance is METHODS.md's formulas.

Tolerances: coefficients 1e-8 and standard errors 1e-6 (METHODS.md section 3, "At scale").
Streamed blocks, other engines and the negative binomial: test_models_streams.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.genmod.generalized_linear_model import GLM

from nexo.compress.cells import Rows, cell_of_rows, cell_sums
from nexo.compress.design import GRAM_ROWS, independent, weighted_gram
from nexo.full_rank import NEWTON, FullRankGLM
from nexo.models.fit import Fit, family_named, fit_cells, influence
from nexo.models.refusals import NotIdentified

FAMILIES = ("binomial", "cloglog", "poisson", "gamma", "gaussian")
TERMS = ("intercept", "a1", "a2", "b", "z")


def _rows(family: str, seed: int, n: int = 600) -> dict[str, Any]:
    """Rows with discrete covariates, so that cells hold several rows each."""
    rng = np.random.default_rng(seed)
    a, b, z = rng.integers(0, 3, n), rng.integers(0, 2, n), rng.integers(0, 5, n) / 2.0
    exposure = rng.integers(1, 4, n).astype(float)
    eta = -0.3 + 0.4 * (a == 1) - 0.3 * (a == 2) + 0.3 * b + 0.2 * z
    y = {
        "binomial": lambda: rng.random(n) < 1 / (1 + np.exp(-eta)),
        "cloglog": lambda: rng.random(n) < -np.expm1(-np.exp(eta - 0.5)),
        "poisson": lambda: rng.poisson(exposure * np.exp(eta - 0.5)),
        "gamma": lambda: np.exp(eta) * rng.gamma(2, 0.5, n),
        "gaussian": lambda: eta + rng.normal(size=n),
    }[family]().astype(float)
    design = np.column_stack([np.ones(n), a == 1, a == 2, b, z]).astype(float)
    offset = np.log(exposure) if family == "poisson" else np.zeros(n)
    keys = pd.DataFrame({"a": a, "b": b, "z": z, "exposure": offset})
    weights = rng.gamma(4, 0.25, n)
    return {"y": y, "X": design, "offset": offset, "keys": keys, "w": weights,
            "cluster": rng.integers(0, 70, n)}  # fmt: skip


def _fit_on_cells(data: dict[str, Any], family: str, w: np.ndarray, kind: str) -> Fit:
    cell = cell_of_rows(data["keys"])
    first = np.unique(cell, return_index=True)[1]
    rows = Rows(cell, data["y"], w, data["cluster"])
    return fit_cells(
        data["X"][first], TERMS, cell_sums(rows, len(first)), family,
        rows=rows, offset=data["offset"][first], kind=kind,
    )  # fmt: skip


def _fit_on_rows(data: dict[str, Any], family: str, w: np.ndarray, **kwargs: Any) -> Any:
    model = GLM(data["y"], data["X"], family=family_named(family), offset=data["offset"],
                var_weights=w)  # fmt: skip
    return model.fit(tol=1e-14, maxiter=200, **kwargs)


def _sandwich_by_hand(data: dict[str, Any], family: str, w: np.ndarray, params: np.ndarray,
                      groups: np.ndarray) -> np.ndarray:  # fmt: skip
    """Row by row: H^-1 (sum over groups of s_g s_g') H^-1, as METHODS.md writes it."""
    chosen = family_named(family)
    X, mu = data["X"], chosen.fitted(data["X"] @ params + data["offset"])
    slope, variance = chosen.link.deriv(mu), chosen.variance(mu)
    bend = variance * chosen.link.deriv2(mu) + chosen.variance.deriv(mu) * slope
    weight = w / (variance * slope**2) + w * (data["y"] - mu) * bend / (variance**2 * slope**3)
    H = sum(wi * np.outer(x, x) for wi, x in zip(weight, X, strict=True))
    scores = (w * (data["y"] - mu) / (slope * variance))[:, None] * X
    summed = np.array([scores[groups == g].sum(axis=0) for g in np.unique(groups)])
    return np.linalg.inv(H) @ summed.T @ summed @ np.linalg.inv(H)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("is_weighted", [False, True])
def test_cells_equal_rows(family: str, is_weighted: bool) -> None:
    data = _rows(family, seed=3)
    n, k = data["X"].shape
    w = data["w"] if is_weighted else np.ones(n)
    ours, theirs = _fit_on_cells(data, family, w, "HC1"), _fit_on_rows(data, family, w)
    assert len(ours.solution.mean) < n / 3, "the test needs cells with several rows"
    np.testing.assert_allclose(ours.params, theirs.params, rtol=0, atol=1e-8)
    by_hand = _sandwich_by_hand(data, family, w, theirs.params, np.arange(n)) * n / (n - k)
    np.testing.assert_allclose(ours.covariance.matrix, by_hand, rtol=1e-6, atol=1e-12)
    assert ours.covariance.degrees_of_freedom == n - k
    groups = len(np.unique(data["cluster"]))
    ours = _fit_on_cells(data, family, w, "auto")
    by_hand = _sandwich_by_hand(data, family, w, theirs.params, data["cluster"])
    by_hand *= groups / (groups - 1) * (n - 1) / (n - k)
    assert (ours.covariance.kind, ours.covariance.degrees_of_freedom) == ("CRV1", groups - 1)
    np.testing.assert_allclose(ours.covariance.matrix, by_hand, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_unweighted_errors_equal_statsmodels_rows(family: str) -> None:
    data = _rows(family, seed=4)
    n, k = data["X"].shape
    plain = np.ones(n)
    white = _fit_on_rows(data, family, plain, cov_type="HC0").bse
    np.testing.assert_allclose(
        _fit_on_cells(data, family, plain, "HC0").std_error, white, rtol=1e-6
    )
    factor = np.sqrt(n / (n - k))  # statsmodels' GLM applies none under the name HC1
    ours = _fit_on_cells(data, family, plain, "HC1").std_error
    np.testing.assert_allclose(ours, white * factor, rtol=1e-6)
    by_cluster = {"cov_type": "cluster", "cov_kwds": {"groups": data["cluster"]}}
    theirs = _fit_on_rows(data, family, plain, **by_cluster).bse
    ours = _fit_on_cells(data, family, plain, "CRV1").std_error
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
def test_few_clusters_leave_one_out(family: str) -> None:
    data = _rows(family, seed=5)
    data["cluster"] = data["cluster"] % 12
    n, groups = len(data["y"]), 12
    w = data["w"]
    ours = _fit_on_cells(data, family, w, "auto")
    full = _fit_on_rows(data, family, w).params
    change = np.array([
        _fit_on_rows({**data, "y": data["y"][keep], "X": data["X"][keep],
                      "offset": data["offset"][keep]}, family, w[keep]).params - full
        for keep in (data["cluster"] != g for g in range(groups))
    ])  # fmt: skip
    by_hand = (groups - 1) / groups * change.T @ change
    assert (ours.covariance.kind, ours.n_obs) == ("CRV3", n)
    np.testing.assert_allclose(ours.covariance.matrix, by_hand, rtol=1e-5, atol=1e-10)


@pytest.mark.parametrize("kind", ["HC1", "CRV1", "CRV3"])
def test_influence_values_square_to_the_covariance(kind: str) -> None:
    data = _rows("binomial", seed=6, n=300)
    data["cluster"] = np.arange(300) if kind == "HC1" else data["cluster"] % 45
    ours = _fit_on_cells(data, "binomial", data["w"], kind)
    gradient = np.random.default_rng(0).normal(size=(5, 3))
    values = influence(ours, gradient)
    expected = gradient.T @ ours.covariance.matrix @ gradient
    np.testing.assert_allclose(values.T @ values, expected, rtol=1e-9, atol=1e-12)


@given(st.integers(0, 10_000), st.sampled_from(FAMILIES), st.integers(60, 250))
def test_cells_equal_rows_on_random_designs(seed: int, family: str, n: int) -> None:
    data = _rows(family, seed, n)
    kept = independent(data["X"], data["w"])
    if len(kept) < 5:
        return
    try:
        ours = _fit_on_cells(data, family, data["w"], "HC1")
    except NotIdentified:
        return
    theirs = _fit_on_rows(data, family, data["w"])
    np.testing.assert_allclose(ours.params, theirs.params, rtol=0, atol=1e-7)
    by_hand = _sandwich_by_hand(data, family, data["w"], theirs.params, np.arange(n))
    np.testing.assert_allclose(ours.covariance.matrix, by_hand * n / (n - 5), rtol=1e-5, atol=1e-10)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_full_rank_glm_is_statsmodels_glm(family: str) -> None:
    """Params to Newton's tolerance, errors and degrees of freedom as theirs: the last Hessian is
    exact, although the last steps shared an earlier one."""
    rows, chosen = _rows(family, seed=11), family_named(family)
    given: dict[str, Any] = {"offset": rows["offset"], "var_weights": rows["w"]}
    theirs, ours = (
        model(rows["y"], rows["X"], family=chosen, **given).fit(
            start_params=np.r_[0.5, np.zeros(len(TERMS) - 1)], tol=1e-10, cov_type="eim", **NEWTON
        )
        for model in (GLM, FullRankGLM)
    )
    np.testing.assert_allclose(ours.params, theirs.params, rtol=0, atol=1e-10)
    np.testing.assert_allclose(ours.bse, theirs.bse, rtol=1e-9)
    assert (ours.df_model, ours.df_resid) == (theirs.df_model, theirs.df_resid)
    assert ours.mle_retvals["converged"]


def test_dispersion_is_pearsons_over_rows() -> None:
    data = _rows("gamma", seed=7)
    theirs = _fit_on_rows(data, "gamma", np.ones(600))
    ours = _fit_on_cells(data, "gamma", np.ones(600), "HC1")
    assert ours.dispersion == pytest.approx(theirs.pearson_chi2 / (600 - 5), rel=1e-9)


def test_gram_with_and_without_negative_weights() -> None:
    """Observed information may weigh a cell below zero where the link is not canonical."""
    design = np.random.default_rng(3).normal(size=(2 * GRAM_ROWS + 9, 3))  # the last rows too
    weight = np.random.default_rng(4).normal(size=len(design))
    for w in (weight, np.abs(weight)):
        np.testing.assert_allclose(weighted_gram(design, w), (design.T * w) @ design, rtol=1e-9)


def test_aliased_columns_are_dropped_from_the_right() -> None:
    rng = np.random.default_rng(8)
    a, b = rng.normal(size=50), rng.normal(size=50)
    design = np.column_stack([np.ones(50), a, 2 * a - 3, b, np.zeros(50), a + 1e6 * b])
    assert independent(design, np.ones(50)) == [0, 1, 3]


def test_separation_by_a_combination_is_refused() -> None:
    rng = np.random.default_rng(9)
    a, b = rng.integers(0, 4, 400), rng.integers(0, 4, 400)
    design = np.column_stack([np.ones(400), a, b]).astype(float)
    rows = Rows(np.arange(400), (a + b > 3).astype(float), np.ones(400), np.arange(400))
    with pytest.raises(NotIdentified, match="separation"):
        fit_cells(design, ("intercept", "a", "b"), cell_sums(rows, 400), "binomial", rows=rows)


def test_calibration_of_a_true_model_is_within_chance_and_of_a_wrong_one_is_not() -> None:
    from nexo.link.diagnostics import calibration_error, link_test

    rng = np.random.default_rng(11)
    x = rng.integers(0, 12, 8000) / 4.0
    terms = ("intercept", "x")
    found = {}
    for name, eta in (("true", -1.5 + x), ("wrong", -1.5 + 2.0 * (x - 1.4) ** 2)):
        y = (rng.random(8000) < 1 / (1 + np.exp(-eta))).astype(float)
        rows = Rows((4 * x).astype(int), y, np.ones(8000), np.arange(8000))
        design = np.column_stack([np.ones(12), np.arange(12) / 4.0])
        fit = fit_cells(design, terms, cell_sums(rows, 12), "binomial", rows=rows)
        error, by_chance = calibration_error(fit)
        found[name] = (error / by_chance, link_test(fit))
    assert found["true"][0] < 2 and found["true"][1] > 0.01
    assert found["wrong"][0] > 5 and found["wrong"][1] < 1e-6
