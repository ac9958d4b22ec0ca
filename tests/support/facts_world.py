"""Hand-made results of all stages, in three worlds, for the tests of the reports.

``demo``: dated, all three outcomes, initiatives, a known truth. ``snapshot``: undated, revenue
alone. ``survey_only``: nothing but answers. Numbers are made up; their schema is that of the
stages. ``hostile`` is put wherever text comes from data.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pandas as pd

from nexo.results import TIDY_COLUMNS
from support.facts_link import write_more_links

REPO = Path(__file__).resolve().parents[2]
UNITS = {
    "retention": "retained_share",
    "cross_selling": "new_categories_per_customer",
    "revenue": "cents_per_customer_year",
}
SCALES = {"retention": 0.01, "cross_selling": 0.01, "revenue": 600.0}
PATHS = ("default_path", "passive_to_promoter", "detractor_to_passive", "detractor_to_promoter")
VERDICTS = {
    "supported": ("interval_above_zero", 1.0, 0.3),
    "opposite_sign": ("interval_below_zero", -1.0, 0.3),
    "too_small": ("interval_within_smallest_effect", 0.01, 0.02),
    "inconclusive": ("interval_covers_zero", 0.4, 0.5),
}


def build(
    root: Path,
    kind: str = "demo",
    *,
    verdict: str = "supported",
    label: str = "Norte",
    small_group: int = 250,
) -> Path:
    """Write a project's results into ``root`` and return it; ``label`` is text from data."""
    (root / "reports").mkdir(parents=True)
    for name in ("params.yaml", "dvc.yaml", "requirements.lock"):
        shutil.copy(REPO / name, root / name)
    if kind != "demo":
        text = (root / "params.yaml").read_text(encoding="utf-8")
        text = text.replace("source: demo", f"source: {kind}")
        (root / "params.yaml").write_text(text, encoding="utf-8")
    (root / "reports" / "fonts").symlink_to(REPO / "reports" / "fonts")
    put_text(root / "data" / "sources" / f"{'demo' if kind == 'demo' else kind}.yaml", "title: x\n")
    (root / "data" / "dictionary.yaml").write_bytes(
        (REPO / "data" / "dictionary.yaml").read_bytes()
    )
    _write_data(root, kind, label)
    _write_scores(root, kind, label, small_group)
    _write_links(root, kind, verdict)
    if kind == "demo":
        write_more_links(root, label)
    _write_evidence(root, kind, verdict)
    _write_economics(root, kind, verdict, label)
    return root


def identified(kind: str) -> tuple[str, ...]:
    """Return the outcomes that the world can estimate."""
    return {"demo": tuple(UNITS), "snapshot": ("revenue",), "survey_only": ()}[kind]


