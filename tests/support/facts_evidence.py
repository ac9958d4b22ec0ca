"""Hand-made evidence, for the tests of the reports."""

from __future__ import annotations

from pathlib import Path

from nexo.base.results import TIDY_COLUMNS
from support.facts_base import SCALES, UNITS, VERDICTS, identified, put_csv, reason_of, tidy


def write_evidence(root: Path, kind: str, verdict: str) -> None:
    """Write verdicts and the tests around them."""
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
                    "reason_code": reason_of(kind),
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
