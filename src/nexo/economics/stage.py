"""The economics stage: what it reads, what it writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nexo.base import paths
from nexo.base.config import Common
from nexo.base.results import read_table, whole_folder, write_json, write_table
from nexo.economics.decisions import (
    HitRate,
    hit_rate,
    judge,
    landmark_means,
    read_decisions,
)
from nexo.economics.growth import growth_table, sales_tables
from nexo.economics.inputs import Facts, read_facts
from nexo.economics.metrics import whole_cents
from nexo.economics.money_more import ObservedPath, observed_path
from nexo.economics.risk import scored_now
from nexo.economics.rows import concerned, read_panel, reference_groups, seen_rows, survivors
from nexo.economics.tables import TABLES
from nexo.engine import open_engine, to_pandas

FORECAST_COLUMNS = [
    "data_end",
    "what",
    "unit",
    "currency",
    "estimate",
    "conf_low",
    "conf_high",
    "window_end",
    "actual",
    "state",
]
"""Columns of forecasts.csv: the log of decisions without what only its keeper needs."""


@dataclass(frozen=True)
class Inputs:
    """Facts, and the parts of panel and sales that money looks at, small enough for pandas."""

    facts: Facts
    rows: pd.DataFrame
    now: pd.DataFrame
    followed: pd.DataFrame
    means: pd.DataFrame
    growth: pd.DataFrame
    initiatives: pd.DataFrame | None
    scored: pd.DataFrame
    concerned: dict[str, float]
    path: ObservedPath | None


def read_inputs(common: Common) -> Inputs:
    """Read everything the stage needs, raw rows through the engine.

    Raises NexoError naming the file when an earlier stage's result is missing.
    """
    with open_engine(common) as engine:
        panel, sales = read_panel(engine), sales_tables(engine)
        rows = seen_rows(panel)
        facts = read_facts(rows)
        found = sales.get("initiatives")
        return Inputs(
            facts=facts,
            rows=rows,
            now=reference_groups(panel),
            followed=survivors(panel),
            means=landmark_means(panel),
            growth=growth_table(sales.get("orders"), sales.get("customers"), panel, facts.meta),
            initiatives=None if found is None else to_pandas(found).sort_values("initiative"),
            scored=scored_now(panel),
            concerned=concerned(panel),
            path=_observed_path(),
        )


def _observed_path() -> ObservedPath | None:
    scores = paths.results_dir("scores")
    trend, changes = (read_table(scores / f"{name}.csv") for name in ("nps_trend", "changes"))
    return observed_path(trend, changes)


def past_forecasts(common: Common) -> tuple[pd.DataFrame, HitRate]:
    """Return the log of decisions with what happened (see decisions.judge), and its hit rate."""
    log = read_decisions(paths.decisions_file())
    with open_engine(common) as engine:
        judged = judge(log, landmark_means(read_panel(engine)), common.source)
    return judged[FORECAST_COLUMNS], hit_rate(judged)


def write_economics(
    tables: Mapping[str, pd.DataFrame],
    grids: Mapping[str, list[float]],
    forecast: Mapping[str, Any],
    metrics: Mapping[str, Any],
    listed: pd.DataFrame,
) -> None:
    """Write data/results/economics whole (TABLES, draws.json, forecast.json), and the metrics.

    ``listed``, the customers at risk, goes to restricted/at_risk_customers.csv, which its owner
    alone may read and no report does.
    """
    with whole_folder(paths.results_dir("economics")) as folder:
        for name in TABLES:
            may_be_empty = name != "assumptions"
            write_table(
                folder / f"{name}.csv", whole_cents(tables[name]), may_be_empty=may_be_empty
            )
        write_json(folder / "draws.json", dict(grids))
        write_json(folder / "forecast.json", dict(forecast))
        restricted = folder / "restricted"
        restricted.mkdir(mode=0o700)
        write_table(restricted / "at_risk_customers.csv", listed, may_be_empty=True)
        (restricted / "at_risk_customers.csv").chmod(0o600)
    write_json(paths.metrics_file("economics"), dict(metrics))
