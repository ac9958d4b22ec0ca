"""Cleaning gives the same tables, quarantine and counts on Spark as on DuckDB."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nexo.clean import Cleaned, clean_sales, stage_on
from nexo.quarantine import ordered
from nexo.sources.corrections import load_corrections
from support.sources import Built, dictionary, read
from unit.test_casts import spark_or_skip
from unit.test_clean_corrections import entries
from unit.test_clean_notes import FILES, company

MORE = (
    "6,8,2024-01-01T23:30:00,b,€ 5\n7,8,3/4/2024,b,5\n8,8,2024-03-31 02:30,b,5 USD\n"
    "9,8,2024-03-31 02:30,b,l5\n9,8,2024-03-31 02:30,b,15\n"
)
MEND = {"table": "orders", "file": "orders.csv", "row": 10, "column": "amount_cents",
        "from": "l5", "to": "15", "reason": "a letter", "status": "accepted"}  # fmt: skip


def cleaned_on(engine: str, built: Built, folder: Path) -> list[Cleaned]:
    common = SimpleNamespace(
        engine=engine, spark_master="local[1]", source="small", memory_gb=1, spill_dir=""
    )
    params: Any = SimpleNamespace(common=common, max_rejected_share=1.0)
    known = load_corrections("small", built.source, dictionary(), entries(folder, MEND))
    with stage_on(built.source, dictionary(), params, built.raw, known) as stage:
        return list(clean_sales(stage))


@pytest.mark.slow
def test_spark_agrees_with_duckdb(tmp_path: Path) -> None:
    spark_or_skip()
    source = company()
    columns = source["tables"]["orders"]["files"][0]["columns"]
    columns["ordered_at"] = {
        "from": "date",
        "dates": ["iso", "%d/%m/%Y", "%m/%d/%Y"],
    }
    built = read(tmp_path, source, {**FILES, "orders.csv": str(FILES["orders.csv"]) + MORE})
    ours, theirs = (cleaned_on(engine, built, tmp_path) for engine in ("duckdb", "spark"))
    reasons = {cell["reason"] for part in ours for cell in part.quarantine.to_pylist()}
    assert {"ambiguous_date", "corrected", "other_currency", "clock_skipped"} <= reasons
    assert {"after_leaving", "unknown_customer", "duplicate_identical"} <= reasons
    for one, other in zip(ours, theirs, strict=True):
        assert (one.table, one.counts) == (other.table, other.counts)
        assert ordered(one.quarantine).equals(ordered(other.quarantine))
        assert sorted(one.rows.to_pylist(), key=str) == sorted(other.rows.to_pylist(), key=str)