def put_text(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def put_json(file: Path, content: Any) -> None:
    put_text(file, json.dumps(content))


def put_csv(file: Path, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows, columns=list(columns)).to_csv(file, index=False)


def _draws(value: float, half: float) -> dict[str, list[float]]:
    """Percentiles of what a point brings: normal, with the headline's interval at +10 points."""
    normal = NormalDist(value / 10, half / 10 / 1.959963984540054)
    ends = [0.0005, *(place / 200 for place in range(1, 200)), 0.9995]
    grid = [normal.inv_cdf(share) for share in ends]
    factors = {"": 2.5, "margin_": 1.0, "causal_": 1.5, "causal_margin_": 0.6}
    return {
        f"{before}{name}_cents_per_point|{path}": [factor * point for point in grid]
        for before, factor in factors.items()
        for name in ("window", "return")
        for path in PATHS
    }


def tidy(
    outcome: str, term: str, contrast: str, unit: str, value: float, half: float, **more: Any
) -> dict[str, Any]:
    row = {
        "outcome": outcome, "term": term, "contrast": contrast, "unit": unit, "estimate": value,
        "std_error": half / 2, "conf_low": value - half, "conf_high": value + half,
        "p_value": 0.0004, "n_obs": 21_402, "n_clusters": 9_211, "method": "hand-made",
    }  # fmt: skip
    return row | more


def _write_data(root: Path, kind: str, label: str) -> None:
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


def _write_scores(root: Path, kind: str, label: str, small_group: int) -> None:
    folder = root / "data/results/scores"
    place = {"by": "", "level": "", "wave": "", "weights": "none", "note": ""}
    scores, changes = [], []
    for metric, term, unit, value, half in (
        ("nps", "nps", "nps_points", 21.4, 1.6), ("ces", "mean", "scale_points", 4.93, 0.04),
        ("csat", "mean", "scale_points", 3.71, 0.03), ("csat", "top2_box", "share", 0.61, 0.012),
    ):  # fmt: skip
        for wave in ("", "latest"):
            for weights in ("none", "response"):
                scores.append(
                    tidy(
                        metric,
                        term,
                        "level",
                        unit,
                        value,
                        half,
                        **{**place, "wave": wave, "weights": weights},
                    )
                )
        change = {
            "wave_from": "2025-Q1",
            "wave_to": "2025-Q2",
            "smallest_detectable_change": 1.4 * half,
        }
        changes.append(tidy(metric, term, "latest_vs_previous", unit, -0.6 * half, half, **change))
    for level, n in ((label, 4_000), ("Sur", 3_000), ("Este", 900), ("Isla", small_group)):
        group = {**place, "by": "region", "level": level}
        scores.append(
            tidy("nps", "nps", "level", "nps_points", 20.0 + n / 1000, 2.0, **group) | {"n_obs": n}
        )
    for metric in ("csat", "ces"):
        for level in ("web", "shop"):
            group = {**place, "by": "channel", "level": level}
            scores.append(tidy(metric, "mean", "level", "scale_points", 3.9, 0.1, **group))
    extra = ("by", "level", "wave", "weights", "note")
    put_csv(folder / "scores.csv", scores, (*TIDY_COLUMNS, *extra))
    dated = kind != "snapshot"
    put_csv(
        folder / "changes.csv",
        changes if dated else [],
        (*TIDY_COLUMNS, "wave_from", "wave_to", "smallest_detectable_change"),
    )
    waves = [
        (f"{year}-Q{q}", 18 + i, 16 + i, 20 + i, 900)
        for i, (year, q) in enumerate(
            (y, q) for y in (2023, 2024, 2025) for q in (1, 2, 3, 4) if (y, q) < (2025, 3)
        )
    ]
    names = ("wave", "nps_points", "conf_low", "conf_high", "n_obs")
    put_csv(
        folder / "nps_trend.csv",
        [dict(zip(names, row, strict=True)) for row in (waves if dated else [])],
        names,
    )
    who = [
        (
            name,
            group,
            SCALES[name] * mean,
            SCALES[name] * (mean - 1),
            SCALES[name] * (mean + 1),
            9_000,
            UNITS[name],
        )
        for name in identified(kind)
        for group, mean in (("answered", 84.0), ("not_answered", 79.0))
    ]
    names = ("measure", "group", "mean", "conf_low", "conf_high", "n_obs", "unit")
    put_csv(folder / "who_answers.csv", [dict(zip(names, row, strict=True)) for row in who], names)
    put_csv(folder / "response_model.csv", [], TIDY_COLUMNS)
    balance = [
        {"covariate": f"region:{label}", "difference_before": 0.21, "difference_after": 0.01}
    ]
    put_csv(
        folder / "balance.csv",
        balance if identified(kind) else [],
        ("covariate", "difference_before", "difference_after"),
    )
    _write_groups(folder, kind, label, small_group)
    n_active = {"demo": 16_500, "snapshot": 13_954, "survey_only": None}[kind]
    shares = {"detractor": 0.25, "passive": 0.33, "promoter": 0.42}
    summary = {"n_active": n_active, "n_answered": 5_312, "class_shares": shares}
    put_json(folder / "summary.json", summary)


def _write_groups(folder: Path, kind: str, label: str, small_group: int) -> None:
    """Groups, places, late answers, moves between classes, and what weighting cost."""
    extra = {"by": "region", "weights": "none"}
    groups = [
        tidy("nps", "nps", "level_vs_others", "nps_points", value, 2.0, **extra)
        | {"level": level, "p_value_adjusted": p_value, "n_obs": n}
        for level, value, p_value, n in (
            (label, 4.0, 0.01, 4_000),
            ("Sur", 1.0, 0.4, 3_000),
            ("Isla", -9.0, 0.001, small_group),
        )
    ]
    names = (*TIDY_COLUMNS, "by", "level", "weights", "p_value_adjusted")
    put_csv(folder / "group_differences.csv", groups, names)
    is_dated = kind == "demo"
    places = [
        tidy("csat", "mean", "heterogeneity", "chi_squared", 1.2, 0.0, by="channel")
        | {"p_value_adjusted": 0.6},
        tidy("csat", "mean", label, "scale_points", 0.02, 0.05, by="channel"),
        tidy("csat", "mean", "web", "scale_points", -0.02, 0.05, by="channel"),
    ]
    names = (*TIDY_COLUMNS, "by", "degrees_of_freedom", "p_value_adjusted")
    put_csv(folder / "consistency.csv", places if is_dated else [], names)
    late = [
        tidy("ces", term, "mean", "scale_points", value, 0.01, touchpoint=place)
        | {"p_value_adjusted": 0.001}
        for term, place, value in (
            ("per_day", "", -0.04), ("observed", label, 5.1), ("adjusted", label, 5.2),
        )
    ]  # fmt: skip
    names = (*TIDY_COLUMNS, "touchpoint", "p_value_adjusted")
    put_csv(folder / "delay.csv", late if is_dated else [], names)
    classes = ("detractor", "passive", "promoter")
    moves = [
        tidy(
            "nps", f"from_{before}", f"to_{after}", "share", 0.9 if before == after else 0.05, 0.01
        )
        for before in classes
        for after in classes
    ]
    moves += [
        tidy("nps", "all", f"moved_{way}", "share", value, 0.002)
        for way, value in (("up", 0.06), ("down", 0.04), ("net", 0.02))
    ]
    put_csv(folder / "transitions.csv", moves if is_dated else [], TIDY_COLUMNS)
    names = ("outcome", "wave", "n_answers", "n_trimmed", "limit", "deff", "n_eff", "raked_to")
    values = ("nps", "2025-06-29", 5_312, 4, 4.6, 1.2, 4_400, "segment+region")
    cost = [dict(zip(names, values, strict=True))]
    put_csv(folder / "weighting.csv", cost if kind == "demo" else [], names)


def _write_links(root: Path, kind: str, verdict: str) -> None:
    for name in UNITS:
        folder = root / "data/results/link" / name
        known = name in identified(kind)
        unit = "cents_per_customer" if kind == "snapshot" else UNITS[name]
        put_json(
            folder / "status.json",
            {
                "outcome": name,
                "is_identified": known,
                "reason_code": "" if known else _reason(kind),
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
            ("check", "value", "is_ok", "message_code"),
        )


def _reason(kind: str) -> str:
    return "no_behaviour" if kind == "survey_only" else "outcome_absent"


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
            "is_ok": True,
            "message_code": "calibration_ok",
        },
        {"check": "ces_score", "value": None, "is_ok": False, "message_code": "too_few_events"},
    ]
    return {
        "effects": effects,
        "shape": shape,
        "coefficients": coefficients,
        "diagnostics": diagnostics,
    }


