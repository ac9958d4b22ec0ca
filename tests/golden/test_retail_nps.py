"""The garden-centre data come out with the facts that are known of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from nexo.clean import Cleaned
from support.sources import committed


@pytest.fixture(scope="module")
def cleaned(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Cleaned]:
    built = committed("retail_nps", shared_data / "retail_nps", tmp_path_factory.mktemp("retail"))
    left_out = built.counts["tables"]["snapshot"]["columns_left_out"]
    assert left_out == ["", "intention", "satisfaction"]
    return built.tables


def test_rows_and_missing_scores(cleaned: dict[str, Cleaned]) -> None:
    survey = cleaned["survey"]
    assert (survey.counts.rows_read, survey.counts.rows_kept) == (13954, 13954)
    assert survey.rows["nps_score"].null_count == 342
    codes = pd.DataFrame(survey.quarantine.to_pylist())
    by_column = codes.loc[codes["reason"] == "missing_code", "column"].value_counts().to_dict()
    assert by_column == {"comment": 10115, "nps_score": 342}  # 72 % of comments


def test_refunds_stay_negative(cleaned: dict[str, Cleaned]) -> None:
    amounts = cleaned["snapshot"].rows["net_revenue_cents"].to_pandas()
    assert (int((amounts < 0).sum()), int((amounts == 0).sum())) == (220, 26)
    assert int(amounts.max()) // 100 == 5467


def test_the_published_regression_comes_out(cleaned: dict[str, Cleaned]) -> None:
    """lm(nps ~ log(NbPassageKS) + log(CaTicket + 1) + log(t + 1)), amounts clipped at 0."""
    import numpy as np
    import statsmodels.formula.api as smf

    frame = (
        cleaned["snapshot"]
        .rows.to_pandas()
        .merge(cleaned["survey"].rows.to_pandas()[["customer_id", "nps_score"]], on="customer_id")
    )
    frame["visits"] = np.log(frame["n_visits"])
    frame["amount"] = np.log(frame["net_revenue_cents"].clip(lower=0) / 100 + 1)
    frame["years"] = np.log(frame["tenure_months"] / 12 + 1)
    fit = smf.ols(
        "nps_score ~ visits + amount + years", frame.dropna(subset=["nps_score", "years"])
    ).fit()
    # Five decimals are what was published.
    assert [round(x, 5) for x in fit.params] == [8.09391, 0.20481, 0.07898, -0.03950]
    assert int(fit.nobs) == 13594
