"""What notebooks/evidence.ipynb reads, runs over the outcomes, and writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from nexo.base import paths
from nexo.base.config import OUTCOMES, Evidence
from nexo.base.results import (
    read_json,
    read_table,
    whole_file,
    whole_folder,
    write_json,
    write_table,
)
from nexo.evidence import curve, drivers, negative, race, robustness, sensitivity, touchpoints
from nexo.evidence.verdict import (
    HEADLINE_CONTRAST,
    HEADLINE_TERM,
    Verdict,
    joint_covariance,
)
from nexo.models.outcomes import Outcome, outcome_named
from nexo.models.refusals import NotIdentified
from nexo.scores.estimate import normal_quantile

PLACED = [
    "customer_id",
    "answered_at",
    *touchpoints.GROUPINGS,
    *touchpoints.RATINGS,
]


@dataclass(frozen=True)
class Link:
    """What the link stage found for one outcome."""

    outcome: str
    status: dict[str, Any]
    effects: pd.DataFrame
    influence: pd.DataFrame

    @property
    def is_identified(self) -> bool:
        """Did the link stage give numbers?"""
        return bool(self.status["is_identified"])

    @property
    def factor(self) -> float:
        """What makes an amount of the window yearly: 365 / horizon, or 1."""
        return 365 / self.status["horizon_days"] if self.status["is_annual"] else 1.0


@dataclass(frozen=True)
class Inputs:
    """The panel, with the response ``weight`` of rows with an NPS score; the answers by place;
    the panel's meta.json; and the three links, in the order of the headline family. ``drawn``:
    what ``one_landmark`` has found so far."""

    panel: pd.DataFrame
    survey: pd.DataFrame
    meta: dict[str, Any]
    links: tuple[Link, ...]
    drawn: dict[tuple[str, int], pd.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def one_landmark(self, outcome: Outcome, seed: int) -> pd.DataFrame:
        """One row a customer of the panel (see robustness.one_landmark), drawn once."""
        key = (outcome.name, seed)
        if key not in self.drawn:
            self.drawn[key] = robustness.one_landmark(self.panel, outcome, seed)
        return self.drawn[key]

    @property
    def identified(self) -> tuple[Link, ...]:
        """Links that have numbers to test."""
        return tuple(link for link in self.links if link.is_identified)


def read_inputs() -> Inputs:
    """Read the panel and, for each outcome, status, effects and influence."""
    links = []
    for outcome in OUTCOMES:
        folder = paths.results_dir("link") / outcome
        influence = pd.read_parquet(paths.results_dir("influence") / f"{outcome}.parquet")
        status, effects = read_json(folder / "status.json"), read_table(folder / "effects.csv")
        links.append(Link(outcome, status, effects, influence))
    panel = pd.read_parquet(paths.panel_dir() / "panel.parquet")
    weights = pd.read_parquet(paths.results_dir("scores") / "weights.parquet")
    keys = ["customer_id", "landmark"]
    panel = panel.merge(weights[[*keys, "weight"]], on=keys, how="left", validate="1:1")
    survey = pd.read_parquet(paths.clean_dir("survey") / "survey.parquet", columns=PLACED)
    return Inputs(panel, survey, read_json(paths.panel_dir() / "meta.json"), tuple(links))


def covariance_of(links: Sequence[Link]) -> pd.DataFrame:
    """joint_covariance.parquet."""
    return joint_covariance({link.outcome: link.influence for link in links})


def correlations(covariance: pd.DataFrame) -> pd.DataFrame:
    """Correlations among the headline effects, for reading; empty without any."""
    ending = f"|{HEADLINE_TERM}:{HEADLINE_CONTRAST}"
    names = [name for name in covariance["effect"] if name.endswith(ending)]
    matrix = covariance.set_index("effect").loc[names, names]
    size = np.sqrt(np.diag(matrix))
    return (matrix / np.outer(size, size)).rename(
        index=lambda name: name.removesuffix(ending), columns=lambda name: name.removesuffix(ending)
    )


def races(inputs: Inputs, params: Evidence) -> pd.DataFrame:
    """race.csv over the identified outcomes."""
    found = [
        race.run_race(
            inputs.panel,
            outcome_named(link.outcome),
            link.status["controls"],
            link.status["bins"],
            params.seed,
        )
        for link in inputs.identified
    ]
    if not found:
        return pd.DataFrame(columns=[*race.RACE_COLUMNS])
    return race.with_verdicts(pd.concat(found, ignore_index=True), params.smallest_gain)


def negative_controls(inputs: Inputs, params: Evidence) -> pd.DataFrame:
    """negative_controls.csv: the permuted score for each outcome, and revenue before the survey."""
    rows = []
    for link in inputs.identified:
        outcome = outcome_named(link.outcome)
        rows.append(
            negative.permuted_row(
                inputs.one_landmark(outcome, params.seed),
                outcome,
                link.status["controls"],
                link.status["bins"],
                seed=params.seed,
                unit=link.status["unit"],
                factor=link.factor,
            )
        )
        if link.outcome == "revenue" and inputs.meta["kind"] == "landmark":
            rows.append(
                negative.before_survey_row(
                    inputs.panel,
                    link.status["controls"],
                    link.status["bins"],
                    seed=params.seed,
                    lookback_days=int(inputs.meta.get("control_lookback_days", 365)),
                    unit=link.status["unit"],
                )
            )
    return negative.control_table(rows)


def specifications(inputs: Inputs, params: Evidence) -> pd.DataFrame:
    """specifications.csv: the declared combinations for each identified outcome."""
    rows: list[dict[str, object]] = []
    declared = {name: list(values) for name, values in params.specifications}
    for link in inputs.identified:
        outcome = outcome_named(link.outcome)
        frame = inputs.one_landmark(outcome, params.seed)
        unit = link.status["unit"]
        rows += curve.specification_rows(frame, outcome, declared, unit, link.factor)
    return curve.specification_table(rows)


def curve_summary(table: pd.DataFrame) -> pd.DataFrame:
    """For each outcome: specifications run, share above and below zero, median and range."""
    rows = []
    for outcome, part in table.dropna(subset=["estimate"]).groupby("outcome", sort=False):
        effects = part["estimate"]
        above, below = (part["conf_low"] > 0).mean(), (part["conf_high"] < 0).mean()
        rows.append(
            (outcome, len(part), above, below, effects.median(), effects.min(), effects.max())
        )
    names = ["outcome", "n", "share_above", "share_below", "median", "lowest", "highest"]
    return pd.DataFrame(rows, columns=names)


def sensitivities(inputs: Inputs, covariance: pd.DataFrame, params: Evidence) -> pd.DataFrame:
    """sensitivity.csv: E-values from the link itself; robustness values and the correction for
    an unreliable score from least squares."""
    rows: list[dict[str, object]] = []
    z = normal_quantile(0.95)
    reliability, n_pairs = sensitivity.retest(inputs.panel)
    for link in inputs.identified:
        rows += sensitivity.ratio_rows(link.outcome, link.effects, covariance, z)
        outcome = outcome_named(link.outcome)
        frame = inputs.one_landmark(outcome, params.seed)
        controls, bins = link.status["controls"], link.status["bins"]
        try:
            sample = robustness.linear_sample(frame, outcome, controls, bins)
            found = robustness.linear_effect(sample, "points", link.factor)
        except NotIdentified:
            continue  # the specification curve prints the same refusal with its reason
        rows += sensitivity.linear_rows(link.outcome, found.classical_t, found.freedom, found.n_obs)
        unit, explained = link.status["unit"], sample.explained
        rows += sensitivity.corrected_rows(
            link.outcome, unit, found, explained, reliability, n_pairs
        )
    return sensitivity.sensitivity_table(rows)


def driver_shares(inputs: Inputs, params: Evidence) -> pd.DataFrame:
    """drivers.csv for each identified outcome by metric and past behaviour, and for NPS and each
    outcome by touchpoint and journey phase; one landmark a customer, response-weighted."""
    rows: list[dict[str, object]] = []
    outcomes = [outcome_named(link.outcome) for link in inputs.identified]
    unused = [] if inputs.panel["weight"].notna().any() else ["weight"]
    weighted = inputs.panel.drop(columns=unused)
    for outcome in outcomes:
        frame = inputs.one_landmark(outcome, params.seed).drop(columns=unused)
        rows += drivers.driver_rows(frame, outcome)
    if inputs.meta["kind"] == "landmark":
        lookback = int(inputs.meta["score_lookback_days"])
        rows += touchpoints.touchpoint_rows(
            inputs.survey, weighted, outcomes, lookback, params.seed
        )
    return drivers.driver_table(rows)


def write_evidence(
    tables: Mapping[str, pd.DataFrame], covariance: pd.DataFrame, verdicts: Sequence[Verdict]
) -> None:
    """Write data/results/evidence whole, and the verdict codes as metrics.

    ``tables``: verdicts, race, negative_controls, specifications, sensitivity, drivers. Only
    verdicts must have rows: without an identified outcome there is nothing else to print.
    """
    with whole_folder(paths.results_dir("evidence")) as folder:
        for name, table in tables.items():
            write_table(folder / f"{name}.csv", table, may_be_empty=name != "verdicts")
        with whole_file(folder / "joint_covariance.parquet") as building:
            covariance.to_parquet(building, index=False, compression="zstd")
    codes = {verdict.outcome: verdict.verdict for verdict in verdicts}
    write_json(paths.metrics_file("evidence"), {"verdict": codes})
