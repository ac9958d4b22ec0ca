"""Every engine makes the same cells, and streamed blocks give the fit on cells.

The fit on cells is held to the rows in test_models_fit; here frames of five engines and streams
of blocks are held to it: coefficients 1e-8, standard errors 1e-6 (METHODS.md section 3).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.genmod import families
from statsmodels.genmod.generalized_linear_model import GLM

from nexo.base.errors import ConfigError
from nexo.compress import records
from nexo.compress.coding import Coding
from nexo.compress.tally import quantiles
from nexo.models import Model, NotIdentified, blocks, fit
from nexo.models.fit import influence
from nexo.models.model import fit_model
from nexo.models.outcomes import OUTCOMES, Outcome, Part
from nexo.models.sample import prepare

N = 4000
CONTROLS = ("tenure_days", "money", "segment", "is_vip", "n_owned", "constant", "not_there")
ONE_PART = {
    "binomial": ("is_retained", lambda y: y),
    "cloglog": ("is_retained", lambda y: y),
    "poisson": ("n_new", lambda y: y),
    "gamma": ("amount", lambda y: y),
    "gaussian": ("net", lambda y: y),
}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(17)
    customer = rng.integers(0, N // 3, N)
    rich = rng.normal(size=N)
    nps = np.clip(np.round(7.5 + 0.4 * rich + 2.2 * rng.normal(size=N)), 0, 10)
    owned = rng.integers(1, 5, N)
    table = pd.DataFrame({
        "customer_id": [f"{i:05x}" for i in customer],
        "nps_score": pd.array(nps, dtype="Int64"),
        "tenure_days": rng.integers(30, 2000, N).astype(float),
        "money": pd.array(np.round(np.exp(5 + 0.4 * rich)), dtype="Int64"),
        "segment": rng.choice(["home", "business", "shop"], N),
        "is_vip": rng.random(N) < 0.3,
        "n_owned": owned, "exposure": 5 - owned, "constant": 1,
        "is_retained": rng.random(N) < 1 / (1 + np.exp(-0.5 - 0.3 * rich)),
        "n_new": rng.poisson((5 - owned) * np.exp(-1.5 + 0.2 * rich) * rng.gamma(2, 0.5, N)),
        "amount": np.exp(1 + 0.2 * rich) * rng.gamma(2, 0.5, N),
        "weight": rng.gamma(4, 0.25, N),
    })  # fmt: skip
    table["net"] = np.where(rng.random(N) < 0.2, -5.0, 100 * table["amount"])
    for column in ("nps_score", "tenure_days", "segment"):
        table.loc[rng.random(N) < 0.1, column] = None
    return table


def outcome(family: str) -> Outcome:
    column = ONE_PART[family][0]
    exposure = "exposure" if family == "poisson" else ""
    return Outcome(
        family, column, "unit", (Part("only", family, "y ~ x"),), to_unit=1.0, exposure=exposure
    )


def engine_frame(frame: pd.DataFrame, engine: str, spark: Any = None) -> Any:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    if engine == "spark":
        return spark.createDataFrame(table)
    native = {"duckdb": duckdb.from_arrow, "polars": pl.from_arrow, "lazy_polars": None}
    if engine == "lazy_polars":
        return pl.from_arrow(table).lazy()  # type: ignore[union-attr]
    return native[engine](table) if engine in native else table


def assert_same(found: Model, expected: Model) -> None:
    assert list(found.params.index) == list(expected.params.index)
    assert found.sample.n_cells == expected.sample.n_cells
    assert found.sample.excluded == expected.sample.excluded
    np.testing.assert_allclose(found.params, expected.params, rtol=0, atol=1e-8)
    np.testing.assert_allclose(found.bse, expected.bse, rtol=1e-6)
    for one, other in zip(found.fits, expected.fits, strict=True):
        assert one.n_obs == other.n_obs
        assert one.covariance.kind == other.covariance.kind
        assert one.covariance.n_clusters == other.covariance.n_clusters
        assert one.dispersion == pytest.approx(other.dispersion, rel=1e-8)


@pytest.mark.parametrize("engine", ["duckdb", "polars", "lazy_polars", "pyarrow"])
@pytest.mark.parametrize("family", ["binomial", "poisson"])
def test_engines_make_the_cells_of_pandas(frame: pd.DataFrame, engine: str, family: str) -> None:
    expected = fit(frame, outcome(family), controls=CONTROLS, bins=6)
    found = fit(engine_frame(frame, engine), outcome(family), controls=CONTROLS, bins=6)
    assert dict(found.sample.excluded) == {"constant": "constant", "not_there": "absent"}
    assert_same(found, expected)
    np.testing.assert_array_equal(found.sample.cells.n, expected.sample.cells.n)
    np.testing.assert_allclose(found.sample.cells.controls, expected.sample.cells.controls)
    assert found.sample.n_left_out == expected.sample.n_left_out


def test_spark_makes_the_cells_of_pandas(frame: pd.DataFrame, spark: Any) -> None:
    chosen = CONTROLS[:4]
    expected = fit(frame, outcome("binomial"), controls=chosen, bins=6)
    assert_same(
        fit(engine_frame(frame, "spark", spark), outcome("binomial"), controls=chosen, bins=6),
        expected,
    )


@pytest.mark.parametrize("family", ONE_PART)
@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize("cluster", ["customer_id", None])
def test_streams_equal_cells(
    frame: pd.DataFrame, family: str, weights: str | None, cluster: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(blocks, "BLOCK_NUMBERS", 7000)
    if not weights:
        monkeypatch.setattr(records, "HELD_RECORDS", 0)
    options: dict[str, Any] = {"controls": CONTROLS, "bins": 6, "weights": weights}
    options |= {"cluster": cluster}
    expected = fit(frame, outcome(family), **options)
    found = fit(engine_frame(frame, "duckdb"), outcome(family), max_cells=10, **options)
    assert found.fits[0].solution.is_streamed and found.fits[0].result is None
    assert_same(found, expected)
    if cluster:
        gradient = np.random.default_rng(0).normal(size=(len(found.params), 2))
        ours, theirs = influence(found.fits[0], gradient), influence(expected.fits[0], gradient)
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-9)
        assert list(found.sample.customers) == list(expected.sample.customers)


@pytest.mark.parametrize("engine", ["duckdb", "disk", "stream"])
def test_two_parts_and_their_variants(
    frame: pd.DataFrame, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Responses that differ on the two sides of zero come from the same grouping."""
    if engine == "disk":
        monkeypatch.setattr(records, "HELD_RECORDS", 0)
    spec = replace(OUTCOMES["revenue"], column="net")
    spec = replace(spec, parts=(*spec.parts, *spec.variants))
    options: dict[str, Any] = {"controls": CONTROLS[:3], "bins": 5, "weights": "weight"}
    cells = 10 if engine == "stream" else 200_000
    found = fit(engine_frame(frame, "duckdb"), spec, max_cells=cells, **options)
    assert_same(found, fit(frame, spec, **options))


