"""Every phrase of the reports, in Spanish and English: look-ups and the few composed sentences.

The words lie in the wording_* modules as pairs (es, en). Values that enter a phrase are
already written text (formats.py); text from data enters only after escape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from babel.numbers import get_currency_symbol

from nexo.base.errors import RenderError
from nexo.report import formats
from nexo.report.formats import Lang
from nexo.report.wording_brief import BRIEF
from nexo.report.wording_codes import Pair
from nexo.report.wording_columns import COLUMNS
from nexo.report.wording_data import DATA
from nexo.report.wording_editions import EDITIONS
from nexo.report.wording_evidence import EVIDENCE
from nexo.report.wording_figures import FIGURES
from nexo.report.wording_link import LINK
from nexo.report.wording_scores import SCORES
from nexo.report.wording_simulator import SIMULATOR
from nexo.report.wording_sure import SURE
from nexo.report.wording_technical import TECHNICAL
from nexo.report.wording_terms import TERMS
from nexo.report.wording_value import VALUE
from nexo.report.wording_verdicts import (
    HEADLINES,
    REASONS,
    SETTLE,
    VERDICT_WORDS,
)

PER_HUNDRED = ("new_categories_per_customer", "contacts_per_customer")
"""Units of the results that people read per 100 customers."""

PHRASES: dict[str, Pair] = {
    **BRIEF, **SURE, **COLUMNS, **DATA, **SCORES, **LINK, **VALUE, **TECHNICAL, **EVIDENCE,
    **FIGURES, **SIMULATOR, **EDITIONS,
}  # fmt: skip

CAUSAL = re.compile(
    r"\b(caus\w*|provoc\w*|impact\w*|gener[ae]\w*|produc(?:e|en|ir)\b|hace que|gracias a|logra\w*|"
    r"aument[ae]\w*|impuls\w*|drives?|driven|leads? to|boosts?|because of nps|thanks to|"
    r"results? in|raises?|increases?)\b",
    re.IGNORECASE,
)
"""Words that claim more than a survey can show; a test keeps them out of every phrase."""


def pick(pair: Pair, lang: Lang) -> str:
    """Return the language's half of a pair."""
    return pair[0] if lang == "es" else pair[1]


def say(lang: Lang, key: str, **values: str) -> str:
    """Return the phrase ``key`` with its ``values``; RenderError when it is not known."""
    if key not in PHRASES:
        raise RenderError(f"no phrase {key!r} in the wording modules. Add it in both languages.")
    return pick(PHRASES[key], lang).format(pct=formats.percent_sign(lang), **values)


def term(lang: Lang, kind: str, code: str) -> str:
    """Return the name of a code of ours; RenderError names the code that has no words yet."""
    known = TERMS[kind]
    if code not in known:
        raise RenderError(
            f"no words for the {kind} {code!r}. Add it to TERMS[{kind!r}] in "
            "nexo/report/wording_terms.py, in both languages."
        )
    return pick(known[code], lang)


def has_term(kind: str, code: str) -> bool:
    """Tell whether a code is one of ours (and not, say, a column that only this source has)."""
    return code in TERMS[kind]


def unit(lang: Lang, code: str, currency: str, *, is_level: bool = False) -> str:
    """Return the words of a result's unit, for differences or for levels."""
    kind = "level_unit" if is_level and has_term("level_unit", code) else "unit"
    return term(lang, kind, code).format(currency=currency_sign(lang, currency))


def unit_after(lang: Lang, code: str, currency: str) -> str:
    """Return the words of a unit after a value that bears the currency's sign already."""
    return term(lang, "row_unit", code) if code.startswith("cents") else unit(lang, code, currency)


def currency_sign(lang: Lang, currency: str) -> str:
    """Return the sign of a currency, or its code where the language has no sign for it."""
    if not currency:
        return ""
    return get_currency_symbol(currency, locale=formats.locale(lang))


