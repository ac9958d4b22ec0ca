"""Ids and keys: text always, one customer under one pseudonym, no key lost or made up."""
# ruff: noqa: E501 - a message is easier to read on one line
# fmt: off

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalogue.cases import Case, Content, hold, parametrized, with_rule
from nexo.privacy import pseudonym
from support.sources import KEY, landmark_source

SINCE = "customer,since\n7,2020-01-01\n8,2021-01-01\n"


def known(*ids: str, rule: dict[str, Any] | None = None, name: str = "", says: tuple[str, ...] = (), **expected: Any) -> Case:
    """Answers of these customers, of whom no other table knows."""
    rows = "".join(f'{n},"{value}",2024-05-01,9\n' for n, value in enumerate(ids, start=1))
    source = with_rule("customer_id", "customer") | ({"id_rule": rule} if rule else {})
    del source["tables"]["survey"]["files"][0]["columns"]["comment"]
    return Case(name, {"answers.csv": "id,customer,date,nps\n" + rows}, source, says, **expected)


def joined(name: str, rows: str, more: str = "", says: tuple[str, ...] = (), **expected: Any) -> Case:
    """Answers beside a table of customers 7 and 8."""
    files: dict[str, Content] = {"answers.csv": "id,customer,date,nps\n" + rows, "customers.csv": SINCE + more}
    return Case(name, files, landmark_source(), says, **expected)


def people(*ids: str) -> dict[str, list[str]]:
    return {"survey.customer_id": [pseudonym(value, KEY) for value in ids]}


CASES = [
    known("000123", "123", name="leading zeros tell customers apart", values=people("000123", "123")),
    known("000123", " 123 ", "0", "000", rule={"strip_leading_zeros": True}, name="leading zeros taken off by rule", values=people("123", "123", "0", "0")),
    known("4e10", "4E10", "1.0", "40000000000", name="scientific notation is text", values=people("4e10", "4E10", "1.0", "40000000000")),
    known("4E+10", "1,23457E+11", name="an id that a spreadsheet has shortened", says=("answers.csv, column 'customer', value '1,23457E+11': a spreadsheet has cut this id short, so that several customers or records would become one. Format the column as text where the ids come from, and export it again.",)),
    known(" 7 ", "7\u00a0", "\ufeff7", "7\u200b", "\u200f7", "7\t", name="blanks and hidden signs around", values=people(*"777777")),
    known("ab1", "AB1", name="capitals tell customers apart", values=people("ab1", "AB1")),
    known("ab1", "AB1", rule={"case": "lower"}, name="capitals ignored by rule", values=people("ab1", "ab1")),
    known("é1", "e\u03011", name="two Unicode forms of one id", values=people("é1", "é1")),
    joined("some ids missing", '1,7,2024-05-01,9\n2,,2024-05-01,9\n3,"  ",2024-05-01,9\n', values={'survey.nps_score': [9]}, shelved=((3, 'customer_id', '', 'missing_required', 'row_rejected'), (4, 'customer_id', '', 'missing_required', 'row_rejected'))),
    joined("a key column entirely null", "1,,2024-05-01,9\n2,,2024-05-01,9\n", values={'survey.nps_score': []}, shelved=((2, 'customer_id', '', 'missing_required', 'row_rejected'), (3, 'customer_id', '', 'missing_required', 'row_rejected'))),
    known("=7", "'7", name="quotes and formulas are part of an id", values=people("=7", "'7")),
    known("x" * 5000, name="a very long id", values=people("x" * 5000)),
    known("7", rule={"trimm": True}, name="unknown key of the id rule", says=("id_rule.trimm is not a known key. Did you mean 'trim'? Allowed: case, strip_leading_zeros, trim.",)),
    known("7", rule={"strip_leading_zeros": "yes"}, name="a rule that is no truth value", says=("id_rule.strip_leading_zeros = 'yes': must be true or false, without quotes.",)),
    joined("an answer twice", "1,7,2024-05-01,9\n1,7,2024-05-01,9\n", values={'survey.nps_score': [9]}, shelved=((3, 'response_id', '@1', 'duplicate_identical', 'row_merged'),)),
    joined("two answers of one id", "1,7,2024-05-01,9\n1,7,2024-05-01,3\n2,7,2024-05-01,3\n", values={'survey.nps_score': [3]}, shelved=((2, 'response_id', '@1', 'duplicate_differs', 'row_rejected'), (3, 'response_id', '@1', 'duplicate_differs', 'row_rejected'))),
    joined("a customer twice with two days", "1,8,2024-05-01,9\n", "7,2022-01-01\n", values={'customers.customer_id': ['@8']}, shelved=((2, 'customer_id', '@7', 'duplicate_differs', 'row_rejected'), (4, 'customer_id', '@7', 'duplicate_differs', 'row_rejected'))),
]


@parametrized(CASES)
def test_ids_and_keys(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)
