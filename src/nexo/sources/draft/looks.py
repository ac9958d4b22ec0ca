"""What one unknown column looks like, with the evidence and the doubts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from nexo.privacy import redact
from nexo.sources.draft import words
from nexo.sources.draft.days import Days, day_formats
from nexo.sources.draft.numbers import ENOUGH, affix, currency_of, number_style
from nexo.sources.draft.profile import Profile

MOST_LABELS = 30
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")


@dataclass(frozen=True)
class Look:
    """A kind, how it is written, and why it is thought so.

    Kinds: empty, personal, date, integer, number, boolean, rating, id, label, text.
    """

    kind: str
    evidence: str = ""
    doubt: str = ""
    dates: Days | None = None
    decimal: str = "."
    thousands: str | None = None
    negative: str = "leading"
    sign: str = ""
    low: int = 0
    high: int = 0
    missing: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    ratings: tuple[tuple[str, int], ...] = ()
    currency: str = ""
    is_unique: bool = False


def look(column: Profile) -> Look:
    """Say what a column looks like."""
    if not column.counts:
        return Look("empty", "no cell is filled")
    missing = tuple(value for value in column.counts if words.is_missing(value))
    counts = _without(column.counts, missing)
    if not counts:
        return Look("empty", "every cell holds a code for no value")
    seen = _look(counts)
    sure = tuple(code for code in missing if words.is_missing_label(code))
    if seen.kind in ("label", "text", "id") and sure != missing:
        missing = sure  # "None" and "ND" may be labels like others
        counts = _without(column.counts, missing)
        seen = _look(counts)
    personal = _emails(counts) or ("" if seen.kind == "boolean" else words.personal(column.name))
    unique = len(counts) >= 0.999 * counts.total() and counts.total() > 1
    seen = replace(seen, missing=missing, is_unique=unique)
    return replace(seen, kind="personal", evidence=personal) if personal else seen


def _without(counts: Counter[str], codes: tuple[str, ...]) -> Counter[str]:
    return Counter({value: n for value, n in counts.items() if value not in codes})


def _emails(counts: Counter[str]) -> str:
    n_emails = sum(n for value, n in counts.items() if EMAIL.fullmatch(value))
    return "e-mail addresses" if n_emails >= 0.5 * counts.total() else ""


def _look(counts: Counter[str]) -> Look:
    days = day_formats(counts)
    if days is not None:
        return _dated(days, counts)
    truth = _truth(counts)
    if truth is not None:
        return truth
    rated = _ratings(counts)
    if rated is not None:
        return rated
    return _number(counts) or _words(counts)


def _dated(days: Days, counts: Counter[str]) -> Look:
    told = " or ".join(days.formats)
    return Look("date", f"{_share(days.share, counts)} are dates like {told}", days.doubt, days)


def _share(share: float, counts: Counter[str]) -> str:
    """97 % of 12,034 values; never 100 % of what is less."""
    shown = 100 if share == 1 else min(99.9, round(100 * share, 1))
    return f"{shown:g} % of {counts.total():,} values"


def _truth(counts: Counter[str]) -> Look | None:
    """Two words for yes and no; the labels are those as found, yes first."""
    if len(counts) > 8:
        return None
    kinds = {words.truth(value) for value in counts}
    if None in kinds or (kinds == {True} and len(counts) == 1):
        return None
    ordered = sorted(counts, key=lambda value: (not words.truth(value), value))
    return Look("boolean", f"all {counts.total():,} values are yes or no", labels=tuple(ordered))


def _ratings(counts: Counter[str]) -> Look | None:
    """Points with words behind them, such as "9 - very likely"."""
    if len(counts) > 12:
        return None
    found = {
        v: re.fullmatch(r"(\d{1,2})(?:\s*[-=:.)(–]\s*|\s+)(?=\D*[^\W\d])\D+", v) for v in counts
    }
    bare = {value for value in counts if re.fullmatch(r"\d{1,2}", value)}
    told = [match for match in found.values() if match]
    if not told or len(told) + len(bare) < len(counts) or len(told) > 0.5 * counts.total():
        return None
    points = {v: int(m[1]) if m else int(v) for v, m in found.items()}
    ratings = tuple(sorted(points.items(), key=lambda pair: (pair[1], pair[0])))
    low, high = ratings[0][1], ratings[-1][1]
    return Look(
        "rating", f"points {low} to {high} with words behind", low=low, high=high, ratings=ratings
    )


def _number(counts: Counter[str]) -> Look | None:
    sign = affix(counts)
    bare = Counter[str]()
    for value, n in counts.items():
        bare[value.replace(sign, "").strip() if sign else value] += n
    style = number_style(bare)
    if style is None:
        return None
    told = _share(style.share, counts)
    return replace(
        _whole(bare, told) or Look("number", f"{told} are numbers", doubt=style.doubt),
        sign=sign,
        currency=currency_of(sign),
        decimal=style.decimal,
        thousands=style.thousands,
        negative=style.negative,
    )


def _whole(bare: Counter[str], told: str) -> Look | None:
    """Whole numbers, or ids where zeros lead; None where fractions are among them."""
    counts = {value: n for value, n in bare.items() if re.fullmatch(r"[+-]?\d{1,15}", value)}
    n_whole = sum(counts.values())
    if not counts or n_whole < ENOUGH * bare.total():
        return None
    if any(re.fullmatch(r"0\d+", value) for value in counts):
        return Look("id", "whole numbers, some with leading zeros")
    low, high = min(map(int, counts)), max(map(int, counts))
    rest = " (but for some, to be looked at)" if n_whole < bare.total() else ""
    shown = f" {low} to {high}" if low >= -1000 and high <= 10_000 else ""
    return Look("integer", f"{told} are whole numbers{shown}{rest}", low=low, high=high)


def _words(counts: Counter[str]) -> Look:
    total = counts.total()
    is_short = max(map(len, counts)) <= 40 and not any(" " in value for value in counts)
    if is_short and len(counts) >= 0.5 * total and any(any(c.isdigit() for c in v) for v in counts):
        alike = "all different" if len(counts) == total else f"{len(counts):,} different"
        return Look("id", f"{total:,} codes, {alike}")
    if len(counts) <= max(MOST_LABELS, 0.02 * total) and len(counts) <= 0.7 * total:
        return Look(
            "label",
            f"{len(counts)} label{'s' * (len(counts) > 1)} in {total:,} values",
            labels=_labels(counts),
        )
    return Look("text", f"{len(counts):,} different texts in {total:,} values")


def _labels(counts: Counter[str]) -> tuple[str, ...]:
    """The labels, if all may be shown: few, repeated, and nothing personal in them."""
    shown = sorted(counts, key=lambda value: (-counts[value], value))
    is_plain = all(counts[v] > 1 and redact(v) == v and len(v) <= 60 for v in shown)
    return tuple(shown) if is_plain and len(shown) <= MOST_LABELS else ()
