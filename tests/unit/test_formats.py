"""Numbers, money and dates in each language's own format."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from nexo.report import formats
from nexo.report.formats import Lang

ES: Lang = "es"
EN: Lang = "en"
SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"


def test_numbers_are_written_as_each_language_does() -> None:
    assert formats.number(ES, 1234.5, 1) == "1.234,5"
    assert formats.number(EN, 1234.5, 1) == "1,234.5"
    assert formats.number(ES, -0.25, 2, signed=True) == f"{MINUS}0,25"
    assert formats.number(EN, 3, signed=True) == "+3"


def test_a_rounded_zero_has_no_sign() -> None:
    assert formats.number(EN, -0.004, 2, signed=True) == "0.00"


def test_money_has_the_sign_where_the_language_puts_it() -> None:
    assert formats.money(ES, 123_450, "EUR", 1) == f"1.234,5{SPACE}€"
    assert formats.money(EN, 123_450, "EUR", 1) == "€1,234.5"
    assert formats.money(EN, -123_450, "EUR") == f"{MINUS}€1,234"


def test_money_from_a_million_on_is_compact() -> None:
    assert formats.money(ES, 123_456_789, "EUR") == f"1,23{SPACE}M{SPACE}€".replace(
        f"M{SPACE}€", f"M{'€'}"
    )
    assert formats.money(EN, 123_456_789, "EUR") == "€1.23M"


def test_currencies_without_cents_are_not_divided() -> None:
    assert formats.major_units(500, "JPY") == 500
    assert formats.major_units(500, "EUR") == 5


def test_per_cent_takes_a_space_in_spanish_only() -> None:
    assert formats.percent(ES, 0.1234) == f"12,3{SPACE}%"
    assert formats.percent(EN, 0.1234) == "12.3%"


def test_dates_are_written_in_full() -> None:
    assert formats.date(ES, "2025-06-30") == "30 de junio de 2025"
    assert formats.date(EN, "2025-06-30") == "30 June 2025"
    assert formats.short_date(ES, "2025-06-30") == "30\xa0jun\xa02025"


@pytest.mark.parametrize("value", [None, math.nan, pd.NA, pd.NaT])
def test_what_is_missing_is_a_dash(value: object) -> None:
    assert formats.number(ES, value) == formats.MISSING
    assert formats.money(EN, value, "EUR") == formats.MISSING
    assert formats.percent(EN, value) == formats.MISSING


def test_an_interval_without_an_end_is_a_dash() -> None:
    assert formats.span(ES, "1", "2") == "1 a 2"
    assert formats.span(EN, "1", "2") == "1 to 2"
    assert formats.span(EN, "1", formats.MISSING) == formats.MISSING


def test_lists_use_the_words_of_the_language() -> None:
    assert formats.listing(ES, ["a", "b", "c"]) == "a, b y c"
    assert formats.listing(ES, ["a", "ingresos"]) == "a e ingresos"
    assert formats.listing(EN, ["a", "b", "c"]) == "a, b and c"
    assert formats.listing(EN, ["a"]) == "a"


def test_charts_write_numbers_as_the_text_does() -> None:
    assert formats.d3_locale(ES)["decimal"] == ","
    assert formats.d3_locale(EN)["decimal"] == "."
