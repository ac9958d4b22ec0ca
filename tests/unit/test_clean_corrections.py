"""Corrections as data: applied before the cast, counted, strict, void once the source is mended."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from nexo.base.errors import SourceError
from nexo.clean import Cleaned, clean_survey, corrections_table, doubts, stage_on
from nexo.clean.stage import Stage
from nexo.privacy import pseudonym
from nexo.sources.corrections import load_corrections
from support.sources import KEY, dictionary, load, read, survey_source

ANSWERS = (
    "id,date,nps,comment\n1,2024-05-01,9,a\n2,2024-05-O2,l0,b\n3,2024-05-03,99,\n"
    "4,2024-05-03,l0,d\n"
)
PLACE = {"table": "survey", "file": "answers.csv", "reason": "typed by hand", "status": "accepted"}
DATE = {**PLACE, "row": 3, "column": "answered_at", "from": "2024-05-O2", "to": "2024-05-02"}
ALL = {**PLACE, "column": "nps_score", "from": "l0", "to": 10}


def entries(folder: Path, *found: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "small.corrections.yaml"
    file.write_text(yaml.safe_dump({"corrections": list(found)}), encoding="utf-8")
    return file


def cleaned(folder: Path, *found: dict[str, Any], **changes: Any) -> tuple[Stage, Cleaned]:
    built = read(folder, survey_source(**changes), {"answers.csv": ANSWERS})
    known = load_corrections("small", built.source, dictionary(), entries(folder, *found))
    common = SimpleNamespace(
        engine="duckdb", spark_master="", source="small", memory_gb=2, spill_dir=""
    )
    params: Any = SimpleNamespace(common=common, max_rejected_share=0.05)
    with stage_on(built.source, dictionary(), params, built.raw, known) as stage:
        return stage, clean_survey(stage)[0]


def test_a_cell_and_a_text_wherever_it_stands(tmp_path: Path) -> None:
    _, survey = cleaned(tmp_path, DATE, ALL)
    assert sorted(x for x in survey.rows["nps_score"].to_pylist() if x is not None) == [9, 10, 10]
    found = [c for c in survey.quarantine.to_pylist() if c["reason"] == "corrected"]
    assert [(c["row"], c["column"], c["value"], c["action"]) for c in found] == [
        (3, "answered_at", "2024-05-O2", "corrected"),
        (3, "nps_score", "l0", "corrected"),
        (5, "nps_score", "l0", "corrected"),
    ]
    counts = survey.counts
    assert (counts.cells_corrected, counts.rows_kept, counts.rows_rejected) == (3, 4, 0)
    assert corrections_table([survey])["n_cells"].tolist() == [1, 2]


def test_an_empty_cell_is_filled_and_a_wrong_one_emptied(tmp_path: Path) -> None:
    filled = {**PLACE, "row": 4, "column": "comment", "from": "", "to": "none"}
    emptied = {**PLACE, "row": 2, "column": "comment", "from": "a", "to": ""}
    _, survey = cleaned(tmp_path, filled, emptied, DATE, ALL)
    assert sorted(survey.rows["comment"].to_pylist(), key=str) == [None, "b", "d", "none"]


def test_the_first_entry_that_fits_a_cell_counts(tmp_path: Path) -> None:
    one = {**PLACE, "row": 3, "column": "nps_score", "from": "l0", "to": 1}
    _, survey = cleaned(tmp_path, one, ALL, DATE)
    assert sorted(x for x in survey.rows["nps_score"].to_pylist() if x is not None) == [1, 9, 10]
    assert [n for _, n in survey.corrections] == [1, 1, 1]


def test_a_correction_that_meets_nothing_fails_and_says_what_is_there(tmp_path: Path) -> None:
    mended = {**DATE, "from": "2024-05-0X"}
    nowhere = {**ALL, "file": "other.csv"}
    with pytest.raises(SourceError) as caught:
        cleaned(tmp_path, mended, nowhere)
    text = str(caught.value)
    assert "no cell of survey.answered_at (answers.csv, row 3) holds this text" in text
    assert "the cell holds '2024-05-O2'" in text and "survey.nps_score (other.csv)" in text
    assert "status: withdrawn" in text


def test_a_proposed_one_is_listed_and_not_applied(tmp_path: Path) -> None:
    stage, survey = cleaned(
        tmp_path, {**ALL, "status": "proposed"}, {**DATE, "status": "withdrawn", "row": 99}
    )
    assert survey.rows["nps_score"].to_pylist().count(10) == 0
    table = corrections_table([survey])
    assert (table["status"].tolist(), table["n_cells"].tolist()) == (["proposed"], [2])
    assert "1 corrections are proposed" in " ".join(doubts(stage, [survey]))


def test_a_label_is_corrected_before_the_mapping_looks_at_it(tmp_path: Path) -> None:
    source = survey_source()
    columns = source["tables"]["survey"]["files"][0]["columns"]
    columns["channel"] = {"from": "comment", "map": {"a": "web", "b": "shop"}}
    del columns["comment"]
    mend = {**PLACE, "row": 5, "column": "channel", "from": "d", "to": "a"}
    _, survey = cleaned(tmp_path, mend, DATE, tables=source["tables"])
    assert sorted(x for x in survey.rows["channel"].to_pylist() if x) == ["shop", "web", "web"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colum": "x"}, "corrections.0.colum is not a known key. Did you mean 'column'?"),
        ({"status": "done"}, "'accepted', 'proposed' or 'withdrawn'"),
        (
            {"table": "surveys"},
            "value 'surveys': is no table of this source. Did you mean 'survey'?",
        ),
        ({"column": "nps"}, "Did you mean 'nps_score'?"),
        ({"column": "weight"}, "is no column that the files of this table give"),
        ({"file": None}, "a row needs its file"),
        ({"row": 0}, "greater than or equal to 1"),
        ({"to": "2024-05-O2"}, "from and to are equal"),
        ({"reason": ""}, "corrections.0.reason"),
        ({"row": None, "from": " "}, "an empty cell is corrected by its file and row"),
        (
            {"column": "response_id", "from": "1", "to": "2"},
            "ids are corrected by their pseudonyms",
        ),
    ],
)
def test_entries_that_cannot_be_meant(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    file = entries(tmp_path, {**DATE, **change})
    with pytest.raises(SourceError) as caught:
        load_corrections("small", load(tmp_path, survey_source()), dictionary(), file)
    assert message in str(caught.value) and "small.corrections.yaml" in str(caught.value)


def test_two_for_one_cell_and_a_missing_key_are_refused(tmp_path: Path) -> None:
    known = load(tmp_path, survey_source())
    with pytest.raises(SourceError, match="corrects the same cells as corrections.0"):
        load_corrections("small", known, dictionary(), entries(tmp_path, DATE, {**DATE, "to": ""}))
    with pytest.raises(SourceError, match="corrections.0.reason is missing"):
        bare = {key: value for key, value in DATE.items() if key != "reason"}
        load_corrections("small", known, dictionary(), entries(tmp_path, bare))


def test_two_spellings_become_one_customer_by_their_pseudonyms(tmp_path: Path) -> None:
    four, three = (pseudonym(text, KEY) for text in "43")
    merge = {**PLACE, "row": 5, "column": "response_id", "from": four, "to": three}
    _, survey = cleaned(tmp_path, merge, DATE)
    assert survey.rows["response_id"].to_pylist().count(four) == 0
