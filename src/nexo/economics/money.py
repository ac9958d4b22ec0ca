"""The money table and the headline: margin of +10 and +1 NPS points, by path, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from nexo.config import Assumption, Economics
from nexo.economics.basis import PATHS, Basis, as_draws, make_basis
from nexo.economics.draws import (
    Array,
    Value,
    normal_draws,
    percentile_grid,
    spread,
    stream,
)
from nexo.economics.flows import Action, present_margin
from nexo.economics.inputs import RETENTION, REVENUE, Facts, effect_row
from nexo.economics.moves import (
    MoveError,
    after_window_margin,
    change,
    check_moves,
    window_margin,
)
from nexo.results import TIDY_COLUMNS

IN_WINDOW = "revenue in window"
AFTER_WINDOW = "retention after window"
BOTH = "revenue in window and retention after it"
MONEY_COLUMNS = (
    *TIDY_COLUMNS, "path", "per", "currency", "weights", "reason_code", "by", "level",
)  # fmt: skip
POINTS = {"nps_plus10": 10.0, "nps_plus1": 1.0}
HEADLINE_PATH = "default_path"


def money_table(
    facts: Facts, params: Economics, more: Sequence[dict[str, Any]] = ()
) -> pd.DataFrame:
    """Return money.csv: amounts in cents a year (undated for a snapshot), before causal_share.

    Terms: ``headline`` (+10 points, default path, the whole base); ``nps_plus10`` and
    ``nps_plus1`` by path, per base and per customer, with unweighted and with
    response-weighted effects; ``after_window_plus10`` is today's value of the customers kept,
    from the end of the window on, and ``total_plus10`` both together, each euro once. No rows
    when revenue is not identified; a path that would move more customers than exist has no
    amounts and the reason ``too_few_customers``. ``more``: rows of money_more.py.
    """
    rows: list[dict[str, Any]] = []
    if facts.is_identified:
        basis = make_basis(facts, params)
        rows += [{**_window_rows(facts, basis, params, "none")[0], "term": "headline"}]
        rows += _window_rows(facts, basis, params, "none")
        rows += _window_rows(facts, basis, params, "response")
        rows += _after_rows(facts, basis, params)
        rows += more
    return pd.DataFrame(rows, columns=list(MONEY_COLUMNS)).astype(
        {"n_obs": "Int64", "n_clusters": "Int64"}
    )


def headline(money: pd.DataFrame, facts: Facts) -> dict[str, Any]:
    """Return the headline for data/metrics/economics.json; amounts None when there are none."""
    row = money[money["term"] == "headline"]
    has_amounts = not row.empty and not pd.isna(row["estimate"].iloc[0])
    amounts: dict[str, float | None] = {"median": None, "conf_low": None, "conf_high": None}
    if has_amounts:
        names = {"median": "estimate", "conf_low": "conf_low", "conf_high": "conf_high"}
        amounts = {name: float(row[column].iloc[0]) for name, column in names.items()}
    reason = facts.reason_code
    if not row.empty and not has_amounts:
        reason = str(row["reason_code"].iloc[0])
    return {
        "margin_year": amounts,
        "unit": "cents_per_year" if facts.is_annual else "cents",
        "currency": facts.currency,
        "n_customers": facts.n_customers,
        "is_annual": facts.is_annual,
        "verdict": facts.verdict if has_amounts else "not_identified",
        "reason_code": reason,
    }


def percentile_grids(facts: Facts, params: Economics) -> dict[str, list[float]]:
    """Return draws.json: for each path, 201 percentiles of what +1 NPS point brings, in cents.

    ``window_cents_per_point|<path>``: revenue a year of the whole base; ``return_...``: today's
    value of all that one year of the lift brings over the horizon (absent without a year).
    ``causal_`` in front: times the drawn causal share; ``margin_``: times the drawn margin. The
    page multiplies by points, reach and, where it is changed, margin, and takes off the cost.
    Empty when revenue is not identified.
    """
    if not facts.is_identified:
        return {}
    basis = make_basis(facts, params)
    grids: dict[str, list[float]] = {}
    for path in PATHS:
        values = {"window": change(basis, REVENUE, 1.0, path, 1.0)}
        if facts.is_annual:
            values["return"] = _return_of_a_point(basis, path)
        for name, value in values.items():
            for before, factor in _factors(basis).items():
                grids[f"{before}{name}_cents_per_point|{path}"] = percentile_grid(
                    as_draws(value * factor, params.n_draws)
                )
    return grids


def _factors(basis: Basis) -> dict[str, Value]:
    causal, margin = basis.causal_share, basis.margin_share
    return {"": 1.0, "causal_": causal, "margin_": margin, "causal_margin_": causal * margin}


def _return_of_a_point(basis: Basis, path: str) -> Value:
    """Today's value of revenue from one year of +1 point, before margin and causal share."""
    bare = replace(basis, margin_share=1.0, causal_share=1.0)
    point = Action("", "", Assumption(mode=1.0), path, 1.0, 12, 0.0, 0.0)
    return present_margin(bare, point, 1.0)


