"""Effects, codings and refusals of nexo.models on a made panel."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest

from nexo.base.errors import ConfigError
from nexo.compress.cells import compress
from nexo.compress.coding import Coding, nps_class, shape_coding
from nexo.compress.controls import learn_control
from nexo.compress.leakage import area_under_curve, leaks
from nexo.link.diagnostics import top_share
from nexo.models import NotIdentified, fit, summary
from nexo.models.effects import effects
from nexo.models.fit import influence
from nexo.models.model import fit_model
from nexo.models.outcomes import OUTCOMES
from nexo.models.sample import prepare
from support.link_panel import CONTROLS, make_panel


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    return make_panel()


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


def test_points_need_no_customer_in_every_class(panel: pd.DataFrame) -> None:
    few = panel[~(panel["nps_score"] >= 9).fillna(False)]
    model = fit(few, "retention", coding="points", controls=["segment"])
    assert model.params.index[1] == "retained:nps_score"
    with pytest.raises(NotIdentified, match="score_class_absent"):
        fit(few, "retention", controls=["segment"])


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


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"coding": "clas"}, "coding='clas' is not known. Known: class, points, shape"),
        ({"covariance": "HC3"}, "covariance='HC3' is not known"),
        ({"score": "nsp"}, "score='nsp' is not known. Known: nps_score"),
        ({"score": "ces_score"}, "ces_score has no classes"),
        ({"weights": "gap"}, "'gap' holds no weight above 0 in 3 of"),
        ({"weights": "below"}, "'below' holds no weight above 0 in 1 of"),
    ],
)
@pytest.mark.parametrize("engine", ["pandas", "polars"])
def test_a_choice_that_means_nothing_is_refused(
    panel: pd.DataFrame, engine: str, options: dict[str, str], told: str
) -> None:
    names = ["customer_id", "nps_score", "ces_score", "is_retained"]
    frame = panel[names].dropna().reset_index(drop=True).assign(gap=1.0, below=1.0)
    frame.loc[:2, "gap"], frame.loc[5, "below"] = np.nan, -1.0
    with pytest.raises(ConfigError, match=re.escape(told)):
        fit(frame if engine == "pandas" else pl.from_pandas(frame), "retention", **options)


def test_the_score_itself_is_no_control(panel: pd.DataFrame) -> None:
    plain = fit(panel, "retention", controls=["segment"])
    found = fit(panel, "retention", controls=["nps_score", "segment", "is_retained"])
    assert found.sample.excluded == (("nps_score", "is_score"), ("is_retained", "leakage"))
    pd.testing.assert_series_equal(found.params, plain.params)