def _write_evidence(root: Path, kind: str, verdict: str) -> None:
    folder = root / "data/results/evidence"
    rows = []
    for name in UNITS:
        unit = "cents_per_customer" if kind == "snapshot" else UNITS[name]
        if name in identified(kind):
            code, value, half = VERDICTS[verdict]
            numbers = tidy(name, "", "", unit, value * SCALES[name], 1.1 * half * SCALES[name])
            rows.append(
                {
                    **numbers,
                    "verdict": verdict,
                    "reason_code": code,
                    "confidence": 0.9833,
                    "smallest_effect": 0.2 * SCALES[name],
                }
            )
        else:
            rows.append(
                {
                    "outcome": name,
                    "verdict": "not_identified",
                    "reason_code": _reason(kind),
                    "unit": unit,
                }
            )
    names = (
        "outcome",
        "verdict",
        "reason_code",
        "estimate",
        "unit",
        "std_error",
        "conf_low",
        "conf_high",
        "confidence",
        "p_value",
        "smallest_effect",
        "n_obs",
        "n_clusters",
    )
    put_csv(folder / "verdicts.csv", rows, names)
    names = (
        "outcome",
        "metric",
        "loss_name",
        "baseline_loss",
        "loss",
        "gain",
        "gain_std_error",
        "conf_low",
        "p_value",
        "n_obs",
        "verdict_code",
    )
    race = [
        dict(
            zip(
                names,
                (name, metric, "log_loss", 0.5, 0.49, gain, 0.001, gain - 0.002, 0.01, 4_000, word),
                strict=True,
            )
        )
        for name in identified(kind)
        for metric, gain, word in (
            ("nps_points", 0.012, "useful"),
            ("csat", 0.0004, "adds_nothing"),
            ("all", 0.013, "useful"),
        )
    ]
    put_csv(folder / "race.csv", race, names)
    controls = [
        tidy(
            name,
            "permuted_within_segment",
            "default_path",
            UNITS[name],
            0.0,
            0.2 * SCALES[name],
            is_passed=True,
        )
        for name in identified(kind)
    ]
    put_csv(folder / "negative_controls.csv", controls, (*TIDY_COLUMNS, "is_passed"))
    specs = [
        tidy(
            name,
            "nps_plus10",
            "default_path",
            UNITS[name],
            SCALES[name] * (0.1 + i / 10),
            SCALES[name] * 0.3,
            controls="none",
            bins=20,
            coding="class",
            exclusion="none",
            weights="none",
        )
        for name in identified(kind)
        for i in range(12)
    ]
    put_csv(
        folder / "specifications.csv",
        specs,
        (*TIDY_COLUMNS, "controls", "bins", "coding", "exclusion", "weights"),
    )
    sensitivity = [
        tidy(name, "e_value", "promoter_vs_detractor", "ratio", 1.9, 0.1)
        for name in identified(kind)
    ]
    put_csv(folder / "sensitivity.csv", sensitivity, TIDY_COLUMNS)
    shares = {
        "importance_lmg": 0.2, "importance_johnson": 0.21, "johnson_low": 0.1, "johnson_high": 0.3,
    }  # fmt: skip
    drivers = [
        tidy(name, "r_squared_share", block, "share_of_variance", 0.2, 0.1, driver=block)
        | shares
        | {"grouping": grouping, "performance": 0.6 if block != "past_behaviour" else None}
        for name, grouping, blocks in (
            *((name, "metrics", ("nps_score", "past_purchases")) for name in identified(kind)),
            ("nps", "touchpoint", ("call_centre", "web", "past_behaviour")),
        )
        for block in blocks
    ]
    put_csv(
        folder / "drivers.csv",
        drivers,
        (*TIDY_COLUMNS, "grouping", "driver", *shares, "performance"),
    )