def _window_rows(
    facts: Facts, basis: Basis, params: Economics, weights: str
) -> list[dict[str, Any]]:
    rows = []
    for term, points in POINTS.items():
        for path in PATHS:
            effect = effect_row(facts.effects, REVENUE, path, weights)
            if effect is None:
                continue
            drawn = (
                as_draws(window_margin(basis, points, path), params.n_draws)
                if weights == "none"
                else _weighted_draws(effect, basis, params, path) * points / 10
            )
            for per in ("base", "customer"):
                rows.append(_row(facts, term, path, per, drawn, IN_WINDOW, effect, points))
    return rows


def _weighted_draws(effect: pd.Series, basis: Basis, params: Economics, path: str) -> Array:
    """Draw the response-weighted twin from its own standard error (no joint draws are needed)."""
    variance = [[float(effect["std_error"]) ** 2]]
    generator = stream(params.seed, f"response:{path}")
    drawn = normal_draws([float(effect["estimate"])], variance, params.n_draws, generator)[:, 0]
    return np.asarray(drawn * basis.n_customers * basis.margin_share)


def _after_rows(facts: Facts, basis: Basis, params: Economics) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if not basis.effects[RETENTION] or not facts.is_annual or facts.kept is None:
        return rows
    for path in PATHS:
        effect = effect_row(facts.effects, RETENTION, path, "none")
        if effect is None:
            continue
        after = after_window_margin(basis, 10.0, path)
        both = window_margin(basis, 10.0, path) * basis.window_years + after
        parts: tuple[tuple[str, str, Value, str], ...] = (
            ("after_window_plus10", AFTER_WINDOW, after, RETENTION),
            ("total_plus10", BOTH, both, "all"),
        )
        for term, method, value, outcome in parts:
            drawn = as_draws(value, params.n_draws)
            row = _row(facts, term, path, "base", drawn, method, effect, 10.0)
            rows.append({**row, "outcome": outcome, "unit": "margin_cents", "p_value": np.nan})
    return rows


def _row(
    facts: Facts,
    term: str,
    path: str,
    per: str,
    drawn: Array,
    method: str,
    effect: pd.Series,
    points: float,
) -> dict[str, Any]:
    """Build one tidy row; without amounts where the customers to move do not exist."""
    result = spread(drawn / (facts.n_customers if per == "customer" else 1))
    refused = _refusal(facts, path, points)
    amounts = (result.median, result.std, result.low95, result.high95)
    estimate, std_error, low, high = (np.nan,) * 4 if refused else amounts
    unit = "margin_cents" if per == "base" else "margin_cents_per_customer"
    if facts.is_annual:
        unit = "margin_cents_per_year" if per == "base" else "margin_cents_per_customer_year"
    return {
        "outcome": REVENUE,
        "term": term,
        "contrast": path,
        "unit": unit,
        "estimate": estimate,
        "std_error": std_error,
        "conf_low": low,
        "conf_high": high,
        "p_value": np.nan if refused else effect["p_value"],
        "n_obs": effect["n_obs"],
        "n_clusters": effect["n_clusters"],
        "method": method,
        "path": path,
        "per": per,
        "currency": facts.currency,
        "weights": effect["weights"],
        "reason_code": refused,
        "by": "",
        "level": "",
    }


def _refusal(facts: Facts, path: str, points: float) -> str:
    if facts.class_shares is None:
        return "score_absent"
    try:
        check_moves("the money table", points, path, facts.class_shares, facts.n_customers)
    except MoveError:
        return "too_few_customers"  # a row that says so; a declared scenario is refused loudly
    return ""
