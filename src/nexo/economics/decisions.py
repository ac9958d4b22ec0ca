"""The memory of forecasts: what was published, and what happened when its window had passed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from nexo.base.config import Economics
from nexo.base.errors import NexoError
from nexo.base.results import read_table, rounded, write_table
from nexo.economics.inputs import YEAR_DAYS, Facts
from nexo.engine import Frame, to_pandas

DECISION_COLUMNS = (
    "source",
    "data_end",
    "what",
    "unit",
    "estimate",
    "conf_low",
    "conf_high",
    "currency",
    "landmark",
    "window_end",
    "is_checkable",
    "assumptions_hash",
    "commit",
)
KEY = ["source", "data_end", "what"]
FEWEST_WINDOWS = 3
"""Seen windows below which the spread between windows, hence a forecast, is unknown."""

CHECKABLE = {
    "retention_rate": ("is_retained", "share"),
    "revenue_per_customer_cents": ("net_revenue_cents", "cents_per_customer"),
}
"""Forecasts that time settles: what -> (panel column whose mean over a landmark is meant, unit)."""


@dataclass(frozen=True)
class HitRate:
    """How many past intervals held what happened."""

    n_checked: int
    n_hit: int

    @property
    def share(self) -> float:
        """Hits of checked forecasts; NaN before the first one could be checked."""
        return self.n_hit / self.n_checked if self.n_checked else float("nan")


def landmark_means(panel: Frame) -> pd.DataFrame:
    """Return per landmark: n_active, and sums and counts of each checkable outcome.

    Columns landmark, n_active, <column>_mean, <column>_std, <column>_n.
    """
    numbers = [column for column, _ in CHECKABLE.values()]
    table = panel.group_by("landmark").agg(
        nw.len().alias("n_active"),
        *(nw.col(c).cast(nw.Int64).sum().alias(f"{c}_sum") for c in numbers),
        *(nw.col(c).count().alias(f"{c}_n") for c in numbers),
    )
    means = to_pandas(table).sort_values("landmark").reset_index(drop=True)
    for column in numbers:
        n = means[f"{column}_n"].astype("float64")
        total = means.pop(f"{column}_sum").astype("Float64").to_numpy(np.float64, na_value=np.nan)
        means[f"{column}_mean"] = np.where(n > 0, total / np.where(n > 0, n, 1), np.nan)
    return means


def forecast(
    facts: Facts,
    means: pd.DataFrame,
    rows: pd.DataFrame,
    money: pd.DataFrame,
    roi: pd.DataFrame,
    params: Economics,
) -> dict[str, Any]:
    """Return forecast.json: what `make edition` writes into reports/decisions.csv.

    Two forecasts that time settles (retention and revenue per customer of those active at the
    reference landmark, over the window after it), and, for the record, the headline and the net
    present value of the first-ranked initiative. A forecast is the mean of the last seen window
    (``rows``, from rows.seen_rows); its interval is Student's with k - 1 degrees of freedom and
    variance s^2 (1 + 1/k) + 2 v: s the spread between the k seen windows (``means``), v the
    sampling variance of one window's mean. Windows overlap, so their spread alone would hide
    the chance of who leaves in a new one; v counts for the last window and for the next.
    """
    meta = facts.meta
    entries: list[dict[str, Any]] = []
    if meta["kind"] == "landmark":
        entries += _checkable_entries(means, rows, facts)
    entries += _promised_entries(money, roi)
    return {
        "source": meta["source"],
        "data_end": meta["data_end"],
        "landmark": meta.get("reference_landmark"),
        "currency": facts.currency,
        "assumptions_hash": assumptions_hash(params),
        "forecasts": entries,
    }


def assumptions_hash(params: Economics) -> str:
    """Return 16 hexadecimal digits of the section economics: equal assumptions, equal digits."""
    content = params.model_dump(mode="json", exclude={"common"})
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def read_decisions(file: Path) -> pd.DataFrame:
    """Read reports/decisions.csv; raise NexoError when it is missing or has other columns."""
    if not file.is_file():
        raise NexoError(
            f"{file} is not there. git checkout -- reports/decisions.csv brings it back."
        )
    decisions = read_table(file, text=("commit", "assumptions_hash"))
    if tuple(decisions.columns) != DECISION_COLUMNS:
        raise NexoError(
            f"{file.name} must have the columns {', '.join(DECISION_COLUMNS)}; it has "
            f"{', '.join(decisions.columns)}. Only make edition writes it: restore it from git."
        )
    return decisions


def upsert(decisions: pd.DataFrame, made: dict[str, Any], commit: str) -> pd.DataFrame:
    """Return the log with the forecasts of ``made``; the same source, day and what is replaced."""
    common = {
        name: made[name]
        for name in ("source", "data_end", "landmark", "currency", "assumptions_hash")
    }
    rows = [{**common, **entry, "commit": commit} for entry in made["forecasts"]]
    new = pd.DataFrame(rows, columns=list(DECISION_COLUMNS))
    for name in ("estimate", "conf_low", "conf_high"):
        new[name] = [rounded(value) for value in new[name]]
    keys = set(map(tuple, new[KEY].astype(str).to_numpy()))
    is_kept = [tuple(row) not in keys for row in decisions[KEY].astype(str).to_numpy()]
    parts = [part for part in (decisions[is_kept], new) if not part.empty]
    log = pd.concat(parts, ignore_index=True) if parts else new
    return log.sort_values(["data_end", "source", "what"]).reset_index(drop=True)


def write_decisions(file: Path, decisions: pd.DataFrame) -> None:
    """Write the log whole; a log without forecasts is its header."""
    write_table(file, decisions, may_be_empty=True)


def judge(decisions: pd.DataFrame, means: pd.DataFrame, source: str) -> pd.DataFrame:
    """Return the log with ``actual`` and ``state``: hit, miss, open, not_checkable, not_comparable.

    ``means`` is ``landmark_means`` of today's panel. ``open``: the window has not passed;
    ``not_comparable``: another source, or today's panel has no such landmark.
    """
    days = pd.to_datetime(means["landmark"]).dt.date.astype(str)
    states, actuals = [], []
    for _, row in decisions.iterrows():
        actual, state = float("nan"), "not_checkable"
        if _is_true(row["is_checkable"]):
            here = means[days == str(row["landmark"])]
            state = "not_comparable"
            if row["source"] == source and not here.empty:
                actual = float(here[f"{CHECKABLE[row['what']][0]}_mean"].iloc[0])
                is_hit = row["conf_low"] <= actual <= row["conf_high"]
                state = "open" if np.isnan(actual) else "hit" if is_hit else "miss"
        states.append(state)
        actuals.append(actual)
    return decisions.assign(
        actual=pd.Series(actuals, dtype="float64"), state=pd.Series(states, dtype="str")
    )


def hit_rate(judged: pd.DataFrame) -> HitRate:
    """Count the past intervals that held, of those whose window has passed."""
    n_hit = int((judged["state"] == "hit").sum())
    return HitRate(n_hit + int((judged["state"] == "miss").sum()), n_hit)


def _checkable_entries(
    means: pd.DataFrame, rows: pd.DataFrame, facts: Facts
) -> list[dict[str, Any]]:
    from scipy.special import stdtrit  # Student's quantile, without loading scipy.stats

    days = round(facts.window_years * YEAR_DAYS)
    start = dt.date.fromisoformat(facts.meta["reference_landmark"])
    window_end = start + dt.timedelta(days=days)
    entries = []
    for what, (column, unit) in CHECKABLE.items():
        seen = means.loc[means[f"{column}_n"] > 0, f"{column}_mean"].to_numpy(dtype=np.float64)
        if seen.size < FEWEST_WINDOWS:
            continue
        own = rows[column].dropna().to_numpy(dtype=np.float64)
        variance = seen.var(ddof=1) * (1 + 1 / seen.size) + 2 * own.var(ddof=1) / own.size
        half = float(stdtrit(seen.size - 1, 0.975)) * float(np.sqrt(variance))
        last = float(seen[-1])
        entry = _entry(what, unit, last, last - half, last + half)
        entries.append({**entry, "window_end": window_end.isoformat(), "is_checkable": True})
    return entries


def _promised_entries(money: pd.DataFrame, roi: pd.DataFrame) -> list[dict[str, Any]]:
    """What was promised but no ledger shows by itself: kept for the record."""
    entries = []
    for _, row in money[(money["term"] == "headline") & money["estimate"].notna()].iterrows():
        ends = (row["estimate"], row["conf_low"], row["conf_high"])
        entries.append(_entry("margin_plus10_points", row["unit"], *ends))
    for _, row in roi[roi["rank"] == 1].iterrows():
        ends = (row["npv_median_cents"], row["npv_low_cents"], row["npv_high_cents"])
        entries.append(_entry(f"npv: {row['initiative']}", "cents", *ends))
    return entries


def _entry(what: str, unit: str, estimate: float, low: float, high: float) -> dict[str, Any]:
    return {
        "what": what,
        "unit": unit,
        "estimate": float(estimate),
        "conf_low": float(low),
        "conf_high": float(high),
        "window_end": None,
        "is_checkable": False,
    }


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"