def _write_risk(folder: Path, kind: str, label: str) -> None:
    """Customers at risk, past forecasts and stated intentions."""
    names = ("group_by", "level", "n_customers", "n_scored", "equity_cents", "share_of_equity")
    rows = [
        ("all", "", 410, 5_312, 21_000_000, 0.12),
        ("region", label, 300, 3_000, 15_000_000, 0.13),
        ("region", "Sur", 106, 2_000, 5_800_000, 0.10),
        ("region", "Isla", 4, 312, 200_000, 0.09),
    ]
    risk = [dict(zip(names, row, strict=True)) for row in rows]
    put_csv(folder / "at_risk.csv", risk if kind == "demo" else [], names)
    names = ("source", "data_end", "what", "unit", "conf_low", "conf_high", "actual", "state")
    past = [
        ("demo", "2024-06-30", "retention_rate", "share", 0.8, 0.9, 0.84, "hit"),
        ("demo", "2024-06-30", "revenue_per_customer_cents", "cents_per_customer", 5e4, 6e4, 7e4,
         "miss"),
    ]  # fmt: skip
    forecasts = [dict(zip(names, row, strict=True)) for row in past]
    put_csv(folder / "forecasts.csv", forecasts if kind == "demo" else [], names)
    names = ("name", "share", "more_share", "ceiling_cents_per_year")
    ceilings = [dict(zip(names, (label, 0.7, 0.05, 9e6), strict=True))]
    put_csv(folder / "ceilings.csv", ceilings if kind == "demo" else [], names)


