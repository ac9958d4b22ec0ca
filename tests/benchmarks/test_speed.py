"""Speed and memory, measured on this machine in one run (`make bench`).

Ratios and differences between two measurements made here fail; seconds alone are printed,
since they depend on the machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from nexo.notebook import SECTION_OF
from support.project import Project, stages_run

OVERHEAD_SECONDS = 60
PEAK_BYTES = 1_500_000_000
SECOND_RUN_RATIO = 1.5
IMPORT_SECONDS = 0.3
IMPORTS = "import duckdb, narwhals, pandas, pyarrow.parquet, statsmodels.api"


class Peak(threading.Thread):
    """Samples the memory of a process and all below it; ``highest`` is the largest sum seen."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.process = psutil.Process(pid)
        self.highest = 0

    def run(self) -> None:
        while self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE:
            self.highest = max(self.highest, sum(map(resident, self.family())))
            time.sleep(0.05)

    def family(self) -> list[psutil.Process]:
        try:
            return [self.process, *self.process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def timed(project: Project, *command: str) -> tuple[float, int, str]:
    """Run a command; return its seconds, the peak memory of all its processes, its output."""
    start = time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=project.root,
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        peak = Peak(running.pid)
        peak.start()
        output, _ = running.communicate(timeout=900)
    seconds = time.perf_counter() - start
    assert running.returncode == 0, output[-4000:]
    return seconds, peak.highest, output


def dvc(*arguments: str) -> tuple[str, ...]:
    return (str(Path(sys.executable).parent / "dvc"), *arguments)


@pytest.fixture(scope="module")
def built(project_copy: Callable[[], Project]) -> tuple[Project, float, int]:
    """A fresh demo with the seconds and the memory of its first `dvc repro`."""
    project = project_copy()
    seconds, memory, _ = timed(project, *dvc("repro"))
    return project, seconds, memory


def import_only(project: Project) -> None:
    """Put notebooks in place that take the same parameters and only import."""
    for name in SECTION_OF:
        file = project.root / "notebooks" / f"{name}.ipynb"
        content = json.loads(file.read_text(encoding="utf-8"))
        cells = [c for c in content["cells"] if "parameters" in c["metadata"].get("tags", [])]
        plain = cells[0] | {"id": "imports", "metadata": {}, "source": IMPORTS}
        file.write_text(json.dumps(content | {"cells": [*cells, plain]}), encoding="utf-8")


def notebook_runs(project: Project) -> list[tuple[str, ...]]:
    """The commands by which the pipeline runs notebooks, one for each outcome."""
    stages = yaml.safe_load((project.root / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    commands = []
    for stage in stages.values():
        for outcome in stage.get("matrix", {}).get("outcome", [""]):
            words = stage["cmd"].replace("${item.outcome}", outcome).split()
            if "pipeline/run_notebook.py" in words:
                commands.append((sys.executable, *words[1:]))
    return commands


def test_the_demo_costs_a_minute_more_than_its_imports(
    built: tuple[Project, float, int], project_copy: Callable[[], Project]
) -> None:
    plain = project_copy()
    import_only(plain)
    commands = notebook_runs(plain)
    imports = sum(timed(plain, *command)[0] for command in commands)
    print(f"\ndemo: {built[1]:.1f} s; {len(commands)} notebooks that only import: {imports:.1f} s")
    assert built[1] - imports <= OVERHEAD_SECONDS


def test_the_peak_of_memory(built: tuple[Project, float, int]) -> None:
    print(f"\npeak memory of the demo, all processes: {built[2] / 1e9:.2f} GB")
    assert built[2] < PEAK_BYTES


def idle_pipeline(folder: Path, n_stages: int) -> Project:
    """A project whose stages, as many as the demo's, each copy one line of text."""
    stages: dict[str, Any] = {
        f"stage_{number}": {
            "cmd": f"cp input.txt {number}.txt",
            "deps": ["input.txt"],
            "outs": [f"{number}.txt"],
        }
        for number in range(n_stages)
    }
    project = Project(folder)
    folder.mkdir()
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": stages}))
    (folder / "input.txt").write_text("nothing\n")
    for command in (("git", "init", "--quiet"), dvc("init", "--quiet"), dvc("repro")):
        timed(project, *command)
    return project


def test_a_second_run_costs_what_dvc_costs(
    built: tuple[Project, float, int], tmp_path: Path
) -> None:
    listed = timed(built[0], *dvc("stage", "list", "--name-only"))[2].split()
    idle = idle_pipeline(tmp_path / "idle", len(listed))
    ours, theirs = [], []
    for _ in range(7):
        seconds, _, output = timed(built[0], *dvc("repro"))
        assert stages_run(output) == []
        ours.append(seconds)
        theirs.append(timed(idle, *dvc("repro"))[0])
    print(f"\nsecond dvc repro: {min(ours):.2f} s; {len(listed)} idle stages: {min(theirs):.2f} s")
    assert min(ours) < SECOND_RUN_RATIO * min(theirs)


def test_importing_nexo(built: tuple[Project, float, int]) -> None:
    bare = min(timed(built[0], sys.executable, "-c", "pass")[0] for _ in range(5))
    seconds = {}
    for module in ("nexo", "nexo.base.config", "nexo.notebook"):
        whole = min(timed(built[0], sys.executable, "-c", f"import {module}")[0] for _ in range(5))
        seconds[module] = whole - bare
        print(f"\nimport {module}: {seconds[module]:.3f} s")
    assert seconds["nexo"] < IMPORT_SECONDS
