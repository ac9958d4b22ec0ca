"""Hand-made data, panel and flow, for the tests of the reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from support.facts_base import PATHS, SCALES, UNITS, put_csv, put_json


def write_data(root: Path, kind: str, label: str) -> None:
    """Write raw and clean counts, quarantine, panel and flow."""
    tables = {
        "demo": ["survey", "customers", "orders", "contacts", "initiatives"],
        "snapshot": ["snapshot"],
        "survey_only": ["survey"],
    }[kind]
    files = [{"name": f"{label}.csv", "rows": 20_310, "sha256": "ab" * 32}]
    raw = {name: {"rows": 20_310, "files": files, "columns_left_out": [label]} for name in tables}
    put_json(root / "data/raw/counts.json", {"source": kind, "tables": raw})
    counts = {"rows_read": 20_310, "rows_kept": 20_200, "rows_merged": 60, "rows_rejected": 50,
              "cells_set_missing": 210, "cells_missing_code": 12}  # fmt: skip
    stages = {"survey": ["survey"], "sales": [name for name in tables if name != "survey"]}
    for stage, names in stages.items():
        folder = root / "data/clean" / stage
        put_json(folder / "counts.json", dict.fromkeys(names, counts))
        rows = [
            [name, label, 4, "nps_score", label, "out_of_scale", "set_missing"] for name in names
        ]
        rows += [
            [name, label, 9, label, label, "duplicate_identical", "row_merged"] for name in names
        ]
        heads = ["table", "file", "row", "column", "value", "reason", "action"]
        pd.DataFrame(rows, columns=heads).to_parquet(folder / "quarantine.parquet")
    put_json(root / "data/panel/meta.json", _meta(kind, label))
    put_csv(
        root / "data/panel/flow.csv", _flow(kind), ("step_code", "outcome", "n_rows", "n_customers")
    )
    if kind == "demo":
        effects = {
            name: {
                f"nps_plus10:{path}": {"value": 1.1 * SCALES[name], "std_error": 0.0}
                for path in PATHS
            }
            for name in UNITS
        }
        put_json(root / "data/raw/demo/truth.json", {"seed": 1, "effects": effects})


def _meta(kind: str, label: str) -> dict[str, Any]:
    days = dict.fromkeys(UNITS, 365)
    marks = [
        {
            "date": day,
            "n_active": 15_000 + 300 * i,
            "n_scored": {"nps_score": 5_000 + i, "ces_score": 3_100, "csat_score": 3_000},
            "is_seen": dict.fromkeys(UNITS, i < 5),
        }
        for i, day in enumerate(
            ["2023-01-01", "2023-04-02", "2023-07-02", "2023-10-01", "2023-12-31", "2025-03-30"]
        )
    ]
    dated = kind == "demo"
    names = {"demo": "landmark"}
    return {
        "kind": names.get(kind, kind),
        "source": kind,
        "title": label,
        "company": label,
        "currency": "" if kind == "survey_only" else "EUR",
        "data_start": "2022-01-01" if dated else None,
        "data_end": "2025-06-30" if kind != "snapshot" else None,
        "reference_landmark": "2025-03-30" if dated else None,
        "n_customers": 0 if kind == "survey_only" else 19_912,
        "n_active_reference": 16_500 if kind != "survey_only" else 0,
        "categories": [label],
        "horizon_days": days if dated else {},
        "landmarks": marks if dated else [],
        "dropped_landmarks": [
            {"date": "2025-03-30", "outcome": name, "reason_code": "window_after_data_end"}
            for name in UNITS
        ]
        if dated
        else [],
    }


def _flow(kind: str) -> list[dict[str, Any]]:
    rows: list[tuple[str, str, int, int | None]] = []
    if kind == "demo":
        rows = [
            ("customers_read", "", 20_310, None),
            ("customers_kept", "", 20_200, 20_200),
            ("answers_kept", "", 61_000, 12_000),
            ("active_at_landmarks", "", 92_000, 19_000),
        ]
        for name in UNITS:
            rows += [
                ("window_seen", name, 76_000, 18_400),
                ("nps_score_known", name, 21_402, 9_211),
            ]
    if kind == "snapshot":
        rows = [
            ("answers_kept", "", 13_612, None),
            ("customers_kept", "", 13_954, 13_954),
            ("outcome_known", "revenue", 13_954, 13_954),
            ("nps_score_known", "revenue", 13_612, 13_612),
        ]
    if kind == "survey_only":
        rows = [("answers_kept", "", 4_000, None)]
    return [
        dict(zip(("step_code", "outcome", "n_rows", "n_customers"), row, strict=True))
        for row in rows
    ]
