"""How often the metric race calls noise useful, over 500 simulated worlds (METHODS.md section 5).

`make study` writes race.csv beside this file; tests/recovery/test_race_study.py holds that table
to its bands and runs a small version. In *noise* worlds every score is drawn by a die; in
*confounded* ones NPS follows wealth, which moves what customers do, and nothing else, so that
behaviour known before the survey says as much. Rows:
- metric: share of worlds in which one metric is called useful for one outcome;
- any: share of worlds in which any metric is, for any outcome (Benjamini-Hochberg over all).
Each must stay under the largest share that chance allows when 5 % is right (exact binomial,
Bonferroni-corrected over the rows). The *driver* worlds, where NPS moves everything, are there
to show that the race can see: share of worlds in which NPS is called useful, no band.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from nexo.evidence import race
from nexo.models.outcomes import OUTCOMES
from support.evidence_worlds import World, panel_of

SEED, N_WORLDS = 20240917, 500
TABLE = Path(__file__).with_name("race.csv")
CONTROLS = ("tenure_days", "past_revenue_cents", "n_categories_owned", "segment", "wave")
SMALLEST_GAIN = 0.0
"""Nothing but chance stands between a metric and its verdict here."""


def noise(panel: pd.DataFrame, seed: int) -> pd.DataFrame:
    """``panel`` with NPS scores drawn by a die, as its other scores are."""
    rng = np.random.default_rng(seed)
    known = panel["nps_score"].notna()
    drawn = panel["nps_score"].copy()
    drawn[known] = rng.integers(0, 11, int(known.sum()))
    return panel.assign(nps_score=drawn)


def verdicts(kind: str, seed: int, n: int) -> pd.DataFrame:
    """One world: outcome, metric, is_useful."""
    effect = 0.35 if kind == "driver" else 0.0
    panel = panel_of(World(n_customers=n, n_waves=4, nps_effect=effect, seed=seed))
    if kind == "noise":
        panel = noise(panel, seed)
    names = ("retention", "cross_selling", "revenue")
    found = [race.run_race(panel, OUTCOMES[name], CONTROLS, 10, seed) for name in names]
    judged = race.with_verdicts(pd.concat(found, ignore_index=True), SMALLEST_GAIN)
    judged["is_useful"] = judged["verdict_code"] == "useful"
    return judged[["outcome", "metric", "is_useful"]]


def run(seed: int = SEED, n_worlds: int = N_WORLDS, n: int = 1000) -> pd.DataFrame:
    """The whole study: kind, row, outcome, metric, n_worlds, n_useful, share, limit, is_inside."""
    parts = []
    for number in range(n_worlds):
        for place, kind in enumerate(("noise", "confounded", "driver")):
            own = verdicts(kind, seed + 3 * number + place, n)
            parts.append(own.assign(kind=kind, world=number))
        if number % 50 == 49:
            print(f"{number + 1} of {n_worlds} worlds", file=sys.stderr, flush=True)
    every = pd.concat(parts)
    single = every.groupby(["kind", "outcome", "metric"], sort=False)["is_useful"]
    rows = single.agg(n_worlds="size", n_useful="sum").reset_index().assign(row="metric")
    rows = rows[(rows["kind"] != "driver") | rows["metric"].isin(["nps_points", "nps_class"])]
    any_useful = every.groupby(["kind", "world"], sort=False)["is_useful"].any()
    whole = any_useful.groupby(level=0, sort=False).agg(n_worlds="size", n_useful="sum")
    whole = whole.drop(index="driver").reset_index().assign(row="any", outcome="", metric="")
    return with_limits(pd.concat([rows, whole], ignore_index=True)).assign(seed=seed)


def with_limits(table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with share, limit and is_inside (empty for the driver worlds)."""
    is_claim = table["kind"] != "driver"
    tail = 0.05 / is_claim.sum()
    limit = stats.binom.ppf(1 - tail, table["n_worlds"], 0.05) / table["n_worlds"]
    share = (table["n_useful"] / table["n_worlds"]).round(4)
    is_inside = (share <= limit).astype(object).where(is_claim, "")
    names = ["kind", "row", "outcome", "metric", "n_worlds", "n_useful"]
    own = table[names].assign(n_useful=table["n_useful"].astype(int))
    return own.assign(share=share, limit=limit.round(4).where(is_claim), is_inside=is_inside)


if __name__ == "__main__":
    study = run()
    study.to_csv(TABLE, index=False)
    print(study.to_string(index=False))
