"""Cleaning: every row accounted for, every odd cell addressed, nothing guessed."""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexo import quarantine
from nexo.clean import anchors, check_counts, counts_table, quarantine_table, write_clean
from nexo.errors import ReconciliationError, SourceError
from nexo.privacy import pseudonym
from nexo.results import read_json
from support.sources import KEY, Built, build, dictionary, landmark_source, survey_source

CUSTOMERS = "customer,since\n7,2020-01-01\n8,2021-01-01\n"


def answers(*rows: str) -> dict[str, str | bytes]:
    return {"answers.csv": "id,date,nps,comment\n" + "\n".join(rows) + "\n"}


def reasons(built: Built, table: str) -> list[tuple[Any, ...]]:
    return [
        (cell["row"], cell["column"], cell["value"], cell["reason"], cell["action"])
        for cell in built.quarantine(table)
    ]


def rule(source: dict[str, Any], column: str, value: Any) -> dict[str, Any]:
    source = copy.deepcopy(source)
    source["tables"]["survey"]["files"][0]["columns"][column] = value
    return source


def test_scores_that_are_none_are_set_missing_with_their_address(tmp_path: Path) -> None:
    source = rule(survey_source(), "nps_score", {"from": "nps", "missing": [99]})
    scores = ["9", "8.6", "11", "-1", "nueve", "99", "", " 10 "]
    built = build(
        tmp_path, source, answers(*(f"{i},2024-05-01,{s}," for i, s in enumerate(scores)))
    )
    assert sorted(x for x in built.column("survey", "nps_score") if x is not None) == [9, 10]
    assert reasons(built, "survey") == [
        (3, "nps_score", "8.6", "not_an_integer", "set_missing"),
        (4, "nps_score", "11", "out_of_scale", "set_missing"),
        (5, "nps_score", "-1", "out_of_scale", "set_missing"),
        (6, "nps_score", "nueve", "not_a_number", "set_missing"),
        (7, "nps_score", "99", "missing_code", "missing_code"),
    ]
    counts = built.tables["survey"].counts
    assert (counts.rows_kept, counts.cells_set_missing, counts.cells_missing_code) == (8, 4, 1)


def test_a_row_without_what_is_required_is_rejected(tmp_path: Path) -> None:
    source = landmark_source()
    text = (
        "id,customer,date,nps\n1,7,2024-05-01,9\n,7,2024-05-01,9\n3,,2024-05-01,9\n"
        "4,8,31/02/2024,9\n5,8,,\n"
    )
    built = build(tmp_path, source, {"answers.csv": text, "customers.csv": CUSTOMERS})
    assert reasons(built, "survey") == [
        (3, "response_id", "", "missing_required", "row_rejected"),
        (4, "customer_id", "", "missing_required", "row_rejected"),
        (5, "answered_at", "31/02/2024", "not_a_date", "row_rejected"),
    ]
    # An invitation without answer is kept: it has no score to be dated.
    assert built.tables["survey"].rows.num_rows == 2
    seven, eight = (pseudonym(text, KEY) for text in "78")
    assert sorted(built.column("survey", "customer_id")) == sorted([seven, eight])


def test_columns_that_the_source_does_not_give_are_there_and_null(tmp_path: Path) -> None:
    built = build(tmp_path, survey_source(), answers("1,2024-05-01,9,"))
    rows = built.tables["survey"].rows
    assert rows.column_names == list(dictionary().table("survey").columns)
    assert rows["ces_score"].null_count == 1 and rows["invited_at"].null_count == 1


def test_unknown_labels_stop_the_run_with_their_counts(tmp_path: Path) -> None:
    mapping = {"from": "comment", "map": {"Norte": "north"}}
    source = rule(rule(survey_source(), "channel", mapping), "survey_kind", "date")
    rows = ["1,relational,9,Norte", "2,kioskk,9,Sur", "3,relational,9,Sur", "4,relational,9,"]
    rows.append("5,relational,9," + "very long " * 1000)
    del source["tables"]["survey"]["files"][0]["columns"]["comment"]
    source["tables"]["survey"]["files"][0]["columns"]["answered_at"] = {"constant": "2024-05-01"}
    with pytest.raises(SourceError) as caught:
        build(tmp_path, source, answers(*rows))
    text = str(caught.value)
    assert "unknown labels for channel: 'Sur' (2 rows)" in text and "known now: Norte" in text
    assert "unknown labels for survey_kind: 'kioskk' (1 rows)" in text
    assert "answers.csv, row 3, column 'comment'" in text and len(text) < 1000


def test_labels_map_to_scores_and_scales_turn(tmp_path: Path) -> None:
    source = rule(
        survey_source(), "nps_score", {"from": "nps", "map": {"9 - muy probable": 9, "No": 0}}
    )
    easy = {"from": "comment", "scale": {"low": 1, "high": 7, "direction": "low_is_good"}}
    source = rule(source, "ces_score", easy)
    del source["tables"]["survey"]["files"][0]["columns"]["comment"]
    built = build(tmp_path, source, answers("1,2024-05-01,9 - muy probable,1", "2,2024-05-01,No,6"))
    assert sorted(built.column("survey", "nps_score")) == [0, 9]
    assert sorted(built.column("survey", "ces_score")) == [2, 7]


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