@pytest.mark.parametrize("cells", [1, 200_000])
def test_an_engine_counts_events_by_row(frame: pd.DataFrame, cells: int) -> None:
    """Not by cell: a cell of many rows holds both events and others."""
    options: dict[str, Any] = {"controls": ["segment"], "events_per_parameter": 10**6}
    told = []
    for given in (frame, engine_frame(frame, "duckdb")):
        with pytest.raises(NotIdentified, match="too_few_events") as refusal:
            fit(given, "retention", cluster=None, max_cells=cells, **options)
        told.append(refusal.value.values)
    assert told[0] == told[1]


def test_few_clusters_of_a_stream(frame: pd.DataFrame) -> None:
    few = frame.assign(customer_id=frame["customer_id"].str[-1])
    expected = fit(few, outcome("binomial"), controls=["segment"])
    found = fit(engine_frame(few, "duckdb"), outcome("binomial"), controls=["segment"], max_cells=1)
    assert found.fits[0].covariance.kind == "CRV3"
    assert_same(found, expected)


@pytest.mark.parametrize("engine", ["pandas", "duckdb", "stream"])
def test_negative_binomial_is_the_likelihoods(frame: pd.DataFrame, engine: str) -> None:
    """alpha and coefficients by statsmodels' NegativeBinomial on rows, errors by its GLM."""
    part = Part("only", "negative_binomial", "n_new ~ x")
    spec = replace(outcome("poisson"), parts=(part,))
    given = frame if engine == "pandas" else engine_frame(frame, "duckdb")
    found = fit(
        given, spec, controls=["segment"], cluster=None, covariance="HC0",
        max_cells=5 if engine == "stream" else 200_000,
    ).fits[0]  # fmt: skip
    sample = prepare(frame, spec, "nps_score", ["segment"], 6, None)
    block = sample.block(part, Coding("nps_score", "class"), None)
    design, offset = block.design[sample.cells.cell], block.offset[sample.cells.cell]
    start = np.append(found.params, found.solution.family.alpha)
    options: dict[str, Any] = {"method": "newton", "disp": 0, "tol": 1e-12, "maxiter": 100}
    theirs = NegativeBinomial(sample.y, design, offset=offset).fit(start, **options)
    np.testing.assert_allclose(np.append(found.params, found.solution.family.alpha),
                               theirs.params, atol=1e-7)  # fmt: skip
    family = families.NegativeBinomial(alpha=found.solution.family.alpha)
    rows = GLM(sample.y, design, family=family, offset=offset).fit(tol=1e-13, cov_type="HC0")
    np.testing.assert_allclose(found.params, rows.params, atol=1e-8)
    np.testing.assert_allclose(found.std_error, rows.bse, rtol=1e-6)


