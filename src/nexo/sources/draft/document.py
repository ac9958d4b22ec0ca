"""The plan of a data set written out as a source YAML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nexo.sources.draft import words
from nexo.sources.draft.guess import SCALES, Guess
from nexo.sources.draft.opening import Opened
from nexo.sources.draft.plan import Entry, Joined, Plan, currency, id_rule, last_day, money_columns
from nexo.sources.draft.write import (
    Line,
    column_line,
    duplicates_line,
    left_out,
    missing_lines,
    printable,
    quoted,
)

ZONES = {"EUR": "Europe/Madrid", "USD": "America/New_York", "GBP": "Europe/London",
         "MXN": "America/Mexico_City", "CHF": "Europe/Zurich"}  # fmt: skip


def document(whole: Plan) -> str:
    """Write the YAML: head, tables, and at the end what was left out."""
    day, told = last_day(whole)
    body = [*_tables(whole, None if day is None else day.isoformat())]
    head = [*_head(whole, None if day is None else day.isoformat(), told)]
    text = "\n".join([*head, *body, *_unused(whole)]) + "\n"
    n_doubts, n_missing = text.count("DOUBT:"), text.count("MISSING:")
    return "\n".join([*_opening(n_doubts, n_missing), text])


def _opening(n_doubts: int, n_missing: int) -> list[str]:
    first = f"# A draft: {n_doubts} doubts to settle (search DOUBT)"
    what = "one thing" if n_missing == 1 else f"{n_missing} things"
    first += f", {what} missing (search MISSING)." if n_missing else "."
    return [
        first,
        "# Behind each # stands why it was guessed. All rows were looked at; of columns with more",
        "# than 20,000 different values the first rows only. Then run: nexo check",
    ]


def _head(whole: Plan, day: str | None, told: str) -> Iterable[str]:
    labels = [e.guess.label for entries in whole.tables.values() for e in entries]
    names = ", ".join(dict.fromkeys(labels)) or "files"
    code, reason = currency(whole)
    lines = [
        Line(f"title: {quoted('Data of ' + names)}", "DOUBT: give it a name"),
        Line('company: "Our company"', "DOUBT: its name, as the reports print it"),
        Line(f"kind: {whole.kind}", whole.why),
        Line(f"currency: {code}", reason if money_columns(whole) else "no amounts are used"),
        Line(f"timezone: {ZONES.get(code, 'Europe/Madrid')}",
             "DOUBT: files do not say where their clocks stand"),
    ]  # fmt: skip
    if day is None:
        lines.append(Line("data_end:", "MISSING: no date was found; write the last day covered"))
    else:
        lines.append(Line(f"data_end: {day}", f"DOUBT: {told}; do the data end there?"))
    rule, why = id_rule(whole)
    lines += [Line(f"id_rule: {rule}", why)] if rule else []
    yield from map(str, lines)


def _tables(whole: Plan, day: str | None) -> Iterable[str]:
    yield "tables:" if whole.tables else "tables: {}  # MISSING: no file looks like a table"
    for table, entries in whole.tables.items():
        yield f"  {table}:"
        repeated = [duplicates_line(e.guess, table, e.used) for e in entries]
        found = next((line for line in repeated if line is not None), None)
        if found is not None:
            yield f"    {found}"
        elif table == "customers" and entries[0].note:
            yield "    duplicates: {rule: first}"
        yield "    files:"
        for entry in entries:
            yield from _indented(_entry(table, entry, day, whole), 6)


def _indented(lines: Iterable[str], by: int) -> Iterable[str]:
    return (" " * by + line for line in lines)


def _entry(table: str, entry: Entry, day: str | None, whole: Plan) -> Iterable[str]:
    yield from _file(entry.guess.file.opened, entry.note or _size(entry.guess))
    yield "  columns:"
    for name in missing_lines(table, entry.used):
        yield f"    {_replacement(table, name, entry, day)}"
    for name, column in entry.used.items():
        line = column_line(name, column)
        if entry.prefix and name in ("response_id", "order_id"):
            text = (
                f"{name}: {{from: {quoted(column.profile.name)}, prefix: {quoted(entry.prefix)}}}"
            )
            line = Line(text, "DOUBT: its ids stand in another file too: new ones, or the same?")
        yield f"    {line}"
    if table == "survey" and whole.kind == "landmark" and "customer_id" not in entry.used:
        yield "    # MISSING: customer_id: without it no answer can be linked with behaviour"
    if table in ("survey", "snapshot") and not _has_score(entry):
        yield "    # DOUBT: no column looks like NPS (0 to 10), CES (1 to 7) or CSAT (1 to 5)"
    if table == "snapshot":
        yield from _products(entry)
    yield from _rest(entry.guess, _elsewhere(entry, whole))
    if entry.joins:
        yield "  join:"
        for join in entry.joins:
            yield from _indented(_join(join), 4)


def _has_score(entry: Entry) -> bool:
    used = {*entry.used, *(name for join in entry.joins for name in join.used)}
    return not used.isdisjoint(SCALES)


def _products(entry: Entry) -> Iterable[str]:
    """Columns of yes and no, which may be products that a customer has: counted if so."""
    flags = [c for c in entry.guess.unused() if c.look.kind == "boolean" and c.is_usable]
    alike = [c for c in flags if c.look.labels == flags[0].look.labels]
    if "n_categories" in entry.used or len(alike) < 3:
        return
    names = ", ".join(quoted(c.profile.name) for c in alike)
    told: dict[bool, list[str]] = {True: [], False: []}
    for label in alike[0].look.labels:
        told[bool(words.truth(label))].append(quoted(label))
    count = f"{{yes: [{', '.join(told[True])}], no: [{', '.join(told[False])}]}}"
    yield "    # DOUBT: are these products? Take out what is none, and the # before this line:"
    yield f"    # n_categories: {{from: [{names}], count: {count}}}"


def _elsewhere(entry: Entry, whole: Plan) -> list[int]:
    """Columns of this file that another table takes."""
    return [
        column.profile.index
        for entries in whole.tables.values()
        for other in entries
        if other.guess.file is entry.guess.file
        for column in other.used.values()
    ]


def _size(guess: Guess) -> str:
    file = guess.file
    told = f"{file.n_rows + file.n_ragged:,} records"
    if file.n_ragged:
        told += f", {file.n_ragged:,} of them with too few or too many cells: DOUBT: look at them"
    return told


def _file(opened: Opened, note: str) -> Iterable[str]:
    rule, notes = opened.rule, opened.notes
    yield str(Line(f"- glob: {quoted(rule.glob)}", note))
    yield f"  {Line(f'format: {rule.format}', notes.get('format', ''))}"
    if rule.sheet is not None:
        yield f"  {Line(f'sheet: {quoted(str(rule.sheet))}', notes.get('sheet', ''))}"
    if rule.encoding != "utf-8":
        yield f"  {Line(f'encoding: {rule.encoding}', notes.get('encoding', ''))}"
    if rule.delimiter != ",":
        shown = "\\t" if rule.delimiter == "\t" else rule.delimiter
        yield f'  delimiter: "{shown}"'
    if rule.header_row > 1:
        yield f"  {Line(f'header_row: {rule.header_row}', notes.get('header_row', ''))}"


def _replacement(table: str, name: str, entry: Entry, day: str | None) -> Line:
    """What to do about a required column that the file does not have."""
    if name == "category":
        note = "DOUBT: no column of categories; cross-selling cannot be told without"
        return Line("category: {constant: all}", note)
    if name == "answered_at" and day is not None:
        note = "DOUBT: no date of the answer was found; the last day of the data stands for it"
        return Line(f"answered_at: {{constant: {day}}}", note)
    if name in ("response_id", "order_id"):
        note = "DOUBT: no column is different in each record, so their numbers in the file serve"
        return Line(f"{name}: {{row_number: true}}", note)
    cures = {
        "answered_at": "no date was found; write {constant: 2024-05-15} for the day of a wave",
    }
    return Line("", f"MISSING: {name}: {cures.get(name, 'no column looks like it')}")


def _rest(guess: Guess, taken: Sequence[int]) -> Iterable[str]:
    lines = left_out(guess, taken)
    if lines:
        yield "    # Not used:"
        yield from (f"    {line}" for line in lines)


def _join(join: Joined) -> Iterable[str]:
    yield from _file(join.guess.file.opened, _size(join.guess))
    mine, theirs = join.key
    key = quoted(mine) if mine == theirs else f"{{{quoted(mine)}: {quoted(theirs)}}}"
    yield f"  {Line(f'key: {key}', 'both files hold these ids')}"
    yield "  cardinality: one_to_one"
    if not join.is_whole:
        note = "some customers are not in this file; these columns stay empty for them"
        yield f"  {Line('without_partner: keep', note)}"
    yield "  columns:"
    for name, column in join.used.items():
        yield f"    {column_line(name, column)}"
    taken = [column.profile.index for column in join.used.values()]
    yield from _rest(join.guess, taken)


def _unused(whole: Plan) -> Iterable[str]:
    for guess in whole.unused:
        yield f"# Not used: {printable(guess.label)}: {_size(guess)}, taken for no table."
        looks = "; ".join(str(line).removeprefix("#").strip() for line in left_out(guess))
        yield f"#   Its columns: {looks}"[:2000]
