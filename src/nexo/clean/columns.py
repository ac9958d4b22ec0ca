"""One source column at a time becomes one canonical column, with the reason where it cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping

import narwhals as nw

from nexo.base.errors import Problem, SourceError, report_problems
from nexo.clean.casts import (
    CAST,
    NOTE,
    TOLD,
    UNFIT,
    Clock,
    Step,
    cast_steps,
    minor_digits,
    only,
    stripped,
)
from nexo.contract import Column
from nexo.engine import Frame
from nexo.privacy import redact
from nexo.sources import ColumnRule, FileRule, Source

PROBLEM = "__problem"
TEXT = "__text"
"""A column ``x`` travels with ``x__text`` (as found) and ``x__problem`` (reason code or null)."""

KEPT = ("clock_skipped", "clock_repeated")
"""Problems of a value that is kept as told."""

NUMBERS = ("integer", "number", "money_cents")
NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?")

LABELS_SHOWN = 20
LONGEST_LABEL = 80


def column_steps(
    source: Source,
    file: FileRule,
    name: str,
    column: Column,
    rule: ColumnRule,
) -> list[Step]:
    """Return the steps that make canonical column ``name`` by ``rule`` from its ``name__text``.

    They leave ``name`` (typed) and ``name__problem``.
    """
    told = name + TOLD
    codes = source.missing_codes(rule) if rule.constant is None else ()
    text = nw.col(name + TEXT)
    decimal = rule.decimal or file.decimal
    holds_numbers = column.type in NUMBERS and not rule.map  # a mapped label is no number
    is_code = _is_code(text, codes, decimal if holds_numbers else "")
    mapped: list[Step] = [{told: _mapped(nw.col(told), rule.map)}] if rule.map else []
    value = _within_scale(_turned(nw.col(name + CAST), rule), column)
    return [
        {told: only(text, ~is_code)},
        *mapped,
        *cast_steps(
            name,
            column.type,
            decimal=decimal,
            thousands=rule.thousands,
            negative=rule.negative,
            dates=(*rule.dates, *file.typed_dates),
            ambiguous_dates=rule.ambiguous_dates,
            clock=Clock(source.timezone, source.data_end.year + 1),
            minor_digits=0 if rule.money == "minor" else minor_digits(source.currency),
            currency=source.currency,
        ),
        {name: value},
        {name + PROBLEM: _problem(name, column, is_code)},
    ]


def _is_code(text: nw.Expr, codes: tuple[str, ...], decimal: str) -> nw.Expr:
    """Whether a cell is a declared missing code; in a column of numbers "9.0" is the code 9.

    ``decimal`` is the sign of its decimals, empty where the column does not hold numbers.
    """
    if not codes:
        return text != text
    is_code = ~text.is_null() & text.is_in(codes)
    values = [float(code.replace(",", ".")) for code in codes if NUMBER.fullmatch(code)]
    if not decimal or not values:
        return is_code
    is_number = text.str.contains(rf"^[+-]?[0-9]{{1,15}}(?:[{decimal}][0-9]{{1,15}})?$")
    number = only(text, is_number).str.replace_all(decimal, ".", literal=True).cast(nw.Float64)
    return is_code | nw.coalesce(number.is_in(values), nw.lit(False))


def _problem(name: str, column: Column, is_code: nw.Expr) -> nw.Expr:
    is_out = ~nw.col(name + CAST).is_null() & nw.col(name).is_null()
    unfit = nw.when(is_out).then(nw.lit("out_of_scale")).otherwise(nw.col(name + UNFIT))
    if column.type == "datetime":
        unfit = nw.coalesce(unfit, nw.col(name + NOTE))
    return nw.when(is_code).then(nw.lit("missing_code")).otherwise(unfit)


def text_column(column: Column, rule: ColumnRule, raw: str | None) -> nw.Expr:
    """The text a column is made from: a raw column's, the number of its record, or a constant."""
    if raw is not None and column.type == "id":  # extraction trimmed it before it was hashed
        return only(nw.col(raw), nw.col(raw) != "")
    if raw is not None:
        return stripped(raw)
    if rule.row_number:
        return nw.concat_str([nw.col("_file"), nw.lit(":"), nw.col("_row").cast(nw.String)])
    # Tied to a column, since an engine reads a bare literal as one row.
    return nw.when(~nw.col("_row").is_null()).then(nw.lit(rule.constant)).otherwise(None)


def _mapped(text: nw.Expr, mapping: dict[str, str]) -> nw.Expr:
    """Translate labels; one that is not in the mapping becomes null (see stop_at_unknown)."""
    return text.replace_strict(
        list(mapping), list(mapping.values()), default=None, return_dtype=nw.String
    )


def _turned(value: nw.Expr, rule: ColumnRule) -> nw.Expr:
    """Turn a scale whose low end is good, and apply a declared factor."""
    if rule.scale is not None and rule.scale.direction == "low_is_good" and not rule.map:
        value = nw.lit(rule.scale.low + rule.scale.high) - value
    return value * rule.multiply if rule.multiply is not None else value


def _within_scale(value: nw.Expr, column: Column) -> nw.Expr:
    if column.low is not None:
        value = nw.when(value >= column.low).then(value).otherwise(None)
    if column.high is not None:
        value = nw.when(value <= column.high).then(value).otherwise(None)
    return value


def stop_at_unknown_labels(
    source: Source,
    file: FileRule,
    columns: dict[str, Column],
    rules: dict[str, ColumnRule],
    raw: dict[str, str],
    words: Mapping[str, Frame],
) -> None:
    """Raise SourceError that lists every label the YAML does not explain, with its count.

    ``words`` holds the distinct texts of each column (``__text``, n, row), ``raw`` its own name.

    A mapping must name every label of its column; without one, labels of a column whose
    allowed values the dictionary lists must be among these.
    """
    problems = []
    for name, rule in rules.items():
        known = tuple(rule.map) if rule.map else columns[name].allowed
        if not known or name not in raw:
            continue
        codes = source.missing_codes(rule)
        label = nw.col(name + TEXT).alias("label")
        is_unknown = ~nw.col("label").is_null() & ~nw.col("label").is_in((*known, *codes))
        counted = (
            words[name]
            .select(label, "n", "row")
            .filter(is_unknown)
            .group_by("label")
            .agg(nw.col("n").sum(), nw.col("row").min())
            .collect("pyarrow")
        )
        if len(counted):
            problems.append(_unknown(file, name, raw[name], known, counted))
    if problems:
        raise SourceError(
            "Labels that the source YAML does not explain:\n" + report_problems(problems)
        )


def _unknown(
    file: FileRule, name: str, raw: str, known: tuple[str, ...], counted: nw.DataFrame
) -> Problem:
    labels = sorted(
        zip(counted["label"].to_list(), counted["n"].to_list(), strict=True),
        key=lambda pair: (-pair[1], pair[0]),
    )
    listed = ", ".join(
        f"{redact(label)[:LONGEST_LABEL]!r} ({n} rows)" for label, n in labels[:LABELS_SHOWN]
    )
    more = f" and {len(labels) - LABELS_SHOWN} more" if len(labels) > LABELS_SHOWN else ""
    return Problem(
        what=f"unknown labels for {name}: {listed}{more}",
        cure=f"Add them to map (or to missing) of {name}; known now: {', '.join(known)}",
        file=file.glob,
        row=min(counted["row"].to_list()),
        column=raw,
    )