ORDERS = {"order_id": "line", "customer_id": "customer", "ordered_at": "date", "category": "kind",
          "amount_cents": "amount", "currency": "currency"}  # fmt: skip


def orders_source(**changes: Any) -> dict[str, Any]:
    file = {
        "glob": "orders.csv",
        "format": "csv",
        "delimiter": ";",
        "decimal": ",",
        "columns": ORDERS,
    }
    return landmark_source(orders={"files": [{**file, **changes}]})


def test_money_refunds_and_other_currencies(tmp_path: Path) -> None:
    orders = (
        "line;customer;date;kind;amount;currency\n1;7;2024-05-01;a;12,50;EUR\n2;7;2024-05-01;a;-3,00;EUR\n"
        "3;7;2024-05-01;a;12,345;EUR\n4;7;2024-05-01;a;5,00;USD\n5;7;2024-05-01;;5,00;\n6;7;2024-05-01;b;5;\n"
    )
    files: dict[str, str | bytes] = {
        "answers.csv": "id,customer,date,nps\n1,7,2024-05-01,9\n",
        "customers.csv": CUSTOMERS,
        "orders.csv": orders,
    }
    built = build(tmp_path, orders_source(), files)
    assert sorted(built.column("orders", "amount_cents")) == [-300, 500, 1250]
    assert reasons(built, "orders") == [
        (4, "amount_cents", "12,345", "too_many_decimals", "row_rejected"),
        (5, "currency", "USD", "other_currency", "row_rejected"),
        (6, "category", "", "missing_required", "row_rejected"),
    ]
    with pytest.raises(ReconciliationError) as caught:
        check_counts(tuple(built.tables.values()), 0.05)
    text = str(caught.value)
    assert "orders: 3 of 6 rows (50.0%) were rejected" in text
    assert "orders.csv, row 4, column 'amount_cents', value '12,345'" in text
    assert "more decimals than the currency has" in text


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


HOSTILE = ("'; DROP TABLE survey;--", "<script>alert(1)</script>", "=cmd()", "{{< env HOME >}}",
           "\u202egnp.exe", "%s", "../../passwd", 'a"b;c\nd', "NaN", "-inf", "日本語")  # fmt: skip


def test_hostile_texts_are_text(tmp_path: Path) -> None:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    rows = [f"{i},2024-05-01,{cell(t)},{cell(t)}" for i, t in enumerate(HOSTILE)]
    built = build(tmp_path, survey_source(), answers(*rows))
    assert set(built.column("survey", "comment")) == set(HOSTILE)
    assert built.tables["survey"].counts.cells_set_missing == len(HOSTILE)


def test_names_that_differ_in_capitals_from_canonical_ones(tmp_path: Path) -> None:
    source = rule(survey_source(), "weight", "COMMENT")
    source["tables"]["survey"]["files"][0]["columns"]["comment"] = "WEIGHT"
    text = "id,date,nps,COMMENT,WEIGHT\n1,2024-05-01,9,0.5,x\n"
    built = build(tmp_path, source, {"answers.csv": text})
    assert (built.column("survey", "weight"), built.column("survey", "comment")) == ([0.5], ["x"])


def test_a_snapshot_is_cut_in_two_halves_that_count_alike(tmp_path: Path) -> None:
    columns = {"customer_id": "id", "nps_score": "nps", "net_revenue_cents": "amount",
               "tenure_months": {"from": "years", "multiply": 12}}  # fmt: skip
    file = {"glob": "wide.csv", "format": "csv", "columns": columns}
    source = survey_source(kind="snapshot", tables={"snapshot": {"files": [file]}})
    text = "id,nps,amount,years\n1,9,-5.5,2\n2,x,7,1.5\n,3,1,1\n"
    built = build(tmp_path, source, {"wide.csv": text})
    survey, snapshot = built.tables["survey"], built.tables["snapshot"]
    assert survey.rows["response_id"].to_pylist() == survey.rows["customer_id"].to_pylist()
    assert "nps_score" not in snapshot.rows.column_names
    assert sorted(built.column("snapshot", "net_revenue_cents")) == [-550, 700]
    assert sorted(built.column("snapshot", "tenure_months")) == [18.0, 24.0]
    for part in (survey, snapshot):
        assert (part.counts.rows_read, part.counts.rows_kept, part.counts.rows_rejected) == (
            3,
            2,
            1,
        )


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


def test_what_is_written_is_canonical_sorted_and_the_same_twice(tmp_path: Path) -> None:
    lines = [f"{i},2024-05-01,{i % 11},c" for i in range(50)]
    for name, text in (("a", lines), ("b", lines)):
        built = build(tmp_path / name, survey_source(), answers(*text))
        write_clean(tuple(built.tables.values()), dictionary(), tmp_path / name / "clean")
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
