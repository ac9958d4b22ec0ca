"""What is odd between tables is kept, noted and counted; the worst of it stops the run."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nexo.base.errors import ReconciliationError
from nexo.clean import check_counts, doubts
from support.sources import Built, build, landmark_source

ORDERS = {"order_id": "line", "customer_id": "customer", "ordered_at": "date", "category": "kind",
          "amount_cents": "amount"}  # fmt: skip
CONTACTS = {"customer_id": "customer", "contacted_at": "date"}
FILES: dict[str, str | bytes] = {
    "customers.csv": "customer,since,until,by\n7,2020-01-01,2024-06-30,8\n8,2021-01-01,,9\n",
    "answers.csv": "id,customer,date,nps\n1,7,2019-12-31,9\n2,9,2024-05-01,9\n3,8,2021-01-01,9\n",
    "orders.csv": "line,customer,date,kind,amount\n1,7,2024-06-30,a,1\n2,7,2024-07-01,a,1\n"
    "3,8,2020-12-31,a,1\n4,9,2024-01-01,a,1\n5,8,2025-01-01,a,1\n",
    "contacts.csv": "customer,date\n7,2024-12-01\n8,2020-01-01\n,2024-01-01\n",
}


def company() -> dict[str, Any]:
    source = landmark_source(
        orders={"files": [{"glob": "orders.csv", "format": "csv", "columns": ORDERS}]},
        contacts={"files": [{"glob": "contacts.csv", "format": "csv", "columns": CONTACTS}]},
    )
    columns = source["tables"]["customers"]["files"][0]["columns"]
    columns |= {"left_at": "until", "referred_by": "by"}
    return source


def kept(built: Built, table: str) -> list[tuple[Any, ...]]:
    return [
        (cell["row"], cell["column"], cell["reason"])
        for cell in built.quarantine(table)
        if cell["action"] == "kept"
    ]


def test_every_kind_of_oddity_is_noted_once_and_its_row_kept(tmp_path: Path) -> None:
    built = build(tmp_path, company(), FILES)
    assert kept(built, "survey") == [
        (2, "answered_at", "before_joining"),
        (3, "customer_id", "unknown_customer"),
    ]
    assert kept(built, "orders") == [
        (3, "ordered_at", "after_leaving"),
        (4, "ordered_at", "before_joining"),
        (5, "customer_id", "unknown_customer"),
        (6, "ordered_at", "after_data_end"),
    ]
    assert kept(built, "contacts") == [(3, "contacted_at", "before_joining")]
    assert kept(built, "customers") == [(3, "referred_by", "unknown_customer")]
    counts = {name: part.counts for name, part in built.tables.items()}
    assert {name: (c.rows_kept, c.cells_noted) for name, c in counts.items()} == {
        "survey": (3, 2), "customers": (2, 1), "orders": (5, 4), "contacts": (2, 1),
    }  # fmt: skip
    values = {c["row"]: c["value"] for c in built.quarantine("orders")}
    assert (values[3], values[6]) == ("2024-07-01 00:00:00", "2025-01-01 00:00:00")


def test_many_records_after_data_end_stop_the_run(tmp_path: Path) -> None:
    built = build(tmp_path, company(), FILES)
    with pytest.raises(ReconciliationError) as caught:
        check_counts([built.tables["orders"]], 0.05)
    text = str(caught.value)
    assert "1 of 5 rows have ordered_at after the source's data_end, up to 2025-01-01" in text
    assert "orders.csv, row 6" in text and "set data_end to the last day" in text
    check_counts([built.tables["orders"]], 0.2)


def test_ids_that_never_meet_stop_the_run(tmp_path: Path) -> None:
    rows = "".join(f"{i},0007,2024-05-01,9\n" for i in range(20))
    files = {**FILES, "answers.csv": "id,customer,date,nps\n" + rows}
    built = build(tmp_path, company(), files)
    with pytest.raises(ReconciliationError, match="none of the 20 rows belongs.*id_rule"):
        check_counts([built.tables["survey"]], 0.05)
    one = {**files, "answers.csv": f"{files['answers.csv']}x,7,2024-05-01,9\n"}
    mended = build(tmp_path / "one", company(), one)
    check_counts([mended.tables["survey"]], 0.05)


def look_at(built: Built, **changes: Any) -> str:
    stage: Any = SimpleNamespace(source=built.source, is_key_public=False, **changes)
    return " ".join(doubts(stage, list(built.tables.values())))


def test_doubts_name_their_cure(tmp_path: Path) -> None:
    built = build(tmp_path, company(), FILES)
    text = look_at(built)
    assert "data_end is 2024-12-31, but the last record is of 2024-05-01" in text
    assert "1 of 3 rows belong to no known customer" in text
    public: Any = SimpleNamespace(source=built.source, is_key_public=True)
    assert "demo's key" in doubts(public, [])[0]


def test_sound_data_raise_no_doubt(tmp_path: Path) -> None:
    files = {**FILES, "answers.csv": "id,customer,date,nps\n1,7,2024-12-01,9\n"}
    files["orders.csv"] = "line,customer,date,kind,amount\n1,8,2024-12-30,a,1\n"
    files["contacts.csv"] = "customer,date\n8,2024-12-01\n"
    built = build(tmp_path, company(), files)
    assert look_at(built) == "" and kept(built, "orders") == []
    check_counts(list(built.tables.values()), 0.05)
