"""Entering the house costs nothing: heavy libraries load in the rooms that need them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from repo.deps import ROOT

HEAVY = "pandas numpy duckdb pyarrow statsmodels scipy altair narwhals papermill typst".split()
LIGHT = (
    "nexo",
    "nexo.base.errors",
    "nexo.base.paths",
    "nexo.base.config",
    "nexo.base.results",
    "nexo.notebook",
)


@pytest.mark.parametrize("module", LIGHT)
def test_a_light_module_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*({set(HEAVY)!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_the_clone_is_under_5_mb() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    sizes = {name: (ROOT / name).stat().st_size for name in listed if (ROOT / name).is_file()}
    largest = sorted(sizes, key=lambda name: -sizes[name])[:5]
    assert sum(sizes.values()) < 5_000_000, f"the largest are {largest}"
