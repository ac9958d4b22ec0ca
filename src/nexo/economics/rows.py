"""The parts of the panel that money looks at, small enough for pandas, read by the engine."""

from __future__ import annotations

import narwhals as nw
import pandas as pd

from nexo.base import paths
from nexo.engine import Engine, Frame, pandas_of, to_arrow, to_pandas

GROUP_COLUMNS = ("segment", "region", "acquisition_channel")
"""Columns of the panel, beside the NPS class, by which customer equity is shown."""

SEEN_COLUMNS = (
    "customer_id",
    "landmark",
    "nps_score",
    *GROUP_COLUMNS,
    "is_retained",
    "net_revenue_cents",
)


def read_panel(engine: Engine) -> Frame:
    """Scan the landmark panel."""
    return engine.read_parquet(paths.panel_dir() / "panel.parquet")


def landmark_counts(panel: Frame) -> pd.DataFrame:
    """Return landmark, n_active, n_retention, n_revenue (rows with that outcome seen)."""
    counts = panel.group_by("landmark").agg(
        nw.len().alias("n_active"),
        nw.col("is_retained").count().alias("n_retention"),
        nw.col("net_revenue_cents").count().alias("n_revenue"),
    )
    return to_pandas(counts).sort_values("landmark").reset_index(drop=True)


def seen_rows(panel: Frame) -> pd.DataFrame:
    """Return the rows (SEEN_COLUMNS) of the last landmark whose outcome window is seen.

    One row a customer, in the order of customer_id. Revenue decides, else retention; no rows
    when neither outcome is in the data.
    """
    counts = landmark_counts(panel)
    seen = counts[counts["n_revenue"] > 0]
    seen = seen if not seen.empty else counts[counts["n_retention"] > 0]
    if seen.empty:
        return pandas_of(to_arrow(panel.select(*SEEN_COLUMNS).head(0)))
    last = seen["landmark"].iloc[-1].date()
    rows = panel.filter(nw.col("landmark") == last).select(*SEEN_COLUMNS)
    return to_pandas(rows).sort_values("customer_id").reset_index(drop=True)


def reference_groups(panel: Frame) -> pd.DataFrame:
    """Return how many customers are active now: GROUP_COLUMNS, n_customers and, of those with an
    NPS score, n_detractor, n_passive and n_promoter."""
    score, one = nw.col("nps_score"), nw.lit(1)
    bounds = {"detractor": (0, 6), "passive": (7, 8), "promoter": (9, 10)}
    is_in = {
        f"n_{name}": nw.when((score >= low) & (score <= high)).then(one).otherwise(0)
        for name, (low, high) in bounds.items()
    }
    now = panel.filter(nw.col("is_reference")).with_columns(**is_in)
    sums = (nw.col(name).sum().cast(nw.Int64) for name in is_in)
    counts = now.group_by(*GROUP_COLUMNS).agg(nw.len().alias("n_customers"), *sums)
    return to_pandas(counts).sort_values(list(GROUP_COLUMNS)).reset_index(drop=True)


def concerned(panel: Frame) -> dict[str, float]:
    """Count the active customers whom a change of CES or of repeat contacts concerns: ``n_ces``
    with a CES score, ``n_repeat`` with a repeat contact in the look-back (0 when not known)."""
    now = panel.filter(nw.col("is_reference"))
    columns = {"n_ces": nw.col("ces_score").count()}
    if "n_repeat_contacts" in panel.collect_schema().names():
        columns["n_repeat"] = nw.when(nw.col("n_repeat_contacts") > 0).then(1).otherwise(0).sum()
    counts = to_pandas(now.select(**columns)).iloc[0]
    return {name: float(counts[name]) if counts[name] == counts[name] else 0.0 for name in columns}


def survivors(panel: Frame) -> pd.DataFrame:
    """Follow the customers of the first landmark: landmark, groups at the start, n_customers.

    The groups are nps_score and GROUP_COLUMNS as of the first landmark; a customer survives to
    a landmark when active there. No rows when leaving is not in the data.
    """
    counts = landmark_counts(panel)
    keys = ["nps_score", *GROUP_COLUMNS]
    if counts["n_retention"].sum() == 0:
        return pd.DataFrame(columns=["landmark", *keys, "n_customers"])
    first = counts["landmark"].iloc[0].date()
    cohort = panel.filter(nw.col("landmark") == first).select("customer_id", *keys)
    followed = panel.select("customer_id", "landmark").join(cohort, on="customer_id", how="inner")
    cells = followed.group_by("landmark", *keys).agg(nw.len().alias("n_customers"))
    return to_pandas(cells).sort_values(["landmark", *keys]).reset_index(drop=True)


def nps_class(scores: pd.Series) -> pd.Series:
    """Return detractor (0-6), passive (7-8) or promoter (9-10); missing stays missing."""
    values = scores.astype("Float64")
    names = pd.Series(pd.NA, index=scores.index, dtype="string")
    names = names.mask((values <= 6).fillna(False).astype(bool), "detractor")
    names = names.mask(((values >= 7) & (values <= 8)).fillna(False).astype(bool), "passive")
    return names.mask((values >= 9).fillna(False).astype(bool), "promoter")
