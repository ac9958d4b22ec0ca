"""The money table and the headline: margin of +10 and +1 NPS points, by path, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from nexo.base.config import Assumption, Economics
from nexo.economics.basis import PATHS, Basis, as_draws, make_basis
from nexo.economics.draws import Value, percentile_grid
from nexo.economics.flows import Action, present_margin
from nexo.economics.inputs import RETENTION, REVENUE, Facts, effect_row
from nexo.economics.money_rows import (
    MONEY_COLUMNS,
    after_rows,
    money_rows,
    or_refused,
    own_draws,
)
from nexo.economics.moves import after_window_margin, change, window_margin

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
    amounts and the reason ``too_few_customers``. ``n_customers`` is the base of each row;
    ``more``: rows of money_more.py.
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
        dict.fromkeys(("n_obs", "n_clusters", "n_customers"), "Int64")
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
    rows: list[dict[str, Any]] = []
    for term, points in POINTS.items():
        for path in PATHS:
            effect = effect_row(facts.effects, REVENUE, path, weights)
            if effect is None:
                continue
            if weights == "none":
                drawn = as_draws(window_margin(basis, points, path), params.n_draws)
            else:  # the weighted twin has no place in the joint draws
                own = own_draws(effect, params, f"response:{path}")
                drawn = own * facts.n_customers * points / 10
            found = money_rows(facts, effect, term, drawn, facts.n_customers, path=path)
            rows += [or_refused(row, path, points, facts.class_shares) for row in found]
    return rows


def _after_rows(facts: Facts, basis: Basis, params: Economics) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if not basis.effects[RETENTION] or not facts.is_annual or facts.kept is None:
        return rows
    for path in PATHS:
        effect = effect_row(facts.effects, RETENTION, path, "none")
        if effect is None:
            continue
        values = (window_margin(basis, 10.0, path) * basis.window_years,
                  after_window_margin(basis, 10.0, path))  # fmt: skip
        inside, after = (as_draws(value, params.n_draws) for value in values)
        names = ("after_window_plus10", "total_plus10")
        found = after_rows(facts, effect, names, (inside, after), facts.n_customers, path=path)
        rows += [or_refused(row, path, 10.0, facts.class_shares) for row in found]
    return rows
