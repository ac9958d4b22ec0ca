"""The guesses as the text of a source YAML: each with its evidence, each doubt marked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from nexo.privacy import redact
from nexo.sources.draft import words
from nexo.sources.draft.guess import SCALES, Column, Guess, points
from nexo.sources.draft.hints import HINTS, KEYS, NEEDED
from nexo.sources.draft.looks import Look

MEANING = {True: "true", False: "false"}


@dataclass(frozen=True)
class Line:
    """One line of YAML, and what stands behind its ``#``."""

    text: str
    note: str = ""

    def __str__(self) -> str:
        note = " ".join(printable(self.note).split())
        return f"{self.text}  # {note}" if note and self.text else self.text or f"# {note}"


def quoted(text: str) -> str:
    """A text as YAML in double quotes, whatever is in it."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{printable(inner)}"'


def printable(text: str) -> str:
    """Characters that do not show, as YAML's escapes."""
    return "".join(
        sign if sign.isprintable() else f"\\u{ord(sign):04x}" if ord(sign) < 1 << 16
        else f"\\U{ord(sign):08x}"
        for sign in text
    )  # fmt: skip


def column_line(name: str, column: Column, latest: dt.date | None = None) -> Line:
    """One canonical column: where it comes from, how it is read, why, and what is in doubt."""
    seen = column.look
    keys = [f"from: {quoted(column.profile.name)}"]
    notes = [seen.evidence] if name not in SCALES else []
    doubts = [seen.doubt] if seen.doubt else []
    missing = list(seen.missing)
    if seen.kind == "date" and seen.dates and seen.dates.formats != ("iso",):
        keys.append("dates: [" + ", ".join(quoted(text) for text in seen.dates.formats) + "]")
    if name in SCALES:
        rated, told, asked = _score(name, column)
        keys, missing = keys + rated, missing + told
        notes, doubts = notes + asked[:1], doubts + asked[1:]
    elif name.endswith("_cents") or name in ("tenure_months", "weight", "wait_minutes"):
        keys += _signs(seen)
    elif name.startswith("is_"):
        labels, doubt = _truths(name, column)
        keys, doubts = keys + labels, doubts + doubt
    elif name.endswith("_id"):
        notes = [_identity(column)]
    elif seen.labels and name not in ("comment", "currency"):
        mapped, doubt = _labels(name, seen)
        keys, doubts = keys + mapped, doubts + doubt
    if missing:
        keys.append("missing: [" + ", ".join(quoted(code) for code in missing) + "]")
    note = "; ".join([*notes, *(f"DOUBT: {doubt}" for doubt in doubts)])
    value = quoted(column.profile.name) if len(keys) == 1 else "{" + ", ".join(keys) + "}"
    return Line(f"{name}: {value}", note)


def _signs(seen: Look) -> list[str]:
    keys = [f'decimal: "{seen.decimal}"'] if seen.decimal != "." else []
    keys += [f'thousands: "{seen.thousands}"'] if seen.thousands else []
    return keys + ([f"negative: {seen.negative}"] if seen.negative != "leading" else [])


def _identity(column: Column) -> str:
    """What the values of an id do, none of them shown."""
    profile = column.profile
    n = len(profile.counts)
    among = "" if profile.is_whole else f" in the first {profile.n_rows:,} rows"
    told = "all different" if column.look.is_unique else f"{n:,} different in {profile.n_filled:,}"
    shared = f"; held by {' and '.join(column.shared)} too" if column.shared else ""
    blank = profile.n_rows - profile.n_filled
    return f"{told}{among}{shared}" + (f"; {blank:,} are blank" if blank else "")


def _score(name: str, column: Column) -> tuple[list[str], list[str], list[str]]:
    """Keys, missing codes, and evidence followed by doubts of a column of scores."""
    low, high = SCALES[name]
    found = points(column)
    inside = {point: n for point, n in found.items() if low <= point <= high}
    beyond = {point: n for point, n in found.items() if point not in inside}
    total = sum(found.values())
    share = 100 * sum(inside.values()) / total
    shown = f"{share:.1f}".removesuffix(".0") if share == 100 or share < 99.95 else "99.9"
    told = [f"{shown} % of {total:,} values are whole numbers {min(inside)} to {max(inside)}"]
    keys = []
    if column.look.kind == "rating":
        pairs = ", ".join(f"{quoted(v)}: {p}" for v, p in column.look.ratings)
        keys.append("map: {" + pairs + "}")
    if name == "ces_score":
        keys.append("scale: {low: 1, high: 7, direction: high_is_good}")
        told.append("is 7 easy? else write low_is_good")
    often = max(2, 0.001 * total)
    codes = [str(p) for p in sorted(beyond) if p in words.CODES_OF_NOBODY and beyond[p] >= often]
    if codes:
        n = sum(beyond[int(code)] for code in codes)
        told.append(f"{' and '.join(codes)} ({n:,} values) taken for no answer")
    if len(beyond) > len(codes):
        n = sum(n for point, n in beyond.items() if str(point) not in codes)
        told.append(
            f"{n:,} values lie beyond {low} to {high}; they become missing, and are counted"
        )
    if name == "nps_score" and min(inside) == 1 and total > 200:
        told.append("no 0 was found: was the scale 1 to 10?")
    if not words.plain(column.profile.name) or not _speaks(name, column):
        told.append("taken by its values alone; does it ask whether they would recommend?")
    return keys, codes, told


