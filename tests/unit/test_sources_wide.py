"""Joins, one wide file for several tables, and columns that are counted: what holds, what stops."""
# ruff: noqa: E501 - a message is easier to read on one line

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from nexo.base.errors import EmptyResultError, SourceError
from nexo.privacy import pseudonym
from support.sources import KEY, Built, build, columns_of, file_of, landmark_source, read

ANSWERS = (
    "id,customer,date,nps,shop\n1,007,2024-05-01,9,a\n2,8,2024-05-02,3,b\n3,8,2024-05-03,7,a\n"
)
CUSTOMERS = "customer,since\n7,2020-01-01\n8,2021-01-01\n"
PEOPLE = "Kunde;Art;W\n 8 ;gold;1,5\n7;basic;2\n"
SHOPS = "shop,town\na,Soria\nb,Ávila\nc,León\n"


def joined(**changes: Any) -> dict[str, Any]:
    """Answers joined with what is known of people (other delimiter, sign and key name)."""
    join = {
        "glob": "people.csv",
        "format": "csv",
        "delimiter": ";",
        "decimal": ",",
        "key": {"customer": "Kunde"},
        "cardinality": "many_to_one",
        "columns": {"channel": "Art", "weight": "W"},
        **changes,
    }
    source = landmark_source()
    source["id_rule"] = {"strip_leading_zeros": True}
    file_of(source)["join"] = [join]
    return source


def files(**changes: str) -> dict[str, str | bytes]:
    texts = {
        "answers": ANSWERS,
        "customers": CUSTOMERS,
        "people": PEOPLE,
        "shops": SHOPS,
        **changes,
    }
    return {f"{name}.csv": text for name, text in texts.items()}


def test_each_record_finds_its_partner_by_the_id_rule(tmp_path: Path) -> None:
    built = build(tmp_path, joined(), files())
    assert built.column("survey", "channel") == ["basic", "gold", "gold"]
    assert built.column("survey", "weight") == [2.0, 1.5, 1.5]
    (counted,) = built.counts["tables"]["survey"]["files"]
    assert counted["rows"] == 3
    (other,) = counted["joined"]
    numbers = {name: other[name] for name in ("name", "rows", "without_partner", "unused")}
    assert numbers == {"name": "people.csv", "rows": 2, "without_partner": 0, "unused": 0}


def test_a_cell_of_a_joined_file_is_addressed_by_the_first(tmp_path: Path) -> None:
    built = build(tmp_path, joined(), files(people=PEOPLE.replace("1,5", "1.5")))
    found = [(cell["file"], cell["row"], cell["value"]) for cell in built.quarantine("survey")]
    assert found == [("answers.csv", 3, "1.5"), ("answers.csv", 4, "1.5")]


def test_two_joins_and_a_sheet(tmp_path: Path) -> None:
    source = joined()
    join = {"glob": "shops.xlsx", "format": "excel", "key": "shop", "cardinality": "many_to_one"}
    file_of(source)["join"].append({**join, "columns": {"touchpoint": "town"}})
    book = openpyxl.Workbook()
    for line in SHOPS.splitlines():
        book.active.append(line.split(","))
    (tmp_path / "inbox").mkdir()
    book.save(tmp_path / "inbox" / "shops.xlsx")
    built = build(tmp_path, source, files())
    assert built.column("survey", "touchpoint") == ["Soria", "Ávila", "Soria"]
    assert built.column("survey", "channel") == ["basic", "gold", "gold"]
    assert built.counts["tables"]["survey"]["files"][0]["joined"][1]["unused"] == 1


SEVEN = pseudonym("7", KEY)
BROKEN = [
    ({}, {"people": PEOPLE + "007;gold;1\n"}, "not unique.*people.csv, row 4, column 'Kunde', value '" + SEVEN),
    ({}, {"people": PEOPLE.replace("7;", "9;")}, "answers.csv, row 2, column 'customer', value '" + SEVEN + "': the key has no partner in people.csv"),
    ({}, {"answers": ANSWERS.replace("007", " ")}, r"answers.csv, row 2, column 'customer', value '\(blank\)'"),
    ({"cardinality": "one_to_one"}, {}, "answers.csv, row 4, .*: the key is in an earlier record too, and the join is one_to_one"),
    ({"cardinality": "one_to_one"}, {"answers": ANSWERS.rsplit("3,8", 1)[0], "people": PEOPLE + "9;x;1\n"},
     "people.csv, row 4: the key has no partner in answers.csv"),
    ({}, {"people": PEOPLE + "9;x\n"}, "people.csv, row 4: has 2 cells instead of 3"),
    ({"key": "customer"}, {}, "people.csv, column 'customer': the file has no such column .wanted for the key of join"),
    ({"columns": {"channel": "Artt"}}, {}, "people.csv, column 'Artt': the file has no such column .wanted for channel.. Did you mean 'Art'"),
    ({"columns": {"channel": "date"}, "delimiter": ","}, {"people": "Kunde,date\n7,a\n8,b\n"}, "is used from two joined files under one name"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "texts", "told"), BROKEN)
def test_a_join_that_does_not_hold_is_told(
    tmp_path: Path, changes: dict[str, Any], texts: dict[str, str], told: str
) -> None:
    with pytest.raises(SourceError, match=f"(?s){told}") as caught:
        read(tmp_path, joined(**changes), files(**texts))
    assert "007" not in str(caught.value)


