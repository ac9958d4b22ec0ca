"""The phone company's two joined files come out whole, with satisfaction that separates churn."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from support.sources import committed


@pytest.fixture(scope="module")
def customers(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """One row a customer: both halves of the snapshot together."""
    folder = tmp_path_factory.mktemp("telco")
    built = committed("telco_extended", shared_data / "telco_extended", folder)
    counts = built.counts
    (status,) = counts["tables"]["snapshot"]["files"]
    (services,) = status["joined"]
    assert (status["rows"], services["rows"]) == (7043, 7043)
    assert (services["without_partner"], services["unused"]) == (0, 0)
    assert {"Churn Score", "CLTV"} <= set(counts["tables"]["snapshot"]["columns_left_out"])
    assert all(part.quarantine.num_rows == 0 for part in built.tables.values())
    survey, snapshot = (built.tables[name].rows.to_pandas() for name in ("survey", "snapshot"))
    return snapshot.merge(survey[["customer_id", "csat_score"]], on="customer_id", validate="1:1")


def test_satisfaction_separates_who_leaves(customers: pd.DataFrame) -> None:
    leaves = 1 - customers.groupby("csat_score")["is_retained"].mean()
    assert leaves[[1, 2, 4, 5]].tolist() == [1, 1, 0, 0]
    assert round(100 * leaves[3], 1) == 16.1
    assert customers["csat_score"].value_counts().sort_index().tolist() == [
        922,
        518,
        2665,
        1789,
        1149,
    ]


def test_none_is_a_value(customers: pd.DataFrame) -> None:
    segments = customers["segment"].value_counts().to_dict()
    assert segments == {"fiber": 3035, "dsl": 1652, "no_internet": 1526, "cable": 830}


def test_revenue_tenure_and_services(customers: pd.DataFrame) -> None:
    assert int(customers["net_revenue_cents"].sum()) == 21_371_131_69
    assert (customers["tenure_months"].min(), customers["tenure_months"].max()) == (1, 72)
    # One service each at least; counted apart from this code, from the file.
    assert customers["n_categories"].value_counts().sort_index().to_dict() == {
        1: 1191, 2: 481, 3: 516, 4: 758, 5: 792, 6: 800, 7: 754, 8: 743, 9: 525, 10: 318, 11: 165,
    }  # fmt: skip