def _write_economics(root: Path, kind: str, verdict: str, label: str) -> None:
    folder = root / "data/results/economics"
    _, value, half = VERDICTS[verdict]
    extra = ("path", "per", "currency", "weights", "reason_code", "by", "level")
    place = {"per": "base", "currency": "EUR", "weights": "none", "reason_code": ""}
    money = []
    if identified(kind):
        base = 4_000_000 * 16.5
        money = [
            tidy(
                "revenue",
                "headline",
                "default_path",
                "margin_cents_per_year",
                base * value,
                base * half,
                path="default_path",
                **place,
            )
        ]
        for term, points in (("nps_plus10", 1.0), ("nps_plus1", 0.1)):
            for i, path in enumerate(PATHS):
                money.append(
                    tidy(
                        "revenue",
                        term,
                        path,
                        "margin_cents_per_year",
                        base * value * points * (1 + i / 10),
                        base * half * points,
                        path=path,
                        **place,
                    )
                )
        unit = "margin_cents_per_year"
        for by, level in (("region", label), ("region", "Sur"), ("region", "Isla")):
            row = tidy("revenue", "nps_plus10_group", "default_path", unit, 9e5, 3e5, **place)
            money.append(row | {"by": by, "level": level})
        money.append(tidy("revenue", "ces_plus1", "plus_one", unit, 4e5, 2e5, **place))
    drawn = _draws(base * value, base * half) if identified(kind) else {}
    put_json(folder / "draws.json", drawn)
    put_csv(folder / "money.csv", money, (*TIDY_COLUMNS, *extra))
    names = (
        "group_by",
        "level",
        "n_customers",
        "t1_cents",
        "equity_simple_cents",
        "equity_discounted_cents",
        "equity_sbg_cents",
        "conf_low_cents",
        "conf_high_cents",
        "currency",
    )
    levels = [
        ("all", ""),
        ("nps_class", "detractor"),
        ("nps_class", "passive"),
        ("nps_class", "promoter"),
        ("region", label),
        ("region", "Sur"),
        ("region", "Isla"),
    ]
    equity = [
        dict(
            zip(
                names,
                (
                    by,
                    level,
                    4 if level == "Isla" else 4_000,
                    12_000 + 2_000 * i,
                    60_000,
                    41_000 + 6_000 * i,
                    43_000,
                    39_000 + 6_000 * i,
                    44_000 + 6_000 * i,
                    "EUR",
                ),
                strict=True,
            )
        )
        for i, (by, level) in enumerate(levels)
    ]
    put_csv(folder / "equity.csv", equity if kind == "demo" else [], names)
    names = (
        "initiative",
        "owner",
        "cost_cents",
        "npv_median_cents",
        "npv_low_cents",
        "npv_high_cents",
        "p_positive",
        "payback_months",
        "breakeven_lift_points",
        "breakeven_causal_share",
        "rank",
        "currency",
        "npv_low80_cents",
        "npv_high80_cents",
        "reason_code",
    )
    roi = [
        dict(
            zip(
                names,
                (
                    f"{label} {i}",
                    label,
                    5_000_000,
                    9_000_000 - 4_000_000 * i,
                    -1_000_000,
                    30_000_000,
                    0.83 - 0.2 * i,
                    9,
                    1.4,
                    0.3 + 0.3 * i,
                    i + 1,
                    "EUR",
                    -500_000,
                    21_000_000,
                    "",
                ),
                strict=True,
            )
        )
        for i in range(8)
    ]
    put_csv(folder / "roi.csv", roi if kind == "demo" else [], names)
    names = (
        "scenario",
        "path",
        "lift_points",
        "npv_median_cents",
        "npv_low_cents",
        "npv_high_cents",
        "npv_low80_cents",
        "npv_high80_cents",
        "p_positive",
        "reason_code",
        "reach_share",
        "cost_cents",
    )
    scenario = [
        dict(
            zip(
                names,
                (
                    label,
                    "default_path",
                    5,
                    3_000_000,
                    -1_000_000,
                    9_000_000,
                    0,
                    7_000_000,
                    0.79,
                    "",
                    1.0,
                    1_000_000,
                ),
                strict=True,
            )
        )
    ]
    put_csv(folder / "scenarios.csv", scenario if kind == "demo" else [], names)
    tornado = [
        {
            "assumption": name,
            "low_cents": -1e6,
            "high_cents": 9e6 - i * 1e6,
            "central_cents": 3e6,
            "subject": label,
            "currency": "EUR",
        }
        for i, name in enumerate(("link", "causal_share", "margin_share"))
    ]
    put_csv(
        folder / "tornado.csv",
        tornado if kind == "demo" else [],
        ("assumption", "low_cents", "high_cents", "central_cents", "subject", "currency"),
    )
    names = ("measure", "level", "value", "unit", "currency", "reason_code")
    growth = [
        dict(zip(names, ("earned_growth_rate", "", 0.031, "share", "EUR", ""), strict=True)),
        dict(
            zip(
                names,
                ("referrals_per_100_customers", "promoter", 4.2, "per_100_customers", "EUR", ""),
                strict=True,
            )
        ),
    ]
    put_csv(folder / "growth.csv", growth if kind == "demo" else [], names)
    _write_risk(folder, kind, label)
    names = ("name", "kind", "low", "mode", "high", "value_used")
    assumptions = [
        ("margin_share", "fixed", 0.4, 0.4, 0.4, 0.4),
        ("discount_rate", "fixed", 0.1, 0.1, 0.1, 0.1),
        ("causal_share", "triangular", 0.25, 0.6, 1.0, 0.6167),
        ("horizon_years", "fixed", 5, 5, 5, 5),
        ("n_draws", "fixed", 65536, 65536, 65536, 65536),
        ("n_customers", "estimated", 16500, 16500, 16500, 16500),
    ]
    put_csv(
        folder / "assumptions.csv",
        [dict(zip(names, row, strict=True)) for row in assumptions],
        names,
    )