def test_counts_without_overdispersion_have_no_alpha(frame: pd.DataFrame) -> None:
    part = Part("only", "negative_binomial", "n_new ~ x")
    even = frame.assign(n_new=np.arange(N) % 2, exposure=1)
    with pytest.raises(NotIdentified, match="no_overdispersion"):
        fit(even, replace(outcome("poisson"), parts=(part,)), cluster=None)


def test_separation_of_a_stream_is_refused(frame: pd.DataFrame) -> None:
    u, v = np.random.default_rng(1).random((2, N))
    sure = frame.assign(u=u, v=v, is_retained=u + v > 1)
    given = engine_frame(sure, "duckdb")
    for cells in (1, 200_000):
        with pytest.raises(NotIdentified, match="separation"):
            fit(given, outcome("binomial"), controls=["u", "v"], bins=2, max_cells=cells)


def test_quantiles_of_counts_are_numpys() -> None:
    rng = np.random.default_rng(3)
    share = np.linspace(0, 1, 21)[1:-1]
    for size in (2, 7, 100, 1001):
        values = np.round(rng.lognormal(3, 1, size), 1)
        value, n = np.unique(values, return_counts=True)
        np.testing.assert_array_equal(quantiles(value, n, share), np.quantile(values, share))


def test_many_values_are_counted_on_a_grid(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"controls": ["money"], "bins": 10}
    exact = fit(frame, "retention", **options).sample.controls[0].edges
    monkeypatch.setattr("nexo.compress.tally.MOST_VALUES", 50)
    near = fit(frame, "retention", **options).sample.controls[0].edges
    np.testing.assert_allclose(near, exact, rtol=2e-4)
    assert near != exact


def test_a_statsmodels_user_is_at_home(frame: pd.DataFrame) -> None:
    model = fit(frame, "retention", controls=["segment"])
    assert model.params.index[1] == "retained:detractor"
    assert model.conf_int().shape == (len(model.params), 2)
    inside = (model.conf_int()[0] < model.params) & (model.params < model.conf_int()[1])
    assert inside.all()
    assert list(model.summary()["std_error"]) == list(model.bse)
    text = "Fit(binomial, 6 terms, 3585 rows, CRV1)"
    assert repr(model) == f"Model(retention ~ nps_score class: {text})"
    assert type(model.fits[0].result).__name__.startswith("GLMResults")
    with pytest.raises(ConfigError, match="no column 'household'"):
        fit(frame, "retention", cluster="household")
    given = engine_frame(frame, "duckdb")
    sample = prepare(given, OUTCOMES["retention"], "nps_score", ["segment"], 5, max_cells=1)
    with pytest.raises(ValueError, match="from a column"):
        fit_model(sample, Coding("nps_score", "class"), weights=np.ones(3))
