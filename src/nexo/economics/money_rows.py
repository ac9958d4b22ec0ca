"""One row of money.csv, whatever it is about, and draws of an effect that stands alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from nexo.base.config import Economics
from nexo.base.results import TIDY_COLUMNS
from nexo.economics.draws import Array, draw_assumption, normal_draws, spread, stream
from nexo.economics.inputs import REVENUE, Facts
from nexo.economics.moves import MoveError, check_moves

IN_WINDOW = "revenue in window"
AFTER_WINDOW = "retention after window"
BOTH = "revenue in window and retention after it"
MONEY_COLUMNS = (
    *TIDY_COLUMNS, "path", "per", "currency", "weights", "reason_code", "by", "level",
    "n_customers",
)  # fmt: skip


def money_rows(
    facts: Facts, effect: pd.Series, term: str, drawn: Array, n_customers: float, **more: Any
) -> Iterator[dict[str, Any]]:
    """Yield the row of all ``n_customers`` concerned and that of one of them, inside the window.

    ``drawn``: draws of the margin of all of them (a year's, where the data are dated);
    ``effect``: the row of effects.csv behind it. ``more`` sets columns that are not empty.
    """
    for per, size in (("base", 1.0), ("customer", n_customers)):
        row = money_row(facts, effect, term, drawn / size, n_customers, per=per, **more)
        unit = "margin_cents" if per == "base" else "margin_cents_per_customer"
        if facts.is_annual:
            unit = f"{unit}_year" if per == "customer" else f"{unit}_per_year"
        yield {**row, "unit": unit}


def money_row(
    facts: Facts, effect: pd.Series, term: str, drawn: Array, n_customers: float, **more: Any
) -> dict[str, Any]:
    """Return one tidy row of draws (n,) in cents: median, standard deviation, 95 % interval."""
    result = spread(drawn)
    row = {
        "outcome": REVENUE,
        "term": term,
        "contrast": effect["contrast"],
        "unit": "margin_cents",
        "estimate": result.median,
        "std_error": result.std,
        "conf_low": result.low95,
        "conf_high": result.high95,
        "p_value": effect["p_value"],
        "n_obs": effect["n_obs"],
        "n_clusters": effect["n_clusters"],
        "method": IN_WINDOW,
        "path": "",
        "per": "base",
        "currency": facts.currency,
        "weights": effect["weights"],
        "reason_code": "",
        "by": "",
        "level": "",
        "n_customers": round(n_customers),
    }
    return {**row, **more}


def after_rows(
    facts: Facts, effect: pd.Series, names: tuple[str, str], parts: tuple[Array, Array],
    n_customers: float, **more: Any,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield what retention adds after the window, and that with the window's margin, as ``names``.

    ``parts``: draws of the margin inside the window (all of it) and after it; together each euro
    is there once. Amounts of today, so not a year's; two effects have no one p-value.
    """
    inside, after = parts
    both = {"unit": "margin_cents", "p_value": np.nan, **more}
    yield money_row(facts, effect, names[0], after, n_customers, method=AFTER_WINDOW,
                    **both, outcome="retention")  # fmt: skip
    yield money_row(facts, effect, names[1], inside + after, n_customers, method=BOTH,
                    **both, outcome="all")  # fmt: skip


def or_refused(
    row: dict[str, Any], path: str, points: float, shares: Mapping[str, float] | None
) -> dict[str, Any]:
    """The row, or the same without amounts where the customers to move do not exist: the table
    says so, while a declared scenario is refused loudly. ``shares``: of each class."""
    refused = "score_absent" if shares is None else ""
    if shares is not None:
        try:
            check_moves("the money table", points, path, shares, row["n_customers"])
        except MoveError:
            refused = "too_few_customers"
    if not refused:
        return row
    nothing = dict.fromkeys(("estimate", "std_error", "conf_low", "conf_high", "p_value"), np.nan)
    return {**row, **nothing, "reason_code": refused}


def own_draws(effect: pd.Series, params: Economics, name: str) -> Array:
    """Draws of the margin per customer from the effect's own standard error and the margin."""
    variance = [[float(effect["std_error"]) ** 2]]
    generator = stream(params.seed, name)
    drawn = normal_draws([float(effect["estimate"])], variance, params.n_draws, generator)[:, 0]
    margin = draw_assumption("margin_share", params.margin_share, params.n_draws, params.seed)
    return np.asarray(drawn * margin)
