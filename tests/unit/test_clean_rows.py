"""Every row is kept, merged or rejected, whatever stands in it and however it is cast."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexo.clean import check_counts
from nexo.clean import rows as rows_module
from nexo.quarantine import ordered
from support.small_survey import answers, rule
from support.sources import build, survey_source
from unit.test_clean_notes import FILES, company

DOUBLE = (
    "1,2024-05-02,9,",
    "1,2024-05-01,3,",
    "2,2024-05-01,5,",
    "2,2024-05-01,5.0,",
    "3,2024-05-01,1,",
)


@pytest.mark.parametrize(
    ("duplicates", "kept", "merged", "rejected"),
    [
        ({"rule": "latest", "by": "answered_at"}, [1, 5, 9], 2, 0),
        ({"rule": "first"}, [1, 5, 9], 2, 0),
        ({"rule": "identical_only"}, [1, 5], 1, 2),
    ],
)
def test_duplicates_by_rule(
    tmp_path: Path, duplicates: dict[str, str], kept: list[int], merged: int, rejected: int
) -> None:
    source = survey_source()
    source["tables"]["survey"]["duplicates"] = duplicates
    built = build(tmp_path, source, answers(*DOUBLE))
    assert sorted(built.column("survey", "nps_score")) == kept
    counts = built.tables["survey"].counts
    assert (counts.rows_read, counts.rows_merged, counts.rows_rejected) == (5, merged, rejected)
    found = {cell["reason"] for cell in built.quarantine("survey")}
    assert found == {"duplicate_differs", "duplicate_identical"}


def test_the_latest_is_kept_wherever_it_stands(tmp_path: Path) -> None:
    source = survey_source()
    source["tables"]["survey"]["duplicates"] = {"rule": "latest", "by": "answered_at"}
    built = build(
        tmp_path, source, answers("1,2024-05-01,3,", "1,2024-05-03,9,", "1,2024-05-02,5,")
    )
    assert built.column("survey", "nps_score") == [9]
    dated = build(tmp_path, source, answers("1,2024-05-01,3,", "1,,,"))
    assert dated.column("survey", "nps_score") == [3]


def test_missing_codes_do_not_count_as_rejected(tmp_path: Path) -> None:
    source = survey_source(missing=["NA"])
    built = build(tmp_path, source, answers(*(f"{i},2024-05-01,NA,NA" for i in range(20))))
    check_counts(tuple(built.tables.values()), 0.0)


def test_ragged_rows_count_as_rejected(tmp_path: Path) -> None:
    built = build(
        tmp_path, survey_source(), answers("1,2024-05-01,9,", "2,2024-05-01", "3,2024-05-01,9,x,y")
    )
    counts = built.tables["survey"].counts
    assert (counts.rows_read, counts.rows_kept, counts.rows_rejected) == (3, 1, 2)


@pytest.mark.parametrize(
    "text", ["a\x1fb", "\x1f", "x\x1f\x1fnot_a_number", "\x1fmissing_code", "\x1e"]
)
def test_what_parts_the_cells_of_an_odd_row_may_stand_in_one(tmp_path: Path, text: str) -> None:
    built = build(tmp_path, survey_source(missing=["NA"]), answers(f"1,{text},{text},NA"))
    found = {(cell["column"], cell["value"], cell["reason"]) for cell in built.quarantine("survey")}
    shown = text.replace("\x1f", " ")
    assert ("nps_score", shown, "not_a_number") in found
    assert ("answered_at", shown, "not_a_date") in found
    assert ("comment", "NA", "missing_code") in found


CELLS = st.sampled_from(
    ["", "1", "2", "9", "10", "11", "8.6", "x", "NA", "2024-05-01", "31/02/2024"]
)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=5), min_size=1, max_size=25)
RULES = st.sampled_from([{"rule": "first"}, {"rule": "identical_only"},
                         {"rule": "latest", "by": "answered_at"}])  # fmt: skip


@given(rows=ROWS, duplicates=RULES)
@settings(max_examples=25)
def test_every_row_is_kept_merged_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], duplicates: dict[str, str]
) -> None:
    source = survey_source(missing=["NA"])
    source["tables"]["survey"]["duplicates"] = duplicates
    built = build(tmp_path_factory.mktemp("dirt"), source, answers(*map(",".join, rows)))
    counts = built.tables["survey"].counts
    assert counts.rows_read == len(rows)
    check_counts(tuple(built.tables.values()), 1.0)
    gone = {(c["file"], c["row"]) for c in built.quarantine("survey")
            if c["action"] in ("row_merged", "row_rejected")}  # fmt: skip
    assert counts.rows_kept == len(rows) - len(gone)


@pytest.mark.parametrize("few", [0, 1_000_000])
def test_casting_each_row_or_each_distinct_text_is_the_same(
    few: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blanks, odd cells, labels and dates, looked up in a table of texts or cast in their row."""
    source = rule(company(), "channel", {"from": "way", "map": {"Tienda": "shop", "Web": "web"}})
    files = dict(FILES)
    files["answers.csv"] = "id,customer,date,nps,way\n1,7,2024-05-01, 9 ,Web\n2,7,x,8.6, Tienda\n"
    plain = build(tmp_path / "plain", source, files)
    monkeypatch.setattr(rows_module, "FEW_TEXTS", few)
    monkeypatch.setattr(rows_module, "REPEATS", 1_000_000)
    other = build(tmp_path / "other", source, files)
    for one, same in zip(plain.cleaned, other.cleaned, strict=True):
        assert one.rows.equals(same.rows)
        assert ordered(one.quarantine).equals(ordered(same.quarantine))
        assert one.counts == same.counts
