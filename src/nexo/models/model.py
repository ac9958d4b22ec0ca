"""A fitted model of one outcome: the parts' fits on the cells of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from nexo.compress.arrays import Array
from nexo.compress.coding import Coding, shape_coding
from nexo.compress.design import independent_of, weighted_gram
from nexo.models import refusals
from nexo.models.blocks import Stream
from nexo.models.fit import Fit, fit_blocks
from nexo.models.outcomes import Outcome, Part, outcome_named
from nexo.models.refusals import NotIdentified
from nexo.models.sample import Sample, prepare
from nexo.models.solve import Blocks


@dataclass(frozen=True)
class Model:
    """One outcome with one coding: its parts' fits in the order of the spec, and which columns
    (intercept, score, controls) each part kept.

    ``params``, ``bse``, ``conf_int()`` and ``summary()`` are as in statsmodels, for all parts;
    ``fits[i].result`` is statsmodels' own result.
    """

    sample: Sample
    coding: Coding
    fits: tuple[Fit, ...]
    kept: tuple[list[int], ...]

    def __repr__(self) -> str:
        fits = ", ".join(map(repr, self.fits))
        return f"Model({self.sample.outcome.name} ~ {self.coding.score} {self.coding.kind}: {fits})"

    @property
    def params(self) -> pd.Series:
        """Coefficients, named "part:term"."""
        return self._stacked([pd.Series(fit.params, fit.terms) for fit in self.fits])

    @property
    def bse(self) -> pd.Series:
        """Robust standard errors."""
        return self._stacked([pd.Series(fit.std_error, fit.terms) for fit in self.fits])

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Confidence limits from t, in columns 0 and 1."""
        return self._stacked([pd.DataFrame(fit.conf_int(alpha), fit.terms) for fit in self.fits])

    def summary(self, confidence: float = 0.95) -> pd.DataFrame:
        """The tidy table of coefficients."""
        from nexo.models.tidy import summary

        return summary(self, confidence)

    def _stacked(self, tables: list[Any]) -> Any:
        names = [part.name for part in self.sample.outcome.parts]
        found = pd.concat(dict(zip(names, tables, strict=True)))
        return found.set_axis([f"{part}:{term}" for part, term in found.index])


def fit_model(
    sample: Sample,
    coding: Coding,
    *,
    weights: Array | None = None,
    covariance: str = "auto",
    events_per_parameter: int = 0,
    like: Model | None = None,
) -> Model:
    """Fit the parts of the sample's outcome on its cells, or on a stream of blocks.

    ``weights``: one a row of a pandas frame, instead of the sample's own; ``like``: a fitted
    model whose coefficients start the search, where it has the same parts. Raises
    NotIdentified for too few events or separation.
    """
    if coding.kind == "class":
        refusals.check_classes(sample.x, coding.score)
    if like and like.sample.outcome.parts != sample.outcome.parts:
        like = None
    fits: list[Fit] = []
    kept_columns = []
    terms = ["intercept", *coding.terms, *(t for c in sample.controls for t in c.terms)]
    for number, part in enumerate(sample.outcome.parts):
        blocks = blocks_of(sample, part, coding, weights)
        grams = [weighted_gram(block.design, block.sums.w) for block in blocks]
        kept = independent_of(np.sum(grams, axis=0))
        names = tuple(terms[j] for j in kept)
        if number == 0:
            least, n = events_per_parameter, sample.sums.n
            refusals.check_events(sample.is_event, len(kept), least, sample.both, n)
        if not set(coding.terms) <= set(names):
            raise NotIdentified("constant_score", {"column": coding.score, "part": part.name})
        start = _start(like.fits[number], names) if like else None
        if len(kept) < len(terms):
            blocks = _narrowed(blocks, kept)
        fits.append(fit_blocks(blocks, names, part.family, kind=covariance, start=start))
        kept_columns.append(kept)
    return Model(sample, coding, tuple(fits), tuple(kept_columns))


def _start(earlier: Fit, names: Sequence[str]) -> Array:
    """The coefficients of an earlier fit; 0 for a term it did not have."""
    known = dict(zip(earlier.terms, earlier.params, strict=True))
    return np.array([known.get(name, 0.0) for name in names])


def blocks_of(sample: Sample, part: Part, coding: Coding, weights: Array | None) -> Blocks:
    """The blocks of one part: one on the cells, or a stream."""
    if sample.streamed is None:
        return (sample.block(part, coding, weights),)
    if weights is not None:
        raise ValueError("streamed rows take their weights from a column: prepare(weights=...)")
    return Stream(sample.streamed, part, coding, sample.controls)


def _narrowed(blocks: Blocks, kept: list[int]) -> Blocks:
    if isinstance(blocks, Stream):
        return replace(blocks, kept=kept)
    return (blocks[0]._replace(design=blocks[0].design[:, kept]),)


def fit(
    frame: Any,
    outcome: str | Outcome,
    *,
    score: str = "nps_score",
    coding: str = "class",
    controls: Sequence[str] = (),
    bins: int = 20,
    weights: str | None = None,
    cluster: str | None = "customer_id",
    covariance: str = "auto",
    events_per_parameter: int = 10,
    max_cells: int = 200_000,
) -> Model:
    """Fit one outcome on any frame that Narwhals knows (pandas, Polars, DuckDB, Spark).

    ``coding``: class (NPS only), points or shape; ``weights``: a column of ``frame``;
    ``cluster``: the customers' column, None for HC1 (``covariance="HC1"`` beside a cluster
    changes the coefficients' errors alone: effects still add up a customer's rows). Rows of a
    lazy frame are never collected: its engine makes the cells. Raises NotIdentified when the
    data cannot answer, ConfigError for a choice that is not known.
    """
    refusals.check_choices(score, coding, covariance)
    spec = outcome_named(outcome) if isinstance(outcome, str) else outcome
    options: dict[str, Any] = {"weights": weights, "max_cells": max_cells}
    sample = prepare(frame, spec, score, controls, bins, cluster, **options)
    chosen = Coding(score, "class" if coding == "class" else "points")
    if coding == "shape":
        chosen = shape_coding(score, sample.x, sample.is_event, 1, sample.sums.n)
    least = events_per_parameter
    return fit_model(sample, chosen, covariance=covariance, events_per_parameter=least)
