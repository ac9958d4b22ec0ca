"""One measured job on the models, in a process of its own: prints seconds and peak memory.

python models_jobs.py <job> <parquet file>
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np

NARROW = ("tenure_days", "past_revenue_cents", "segment", "region", "acquisition_channel")
WIDE = (*NARROW[:2], "n_past_orders", "n_categories_owned", *NARROW[2:], "wave")
BINS = {NARROW: 6, WIDE: 20}


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def clock() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def since(start: tuple[float, float]) -> dict[str, Any]:
    """Seconds on the wall, and of all threads on the processors."""
    now = clock()
    return {"seconds": now[0] - start[0], "cpu": now[1] - start[1]}


def relation(path: str) -> Any:
    connection = duckdb.connect()
    connection.execute("SET memory_limit = '2GB'")
    return connection.read_parquet(path)


def ours(path: str, controls: tuple[str, ...], cluster: str | None = None) -> dict[str, Any]:
    from nexo.models import fit

    start = clock()
    rows, bins = relation(path), BINS[controls]
    model = fit(rows, "retention", controls=controls, bins=bins, cluster=cluster, covariance="auto")
    found_in = since(start)
    found = {"cells": model.sample.n_cells, "columns": len(model.params)}
    return {**found_in, **found, "params": list(model.params), "bse": list(model.bse)}


def clustered(path: str) -> dict[str, Any]:
    """The meat of a given fit: one pass over the records, sorted by customer."""
    from nexo.compress.coding import Coding
    from nexo.models import covariance as cov
    from nexo.models.model import blocks_of, prepare
    from nexo.models.outcomes import OUTCOMES
    from nexo.models.solve import family_named

    spec, coding = OUTCOMES["retention"], Coding("nps_score", "class")
    controls = WIDE
    rows = relation(path)
    sample = prepare(rows, spec, "nps_score", controls, BINS[controls], max_cells=200_000)
    blocks = blocks_of(sample, spec.parts[0], coding, None)
    k = 1 + len(coding.terms) + sum(len(c.terms) for c in sample.controls)
    start = clock()
    found = cov.moments(blocks, family_named("binomial"), np.full(k, 0.01), True)
    found_in = since(start)
    return {**found_in, "cells": sample.n_cells, "columns": k, "clusters": found.groups}


def bare(path: str) -> dict[str, Any]:
    """The DuckDB query that makes the cells of ``NARROW``, the edges given."""
    from nexo.compress.controls import learn_control

    rows = relation(path)
    edges = {
        name: learn_control(
            rows.limit(200_000).df()[name], BINS[NARROW], np.arange(200_000) % 3 > 0, True
        ).edges
        for name in NARROW[:2]
    }
    bins = [
        f"CASE {' '.join(f'WHEN {name} <= {edge} THEN {i}' for i, edge in enumerate(cuts))} ELSE "
        f"{len(cuts)} END"
        for name, cuts in edges.items()
    ]
    y = "CAST(is_retained AS DOUBLE)"
    sums = f"count(*), sum({y}), sum({y} * {y}), sum(tenure_days), sum(past_revenue_cents)"
    query = f"SELECT nps_score, {', '.join([*bins, *NARROW[2:]])}, {sums} FROM rows GROUP BY ALL"
    start = clock()
    cells = rows.query("rows", query).fetchall()
    return {**since(start), "cells": len(cells)}


def by_row(path: str) -> dict[str, Any]:
    """What a statsmodels user writes for the same model: the Parquet file read, quantile bins and
    the means of their cells joined by pandas, and a formula; GLM Binomial with HC1."""
    import pandas as pd
    import statsmodels.formula.api as smf
    from statsmodels.genmod import families

    start = clock()
    rows = pd.read_parquet(path, columns=["nps_score", "is_retained", *NARROW])
    rows["y"] = rows["is_retained"].astype(float)
    rows["nps"] = pd.cut(rows["nps_score"], [-1, 6, 8, 10], labels=["low", "middle", "high"])
    terms = [*NARROW[2:], "C(nps, Treatment('middle'))"]
    for name in NARROW[:2]:
        rows[f"{name}_bin"] = pd.qcut(rows[name], BINS[NARROW], labels=False)
    cell = rows.groupby(["nps_score", *(f"{name}_bin" for name in NARROW[:2]), *NARROW[2:]])
    for name in NARROW[:2]:
        mean = cell[name].transform("mean")
        rows[f"{name}_mean"] = (mean - rows[name].mean()) / rows[name].std()
        terms += [f"C({name}_bin)", f"{name}_mean"]
    model = smf.glm(f"y ~ {' + '.join(terms)}", rows, family=families.Binomial())
    found = model.fit(cov_type="HC1")
    found_in = since(start)
    chosen = [name for name in found.params.index if "nps" in name]
    columns = {"columns": len(found.params), "params": list(found.params[chosen])}
    return found_in | columns | {"bse": list(found.bse[chosen]), "n": len(rows)}


def twin(path: str, controls: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """y and the row-level design with the cell means joined."""
    from nexo.compress.coding import Coding
    from nexo.models.outcomes import OUTCOMES
    from nexo.models.sample import prepare

    frame = relation(path).df()
    spec, bins = OUTCOMES["retention"], BINS[controls]
    sample = prepare(frame, spec, "nps_score", controls, bins, cluster=None)
    block = sample.block(spec.parts[0], Coding("nps_score", "class"), None)
    return sample.y, block.design[sample.cells.cell]


def pyfixest(path: str) -> dict[str, Any]:
    """feglm on the rows of the same design (``WIDE``), HC1."""
    import pandas as pd
    import pyfixest as pf

    y, design = twin(path, WIDE)
    names = [f"x{j}" for j in range(1, design.shape[1])]
    frame = pd.DataFrame(design[:, 1:], columns=names).assign(y=y)
    del design
    start = clock()
    found = pf.feglm(f"y ~ {' + '.join(names)}", frame, family="logit", vcov="HC1")
    return {**since(start), "params": list(found.coef())}


JOBS: dict[str, Callable[[str], dict[str, Any]]] = {
    "narrow": lambda path: ours(path, NARROW),
    "wide": lambda path: ours(path, WIDE),
    "clustered": clustered,
    "bare": bare,
    "by_row": by_row,
    "pyfixest": pyfixest,
}

if __name__ == "__main__":
    import statsmodels.api  # noqa: F401  (its import is no part of any job)

    import nexo.models  # noqa: F401

    before = peak_bytes()
    result = JOBS[sys.argv[1]](sys.argv[2])
    print(json.dumps(result | {"peak": peak_bytes(), "imports": before}))
