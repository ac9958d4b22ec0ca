"""Every phrase in both languages, for every code; no causal words; no English in Spanish."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from nexo.base.errors import RenderError
from nexo.report import formats, wording
from nexo.report.wording import PHRASES, TERMS, Headline
from nexo.report.wording_codes import Pair
from nexo.report.wording_verdicts import HEADLINES, REASONS, SETTLE, VERDICT_WORDS

REPO = Path(__file__).resolve().parents[2]
VERDICTS = ("supported", "opposite_sign", "too_small", "inconclusive", "not_identified")
ENGLISH = re.compile(
    r"\b(the|and|with|without|score|scores|wave|customers?|revenue|link|churn|retention|insights?|"
    r"driver|drivers|owner|baseline|survey|of|is)\b",
    re.IGNORECASE,
)


def every_pair() -> Iterator[tuple[str, Pair]]:
    for name, table in {
        "phrase": PHRASES, "reason": REASONS, "headline": HEADLINES, "settle": SETTLE,
        "verdict": VERDICT_WORDS, **TERMS,
    }.items():  # fmt: skip
        for key, pair in table.items():
            yield f"{name}.{key}", pair


def test_every_phrase_exists_in_both_languages_with_the_same_places() -> None:
    for name, pair in every_pair():
        assert len(pair) == 2 and all(pair), name
        places = [
            {field for _, field, _, _ in string.Formatter().parse(text) if field} for text in pair
        ]
        assert places[0] == places[1], f"{name}: {places}"


def test_no_phrase_claims_that_one_thing_brings_about_another() -> None:
    for name, pair in every_pair():
        for text in pair:
            assert not wording.CAUSAL.search(text), f"{name}: {text}"


def test_no_english_word_stands_in_a_spanish_phrase() -> None:
    for name, pair in every_pair():
        spanish = re.sub(r"\{\w+\}|Net Promoter Score|&shy;", "", pair[0])
        assert not ENGLISH.search(spanish), f"{name}: {pair[0]}"


def test_reports_sources_make_no_causal_claim() -> None:
    for file in REPO.glob("reports/*/*.qmd"):
        assert not wording.CAUSAL.search(file.read_text(encoding="utf-8")), file.name


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_has_words_a_headline_and_advice(verdict: str) -> None:
    for lang in formats.LANGS:
        assert wording.verdict_word(lang, verdict)
        assert wording.say(lang, f"do_{verdict}")
    assert verdict in HEADLINES


def codes_raised_by_the_models() -> set[str]:
    found: set[str] = set()
    for folder in ("models", "link", "evidence", "panel", "economics"):
        for file in (REPO / "src" / "nexo" / folder).glob("*.py"):
            text = file.read_text(encoding="utf-8")
            found |= set(re.findall(r'NotIdentified\(\s*"([a-z_]+)"', text))
            found |= set(re.findall(r'reason_code="([a-z_]+)"', text))
            found |= set(
                re.findall(
                    rf'return "(?:{"|".join(VERDICTS)})", "([a-z_]+)"',
                    text,
                )
            )
    return found


def test_every_reason_that_the_code_gives_has_a_sentence() -> None:
    named = {
        "outcome_absent",
        "score_absent",
        "no_behaviour",
        "constant_outcome",
        "constant_score",
        "too_few_events",
        "separation",
    }
    for code in sorted(named | codes_raised_by_the_models()):
        for lang in formats.LANGS:
            assert wording.reason(lang, code, "revenue"), code


def test_quarantine_reasons_have_words() -> None:
    from nexo.quarantine import MEANING

    assert set(MEANING) <= set(TERMS["reason"])


def test_an_unknown_code_is_an_error_that_says_where_to_add_it() -> None:
    with pytest.raises(RenderError, match="wording_terms"):
        wording.term("es", "outcome", "joy")
    with pytest.raises(RenderError, match="wording_verdicts"):
        wording.reason("es", "because", "revenue")
    with pytest.raises(RenderError, match="no phrase"):
        wording.say("en", "nothing")


def facts(verdict: str, reason: str = "", **changes: object) -> Headline:
    values: dict[str, object] = {
        "verdict": verdict,
        "reason_code": reason,
        "median_cents": 12_345_600.0,
        "low_cents": 6_000_000.0,
        "high_cents": 18_000_000.0,
        "currency": "EUR",
        "n_customers": 16_500,
        "n_obs": 5_312,
        "is_annual": True,
        "factor": 3.2,
    }
    return Headline(**{**values, **changes})  # type: ignore[arg-type]


def test_the_supported_headline_carries_money_interval_base_and_verdict() -> None:
    spanish = wording.headline("es", facts("supported"))
    for part in ("123.456\xa0€", "60.000\xa0€", "180.000\xa0€", "16.500", "al año", "respaldado"):
        assert part in spanish
    english = wording.headline("en", facts("supported"))
    for part in ("€123,456", "€60,000", "€180,000", "16,500", "a year", "supported"):
        assert part in english


def test_the_opposite_sign_is_said_as_less_with_the_ends_in_order() -> None:
    turned = facts("opposite_sign", median_cents=-1e7, low_cents=-3e7, high_cents=-1e6)
    assert "€100,000 less margin a year (95% interval: €10,000 to €300,000)" in wording.headline(
        "en", turned
    )


def test_amounts_without_dates_are_never_called_yearly() -> None:
    for verdict in ("supported", "opposite_sign", "too_small", "inconclusive"):
        for lang in formats.LANGS:
            sentence = wording.headline(lang, facts(verdict, is_annual=False))
            assert "al año" not in sentence and "a year " not in sentence


def test_an_open_headline_says_what_would_settle_it() -> None:
    assert "3.2" in wording.settles("en", facts("inconclusive"))
    assert "pedidos" in wording.settles("es", facts("not_identified", "no_behaviour"))
    assert wording.settles("en", facts("supported")) == ""


def test_waves_are_named_in_each_language() -> None:
    assert wording.wave("es", "2025-Q2") == "T2\xa02025"
    assert wording.wave("en", "2025-Q2") == "Q2\xa02025"
    assert wording.wave("es", "2025-06-30") == "30\xa0jun\xa02025"
    assert wording.wave("es", "snapshot") == "foto fija"


def test_estimates_are_written_in_the_unit_that_people_read() -> None:
    assert wording.quantity("en", 0.0123, "retained_share", "EUR") == "+1.23"
    assert wording.quantity("es", 612.0, "cents_per_customer_year", "EUR") == "+6,12\xa0€"
    assert wording.quantity("en", 0.02, "new_categories_per_customer", "EUR") == "+2.00"
