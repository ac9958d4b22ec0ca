"""Customers, orders, contacts and the other tables of what customers do become canonical."""

from __future__ import annotations

import narwhals as nw

from nexo.clean.plan import Cleaned, Reject, required
from nexo.clean.stage import Stage, plan_table
from nexo.clean.table import clean_table
from nexo.contract import Column

SURVEY_HALF = ("nps_score", "ces_score", "csat_score", "comment")
"""Columns of a snapshot that the survey stage takes."""


def clean_sales(stage: Stage) -> tuple[Cleaned, ...]:
    """Make every canonical table that the source describes besides the survey.

    Of a snapshot source the behaviour half is taken. An order in another currency than the
    source's is rejected: nothing is converted. What does not agree with the customer table, such
    as an order after leaving, is kept and noted. A survey-only source has none: empty result.
    Raises SourceError, ContractError or ReconciliationError with the offenders.
    """
    names = [name for name in stage.source.tables if name != "survey"]
    cleaned: dict[str, Cleaned] = {}
    stays = None
    for name in sorted(names, key="customers".__ne__):  # the others are held against it
        columns = _columns(stage, name)
        rejects = list(required(columns))
        if "currency" in columns:
            is_other = nw.col("currency") != stage.source.currency
            rejects.append(Reject("currency", is_other, "other_currency"))
        rule = stage.source.tables[name]
        plan = plan_table(stage, name, columns, rule, tuple(rejects), stays=stays)
        made = clean_table(stage.engine, stage.source, stage.dictionary, plan, stage.raw(name))
        cleaned[name] = made
        if name == "customers":
            stays = stage.engine.read_parquet(stage.engine.spill / "customers.parquet")
    return tuple(cleaned[name] for name in names)


def _columns(stage: Stage, name: str) -> dict[str, Column]:
    columns = stage.dictionary.table(name).columns
    if name != "snapshot":
        return columns
    return {key: column for key, column in columns.items() if key not in SURVEY_HALF}
