"""What notebooks/scores.ipynb reads and writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nexo.base import paths
from nexo.base.results import read_json, whole_file, whole_folder, write_json, write_table
from nexo.scores.answers import CLASSES, METRICS, ClassShares, class_shares
from nexo.scores.counting import usable_waves
from nexo.weights import Weights, as_floats


@dataclass(frozen=True)
class Inputs:
    """The clean survey, the customer table (None without one), the panel and its meta.json."""

    survey: pd.DataFrame
    customers: pd.DataFrame | None
    panel: pd.DataFrame
    meta: dict[str, Any]

    @property
    def is_dated(self) -> bool:
        """False for a snapshot: no answer has a date."""
        return bool(self.meta["kind"] != "snapshot")


def read_inputs() -> Inputs:
    """Read what the score stage depends on."""
    survey = pd.read_parquet(paths.clean_dir("survey") / "survey.parquet")
    file = paths.clean_dir("sales") / "customers.parquet"
    customers = pd.read_parquet(file) if file.is_file() else None
    panel = pd.read_parquet(paths.panel_dir() / "panel.parquet")
    return Inputs(survey, customers, panel, read_json(paths.panel_dir() / "meta.json"))


def weighting_cost(weights: Mapping[str, Weights]) -> pd.DataFrame:
    """weighting.csv: for each metric and landmark what weighting cost (see Weights)."""
    parts = [found.cost.assign(outcome=metric) for metric, found in weights.items()]
    names = ["outcome", "wave", "n_answers", "n_trimmed", "limit", "deff", "n_eff", "raked_to"]
    return pd.concat(parts)[names] if parts else pd.DataFrame(columns=names)


def weights_table(panel: pd.DataFrame, weights: Mapping[str, Weights]) -> pd.DataFrame:
    """weights.parquet: the weights of NPS answers; no rows, but its columns, without any."""
    if "nps" in weights:
        return weights["nps"].table
    empty = panel.iloc[:0][["customer_id", "landmark"]]
    return empty.assign(p_answer=pd.Series(dtype=float), weight=pd.Series(dtype=float))


def reference_shares(
    panel: pd.DataFrame, weights: Mapping[str, Weights], answers: pd.DataFrame
) -> ClassShares:
    """Class shares of all active customers at the reference landmark, response-weighted.

    Without customers: of the latest usable wave, with the survey's own weight if it has one.
    """
    if "nps" in weights:
        reference = panel[panel["is_reference"].to_numpy(dtype=bool)]
        joined = reference[["customer_id", "landmark", "nps_score"]].merge(
            weights["nps"].table, on=["customer_id", "landmark"], how="inner"
        )
        return class_shares(as_floats(joined["nps_score"]), joined["weight"].to_numpy())
    waves = usable_waves(answers, "nps")
    scored = answers[answers["nps_score"].notna() & answers["wave"].isin(waves[-1:])]
    own = scored["nps_weight"].to_numpy() if "nps_weight" in scored else None
    return class_shares(scored["nps_score"].to_numpy(), own)


def summary(
    panel: pd.DataFrame, shares: ClassShares, weights: Mapping[str, Weights], correlation: float
) -> dict[str, Any]:
    """summary.json: who answered at the reference landmark, and the classes of all active.

    ``correlation`` of CES with CSAT, which says whether 7 is easy. Without customers the counts
    of active ones are null, and n_answered is the answers that the shares rest on.
    """
    active = panel[panel["is_reference"].to_numpy(dtype=bool)]
    n_active = len(active) or None
    n_answered = int(active["nps_score"].notna().sum()) if n_active else shares.n_obs
    cost = weights["nps"].cost if "nps" in weights else None
    has_shares = bool(np.isfinite(shares.shares).all())
    return {
        "n_active": n_active,
        "n_answered": n_answered,
        "response_rate": n_answered / n_active if n_active else None,
        "class_shares": dict(zip(CLASSES, shares.shares.tolist(), strict=True))
        if has_shares
        else None,
        "class_covariance": shares.covariance.tolist() if has_shares else None,
        "class_weights": shares.weights,
        "n_trimmed": int(cost["n_trimmed"].sum()) if cost is not None else 0,
        "ces_csat_correlation": correlation,
    }


def metrics_of(table: pd.DataFrame, content: Mapping[str, Any]) -> dict[str, Any]:
    """data/metrics/scores.json: each metric in its latest wave (all waves where there is none)."""
    found: dict[str, Any] = {"response_rate": content["response_rate"]}
    plain = table[(table["by"] == "") & (table["weights"] == "none")]
    for metric in METRICS:
        rows = plain[(plain["outcome"] == metric) & plain["term"].isin(["nps", "mean"])]
        rows = rows[rows["wave"].isin(["latest", ""])].sort_values("wave")
        if len(rows):
            last = rows.iloc[-1]
            names = ("estimate", "conf_low", "conf_high", "n_obs")
            found[metric] = {name: last[name] for name in names}
    return found


def write_scores(
    tables: Mapping[str, pd.DataFrame], weights: pd.DataFrame, content: Mapping[str, Any]
) -> None:
    """Write data/results/scores whole, and the metrics.

    ``tables`` by the names of their files. Only scores must have rows: the others are empty for
    a source without dates, customers or several places to be met.
    """
    with whole_folder(paths.results_dir("scores")) as folder:
        for name, table in tables.items():
            write_table(folder / f"{name}.csv", table, may_be_empty=name != "scores")
        with whole_file(folder / "weights.parquet") as building:
            weights.to_parquet(building, index=False, compression="zstd")
        write_json(folder / "summary.json", dict(content))
    write_json(paths.metrics_file("scores"), metrics_of(tables["scores"], content))
