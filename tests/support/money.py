"""Small hand-made inputs of the economics room, in the shapes that the earlier stages write."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nexo.base.config import Common, Economics, load_params
from nexo.base.results import TIDY_COLUMNS, write_json, write_table
from nexo.economics.basis import PATHS
from nexo.economics.inputs import Facts, Kept

ROOT = Path(__file__).resolve().parents[2]

COMMON = Common(
    source="test",
    data_dir=".",
    engine="duckdb",
    spark_master="",
    memory_gb=2,
    spill_dir="",
    key_file="",
    snapshot="",
)

META: dict[str, Any] = {
    "kind": "landmark",
    "source": "test",
    "title": "Test",
    "company": "Test",
    "currency": "EUR",
    "data_start": "2022-01-01",
    "data_end": "2025-06-30",
    "reference_landmark": "2025-06-27",
    "n_customers": 1000,
    "n_active_reference": 900,
    "horizon_days": {"retention": 365, "cross_selling": 365, "revenue": 365},
}


def params(**changes: Any) -> Economics:
    """The project's own parameters with fixed assumptions, changed by name."""
    fixed: dict[str, Any] = {
        "margin_share": 1.0,
        "discount_rate": 0.0,
        "causal_share": 1.0,
        "horizon_years": 1,
        "n_draws": 65536,
        "seed": 20240917,
        "scenarios": [],
        "budget": None,
        "acquisition_cost": None,
        "stated_intentions": [],
    }
    own = load_params(Economics, ROOT / "params.yaml")
    return Economics.model_validate({"common": own.common, **fixed, **changes})


def effects(
    revenue: tuple[float, float] = (1000.0, 800.0),
    retention: tuple[float, float] | None = (0.006, 0.004),
    relative_error: float = 0.25,
) -> pd.DataFrame:
    """Tidy effects of +10 points; (passive to promoter, detractor to passive) of each outcome."""
    rows: list[dict[str, Any]] = []
    units = {"revenue": "cents_per_customer_year", "retention": "retained_share"}
    for outcome, legs in (("revenue", revenue), ("retention", retention)):
        if legs is None:
            continue
        values = (sum(legs) / 2, *legs, sum(legs) / 2)
        for weights, factor in (("none", 1.0), ("response", 1.1)):
            for path, value in zip(PATHS, values, strict=True):
                std_error = abs(value * relative_error * factor)
                row = dict.fromkeys(TIDY_COLUMNS)
                row |= {
                    "outcome": outcome,
                    "term": "nps_plus10",
                    "contrast": path,
                    "unit": units[outcome],
                    "estimate": value * factor,
                    "std_error": std_error,
                    "conf_low": value * factor - 1.96 * std_error,
                    "conf_high": value * factor + 1.96 * std_error,
                    "p_value": 0.0001,
                    "n_obs": 3000,
                    "n_clusters": 900,
                    "method": "test",
                    "weights": weights,
                }
                rows.append(row)
    return pd.DataFrame(rows)


def with_effect(
    table: pd.DataFrame, term: str, contrast: str, **values: tuple[float, float]
) -> pd.DataFrame:
    """The effects and one more on all customers; outcome=(estimate, standard error)."""
    rows = [table]
    for outcome, (estimate, std_error) in values.items():
        like = table[(table["outcome"] == outcome) & (table["weights"] == "none")].iloc[:1]
        rows.append(
            like.assign(term=term, contrast=contrast, estimate=estimate, std_error=std_error)
        )
    return pd.concat(rows, ignore_index=True)


