"""What the hand-made results share: units, verdicts, rows and files."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import NormalDist
from typing import Any

import pandas as pd

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


def put_text(file: Path, text: str) -> None:
    """Write a text file with its folders."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def put_json(file: Path, content: Any) -> None:
    """Write a JSON file with its folders."""
    put_text(file, json.dumps(content))


def put_csv(file: Path, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    """Write rows as CSV with these columns, empty where a row has none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows, columns=list(columns)).to_csv(file, index=False)


def draws_of(value: float, half: float) -> dict[str, list[float]]:
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
    """Return one tidy row; ``more`` adds columns."""
    row = {
        "outcome": outcome, "term": term, "contrast": contrast, "unit": unit, "estimate": value,
        "std_error": half / 2, "conf_low": value - half, "conf_high": value + half,
        "p_value": 0.0004, "n_obs": 21_402, "n_clusters": 9_211, "method": "hand-made",
    }  # fmt: skip
    return row | more


def identified(kind: str) -> tuple[str, ...]:
    """Return the outcomes that the world can estimate."""
    return {"demo": tuple(UNITS), "snapshot": ("revenue",), "survey_only": ()}[kind]


def reason_of(kind: str) -> str:
    """Return why a world cannot estimate an outcome."""
    return "no_behaviour" if kind == "survey_only" else "outcome_absent"
