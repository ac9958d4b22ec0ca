"""The source YAML as frozen models: how one data set becomes canonical tables."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from nexo.config import Frozen
from nexo.privacy import IdRule


def _text(value: Any) -> Any:
    """YAML reads 9 as a number and an unquoted No as false: codes and labels are text here."""
    if isinstance(value, bool):
        raise ValueError(
            "YAML reads an unquoted yes, no, true or false as a truth value; put it in quotes"
        )
    if isinstance(value, dt.date):  # an unquoted date, of which a timestamp is one too
        return value.isoformat()
    return str(value) if isinstance(value, int | float) else value


def _texts(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


def _result(value: Any) -> Any:
    """The canonical side of a mapping as text; a truth value becomes true or false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value)


Text = Annotated[str, BeforeValidator(_text)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_texts)]
Name = Annotated[str, BeforeValidator(_text), Field(min_length=1)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_texts), Field(min_length=1)]
Result = Annotated[str, BeforeValidator(_result)]


class Scale(Frozen):
    """The scale that the question was asked on; never rescaled in silence."""

    low: int
    high: int
    direction: Literal["high_is_good", "low_is_good"]


class ColumnRule(Frozen):
    """How one canonical column is made. A bare text in the YAML is short for ``from``."""

    source: Names | None = Field(default=None, alias="from")
    constant: Result | None = None
    map: dict[Text, Result] | None = Field(default=None, min_length=1)
    dates: Names = ("iso",)
    scale: Scale | None = None
    missing: Texts = ()
    decimal: Literal[".", ","] | None = None
    thousands: Literal[".", ",", " "] | None = None
    multiply: int | None = Field(default=None, ge=1, le=1_000_000)
    money: Literal["major", "minor"] = "major"
    prefix: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"from": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.source is None) == (self.constant is None):
            raise ValueError("give either from (a column of the file) or constant, one of them")
        return self


class FileRule(Frozen):
    """One file, or several alike by a glob; its columns add to those of the table."""

    glob: str = Field(min_length=1)
    format: Literal["csv", "excel", "parquet", "sav", "qualtrics", "surveymonkey"]
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: Literal[".", ","] = "."
    header_row: int = Field(default=1, ge=1)
    sheet: str | None = None
    columns: dict[str, ColumnRule] = {}

    @field_validator("delimiter")
    @classmethod
    def _one_sign(cls, value: str) -> str:
        if len(value) != 1 or not value.isascii() or value in '"\r\n\0':
            raise ValueError(
                'a delimiter is one ASCII sign and no quote: ",", ";", "|", or "\\t" for a tab, '
                "in double quotes"
            )
        return value


class Duplicates(Frozen):
    """Which of several records with one key is kept."""

    rule: Literal["latest", "first", "identical_only"] = "identical_only"
    by: str | None = None

    @model_validator(mode="after")
    def _latest_by_something(self) -> Self:
        if (self.rule == "latest") != (self.by is not None):
            raise ValueError("latest needs by (the column that tells which is latest); others none")
        return self


class TableRule(Frozen):
    """Where one canonical table comes from."""

    files: tuple[FileRule, ...]
    columns: dict[str, ColumnRule] = {}
    duplicates: Duplicates = Duplicates()

    def rules(self, entry: int) -> dict[str, ColumnRule]:
        """The columns of one file entry: the table's, and over them the file's own."""
        return {**self.columns, **self.files[entry].columns}

    def given(self) -> set[str]:
        """Canonical columns that at least one file gives."""
        return {name for entry in range(len(self.files)) for name in self.rules(entry)}


class Simulate(Frozen):
    """The files are made by the simulated world, from this seed."""

    seed: int


class Source(Frozen):
    """One data set: what data/sources/<name>.yaml says."""

    title: str
    company: str
    kind: Literal["landmark", "snapshot", "survey_only"]
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    timezone: str
    data_end: dt.date
    id_rule: IdRule = IdRule()
    missing: Texts = ()
    left_out: dict[str, str] = {}
    labels: dict[str, dict[Literal["es", "en"], str]] = {}
    """How a code in the tables (a segment, a region) is printed in each language."""
    simulate: Simulate | None = None
    tables: dict[str, TableRule]

    def missing_codes(self, rule: ColumnRule) -> tuple[str, ...]:
        """Codes that mean *no value* in one column: the source's and the column's own."""
        return tuple(dict.fromkeys((*self.missing, *rule.missing)))
