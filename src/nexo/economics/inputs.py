"""Everything the economics stage reads, gathered once into plain frozen facts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nexo.base import paths
from nexo.base.errors import NexoError
from nexo.base.results import read_json, read_table

if TYPE_CHECKING:
    from nexo.economics.draws import Array

CLASSES = ("detractor", "passive", "promoter")
"""NPS classes: 0-6, 7-8, 9-10."""

YEAR_DAYS = 365
"""Days in a year, as everywhere in the models."""

REVENUE = "revenue"
RETENTION = "retention"


@dataclass(frozen=True)
class Kept:
    """What a retained customer is worth, from the last landmark whose window is seen.

    ``rate`` is the share retained over one window, ``cents_per_year`` the net revenue per
    customer-year of those retained; the standard errors are those of independent customers
    (one row each; the two are uncorrelated, since the mean is taken among the retained).
    """

    rate: float
    rate_std_error: float
    cents_per_year: float
    cents_std_error: float
    n_customers: int


@dataclass(frozen=True)
class Facts:
    """Inputs of money. ``effects`` holds the tidy effects of revenue and retention.

    ``covariance`` is labelled on both sides by "outcome|term:contrast"; ``class_shares``
    follow CLASSES with ``class_covariance`` (3, 3), None where no score is known; ``window_years``
    is the outcome window; ``reason_code`` says why revenue is not identified ("" when it is).
    """

    meta: dict[str, Any]
    effects: pd.DataFrame
    covariance: pd.DataFrame
    class_shares: dict[str, float] | None
    class_covariance: Array
    kept: Kept | None
    n_customers: int
    currency: str
    window_years: float
    is_annual: bool
    verdict: str
    reason_code: str

    @property
    def is_identified(self) -> bool:
        """Tell whether revenue is identified, so that money can be spoken of at all."""
        return self.reason_code == ""


def read_facts(panel: pd.DataFrame) -> Facts:
    """Read meta, effects, verdicts, covariance and class shares; ``panel`` is ``seen_rows``.

    Raises NexoError naming the file when one of the earlier stages' results is missing.
    """
    meta = _json(paths.panel_dir() / "meta.json")
    link, evidence = paths.results_dir("link"), paths.results_dir("evidence")
    status = _json(link / REVENUE / "status.json")
    verdict, reason = _verdict_of_revenue(_table(evidence / "verdicts.csv"), status)
    summary = _json(paths.results_dir("scores") / "summary.json")
    shares, shares_covariance = class_shares(summary)
    days = window_days(meta)
    return Facts(
        meta=meta,
        effects=_effects(link),
        covariance=_covariance(evidence / "joint_covariance.parquet"),
        class_shares=shares,
        class_covariance=shares_covariance,
        kept=kept_facts(panel, days),
        n_customers=base_size(meta),
        currency=str(meta.get("currency") or ""),
        window_years=days / YEAR_DAYS,
        is_annual=bool(status.get("is_annual", False)),
        verdict=verdict,
        reason_code=reason,
    )


def base_size(meta: dict[str, Any]) -> int:
    """Return N: customers active at the reference landmark, or in the snapshot; 0 without any."""
    name = "n_customers" if meta["kind"] == "snapshot" else "n_active_reference"
    return int(meta.get(name) or 0)


def window_days(meta: dict[str, Any]) -> int:
    """Return the length of the window of retention and revenue in days; a year if none."""
    return int((meta.get("horizon_days") or {}).get(REVENUE) or YEAR_DAYS)


def class_shares(summary: dict[str, Any]) -> tuple[dict[str, float] | None, Array]:
    """Return the weighted class shares of scores/summary.json and their covariance (3, 3)."""
    raw = summary.get("class_shares") or {}
    if any(raw.get(name) is None for name in CLASSES):
        return None, np.zeros((3, 3))
    covariance = np.asarray(summary["class_covariance"], dtype=np.float64)
    return {name: float(raw[name]) for name in CLASSES}, covariance


def kept_facts(panel: pd.DataFrame, days: int) -> Kept | None:
    """Return what a retained customer is worth; None where retention or revenue is not seen."""
    rows = panel.dropna(subset=["is_retained", "net_revenue_cents"])
    retained = rows["is_retained"].to_numpy(dtype=bool)
    if retained.sum() < 2:
        return None
    amounts = rows["net_revenue_cents"].to_numpy(dtype=np.float64)[retained] * YEAR_DAYS / days
    rate = float(retained.mean())
    return Kept(
        rate=rate,
        rate_std_error=float(np.sqrt(rate * (1 - rate) / retained.size)),
        cents_per_year=float(amounts.mean()),
        cents_std_error=float(amounts.std(ddof=1) / np.sqrt(amounts.size)),
        n_customers=int(retained.size),
    )


def effect_row(effects: pd.DataFrame, outcome: str, path: str, weights: str) -> pd.Series | None:
    """Return the tidy row of +10 NPS points by ``path``, None when it was not estimated."""
    return effect_named(effects, outcome, "nps_plus10", path, weights)


def effect_named(
    effects: pd.DataFrame, outcome: str, term: str, contrast: str, weights: str = "none"
) -> pd.Series | None:
    """Return the tidy row of an effect on all customers, None when it was not estimated."""
    found = effects[
        (effects["outcome"] == outcome)
        & (effects["term"] == term)
        & (effects["contrast"] == contrast)
        & (effects["weights"] == weights)
    ]
    if "by" in found:  # groups have rows of their own
        found = found[found["by"].isna() | (found["by"] == "")]
    return None if found.empty or pd.isna(found["estimate"].iloc[0]) else found.iloc[0]


def _effects(link: Path) -> pd.DataFrame:
    tables = [_table(link / outcome / "effects.csv") for outcome in (REVENUE, RETENTION)]
    filled = [table for table in tables if not table.empty]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]


def _covariance(path: Path) -> pd.DataFrame:
    _must_exist(path)
    return pd.read_parquet(path).set_index("effect")


def _verdict_of_revenue(verdicts: pd.DataFrame, status: dict[str, Any]) -> tuple[str, str]:
    """Return the verdict of revenue and, when it is not identified, the reason code."""
    if not status["is_identified"]:
        return "not_identified", str(status.get("reason_code") or "outcome_absent")
    row = verdicts[verdicts["outcome"] == REVENUE]
    if row.empty:
        raise NexoError("verdicts.csv has no row for revenue. Run dvc repro evidence again.")
    verdict = str(row["verdict"].iloc[0])
    if verdict != "not_identified":
        return verdict, ""
    code = row["reason_code"].iloc[0]
    return verdict, "outcome_absent" if pd.isna(code) else str(code)


def _json(path: Path) -> Any:
    _must_exist(path)
    return read_json(path)


def _table(path: Path) -> pd.DataFrame:
    _must_exist(path)
    return read_table(path)


def _must_exist(path: Path) -> None:
    if not path.is_file():
        raise NexoError(
            f"{path} is not there. It is built by an earlier stage: run dvc repro, which makes "
            "what is missing."
        )
