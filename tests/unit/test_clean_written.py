"""What cleaning writes and shows: sorted, the same twice, counted and redacted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from nexo import quarantine
from nexo.base.errors import ReconciliationError
from nexo.base.results import read_json
from nexo.clean import anchors, counts_table, quarantine_table, write_clean
from support.small_survey import answers
from support.sources import build, survey_source


def test_what_is_written_is_canonical_sorted_and_the_same_twice(tmp_path: Path) -> None:
    lines = [f"{i},2024-05-01,{i % 11},c" for i in range(50)]
    for name, text in (("a", lines), ("b", lines)):
        built = build(tmp_path / name, survey_source(), answers(*text))
        write_clean(built.cleaned, tmp_path / name / "clean")
    folder = tmp_path / "a" / "clean"
    assert sorted(f.name for f in folder.iterdir()) == [
        "counts.json",
        "quarantine.parquet",
        "survey.parquet",
    ]
    for file in folder.iterdir():
        assert file.read_bytes() == (tmp_path / "b" / "clean" / file.name).read_bytes()
    table = pq.read_table(folder / "survey.parquet")
    ids = table["response_id"].to_pylist()
    assert ids == sorted(ids) and table["answered_at"][0].as_py() == dt.datetime(2024, 5, 1)
    assert read_json(folder / "counts.json")["survey"]["rows_read"] == 50


def test_counts_and_quarantine_as_tables(tmp_path: Path) -> None:
    built = build(tmp_path, survey_source(), answers("1,2024-05-01,11,", "2,2024-05-01,12,"))
    cleaned = tuple(built.tables.values())
    assert counts_table(cleaned)["rows_read"].tolist() == [2]
    first = quarantine_table(cleaned).iloc[0]
    assert (first["reason"], first["n_cells"], first["first_row"], first["first_value"]) == (
        "out_of_scale", 2, 2, "11",
    )  # fmt: skip
    assert anchors(cleaned)["column"].tolist() == ["response_id", "answered_at"]
    assert counts_table(()).empty and quarantine_table(()).empty and anchors(()).empty


def test_rows_that_do_not_add_up_are_a_fault(tmp_path: Path) -> None:
    counts = quarantine.Counts(10, 8, 1, 0, 0, 0)
    with pytest.raises(ReconciliationError, match="10 rows were read, but 8 kept"):
        quarantine.reconcile("survey", counts, quarantine.as_table([]), 0.05)


def test_quarantine_values_are_redacted_and_shortened() -> None:
    row = {
        "table": "t",
        "file": "f",
        "row": 2,
        "column": "c",
        "reason": "r",
        "action": "set_missing",
    }
    shown = quarantine.joined(
        [quarantine.as_table([{**row, "value": "ana@correo.example " + "x" * 500}])]
    )
    value = shown["value"][0].as_py()
    assert value.startswith("[email] x") and len(value) == quarantine.LONGEST_VALUE
    assert pc.all(pc.is_valid(shown["reason"])).as_py()
