"""Three years of airport interviews with drifting names and codes among the ratings."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from nexo.clean import Cleaned
from support.sources import committed


@pytest.fixture(scope="module")
def survey(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Cleaned:
    built = committed("sfo_survey", shared_data / "sfo_survey", tmp_path_factory.mktemp("sfo"))
    assert list(built.tables) == ["survey"]
    return built.tables["survey"]


def test_no_row_is_lost(survey: Cleaned) -> None:
    assert survey.counts.rows_kept == 2958 + 3087 + 2831


def test_nps_of_2017_raw_and_weighted(survey: Cleaned) -> None:
    frame = survey.rows.to_pandas()
    scored = frame.loc[(frame["answered_at"].dt.year == 2017) & frame["nps_score"].notna()]
    point = (scored["nps_score"] >= 9).astype(int) - (scored["nps_score"] <= 6).astype(int)
    assert round(100 * point.mean(), 1) == 39.8
    weights = scored["weight"]
    assert round(100 * (point * weights).sum() / weights.sum(), 1) == 40.4
    assert frame.loc[frame["answered_at"].dt.year < 2017, "nps_score"].isna().all()


def test_codes_among_the_ratings_are_missing_not_scores(survey: Cleaned) -> None:
    cells = pd.DataFrame(survey.quarantine.to_pylist())
    eleven = cells.loc[cells["column"] == "nps_score"]
    assert (len(eleven), set(eleven["value"]), set(eleven["reason"])) == (
        84,
        {"11"},
        {"missing_code"},
    )
    ratings = cells.loc[cells["column"] == "csat_score", "value"].value_counts().to_dict()
    assert ratings == {"0": 241, "Blank": 143, "6": 75}
