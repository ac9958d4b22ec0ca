"""Ids, pseudonyms, redaction and the key."""

from __future__ import annotations

import re
import time
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from nexo import privacy
from nexo.base.errors import SourceError
from support.sources import ROOT


@pytest.mark.parametrize(
    "spelling", [" 000123 ", "000123", "123", "\ufeff00123\u200f", "\u00a0123"]
)
def test_one_customer_whatever_the_spelling_where_the_rule_says_so(spelling: str) -> None:
    rule = privacy.IdRule(strip_leading_zeros=True)
    assert privacy.normalise_id(spelling, rule) == "123"


def test_an_accent_is_one_sign_or_two() -> None:
    assert privacy.normalise_id("Jose\u0301", privacy.IdRule()) == "Jos\u00e9"


def test_leading_zeros_stay_unless_declared() -> None:
    assert privacy.normalise_id(" 000123", privacy.IdRule()) == "000123"
    assert privacy.normalise_id("000", privacy.IdRule(strip_leading_zeros=True)) == "0"
    assert privacy.normalise_id("Ab1", privacy.IdRule(case="lower")) == "ab1"
    assert privacy.normalise_id(" x ", privacy.IdRule(trim=False)) == " x "


def test_pseudonym_is_hmac_sha256_of_rfc_4231_case_2() -> None:
    # RFC 4231, test case 2; the first 128 bits.
    digest = privacy.pseudonym("what do ya want for nothing?", b"Jefe")
    assert digest == "5bdcc146bf60754e6a042426089575c7"


@pytest.mark.parametrize(
    "text",
    [
        "maria.lopez@correo.example",
        "j.perez+x@empresa.example",
        "+34 612 345 678",
        "0034 655 44 33 22",
        "698 765 432",
        "(91) 234-56-78",
        "12345678Z",
        "12.345.678-Z",
        "X-1234567-L",
        "ES91 2100 0418 4502 0005 1332",
        "2100 0418 45 0200051332",
        "21000418450200051332",
        "612\u00a0345\u00a0678",
        "612\u2009345\u2009678",
        "612\u200b345\u200b678",
        "612 - 345 - 678",
        "612_345_678",
        "123-45-6789",
        "6\u06601234567\u0669",
        "ana (at) correo.example",
        "ana arroba correo punto example",
        "4111 1111 1111 1111",
        "es9121000418450200051332",
        "GB29 NWBK 6016 1331 9268 19",
    ],
)
def test_what_identifies_is_blanked_out(text: str) -> None:
    shown = privacy.redact(f"antes {text}, después")
    assert text not in shown
    assert shown.startswith("antes [") and shown.endswith(", después")


@pytest.mark.parametrize(
    "text", ["móvil612345678", "612345678gracias", "dni12345678Z", "ccc:21000418450200051332x"]
)
def test_numbers_glued_to_words_are_blanked_out_too(text: str) -> None:
    assert not re.search(r"\d{6}", privacy.redact(text))


@pytest.mark.parametrize(
    "text",
    [
        "mi DNI es 1234567",
        "tel. 555 1234",
        "Passport no. AAA123456",
        "teléfono: 93 412 34",
        "NIF nº 1234567L",
    ],
)
def test_a_short_number_that_says_what_it_is_is_blanked_out(text: str) -> None:
    assert not re.search(r"\d{2}", privacy.redact(text)), privacy.redact(text)


ORDINARY = (
    "bien", "10", "de", "2024", "1.234,56", "€", "12/03/2024", "nº", "3", "\n", "404", "24h", "el",
    "tel", "Madrid", "A-6", "10:30", "C/ Mayor,",
)  # fmt: skip
WORDS = st.lists(st.sampled_from(ORDINARY), max_size=12)
PERSONAL = st.sampled_from((
    "612345678", "+34 612 345 678", "ana.ruiz@correo.example", "12345678Z", "X1234567L",
    "ES91 2100 0418 4502 0005 1332", "4111-1111-1111-1111",
))  # fmt: skip


@given(before=WORDS, planted=PERSONAL, after=WORDS)
@settings(max_examples=150)
def test_personal_data_never_survive_among_other_words(
    before: list[str], planted: str, after: list[str]
) -> None:
    shown = privacy.redact(" ".join([*before, planted, *after]))
    assert planted not in shown and planted[-6:] not in shown


