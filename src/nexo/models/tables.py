"""Results of one outcome as the tidy tables and status that the next stages read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from nexo import paths
from nexo.models import diagnostics
from nexo.models.effects import Effects
from nexo.models.fit import Fit
from nexo.models.outcomes import Array
from nexo.models.sample import Model
from nexo.results import (
    TIDY_COLUMNS,
    read_json,
    whole_file,
    whole_folder,
    write_json,
    write_table,
)

EFFECT_COLUMNS = (*TIDY_COLUMNS, "weights", "by", "level")
SHAPE_COLUMNS = (
    "outcome", "nps_score", "estimate", "std_error", "conf_low", "conf_high", "n_obs", "unit",
)  # fmt: skip


@dataclass(frozen=True)
class LinkResult:
    """The artifacts of one outcome; tables without rows when it is not identified."""

    status: dict[str, Any]
    effects: pd.DataFrame
    coefficients: pd.DataFrame
    shape: pd.DataFrame
    diagnostics: pd.DataFrame
    influence: pd.DataFrame
    metrics: dict[str, Any]


def tidy(
    fit: Fit, estimate: Array, std_error: Array, freedom: float, confidence: float, **columns: Any
) -> pd.DataFrame:
    """The tidy schema: estimate +- t std_error, and the p-value of "no effect"."""
    reach = stats.t.ppf((1 + confidence) / 2, freedom) * std_error
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = np.where(
            std_error > 0, 2 * stats.t.sf(np.abs(estimate / std_error), freedom), np.nan
        )
    numbers = {"estimate": estimate, "std_error": std_error, "p_value": p_value, "n_obs": fit.n_obs}
    limits = {"conf_low": estimate - reach, "conf_high": estimate + reach}
    table = pd.DataFrame(columns | numbers | limits | {"n_clusters": fit.covariance.n_clusters})
    return table[[*TIDY_COLUMNS, *(name for name in columns if name not in TIDY_COLUMNS)]]


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
    return table.assign(p_value=table["p_value"].mask(is_level))


def summary(model: Model, confidence: float = 0.95, contrast: str = "coefficient") -> pd.DataFrame:
    """Tidy coefficients of every part, ``term`` as "part:term", on the scale of the link."""
    blocks = []
    for part, fit in zip(model.sample.outcome.parts, model.fits, strict=True):
        link = type(fit.solution.family.link).__name__.lower()
        columns = {
            "outcome": model.sample.outcome.name,
            "term": [f"{part.name}:{term}" for term in fit.terms],
            "contrast": contrast,
            "unit": link,
            "method": f"glm {fit.family} {link}, {fit.covariance.kind}",
        }
        freedom = fit.covariance.degrees_of_freedom
        blocks.append(tidy(fit, fit.params, fit.std_error, freedom, confidence, **columns))
    return pd.concat(blocks, ignore_index=True)


def coefficients(model: Model, confidence: float) -> pd.DataFrame:
    """coefficients.csv rows; of the points models the score alone (their controls repeat)."""
    coding = model.coding
    table = summary(model, confidence, f"{coding.score} {coding.kind}")
    return table[table["term"].str.endswith(coding.score)] if coding.kind == "points" else table


def shape_table(model: Model, found: Effects, unit: str, confidence: float) -> pd.DataFrame:
    """shape.csv: average prediction at each score seen; merged scores share one estimate."""
    table = effect_table(model, found, unit, confidence)
    group = model.coding.level(model.sample.x)
    table["n_obs"] = np.bincount(group, minlength=len(table))
    table["nps_score"] = list(model.coding.groups)
    table = table.explode("nps_score", ignore_index=True)[list(SHAPE_COLUMNS)]
    return table[table["nps_score"].isin(model.sample.x)]


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


def refused(status: dict[str, Any]) -> LinkResult:
    """The artifacts of an outcome that is not identified: headers, and a status that says why."""
    nothing = {
        "effects": EFFECT_COLUMNS,
        "coefficients": TIDY_COLUMNS,
        "shape": SHAPE_COLUMNS,
        "diagnostics": diagnostics.COLUMNS,
    }
    empty = {name: pd.DataFrame(columns=list(columns)) for name, columns in nothing.items()}
    ids = pd.DataFrame({"customer_id": pd.Series(dtype="str")})
    return LinkResult(status, **empty, influence=ids, metrics=metrics(empty["effects"]))


def read_inputs() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """The panel, its response weights and its meta.json, as the stages before wrote them."""
    panel = pd.read_parquet(paths.panel_dir() / "panel.parquet")
    weights = pd.read_parquet(paths.results_dir("scores") / "weights.parquet")
    return panel, weights, read_json(paths.panel_dir() / "meta.json")


def write_link(result: LinkResult, outcome: str) -> None:
    """Write the result where the next stages read it, whole or not at all."""
    may_be_empty = not result.status["is_identified"]
    with whole_folder(paths.results_dir("link") / outcome) as folder:
        for name in ("effects", "coefficients", "shape", "diagnostics"):
            write_table(folder / f"{name}.csv", getattr(result, name), may_be_empty=may_be_empty)
        write_json(folder / "status.json", result.status)
    with whole_file(paths.results_dir("influence") / f"{outcome}.parquet") as building:
        result.influence.to_parquet(building, index=False, compression="zstd")
    write_json(paths.metrics_file(f"link_{outcome}"), result.metrics)
