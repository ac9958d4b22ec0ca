"""The engine at scale: raw CSV to panel and cells, in ratios of one run (`make bench`).

The size is NEXO_BENCH_ORDERS order lines (a tenth as many answers and customers); the curve runs
from a tenth of it to all of it. 50,000,000 is the size of the claim, and takes a while. All three
jobs (big_jobs.py says what each does) must end with the same cells.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from support import big_world
from support.measure import measured

N_ORDERS = int(float(os.environ.get("NEXO_BENCH_ORDERS") or 2_000_000))
BY_HAND_RATIO, PANDAS_RATIO, GROWTH_RATIO = 3.0, 8.0, 1.5
PEAK_BYTES = 4_000_000_000
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Run:
    """What a job took: seconds on the wall, seconds of processors, bytes; and a digest of cells."""

    seconds: float
    cpu_seconds: float
    peak: int
    cells: str


def run(what: str, world: Path) -> Run:
    """Run one of big_jobs.py in a process of its own."""
    job = measured(HERE / "big_jobs.py", what, str(world))
    print(f"\n{what}, {world.name} order lines: {job.seconds:.1f} s ({job.cpu_seconds:.1f} s of "
          f"processors), {job.peak / 1e9:.2f} GB")  # fmt: skip
    return Run(job.seconds, job.cpu_seconds, job.peak, job.output.strip().split("\n")[-1])


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The raw files at a tenth of the size, and at the size."""
    parent = tmp_path_factory.mktemp("worlds")
    made = []
    for n_orders in (N_ORDERS // 10, N_ORDERS):
        big_world.write(parent / str(n_orders) / "inbox", n_orders)
        made.append(parent / str(n_orders))
    return made[0], made[1]


@pytest.fixture(scope="module")
def ours(worlds: tuple[Path, Path]) -> dict[str, Run]:
    return {world.name: run("nexo", world) for world in worlds}


def test_against_one_query_written_by_hand(worlds: tuple[Path, Path], ours: dict[str, Run]) -> None:
    theirs, our = run("by_hand", worlds[1]), ours[worlds[1].name]
    ratio = our.seconds / theirs.seconds
    print(f"\nnexo / by hand: {ratio:.1f} (at most {BY_HAND_RATIO:g}); "
          f"of processors {our.cpu_seconds / theirs.cpu_seconds:.1f}")  # fmt: skip
    assert our.cells == theirs.cells
    assert ratio <= BY_HAND_RATIO


def test_against_the_same_cleaning_in_pandas(
    worlds: tuple[Path, Path], ours: dict[str, Run]
) -> None:
    world = worlds[1] if N_ORDERS <= 2_000_000 else worlds[0]
    theirs, our = run("in_pandas", world), ours[world.name]
    ratio = theirs.seconds / our.seconds
    print(f"\npandas / nexo: {ratio:.1f} (at least {PANDAS_RATIO:g}); "
          f"of processors {theirs.cpu_seconds / our.cpu_seconds:.1f}")  # fmt: skip
    assert our.cells == theirs.cells
    assert ratio >= PANDAS_RATIO


def test_memory_and_time_per_row(worlds: tuple[Path, Path], ours: dict[str, Run]) -> None:
    small, large = (ours[world.name] for world in worlds)
    growth = large.seconds / N_ORDERS / (small.seconds / (N_ORDERS // 10))
    print(f"\ntime per row at ten times the size: {growth:.2f} (at most {GROWTH_RATIO:g})")
    print(f"peak of memory: {large.peak / 1e9:.2f} GB (at most {PEAK_BYTES / 1e9:g})")
    assert growth <= GROWTH_RATIO
    assert large.peak <= PEAK_BYTES
