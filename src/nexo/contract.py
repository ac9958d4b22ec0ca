"""data/dictionary.yaml as the contract of every table: names, types, ranges, keys, meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
from pydantic import Field

from nexo.base import paths
from nexo.base.errors import ContractError, Problem, report_problems
from nexo.base.strict_yaml import Frozen, read_yaml, validated

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal[
    "id", "text", "label", "date", "datetime", "integer", "number", "money_cents", "boolean"
]
TEXT_KINDS = ("id", "text", "label")


class Words(Frozen):
    """The same sentence in both languages."""

    en: str = Field(min_length=1)
    es: str = Field(min_length=1)


class Column(Words):
    """One column: what it may hold, and what it means."""

    type: Kind
    unit: str = ""
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    is_key: bool = False
    is_required: bool = False
    is_optional: bool = False
    refers_to: Literal["customers"] | None = None
    by_data_end: bool = False
    stay: Literal["from_joining", "within"] | None = None
    caution: Words | None = None


class Table(Words):
    """One canonical table; ``is_optional`` where a source may do without it."""

    is_optional: bool = False
    columns: dict[str, Column]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that together tell rows apart; empty where rows need no key."""
        return tuple(name for name, column in self.columns.items() if column.is_key)


class Dictionary(Frozen):
    """All canonical tables by name."""

    tables: dict[str, Table]

    def table(self, name: str) -> Table:
        """Return one table; raise ContractError that lists the known ones."""
        if name not in self.tables:
            raise ContractError(
                f"{name!r} is no table of data/dictionary.yaml. Known: {', '.join(self.tables)}."
            )
        return self.tables[name]


def load_dictionary(file: Path | None = None) -> Dictionary:
    """Read the dictionary; raise ContractError naming each key that is wrong."""
    file = file or paths.dictionary_file()
    raw = read_yaml(file, ContractError)
    return validated(Dictionary, raw, file, "dictionary", ContractError)


def arrow_schema(table: Table, columns: tuple[str, ...] | None = None) -> pa.Schema:
    """Return the Arrow schema of a table, or of some of its columns, in dictionary order."""
    import pyarrow as pa

    kinds: dict[str, pa.DataType] = {
        "date": pa.date32(),
        "datetime": pa.timestamp("us"),
        "integer": pa.int64(),
        "money_cents": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
    }
    names = columns if columns is not None else tuple(table.columns)
    return pa.schema([(name, kinds.get(table.columns[name].type, pa.string())) for name in names])


def markdown_tables(dictionary: Dictionary) -> str:
    """The canonical tables as Markdown, one table each: what data/README.md shows."""
    parts = []
    for name, table in dictionary.tables.items():
        lines = [f"**{name}** - {table.en}", "", "| column | type | unit, range | meaning |"]
        lines += ["|---|---|---|---|"]
        for column_name, column in table.columns.items():
            mark = "**" if column.is_required else ""
            caution = f" {column.caution.en}" if column.caution else ""
            lines.append(
                f"| {mark}{column_name}{mark} | {column.type} | {_range(column)} "
                f"| {column.en}{caution} |"
            )
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _range(column: Column) -> str:
    low, high = ("" if end is None else f"{end:g}" for end in (column.low, column.high))
    ends = f"{low} to {high}" if low and high else (f"from {low}" if low else high)
    return ", ".join(part for part in (column.unit, ends, " / ".join(column.allowed)) if part)


def check(
    table_name: str,
    frame: Any,
    *,
    dictionary: Dictionary | None = None,
    columns: tuple[str, ...] | None = None,
) -> None:
    """Hold a built table against the dictionary: columns, types, ranges, labels; not its key.

    ``frame`` is anything Narwhals reads (Arrow, pandas, DuckDB, Spark, a Narwhals frame);
    ``columns`` restricts the contract to some columns (a snapshot's survey half).
    Raises ContractError that lists every problem found, each with the offending value.
    """
    table = (dictionary or load_dictionary()).table(table_name)
    expected = {name: table.columns[name] for name in columns or table.columns}
    held = nw.from_native(frame).lazy()
    schema = held.collect_schema()
    problems = [
        *_wrong_names(table_name, expected, list(schema)),
        *_wrong_types(table_name, expected, schema),
    ]
    sound = {
        name: column
        for name, column in expected.items()
        if name in schema and _fits(column.type, schema[name])
    }
    problems += _wrong_values(table_name, sound, held)
    if problems:
        raise _broken(table_name, problems)


