"""How often the 95 % intervals hold the truth, over 500 simulated worlds (METHODS.md section 7).

`make study` writes coverage.csv beside this file; tests/recovery/test_coverage.py holds that
table to its bands and runs a small version. Every interval is the link's own (without the
diagnostics that `nexo.link.link` adds to it), every weight out of `nexo.weights`, every verdict
out of `nexo.evidence`; the truth is the world's counterfactual (worlds.py), never a parameter.

Kinds of rows, for each outcome, effect and weighting:
- coverage: share of worlds whose interval holds the truth. Effects are about all who are active
  at the last landmark, by the model fitted without and with response weights; in worlds without
  weights (by_point), about those with a score. "joint" is
  the sum of the three headline effects, each in its standard errors: its interval needs the
  covariance across outcomes. The band is the exact binomial one at 95 %, Bonferroni-corrected
  over these rows.
  "money" is the margin per year of +10 NPS points among all active, by the economics' draws.
- population: the same money from the effect averaged over those who answered alone. Here those
  buy more than the silent, so it is about other people than it is multiplied by: its share is
  printed to show why the reference is weighted back to all active customers.
- naive: what the study must be able to see. The same intervals without clusters, and without
  controls, fall out of the band; were they inside, the worlds would prove nothing.
- false_support: share of worlds with any outcome *supported* where nothing is to be found, and
  the largest share that chance allows when 5 % is right.
- power: share of worlds with every outcome supported where there is an effect; no band.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from nexo.base.config import Link, load_params
from nexo.economics.draws import normal_draws, spread
from nexo.evidence.verdict import headline_effect, joint_covariance, judge
from nexo.link.task import effects_of
from nexo.weights import fit_response, response_weights
from studies import worlds
from studies.worlds import HORIZON_DAYS, World, simulate, truth
from support.bare_link import Bare, Kind, as_if_unclustered, bare_link

SEED, N_WORLDS = 20240917, 500
TABLE = Path(__file__).with_name("coverage.csv")
OUTCOMES = ("retention", "cross_selling", "revenue")
CONTROLS = ("past_revenue_cents", "segment", "wave")
META = {
    "kind": "landmark",
    "source": "study",
    "horizon_days": dict.fromkeys(OUTCOMES, HORIZON_DAYS),
}
CLASS_CONTRASTS = {"promoter_vs_passive": (0, -1, 1), "passive_vs_detractor": (-1, 1, 0)}
HEADLINE = ("nps_plus10", "default_path")
MARGIN, N_DRAWS = 0.4, 65_536
LEVELS = (3, 7, 9)
"""A satisfaction of each class; in worlds by class any other of that class is worth the same."""
KEYS = ["kind", "world", "outcome", "term", "contrast", "weights"]


def params(**changes: Any) -> Link:
    """The pipeline's own parameters, with the controls of these worlds; what decides an interval
    is fixed here, so that a choice made in params.yaml does not change the study."""
    fixed = {"controls": CONTROLS, "bins": 20, "confidence": 0.95, "events_per_parameter": 10}
    return load_params(Link).model_copy(update=fixed | {"by": ()} | changes)


def links(
    panel: pd.DataFrame, weights: pd.DataFrame | None, chosen: Link, kind: Kind = "class"
) -> dict[str, Bare]:
    """The link of every outcome; raises NotIdentified where a world is too small for it."""
    return {o: bare_link(panel, weights, META, o, chosen, (kind,)) for o in OUTCOMES}


Truth = dict[tuple[str, str, str, str], float]
"""(weights, outcome, term, contrast) -> true effect."""


def true_effects(world: World) -> Truth:
    """Over the scored customers at the end (none) and over all active then (response)."""
    as_is, has_room = world.at_end.score, ~world.at_end.owned.all(axis=1)
    arms = [*(np.full(len(as_is), level) for level in LEVELS), as_is, np.minimum(as_is + 1, 10)]
    lived = [truth(world, arm) for arm in arms]
    at_end = world.panel[world.panel["is_reference"]]
    is_scored = at_end["nps_score"].notna().to_numpy()
    found = {}
    for weights, outcome in product(("none", "response"), OUTCOMES):
        rows = is_scored if weights == "none" else np.ones(len(as_is), dtype=bool)
        rows = rows & has_room if outcome == "cross_selling" else rows
        mean = np.array([values[outcome][rows].mean() for values in lived])
        key = (weights, outcome)
        for contrast, signs in CLASS_CONTRASTS.items():
            found[*key, "nps_class", contrast] = mean[:3] @ np.array(signs)
        found[*key, *HEADLINE] = 0.05 * (mean[2] - mean[0])
        found[*key, "nps_score", "plus_one"] = mean[4] - mean[3]
    return found


def held(true: Truth, found: dict[str, Bare], name: str, kind: str) -> Iterator[dict[str, Any]]:
    """One line an interval: its error in standard errors, and whether it holds the truth."""
    for outcome, result in found.items():
        about = "none" if result.task.weights is None else "response"
        for row in result.effects.itertuples():
            value = true.get((about, outcome, row.term, row.contrast))
            if value is not None:
                error = (row.estimate - value) / row.std_error
                key = (kind, name, outcome, row.term, row.contrast, row.weights)
                line = (*key, error, row.conf_low <= value <= row.conf_high)
                yield dict(zip([*KEYS, "error", "holds"], line, strict=True))


def joint(lines: list[dict[str, Any]], found: dict[str, Bare]) -> dict[str, Any]:
    """The sum of the three headline effects in standard errors, by the joint covariance."""
    influence = {outcome: result.influence for outcome, result in found.items()}
    covariance = joint_covariance(influence).set_index("effect")
    names = [f"{outcome}|{':'.join(HEADLINE)}" for outcome in OUTCOMES]
    matrix = covariance.loc[names, names].to_numpy(float)
    size = np.sqrt(np.diag(matrix))
    std_error = float(np.sqrt((matrix / np.outer(size, size)).sum()))
    errors = [
        line["error"]
        for line in lines
        if (line["term"], line["contrast"], line["weights"]) == (*HEADLINE, "none")
    ]
    error = sum(errors) / std_error
    holds = abs(error) <= stats.norm.ppf(0.975)
    line = ("coverage", "by_class", "joint", *HEADLINE, "none", error, holds)
    return dict(zip([*KEYS, "error", "holds"], line, strict=True))


def money(true: Truth, found: dict[str, Bare], n: int, seed: int) -> Iterator[dict[str, Any]]:
    """Margin per year of +10 NPS points among all ``n`` active, by the economics' own draws."""
    result = found["revenue"]
    rows = result.effects.set_index(["term", "contrast", "weights"])
    among_scored = effects_of(replace(result.task, weights=None), result.model)
    place = among_scored.names.index(HEADLINE)
    by_kind = {
        ("coverage", "none"): rows.loc[(*HEADLINE, "none"), ["estimate", "std_error"]],
        ("coverage", "response"): rows.loc[(*HEADLINE, "response"), ["estimate", "std_error"]],
        ("population", "none"): (among_scored.estimate[place], among_scored.std_error[place]),
    }
    per_effect, value = MARGIN * n, true["response", "revenue", *HEADLINE] * MARGIN * n
    for (kind, weights), (estimate, std_error) in by_kind.items():
        generator = np.random.default_rng([seed, 3])
        drawn = normal_draws([estimate], [[std_error**2]], N_DRAWS, generator)[:, 0] * per_effect
        interval = spread(drawn)
        error = (interval.median - value) / (std_error * per_effect)
        holds = interval.low95 <= value <= interval.high95
        line = (kind, "by_class", "money", *HEADLINE, weights, error, holds)
        yield dict(zip([*KEYS, "error", "holds"], line, strict=True))


