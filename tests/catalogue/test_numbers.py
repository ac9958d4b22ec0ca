"""Scores, amounts and currencies: what is a number, and which one."""
# ruff: noqa: E501 - a message is easier to read on one line
# fmt: off

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalogue.cases import Case, Cell, Content, hold, hold_cells, parametrized
from support.sources import landmark_source

NOT, WHOLE, OUT = "not_a_number", "not_an_integer", "out_of_scale"
SCORES = [
    Cell("9", 9), Cell(" 9 ", 9), Cell("9.0", 9), Cell("+9", 9), Cell("09", 9), Cell("0", 0), Cell("-0", 0),
    Cell("10", 10), Cell("11", None, OUT), Cell("-1", None, OUT), Cell("99", None, OUT),
    Cell("8.6", None, WHOLE), Cell("8,6", None, NOT), Cell("9,0", None, NOT),
    Cell("9 - muy probable", None, NOT), Cell("nueve", None, NOT), Cell("9/10", None, NOT),
    Cell("9%", None, NOT), Cell("9º", None, NOT), Cell("*9*", None, NOT), Cell("0x9", None, NOT),
    Cell("9e0", None, NOT), Cell("1e400", None, NOT), Cell("inf", None, NOT), Cell("NaN", None, NOT),
    Cell("#N/A", None, NOT), Cell("#REF!", None, NOT), Cell("NULL", None, NOT), Cell("-", None, NOT),
    Cell("٩", None, NOT), Cell("９", None, NOT), Cell("⑨", None, NOT), Cell("Ⅸ", None, NOT), Cell("½", None, NOT),
    Cell("−1", None, OUT), Cell("9\u00a0", 9), Cell("\u200b9\ufeff", 9), Cell("9\u200f", None, NOT),
    Cell("- 5", None, NOT), Cell("--5", None, NOT), Cell("5-", None, NOT), Cell("(5)", None, NOT),
    Cell("5 6", None, NOT), Cell("true", None, NOT), Cell("=4+5", None, NOT), Cell("", None), Cell("   ", None),
    Cell("'9", None, NOT), Cell("9" * 15, None, NOT, "[number]"), Cell("9" * 16, None, NOT, "[number]"),
    Cell("9." + "0" * 400, None, NOT, "[number]"),
]  # fmt: skip


def test_scores(tmp_path: Path) -> None:
    hold_cells(tmp_path, "nps_score", "x", SCORES)


MANY = "too_many_decimals"
PLAIN = [  # decimal point, no thousands sign declared
    Cell("1.5", 150), Cell("1,5", None, NOT), Cell("1.50", 150), Cell("1.500", 150), Cell("1.505", None, MANY),
    Cell("1,234.50", None, NOT), Cell("1.234,50", None, NOT), Cell("1234", 123400), Cell("-0.50", -50),
    Cell("0.005", None, MANY), Cell("1e3", None, NOT), Cell("1e400", None, NOT), Cell("1E+05", None, NOT),
    Cell("€12.50", 1250), Cell("12.50 €", 1250), Cell("EUR 12.50", 1250), Cell("$5", None, "other_currency"), Cell("5 USD", None, "other_currency"),
    Cell("(12.50)", None, NOT), Cell("12.50-", None, NOT), Cell("12.50CR", None, NOT), Cell("1'234.50", None, NOT),
    Cell("1 234.50", None, NOT), Cell("12.", None, NOT), Cell(".5", None, NOT), Cell("Infinity", None, NOT),
    Cell("999999999999999", None, OUT, "[number]"), Cell("99999999999.99", 9999999999999), Cell("9" * 16, None, NOT, "[number]"), Cell("-", None, NOT),
    Cell("12..5", None, NOT), Cell("12.5.0", None, NOT), Cell("0", 0), Cell("-0", 0), Cell("free", None, NOT),
]  # fmt: skip
COMMA = [  # decimal comma, point between thousands
    Cell("1,5", 150), Cell("1.5", None, NOT), Cell("1.234,5", 123450), Cell("1.234", 123400), Cell("1.23", None, NOT),
    Cell("12.34,50", None, NOT), Cell("1.234.567,89", 123456789), Cell("1,234,567.89", None, NOT),
    Cell("0.005", None, NOT), Cell("-1.000,00", -100000), Cell("1 234,5", None, NOT), Cell("12,345", None, MANY),
]  # fmt: skip
BLANK = [Cell("1 234,5", 123450), Cell("1\u00a0234,5", 123450), Cell("1\u202f234,5", 123450), Cell("1234,5", 123450), Cell("12 34", None, NOT)]  # fmt: skip


