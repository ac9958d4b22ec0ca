"""Which file is which canonical table, and which of its columns are which."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from nexo.sources.draft.hints import FILES, HINTS
from nexo.sources.draft.looks import Look
from nexo.sources.draft.profile import Profile, Profiled
from nexo.sources.draft.words import KNOWN_LABELS, meant, plain

STRONG, WEAK = 3.0, 1.2
SCALES = {"nps_score": (0, 10), "ces_score": (1, 7), "csat_score": (1, 5)}
BEHAVIOUR = ("is_retained", "n_categories", "net_revenue_cents", "n_visits", "tenure_months")
NAMELESS = re.compile(
    r"(?:q|p|f|v|pregunta|question|frage|item|score|nota|puntuacion|valoracion)? ?\d*[a-z]?"
)
"""Names that say nothing about what was asked."""


@dataclass(frozen=True)
class Column:
    """One column with what it looks like; ``shared`` names the files that hold its ids too."""

    profile: Profile
    look: Look
    shared: tuple[str, ...] = ()
    is_usable: bool = True


@dataclass(frozen=True)
class Guess:
    """A file, the table it is taken for, and the column of each canonical name."""

    file: Profiled
    label: str
    columns: tuple[Column, ...]
    table: str = ""
    used: dict[str, Column] = field(default_factory=dict)
    score: float = 0.0

    def unused(self) -> list[Column]:
        """Columns that no canonical name takes."""
        taken = {column.profile.index for column in self.used.values()}
        return [column for column in self.columns if column.profile.index not in taken]


def choose(guess: Guess) -> Guess:
    """Take the file for the table that fits best; table stays empty where none does."""
    is_tool = guess.file.opened.rule.format in ("qualtrics", "surveymonkey")
    made = [_as_table(guess, table) for table in (("survey",) if is_tool else HINTS)]
    best = max(made, key=lambda one: one.score)
    return best if best.score > 0 else replace(guess, table="")


def _as_table(guess: Guess, table: str) -> Guess:
    used = assign(guess, table)
    return replace(guess, table=table, used=used, score=_fit(guess, table, used))


def assign(guess: Guess, table: str) -> dict[str, Column]:
    """Give each canonical name the column that fits it best, the surest pair first."""
    pairs = [
        (score, -column.profile.index, name, column)
        for name in HINTS[table]
        for column in guess.columns
        if (score := _score(guess, table, name, column)) > 0
    ]
    used: dict[str, Column] = {}
    taken: set[int] = set()
    for _, _, name, column in sorted(pairs, key=lambda pair: (-pair[0], -pair[1], pair[2])):
        if name not in used and column.profile.index not in taken:
            used[name] = column
            taken.add(column.profile.index)
    order = list(HINTS[table])
    return {name: used[name] for name in sorted(used, key=order.index)}


def _score(guess: Guess, table: str, name: str, column: Column) -> float:
    """How well a column fits a name: its words, its look, and what its values do."""
    strong, weak, kinds = HINTS[table][name]
    seen = column.look
    if seen.kind not in kinds or not column.is_usable:
        return 0.0
    called = {plain(column.profile.name), plain(column.profile.question)}
    is_loose = name in SCALES or name == "comment"
    score = 0.0
    if strong and any(re.fullmatch(strong, words) for words in called):
        score = STRONG + 0.5
    elif strong and is_loose and any(re.search(rf"\b(?:{strong})\b", w) for w in called):
        score = STRONG
    elif weak:
        ending = "" if name == "customer_id" else r"(?:.* )?"
        score = WEAK * any(re.fullmatch(rf"{ending}(?:{weak})", words) for words in called)
    return _weighed(table, name, column, score)


def _weighed(table: str, name: str, column: Column, score: float) -> float:
    seen = column.look
    if name in SCALES:
        return _rated(table, name, column, score)
    if name == "customer_id":
        if seen.kind == "personal" and (seen.evidence != "e-mail addresses" or not column.shared):
            return 0.0
        score += 4.0 if column.shared and (score or _are_codes(column)) else 0.0
        if table in ("customers", "snapshot"):
            return score + 0.5 if score and column.profile.repeats < 0.2 else 0.0
        return score if len(column.profile.counts) > 1 else 0.0
    if name in ("response_id", "order_id", "contact_id"):
        if seen.kind == "personal" or column.profile.repeats > 0.05:
            return 0.0
        return score + (1.0 if seen.is_unique else 0.0) if score else 0.0
    if name == "comment" and score:
        return score + min(_length(column) / 100, 0.9)
    if name == "category" and (seen.kind == "personal" or column.profile.repeats < 0.3):
        return 0.0
    if name in ("answered_at", "ordered_at", "contacted_at", "joined_at") and seen.kind == "date":
        return max(score, 0.5)
    if name in ("segment", "region", "touchpoint", "channel", "acquisition_channel"):
        return score if 1 < len(column.profile.counts) <= 500 else 0.0
    if name in KNOWN_LABELS:
        known = all(meant(name, label) for label in seen.labels) and seen.labels
        return score if known else 0.0
    return score


def _are_codes(column: Column) -> bool:
    """True for values that look like ids: many of them, and digits in each."""
    values = column.profile.counts
    has_digits = all(any(sign.isdigit() for sign in value) for value in values)
    return column.look.kind == "id" or (
        column.look.kind == "label" and len(values) >= 10 and has_digits
    )


def _length(column: Column) -> float:
    """Mean length of the different texts of a column."""
    return sum(map(len, column.profile.counts)) / len(column.profile.counts)


def _rated(table: str, name: str, column: Column, score: float) -> float:
    """A score must be on its scale, but for codes of no answer; a 0 to 10 may lack a name."""
    if column.look.kind == "label":
        return 0.0
    low, high = SCALES[name]
    values = {v: n for v, n in points(column).items() if low <= v <= high}
    total = sum(points(column).values())
    if not values or sum(values.values()) < 0.75 * total or len(column.profile.counts) > 25:
        return 0.0
    if name == "nps_score" and score == 0.0:
        is_whole_scale = len(values) >= 9 and max(values) == 10
        is_question = NAMELESS.fullmatch(plain(column.profile.name)) is not None
        return 0.6 if is_whole_scale and is_question and table == "survey" else 0.0
    if name == "csat_score" and score < STRONG and max(values) < high:
        return 0.0
    return score if max(values) > high // 2 else 0.0


def points(column: Column) -> dict[int, int]:
    """The whole numbers of a column, each with how often it stands there."""
    if column.look.kind == "rating":
        known = dict(column.look.ratings)
        found = [(known[v], n) for v, n in column.profile.counts.items() if v in known]
    else:
        whole = re.compile(r"[+-]?\d{1,15}")
        found = [(int(v), n) for v, n in column.profile.counts.items() if whole.fullmatch(v)]
    sums: dict[int, int] = {}
    for value, n in found:
        sums[value] = sums.get(value, 0) + n
    return sums


def _fit(guess: Guess, table: str, used: dict[str, Column]) -> float:
    """How much speaks for a table; 0 or less where what makes it is not there."""
    score = sum(min(_score(guess, table, n, c), 4.0) for n, c in used.items())
    if re.search(rf"\b(?:{FILES[table]})\b", plain(guess.label)):
        score += 2.5
    scored = [n for n in (*SCALES, "comment") if n in used]
    n_behaviour = sum(name in used for name in BEHAVIOUR)
    dated = any(c.look.kind == "date" for c in guess.columns)
    if table == "survey":
        is_tool = guess.file.opened.rule.format in ("qualtrics", "surveymonkey")
        score -= 0 if dated else 5  # without dates it rather is a table of customers
        is_wide = "response_id" in used and len(guess.columns) >= 5
        is_named = is_wide and re.search(rf"\b(?:{FILES[table]})\b", plain(guess.label))
        return max(score + 2 * len(scored), 0.1) if scored or is_tool or is_named else 0.0
    if table == "customers":
        has_amounts = bool(assign(guess, "orders").keys() & {"amount_cents", "order_id"})
        score -= 4.0 * has_amounts + 4.0 * any(n in SCALES for n in assign(guess, "survey"))
        return score if {"customer_id", "joined_at"} <= set(used) else 0.0
    if table == "orders":
        needed = {"customer_id", "ordered_at", "amount_cents"} <= set(used)
        return score if needed else 0.0
    if table == "contacts":
        told = {"direction", "wait_minutes", "is_resolved", "case_id", "contact_id"} & set(used)
        needed = {"customer_id", "contacted_at"} <= set(used)
        return score if needed and (told or score > 9) and not scored else 0.0
    if "customer_id" not in used or not (n_behaviour or scored):
        return 0.0
    return score + 3 * n_behaviour - (8 if dated else 0) - (0 if n_behaviour else 6)
