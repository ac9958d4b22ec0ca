"""From a frame of rows to a fitted model of one outcome: sample, cells, design, parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nexo.models import refusals
from nexo.models.cells import Rows, cell_means, cell_of_rows, cell_sums
from nexo.models.coding import Coding, Control, learn_control, numbers, shape_coding
from nexo.models.fit import Fit, fit_cells, independent
from nexo.models.outcomes import Array, Codes, Outcome, outcome_named
from nexo.models.refusals import NotIdentified


@dataclass(frozen=True)
class Cells:
    """Rows compressed by score, exposure and control codes: ``cell`` of each row; of each cell
    its rows ``n``, score, exposure, design columns of the controls, and group ``by``."""

    cell: Codes
    n: Array
    score: Array
    exposure: Array
    controls: Array
    by: Any


@dataclass(frozen=True)
class Sample:
    """The rows (their places in the frame) of one outcome ``y`` with one score ``x``.

    ``cluster``: number of each row's customer among ``customers``; ``excluded``: controls left
    out with their reason; ``n_left_out``: rows without exposure.
    """

    outcome: Outcome
    score: str
    rows: Codes
    y: Array
    x: Array
    cluster: Codes
    customers: pd.Index
    controls: tuple[Control, ...]
    excluded: tuple[tuple[str, str], ...]
    cells: Cells
    n_left_out: int

    @property
    def both(self) -> bool:
        """Do non-events count as well (a binary outcome or first part)?"""
        return self.outcome.parts[0].family == "binomial"


@dataclass(frozen=True)
class Model:
    """One outcome with one coding: its parts' fits in the order of the spec, and which columns
    (intercept, score, controls) each part kept."""

    sample: Sample
    coding: Coding
    fits: tuple[Fit, ...]
    kept: tuple[list[int], ...]


def prepare(
    frame: pd.DataFrame,
    outcome: Outcome,
    score: str,
    controls: Sequence[str],
    bins: int,
    cluster: str | None = "customer_id",
) -> Sample:
    """Choose the rows (outcome seen, score known, exposure positive) and compress them.

    Raises NotIdentified as METHODS.md section 3 lists; controls that are absent, constant or
    leak are left out and named in ``excluded``.
    """
    refusals.check_present(frame, outcome, score)
    is_seen = frame[outcome.column].notna() & frame[score].notna()
    is_used = is_seen & (frame[outcome.exposure].fillna(0) > 0) if outcome.exposure else is_seen
    rows = np.flatnonzero(is_used.to_numpy(bool))
    used = frame.iloc[rows]
    y, x = numbers(used[outcome.column]), numbers(used[score])
    both = outcome.parts[0].family == "binomial"
    refusals.check_sample(y, score, x, both)
    learnt = {
        name: learn_control(used[name], bins, y > 0, both) if name in used else "absent"
        for name in controls
    }
    kept = tuple(found for found in learnt.values() if isinstance(found, Control))
    excluded = tuple((name, why) for name, why in learnt.items() if isinstance(why, str))
    codes, customers = pd.factorize(used[cluster] if cluster else rows, sort=True)
    cells = compress(used, score, outcome.exposure, kept)
    names, left_out = pd.Index(customers), int(is_seen.sum()) - len(rows)
    return Sample(outcome, score, rows, y, x, codes, names, kept, excluded, cells, left_out)


def compress(
    frame: pd.DataFrame, score: str, exposure: str, controls: Sequence[Control], by: str = ""
) -> Cells:
    """Compress rows by score, exposure, control codes (and ``by``); join the cells' means."""
    x = numbers(frame[score])
    exposed = numbers(frame[exposure]) if exposure else np.ones(len(frame))
    codes = {control.column: control.codes(frame[control.column]) for control in controls}
    group = frame[by].astype(str).to_numpy() if by else np.full(len(frame), "")
    cell = cell_of_rows(pd.DataFrame({" x": x, " exposure": exposed, " by": group, **codes}))
    first = np.unique(cell, return_index=True)[1]
    blocks = [np.empty((len(first), 0))]
    for control in controls:
        values = numbers(frame[control.column]) if control.is_numeric else x
        blocks.append(control.columns(codes[control.column][first], cell_means(cell, values)))
    n = np.bincount(cell).astype(float)
    return Cells(cell, n, x[first], exposed[first], np.hstack(blocks), group[first])


def fit_model(
    sample: Sample,
    coding: Coding,
    *,
    weights: Array | None = None,
    covariance: str = "auto",
    events_per_parameter: int = 0,
    like: Model | None = None,
) -> Model:
    """Fit the parts of the sample's outcome on its cells (``weights``: one a row, default 1).

    ``like``: a fitted model of the same outcome whose coefficients start the search.
    Raises NotIdentified for too few events or separation.
    """
    cells, fits, kept_columns = sample.cells, [], []
    full = np.column_stack([np.ones(len(cells.n)), coding.columns(cells.score), cells.controls])
    terms = ["intercept", *coding.terms, *(t for c in sample.controls for t in c.terms)]
    w = np.ones(len(sample.y)) if weights is None else weights
    for number, part in enumerate(sample.outcome.parts):
        of_part = part.rows(sample.y)
        y = part.response(sample.y)
        rows = Rows(cells.cell[of_part], y[of_part], w[of_part], sample.cluster[of_part])
        sums = cell_sums(rows, len(full))
        kept = independent(full, sums.w)
        names = tuple(terms[j] for j in kept)
        if number == 0:
            refusals.check_events(sample.y > 0, len(kept), events_per_parameter, sample.both)
        if not set(coding.terms) <= set(names):
            raise NotIdentified("constant_score", {"column": coding.score, "part": part.name})
        known = (
            dict(zip(like.fits[number].terms, like.fits[number].params, strict=True))
            if like
            else {}
        )
        start = np.array([known.get(name, 0.0) for name in names]) if like else None
        offset = np.log(cells.exposure) if part.family == "poisson" else None
        options: dict[str, Any] = {"offset": offset, "kind": covariance, "start": start}
        design = full if len(kept) == full.shape[1] else full[:, kept]
        fits.append(fit_cells(design, names, sums, part.family, rows=rows, **options))
        kept_columns.append(kept)
    return Model(sample, coding, tuple(fits), tuple(kept_columns))


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
) -> Model:
    """Fit one outcome on any frame that Narwhals knows (pandas, Polars, DuckDB, Spark).

    ``coding``: class (NPS only), points or shape; ``weights``: a column of ``frame``. The
    result's ``fits`` carry params, std_error and the statsmodels result of each part; see
    ``nexo.models.summary`` for a table. Raises NotIdentified when the data cannot answer.
    """
    import narwhals as nw

    table = nw.from_native(frame).lazy().collect("pandas").to_native()
    spec = outcome_named(outcome) if isinstance(outcome, str) else outcome
    sample = prepare(table, spec, score, controls, bins, cluster)
    chosen = Coding(score, "class" if coding == "class" else "points")
    if coding == "shape":
        chosen = shape_coding(score, sample.x, sample.y > 0, 1)
    w = numbers(table[weights])[sample.rows] if weights else None
    least = events_per_parameter
    return fit_model(sample, chosen, weights=w, covariance=covariance, events_per_parameter=least)
