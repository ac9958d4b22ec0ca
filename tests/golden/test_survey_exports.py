"""Real exports of Qualtrics (header of three rows, and of two) and SurveyMonkey are read whole."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from support.sources import committed


@pytest.fixture(scope="module")
def folder(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    built = committed("survey_exports", shared_data / "survey_exports", folder)
    pq.write_table(built.tables["survey"].rows, folder / "clean.parquet")
    return folder


def test_every_record_has_its_row_and_headers_are_none(folder: Path) -> None:
    rows = pq.read_table(folder / "survey.parquet").to_pandas().groupby("_file")["_row"]
    found = rows.agg(["min", "max", "size"]).T.to_dict("list")
    assert found == {
        "Better_Sample_Survey.csv": [4, 13, 10],
        "sample.csv": [4, 4, 1],
        "sample_legacy.csv": [3, 3, 1],
        "surveymonkey_raw.xlsx": [3, 200, 198],
    }


def test_dates_and_texts_are_those_of_the_files(folder: Path) -> None:
    rows = pd.read_parquet(folder / "clean.parquet")
    answered = rows["answered_at"].sort_values()
    assert (len(rows), rows["response_id"].nunique()) == (210, 210)
    assert str(answered.iloc[0]) == "2016-07-20 12:49:25"
    assert (rows["comment"] == "Hello World!").sum() == 2
    assert rows.loc[rows["channel"] == "link", "language"].tolist() == ["de"]
