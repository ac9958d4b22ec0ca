"""The engine at scale: raw CSV to panel and cells, in ratios of one run (`make bench`).

The size is NEXO_BENCH_ORDERS order lines (a tenth as many answers and customers); the curve runs
from a hundredth of it to all of it: 50,000,000 draws it from half a million on, and takes half an
hour. All three jobs (big_jobs.py says what each does) must end with the same cells. pandas, which
holds everything in memory, is given ten million lines at most.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support import big_world
from support.measure import measured

N_ORDERS = int(float(os.environ.get("NEXO_BENCH_ORDERS") or 10_000_000))
N_PANDAS = min(N_ORDERS, 10_000_000)
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


@dataclass
class Bench:
    """Worlds of raw files, each written once, and the jobs run on them, each once."""

    folder: Path
    runs: dict[tuple[str, int], Run] = field(default_factory=dict)

    def run(self, what: str, n_orders: int) -> Run:
        """Run one of big_jobs.py in a process of its own."""
        world = self.folder / str(n_orders)
        if not world.is_dir():
            big_world.write(world / "inbox", n_orders)
        if (what, n_orders) not in self.runs:
            job = measured(HERE / "big_jobs.py", what, str(world))
            print(
                f"\n{what}, {n_orders:,} order lines: {job.seconds:.1f} s "
                f"({job.cpu_seconds:.1f} s of processors), {job.peak / 1e9:.2f} GB"
            )
            cells = job.output.strip().split("\n")[-1]
            self.runs[what, n_orders] = Run(job.seconds, job.cpu_seconds, job.peak, cells)
        return self.runs[what, n_orders]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("worlds")
    yield Bench(folder)
    shutil.rmtree(folder)  # gigabytes


def test_against_one_query_written_by_hand(bench: Bench) -> None:
    our, theirs = bench.run("nexo", N_ORDERS), bench.run("by_hand", N_ORDERS)
    ratio = our.seconds / theirs.seconds
    print(f"\nnexo / by hand: {ratio:.1f} (at most {BY_HAND_RATIO:g}); "
          f"of processors {our.cpu_seconds / theirs.cpu_seconds:.1f}")  # fmt: skip
    assert our.cells == theirs.cells
    assert ratio <= BY_HAND_RATIO


def test_against_the_same_cleaning_in_pandas(bench: Bench) -> None:
    our, theirs = bench.run("nexo", N_PANDAS), bench.run("in_pandas", N_PANDAS)
    ratio = theirs.seconds / our.seconds
    print(f"\npandas / nexo: {ratio:.1f} (at least {PANDAS_RATIO:g}); "
          f"of processors {theirs.cpu_seconds / our.cpu_seconds:.1f}")  # fmt: skip
    assert our.cells == theirs.cells
    assert ratio >= PANDAS_RATIO


def test_memory_and_time_per_row(bench: Bench) -> None:
    sizes = (N_ORDERS // 100, N_ORDERS // 10, N_ORDERS)
    per_row = {n: bench.run("nexo", n).seconds / n for n in sizes}
    for n, seconds in per_row.items():
        print(f"\n{n:>12,} order lines: {1e6 * seconds:.2f} s a million")
    growth = per_row[N_ORDERS] / per_row[N_ORDERS // 10]
    peak = bench.run("nexo", N_ORDERS).peak
    print(f"\ntime per row at ten times the size: {growth:.2f} (at most {GROWTH_RATIO:g})")
    print(f"peak of memory: {peak / 1e9:.2f} GB (at most {PEAK_BYTES / 1e9:g})")
    assert growth <= GROWTH_RATIO
    assert peak <= PEAK_BYTES
