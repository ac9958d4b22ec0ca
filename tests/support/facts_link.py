"""The link's tables beyond the first four, hand-made, for the tests of the reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

TIDY = ("outcome", "term", "contrast", "unit", "estimate", "std_error", "conf_low", "conf_high",
        "p_value", "n_obs", "n_clusters", "method")  # fmt: skip
CLASSES = ("detractor", "passive", "promoter")
DIFFERENCES = ("promoter_vs_passive", "passive_vs_detractor", "promoter_vs_detractor")


def write_more_links(root: Path, label: str) -> None:
    """Contacts beside the three outcomes, and every optional table; ``label`` is from data."""
    folder = root / "data/results/link"
    contacts = folder / "contacts"
    contacts.mkdir()
    for file in (folder / "cross_selling").iterdir():
        text = file.read_text(encoding="utf-8").replace("cross_selling", "contacts")
        text = text.replace("new_categories_per_customer", "contacts_per_customer")
        (contacts / file.name).write_text(text, encoding="utf-8")
    for name in ("retention", "cross_selling", "revenue", "contacts"):
        _write_more(folder / name, name, label)


def _write_more(folder: Path, name: str, label: str) -> None:
    unit = json.loads((folder / "status.json").read_text(encoding="utf-8"))["unit"]
    effects = pd.read_csv(folder / "effects.csv")
    plain = effects[effects["contrast"] == "default_path"].head(1)
    more = [
        plain.assign(term=term, contrast=contrast, p_value_adjusted=0.01)
        for term in ("nps_score", "csat_score")
        for contrast in ("plus_one_alone", "plus_one_together")
    ]
    more.append(plain.assign(term="nps_change", contrast="plus_one_within"))
    more += [plain.assign(by="segment", level=group, p_value_adjusted=0.01)
             for group in (label, "Sur")]  # fmt: skip
    pd.concat([effects, *more]).to_csv(folder / "effects.csv", index=False)
    checks = pd.read_csv(folder / "diagnostics.csv")
    said = [
        ("segment:same_in_groups", 0.2, True, "same_in_groups_ok"),
        (f"segment={label}:group", None, False, "too_few_events"),
        ("without_largest:nps_plus10", 0.01, False, "nps_plus10_warning"),
    ]
    added = pd.DataFrame(said, columns=["check", "value", "is_ok", "message_code"])
    pd.concat([checks, added]).to_csv(folder / "diagnostics.csv", index=False)
    levels = [(metric, level) for metric, top in (("ces_score", 7), ("csat_score", 5))
              for level in range(1, top + 1)]  # fmt: skip
    shapes = [_row(name, metric, "", unit, 0.5 + level / 20, score=level)
              for metric, level in levels]  # fmt: skip
    _put(folder / "metric_shapes.csv", shapes)
    tenths = [_row(name, "", "", unit, 0.1 * k, by="tenth", level=k, predicted=0.1 * k + 0.001)
              for k in range(1, 11)]  # fmt: skip
    cells = [_row(name, term, "", unit, 0.4, by="segment", level=label, predicted=0.41)
             for term in CLASSES]  # fmt: skip
    _put(folder / "calibration.csv", [*tenths, *cells])
    if name == "retention":
        _write_churn(folder)
    if name == "cross_selling":
        shares = [
            _row(name, "next_category", contrast, "share", 0.3, category=category,
                 p_value_adjusted=0.5)
            for category in ("tv", label)
            for contrast in (*CLASSES, "promoter_vs_detractor")
        ]  # fmt: skip
        _put(folder / "next_category.csv", shares)


def _write_churn(folder: Path) -> None:
    kept = [
        _row("retention", term, contrast, "months_kept", 11.0, method=method)
        for method in ("Kaplan-Meier by class", "cloglog hazard")
        for term, contrast in (
            *(("nps_class", c) for c in (*CLASSES, *DIFFERENCES)), ("nps_plus10", "default_path"),
        )
    ]  # fmt: skip
    _put(folder / "months_kept.csv", kept)
    share = {"detractor": 0.02, "passive": 0.01, "promoter": 0.005}
    curves = [
        _row("retention", "survival", name, "retained_share", 1 - share[name] * month, month=month)
        for name in CLASSES
        for month in range(1, 13)
    ]
    _put(folder / "survival.csv", curves)


def _row(name: str, term: str, contrast: str, unit: str, value: float, **more: Any) -> Any:
    half = 0.02
    return {"outcome": name, "term": term, "contrast": contrast, "unit": unit, "estimate": value,
            "std_error": half / 2, "conf_low": value - half, "conf_high": value + half,
            "p_value": 0.03, "n_obs": 900, "n_clusters": 400,
            "method": "hand-made"} | more  # fmt: skip


def _put(file: Path, rows: list[dict[str, Any]]) -> None:
    extra = [key for key in rows[0] if key not in TIDY]
    pd.DataFrame(rows)[[*TIDY, *extra]].to_csv(file, index=False)
