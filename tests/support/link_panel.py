"""A made panel of four landmarks in which the score matters, for the tests of the link."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from nexo.base.config import Link, load_params
from nexo.compress.coding import nps_class

N, WAVES = 2400, 3
CONTROLS = ("tenure_days", "past_revenue_cents", "segment", "wave")
META = {"kind": "landmark", "source": "t",
        "horizon_days": {"retention": 365, "cross_selling": 182, "revenue": 182}}  # fmt: skip
OUTCOME_COLUMNS = ("is_retained", "n_new_categories", "net_revenue_cents", "n_contacts")


def make_panel() -> pd.DataFrame:
    """Three landmarks whose windows are seen and one at the end; a fifth have no NPS score."""
    rng = np.random.default_rng(7)
    rich = rng.normal(size=N)
    waves = [_wave(rng, number, rich) for number in range(WAVES + 1)]
    for column in OUTCOME_COLUMNS:
        waves[-1][column] = pd.array([pd.NA] * N, dtype=waves[0][column].dtype)
    table = pd.concat(waves, ignore_index=True)
    table.loc[rng.random(len(table)) < 0.2, "nps_score"] = pd.NA
    return table


def make_weights(panel: pd.DataFrame) -> pd.DataFrame:
    """Response weights for every scored row."""
    scored = panel.loc[panel["nps_score"].notna(), ["customer_id", "landmark"]]
    return scored.assign(weight=np.random.default_rng(1).gamma(9, 1 / 9, len(scored)))


def link_params(**changes: Any) -> Link:
    """The link's parameters with few controls and bins, and no groups."""
    plain = {"controls": CONTROLS, "bins": 8, "by": ()}
    return load_params(Link).model_copy(update=plain | changes)


def _wave(rng: np.random.Generator, number: int, rich: np.ndarray) -> pd.DataFrame:
    nps = np.clip(np.round(7.5 + 0.4 * rich + 2.2 * rng.normal(size=N)), 0, 10)
    push = nps_class(nps) - 1
    stays = rng.random(N) < 1 / (1 + np.exp(-(0.8 + 0.5 * push + 0.3 * rich)))
    owned = rng.integers(1, 5, N)
    money = np.round(np.exp(8 + 0.4 * rich + 0.15 * push) * rng.gamma(3, 1 / 3, N))
    money = np.where(rng.random(N) < 0.75, money, -rng.integers(0, 50, N))
    date = dt.date(2024, 1, 1) + dt.timedelta(days=91 * number)
    return pd.DataFrame({
        "customer_id": [f"{i:05x}" for i in range(N)],
        "landmark": pd.Timestamp(date), "wave": date.isoformat(),
        "is_reference": number == WAVES,
        "nps_score": pd.array(nps, dtype="Int64"),
        "ces_score": pd.array(rng.integers(1, 8, N), dtype="Int64"),
        "csat_score": pd.array([pd.NA] * N, dtype="Int64"),
        "tenure_days": rng.integers(30, 2000, N),
        "past_revenue_cents": np.round(np.exp(8 + 0.4 * rich)).astype(int),
        "segment": rng.choice(["home", "business"], N),
        "region": "north",
        "n_categories_owned": owned, "n_categories_unowned": 4 - owned,
        "is_retained": pd.array(stays, dtype="boolean"),
        "n_new_categories": pd.array(_new(rng, owned, push), dtype="Int64"),
        "net_revenue_cents": pd.array(money.astype(int), dtype="Int64"),
        "n_past_contacts": rng.poisson(1.5, N),
        "n_contacts": pd.array(rng.poisson(np.exp(0.3 - 0.2 * push)), dtype="Int64"),
    })  # fmt: skip


def _new(rng: np.random.Generator, owned: np.ndarray, push: np.ndarray) -> np.ndarray:
    return rng.poisson((4 - owned) * np.exp(-1.5 + 0.2 * push))
