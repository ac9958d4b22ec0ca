"""What single columns look like to nexo draft: dates, numbers, points, labels, personal data."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from nexo.sources.draft import draft
from nexo.sources.draft.days import ORDER_UNKNOWN, day_formats, ends
from nexo.sources.draft.looks import Look, look
from nexo.sources.draft.numbers import currency_of
from nexo.sources.draft.profile import Profile
from nexo.sources.draft.words import personal, plain


def seen(name: str, *values: str, times: int = 1) -> Look:
    """The look of a column of these values, each as often as told."""
    counts = Counter({value: n * times for value, n in Counter(values).items()})
    return look(Profile(name, name, 0, counts, n_rows=counts.total()))


@pytest.mark.parametrize(
    ("values", "formats", "doubt"),
    [
        (("2024-05-01", "2024-05-02T10:30"), ("iso",), ""),
        (("13/05/2024", "01/02/2024"), ("%d/%m/%Y",), ""),
        (("05/13/2024", "01/02/2024"), ("%m/%d/%Y",), ""),
        (("05/06/2024", "01/02/2024"), ("%d/%m/%Y",), ORDER_UNKNOWN),
        (("31.12.2024 23:59", "01.01.2024 08:00"), ("%d.%m.%Y %H:%M",), ""),
        (("05/31/24", "06/30/24"), ("%m/%d/%y",), ""),
        (("05/31/2024 01:05 PM", "06/01/2024 11:05 AM"), ("%m/%d/%Y %I:%M %p",), ""),
        (("1 Mar 2024", "15 Apr 2024"), ("%d %b %Y",), ""),
        (("2024-05-01T10:00:00Z", "2024-05-02T10:00:00+02:00"), ("iso_offset",), ""),
        (("20240501", "20241231"), ("%Y%m%d",), ""),
        (("2024-05-01", "31/12/2024"), ("iso", "%d/%m/%Y"), "several formats in one column"),
    ],
)
def test_dates_by_their_evidence(
    values: tuple[str, ...], formats: tuple[str, ...], doubt: str
) -> None:
    days = day_formats(Counter(values))
    assert days is not None
    assert (days.formats, days.doubt) == (formats, doubt)


@pytest.mark.parametrize("values", [("1.2.3", "4.5.6"), ("12345678", "99999999"), ("may", "june")])
def test_what_is_no_date(values: tuple[str, ...]) -> None:
    assert day_formats(Counter(values)) is None


def test_first_and_last_day_whatever_the_format() -> None:
    first, last = dt.date(2024, 2, 1), dt.date(2024, 12, 31)
    assert ends(["31/12/2024 10:00", "01/02/2024", "31/02/2024"], ("%d/%m/%Y %H:%M",)) == (
        first,
        last,
    )
    assert ends(["dic 31, 2024", "1 feb 2024"], ("%b %d, %Y", "%d %b %Y")) == (first, last)
    assert ends(["20241231", "2024-02-01T10:00:00Z"], ("%Y%m%d", "iso_offset")) == (first, last)
    assert ends(["never"], ("iso",)) is None


@pytest.mark.parametrize(
    ("values", "decimal", "thousands", "negative"),
    [
        (("12.50", "-3"), ".", None, "leading"),
        (("12,50", "1300,00"), ",", None, "leading"),
        (("1.234,50", "7,00"), ",", ".", "leading"),
        (("$1,234.50", "$7.00"), ".", ",", "leading"),
        (("1 234,50 €", "7,00 €"), ",", " ", "leading"),
        (("(12.50)", "1,200.75"), ".", ",", "parentheses"),
        (("12,50-", "3,25"), ",", None, "trailing"),
    ],
)
def test_amounts_by_their_signs(
    values: tuple[str, ...], decimal: str, thousands: str | None, negative: str
) -> None:
    found = seen("amount", *values)
    assert found.kind == "number"
    assert (found.decimal, found.thousands, found.negative) == (decimal, thousands, negative)


def test_three_digits_after_a_sign_are_doubted() -> None:
    found = seen("amount", "1.234", "12.500")
    assert (found.decimal, found.thousands) == (",", ".")
    assert "or is it the decimal sign?" in found.doubt
    assert not seen("amount", "1.234", "12.5").doubt


def test_points_with_words_become_points() -> None:
    found = seen("q", "9 - muy probable", "10 = seguro", "0: nada", "5", times=5)
    assert found.kind == "rating" and (found.low, found.high) == (0, 10)
    assert dict(found.ratings)["9 - muy probable"] == 9


def test_a_label_may_be_what_elsewhere_is_no_answer() -> None:
    assert seen("state", "NC", "ND", "TX", times=9).missing == ()
    assert seen("offer", "None", "A", "B", times=9).missing == ()
    assert seen("score", "1", "2", "NC", times=9).missing == ("NC",)
    assert seen("offer", "N/A", "A", "B", times=9).missing == ("N/A",)


def test_ids_keep_their_zeros_and_truth_its_words() -> None:
    assert seen("client", "007", "008", "011").kind == "id"
    assert seen("x", "Sí", "no", times=3).kind == "boolean"
    assert seen("x").kind == "empty"


def test_labels_are_listed_only_where_they_repeat() -> None:
    assert seen("region", "north", "south", times=4).labels == ("north", "south")
    assert seen("region", "north", "north", "south", "south", "Ana Ruiz").labels == ()
    assert seen("region", "north", "a@b.es", times=4).labels == ()


@pytest.mark.parametrize(
    "name",
    ["E-mail", "Nombre y apellidos", "Teléfono móvil", "DNI", "Full Name", "RecipientEmail",
     "IPAddress", "Nachname", "Código postal", "Nombre del cliente"],
)  # fmt: skip
def test_columns_of_personal_data_are_known_by_name(name: str) -> None:
    assert personal(name)


@pytest.mark.parametrize("name", ["Nº cliente", "Product name", "NPS", "Store name", "Tipo"])
def test_other_columns_are_not(name: str) -> None:
    assert not personal(name)


def test_names_and_currencies_are_read_whatever_their_dress() -> None:
    assert plain("NºCliente_ID") == "n cliente id"
    assert [currency_of(text) for text in ("12 €", "Total (USD)", "£3", "EUROPE")] == [
        "EUR",
        "USD",
        "GBP",
        "",
    ]


def test_one_column_of_dates_settles_the_others(tmp_path: Path) -> None:
    rows = "".join(
        f"c{i},0{1 + i % 9}/0{1 + i % 7}/2020,0{1 + i % 9}/{10 + i}/2023\n" for i in range(18)
    )
    (tmp_path / "clients.csv").write_text("client id,joined,left\n" + rows)
    text = draft([tmp_path / "clients.csv"])
    assert 'joined_at: {from: "joined", dates: ["%m/%d/%Y"]}' in text
    assert "DOUBT: day and month as in the other dates of the file" in text
