"""Speed and memory of the models, each job in a process of its own; one table (`make bench`).

Only ratios of two measurements made here, and memory, can fail; seconds are printed. The
table's cpu column is the seconds of all threads, for machines that others use as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from support.measure import measured

HERE = Path(__file__).parent
FASTER, SMALLER = 25, 5
CELLS_RATIO = 4
MOST_BYTES = 4e9
CLUSTERED_SECONDS = 10
MADE = """
COPY (
    WITH drawn AS (
        SELECT i, {uniforms} FROM range({n}) AS rows(i)
    )
    SELECT (hash(i, 99) % ({n} // 5))::INT AS customer_id, floor(11 * u1 ** 0.6)::TINYINT AS
        nps_score, (30 + floor(2000 * u2))::INT AS tenure_days,
        (100 + floor(-3000 * ln(1 - u3)))::INT AS past_revenue_cents,
        floor(40 * u4 * u4)::INT AS n_past_orders, floor(6 * u5)::TINYINT AS n_categories_owned,
        's' || (hash(i, 1) % 3) AS segment, 'r' || (hash(i, 2) % 4) AS region,
        'c' || (hash(i, 3) % 7) AS acquisition_channel, 'w' || (10 + hash(i, 4) % 14) AS wave,
        u6 < 1 / (1 + exp(-0.5 - 0.1 * floor(11 * u1 ** 0.6) + 0.4 * u2 - 0.3 * u3)) AS is_retained
    FROM drawn
) TO '{file}' (FORMAT parquet)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Rows of a made-up company, by number of millions."""
    folder = tmp_path_factory.mktemp("rows")
    uniforms = ", ".join(f"(hash(i, 1{j}) % 1000003) / 1000003.0 AS u{j}" for j in range(1, 7))
    found = {}
    for millions in (1, 10, 50):
        found[millions] = folder / f"{millions}.parquet"
        n = millions * 1_000_000
        duckdb.connect().execute(MADE.format(uniforms=uniforms, n=n, file=found[millions]))
    return found


@pytest.fixture(scope="module")
def table() -> Iterator[list[str]]:
    """Lines of the table, printed at the end."""
    lines = [f"{'job':<34}{'seconds':>9}{'cpu':>8}{'peak GB':>9}{'cells':>12}{'columns':>9}"]
    yield lines
    print("\n" + "\n".join(lines))


def run(table: list[str], job: str, rows: dict[int, Path], millions: int) -> dict[str, Any]:
    done = measured(HERE / "models_jobs.py", job, str(rows[millions]))
    found: dict[str, Any] = json.loads(done.output.splitlines()[-1])  # without the imports
    cells, columns = found.get("cells", ""), found.get("columns", "")
    table.append(
        f"{f'{job}, {millions} million rows':<34}{found['seconds']:>9.2f}{found['cpu']:>8.2f}"
        f"{found['peak'] / 1e9:>9.2f}{cells:>12}{columns:>9}"
    )
    return found


def test_cells_against_rows(table: list[str], files: dict[int, Path]) -> None:
    """From the file to the standard errors on both sides; ``by_row`` is a formula in statsmodels.

    Detractors and promoters against passives: the controls have other reference levels there.
    """
    ours, rows = (run(table, job, files, 1) for job in ("narrow", "by_row"))
    np.testing.assert_allclose(ours["params"][1:3], rows["params"], atol=1e-8)
    factor = np.sqrt(rows["n"] / (rows["n"] - rows["columns"]))  # statsmodels' HC1 has none
    np.testing.assert_allclose(ours["bse"][1:3], factor * np.array(rows["bse"]), rtol=1e-6)
    assert rows["seconds"] >= FASTER * ours["seconds"]
    assert rows["peak"] >= SMALLER * ours["peak"]


def test_fifty_million_rows_against_the_bare_query(
    table: list[str], files: dict[int, Path]
) -> None:
    bare, ours = (run(table, job, files, 50) for job in ("bare", "narrow"))
    assert ours["seconds"] <= CELLS_RATIO * bare["seconds"]


def test_the_full_design_against_pyfixest(table: list[str], files: dict[int, Path]) -> None:
    ours, theirs = (run(table, job, files, 1) for job in ("wide", "pyfixest"))
    np.testing.assert_allclose(ours["params"], theirs["params"], atol=1e-5)
    assert ours["seconds"] <= theirs["seconds"]
    assert run(table, "wide", files, 10)["peak"] < MOST_BYTES


def test_two_million_clusters(table: list[str], files: dict[int, Path]) -> None:
    found = run(table, "clustered", files, 10)
    assert found["clusters"] > 1_900_000
    assert found["peak"] < MOST_BYTES
    assert found["seconds"] < CLUSTERED_SECONDS
