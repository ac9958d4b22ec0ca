"""Hand-made scores, groups and who answers, for the tests of the reports."""

from __future__ import annotations

from pathlib import Path

from nexo.base.results import TIDY_COLUMNS
from support.facts_base import SCALES, UNITS, identified, put_csv, put_json, tidy


def write_scores(root: Path, kind: str, label: str, small_group: int) -> None:
    """Write the tables of the score stage; ``label`` is text from data."""
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
