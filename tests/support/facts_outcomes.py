"""Hand-made regressions of the outcomes, for the tests of the reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nexo.base.results import TIDY_COLUMNS
from support.facts_base import (
    PATHS,
    SCALES,
    UNITS,
    VERDICTS,
    identified,
    put_csv,
    put_json,
    reason_of,
    tidy,
)


def write_links(root: Path, kind: str, verdict: str) -> None:
    """Write what the link stage knows of each outcome."""
    for name in UNITS:
        folder = root / "data/results/link" / name
        known = name in identified(kind)
        unit = "cents_per_customer" if kind == "snapshot" else UNITS[name]
        put_json(
            folder / "status.json",
            {
                "outcome": name,
                "is_identified": known,
                "reason_code": "" if known else reason_of(kind),
                "reason_values": {},
                "unit": unit,
                "n_obs": 21_402 if known else 0,
                "n_clusters": 9_211 if known else 0,
                "n_events": 4_000,
                "n_cells": 8_111,
                "is_annual": kind == "demo" and name != "retention",
                "horizon_days": 365 if kind == "demo" else None,
                "controls": ["tenure_days", "past_revenue_cents", "segment", "wave"]
                if known
                else [],
                "excluded_controls": [{"column": "region", "reason_code": "leakage"}]
                if known
                else [],
                "bins": 20,
                "smallest_effect": 0.2 * SCALES[name],
                "covariance": "CRV1",
            },
        )
        tables = _link_tables(name, unit, verdict) if known else {}
        extra = {"effects": ("weights", "by", "level")}
        for table in ("effects", "coefficients"):
            put_csv(
                folder / f"{table}.csv",
                tables.get(table, []),
                (*TIDY_COLUMNS, *extra.get(table, ())),
            )
        names = (
            "outcome",
            "nps_score",
            "estimate",
            "std_error",
            "conf_low",
            "conf_high",
            "n_obs",
            "unit",
        )
        put_csv(folder / "shape.csv", tables.get("shape", []), names)
        put_csv(
            folder / "diagnostics.csv",
            tables.get("diagnostics", []),
            ("check", "value", "threshold", "is_ok", "message_code"),
        )


def _link_tables(name: str, unit: str, verdict: str) -> dict[str, list[dict[str, Any]]]:
    scale, (_, value, half) = SCALES[name], VERDICTS[verdict]
    place = {"by": "", "level": ""}
    effects = [
        tidy(
            name,
            "nps_plus10",
            path,
            unit,
            scale * value * (1 + i / 10),
            scale * half,
            weights=weights,
            **place,
        )
        for weights in ("none", "response")
        for i, path in enumerate(PATHS)
    ]
    for contrast in (
        "detractor",
        "passive",
        "promoter",
        "promoter_vs_passive",
        "passive_vs_detractor",
    ):
        effects.append(
            tidy(name, "nps_class", contrast, unit, 60 * scale, scale, weights="none", **place)
        )
    effects.append(
        tidy(name, "ces_score", "plus_one", unit, 0.7 * scale, 0.4 * scale, weights="none", **place)
    )
    shape = [
        {
            "outcome": name,
            "nps_score": x,
            "estimate": (60 + 3 * x) * scale,
            "std_error": scale,
            "conf_low": (58 + 3 * x) * scale,
            "conf_high": (62 + 3 * x) * scale,
            "n_obs": 400,
            "unit": unit,
        }
        for x in range(11)
    ]
    part = {"retention": "retained", "cross_selling": "new_categories", "revenue": "amount"}[name]
    coefficients = [
        tidy(name, f"{part}:{term}", "class", "log", 0.2, 0.05)
        for term in ("promoter", "detractor", "segment:B")
    ]
    diagnostics = [
        {
            "check": f"{part}:calibration",
            "value": 0.012,
            "threshold": 0.05,
            "is_ok": True,
            "message_code": "calibration_ok",
        },
        {
            "check": "ces_score",
            "value": None,
            "threshold": None,
            "is_ok": False,
            "message_code": "too_few_events",
        },
    ]
    return {
        "effects": effects,
        "shape": shape,
        "coefficients": coefficients,
        "diagnostics": diagnostics,
    }