def covariance(table: pd.DataFrame, scale: float = 1.0) -> pd.DataFrame:
    """Joint covariance whose diagonal is the squared standard errors (times scale).

    The two one-class effects of an outcome are independent; the two other paths are their mean,
    so that the matrix is singular, as it is in earnest. Effects other than of ten points are
    independent of all others.
    """
    own = table[table["weights"] == "none"]
    own = own[own["by"] == ""] if "by" in own else own
    others = own[own["term"] != "nps_plus10"]
    own = own[own["term"] == "nps_plus10"]
    labels, roots = [], []
    for outcome in own["outcome"].unique():
        errors = own[own["outcome"] == outcome].set_index("contrast")["std_error"] * scale**0.5
        first = np.array([errors["passive_to_promoter"], 0.0])
        second = np.array([0.0, errors["detractor_to_passive"]])
        mean = (first + second) / 2
        for path, root in zip(PATHS, (mean, first, second, mean), strict=True):
            labels.append(f"{outcome}|nps_plus10:{path}")
            roots.append(
                np.concatenate([root, [0, 0]])
                if outcome == "revenue"
                else np.concatenate([[0, 0], root])
            )
    root = np.array(roots).reshape(-1, 4)
    matrix = root @ root.T
    labels += [f"{row.outcome}|{row.term}:{row.contrast}" for row in others.itertuples()]
    apart = np.diag(others["std_error"].to_numpy(float) ** 2 * scale)
    blank = np.zeros((len(matrix), len(apart)))
    matrix = np.block([[matrix, blank], [blank.T, apart]])
    return pd.DataFrame(matrix, index=pd.Index(labels, name="effect"), columns=labels)


def facts(table: pd.DataFrame | None = None, scale: float = 1.0, **changes: Any) -> Facts:
    """Facts of a company of 900 active customers, changed by name; scale 0: no uncertainty."""
    table = effects() if table is None else table
    kept = Kept(0.8, 0.01 * scale, 20000.0, 300.0 * scale, 900)
    plain = Facts(
        meta=META,
        effects=table,
        covariance=covariance(table, scale),
        class_shares={"detractor": 0.25, "passive": 0.35, "promoter": 0.40},
        class_covariance=np.array([[2.0, -1, -1], [-1, 2, -1], [-1, -1, 2]]) * 1e-4 * scale,
        kept=kept,
        n_customers=900,
        currency="EUR",
        window_years=1.0,
        is_annual=True,
        verdict="supported",
        reason_code="",
    )
    return replace(plain, **changes)


def not_identified(**changes: Any) -> Facts:
    """Facts of a survey without any behaviour."""
    return facts(
        effects().iloc[:0],
        covariance=pd.DataFrame(index=pd.Index([], name="effect")),
        class_shares=None,
        kept=None,
        n_customers=0,
        verdict="not_identified",
        reason_code="no_behaviour",
        is_annual=False,
        **changes,
    )


