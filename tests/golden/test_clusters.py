"""Coefficients and covariances against the package pyfixest, weighted and not.

Small-sample factors: pyfixest's heteroscedastic n/(n-k) and CRV1 G/(G-1) (n-1)/(n-k) are ours.
Its CRV3 multiplies sum_g (b_-g - b)(b_-g - b)' by the factor of CRV1, ours by (G-1)/G as
MacKinnon, Nielsen and Webb (2023) define it: ours is converted to theirs. Not compared: weighted
logit (its feglm takes no weights) and CRV3 of its feglm (it refits the logit without a cluster
as a Poisson model); both are held to row-level statsmodels here. Tolerances: coefficients 1e-8,
standard errors 1e-6 (METHODS.md section 3); its iterations are told to stop later than usual.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
import pytest

from conftest import need
from support.raw_fit import errors, fit_columns, named

COLUMNS = ("a", "b", "z")
GROUPS = 60


@pytest.fixture(scope="module")
def pyfixest() -> Any:
    """The package pyfixest."""
    need("reference", find_spec("pyfixest") is not None, "pyfixest is missing; run make full")
    import pyfixest

    return pyfixest


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    """Rows of 60 clusters of unequal size that share a level and lean on the covariates."""
    rng, n = np.random.default_rng(5), 900
    group = np.floor(GROUPS * rng.random(n) ** 1.5).astype(int)
    level = 0.6 * rng.normal(size=GROUPS)[group]
    a, b = rng.integers(0, 2, n), (rng.random(n) < 0.3 + 0.3 * (group % 2)) * 1
    z = np.round(rng.normal(size=n) + level, 1)
    eta = -0.2 + 0.4 * a - 0.3 * b + 0.2 * z + level
    return pd.DataFrame({
        "group": group, "a": a, "b": b, "z": z, "w": rng.gamma(4, 0.25, n),
        "gaussian": eta + rng.normal(size=n),
        "poisson": rng.poisson(np.exp(eta)),
        "binomial": (rng.random(n) < 1 / (1 + np.exp(-eta))) * 1,
    })  # fmt: skip


def _theirs(pf: Any, data: pd.DataFrame, family: str, vcov: Any, weights: str | None) -> Any:
    formula = f"{family} ~ a + b + z"
    if family == "binomial":
        return pf.feglm(formula, data, family="logit", vcov=vcov, iwls_tol=1e-13)
    call: Callable[..., Any] = pf.feols if family == "gaussian" else pf.fepois
    exact = {} if family == "gaussian" else {"iwls_tol": 1e-13}
    return call(formula, data, vcov=vcov, weights=weights, **exact)


CASES = [
    (family, weights, kind)
    for family in ("gaussian", "poisson", "binomial")
    for weights in (None, "w")
    for kind in ("HC1", "CRV1", "CRV3")
    if family != "binomial" or (weights is None and kind != "CRV3")
]


@pytest.mark.parametrize(("family", "weights", "kind"), CASES)
def test_pyfixest_agrees(
    pyfixest: Any, data: pd.DataFrame, family: str, weights: str | None, kind: str
) -> None:
    vcov: Any = "HC1" if kind == "HC1" else {kind: "group"}
    theirs = _theirs(pyfixest, data, family, vcov, weights)
    ours = fit_columns(
        data[family], {name: data[name] for name in COLUMNS}, family, kind=kind,
        weights=None if weights is None else data[weights],
        cluster=None if kind == "HC1" else data["group"],
    )  # fmt: skip
    n, k = len(data), 4
    convert = GROUPS / (GROUPS - 1) * (n - 1) / (n - k) * GROUPS / (GROUPS - 1)
    factor = np.sqrt(convert) if kind == "CRV3" else 1.0
    for name in COLUMNS:
        assert named(ours)[name] == pytest.approx(theirs.coef()[name], rel=1e-8), name
        found = factor * errors(ours)[name]
        assert found == pytest.approx(theirs.se()[name], rel=1e-6), name


@pytest.mark.parametrize("is_weighted", [False, True])
def test_crv3_of_the_logit_by_leaving_out(data: pd.DataFrame, is_weighted: bool) -> None:
    """Each cluster left out of a row-level statsmodels fit, centred on the full estimate."""
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    design = np.column_stack([np.ones(len(data)), data[[*COLUMNS]]])
    y, w = data["binomial"].to_numpy(), data["w"].to_numpy() if is_weighted else np.ones(len(data))

    def params(kept: np.ndarray) -> np.ndarray:
        model = GLM(y[kept], design[kept], family=families.Binomial(), var_weights=w[kept])
        return np.asarray(model.fit(tol=1e-13).params)

    full = params(np.ones(len(data), dtype=bool))
    change = np.array([params((data["group"] != g).to_numpy()) - full for g in range(GROUPS)])
    expected = np.sqrt((GROUPS - 1) / GROUPS * (change**2).sum(axis=0))
    ours = fit_columns(
        y, {name: data[name] for name in COLUMNS}, "binomial", weights=w,
        cluster=data["group"], kind="CRV3",
    )  # fmt: skip
    np.testing.assert_allclose(ours.std_error, expected, rtol=1e-6)


@pytest.mark.parametrize("is_weighted", [False, True])
def test_clustered_logit_by_statsmodels(data: pd.DataFrame, is_weighted: bool) -> None:
    """statsmodels' own clustered covariance on rows, where its formula is METHODS.md's."""
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    design = np.column_stack([np.ones(len(data)), data[[*COLUMNS]]])
    w = data["w"].to_numpy() if is_weighted else np.ones(len(data))
    model = GLM(data["binomial"], design, family=families.Binomial(), var_weights=w)
    theirs = model.fit(tol=1e-13, cov_type="cluster", cov_kwds={"groups": data["group"]})
    ours = fit_columns(
        data["binomial"], {name: data[name] for name in COLUMNS}, "binomial", weights=w,
        cluster=data["group"], kind="CRV1",
    )  # fmt: skip
    np.testing.assert_allclose(ours.std_error, theirs.bse, rtol=1e-6)
