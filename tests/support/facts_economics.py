"""Hand-made money, for the tests of the reports."""

from __future__ import annotations

from pathlib import Path

from nexo.base.results import TIDY_COLUMNS
from nexo.economics.equity import EQUITY_COLUMNS
from nexo.economics.roi import ROI_COLUMNS
from nexo.economics.scenario import SCENARIO_COLUMNS
from support.facts_base import PATHS, VERDICTS, draws_of, identified, put_csv, put_json, tidy


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


def write_economics(root: Path, kind: str, verdict: str, label: str) -> None:
    """Write money, equity, initiatives and assumptions; ``label`` is text from data."""
    folder = root / "data/results/economics"
    _, value, half = VERDICTS[verdict]
    extra = ("path", "per", "currency", "weights", "reason_code", "by", "level", "n_customers")
    place = {"per": "base", "currency": "EUR", "weights": "none", "reason_code": ""}
    place |= {"n_customers": 40_000}
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
            money.append(row | {"by": by, "level": level, "path": "default_path"})
        money.append(tidy("revenue", "ces_plus1", "plus_one", unit, 4e5, 2e5, **place))
        fewer = place | {"n_customers": 9_000}
        money.append(tidy("revenue", "repeat_contact_less", "minus_one", unit, 2e5, 3e5, **fewer))
        total = ("all", "total_repeat_contact_less", "minus_one", "margin_cents", 3e5, 4e5)
        money.append(tidy(*total, **fewer))
    drawn = draws_of(base * value, base * half) if identified(kind) else {}
    put_json(folder / "draws.json", drawn)
    put_csv(folder / "money.csv", money, (*TIDY_COLUMNS, *extra))
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
        {
            "group_by": by,
            "level": level,
            "n_customers": 4 if level == "Isla" else 4_000,
            "t1_cents": 12_000 + 2_000 * i,
            "equity_simple_cents": 60_000,
            "equity_discounted_cents": 41_000 + 6_000 * i,
            "equity_sbg_cents": 43_000,
            "conf_low_cents": 39_000 + 6_000 * i,
            "conf_high_cents": 44_000 + 6_000 * i,
            "currency": "EUR",
            "base_equity_cents": 10_000 + 2_000 * i,
            "retention_rate": 0.8,
        }
        for i, (by, level) in enumerate(levels)
    ]
    put_csv(folder / "equity.csv", equity if kind == "demo" else [], EQUITY_COLUMNS)
    roi = [
        {
            "initiative": f"{label} {i}",
            "owner": label,
            "cost_cents": 5_000_000,
            "npv_median_cents": 9_000_000 - 4_000_000 * i,
            "npv_low_cents": -1_000_000,
            "npv_high_cents": 30_000_000,
            "p_positive": 0.83 - 0.2 * i,
            "payback_months": 9,
            "breakeven_lift_points": 1.4,
            "breakeven_causal_share": 0.3 + 0.3 * i,
            "rank": i + 1,
            "currency": "EUR",
            "npv_low80_cents": -500_000,
            "npv_high80_cents": 21_000_000,
            "reason_code": "",
            "starts_at": "2025-10-01",
            "outlay_cents": 5_000_000,
            "is_in_budget": None,
            "lift_points_low": 2.0,
            "lift_points_mode": 4.0,
            "lift_points_high": 7.0,
        }
        for i in range(8)
    ]
    put_csv(folder / "roi.csv", roi if kind == "demo" else [], ROI_COLUMNS)
    scenario = [
        {
            "scenario": label,
            "path": "default_path",
            "lift_points": 5,
            "reach_share": 1.0,
            "n_moved": 16_500,
            "cost_cents": 1_000_000,
            "margin_median_cents": 4_000_000,
            "margin_low_cents": 1_000_000,
            "margin_high_cents": 8_000_000,
            "npv_median_cents": 3_000_000,
            "npv_low_cents": -1_000_000,
            "npv_high_cents": 9_000_000,
            "npv_low80_cents": 0,
            "npv_high80_cents": 7_000_000,
            "p_positive": 0.79,
            "payback_months": 4,
            "breakeven_lift_points": 1.2,
            "breakeven_causal_share": 0.2,
            "currency": "EUR",
            "reason_code": "",
        }
    ]
    put_csv(folder / "scenarios.csv", scenario if kind == "demo" else [], SCENARIO_COLUMNS)
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
