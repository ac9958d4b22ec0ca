"""Small panels with known truth, for the tests of weights, scores and evidence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class World:
    """How a panel is drawn. ``nps_effect``: on the log-odds of staying, on log new categories
    and log revenue, for one standard deviation of NPS. ``response``: chance to answer depends
    on tenure and segment when above 0. Other scores are noise."""

    n_customers: int = 2000
    n_waves: int = 4
    nps_effect: float = 0.0
    response: float = 0.0
    answer_rate: float = 0.6
    seed: int = 1


def panel_of(world: World) -> pd.DataFrame:
    """A panel with the columns of data/panel/panel.parquet; the last wave has no outcomes yet."""
    rng = np.random.default_rng(world.seed)
    n = world.n_customers
    segment = rng.choice(["A", "B", "C"], n, p=[0.5, 0.3, 0.2])
    region = rng.choice(["north", "south"], n)
    channel = rng.choice(["web", "shop"], n)
    tenure = rng.gamma(2, 400, n)
    wealth = rng.normal(size=n)
    waves = []
    for number in range(world.n_waves):
        landmark = dt.date(2023, 1, 2) + dt.timedelta(days=91 * number)
        revenue = np.exp(8.5 + 0.4 * wealth + rng.normal(scale=0.2, size=n))
        liking = 7.5 + 0.6 * wealth + rng.normal(scale=1.8, size=n)
        nps = np.clip(np.round(liking), 0, 10)
        pull = (nps - 7.5) / 1.9 * world.nps_effect
        owned = rng.integers(1, 4, n)
        stays = rng.random(n) < 1 / (1 + np.exp(-(1.2 + 0.4 * wealth + pull)))
        new = rng.poisson((5 - owned) * np.exp(-2 + 0.2 * wealth + pull))
        money = np.where(stays, revenue, 0.4 * revenue) * np.exp(pull)
        known = np.log1p(tenure)
        logit = np.log(world.answer_rate / (1 - world.answer_rate))
        chance = 1 / (
            1 + np.exp(-(logit + world.response * ((known - known.mean()) + (segment == "A"))))
        )
        answered = rng.random(n) < chance
        waves.append(
            pd.DataFrame(
                {
                    "customer_id": [f"c{i:06d}" for i in range(n)],
                    "landmark": landmark,
                    "wave": landmark.isoformat(),
                    "is_reference": number == world.n_waves - 1,
                    "nps_score": np.where(answered, nps, np.nan),
                    "ces_score": np.where(answered, rng.integers(1, 8, n), np.nan),
                    "csat_score": np.where(answered, rng.integers(1, 6, n), np.nan),
                    "nps_truth": nps,
                    "tenure_days": tenure + 91 * number,
                    "past_revenue_cents": revenue.round(),
                    "n_past_orders": rng.poisson(6, n),
                    "n_past_contacts": rng.poisson(1, n),
                    "n_categories_owned": owned,
                    "n_categories_unowned": 5 - owned,
                    "segment": segment,
                    "region": region,
                    "acquisition_channel": channel,
                    "is_retained": stays,
                    "n_new_categories": new,
                    "net_revenue_cents": money.round(),
                }
            )
        )
    panel = pd.concat(waves, ignore_index=True)
    for column in ("nps_score", "ces_score", "csat_score", "n_new_categories"):
        panel[column] = panel[column].astype("Int64")
    panel["is_retained"] = panel["is_retained"].astype("boolean")
    panel["net_revenue_cents"] = panel["net_revenue_cents"].astype("Int64")
    last = panel["is_reference"]
    for column in ("is_retained", "n_new_categories", "net_revenue_cents"):
        panel.loc[last, column] = pd.NA
    return panel


CONTROLS = [
    "tenure_days",
    "past_revenue_cents",
    "n_past_orders",
    "n_categories_owned",
    "segment",
    "region",
    "acquisition_channel",
    "wave",
]