def _problem(table: str, column: str, what: str, value: Any = "") -> Problem:
    cure = "Mend what builds the table, or correct the dictionary if it is wrong."
    return Problem(what, cure, file=table, column=column, value=str(value))


def _wrong_names(table: str, expected: dict[str, Column], found: list[str]) -> list[Problem]:
    missing = [_problem(table, name, "is missing") for name in expected if name not in found]
    unknown = [name for name in found if name not in expected]
    return missing + [_problem(table, name, "is not in the dictionary") for name in unknown]


def _wrong_types(table: str, expected: dict[str, Column], schema: Any) -> list[Problem]:
    return [
        _problem(table, name, f"should be of type {column.type}, is {schema[name]}")
        for name, column in expected.items()
        if name in schema and not _fits(column.type, schema[name])
    ]


def _fits(kind: str, dtype: Any) -> bool:
    if kind in TEXT_KINDS:
        return dtype in (nw.String, nw.Categorical, nw.Object)
    if kind in ("integer", "money_cents"):
        return bool(dtype.is_integer())
    if kind == "number":
        return bool(dtype.is_float())
    if kind == "date":  # pandas has no dates of its own: they come as midnight
        return dtype == nw.Date or isinstance(dtype, nw.Datetime)
    return isinstance(dtype, nw.Datetime) if kind == "datetime" else dtype == nw.Boolean


def _wrong_values(table: str, columns: dict[str, Column], frame: Any) -> list[Problem]:
    """Count nulls, values out of range and unknown labels, all in one pass over the rows."""
    rules = [
        (name, what, is_wrong)
        for name, column in columns.items()
        for what, is_wrong in _rules(name, column)
    ]
    if not rules:
        return []
    counts = frame.select(
        *(
            nw.when(is_wrong).then(nw.lit(1)).otherwise(nw.lit(0)).sum().alias(f"n{i}")
            for i, (_, _, is_wrong) in enumerate(rules)
        )
    ).collect("pyarrow")
    problems = []
    for i, (name, what, is_wrong) in enumerate(rules):
        n_wrong = counts[f"n{i}"][0] or 0
        if n_wrong:
            first = frame.filter(is_wrong).select(nw.col(name).min()).collect("pyarrow")
            problems.append(_problem(table, name, f"{what} in {n_wrong} rows", first[name][0]))
    return problems


def _rules(name: str, column: Column) -> list[tuple[str, nw.Expr]]:
    value = nw.col(name)
    rules = []
    if column.is_required:
        rules.append(("is null", value.is_null()))
    if column.low is not None:
        rules.append((f"is below {column.low:g}", value < column.low))
    if column.high is not None:
        rules.append((f"is above {column.high:g}", value > column.high))
    if column.allowed:
        unknown = ~value.is_null() & ~value.is_in(column.allowed)
        rules.append((f"is none of {', '.join(column.allowed)}", unknown))
    return rules


def unique(
    batches: Iterable[pa.RecordBatch], table: str, key: Sequence[str]
) -> Iterator[pa.RecordBatch]:
    """Yield the batches of a table sorted by its key, as they go into a file.

    Raises ContractError where a key comes again; one that is null in part is no key.
    """
    before: pa.RecordBatch | None = None
    for batch in batches:
        if key and batch.num_rows:
            repeated = _repeated(batch, before, key)
            if repeated:
                what = "repeats a key that should be unique"
                raise _broken(table, [_problem(table, ", ".join(key), what, repeated)])
            before = batch.slice(batch.num_rows - 1)
        yield batch


def _repeated(batch: pa.RecordBatch, before: pa.RecordBatch | None, key: Sequence[str]) -> str:
    """The first key that is that of the row before, as text; empty if there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    last = [] if before is None else [before]
    rows = pa.Table.from_batches([*last, batch]).select(key)
    is_same = pa.chunked_array([pa.array([True] * (rows.num_rows - 1), pa.bool_())])
    if any(pa.types.is_null(rows[name].type) for name in key):
        return ""
    for name in key:
        is_same = pc.and_(is_same, pc.equal(rows[name][1:], rows[name][:-1]))
    found = rows.slice(1).filter(is_same)
    return ", ".join(str(found[name][0]) for name in key) if found.num_rows else ""


def _broken(table: str, problems: list[Problem]) -> ContractError:
    return ContractError(
        f"The table {table!r} does not keep data/dictionary.yaml:\n" + report_problems(problems)
    )
