"""The garden-centre data come out with the facts that are known of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from nexo.clean import Cleaned, check_counts, clean_sales, clean_survey, stage_on
from nexo.sources import load_source
from nexo.sources.extract import extract
from support.sources import KEY, ROOT, dictionary


@pytest.fixture(scope="module")
def cleaned(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Cleaned]:
    folder = tmp_path_factory.mktemp("retail")
    file = ROOT / "data" / "sources" / "retail_nps.yaml"
    source = load_source("retail_nps", dictionary(), file)
    counts = extract(source, dictionary(), shared_data / "retail_nps", KEY, folder)
    left_out = counts["tables"]["snapshot"]["columns_left_out"]
    assert left_out == ["", "intention", "satisfaction"]
    params: Any = SimpleNamespace(
        common=SimpleNamespace(engine="duckdb", spark_master="", memory_gb=2, spill_dir="")
    )
    with stage_on(source, dictionary(), params, folder) as stage:
        parts = (*clean_survey(stage), *clean_sales(stage))
    check_counts(parts, 0.0)
    return {part.table: part for part in parts}


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