def _speaks(name: str, column: Column) -> bool:
    """True if the name of a column says that it asks whether they would recommend."""
    strong = HINTS["survey"][name][0]
    return re.search(rf"\b(?:{strong})\b", words.plain(column.profile.question)) is not None or (
        name != "nps_score"
    )


def _truths(name: str, column: Column) -> tuple[list[str], list[str]]:
    """A mapping of yes and no; of a churn column turned round, as it feeds is_retained."""
    leaves = name == "is_retained" and _says_gone(column.profile.name)
    plain = all(label.lower() in ("true", "false", "0", "1") for label in column.look.labels)
    if plain and not leaves:
        return [], []
    pairs = ", ".join(
        f"{quoted(label)}: {MEANING[bool(words.truth(label)) != leaves]}"
        for label in column.look.labels
    )
    doubt = ["yes means gone, so it is turned round"] if leaves else []
    return ["map: {" + pairs + "}"], doubt


def _says_gone(name: str) -> bool:
    gone = ("churn", "baja", "abandono", "left", "exit", "cancel", "attrition", "kundigung")
    return any(word in words.plain(name) for word in gone)


def _labels(name: str, seen: Look) -> tuple[list[str], list[str]]:
    """Each label to itself; spellings of one label to the most usual of them."""
    if name in words.KNOWN_LABELS:
        pairs = ", ".join(f"{quoted(v)}: {words.meant(name, v)}" for v in seen.labels)
        return ["map: {" + pairs + "}"], []
    usual: dict[str, str] = {}
    for label in seen.labels:
        usual.setdefault(words.plain(label) or label, label)
    pairs = ", ".join(
        f"{quoted(label)}: {quoted(usual[words.plain(label) or label])}" for label in seen.labels
    )
    doubt = ["spellings of one label were put together"] if len(usual) < len(seen.labels) else []
    return ["map: {" + pairs + "}"], doubt


def left_out(guess: Guess, also_used: Sequence[int] = ()) -> list[Line]:
    """Columns that the draft does not use, each with what it looks like."""
    lines = []
    for column in guess.unused():
        if column.profile.index in also_used:
            continue
        seen = column.look
        name = redact(column.profile.name)[:60] or f"column {column.profile.index + 1}, unnamed"
        is_personal = seen.kind == "personal"
        why = f"personal data ({seen.evidence})" if is_personal else _kind(column)
        if not column.is_usable and column.profile.name:
            why += "; two columns have this name, or it holds personal data"
        lines.append(Line("", f"  {printable(name)!r}: {why}"))
    return lines


def _kind(column: Column) -> str:
    """What an unused column looks like, and why a score of another scale is left out."""
    seen = column.look
    n = len(column.profile.counts)
    told = {"label": f"{n} label{'s' * (n > 1)}", "integer": "whole numbers"}
    why = told.get(seen.kind, seen.kind)
    if seen.kind not in ("integer", "rating") or seen.low < -10 or seen.high > 100:
        return why
    why = f"whole numbers {seen.low} to {seen.high}"
    asked = words.plain(column.profile.question)
    for name in ("ces_score", "csat_score"):
        low, high = SCALES[name]
        if re.search(rf"\b(?:{HINTS['survey'][name][0]})\b", asked) and seen.high > high:
            why += f"; {name} goes from {low} to {high}: map it code by code, or leave it out"
    return why


def missing_lines(table: str, used: dict[str, Column]) -> list[str]:
    """Required columns that no column of the file gives."""
    return [name for name in NEEDED[table] if name not in used]


def duplicates_line(guess: Guess, table: str, used: dict[str, Column]) -> Line | None:
    """A rule for records of one key, where the file has such."""
    key = used.get(KEYS[table])
    if key is None or (key.profile.repeats == 0 and key.profile.is_whole):
        return None
    n = key.profile.n_filled - len(key.profile.counts)
    seen = f"{n:,} records" if n else "beyond the first rows, some records may"
    told = f"DOUBT: {seen} repeat the {KEYS[table]} of another; identical ones are merged"
    if table == "survey" and "answered_at" in used:
        return Line("duplicates: {rule: latest, by: answered_at}", f"{told}, else the latest stays")
    return Line("duplicates: {rule: first}", f"{told}, else the first stays")
