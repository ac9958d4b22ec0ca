"""Finding the numbers of the reports in tidy results, and hiding groups that are too small."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexo.base.errors import EmptyResultError
from nexo.report.inputs import Inputs
from nexo.report.wording import Headline

if TYPE_CHECKING:
    import pandas as pd


def effect(
    inputs: Inputs, outcome: str, term: str, contrast: str, weights: str = "none"
) -> pd.Series | None:
    """Return the tidy row of one effect, or None where it was not estimated."""
    table = inputs.links[outcome].tables["effects"]
    found = table[
        (table["term"] == term)
        & (table["contrast"] == contrast)
        & (table["weights"].fillna("none") == weights)
    ]
    if "by" in found.columns:
        found = found[blank(found["by"])]
    if found.empty or math.isnan(float(found["estimate"].iloc[0])):
        return None
    return found.iloc[0]


def score(inputs: Inputs, metric: str, term: str, weights: str = "none") -> pd.Series | None:
    """Return the latest level of a metric (of all waves where there is one), or None."""
    table = inputs.scores["scores"]
    wave = "latest" if len(inputs.scores["changes"]) else ""
    found = table[
        (table["outcome"] == metric)
        & (table["term"] == term)
        & blank(table["by"])
        & (table["wave"].fillna("") == wave)
        & (table["weights"].fillna("none") == weights)
    ]
    return None if found.empty or found["estimate"].isna().all() else found.iloc[0]


def latest_changes(inputs: Inputs) -> pd.DataFrame:
    """Return the changes since the wave before, one row a metric and statistic."""
    table = inputs.scores["changes"]
    return table[table["contrast"] == "latest_vs_previous"]


def is_clear(row: Any) -> bool:
    """Tell whether the interval of a row lies on one side of zero."""
    return bool(row.conf_low > 0 or row.conf_high < 0)


def verdict(inputs: Inputs, outcome: str) -> pd.Series:
    """Return the row of verdicts.csv of one outcome; EmptyResultError when there is none."""
    table = inputs.evidence["verdicts"]
    found = table[table["outcome"] == outcome]
    if found.empty:
        raise EmptyResultError(
            f"verdicts.csv has no row for {outcome}. Run the evidence stage again."
        )
    return found.iloc[0]


def blank(column: pd.Series) -> pd.Series:
    """Tell which cells of a text column are empty, whichever way an empty column was read."""
    return column.isna() | column.astype(str).eq("")


def code(value: Any) -> str:
    """Return a code as text; an empty cell is ""."""
    return "" if value is None or value != value else str(value)


def money_rows(inputs: Inputs, term: str, per: str = "base") -> pd.DataFrame:
    """Return the rows of money.csv of one term (nps_plus10, nps_plus1) for one base."""
    table = inputs.economics["money"]
    is_it = (table["term"] == term) & (table["per"] == per) & (table["weights"] == "none")
    return table[is_it].dropna(subset=["estimate"])


def is_annual(inputs: Inputs) -> bool:
    """Tell whether amounts are per year (a snapshot's are not)."""
    return bool(inputs.links["revenue"].status.get("is_annual", False))


def n_base(inputs: Inputs) -> int:
    """Return the customers that money is counted on: active at the end, or in the snapshot."""
    name = "n_customers" if inputs.kind == "snapshot" else "n_active_reference"
    return int(inputs.meta.get(name) or 0)


def headline(inputs: Inputs) -> Headline:
    """Gather the headline: money with a plain 95 % interval, and the verdict of revenue."""
    row = verdict(inputs, "revenue")
    word, reason = str(row["verdict"]), code(row["reason_code"])
    money = inputs.economics["money"]
    found = money[money["term"] == "headline"]
    if word != "not_identified" and found.empty:
        raise EmptyResultError(
            f"the verdict of revenue is {word!r}, but money.csv has no headline. Run `dvc repro`."
        )
    amounts: Any = dict.fromkeys(("estimate", "conf_low", "conf_high"), math.nan)
    if word != "not_identified":
        amounts = found.iloc[0]
        if math.isnan(float(amounts["estimate"])):
            word, reason = "not_identified", code(amounts["reason_code"])
    return Headline(
        verdict=word,
        reason_code=reason,
        median_cents=float(amounts["estimate"]),
        low_cents=float(amounts["conf_low"]),
        high_cents=float(amounts["conf_high"]),
        currency=inputs.currency,
        n_customers=n_base(inputs),
        n_obs=int(row["n_obs"]) if row["n_obs"] == row["n_obs"] else 0,
        is_annual=is_annual(inputs),
        factor=factor_to_settle(row),
    )


def factor_to_settle(row: pd.Series) -> float:
    """Return how many times the observations would settle an inconclusive verdict, about.

    Half the interval shrinks with the root of n; at the present estimate it must fall below
    the distance to zero (supported) or to the smallest effect (too small), whichever is easier.
    """
    half = (row["conf_high"] - row["conf_low"]) / 2
    distance = abs(row["estimate"])
    target = max(distance, row["smallest_effect"] - distance)
    if not (half > 0 and target > 0):
        return math.nan
    return float((half / target) ** 2)


def shown(sizes: Sequence[float], minimum: int) -> list[bool]:
    """Tell which groups may be printed: those of at least ``minimum``, and never all but one.

    A single hidden group would follow from the total, so the smallest of the others hides
    with it (complementary suppression).
    """
    keep = [size >= minimum for size in sizes]
    if keep.count(False) == 1 and keep.count(True) > 0:
        others = [place for place, is_kept in enumerate(keep) if is_kept]
        keep[min(others, key=lambda place: sizes[place])] = False
    return keep


def large_enough(table: pd.DataFrame, column: str, minimum: int) -> tuple[pd.DataFrame, int]:
    """Return the rows of groups that may be printed, and how many groups were hidden."""
    keep = shown([float(size) for size in table[column]], minimum)
    return table[keep], keep.count(False)


def equity_classes(inputs: Inputs) -> pd.DataFrame:
    """Return the rows of equity.csv by NPS class whose value is known, large groups only."""
    table = inputs.economics["equity"]
    table = table[table["group_by"] == "nps_class"].dropna(subset=["equity_discounted_cents"])
    return large_enough(table, "n_customers", inputs.report.minimum_group)[0]
