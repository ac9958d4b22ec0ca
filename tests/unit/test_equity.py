"""Customer equity: plain, discounted, and with survival fitted to the customers observed.

Not covered here: how well sBG extrapolates beyond the periods seen (no truth at hand).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from nexo.base.errors import NexoError
from nexo.economics.equity import (
    discounted_equity,
    equity_table,
    simple_equity,
    survival_equity,
)
from nexo.economics.rows import nps_class, reference_groups, seen_rows, survivors
from nexo.economics.survival import Sbg, fit_sbg
from nexo.engine import open_engine
from support import money


def test_simple_and_discounted_equity() -> None:
    # METHODS.md, check 10.
    assert simple_equity(100.0, 5) == 500
    assert discounted_equity(100.0, 5, 0.8, 0.1) == pytest.approx(292.06, abs=0.005)
    # The same through survival .8^t.
    assert survival_equity(100.0, 0.8 ** np.arange(5), 0.1) == pytest.approx(292.06, abs=0.005)


def test_sbg_of_a_published_cohort() -> None:
    # METHODS.md, check 13: Fader and Hardie's "high end" customers, 1,000 followed 7 years.
    fit = fit_sbg([1000, 869, 743, 653, 593, 551, 517, 491])
    assert fit.alpha == pytest.approx(0.668, abs=5e-4)
    assert fit.beta == pytest.approx(3.806, abs=5e-4)
    assert fit.log_likelihood == pytest.approx(-1611.2, abs=0.05)


def test_sbg_recovers_a_known_mixture_and_a_plain_geometric() -> None:
    truth = Sbg(1.0, 4.0, 0.0)
    fit = fit_sbg(1e6 * truth.survival(np.arange(9)))
    assert (fit.alpha, fit.beta) == pytest.approx((1.0, 4.0), rel=1e-3)
    assert truth.survival([0, 1]) == pytest.approx([1, 0.8])  # beta / (alpha + beta) stay
    geometric = fit_sbg([1000 * 0.8**t for t in range(7)])
    assert geometric.survival([10])[0] == pytest.approx(0.8**10, rel=0.01)


@pytest.mark.parametrize("counts", [[100, 90], [100, 110, 90], [100, 100, 100], [0, 0, 0]])
def test_survival_that_cannot_be_is_refused(counts: list[float]) -> None:
    with pytest.raises(NexoError):
        fit_sbg(counts)


def built(panel: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    with open_engine(money.COMMON) as engine:
        frame = engine.from_arrow(pa.Table.from_pandas(panel, preserve_index=False))
        return seen_rows(frame), reference_groups(frame), survivors(frame)


def test_rows_come_from_the_last_landmark_whose_window_is_seen() -> None:
    panel = money.panel()
    rows, now, followed = built(panel)
    assert rows["landmark"].nunique() == 1
    assert str(rows["landmark"].iloc[0].date()) == "2024-06-28"  # 2025-06-30 less a year, or before
    assert rows["net_revenue_cents"].notna().all()
    assert now["n_customers"].sum() == panel["is_reference"].sum()
    scored = nps_class(panel.loc[panel["is_reference"], "nps_score"]).value_counts()
    for name in ("detractor", "passive", "promoter"):
        assert now[f"n_{name}"].sum() == scored[name] > 0
    counts = followed.groupby("landmark")["n_customers"].sum()
    assert counts.iloc[0] == (panel["landmark"] == panel["landmark"].min()).sum()
    assert counts.is_monotonic_decreasing


def test_equity_by_group_against_hand_computation() -> None:
    rows, now, followed = built(money.panel())
    params = money.params(margin_share=0.4, discount_rate=0.1, horizon_years=5, n_draws=20000)
    table = equity_table(rows, now, followed, money.facts(), params)
    everyone = table.iloc[0]
    t1 = 0.4 * rows["net_revenue_cents"].astype(float).mean()
    retention = rows["is_retained"].astype(float).mean()
    assert everyone["t1_cents"] == pytest.approx(t1)
    assert everyone["equity_simple_cents"] == pytest.approx(5 * t1)
    by_hand = sum(t1 * (retention / 1.1) ** t for t in range(5))
    assert everyone["equity_discounted_cents"] == pytest.approx(by_hand)
    assert everyone["conf_low_cents"] < by_hand < everyone["conf_high_cents"]
    assert everyone["base_equity_cents"] == pytest.approx(900 * by_hand)
    assert everyone["equity_sbg_cents"] > 0
    assert list(table["group_by"].unique()) == ["all", "nps_class", "segment"]
    classes = table[table["group_by"] == "nps_class"].set_index("level")
    assert classes["n_customers"].to_dict() == {"detractor": 225, "passive": 315, "promoter": 360}
    assert (
        table.loc[table["group_by"] == "segment", "n_customers"].sum() == now["n_customers"].sum()
    )


def test_the_interval_equals_the_delta_method() -> None:
    rows, now, followed = built(money.panel(4000))
    params = money.params(margin_share=0.4, discount_rate=0.1, horizon_years=5)
    row = equity_table(rows, now, followed, money.facts(), params).iloc[0]
    revenue = 0.4 * rows["net_revenue_cents"].to_numpy(float)
    retained = rows["is_retained"].to_numpy(float)
    years, r = np.arange(5), retained.mean()
    slope_t1 = np.sum((r / 1.1) ** years)
    slope_r = revenue.mean() * np.sum(years * r ** np.maximum(years - 1, 0) / 1.1**years)
    influence = slope_t1 * (revenue - revenue.mean()) + slope_r * (retained - r)
    half = 1.959964 * influence.std(ddof=1) / np.sqrt(len(rows))
    assert (row["conf_high_cents"] - row["conf_low_cents"]) / 2 == pytest.approx(half, rel=0.02)


def test_without_retention_only_the_plain_equity_stands() -> None:
    panel = money.panel(100).assign(is_retained=pd.Series(pd.NA, dtype="boolean"))
    rows, now, followed = built(panel)
    table = equity_table(rows, now, followed, money.facts(), money.params(n_draws=256))
    assert followed.empty
    assert table["equity_simple_cents"].notna().all()
    assert table["equity_discounted_cents"].isna().all()
    assert table["equity_sbg_cents"].isna().all()


def test_a_snapshot_has_a_margin_and_no_equity() -> None:
    rows, now, followed = built(money.panel(100))
    meta = {**money.META, "kind": "snapshot"}
    table = equity_table(rows, now, followed, money.facts(meta=meta), money.params(n_draws=256))
    assert table["t1_cents"].notna().all()
    assert table["equity_simple_cents"].isna().all()


def test_no_revenue_no_rows() -> None:
    rows, now, followed = built(money.panel(20).iloc[:0])
    assert rows.empty
    assert equity_table(rows, now, followed, money.not_identified(), money.params()).empty


def test_classes_of_scores() -> None:
    scores = pd.Series([0, 6, 7, 8, 9, 10, None], dtype="Int64")
    expected = ["detractor"] * 2 + ["passive"] * 2 + ["promoter"] * 2
    assert nps_class(scores).tolist()[:6] == expected
    assert pd.isna(nps_class(scores).iloc[6])