def verdicts(found: dict[str, Bare]) -> list[str]:
    """The verdict of each outcome, as the evidence stage judges them together."""
    effects = [headline_effect(found[name].status, found[name].effects) for name in OUTCOMES]
    return [verdict.verdict for verdict in judge(effects)]


def weights_of(panel: pd.DataFrame) -> pd.DataFrame:
    """Response weights by the project's own model of who answers."""
    return response_weights(panel, fit_response(panel).p_answer, max_ratio=10.0).table


def permuted(panel: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The panel with the scores given to other respondents of the same landmark."""
    rng = np.random.default_rng([seed, 2])
    scored = panel["nps_score"].notna()
    groups = panel.loc[scored].groupby("landmark")["nps_score"]
    shuffled = groups.transform(lambda score: rng.permutation(score.to_numpy()))
    return panel.assign(nps_score=panel["nps_score"].mask(scored, shuffled))


def verdict_line(kind: str, name: str, is_it: bool) -> dict[str, Any]:
    """One line of a share of verdicts."""
    line = (kind, name, "any" if kind == "false_support" else "all", *HEADLINE, "none", is_it)
    return dict(zip([*KEYS, "holds"], line, strict=True))


def one_by_class(seed: int, n: int, is_weighted: bool = True) -> list[dict[str, Any]]:
    """Lines of a world in which satisfaction counts by class."""
    world = simulate(seed, worlds.BY_CLASS, n)
    weights = weights_of(world.panel) if is_weighted else None
    found, true = links(world.panel, weights, params()), true_effects(world)
    lines = list(held(true, found, "by_class", "coverage"))
    lines.append(joint(lines, found))
    lines += money(true, found, len(world.at_end.score), seed) if is_weighted else []
    lines.append(verdict_line("power", "by_class", set(verdicts(found)) == {"supported"}))
    naive = {
        "no_clusters": {name: as_if_unclustered(bare) for name, bare in found.items()},
        "no_controls": links(world.panel, None, params(controls=())),
    }
    for name, without in naive.items():
        naive_lines = held(true, without, name, "naive")
        lines += [line for line in naive_lines if (line["term"], line["contrast"]) == HEADLINE]
    shuffled = links(permuted(world.panel, seed), None, params())
    lines.append(verdict_line("false_support", "permuted", "supported" in verdicts(shuffled)))
    return lines


def one_by_point(seed: int, n: int) -> list[dict[str, Any]]:
    """Lines of a world in which satisfaction counts by the point."""
    world = simulate(seed, worlds.BY_POINT, n)
    found = links(world.panel, None, params(), "points")
    return list(held(true_effects(world), found, "by_point", "coverage"))


def one_flat(seed: int, n: int) -> list[dict[str, Any]]:
    """Lines of a world in which satisfied customers differ, though satisfaction does nothing."""
    found = links(simulate(seed, worlds.NOTHING, n).panel, None, params())
    return [verdict_line("false_support", "confounded", "supported" in verdicts(found))]


def summary(lines: list[dict[str, Any]], seed: int) -> pd.DataFrame:
    """Shares, their bands and what explains them, one row an interval or verdict studied.

    ``bias``: mean error in standard errors; ``std_error_ratio``: what the standard error says,
    over the standard deviation of the error.
    """
    table = pd.DataFrame(lines)
    table["seed"] = seed
    groups = table.groupby([*KEYS, "seed"], sort=False)
    found = groups.agg(
        n_worlds=("holds", "size"),
        n_held=("holds", "sum"),
        bias=("error", "mean"),
        std_error_ratio=("error", lambda error: 1 / error.std()),
    ).reset_index()
    found["n_held"] = found["n_held"].astype(int)
    found.insert(len(KEYS) + 3, "share", found["n_held"] / found["n_worlds"])
    return with_bands(found).round(4)


def with_bands(found: pd.DataFrame) -> pd.DataFrame:
    """``found`` with band_low, band_high and is_inside (empty for power)."""
    bands = []
    for kind, n in zip(found["kind"], found["n_worlds"], strict=True):
        tail = 0.05 / (found["kind"] == kind).sum()  # Bonferroni over the rows of this kind
        if kind == "power":
            bands.append((np.nan, np.nan))
        elif kind == "false_support":
            bands.append((0.0, stats.binom.ppf(1 - tail, n, 0.05) / n))
        else:
            ends = stats.binom.ppf([tail / 2, 1 - tail / 2], n, 0.95)
            bands.append(tuple(ends / n))
    found = found.assign(band_low=[low for low, _ in bands], band_high=[high for _, high in bands])
    is_inside = found["share"].between(found["band_low"], found["band_high"])
    return found.assign(is_inside=is_inside.astype(object).where(found["band_low"].notna(), ""))


def run(seed: int = SEED, n_worlds: int = N_WORLDS, n: int = 2000) -> pd.DataFrame:
    """The whole study."""
    lines: list[dict[str, Any]] = []
    for number in range(n_worlds):
        of_world = 3 * (seed + number * 1000)
        lines += one_by_class(of_world, n) + one_by_point(of_world + 1, n)
        lines += one_flat(of_world + 2, n)
        if sys.stderr.isatty() or number % 50 == 49:
            print(f"{number + 1} of {n_worlds} worlds", file=sys.stderr, flush=True)
    return summary(lines, seed)


if __name__ == "__main__":
    study = run()
    study.to_csv(TABLE, index=False)
    print(study.to_string(index=False))