def orders(*cells: Cell) -> str:
    lines = (f'{row},7,2024-05-01,"{cell.written}"' for row, cell in enumerate(cells, start=2))
    return "order,customer,date,amount\n" + "\n".join(lines) + "\n"


def shop(amount: Any = "amount", **more: Any) -> dict[str, Any]:
    columns = {"order_id": "order", "customer_id": "customer", "ordered_at": "date",
               "category": {"constant": "tea"}, "amount_cents": amount, **more}  # fmt: skip
    return landmark_source(orders={"files": [{"glob": "orders.csv", "format": "csv", "columns": columns}]})


FILES: dict[str, Content] = {
    "answers.csv": "id,customer,date,nps\n1,7,2024-05-01,9\n",
    "customers.csv": "customer,since\n7,2020-01-01\n",
}


@pytest.mark.parametrize(
    ("rule", "cells"),
    [
        ("amount", PLAIN),
        ({"from": "amount", "decimal": ",", "thousands": "."}, COMMA),
        ({"from": "amount", "decimal": ",", "thousands": " "}, BLANK),
    ],
    ids=["point", "comma", "blank"],
)
def test_amounts(tmp_path: Path, rule: Any, cells: list[Cell]) -> None:
    """An amount that does not fit takes its order with it: money is never guessed."""
    case = Case(
        "amounts",
        FILES | {"orders.csv": orders(*cells)},
        shop(rule),
        values={"orders.amount_cents": [cell.value for cell in cells if not cell.reason]},
        shelved=tuple(
            (row, "amount_cents", cell.shown or cell.written, cell.reason, "row_rejected")
            for row, cell in enumerate(cells, start=2)
            if cell.reason
        ),
    )
    hold(case, tmp_path)


CASES = [
    Case("currencies mixed", FILES | {"orders.csv": "order,customer,date,amount,cur\n1,7,2024-05-01,5,EUR\n2,7,2024-05-01,5,USD\n3,7,2024-05-01,5,eur\n4,7,2024-05-01,5,\n5,7,2024-05-01,5,€\n"}, shop(currency="cur"), values={'orders.amount_cents': [500, 500]}, shelved=((3, 'currency', 'USD', 'other_currency', 'row_rejected'), (4, 'currency', 'eur', 'other_currency', 'row_rejected'), (6, 'currency', '€', 'other_currency', 'row_rejected'))),
    Case("yen have no cents", FILES | {"orders.csv": orders(Cell("12"), Cell("12.5"), Cell("12.0"))}, shop() | {"currency": "JPY"}, values={'orders.amount_cents': [12, 12]}, shelved=((3, 'amount_cents', '12.5', 'too_many_decimals', 'row_rejected'),)),
    Case("dinars have three decimals", FILES | {"orders.csv": orders(Cell("12.345"), Cell("12"))}, shop() | {"currency": "KWD"}, values={'survey.nps_score': [9], 'orders.amount_cents': [12345, 12000]}),
    Case("cents declared", FILES | {"orders.csv": orders(Cell("1250"), Cell("12.5"))}, shop({"from": "amount", "money": "minor"}), values={'orders.amount_cents': [1250]}, shelved=((3, 'amount_cents', '12.5', 'too_many_decimals', 'row_rejected'),)),
    Case("refunds stay negative", FILES | {"orders.csv": orders(Cell("-12.50"))}, shop(), values={"orders.amount_cents": [-1250]}),
    Case("a factor that overflows", FILES | {"orders.csv": orders(Cell("999999999999999"))}, shop({"from": "amount", "multiply": 1000000}), says=("tables.orders.files[0] (orders.csv), column 'amount_cents': multiply does not apply to the type money_cents. Take it out",)),
    Case("decimal sign for thousands", FILES | {"orders.csv": orders(Cell("1"))}, shop({"from": "amount", "thousands": "."}), says=("tables.orders.files[0] (orders.csv), column 'amount_cents', value '.': the thousands sign equals the decimal sign. Declare decimal and thousands as the file writes them",)),
    Case("currency of the YAML", FILES | {"orders.csv": orders(Cell("1"))}, shop() | {"currency": "EURO"}, says=("currency = 'EURO': is no currency; write its three letters, such as EUR, MXN or USD.",)),
    Case("a currency that does not exist", FILES | {"orders.csv": orders(Cell("1"))}, shop() | {"currency": "EUE"}, says=("currency = 'EUE': is no currency; write its three letters, such as EUR, MXN or USD.",)),
]


@parametrized(CASES)
def test_money_and_currency(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)
