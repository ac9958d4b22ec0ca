"""Amounts as people write them: signs and codes of currencies, groups, a minus anywhere."""

from __future__ import annotations

from typing import Any

import pytest

from nexo.privacy import LOOKS, redact_cell
from unit.test_casts import cast, spark_or_skip

EUROPEAN: dict[str, Any] = {"decimal": ",", "thousands": ".", "currency": "EUR"}
CASES: list[tuple[str, dict[str, Any], int | None, str | None]] = [
    ("€ 1.234,50", EUROPEAN, 123450, None),
    ("1.234,50 €", EUROPEAN, 123450, None),
    ("1.234,50\u00a0EUR", EUROPEAN, 123450, None),
    ("-€5,00", EUROPEAN, -500, None),
    ("€ -5,00", EUROPEAN, -500, None),
    ("\u22125,00", EUROPEAN, -500, None),
    ("12 € 50", EUROPEAN, None, "not_a_number"),
    ("€", EUROPEAN, None, "not_a_number"),
    ("$ 5,00", EUROPEAN, None, "other_currency"),
    ("5,00 USD", EUROPEAN, None, "other_currency"),
    ("US$5", EUROPEAN, None, "other_currency"),
    ("1,234.50 USD", {"thousands": ",", "currency": "USD"}, 123450, None),
    ("US$ 1,234.50", {"thousands": ",", "currency": "USD"}, 123450, None),
    ("5 €", {"currency": "USD"}, None, "other_currency"),
    ("1 234 567,8", {"decimal": ",", "thousands": " "}, 123456780, None),
    ("1\u202f234,5", {"decimal": ",", "thousands": " "}, 123450, None),
    ("1'234.50", {"thousands": "'"}, 123450, None),
    ("12.00-", {"negative": "trailing"}, -1200, None),
    ("-12.00", {"negative": "trailing"}, -1200, None),
    ("-12.00-", {"negative": "trailing"}, None, "not_a_number"),
    ("12.00-", {}, None, "not_a_number"),
    ("(12.00)", {"negative": "parentheses"}, -1200, None),
    ("(€ 12,00)", {**EUROPEAN, "negative": "parentheses"}, -1200, None),
    ("(-12.00)", {"negative": "parentheses"}, None, "not_a_number"),
    ("(12.00)", {}, None, "not_a_number"),
    ("1.5", {"decimal": ","}, None, "not_a_number"),
    ("1,5", {}, None, "not_a_number"),
    ("1e400", {}, None, "not_a_number"),
    ("NaN", {}, None, "not_a_number"),
    ("Infinity", {"currency": "EUR"}, None, "not_a_number"),
    ("9" * 16, {}, None, "not_a_number"),
    ("999999999999999.99", {}, 99999999999999999, None),
]


@pytest.mark.parametrize(("text", "how", "cents", "reason"), CASES)
def test_amounts(text: str, how: dict[str, Any], cents: int | None, reason: str | None) -> None:
    assert cast([text], "money_cents", **how) == [(cents, reason)]


@pytest.mark.parametrize("text", [text for text, _, cents, _ in CASES if cents is not None])
def test_an_amount_is_no_phone_to_be_blanked_out(text: str) -> None:
    assert redact_cell(text, LOOKS["money_cents"]) == text
    assert redact_cell(f"tel {text} 612345678", LOOKS["money_cents"]).endswith("[number]")


def test_spark_agrees() -> None:
    spark_or_skip()
    texts: list[str | None] = [text for text, _, _, _ in CASES]
    for negative in ("leading", "trailing", "parentheses"):
        for how in (EUROPEAN, {"thousands": ",", "currency": "USD"}, {"thousands": "'"}):
            given = {**how, "negative": negative}
            assert cast(texts, "money_cents", "spark", **given) == cast(
                texts, "money_cents", **given
            )
