"""The source YAML as frozen models: how one data set becomes canonical tables."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from nexo.base.strict_yaml import Day, Frozen, Whole
from nexo.privacy import IdRule
from nexo.sources.column_rule import TYPED_DATES, ColumnRule, Name, Text, Texts, texts

__all__ = [
    "DATABASES",
    "ColumnRule",
    "DatabaseRule",
    "Duplicates",
    "FileRule",
    "JoinRule",
    "Source",
    "TableRule",
]


def _labels(value: Any) -> Any:
    """The word ``filled`` stands for any label at all: kept as an empty list."""
    return () if value == "filled" else texts(value)


DATABASES = ("postgresql", "duckdb", "sqlite")


class DatabaseRule(Frozen):
    """What is read of a database: a table (schema.table) or a query.

    ``url_env`` names the environment variable that holds the address of a PostgreSQL server.
    Rows are numbered in the order of ``order_by``, which best is the table's key.
    """

    url_env: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    table: Name | None = None
    query: Name | None = None
    order_by: Annotated[tuple[Name, ...], BeforeValidator(texts)] = ()

    @model_validator(mode="after")
    def _table_or_query(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("give either table or query, one of them")
        return self

    @property
    def name(self) -> str:
        """What messages call it."""
        if self.table is not None:
            return self.table
        return f"query-{hashlib.sha256(str(self.query).encode()).hexdigest()[:8]}"


class FileRule(Frozen):
    """One file, or several alike by a glob; its columns add to those of the table.

    A table or query of a database is described in ``database``; PostgreSQL has no glob.

    ``where`` keeps the records whose column holds one of the labels (an empty tuple: any text).
    """

    glob: str = Field(min_length=1)
    format: Literal[
        "csv", "excel", "parquet", "sav", "qualtrics", "surveymonkey",
        "postgresql", "duckdb", "sqlite",
    ]  # fmt: skip
    database: DatabaseRule | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal: Literal[".", ","] = "."
    header_row: Whole = Field(default=1, ge=1, le=1000)
    sheet: Annotated[Whole, Field(ge=1)] | str | None = None
    values: Literal["codes", "labels"] = "codes"
    where: dict[Name, Annotated[tuple[Text, ...], BeforeValidator(_labels)]] = {}
    join: tuple[JoinRule, ...] = ()
    columns: dict[str, ColumnRule] = {}

    @property
    def typed_dates(self) -> tuple[str, ...]:
        """Date formats that nobody declares: those in which typed cells are written as text."""
        if self.format == "csv":
            return ()
        return TYPED_DATES if self.format in ("parquet", *DATABASES) else TYPED_DATES[:1]

    @model_validator(mode="before")
    @classmethod
    def _named_by_its_table(cls, value: Any) -> Any:
        """A table of a server has no file name; messages and counts call it by its own."""
        if not isinstance(value, dict) or value.get("format") != "postgresql" or "glob" in value:
            return value
        try:
            return {**value, "glob": DatabaseRule.model_validate(value["database"]).name}
        except (KeyError, ValueError):  # said again, with its place, when the field is read
            return {**value, "glob": "postgresql"}

    @model_validator(mode="after")
    def _database_when_it_is_one(self) -> Self:
        if (self.format in DATABASES) != (self.database is not None):
            raise ValueError(
                "database (table or query) belongs to the formats postgresql, duckdb and sqlite, "
                "which need it"
            )
        if self.database and (self.format == "postgresql") != (self.database.url_env is not None):
            raise ValueError(
                "database.url_env names the environment variable with the address of a "
                "postgresql server; other formats have none"
            )
        return self

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        try:
            "".encode(value)
        except (LookupError, ValueError):  # ValueError: a NUL within
            raise ValueError(
                "is no known encoding; write utf-8, latin-1, cp1252 or utf-16"
            ) from None
        return value

    @field_validator("delimiter")
    @classmethod
    def _one_sign(cls, value: str) -> str:
        if len(value) != 1 or not value.isascii() or value in '"\r\n\0':
            raise ValueError(
                'a delimiter is one ASCII sign and no quote: ",", ";", "|", or "\\t" for a tab, '
                "in double quotes"
            )
        return value


class JoinRule(FileRule):
    """Another file whose columns complete each record of the first, found by a key.

    ``key`` names the column in both files, or pairs them (name in the first: name here).
    """

    key: dict[Name, Name] = Field(min_length=1)
    cardinality: Literal["one_to_one", "many_to_one"]
    without_partner: Literal["stop", "keep"] = "stop"

    @field_validator("key", mode="before")
    @classmethod
    def _same_name(cls, value: Any) -> Any:
        names = value if isinstance(value, list | tuple) else (value,)
        return value if isinstance(value, dict) else {name: name for name in names}

    @model_validator(mode="after")
    def _one_deep(self) -> Self:
        if self.join:
            raise ValueError("a joined file cannot have a join of its own: list it beside")
        if not self.columns:
            raise ValueError("a joined file gives no columns: say which (columns: {...})")
        return self

    def completed(self, rule: ColumnRule) -> ColumnRule:
        """A column of this file as one of the first file, from which it may differ."""
        dates = (*rule.dates, *self.typed_dates)
        own = {"decimal": rule.decimal or self.decimal, "values": rule.values or self.values}
        return rule.model_copy(update={**own, "dates": dates})


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
        """The columns of one file entry: the table's, the file's own, those joined to it."""
        rules = {**self.columns, **self.files[entry].columns}
        for other in self.files[entry].join:
            rules |= {name: other.completed(rule) for name, rule in other.columns.items()}
        return rules

    def own_rules(self, entry: int) -> dict[str, ColumnRule]:
        """The columns that the first file itself gives."""
        joined = {name for other in self.files[entry].join for name in other.columns}
        return {name: rule for name, rule in self.rules(entry).items() if name not in joined}

    def given(self) -> set[str]:
        """Canonical columns that at least one file gives."""
        return {name for entry in range(len(self.files)) for name in self.rules(entry)}


class Simulate(Frozen):
    """The files are made by the simulated world, from this seed."""

    seed: Whole


FileRule.model_rebuild()


class Source(Frozen):
    """One data set: what data/sources/<name>.yaml says."""

    title: str
    company: str
    kind: Literal["landmark", "snapshot", "survey_only"]
    currency: str
    timezone: str
    data_end: Day
    id_rule: IdRule = IdRule()
    missing: Texts = ()
    left_out: dict[str, str] = {}
    labels: dict[str, dict[Literal["es", "en"], str]] = {}
    """How a code in the tables (a segment, a region) is printed in each language."""
    simulate: Simulate | None = None
    tables: dict[str, TableRule]

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        from babel.numbers import list_currencies

        if value not in list_currencies():
            raise ValueError("is no currency; write its three letters, such as EUR, MXN or USD")
        return value

    def missing_codes(self, rule: ColumnRule) -> tuple[str, ...]:
        """Codes that mean *no value* in one column: the source's and the column's own."""
        return tuple(dict.fromkeys((*self.missing, *rule.missing)))