@given(number=st.integers(10**15, 10**16 - 1), step=st.integers(2, 6))
@settings(max_examples=50)
def test_a_long_number_is_blanked_out_however_it_is_grouped(number: int, step: int) -> None:
    digits = str(number)
    grouped = " ".join(digits[i : i + step] for i in range(0, len(digits), step))
    assert privacy.redact(f"x {grouped} y") == "x [number] y"


@pytest.mark.parametrize(
    "piece", ["a", "a.", "a@", "1", "1 ", "1/", "tel ", "a arroba ", "(1", "A1", "ES91 ", "' "]
)
def test_a_long_text_takes_no_longer_than_its_length(piece: str) -> None:
    # A square of the length would be minutes; 1 MB is a comment pasted from a mail thread.
    text = piece * (1_000_000 // len(piece))
    begun = time.process_time()
    privacy.redact(text)
    privacy.redact_value(text)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    "text",
    [
        "pagué 1.234,56 el 12/03/2024",
        "10/10, ¡sin duda!",
        "sala 404",
        "N/A",
        "el 12/03/2024 10:30 y el 2024-03-14 9:00",
        "del 12/03/2024 - 14/03/2024",
        "cuenta 2 mal",
        "tel 4G",
        "llamé 3 veces al 1004",
        "mi móvil es 5G",
        "card 20 years",
        "de 2019 a 2024",
        "account manager",
        "la cuenta de 45,50 euros",
        "Samsung S24 de 256 GB",
    ],  # fmt: skip
)
def test_what_does_not_identify_stays(text: str) -> None:
    assert privacy.redact(text) == text


def test_numbers_and_dates_in_cells_are_not_taken_for_phones() -> None:
    amount, when, score = (privacy.LOOKS[kind] for kind in ("money_cents", "datetime", "integer"))
    for value in ("123456789012", "1.234.567,89", " -0.30000000000000004", "1 234 567,5"):
        assert privacy.redact_cell(value, amount) == value
    for value in ("2024-05-01 10:30:00", "31/02/24", "2024-05-01T10:00:00.123Z"):
        assert privacy.redact_cell(value, when) == value
        assert privacy.redact_value(value) == value
    assert privacy.redact_cell("8.0000000000", score) == "8.0000000000"
    assert privacy.redact_cell("call +34 612 345 678", amount) == "call [number]"


def test_a_phone_in_the_wrong_column_is_blanked_out() -> None:
    for kind in ("integer", "date", "label", "boolean"):
        assert privacy.redact_cell("612345678", privacy.LOOKS.get(kind, ())) == "[number]"
    for kind in ("date", "integer", "number"):
        assert privacy.redact_cell("123-45-6789", privacy.LOOKS[kind]) == "[number]"
    assert privacy.redact_value("123-45-6789") == "[number]"
    assert privacy.redact_cell(" 999999999", (), {"999999999"}) == " 999999999"


def test_pseudonyms_stay_readable_in_quarantine() -> None:
    pseudonym = "f12345678901234567a4567890123456"
    assert privacy.redact_value(pseudonym) == pseudonym


def test_the_demo_key_is_a_key_and_says_that_it_is_public() -> None:
    file = ROOT / "data" / "sources" / "demo.key"
    assert len(privacy.load_key(file)) >= privacy.MINIMUM_KEY_BYTES
    assert "public on purpose" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "message"),
    [("zz", "hex digits"), ("# only a note\n", "has 0 bytes"), ("ab" * 31, "has 31 bytes")],
)
def test_a_bad_key_stops_with_the_cure(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "k.key"
    file.write_text(content)
    with pytest.raises(SourceError, match=message) as caught:
        privacy.load_key(file)
    assert "secrets.token_hex(32)" in str(caught.value)


def test_a_missing_key_stops_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not there.*secrets.token_hex"):
        privacy.load_key(tmp_path / "none.key")


def test_a_real_key_inside_the_repository_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dvc.yaml", "params.yaml"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match="inside the repository"):
        privacy.key_place("secret.key")
    assert privacy.key_place("data/sources/demo.key").name == "demo.key"
    assert privacy.key_place("../mine.key") == tmp_path.parent / "mine.key"
