"""Customers, orders, contacts and the other tables of what customers do become canonical."""

from __future__ import annotations

import narwhals as nw

from nexo.clean.stage import Stage, plan_table
from nexo.clean.table import Cleaned, Reject, clean_table, required
from nexo.contract import Column

SURVEY_HALF = ("nps_score", "ces_score", "csat_score", "comment")
"""Columns of a snapshot that the survey stage takes."""


def clean_sales(stage: Stage) -> tuple[Cleaned, ...]:
    """Make every canonical table that the source describes besides the survey.

    Of a snapshot source the behaviour half is taken. An order in another currency than the
    source's is rejected: nothing is converted. A survey-only source has none: empty result.
    Raises SourceError, ContractError or ReconciliationError with the offenders.
    """
    cleaned = []
    for name in stage.source.tables:
        if name == "survey":
            continue
        columns = _columns(stage, name)
        rejects = list(required(columns))
        if "currency" in columns:
            is_other = nw.col("currency") != stage.source.currency
            rejects.append(Reject("currency", is_other, "other_currency"))
        plan = plan_table(stage, name, columns, stage.source.tables[name], tuple(rejects))
        cleaned.append(
            clean_table(stage.engine, stage.source, stage.dictionary, plan, stage.raw(name))
        )
    return tuple(cleaned)


def _columns(stage: Stage, name: str) -> dict[str, Column]:
    columns = stage.dictionary.table(name).columns
    if name != "snapshot":
        return columns
    return {key: column for key, column in columns.items() if key not in SURVEY_HALF}
