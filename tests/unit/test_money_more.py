"""Money by group and by the path observed, customers at risk, plans within a budget, ceilings and
what referrals save: each against a hand computation."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nexo.base.config import Assumption
from nexo.base.errors import ConfigError
from nexo.economics.basis import PATHS, central
from nexo.economics.budget import within_budget
from nexo.economics.ceilings import ceiling_table
from nexo.economics.flows import Action, npv
from nexo.economics.money_more import OBSERVED, more_rows, observed_path
from nexo.economics.referrals import with_savings
from nexo.economics.risk import LIST_COLUMNS, at_risk
from support import money

GROUPS = pd.DataFrame(
    {
        "segment": ["home", "office"],
        "region": [None, None],
        "acquisition_channel": [None, None],
        "n_customers": [600, 300],
        "n_detractor": [100, 4],
        "n_passive": [150, 96],
        "n_promoter": [150, 100],
    }
)


def effects_with_groups() -> pd.DataFrame:
    table = money.effects()
    table = money.with_effect(table, "ces_score", "plus_one", revenue=(500.0, 0.0))
    table = table.assign(by="", level="")
    like = table[(table["outcome"] == "revenue") & (table["contrast"] == "default_path")]
    like = like[like["weights"] == "none"]
    groups = [
        like.assign(
            by="segment", level=level, contrast=path, estimate=value * factor, std_error=0.0
        )
        for level, value in (("home", 1200.0), ("office", 300.0))
        for path, factor in zip(PATHS, (1.0, 1.1, 0.9, 1.0), strict=True)
    ]
    return pd.concat([table, *groups], ignore_index=True)


def test_groups_use_their_own_effect_and_size() -> None:
    facts = money.facts(effects_with_groups())
    rows = pd.DataFrame(more_rows(facts, money.params(margin_share=0.5), GROUPS, {}, None))
    base = rows[(rows["term"] == "nps_plus10_group") & (rows["per"] == "base")]
    found = base.set_index(["level", "path"])["estimate"]
    assert found["home", "default_path"] == pytest.approx(600 * 1200 * 0.5)
    assert found["home", "passive_to_promoter"] == pytest.approx(600 * 1320 * 0.5)
    assert found["office", "passive_to_promoter"] == pytest.approx(300 * 330 * 0.5)
    # Four detractors of 200: ten points by the way of detractors cannot happen, one can.
    assert np.isnan(found["office", "detractor_to_passive"])
    assert np.isnan(found["office", "default_path"])
    ones = rows[(rows["term"] == "nps_plus1_group") & (rows["per"] == "base")]
    one = ones.set_index(["level", "path"])["estimate"]
    assert one["office", "detractor_to_passive"] == pytest.approx(300 * 27 * 0.5)
    assert one["home", "default_path"] == pytest.approx(found["home", "default_path"] / 10)
    refused = rows[rows["estimate"].isna()]
    assert set(refused["reason_code"]) == {"too_few_customers"}
    assert set(base["unit"]) == {"margin_cents_per_year"}
    assert set(base["currency"]) == {"EUR"}


def test_a_point_of_ease_is_for_those_who_rated_it() -> None:
    facts = money.facts(effects_with_groups())
    rows = pd.DataFrame(more_rows(facts, money.params(), GROUPS, {"n_ces": 120.0}, None))
    found = rows[(rows["term"] == "ces_plus1") & (rows["per"] == "base")]
    assert found["estimate"].item() == pytest.approx(120 * 500)
    without = pd.DataFrame(more_rows(facts, money.params(), GROUPS, {"n_ces": 0.0}, None))
    assert "ces_plus1" not in set(without["term"])


def test_the_headline_is_not_a_group() -> None:
    """Rows of groups must never be taken for the effect of all."""
    facts = money.facts(effects_with_groups(), scale=0.0)
    basis = central(facts, money.params())
    assert basis.effects["revenue"]["default_path"] == pytest.approx(900.0)


def test_the_observed_path_is_that_of_the_two_borders() -> None:
    # Promoters +5, detractors -5 points: half of the change came over each border.
    path = observed_path(money.trend(), money.changes())
    assert path is not None
    assert (path.points, path.promoters, path.detractors) == pytest.approx((10, 0.5, 0.5))
    # All of it from passives who became promoters.
    path = observed_path(money.trend(0.50, 0.30), money.changes())
    assert path is not None and (path.promoters, path.detractors) == pytest.approx((1.0, 0.0))
    # Both ends grew: one weight is below zero.
    path = observed_path(money.trend(0.56, 0.36), money.changes())
    assert path is not None and path.detractors < 0 < 1 < path.promoters
    assert observed_path(money.trend(), money.changes(estimate=2.9)) is None
    assert observed_path(money.trend().iloc[:1], money.changes()) is None


def test_money_by_the_observed_path() -> None:
    facts = money.facts(scale=0.0)
    path = observed_path(money.trend(0.50, 0.30), money.changes())
    rows = pd.DataFrame(more_rows(facts, money.params(), GROUPS, {}, path))
    found = rows[(rows["path"] == OBSERVED) & (rows["per"] == "base")].set_index("term")
    # 900 customers x 1,000 cents of +10 points from passive to promoter.
    assert found.loc["nps_plus10", "estimate"] == pytest.approx(900 * 1000)
    assert found.loc["nps_plus1", "estimate"] == pytest.approx(900 * 100)


def scored(n: int = 100) -> pd.DataFrame:
    score = np.where(np.arange(n) % 4 == 0, 3, 9)
    table = pd.DataFrame({"customer_id": [f"c{i:03d}" for i in range(n)], "nps_score": score})
    table["past_revenue_cents"] = 1000 * (1 + np.arange(n))
    table["segment"] = np.where(np.arange(n) < 60, "home", "office")
    return table.assign(region=None, acquisition_channel=None)[list(LIST_COLUMNS)]


EQUITY = pd.DataFrame(
    {
        "group_by": ["all", "nps_class", "nps_class", "nps_class"],
        "level": ["", "detractor", "passive", "promoter"],
        "t1_cents": [25250.0, np.nan, np.nan, np.nan],
        "retention_rate": [0.8, 0.5, 0.8, 0.9],
    }
)


def test_customers_at_risk_are_valuable_detractors() -> None:
    params = money.params(margin_share=0.4, discount_rate=0.0, horizon_years=2)
    found = at_risk(scored(), EQUITY, money.facts(), params)
    # Every fourth customer is a detractor; above the median are the customers 50 to 99.
    assert found.customers["customer_id"].tolist()[:2] == ["c096", "c092"]
    assert len(found.customers) == 12
    whole = found.table[found.table["group_by"] == "all"].iloc[0]
    revenue = found.customers["past_revenue_cents"].sum()
    assert whole["n_customers"] == 12 and whole["n_scored"] == 100
    assert whole["margin_cents_per_year"] == pytest.approx(0.4 * revenue)
    assert whole["equity_cents"] == pytest.approx(0.4 * revenue * (1 + 0.5))
    groups = found.table[found.table["group_by"] == "segment"].set_index("level")
    assert groups["n_customers"].sum() == 12
    assert groups.loc["home", "n_customers"] == 2  # c052 and c056


def test_nobody_is_at_risk_where_nothing_is_known() -> None:
    for table in (scored().iloc[:0], scored().assign(past_revenue_cents=np.nan)):
        found = at_risk(table, EQUITY, money.facts(), money.params())
        assert found.table.empty and found.customers.empty
    snapshot = money.facts(meta=money.META | {"kind": "snapshot"})
    assert at_risk(scored(), EQUITY, snapshot, money.params()).table.empty


def test_the_best_plan_is_not_the_first_in_rank() -> None:
    table = pd.DataFrame(
        {"npv_median_cents": [90.0, 60.0, 50.0, -5.0], "outlay_cents": [100.0, 50.0, 50.0, 1.0]}
    )
    assert within_budget(table, 100.0).tolist() == [False, True, True, False]
    assert within_budget(table, 1000.0).tolist() == [True, True, True, False]
    assert within_budget(table, 10.0).tolist() == [False] * 4
    assert within_budget(table, None).isna().all()
    many = pd.DataFrame({"npv_median_cents": [1.0] * 19, "outlay_cents": [1.0] * 19})
    with pytest.raises(ConfigError, match="19 initiatives"):
        within_budget(many, 5.0)


@given(
    st.lists(st.tuples(st.integers(-20, 50), st.integers(0, 30)), min_size=1, max_size=7),
    st.integers(0, 90),
)
def test_a_plan_fits_its_budget_and_nothing_more_fits(pairs, budget) -> None:
    table = pd.DataFrame(pairs, columns=["npv_median_cents", "outlay_cents"]).astype(float)
    taken = within_budget(table, float(budget)).astype(bool)
    spent = table.loc[taken, "outlay_cents"].sum()
    assert spent <= budget
    left = table[~taken & (table["npv_median_cents"] > 0)]
    assert (left["outlay_cents"] > budget - spent).all()


def test_a_later_start_is_worth_less_by_the_discount_alone() -> None:
    facts = money.facts(scale=0.0)
    basis = central(facts, money.params(discount_rate=0.1))
    now = Action("a", "", Assumption(mode=2.0), "default_path", 1.0, 12.0, 1000.0, 0.0)
    later = Action("a", "", Assumption(mode=2.0), "default_path", 1.0, 12.0, 1000.0, 0.0, 12.0)
    assert npv(basis, later, 2.0) == pytest.approx(npv(basis, now, 2.0) / 1.1)
    assert later.outlay_cents == 1000


def test_stated_intentions_are_a_ceiling_and_touch_nothing() -> None:
    stated = [{"name": "pay more", "share": 0.7, "more_share": 0.05}]
    found = ceiling_table(EQUITY, money.facts(), money.params(stated_intentions=stated))
    assert found["ceiling_cents_per_year"].item() == pytest.approx(900 * 0.7 * 0.05 * 25250)
    assert ceiling_table(EQUITY, money.facts(), money.params()).empty


def test_what_referrals_save_needs_a_cost() -> None:
    growth = pd.DataFrame(
        [{"measure": "customers_referred", "value": 40.0, "unit": "customers", "currency": "EUR"}]
    )
    assert len(with_savings(growth, money.params())) == 1
    params = money.params(acquisition_cost={"low": 50, "high": 150})
    saved = with_savings(growth, params).set_index("measure")["value"]
    assert saved["acquisition_cost_saved"] == pytest.approx(40 * 100 * 100)


def test_the_list_of_customers_is_nobody_elses_business(tmp_path: Path) -> None:
    """No module of the reports names the restricted folder or file."""
    root = money.ROOT / "src" / "nexo" / "report"
    for file in root.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert "restricted" not in text and "at_risk_customers" not in text, file.name
