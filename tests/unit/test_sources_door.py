"""Whole columns at the door: the same as a cell at a time, whatever the cells hold."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexo import privacy
from nexo.sources.cures import HARDLY_REPEATED, SAMPLE, cured, redacting
from nexo.sources.dates import compiled
from nexo.sources.pseudonyms import normalised, pseudonymiser
from support.sources import KEY

DIGITS = "0123456789\u0660\u0661\u0966\u09e7\uff11\U0001d7d8"
"""Digits of several scripts; U+0660 is the first beyond ASCII."""
PIECES = st.one_of(
    st.text(max_size=8),
    st.text(DIGITS + " .-/+()", max_size=14),
    st.sampled_from((
        "@", "\uff20", "ana (at) x.y", "ana [AT] x.y", "ana ARROBA x punto y", "ana@x.example",
        "tel 12345", "DNI", "ES91 2100 0418 4502 0005 1332", "n/a", "00123", " ", "\x00", "\u00a0",
        "\ufeff", "12/03/2024", "2024-03-12 10:30", "1.234,56 €", "\u017f", "\u212a",
    )),
)  # fmt: skip
TEXTS = st.lists(st.lists(PIECES, max_size=4).map("".join), min_size=1, max_size=12)
RULES = st.builds(
    privacy.IdRule, trim=st.booleans(), case=st.sampled_from(("keep", "lower", "upper")),
    strip_leading_zeros=st.booleans(),
)  # fmt: skip


def listed(array: pa.Array) -> list[str | None]:
    assert array.type == pa.string()
    found: list[str | None] = array.to_pylist()
    return found


@given(texts=TEXTS)
@settings(max_examples=300)
def test_what_is_not_suspicious_has_nothing_to_redact(texts: list[str]) -> None:
    shown = [privacy.redact(text) for text in texts]
    assert listed(redacting()(pa.array(texts))) == shown
    for text, told in zip(texts, shown, strict=True):
        assert text == told or re.search(privacy.SUSPICIOUS, text)


@pytest.mark.parametrize("kind", ["label", *privacy.LOOKS])
def test_cells_that_look_as_their_type_stay(kind: str) -> None:
    looks, known = privacy.LOOKS.get(kind, ()), {"123456789"}

    @given(texts=TEXTS)
    @settings(max_examples=100)
    def holds(texts: list[str]) -> None:
        shown = [privacy.redact_cell(text, looks, known) for text in texts]
        assert listed(redacting(looks, known)(pa.array(texts))) == shown

    holds()
    shown = listed(redacting(looks, known)(pa.array(["123456789", "call +34 612 345 678"])))
    assert shown == ["123456789", "call [number]"]


@given(texts=TEXTS, rule=RULES)
@settings(max_examples=300)
def test_ids_are_normalised_alike(texts: list[str], rule: privacy.IdRule) -> None:
    normal = [privacy.normalise_id(text, rule) for text in texts]
    expected = [text if text.strip() else None for text in normal]
    assert listed(normalised(pa.array(texts), rule)) == expected


@pytest.mark.parametrize("key", [KEY, b"Jefe", b"k" * 64, b"k" * 100])
def test_pseudonyms_are_those_of_one_id_at_a_time(key: bytes) -> None:
    """HMAC as RFC 2104 has it: a key longer than a block of SHA-256 is hashed first."""
    texts = ["what do ya want for nothing?", "7", "", "Jos\u00e9", "\U0001f600" * 40, "a\x00b"]
    made = listed(pseudonymiser(key)(pa.array([*texts, None])))
    assert made == [*(privacy.pseudonym(text, key) for text in texts), None]
    assert key != b"Jefe" or made[0] == "5bdcc146bf60754e6a042426089575c7"  # RFC 4231, case 2


@pytest.mark.parametrize("n_distinct", [3, SAMPLE - 1, SAMPLE + 2])
def test_cells_are_cured_alike_whether_they_repeat_or_not(n_distinct: int) -> None:
    seen = []

    def cure(texts: pa.Array) -> pa.Array:
        seen.append(len(texts))
        return pc.utf8_upper(texts)

    texts = [f"a{number % n_distinct}" for number in range(SAMPLE + 2)] + [None]
    made = cured(pa.chunked_array([texts[:5], texts[5:]]), cure)
    assert made.to_pylist() == [text and text.upper() for text in texts]
    assert seen == [len(texts) if n_distinct > HARDLY_REPEATED * SAMPLE else n_distinct]


def test_pseudonyms_of_many_ids_keep_their_order() -> None:
    texts = [str(number) for number in range(300_000)]
    made = pseudonymiser(KEY)(pa.array(texts))
    for place in (0, 1, 122_880, 204_799, 299_999):
        assert made[place].as_py() == privacy.pseudonym(texts[place], KEY)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("%d/%m/%Y", "31/12/2024"),
        ("%d\u00b7%m\u00b7%Y", "31\u00b712\u00b72024"),
        ("%d de %b de %Y", "1 de marzo de 2024"),
        ("%Y\u5e74%m\u6708%d\u65e5 %I:%M %p", "2024\u5e7403\u670801\u65e5 10:30 PM"),
        ("iso_offset", "2024-03-01T10:30:00+01:00"),
    ],
)
def test_a_declared_date_stays_with_whatever_signs_it_is_written(form: str, told: str) -> None:
    """The engines and Arrow read patterns with RE2, which knows no escape of a letter or beyond."""
    (known,) = compiled((form,))
    texts = [told, f"{told}0", f"call {told}"]
    cure = redacting([re.compile(known.pattern)])
    assert listed(cure(pa.array(texts))) == [
        privacy.redact_cell(text, [re.compile(known.pattern)]) for text in texts
    ]
    assert pc.match_substring_regex(pa.array(texts), known.pattern).to_pylist() == [
        True, False, False,
    ]  # fmt: skip
