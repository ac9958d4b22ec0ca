"""What nexo check finds out about a data set, as plain values: ready to print, or for JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from nexo.base.config import Panel
    from nexo.clean import Cleaned
    from nexo.contract import Dictionary
    from nexo.sources import Source

OFFENDERS = 3
"""First offenders that are shown of each reason."""
SCORES = {"nps_score": (0, 10), "ces_score": (1, 7), "csat_score": (1, 5), "kiosk_face": (1, 3)}
ADDS = {
    "customers": "the link of scores with staying, and groups of customers",
    "orders": "cross-selling, revenue and money",
    "contacts": "contacts and waiting as drivers",
    "funnel": "the funnel of visits",
    "staff_survey": "the NPS of the staff beside the customers'",
    "self_assessment": "the company's view of itself",
    "initiatives": "the return of planned actions",
}
"""What each table that a source may do without adds to the reports."""


def findings(
    source: Source,
    counts: dict[str, Any],
    cleaned: Sequence[Cleaned],
    dictionary: Dictionary,
    params: Panel,
) -> dict[str, Any]:
    """Gather everything that is told: files, rows, odd cells, columns, scores, reports."""
    tables = {part.table: part.rows for part in cleaned}
    return {
        "title": source.title,
        "kind": source.kind,
        "files": [
            {"table": table, "file": file["name"], "records": file["rows"]}
            for table, found in counts.items()
            for file in found["files"]
        ],
        "not_used": {t: found["columns_left_out"] for t, found in counts.items()},
        "rows": [{"table": part.table, **_counts(part)} for part in cleaned],
        "odd": [one for part in cleaned for one in odd_cells(part)],
        "columns": [one for part in cleaned for one in columns(part, dictionary)],
        "scores": [one for part in cleaned for one in scores(part.rows)],
        "reports": reports(source, tables, params),
        "warnings": [*_without_scores(tables), *warnings(source, tables)],
        "absent": _absent(source, dictionary),
    }


def _counts(part: Cleaned) -> dict[str, int]:
    from dataclasses import asdict

    return asdict(part.counts)


def odd_cells(part: Cleaned) -> list[dict[str, Any]]:
    """The quarantine by column and reason, most frequent first, each with its first offenders."""
    frame = part.quarantine.to_pandas().sort_values(["file", "row"], kind="stable")
    found = [
        {
            "table": part.table,
            "column": column,
            "reason": reason,
            "action": action,
            "cells": len(group),
            "first": group[["file", "row", "value"]].head(OFFENDERS).to_dict("records"),
        }
        for (column, reason, action), group in frame.groupby(["column", "reason", "action"])
    ]
    return sorted(found, key=lambda one: (-one["cells"], one["column"], one["reason"]))


def columns(part: Cleaned, dictionary: Dictionary) -> list[dict[str, Any]]:
    """Each column that holds anything: filled share, range or number of different values."""
    kinds = dictionary.table(part.table).columns
    found = []
    for name in part.rows.column_names:
        values = part.rows[name]
        n_filled = len(values) - values.null_count
        if not n_filled or name not in kinds:
            continue
        one = {"table": part.table, "column": name, "type": kinds[name].type}
        one["filled"] = n_filled / len(values)
        one["different"] = pc.count_distinct(values, mode="only_valid").as_py()
        if not pa.types.is_string(values.type) and not pa.types.is_boolean(values.type):
            ends = pc.min_max(values).as_py()
            one |= {"low": _plain(ends["min"]), "high": _plain(ends["max"])}
        if pa.types.is_boolean(values.type):
            one["share_true"] = pc.mean(values.cast(pa.int8())).as_py()
        found.append(one)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return value.isoformat() if isinstance(value, dt.date) else value


def scores(rows: pa.Table) -> list[dict[str, Any]]:
    """The distribution of each score, its mean, and the NPS: no weights, all answers together."""
    found = []
    for name, (low, high) in SCORES.items():
        if name not in rows.column_names or rows[name].null_count == rows.num_rows:
            continue
        tally = {
            e["values"]: e["counts"] for e in pc.value_counts(rows[name].drop_null()).to_pylist()
        }
        total = sum(tally.values())
        one: dict[str, Any] = {"score": name, "answers": total}
        one["counts"] = {str(point): tally.get(point, 0) for point in range(low, high + 1)}
        one["mean"] = sum(point * n for point, n in tally.items()) / total
        if name == "nps_score":
            promoters = sum(tally.get(point, 0) for point in (9, 10))
            detractors = sum(tally.get(point, 0) for point in range(7))
            one["nps"] = 100 * (promoters - detractors) / total
        found.append(one)
    return found


def reports(source: Source, tables: dict[str, pa.Table], params: Panel) -> list[dict[str, Any]]:
    """Which parts of the reports these data can fill, and why not the others."""
    answers = [one["score"] for rows in tables.values() for one in scores(rows)]
    told = [_part("scores", bool(answers), "no score is given")]
    if source.kind == "survey_only":
        why = "a survey alone says nothing of what customers do"
        return [
            *told,
            *(_part(name, False, why) for name in ("retention", "cross_selling", "revenue")),
        ]
    if source.kind == "snapshot":
        held = set(tables.get("snapshot", pa.table({})).column_names)
        given = source.tables["snapshot"].given() & held
        for name, column in (("retention", "is_retained"), ("cross_selling", "n_categories"),
                             ("revenue", "net_revenue_cents")):  # fmt: skip
            told.append(_part(name, column in given, f"no column gives {column}"))
        return told
    orders = tables.get("orders")
    can_stay = "left_at" in source.tables["customers"].given() or orders is not None
    told.append(_part("retention", can_stay, "neither left_at nor orders tell who stayed"))
    many = orders is not None and pc.count_distinct(orders["category"]).as_py() > 1
    why = "no orders are given" if orders is None else "all orders are of one category"
    told.append(_part("cross_selling", many, why))
    told.append(_part("revenue", orders is not None, "no orders are given"))
    return _within_time(told, source, tables, params)


def _part(name: str, can: bool, why: str) -> dict[str, Any]:
    return {"part": name, "can": can, "why": "" if can else why}


def _within_time(
    told: list[dict[str, Any]], source: Source, tables: dict[str, pa.Table], params: Panel
) -> list[dict[str, Any]]:
    """Outcomes need their window between the first answers and the end of the data."""
    first = pc.min(tables["survey"]["answered_at"]).as_py() if "survey" in tables else None
    if first is None:
        return told
    days = (source.data_end - first.date()).days
    made = []
    for one in told:
        horizon = getattr(params.horizon_days, one["part"], 0)
        if one["can"] and days < horizon:
            why = (f"it looks {horizon} days ahead, and the data end {days} days after the first "
                   "answer; a shorter panel.horizon_days would fit")  # fmt: skip
            one = _part(one["part"], False, why)
        made.append(one)
    return made


def warnings(source: Source, tables: dict[str, pa.Table]) -> list[str]:
    """What is allowed and still looks wrong: ids that do not meet, dates beyond the end."""
    told = []
    known = tables["customers"]["customer_id"] if "customers" in tables else None
    for name in ("survey", "orders", "contacts"):
        if known is None or name not in tables:
            continue
        ids = tables[name]["customer_id"].drop_null()
        if not len(ids):
            continue
        share = pc.mean(pc.is_in(ids, value_set=known).cast(pa.int8())).as_py()
        if share < 0.95:
            told.append(
                f"{name}: only {share:.0%} of its rows belong to a customer of the customer table. "
                "Is it the same id, and does it need an id_rule?"
            )
    for table, column in (("survey", "answered_at"), ("orders", "ordered_at")):
        if table in tables and tables[table][column].null_count < tables[table].num_rows:
            last = pc.max(tables[table][column]).as_py().date()
            if last > source.data_end:
                told.append(f"{table}: its last day is {last}, after data_end {source.data_end}.")
    return told


def _without_scores(tables: dict[str, pa.Table]) -> list[str]:
    if any(scores(rows) for rows in tables.values()):
        return []
    return ["No score is given (NPS, CES or CSAT), so the reports will have nothing to link."]


def _absent(source: Source, dictionary: Dictionary) -> dict[str, str]:
    """Tables that the source could have, and what they would add."""
    if source.kind == "snapshot":
        return {"initiatives": ADDS["initiatives"]} if "initiatives" not in source.tables else {}
    return {t: why for t, why in ADDS.items() if t in dictionary.tables and t not in source.tables}
