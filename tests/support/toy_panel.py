"""A small panel for outside references: whole numbers only, few levels, customers in many rows."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from nexo.base.config import Link, load_params
from support.bare_link import bare_link

OUTCOMES = ("retention", "cross_selling", "revenue")
META = {"kind": "landmark", "source": "toy", "horizon_days": dict.fromkeys(OUTCOMES, 365)}
CONTROLS = ("segment", "wave")


def toy_panel(seed: int = 1, n: int = 700, waves: int = 3) -> pd.DataFrame:
    """``n`` customers at ``waves`` landmarks and one more, the reference, without outcomes.

    A customer's liking, taste and weight last; net revenue may be zero or negative.
    """
    rng = np.random.default_rng(seed)
    liking, taste = rng.normal(size=n), 0.5 * rng.normal(size=n)
    segment, weight = rng.choice(["A", "B", "C"], n), rng.integers(1, 9, n) / 4
    blocks = []
    for number in range(waves + 1):
        score = np.clip(np.rint(7.4 + 1.6 * liking + 1.3 * rng.normal(size=n)), 0, 10)
        pull, owned = (score - 7) / 3 + 0.3 * (segment == "B"), rng.integers(0, 5, n)
        stays = rng.random(n) < 1 / (1 + np.exp(-(0.8 + 0.6 * pull + taste)))
        new = rng.poisson((5 - owned) * np.exp(-1.8 + 0.3 * pull + taste))
        money = np.rint(np.exp(7 + 0.2 * pull + taste) * rng.gamma(3, 1 / 3, n))
        money = np.where(rng.random(n) < 0.75, money, -rng.integers(0, 60, n))
        day = date(2024, 1, 1) + timedelta(days=91 * number)
        is_seen = number < waves
        blocks.append(pd.DataFrame({
            "customer_id": [f"{i:05d}" for i in range(n)],
            "landmark": pd.Timestamp(day), "wave": day.isoformat(),
            "is_reference": not is_seen,
            "nps_score": pd.array(score, dtype="Int64"),
            "segment": segment,
            "past_revenue_cents": np.rint(np.exp(7 + taste + 0.3 * rng.normal(size=n))).astype(int),
            "n_categories_owned": owned, "n_categories_unowned": 5 - owned,
            "is_retained": pd.array(stays, dtype="boolean") if is_seen else pd.NA,
            "n_new_categories": pd.array(new, dtype="Int64") if is_seen else pd.NA,
            "net_revenue_cents": pd.array(money.astype(int), dtype="Int64") if is_seen else pd.NA,
            "weight": weight,
        }))  # fmt: skip
    types = {"is_retained": "boolean", "n_new_categories": "Int64", "net_revenue_cents": "Int64"}
    return pd.concat([block.astype(types) for block in blocks], ignore_index=True)


def effects_of(
    panel: pd.DataFrame, outcome: str, controls: tuple[str, ...] = CONTROLS
) -> pd.DataFrame:
    """The link's effects, unweighted and weighted by the panel's column ``weight``, indexed by
    weights, term and contrast. Raises NotIdentified when the data cannot answer."""
    fixed = {"controls": controls, "bins": 20, "confidence": 0.95, "events_per_parameter": 5}
    params = load_params(Link).model_copy(update=fixed)
    weights = panel.loc[panel["nps_score"].notna(), ["customer_id", "landmark", "weight"]]
    found = bare_link(panel, weights, META, outcome, params)
    return found.effects.set_index(["weights", "term", "contrast"])
