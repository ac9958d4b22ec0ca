"""Cleaning: every row accounted for, every odd cell addressed, nothing guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nexo.base.errors import ReconciliationError, SourceError
from nexo.clean import check_counts
from nexo.privacy import pseudonym
from support.small_survey import answers, reasons, rule
from support.sources import KEY, build, dictionary, landmark_source, survey_source

CUSTOMERS = "customer,since\n7,2020-01-01\n8,2021-01-01\n"


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
