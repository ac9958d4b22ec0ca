"""Return on initiatives: each one's chances, ranked, and what the answer hangs on."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from nexo.base.config import Assumption, Economics
from nexo.base.errors import NexoError
from nexo.economics.basis import Basis, as_draws, central, make_basis
from nexo.economics.budget import within_budget
from nexo.economics.draws import Value, central_value, draw_assumption, spread
from nexo.economics.flows import Action, evaluate, npv
from nexo.economics.inputs import YEAR_DAYS, Facts
from nexo.economics.moves import MoveError
from nexo.economics.scenario import minor_units, scenario_action

LIFT_COLUMNS = ("lift_points_low", "lift_points_mode", "lift_points_high")
ROI_COLUMNS = (
    "initiative",
    "owner",
    "cost_cents",
    "npv_median_cents",
    "npv_low_cents",
    "npv_high_cents",
    "p_positive",
    "payback_months",
    "breakeven_lift_points",
    "breakeven_causal_share",
    "rank",
    "currency",
    "npv_low80_cents",
    "npv_high80_cents",
    "reason_code",
    "starts_at",
    "outlay_cents",
    "is_in_budget",
    *LIFT_COLUMNS,
)

FINISHED = frozenset({"done", "cancelled", "rejected"})
"""States of an initiative about which nothing is left to decide."""


def roi_table(facts: Facts, params: Economics, initiatives: pd.DataFrame | None) -> pd.DataFrame:
    """Return roi.csv: one row an initiative still open, best chances first, then largest median.

    An initiative that cannot be computed keeps its row without amounts, and says why:
    ``incomplete`` (lift, reach, cost or persistence missing), ``too_few_customers``,
    ``undated``, or the reason why revenue is not identified. No rows without initiatives.
    """
    rows = []
    if initiatives is not None and not initiatives.empty:
        bases = None
        if facts.is_identified and facts.is_annual:
            bases = make_basis(facts, params), central(facts, params)
        rows = [
            _roi_row(facts, params, row, bases)
            for _, row in initiatives[_is_open(initiatives)].iterrows()
        ]
    table = pd.DataFrame(rows, columns=list(ROI_COLUMNS))
    table = table.sort_values(
        ["p_positive", "npv_median_cents", "initiative"],
        ascending=[False, False, True],
        na_position="last",
    ).reset_index(drop=True)
    places = pd.Series(range(1, len(table) + 1), dtype="Int64")
    table["rank"] = places.where(table["p_positive"].notna().to_numpy())
    budget = None if params.budget is None else minor_units(params.budget, facts.currency)
    return table.assign(is_in_budget=within_budget(table, budget))


def _is_open(initiatives: pd.DataFrame) -> pd.Series:
    if "status" not in initiatives:
        return pd.Series(True, index=initiatives.index)
    return ~initiatives["status"].fillna("").str.lower().isin(FINISHED)


def best_action(
    facts: Facts, params: Economics, roi: pd.DataFrame, initiatives: pd.DataFrame | None
) -> Action | None:
    """Return the first-ranked initiative, else the first declared scenario, else None."""
    best = roi.loc[roi["rank"] == 1, "initiative"]
    if initiatives is not None and not best.empty:
        row = initiatives[initiatives["initiative"] == best.iloc[0]].iloc[0]
        return _action(row, facts)
    return scenario_action(params.scenarios[0], facts.currency) if params.scenarios else None


def tornado(facts: Facts, params: Economics, action: Action | None) -> pd.DataFrame:
    """Return tornado.csv: the net present value when one thing alone is uncertain, widest first.

    Each row draws one assumption and leaves the others at their centre; the ends hold 95 % of
    its draws. ``subject`` names the action. No rows without an action, none for what is fixed.
    """
    columns = ["assumption", "low_cents", "high_cents", "central_cents", "subject", "currency"]
    if action is None or not facts.is_identified or not facts.is_annual:
        return pd.DataFrame(columns=columns)
    middle = central(facts, params)
    lift = central_value(action.lift)
    at_centre = float(npv(middle, action, lift))
    outcomes: dict[str, Value] = {}
    for source in TORNADO_SOURCES:
        outcomes[source] = npv(make_basis(facts, params, {source}), action, lift)
    name = f"lift:{action.name}"
    drawn = draw_assumption(name, action.lift, params.n_draws, params.seed)
    outcomes["lift_points"] = npv(middle, action, drawn)
    rows = []
    for source, value in outcomes.items():
        ends = spread(as_draws(value, params.n_draws))
        if ends.high95 > ends.low95:
            rows.append((source, ends.low95, ends.high95, at_centre, action.name, facts.currency))
    rows.sort(key=lambda row: (row[1] - row[2], row[0]))
    return pd.DataFrame(rows, columns=columns)


TORNADO_SOURCES = ("link", "causal_share", "margin_share", "discount_rate", "retained_value")


def _action(row: pd.Series, facts: Facts) -> Action | None:
    """Return the initiative as an action; None when a number it needs is missing."""
    needed = ["lift_points_mode", "reach_share", "persistence_months", "cost_cents"]
    if any(pd.isna(row.get(name)) for name in needed):
        return None
    yearly = row.get("yearly_cost_cents")
    return Action(
        name=str(row["initiative"]),
        owner="" if pd.isna(row.get("owner")) else str(row["owner"]),
        lift=_lift(row),
        path="default_path",
        reach_share=float(row["reach_share"]),
        persistence_months=float(row["persistence_months"]),
        cost_cents=float(row["cost_cents"]),
        yearly_cost_cents=0.0 if pd.isna(yearly) else float(yearly),
        starts_in_months=_months_to_start(row, facts),
    )


def _months_to_start(row: pd.Series, facts: Facts) -> float:
    """Months from the last day of the data to the start; 0 when running already or undated."""
    starts_at = row.get("starts_at")
    if starts_at is None or pd.isna(starts_at):
        return 0.0
    days = (pd.Timestamp(starts_at) - pd.Timestamp(facts.meta["data_end"])).days
    return max(0.0, days / (YEAR_DAYS / 12))


def _lift(row: pd.Series) -> Assumption:
    """Return the lift as a triangular range, or as a number when an end is missing."""
    found = (row.get(f"lift_points_{end}") for end in ("low", "mode", "high"))
    low, mode, high = (math.nan if pd.isna(end) else float(end) for end in found)
    if math.isnan(low) or math.isnan(high):
        return Assumption(mode=mode)
    if not low <= mode <= high:
        raise NexoError(
            f"initiatives, {row['initiative']!r}: lift_points_low, _mode, _high must ascend, got "
            f"{low:g}, {mode:g} and {high:g}. Correct them in the file of initiatives."
        )
    return Assumption(low=low, mode=mode, high=high)


def _roi_row(
    facts: Facts, params: Economics, row: pd.Series, bases: tuple[Basis, Basis] | None
) -> dict[str, Any]:
    base: dict[str, Any] = {
        "initiative": str(row["initiative"]),
        "owner": row.get("owner"),
        "cost_cents": row.get("cost_cents"),
        "currency": facts.currency,
        "reason_code": facts.reason_code or ("" if facts.is_annual else "undated"),
        **{name: row.get(name) for name in LIFT_COLUMNS},
    }
    starts_at = row.get("starts_at")
    if starts_at is not None and not pd.isna(starts_at):
        base["starts_at"] = pd.Timestamp(starts_at).date().isoformat()
    action = _action(row, facts)
    if bases is None:
        return base
    if action is None:
        return {**base, "reason_code": "incomplete"}
    try:
        result = evaluate(*bases, action, params)
    except MoveError:  # the row stays, without amounts, and says so
        return {**base, "reason_code": "too_few_customers"}
    return {**base, **vars(result), "outlay_cents": action.outlay_cents}
