"""What tables say of each other: keys that do not meet, and days in an impossible order."""
# ruff: noqa: E501 - a message is easier to read on one line
# fmt: off

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalogue.cases import Case, Content, Shelved, hold, parametrized
from support.sources import landmark_source, survey_source

ANSWERS = "id,customer,date,nps\n1,7,2024-05-01,9\n"
PEOPLE = "customer,since,until\n7,2020-01-01,\n8,2021-01-01,2023-12-31\n"
ORDERS = "order,customer,date,amount\n1,7,2024-05-01,5\n"


def three(**more: Any) -> dict[str, Any]:
    columns = {"order_id": "order", "customer_id": "customer", "ordered_at": "date",
               "category": {"constant": "tea"}, "amount_cents": "amount"}  # fmt: skip
    source = landmark_source(orders={"files": [{"glob": "orders.csv", "format": "csv", "columns": columns}]}, **more)
    source["tables"]["customers"]["files"][0]["columns"]["left_at"] = "until"
    return source


def invited() -> dict[str, Any]:
    source = three()
    source["tables"]["survey"]["files"][0]["columns"]["invited_at"] = "sent"
    return source


def files(answers: str = ANSWERS, customers: str = PEOPLE, orders: str = ORDERS) -> dict[str, Content]:
    return {"answers.csv": answers, "customers.csv": customers, "orders.csv": orders}


def one(name: str, *, says: tuple[str, ...] = (), values: dict[str, list[Any]] | None = None, shelved: tuple[Shelved, ...] = (), source: dict[str, Any] | None = None, **changed: str) -> Case:
    return Case(name, files(**changed), source or three(), says, values or {}, shelved)


CASES = [
    one("an answer of nobody's customer", answers=ANSWERS + "2,99,2024-05-01,9\n", values={'survey.nps_score': [9, 9], 'orders.amount_cents': [500]}, shelved=((3, 'customer_id', '@99', 'unknown_customer', 'kept'),)),
    one("no answer of any customer", answers="id,customer,date,nps\n1,A7,2024-05-01,9\n", values={'survey.nps_score': [9], 'orders.amount_cents': [500]}, shelved=((2, 'customer_id', '@A7', 'unknown_customer', 'kept'),)),
    one("an answer before signing up", answers=ANSWERS + "2,8,2020-05-01,9\n", values={'survey.nps_score': [9, 9], 'orders.amount_cents': [500]}, shelved=((3, 'answered_at', '2020-05-01 00:00:00', 'before_joining', 'kept'),)),
    one("an invitation after its answer", answers="id,customer,date,sent,nps\n1,7,2024-05-01 09:00,2024-05-01 12:00,9\n2,7,2024-05-01,2024-05-02,9\n3,7,,2024-05-02,\n", source=invited(), values={'survey.nps_score': [9, 9, None]}, shelved=((3, 'invited_at', '2024-05-02 00:00:00', 'invited_after_answer', 'kept'),)),
    one("an answer after leaving", answers=ANSWERS + "2,8,2024-05-01,9\n", values={'survey.nps_score': [9, 9], 'orders.amount_cents': [500]}),
    one("an order of nobody's customer", orders=ORDERS + "2,99,2024-05-01,5\n", values={'orders.amount_cents': [500, 500]}, shelved=((3, 'customer_id', '@99', 'unknown_customer', 'kept'),)),
    one("an order before signing up", orders=ORDERS + "2,7,2019-05-01,5\n", values={'orders.amount_cents': [500, 500]}, shelved=((3, 'ordered_at', '2019-05-01 00:00:00', 'before_joining', 'kept'),)),
    one("an order after leaving", orders=ORDERS + "2,8,2024-05-01,5\n", values={'orders.amount_cents': [500, 500]}, shelved=((3, 'ordered_at', '2024-05-01 00:00:00', 'after_leaving', 'kept'),)),
    one("an order after data_end", orders=ORDERS + "2,7,2025-05-01,5\n", values={'orders.amount_cents': [500, 500]}, shelved=((3, 'ordered_at', '2025-05-01 00:00:00', 'after_data_end', 'kept'),)),
    one("left before signing up", customers=PEOPLE + "9,2022-01-01,2021-01-01\n", values={'customers.customer_id': ['@7', '@8', '@9'], 'orders.amount_cents': [500]}, shelved=((4, 'left_at', '2021-01-01', 'before_joining', 'kept'),)),
    one("signed up after data_end", customers=PEOPLE + "9,2025-06-01,\n", values={'customers.customer_id': ['@7', '@8', '@9'], 'orders.amount_cents': [500]}, shelved=((4, 'joined_at', '2025-06-01', 'after_data_end', 'kept'),)),
    one("left after data_end", customers=PEOPLE + "9,2022-01-01,2026-01-01\n", values={'survey.nps_score': [9], 'orders.amount_cents': [500]}),
    one("a customer twice", customers=PEOPLE + "7,2022-01-01,\n", values={'survey.nps_score': [9], 'customers.customer_id': ['@8'], 'orders.amount_cents': [500]}, shelved=((2, 'customer_id', '@7', 'unknown_customer', 'kept'), (2, 'customer_id', '@7', 'duplicate_differs', 'row_rejected'), (4, 'customer_id', '@7', 'duplicate_differs', 'row_rejected'), (2, 'customer_id', '@7', 'unknown_customer', 'kept'))),
    one("a customer twice, the same", customers=PEOPLE + "7,2020-01-01,\n", values={'customers.customer_id': ['@7', '@8'], 'orders.amount_cents': [500]}, shelved=((4, 'customer_id', '@7', 'duplicate_identical', 'row_merged'),)),
    one("no customer table", source=survey_source(kind="landmark"), says=("a source of kind landmark needs the table 'customers'. Describe it, or choose another kind (landmark, snapshot, survey_only)", "tables.survey.files[0] (answers.csv), column 'customer_id': is required in this table and not described. Say which column of the file it comes from")),
]


@parametrized(CASES)
def test_relations(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)
