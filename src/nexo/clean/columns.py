"""One source column at a time becomes one canonical column, with the reason where it cannot."""

from __future__ import annotations

import narwhals as nw

from nexo.clean.casts import CAST, TOLD, UNFIT, Step, cast_steps, minor_digits, stripped
from nexo.contract import Column
from nexo.engine import Frame
from nexo.errors import Problem, SourceError, report_problems
from nexo.privacy import redact
from nexo.sources import ColumnRule, FileRule, Source

PROBLEM = "__problem"
TEXT = "__text"
"""A column ``x`` travels with ``x__text`` (as found) and ``x__problem`` (reason code or null)."""

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
    is_code = ~text.is_null() & text.is_in(codes) if codes else text != text
    meant = _mapped(nw.col(told), rule.map) if rule.map else nw.col(told)
    value = _within_scale(nw.col(f"{name}__turned"), column)
    return [
        {told: nw.when(is_code).then(None).otherwise(text)},
        {told: meant},
        *cast_steps(
            name,
            column.type,
            decimal=rule.decimal or file.decimal,
            thousands=rule.thousands,
            dates=rule.dates if file.format == "csv" else (*rule.dates, "iso"),
            minor_digits=0 if rule.money == "minor" else minor_digits(source.currency),
        ),
        {f"{name}__turned": _turned(nw.col(name + CAST), rule)},
        {name: value},
        {name + PROBLEM: _problem(name, is_code)},
    ]


def _problem(name: str, is_code: nw.Expr) -> nw.Expr:
    is_out = ~nw.col(name + CAST).is_null() & nw.col(name).is_null()
    unfit = nw.when(is_out).then(nw.lit("out_of_scale")).otherwise(nw.col(name + UNFIT))
    return nw.when(is_code).then(nw.lit("missing_code")).otherwise(unfit)


def text_column(rule: ColumnRule, raw: str | None) -> nw.Expr:
    """The text a column is made from: a raw column's, or the source's constant in every row."""
    if raw is not None:
        return stripped(raw)
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
    frame: Frame,
) -> None:
    """Raise SourceError that lists every label the YAML does not explain, with its count.

    A mapping must name every label of its column; without one, labels of a column whose
    allowed values the dictionary lists must be among these.
    """
    problems = []
    for name, rule in rules.items():
        known = tuple(rule.map) if rule.map else columns[name].allowed
        if not known or name not in raw:
            continue
        codes = source.missing_codes(rule)
        label = stripped(raw[name]).alias("label")
        is_unknown = ~nw.col("label").is_null() & ~nw.col("label").is_in((*known, *codes))
        counted = (
            frame.select(label, "_row")
            .filter(is_unknown)
            .group_by("label")
            .agg(nw.len().alias("n"), nw.col("_row").min().alias("row"))
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
