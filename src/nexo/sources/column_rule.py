"""How one canonical column is made of a file's columns, as the source YAML says it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from nexo.base.strict_yaml import Frozen, Whole


def _text(value: Any) -> Any:
    """YAML reads 9 as a number and an unquoted No as false: codes and labels are text here."""
    if isinstance(value, bool):
        raise ValueError(
            "YAML reads an unquoted yes, no, true or false as a truth value; put it in quotes"
        )
    if isinstance(value, dt.date):  # an unquoted date, of which a timestamp is one too
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else value


def texts(value: Any) -> Any:
    """One text alone is a list of one."""
    return value if isinstance(value, list | tuple) else (value,)


def _result(value: Any) -> Any:
    """The canonical side of a mapping as text; a truth value becomes true or false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value)


TYPED_DATES = ("iso", "iso_offset")
"""How readers of typed formats write dates; tried after those that the source declares."""

Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(texts)]
Name = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
Names = Annotated[tuple[Name, ...], BeforeValidator(texts), Field(min_length=1)]
Result = Annotated[str, BeforeValidator(_result)]


class Scale(Frozen):
    """The scale that the question was asked on; never rescaled in silence."""

    low: Whole
    high: Whole
    direction: Literal["high_is_good", "low_is_good"]


class Count(Frozen):
    """A number made of several columns: how many of them say yes. Every label is in one list."""

    yes: Texts = Field(min_length=1)
    no: Texts = ()


class ColumnRule(Frozen):
    """How one canonical column is made. A bare text in the YAML is short for ``from``.

    ``from`` lists the names that the column has in one file or another; with ``count`` it
    lists the columns that are counted. ``row_number`` makes an id of the file and the number of
    the record, where no column tells records apart.
    """

    source: Names | None = Field(default=None, alias="from")
    constant: Result | None = None
    row_number: Literal[True] | None = None
    map: dict[Text, Result] | None = Field(default=None, min_length=1)
    dates: Names = ("iso",)
    ambiguous_dates: Literal["refuse", "first"] = "refuse"
    scale: Scale | None = None
    missing: Texts = ()
    decimal: Literal[".", ","] | None = None
    thousands: Literal[".", ",", " ", "'"] | None = None
    negative: Literal["leading", "trailing", "parentheses"] = "leading"
    multiply: Whole | None = Field(default=None, ge=1, le=1_000_000)
    money: Literal["major", "minor"] = "major"
    prefix: Text = ""
    values: Literal["codes", "labels"] | None = None
    count: Count | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"from": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if sum(origin is not None for origin in (self.source, self.constant, self.row_number)) != 1:
            raise ValueError(
                "give either from (a column of the file) or constant, one of them; row_number: "
                "true is for ids that the file does not have"
            )
        if self.count is not None and self.source is None:
            raise ValueError("count needs from: the list of columns that are counted")
        return self

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        told = [label.strip() for label in (*(self.map or ()), *self.missing)]
        twice = sorted({label for label in told if told.count(label) > 1})
        if twice:  # blanks around do not tell labels apart: cells are read without them
            what = "is explained twice, in map or in missing; keep one"
            raise ValueError(f"{twice[0][:80]!r} {what}")
        return self
