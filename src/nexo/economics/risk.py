"""Equity at risk: valuable customers who are detractors now, counted, and listed for follow-up.

The list holds pseudonyms and lies apart (data/results/economics/restricted): no report reads it,
and only who holds the key can turn a pseudonym back into a customer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from nexo.base.config import Economics
from nexo.economics.draws import central_value
from nexo.economics.equity import discounted_equity
from nexo.economics.inputs import Facts
from nexo.economics.rows import GROUP_COLUMNS, nps_class
from nexo.engine import Frame, to_pandas

RISK_COLUMNS = (
    "group_by",
    "level",
    "n_customers",
    "n_scored",
    "margin_cents_per_year",
    "equity_cents",
    "share_of_equity",
    "currency",
)
LIST_COLUMNS = ("customer_id", "nps_score", "past_revenue_cents", *GROUP_COLUMNS)


@dataclass(frozen=True)
class AtRisk:
    """at_risk.csv, and the customers behind it (LIST_COLUMNS, currency), most valuable first."""

    table: pd.DataFrame
    customers: pd.DataFrame


def scored_now(panel: Frame) -> pd.DataFrame:
    """Return LIST_COLUMNS of the customers active now who have a score, by customer_id."""
    now = panel.filter(nw.col("is_reference") & ~nw.col("nps_score").is_null())
    rows = to_pandas(now.select(*LIST_COLUMNS))
    return rows.sort_values("customer_id").reset_index(drop=True)


def at_risk(scored: pd.DataFrame, equity: pd.DataFrame, facts: Facts, params: Economics) -> AtRisk:
    """Return the detractors whose value lies above the median, in all and by group.

    A customer's value is the margin on the revenue of the look-back; equity is that for the
    years counted, discounted, with the retention of the customer's class (equity.csv).
    ``share_of_equity`` is of all customers with a score in the group. Without revenue, class
    retention or a year to speak of there is nothing to tell: both are empty.
    """
    nobody = scored.iloc[:0][list(LIST_COLUMNS)].assign(currency=facts.currency)
    nothing = AtRisk(pd.DataFrame(columns=list(RISK_COLUMNS)), nobody)
    classes = equity[equity["group_by"] == "nps_class"].set_index("level")["retention_rate"]
    known = scored[scored["past_revenue_cents"].notna()]
    if facts.meta["kind"] == "snapshot" or known.empty or classes.isna().all():
        return nothing
    own = nps_class(known["nps_score"])
    retention = own.map(classes.astype(float)).astype(float).fillna(float(classes.mean()))
    margin = known["past_revenue_cents"].to_numpy(float) * central_value(params.margin_share)
    discount = central_value(params.discount_rate)
    value = discounted_equity(margin, params.horizon_years, retention.to_numpy(), discount)
    whole = known.assign(margin=margin, equity=np.asarray(value))
    middle = float(whole["past_revenue_cents"].astype(float).median())
    is_at_risk = (own == "detractor").fillna(False).to_numpy(bool)
    is_at_risk &= whole["past_revenue_cents"].to_numpy(float) > middle
    rows = list(_rows(whole, is_at_risk, facts.currency))
    order = ["past_revenue_cents", "customer_id"]
    listed = whole[is_at_risk].sort_values(order, ascending=[False, True])
    listed = listed[list(LIST_COLUMNS)].assign(currency=facts.currency)
    return AtRisk(pd.DataFrame(rows, columns=list(RISK_COLUMNS)), listed)


def _rows(
    whole: pd.DataFrame, is_at_risk: np.ndarray, currency: str
) -> Iterator[dict[str, object]]:
    everyone = np.ones(len(whole), dtype=bool)
    groups: list[tuple[str, str, np.ndarray]] = [("all", "", everyone)]
    for column in GROUP_COLUMNS:
        for level in sorted(whole[column].dropna().unique()):
            is_in = (whole[column] == level).fillna(False).to_numpy(bool)
            groups.append((column, str(level), is_in))
    for group_by, level, is_in in groups:
        here = whole[is_in & is_at_risk]
        total = float(whole.loc[is_in, "equity"].sum())
        yield {
            "group_by": group_by,
            "level": level,
            "n_customers": len(here),
            "n_scored": int(is_in.sum()),
            "margin_cents_per_year": float(here["margin"].sum()),
            "equity_cents": float(here["equity"].sum()),
            "share_of_equity": float(here["equity"].sum()) / total if total > 0 else np.nan,
            "currency": currency,
        }
