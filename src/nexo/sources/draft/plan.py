"""What the files make together: kind, tables, joins, currency, id rule, last day."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nexo.sources.draft.days import ends
from nexo.sources.draft.guess import Column, Guess, assign
from nexo.sources.draft.numbers import currency_of
from nexo.sources.draft.together import normal

DATED = ("answered_at", "ordered_at", "contacted_at", "joined_at", "left_at", "invited_at")


@dataclass(frozen=True)
class Joined:
    """A file that completes another by a key."""

    guess: Guess
    used: dict[str, Column]
    key: tuple[str, str]
    is_whole: bool


@dataclass(frozen=True)
class Entry:
    """A file as one entry of a table."""

    guess: Guess
    used: dict[str, Column]
    note: str = ""
    joins: tuple[Joined, ...] = ()
    prefix: str = ""


@dataclass(frozen=True)
class Plan:
    """The whole data set as guessed."""

    kind: str
    why: str
    tables: dict[str, tuple[Entry, ...]]
    unused: tuple[Guess, ...]


def plan(guesses: Sequence[Guess]) -> Plan:
    """Put the files together; what fits nowhere stays unused and is listed."""
    by_table: dict[str, list[Guess]] = {}
    for guess in guesses:
        by_table.setdefault(guess.table, []).append(guess)
    has = set(by_table)
    if "snapshot" in has and "survey" not in has:
        return _snapshot(guesses, by_table["snapshot"])
    kept = ["survey", "customers", "orders", "contacts"]
    if "survey" in has and not {"customers", "orders"} & has:
        derived = _derived(by_table["survey"])
        kept = ["survey"] if derived is None else kept
        if derived is not None:
            by_table["customers"] = [derived]
    tables = {t: _entries(t, by_table[t]) for t in kept if t in by_table}
    if "survey" in has and "customers" not in tables and "orders" in tables:
        first = tables["orders"][0]
        used = {"customer_id": first.used["customer_id"], "joined_at": first.used["ordered_at"]}
        note = ("DOUBT: no customer file was given, so the first order in the file stands for the "
                "day of joining; give one if you can")  # fmt: skip
        tables["customers"] = (Entry(first.guess, used, note),)
        tables = {t: tables[t] for t in kept if t in tables}
    used_files = {id(entry.guess.file) for entries in tables.values() for entry in entries}
    unused = tuple(guess for guess in guesses if id(guess.file) not in used_files)
    if "survey" in tables and "customers" in tables:
        return Plan("landmark", "a survey and dated customers were found", tables, unused)
    if "survey" in tables:
        return Plan("survey_only", "answers were found, and no dated customers", tables, unused)
    return Plan("landmark", "DOUBT: no file looks like a survey", tables, unused)


def _derived(surveys: Sequence[Guess]) -> Guess | None:
    """The customers that a survey file itself describes, if it says when they joined."""
    for guess in surveys:
        taken = {c.profile.index for n, c in guess.used.items() if n != "customer_id"}
        free = replace(
            guess, columns=tuple(c for c in guess.columns if c.profile.index not in taken)
        )
        used = assign(free, "customers")
        joined = used.get("joined_at")
        if "customer_id" in guess.used and joined is not None:
            used = {"customer_id": guess.used["customer_id"], **used}
            return replace(guess, table="customers", used=used)
    return None


def _entries(table: str, guesses: Sequence[Guess]) -> tuple[Entry, ...]:
    """The files of one table; ids of answers that start again in each get a prefix."""
    entries = []
    seen: set[str] = set()
    for guess in guesses:
        key = guess.used.get({"survey": "response_id", "orders": "order_id"}.get(table, ""))
        values = set(key.profile.counts) if key else set()
        stem = re.sub(r"[^A-Za-z0-9]+", "-", guess.file.opened.path.stem)
        entries.append(Entry(guess, guess.used, prefix=f"{stem}-" if values & seen else ""))
        seen |= values
    return tuple(entries)


def _snapshot(guesses: Sequence[Guess], fitting: Sequence[Guess]) -> Plan:
    """One wide table; other files of the same customers complete it."""
    first = max(fitting, key=lambda guess: guess.score)
    mine = first.used["customer_id"]
    used = dict(first.used)
    joins, others = [], []
    for guess in guesses:
        if guess is first:
            continue
        key = _partner(mine, guess)
        free = {n: c for n, c in assign(guess, "snapshot").items() if n not in used}
        free.pop("customer_id", None)
        if key is None or not free or key.profile.repeats > 0:
            others.append(guess)
            continue
        is_whole = set(mine.profile.counts) <= set(key.profile.counts)
        joins.append(Joined(guess, free, (mine.profile.name, key.profile.name), is_whole))
        used |= free
    entry = Entry(first, first.used, joins=tuple(joins))
    why = "one wide table of customers, without dates of answers or orders"
    return Plan("snapshot", why, {"snapshot": (entry,)}, tuple(others))


def _partner(mine: Column, other: Guess) -> Column | None:
    """The column of another file that holds nearly the same ids."""
    for column in other.columns:
        common = len(set(mine.profile.counts) & set(column.profile.counts))
        if column.is_usable and common >= 0.5 * len(mine.profile.counts) and common >= 5:
            return column
    return None


def money_columns(whole: Plan) -> list[Column]:
    """Columns of amounts that the draft uses."""
    return [c for used in _all_used(whole) for n, c in used.items() if n.endswith("_cents")]


def _all_used(whole: Plan) -> list[dict[str, Column]]:
    entries = [entry for entries in whole.tables.values() for entry in entries]
    return [e.used for e in entries] + [join.used for e in entries for join in e.joins]


def currency(whole: Plan) -> tuple[str, str]:
    """Currency and its evidence: a column of currencies, signs beside amounts, names of columns."""
    for used in _all_used(whole):
        if "currency" in used:
            code = used["currency"].profile.counts.most_common(1)[0][0].strip().upper()
            if re.fullmatch("[A-Z]{3}", code):
                return code, "the most frequent in the column of currencies"
    for column in money_columns(whole):
        if column.look.currency:
            told = "as the amounts say" if column.look.sign != "$" else "DOUBT: a $ is many dollars"
            return column.look.currency, told
        if currency_of(column.profile.name):
            return currency_of(column.profile.name), "as the name of a column says"
    return "EUR", "DOUBT: nothing in the files says which"


def last_day(whole: Plan) -> tuple[dt.date | None, str]:
    """The latest date in the data, and where it stands."""
    best: dt.date | None = None
    told = ""
    for entries in whole.tables.values():
        for entry in entries:
            for name in DATED:
                column = entry.used.get(name)
                if column is None or column.look.dates is None:
                    continue
                values = column.profile.days or column.profile.counts
                found = ends(values, column.look.dates.formats)
                if found and (best is None or found[1] > best):
                    best = found[1]
                    told = f"the latest date found ({entry.guess.label}, {column.profile.name!r})"
    return best, told


def id_rule(whole: Plan) -> tuple[str, str]:
    """What makes two spellings of one customer equal, where files spell them differently."""
    ids = [u["customer_id"].profile.counts for u in _all_used(whole) if "customer_id" in u]
    for index, one in enumerate(ids):
        for other in ids[index + 1 :]:
            if one is other:
                continue
            told = _bridge(one, other)
            if told:
                return told, "DOUBT: only so do the ids of the files agree; is it right?"
    return "", ""


def _bridge(one: Counter[str], other: Counter[str]) -> str:
    ways = {
        "": lambda v: v.strip(),
        "case: lower": lambda v: v.strip().lower(),
        "strip_leading_zeros: true": lambda v: v.strip().lstrip("0") or "0",
        "case: lower, strip_leading_zeros: true": normal,
    }
    agreeing = {way: len({*map(same, one)} & {*map(same, other)}) for way, same in ways.items()}
    best = max(agreeing, key=lambda way: agreeing[way])
    is_worth = agreeing[best] > 1.02 * agreeing[""] + 2
    return f"{{trim: true, {best}}}" if best and is_worth else ""
