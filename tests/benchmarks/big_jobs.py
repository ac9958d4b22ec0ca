"""The jobs that test_engine.py compares, each run in a process of its own: ``nexo``, ``by_hand``
(one DuckDB script, see by_hand.sql) and ``in_pandas`` (see pandas_job.py).

Each prints a digest of the cells that it ends with, which must be the same for all three.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "src")]

from support import big_world, sources  # noqa: E402

KEYS = ("landmark", "nps_score", "segment", "region", "n_categories_owned")
SUMS = ("n", "is_retained", "net_revenue_cents")


def digest(cells: Iterable[Iterable[Any]]) -> str:
    """What cells (a day, a score, segment, region, categories, and three sums) come to."""
    lines = sorted(" ".join(str(value)[:10] for value in cell) for cell in cells)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def nexo(world: Path) -> Iterable[Iterable[Any]]:
    """Extract, clean, build the panel, group it into cells."""
    import narwhals as nw

    from nexo.base.config import Common, Panel
    from nexo.clean import clean_sales, clean_survey, stage_on, write_clean
    from nexo.engine import open_engine, to_arrow
    from nexo.panel import build_panel
    from nexo.sources.extract import extract

    source, known = sources.load(world, big_world.source()), sources.dictionary()
    common = Common(
        source="large", data_dir="inbox", engine="duckdb", spark_master="", memory_gb=2,
        spill_dir="", key_file="", snapshot="",
    )  # fmt: skip
    raw, panel = _new(world / "raw"), _new(world / "panel")
    extract(source, known, world / "inbox", sources.KEY, raw)
    params: Any = SimpleNamespace(common=common, max_rejected_share=0.05)
    with stage_on(source, known, params, raw) as stage:
        write_clean(clean_survey(stage), world / "survey")
    with stage_on(source, known, params, raw) as stage:
        write_clean(clean_sales(stage), world / "sales")
    year = dict.fromkeys(("retention", "cross_selling", "revenue"), 365)
    build_panel(
        Panel(
            common=common, landmark_dates=big_world.LANDMARKS, step_days=365, active_days=365,
            score_lookback_days=365, control_lookback_days=365, horizon_days=year,
        ),
        source, world / "survey", world / "sales", panel,
    )  # fmt: skip
    with open_engine(common) as engine:
        rows = engine.read_parquet(panel / "panel.parquet")
        scored = rows.filter(~nw.col("nps_score").is_null())
        sums = (nw.col(name).cast(nw.Int64).sum() for name in SUMS[1:])
        cells = to_arrow(scored.group_by(*KEYS).agg(nw.len().alias("n"), *sums))
    return [list(cell.values()) for cell in cells.select([*KEYS, *SUMS]).to_pylist()]


def _new(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def by_hand(world: Path) -> Iterable[Iterable[Any]]:
    """Run by_hand.sql with the same memory and the same key."""
    import duckdb

    text = (Path(__file__).parent / "by_hand.sql").read_text(encoding="utf-8")
    padded = sources.KEY.ljust(64, b"\0")
    named = {
        "folder": world / "inbox",
        "target": world / "by_hand.parquet",
        "inner": bytes(byte ^ 0x36 for byte in padded).hex(),
        "outer": bytes(byte ^ 0x5C for byte in padded).hex(),
    }
    for name, value in named.items():
        text = text.replace(f"{{{name}}}", str(value))
    cells: list[Any] = []
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2GB'")
        connection.execute(f"SET temp_directory = '{world / 'by_hand.tmp'}'")
        for statement in text.split(";\n"):
            if statement.strip():
                cells = connection.execute(statement).fetchall()
    return cells


def in_pandas(world: Path) -> Iterable[Iterable[Any]]:
    """Run pandas_job.py, in memory."""
    import pandas_job

    cells = pandas_job.run(world)
    return cells[[*KEYS, *SUMS]].itertuples(index=False)


if __name__ == "__main__":
    job = {"nexo": nexo, "by_hand": by_hand, "in_pandas": in_pandas}[sys.argv[1]]
    print(digest(job(Path(sys.argv[2]))))