def quantity(
    lang: Lang, value: Any, code: str, currency: str, *, signed: bool = True, digits: int = 2
) -> str:
    """Write an estimate in the unit that people read, without the unit's words.

    Shares become percentage points (or per cent), categories per 100 customers, cents money.
    """
    if formats.is_missing(value):
        return formats.MISSING
    if code == "retained_share" or code == "share":
        return formats.number(lang, 100 * value, digits, signed=signed)
    if code in PER_HUNDRED:
        return formats.number(lang, 100 * value, digits, signed=signed)
    if code.startswith("cents"):
        return formats.money(lang, value, currency, digits, signed=signed)
    return formats.number(lang, value, digits, signed=signed)


def people_scale(code: str, currency: str) -> float:
    """Return the factor from a result's unit to the unit that people read (see ``quantity``)."""
    if code in ("retained_share", "share", *PER_HUNDRED):
        return 100.0
    return formats.major_units(1, currency) if code.startswith("cents") else 1.0


def verdict_word(lang: Lang, verdict: str) -> str:
    """Return the printed words of a verdict."""
    if verdict not in VERDICT_WORDS:
        raise RenderError(f"{verdict!r} is not a verdict: {', '.join(VERDICT_WORDS)}.")
    return pick(VERDICT_WORDS[verdict], lang)


def reason(lang: Lang, code: str, outcome: str = "") -> str:
    """Return the clause that says why; RenderError names a code that has no words yet."""
    if code not in REASONS:
        raise RenderError(
            f"no words for the reason {code!r}. Add it to REASONS in "
            "nexo/report/wording_verdicts.py, in both languages."
        )
    sentence = term(lang, "outcome_sentence", outcome) if outcome else ""
    return pick(REASONS[code], lang).format(outcome_sentence=sentence)


def has_reason(code: str) -> bool:
    """Tell whether a code is one of the reasons that have words."""
    return code in REASONS


def wave(lang: Lang, code: str) -> str:
    """Write the label of a wave: 2025-Q2 as T2 2025, a landmark's day as a date."""
    if quarter := re.fullmatch(r"(\d{4})-Q([1-4])", code):
        return f"{'T' if lang == 'es' else 'Q'}{quarter[2]}{formats.NBSP}{quarter[1]}"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", code):
        return formats.short_date(lang, code)
    return term(lang, "wave", code)


@dataclass(frozen=True)
class Headline:
    """What the headline sentence needs; cents are minor units of ``currency``.

    ``factor`` is how many times the answers would settle an inconclusive result (NaN: unknown).
    """

    verdict: str
    reason_code: str
    median_cents: float
    low_cents: float
    high_cents: float
    currency: str
    n_customers: int
    n_obs: int
    is_annual: bool
    factor: float


def headline(lang: Lang, facts: Headline) -> str:
    """Write the one sentence: margin of +10 NPS points, its interval, its base, the verdict."""
    sign = -1 if facts.verdict == "opposite_sign" else 1
    low, high = sorted((sign * facts.low_cents, sign * facts.high_cents))
    sentence = pick(HEADLINES[facts.verdict], lang).format(
        median=formats.money(lang, sign * facts.median_cents, facts.currency),
        low=formats.money(lang, low, facts.currency),
        high=formats.money(lang, high, facts.currency),
        n=formats.number(lang, facts.n_customers),
        customers=say(lang, "active_customers" if facts.is_annual else "customers"),
        yearly=say(lang, "a_year") if facts.is_annual else "",
        pct=formats.percent_sign(lang),
        reason=reason(lang, facts.reason_code, "revenue")
        if facts.verdict == "not_identified"
        else "",
    )
    if facts.verdict != "not_identified" and not facts.is_annual:
        sentence += " " + say(lang, "undated_amounts")
    return sentence


def settles(lang: Lang, facts: Headline) -> str:
    """Say what data would settle an open headline; empty when it is settled."""
    if facts.verdict == "inconclusive":
        if formats.is_missing(facts.factor):
            return pick(SETTLE["other"], lang)
        factor = max(facts.factor, 1.1)
        return pick(SETTLE["more_answers"], lang).format(
            factor=formats.number(lang, factor, 0 if factor >= 10 else 1),
            n=formats.number(lang, facts.n_obs),
        )
    if facts.verdict == "not_identified":
        code = {"no_behaviour": "outcome_absent"}.get(facts.reason_code, facts.reason_code)
        return pick(SETTLE.get(code, SETTLE["other"]), lang)
    return ""
