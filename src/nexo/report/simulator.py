"""The what-if simulator of the page: its data, its arithmetic, and the proof of its numbers.

The page gets percentiles of what one NPS point brings (draws.json), multiplies by points, reach
and margin and takes off the cost. Until the reader moves the margin, it is the one of the report,
uncertain where that one is: its draws are in the percentiles. ``simulate`` is the same arithmetic
here; a start that would not print what the report prints is never offered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from nexo.economics.basis import PATHS
from nexo.economics.moves import most_points
from nexo.report import formats, select, wording
from nexo.report.escape import escape_json
from nexo.report.facts_next import chances
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.simulator_controls import (
    RETURN,
    STEP_POINTS,
    WINDOW,
    assumption,
    markup,
    share_range,
)
from nexo.report.wording import say

MOST_POINTS = 20.0
"""Largest lift of the slider, where the classes hold as many customers."""

QUANTILES = {"low95": 5, "low80": 20, "median": 100, "high80": 180, "high95": 195}
"""Place of each quantile among the 201 percentiles."""

Grids = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Settings:
    """What the controls say; ``margin`` None is the report's own, ``cost`` in whole currency."""

    points: float
    path: str
    reach: float = 1.0
    cost: float = 0.0
    margin: float | None = None
    causal: bool = False
    horizon: str = WINDOW


HEADLINE = Settings(10.0, "default_path")


def simulator(lang: Lang, inputs: Inputs) -> str:
    """Return the simulator as a raw block for the page, or a sentence why there is none."""
    facts = select.headline(inputs)
    shares = inputs.score_summary.get("class_shares") or {}
    if facts.verdict == "not_identified" or not inputs.draws or not inputs.currency:
        return _absent(say(lang, "sim_none", reason=wording.settles(lang, facts)))
    most = _most(shares)
    printed = {"median": facts.median_cents, "low95": facts.low_cents, "high95": facts.high_cents}
    if HEADLINE.path not in most or not _prints(inputs, HEADLINE, printed):
        return _absent(say(lang, "sim_capped"))
    starts = {"headline": HEADLINE, **_scenarios(inputs, most)}
    data = {
        "starts": {name: asdict(settings) for name, settings in starts.items()},
        "most": most,
        "grids": {name: list(grid) for name, grid in sorted(inputs.draws.items())},
        "customers": facts.n_customers,
        "margin": assumption(inputs, "margin_share")["value_used"],
        "margin_as": share_range(lang, inputs, "margin_share"),
        "format": money_format(lang, inputs.currency),
        "words": _words(lang),
    }
    # The facts stage turns dollar signs into references, which a script's data cannot hold.
    island = escape_json(data).replace("$", "\\u0024")
    controls = markup(lang, inputs, starts, most)
    script = f'<script type="application/json" id="simulator-data">{island}</script>'
    return f"```{{=html}}\n{controls}\n{script}\n```\n"


def simulate(grids: Grids, settings: Settings, units: float) -> dict[str, float]:
    """Return quantiles in minor units and ``p_positive``; ``units``: minor ones in one of money."""
    before = ("causal_" if settings.causal else "") + ("margin_" if settings.margin is None else "")
    grid = grids[f"{before}{settings.horizon}_cents_per_point|{settings.path}"]
    factor = settings.points * settings.reach
    factor *= 1.0 if settings.margin is None else settings.margin
    cost = settings.cost * units
    found = {name: grid[place] * factor - cost for name, place in QUANTILES.items()}
    return {**found, "p_positive": 1 - _share_below(grid, factor, cost)}


def _share_below(grid: Sequence[float], factor: float, cost: float) -> float:
    """Return the share of draws whose money does not exceed the cost, between percentiles."""
    if factor <= 0:
        return 1.0
    target, last = cost / factor, len(grid) - 1
    if target < grid[0]:
        return 0.0
    for place in range(last):
        if target < grid[place + 1]:
            width = grid[place + 1] - grid[place]
            return (place + (target - grid[place]) / width) / last
    return 1.0


