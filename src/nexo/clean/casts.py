"""Guarded casts: a value must match its type's pattern first; only then is it cast.

Engines guess: CAST('8.6' AS INT) is 9 in one and 8 in another, '0x10' may be 16, an offset of
time may be dropped. So each cast here sees null wherever the pattern does not match, and the
same Narwhals expression runs on DuckDB and on Spark.

A cast is a list of steps, each a set of columns made from those of the step before: nested in
one expression the same text would be taken apart again wherever it is used, thousands of times
for a date. A column ``x`` goes in as ``x__told`` (text, blanks stripped, blank cells null) and
comes out as ``x__cast`` (null where it did not fit) and ``x__unfit`` (the reason code, or null).
"""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

from nexo.contract import Kind
from nexo.engine import Frame
from nexo.sources.dates import DateFormat, compiled

Step = dict[str, nw.Expr]
TOLD, CAST, UNFIT = "__told", "__cast", "__unfit"

BLANKS = " \t\n\r\x0b\x0c\u00a0\u200b\ufeff"
MINOR_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""Decimals of currencies that do not have two (ISO 4217)."""


def stripped(column: str) -> nw.Expr:
    """The text of a cell without blanks around it; a blank cell is null."""
    text = nw.col(column).str.strip_chars(BLANKS)
    return only(text, text != "")


def only(value: nw.Expr, condition: nw.Expr) -> nw.Expr:
    """``value`` where ``condition`` holds, null elsewhere."""
    return nw.when(condition).then(value).otherwise(None)


def minor_digits(currency: str) -> int:
    """Decimals of a currency: 2 for EUR, 0 for JPY, 3 for KWD."""
    return MINOR_DIGITS.get(currency, 2)


def take(frame: Frame, columns: Sequence[Sequence[Step]]) -> Frame:
    """Take the steps of several columns, the first of each together, then the second of each."""
    for index in range(max((len(steps) for steps in columns), default=0)):
        made = {n: e for steps in columns if index < len(steps) for n, e in steps[index].items()}
        frame = frame.with_columns(**made)
    return frame


def cast_steps(
    name: str,
    kind: Kind,
    *,
    decimal: str = ".",
    thousands: str | None = None,
    dates: tuple[str, ...] = ("iso",),
    minor_digits: int = 2,
) -> list[Step]:
    """Return the steps that cast column ``name``; ids, text and labels stay text."""
    if kind in ("date", "datetime"):
        return _date_steps(name, kind, compiled(dates))
    if kind == "boolean":
        return _boolean_steps(name)
    if kind not in ("integer", "number", "money_cents"):
        told = nw.col(name + TOLD)
        return [{name + CAST: told, name + UNFIT: only(told, told.is_null())}]
    plain = _plain_steps(name, decimal, thousands)
    if kind == "money_cents":
        return plain + _money_steps(name, minor_digits)
    return plain + (_integer_steps(name) if kind == "integer" else _number_steps(name))


def _coded(condition: nw.Expr, code: str, otherwise: nw.Expr | None = None) -> nw.Expr:
    return nw.when(condition).then(nw.lit(code)).otherwise(otherwise)


def _unfit(name: str, code: str) -> Step:
    is_unfit = ~nw.col(name + TOLD).is_null() & nw.col(name + CAST).is_null()
    return {name + UNFIT: _coded(is_unfit, code)}


def _plain_steps(name: str, decimal: str, thousands: str | None) -> list[Step]:
    """Rewrite a number as the declared signs say into digits with a point; null if it is none.

    A thousands sign counts only between groups of three, and only when declared: "1.234" is
    one thousand or one and a bit, and nobody but the source can tell.
    """
    fraction = rf"(?:[{decimal}][0-9]{{1,15}})?"
    whole = "[0-9]{1,15}"
    if thousands is not None:
        whole = rf"(?:[0-9]{{1,15}}|[1-9][0-9]{{0,2}}(?:[{thousands}][0-9]{{3}}){{1,4}})"
    told = nw.col(name + TOLD)
    plain = only(told, told.str.contains(rf"^[+-]?{whole}{fraction}$"))
    if thousands is not None:
        plain = plain.str.replace_all(thousands, "", literal=True)
    if decimal != ".":
        plain = plain.str.replace_all(decimal, ".", literal=True)
    return [{f"{name}__plain": plain}]


def _number_steps(name: str) -> list[Step]:
    value = nw.col(f"{name}__plain").cast(nw.Float64)
    return [{name + CAST: value}, _unfit(name, "not_a_number")]


def _integer_steps(name: str) -> list[Step]:
    """Whole numbers; "8.0" is 8, "8.6" is nothing (never 9)."""
    return _whole_steps(name, r"^[+-]?[0-9]{1,15}(?:\.0+)?$", 0, "not_an_integer")


def _money_steps(name: str, digits: int) -> list[Step]:
    """Minor units without a float: the digits before and after the sign, side by side.

    More decimals than the currency has are refused unless they are zeros: "12,345" may be
    twelve or twelve thousand.
    """
    pattern = rf"^[+-]?[0-9]{{1,15}}(?:\.[0-9]{{0,{digits}}}0*)?$"
    return _whole_steps(name, pattern, digits, "too_many_decimals")


def _whole_steps(name: str, pattern: str, digits: int, code: str) -> list[Step]:
    """The number times ten to the power ``digits`` as an integer, where ``pattern`` matches.

    Split at an underscore: Spark takes the separator for a pattern, in which a point is any sign.
    """
    plain, halves = nw.col(f"{name}__plain"), nw.col(f"{name}__halves")
    unsigned = plain.str.replace_all("^[+-]", "").str.replace_all(".", "_", literal=True)
    marked = nw.concat_str([unsigned, nw.lit("_")])
    padded = nw.concat_str([halves.list.get(1), nw.lit("0" * digits)]).str.slice(0, digits)
    joined = nw.concat_str([halves.list.get(0), padded]) if digits else halves.list.get(0)
    size = joined.cast(nw.Int64)
    signed = nw.when(plain.str.starts_with("-")).then(-size).otherwise(size)
    value = nw.col(name + CAST)
    reason = _coded(plain.is_null(), "not_a_number", _coded(value.is_null(), code))
    return [
        {f"{name}__halves": only(marked, plain.str.contains(pattern)).str.split("_")},
        {name + CAST: signed},
        {name + UNFIT: only(reason, ~nw.col(name + TOLD).is_null())},
    ]


def _boolean_steps(name: str) -> list[Step]:
    is_true, is_false = (
        nw.col(name + TOLD).str.to_lowercase().is_in(words)
        for words in (("true", "1"), ("false", "0"))
    )
    value = nw.when(is_true).then(nw.lit(True)).otherwise(only(nw.lit(False), is_false))
    return [{name + CAST: value}, _unfit(name, "not_a_boolean")]


def _date_steps(name: str, kind: Kind, formats: tuple[DateFormat, ...]) -> list[Step]:
    """Try the declared formats in order; the first that matches and is a real day counts."""
    steps: list[Step] = [{}, {}, {}, {}]
    for index, known in enumerate(formats):
        for step, made in zip(
            steps, _format_steps(f"{name}__{index}", name, known, kind), strict=True
        ):
            step.update(made)
    iso = nw.coalesce(*(nw.col(f"{name}__{index}__iso") for index in range(len(formats))))
    value = iso.cast(nw.Date if kind == "date" else nw.Datetime("us"))
    return [*steps, {name + CAST: value}, _unfit(name, "not_a_date")]


def _format_steps(at: str, name: str, known: DateFormat, kind: Kind) -> list[Step]:
    """Match one format, take its numbers, and rebuild ISO text if the calendar has that day."""
    matched, parts = nw.col(f"{at}__matched"), nw.col(f"{at}__parts")
    # Parts that the format does not have, or the value leaves out, are midnight's zeros.
    padded = nw.concat_str([matched.str.replace_all("[^0-9]+", "-"), nw.lit("-00-00-00")])

    def part(field: str) -> nw.Expr:
        place = known.fields.index(field) if field in known.fields else len(known.fields)
        return parts.list.get(place).str.zfill(2)

    day = nw.concat_str([part("year"), part("month"), part("day")], separator="-")
    clock = nw.concat_str([part("hour"), part("minute"), part("second")], separator=":")
    text = day if kind == "date" else nw.concat_str([day, clock], separator=" ")
    numbers = {f"{at}__{field}": part(field).cast(nw.Int64) for field in ("year", "month", "day")}
    last_day = _days_in_month(nw.col(f"{at}__year"), nw.col(f"{at}__month"))
    told = nw.col(name + TOLD)
    return [
        {f"{at}__matched": only(told, told.str.contains(known.pattern))},
        {f"{at}__parts": padded.str.split("-")},
        {**numbers, f"{at}__text": text},
        {f"{at}__iso": only(nw.col(f"{at}__text"), nw.col(f"{at}__day") <= last_day)},
    ]


def _days_in_month(year: nw.Expr, month: nw.Expr) -> nw.Expr:
    is_leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    february = nw.when(is_leap).then(nw.lit(29)).otherwise(nw.lit(28))
    others = nw.when(month.is_in((4, 6, 9, 11))).then(nw.lit(30)).otherwise(nw.lit(31))
    return nw.when(month == 2).then(february).otherwise(others)