def panel(n_customers: int = 400, seed: int = 1) -> pd.DataFrame:
    """A panel of quarterly landmarks: promoters stay longer and spend more."""
    rng = np.random.Generator(np.random.PCG64(seed))
    last = dt.date(2025, 6, 27)
    days = [last - dt.timedelta(days=91 * k) for k in range(10, -1, -1)]
    score = rng.integers(0, 11, n_customers)
    leaves = rng.geometric(0.06 - 0.004 * score / 1.0)
    segment = rng.choice(["home", "office"], n_customers)
    rows = []
    for k, day in enumerate(days):
        for c in np.flatnonzero(leaves > k):
            is_seen = day + dt.timedelta(days=365) <= dt.date(2025, 6, 30)
            stays = bool(leaves[c] > k + 4)
            revenue = int(20000 + 500 * score[c] + rng.integers(-3000, 3000)) // (1 if stays else 2)
            rows.append(
                {
                    "customer_id": f"c{c:05d}",
                    "landmark": day,
                    "wave": day.isoformat(),
                    "is_reference": day == last,
                    "nps_score": int(score[c]) if c % 3 else None,
                    "ces_score": int(1 + score[c] // 2) if c % 5 == 0 else None,
                    "past_revenue_cents": 20000 + 100 * int(c % 50),
                    "n_repeat_contacts": int(c % 4 == 0),
                    "segment": segment[c],
                    "region": None,
                    "acquisition_channel": None,
                    "is_retained": stays if is_seen else None,
                    "net_revenue_cents": revenue if is_seen else None,
                }
            )
    table = pd.DataFrame(rows).sort_values(["landmark", "customer_id"]).reset_index(drop=True)
    kinds = {"nps_score": "Int64", "net_revenue_cents": "Int64", "is_retained": "boolean"}
    texts = dict.fromkeys(("segment", "region", "acquisition_channel"), "string")
    return table.astype({**kinds, **texts})


def trend(promoters: float = 0.45, detractors: float = 0.25) -> pd.DataFrame:
    """Two waves of nps_trend.csv: from 40 % promoters and 30 % detractors to the given shares."""
    names = ["wave", "nps_points", "conf_low", "conf_high", "n_obs"]
    rows = [("2025-Q1", 10.0, 8.0, 12.0, 900, 0.40, 0.30)]
    points = 100 * (promoters - detractors)
    rows.append(("2025-Q2", points, points - 2, points + 2, 900, promoters, detractors))
    return pd.DataFrame(rows, columns=[*names, "promoter_share", "detractor_share"])


def changes(estimate: float = 10.0, smallest: float = 3.0) -> pd.DataFrame:
    """changes.csv of the score stage: the latest change of NPS."""
    row = {"outcome": "nps", "term": "nps", "contrast": "latest_vs_previous", "estimate": estimate}
    row |= {"wave_from": "2025-Q1", "wave_to": "2025-Q2", "smallest_detectable_change": smallest}
    return pd.DataFrame([row])


def initiatives(**changes: Any) -> pd.DataFrame:
    """One initiative as in the canonical table, changed by name."""
    row = {
        "initiative": "Call back",
        "owner": "Service",
        "model_part": "service",
        "touchpoint": None,
        "starts_at": None,
        "cost_cents": 9_000_000,
        "yearly_cost_cents": None,
        "reach_share": 1.0,
        "lift_points_low": None,
        "lift_points_mode": 10.0,
        "lift_points_high": None,
        "persistence_months": 12.0,
        "status": "planned",
    }
    return pd.DataFrame([{**row, **changes}])


def write_inputs(root: Path, rows: pd.DataFrame, meta: dict[str, Any] | None = None) -> None:
    """Write what the economics stage reads, below the project ``root``."""
    import pyarrow as pa

    from nexo.engine import write_arrow

    data = root / "data"
    for folder in ("panel", "clean/sales", "results/scores", "results/evidence"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    write_json(data / "panel" / "meta.json", meta or META)
    table = pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata(None)
    write_arrow(table, data / "panel" / "panel.parquet", ["landmark", "customer_id"])
    is_known = not rows.empty
    shares = {"detractor": 0.25, "passive": 0.35, "promoter": 0.40}
    matrix = (np.eye(3) * 3e-4 - 1e-4).tolist()
    summary = {"class_shares": shares if is_known else None, "class_covariance": matrix}
    write_json(data / "results" / "scores" / "summary.json", {"n_active": len(rows), **summary})
    for name, found in (("nps_trend", trend()), ("changes", changes())):
        file = data / "results" / "scores" / f"{name}.csv"
        write_table(file, found if is_known else found.iloc[:0], may_be_empty=True)
    repeats = {"revenue": (400.0, 200.0), "retention": (0.01, 0.005)}
    known = with_effect(effects(), "n_repeat_contacts", "minus_one", **repeats)
    known = known if is_known else known.iloc[:0]
    for outcome in ("revenue", "retention"):
        folder = data / "results" / "link" / outcome
        folder.mkdir(parents=True, exist_ok=True)
        own = known[known["outcome"] == outcome]
        write_table(folder / "effects.csv", own, may_be_empty=True)
        code = "" if is_known else "no_behaviour"
        status = {"outcome": outcome, "is_identified": is_known, "reason_code": code}
        write_json(folder / "status.json", {**status, "is_annual": is_known})
    verdict = {"outcome": "revenue", "verdict": "supported", "reason_code": ""}
    if not is_known:
        verdict |= {"verdict": "not_identified", "reason_code": "no_behaviour"}
    write_table(data / "results" / "evidence" / "verdicts.csv", pd.DataFrame([verdict]))
    joint = (
        covariance(known).reset_index()
        if is_known
        else pd.DataFrame({"effect": pd.Series(dtype="str")})
    )
    joint.to_parquet(data / "results" / "evidence" / "joint_covariance.parquet", index=False)
