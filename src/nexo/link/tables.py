"""Results of one outcome as the tidy tables and status that the next stages read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from nexo.base import paths
from nexo.base.results import (
    TIDY_COLUMNS,
    whole_file,
    whole_folder,
    write_json,
    write_table,
)
from nexo.link import diagnostics
from nexo.models.effects import Effects
from nexo.models.model import Model
from nexo.models.tidy import summary, tidy
from nexo.multiple import with_adjusted_p

EFFECT_COLUMNS = (
    *TIDY_COLUMNS, "weights", "by", "level", "degrees_of_freedom", "p_value_adjusted",
)  # fmt: skip
SHAPE_COLUMNS = (
    "outcome", "term", "score", "estimate", "std_error", "conf_low", "conf_high", "n_obs", "unit",
)  # fmt: skip
NPS_SHAPE = {"score": "nps_score"}


@dataclass(frozen=True)
class LinkResult:
    """The artifacts of one outcome; tables without rows when it is not identified.

    ``more``: tables that only some outcomes or sources have, by the names of their files.
    """

    status: dict[str, Any]
    effects: pd.DataFrame
    coefficients: pd.DataFrame
    shape: pd.DataFrame
    diagnostics: pd.DataFrame
    influence: pd.DataFrame
    metrics: dict[str, Any]
    more: dict[str, pd.DataFrame] = field(default_factory=dict)


def effect_table(
    model: Model, found: Effects, unit: str, confidence: float, **more: str
) -> pd.DataFrame:
    """effects.csv rows; means of a class are levels, so their p-value is left out."""
    fit, terms = model.fits[0], [term for term, _ in found.names]
    columns = {
        "outcome": model.sample.outcome.name,
        "term": terms,
        "contrast": [contrast for _, contrast in found.names],
        "unit": unit,
        "method": f"g-computation, {model.coding.kind} model, {fit.covariance.kind}",
    } | ({"weights": "none", "by": "", "level": ""} | more)
    freedom = found.degrees_of_freedom
    table = tidy(fit, found.estimate, found.std_error, freedom, confidence, **columns)
    is_level = table["contrast"].isin(model.coding.labels)
    return table.assign(p_value=table["p_value"].mask(is_level), degrees_of_freedom=freedom)


def with_adjusted(effects: pd.DataFrame) -> pd.DataFrame:
    """effects.csv: Benjamini-Hochberg p-values among all but the headline, by weighting.

    The headline's own, by Holm, stands in verdicts.csv with its interval.
    """
    is_headline = (effects["contrast"] == "default_path") & (effects["by"] == "")
    others = effects.assign(p_value=effects["p_value"].mask(is_headline))
    adjusted = with_adjusted_p(others, ["weights"])["p_value_adjusted"]
    return effects.assign(p_value_adjusted=adjusted)[list(EFFECT_COLUMNS)]


def coefficients(model: Model, confidence: float) -> pd.DataFrame:
    """coefficients.csv rows; of the points models the score alone (their controls repeat)."""
    coding = model.coding
    table = summary(model, confidence, f"{coding.score} {coding.kind}")
    return table[table["term"].str.endswith(coding.score)] if coding.kind == "points" else table


def shape_table(model: Model, found: Effects, unit: str, confidence: float) -> pd.DataFrame:
    """Average prediction at each score seen; merged scores share one estimate."""
    table = effect_table(model, found, unit, confidence)
    group = model.coding.level(model.sample.x)
    rows = np.bincount(group, weights=model.sample.sums.n, minlength=len(table))
    table["n_obs"] = rows.astype(int)
    table["score"] = list(model.coding.groups)
    table = table.explode("score", ignore_index=True)[list(SHAPE_COLUMNS)]
    return table[table["score"].isin(model.sample.x)]


def nps_shape(table: pd.DataFrame) -> pd.DataFrame:
    """shape.csv: the shape of NPS alone."""
    return table.drop(columns="term").rename(columns=NPS_SHAPE)


def influence_table(results: list[tuple[Model, Effects]]) -> pd.DataFrame:
    """One row a customer, one column an effect id; 0 where a customer is not in that model."""
    blocks = []
    for model, found in results:
        ids = pd.Index(model.sample.customers.astype(str), name="customer_id")
        names = [f"{term}:{contrast}" for term, contrast in found.names]
        blocks.append(pd.DataFrame(found.influence, ids, names))
    return pd.concat(blocks, axis=1).fillna(0.0).sort_index().reset_index()


def metrics(rows: pd.DataFrame) -> dict[str, Any]:
    """data/metrics/link_<outcome>.json: +10 NPS points by the default path, class model."""
    names = ["estimate", "conf_low", "conf_high", "n_obs"]
    is_headline = (rows["contrast"] == "default_path") & (rows["weights"] == "none")
    found = rows[is_headline & (rows["by"] == "")][names].to_dict("records")
    values = found[0] if found else dict.fromkeys(names)
    n_obs = values.pop("n_obs") or 0
    return {"effect_nps_plus10": values, "n_obs": n_obs, "is_identified": bool(found)}


def refused(status: dict[str, Any], effects: pd.DataFrame | None = None) -> LinkResult:
    """The artifacts of an outcome whose headline is not identified: headers, and a status that
    says why; ``effects`` of other metrics may be there."""
    nothing = {
        "effects": EFFECT_COLUMNS,
        "coefficients": TIDY_COLUMNS,
        "shape": [NPS_SHAPE.get(name, name) for name in SHAPE_COLUMNS if name != "term"],
        "diagnostics": diagnostics.COLUMNS,
    }
    empty = {name: pd.DataFrame(columns=list(columns)) for name, columns in nothing.items()}
    ids = pd.DataFrame({"customer_id": pd.Series(dtype="str")})
    if effects is not None:
        empty["effects"] = effects
    return LinkResult(status, **empty, influence=ids, metrics=metrics(empty["effects"]))


def write_link(result: LinkResult, outcome: str) -> None:
    """Write the result where the next stages read it, whole or not at all."""
    may_be_empty = not result.status["is_identified"]
    with whole_folder(paths.results_dir("link") / outcome) as folder:
        for name in ("effects", "coefficients", "shape", "diagnostics"):
            write_table(folder / f"{name}.csv", getattr(result, name), may_be_empty=may_be_empty)
        for name, table in sorted(result.more.items()):
            write_table(folder / f"{name}.csv", table)
        write_json(folder / "status.json", result.status)
    with whole_file(paths.results_dir("influence") / f"{outcome}.parquet") as building:
        result.influence.to_parquet(building, index=False, compression="zstd")
    write_json(paths.metrics_file(f"link_{outcome}"), result.metrics)