def _prints(inputs: Inputs, settings: Settings, printed: Mapping[str, float]) -> bool:
    """Tell whether the simulator's numbers read exactly as those that the report prints."""
    units = 1 / formats.major_units(1, inputs.currency)
    found = simulate(inputs.draws, settings, units)
    money = partial(formats.money, "en", currency=inputs.currency)
    write = {"p_positive": partial(chances, "en")}
    return all(
        write.get(name, money)(value) == write.get(name, money)(found[name])
        for name, value in printed.items()
    )


def _most(shares: Mapping[str, float]) -> dict[str, float]:
    """Return the largest lift of each path, a whole number of steps; paths of none are left out."""
    if not shares:
        return {}
    found = {path: min(MOST_POINTS, most_points(shares, path)) for path in PATHS}
    return {
        path: most // STEP_POINTS * STEP_POINTS
        for path, most in found.items()
        if most >= STEP_POINTS
    }


def _scenarios(inputs: Inputs, most: Mapping[str, float]) -> dict[str, Settings]:
    """Return the declared scenarios that the controls can show and print as the report does."""
    table = inputs.economics["scenarios"].dropna(subset=["npv_median_cents"])
    found = {}
    for place, row in enumerate(table.itertuples()):
        settings = Settings(float(row.lift_points), str(row.path), float(row.reach_share),
                            formats.major_units(row.cost_cents, inputs.currency),
                            None, True, RETURN)  # fmt: skip
        printed = {
            "median": row.npv_median_cents,
            "low80": row.npv_low80_cents,
            "high80": row.npv_high80_cents,
            "p_positive": row.p_positive,
        }
        steps = settings.points / STEP_POINTS, 100 * settings.reach
        is_shown = 0 <= settings.points <= most.get(settings.path, -1)
        is_shown &= all(abs(step - round(step)) < 1e-9 for step in steps)
        if is_shown and _prints(inputs, settings, printed):
            found[f"scenario-{place}"] = settings
    return found


def money_format(lang: Lang, currency: str) -> dict[str, Any]:
    """Return how the page writes money as ``formats.money`` does, read off its own samples.

    ``large`` lists, from the largest: from which amount on, by what it is divided, and the
    pattern around the number; ``small`` is the pattern of whole units.
    """
    unit = round(1 / formats.major_units(1, currency))
    large: list[dict[str, Any]] = []
    for power in range(14, 5, -1):
        text = formats.money(lang, 10**power * unit, currency)
        shown = re.search(r"\d+", text)  # a power of ten is written without decimals or groups
        if shown:
            pattern = text.replace(shown[0], "{}")
            large.append({"from": 10**power, "by": 10**power // int(shown[0]), "pattern": pattern})
    return {
        "locale": {"es": "es-ES", "en": "en-GB"}[lang],
        "units": unit,
        "small": formats.money(lang, 0, currency).replace("0", "{}"),
        "large": large,
        "minus": formats.MINUS,
        "percent": "{}" + formats.percent_sign(lang),
        "missing": formats.MISSING,
    }


def _words(lang: Lang) -> dict[str, str]:
    return {
        "points": say(lang, "sim_points_value", points="{points}"),
        "reach": say(lang, "sim_reach_value", share="{share}", n="{n}"),
        "marginAs": say(lang, "sim_margin_as", value="{value}"),
        "axis": say(lang, "sim_result"),
        "span": formats.span(lang, "{low}", "{high}"),
        "live": say(lang, "sim_live", **{
            name: f"{{{name}}}" for name in ("median", "low", "high", "chances")
        }),
        "over99": say(lang, "over_99"),
        "under1": say(lang, "under_1"),
    }  # fmt: skip


def _absent(sentence: str) -> str:
    return f"::: {{.page-only}}\n{sentence}\n:::\n"