def test_violations_are_counted_and_the_first_shown(tmp_path: Path) -> None:
    many = "id,customer,date,nps,shop\n" + "".join(f"{i},x{i},2024-05-01,9,a\n" for i in range(50))
    with pytest.raises(SourceError, match=r"(?s)50 records.*row 21,.*\n- and 30 more$") as told:
        read(tmp_path, joined(), files(answers=many))
    assert str(told.value).count("has no partner") == 20


def test_those_without_partner_may_be_kept_and_are_counted(tmp_path: Path) -> None:
    source = joined(without_partner="keep", cardinality="one_to_one")
    answers = ANSWERS.rsplit("3,8", 1)[0]
    built = build(tmp_path, source, files(answers=answers, people=PEOPLE.replace("7;", "9;")))
    assert built.column("survey", "channel") == [None, "gold"]
    (other,) = built.counts["tables"]["survey"]["files"][0]["joined"]
    assert (other["without_partner"], other["unused"]) == (1, 1)


def test_keys_across_blocks_are_one_to_one_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nexo.sources.delimited.BLOCK_BYTES", 70)
    with pytest.raises(SourceError, match="row 4, .*: the key is in an earlier record too"):
        read(tmp_path, joined(cardinality="one_to_one"), files())


def test_a_key_of_two_columns(tmp_path: Path) -> None:
    source = joined(key={"customer": "Kunde", "shop": "Art"}, columns={"weight": "W"})
    people = "Kunde;Art;W\n7;a;1\n8;a;2\n8;b;3\n"
    built = build(tmp_path, source, files(people=people))
    assert built.column("survey", "weight") == [1.0, 3.0, 2.0]


WIDE = (
    "kind,id,customer,date,nps,amount,item\n"
    "answer,1,7,2024-05-01,9,,\n"
    "sale,2,7,2024-05-02,,12.50,tea\n"
    "refund,3,8,2024-05-03,,-2.50,tea\n"
    " sale ,4,8,2024-05-04,3,1,\n"
)


def wide(survey: dict[str, Any], orders: dict[str, Any]) -> dict[str, Any]:
    """One file that holds answers and sales; each table takes its records."""
    columns = {"order_id": "id", "customer_id": "customer", "ordered_at": "date",
               "category": "item", "amount_cents": "amount"}  # fmt: skip
    one = {"glob": "wide.csv", "format": "csv"}
    source = landmark_source(orders={"files": [{**one, "columns": columns, "where": orders}]})
    file_of(source).update(glob="wide.csv", where=survey)
    return source


def cleaned(folder: Path, survey: dict[str, Any], orders: dict[str, Any]) -> Built:
    return build(folder, wide(survey, orders), {"wide.csv": WIDE, "customers.csv": CUSTOMERS})


def test_one_wide_file_feeds_several_tables(tmp_path: Path) -> None:
    built = cleaned(tmp_path, {"nps": "filled"}, {"kind": ["sale", "refund"], "item": "filled"})
    assert built.column("survey", "nps_score") == [9, 3]
    assert built.column("orders", "amount_cents") == [1250, -250]
    counts = built.counts["tables"]
    survey, orders = counts["survey"]["files"][0], counts["orders"]["files"][0]
    assert (survey["rows"], survey["set_aside"]) == (2, 2)
    assert (orders["rows"], orders["set_aside"]) == (2, 2)
    assert built.raw_table("orders")["_row"].to_pylist() == [3, 4]


def test_where_that_leaves_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(EmptyResultError, match="'orders' has no records in wide.csv: where sets"):
        cleaned(tmp_path, {"nps": "filled"}, {"kind": ["Sale"]})


def counting(count: dict[str, Any]) -> dict[str, Any]:
    source = landmark_source()
    source["missing"] = ["NA"]
    columns_of(source)["weight"] = {"from": ["tea", "milk", "bread"], "count": count}
    return source


SERVICES = (
    "id,customer,date,nps,tea,milk,bread\n1,7,2024-05-01,9,Yes,No, Yes \n"
    "2,7,2024-05-01,9,No,No,No\n3,8,2024-05-01,9,Yes,,No\n4,8,2024-05-01,9,Yes,NA,No\n"
)


def test_columns_that_say_yes_are_counted(tmp_path: Path) -> None:
    texts: dict[str, str | bytes] = {"answers.csv": SERVICES, "customers.csv": CUSTOMERS}
    built = build(tmp_path / "a", counting({"yes": ["Yes"], "no": ["No"]}), texts)
    assert built.column("survey", "weight") == [2, 0, None, None]
    built = build(tmp_path / "b", counting({"yes": ["Yes"], "no": ["No", ""]}), texts)
    assert built.column("survey", "weight") == [2, 0, 1, 1]


def test_labels_that_a_count_does_not_explain_are_listed(tmp_path: Path) -> None:
    texts: dict[str, str | bytes] = {"answers.csv": SERVICES, "customers.csv": CUSTOMERS}
    with pytest.raises(SourceError, match="column 'bread', value 'No': 3 cells hold a label"):
        read(tmp_path, counting({"yes": ["Yes"]}), texts)
