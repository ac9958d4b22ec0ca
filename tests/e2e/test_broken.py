"""Bad input and bad luck: one clear error with the cure, and the next run picks up from it.

Each case breaks the built demo on purpose, mends it, and asks that dvc.lock is then byte for
byte that of the run that never broke. A full disk is a limit on the size of files: to the
process that writes, it looks the same.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e.test_demo import leftovers
from support.project import Project, stages_run


def assert_picks_up(project: Project, before: str) -> None:
    """The next `dvc repro` ends as if nothing had happened."""
    again = project.dvc("repro", "--no-run-cache")
    assert again.returncode == 0, again.stdout
    assert project.lock() == before
    assert leftovers(project.root) == []
    assert project.dvc("status", "--quiet").returncode == 0


def failure(project: Project, *arguments: str, sabotage: str = "") -> str:
    """Run `dvc repro`, which must fail, and return what it said."""
    done = project.dvc("repro", *arguments, sabotage=sabotage)
    assert done.returncode != 0, f"it should have failed:\n{done.stdout}"
    return done.stdout


def test_a_misspelt_parameter(demo_fork: Project) -> None:
    before, params = demo_fork.lock(), (demo_fork.root / "params.yaml").read_text()

    def misspell(content: dict[str, Any]) -> None:
        content["score"]["confidnce"] = content["score"].pop("confidence")

    demo_fork.change_params(misspell)
    said = failure(demo_fork)
    assert "score.confidnce is not a known key. Did you mean 'confidence'?" in said
    assert "Traceback" not in said
    (demo_fork.root / "params.yaml").write_text(params)
    assert_picks_up(demo_fork, before)


@pytest.mark.parametrize(("section", "key"), [("score", "max_weight_ratio"), ("common", "source")])
def test_a_missing_parameter(demo_fork: Project, section: str, key: str) -> None:
    before, params = demo_fork.lock(), (demo_fork.root / "params.yaml").read_text()
    demo_fork.change_params(lambda content: content[section].pop(key))
    said = failure(demo_fork)
    assert f"{section}.{key}" in said
    assert "Traceback" not in said
    (demo_fork.root / "params.yaml").write_text(params)
    assert_picks_up(demo_fork, before)


def test_a_missing_raw_file(demo_fork: Project) -> None:
    before, params = demo_fork.lock(), (demo_fork.root / "params.yaml").read_text()
    empty = demo_fork.root / "data" / "elsewhere"
    empty.mkdir()
    (empty / "note.txt").write_text("no data here")

    def choose(content: dict[str, Any]) -> None:
        content["common"]["source"] = "retail_nps"
        content["common"]["data_dir"] = "data/elsewhere"

    demo_fork.change_params(choose)
    said = failure(demo_fork)
    files = table_files(demo_fork.root / "data" / "sources" / "retail_nps.yaml")
    assert any(name in said for name in files), f"none of {files} is named in:\n{said}"
    assert "SourceError" in said
    assert "Traceback" not in said
    (demo_fork.root / "params.yaml").write_text(params)
    (empty / "note.txt").unlink()
    empty.rmdir()
    assert_picks_up(demo_fork, before)


def test_a_missing_data_folder(demo_fork: Project) -> None:
    demo_fork.change_params(lambda content: content["common"].update(data_dir="data/nowhere"))
    said = failure(demo_fork)
    assert "data/nowhere" in said
    assert "Traceback" not in said


def table_files(source: Path) -> set[str]:
    """Names of files that a source YAML mentions."""
    return set(re.findall(r"[\w*-]+\.(?:csv|xlsx|txt|sav|parquet)\b", source.read_text("utf-8")))


def test_a_source_that_names_an_absent_column(demo_fork: Project) -> None:
    before = demo_fork.lock()
    source = demo_fork.root / "data" / "sources" / "demo.yaml"
    text = source.read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    columns = next(iter(content["tables"].values()))["files"][0]["columns"]
    columns[next(c for c, made in columns.items() if isinstance(made, str))] = "no_such_column"
    source.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    said = failure(demo_fork)
    assert "no_such_column" in said
    assert "Traceback" not in said
    source.write_text(text, encoding="utf-8")
    assert_picks_up(demo_fork, before)


def test_a_notebook_that_fails_at_its_end(demo_fork: Project) -> None:
    before = demo_fork.lock()
    notebook = demo_fork.root / "notebooks" / "scores.ipynb"
    text = notebook.read_text(encoding="utf-8")
    content = json.loads(text)
    last = next(c for c in reversed(content["cells"]) if c["cell_type"] == "code")
    content["cells"].append(last | {"id": "broken", "metadata": {}, "source": "1 / 0"})
    notebook.write_text(json.dumps(content), encoding="utf-8")
    said = failure(demo_fork)
    assert "(id 'broken') failed: ZeroDivisionError" in said
    kept = re.search(r"data/results/notebooks/\.failed/\S+\.ipynb", said)
    assert kept and (demo_fork.root / kept[0]).is_file()
    notebook.write_text(text, encoding="utf-8")
    assert_picks_up(demo_fork, before)


STAGES = [
    pytest.param("build_panel", "build_panel.py", "panel", id="script"),
    pytest.param("score", "ipykernel_launcher", "scores", id="notebook"),
    pytest.param("score", "run_notebook.py", "scores.ipynb", id="runner"),
    pytest.param("link@retention", "ipykernel_launcher", "retention", id="matrix"),
]
CHANGES = {
    "build_panel": ("panel", "score_lookback_days", 175),
    "score": ("score", "max_weight_ratio", 6),
    "link@retention": ("link", "events_per_parameter", 11),
}


def broken_run(project: Project, stage: str, sabotage: str) -> str:
    """Change a parameter of the stage and break the run that follows; return what it said."""
    before = project.lock()
    section, key, value = CHANGES[stage]
    project.change_params(lambda content: content[section].update({key: value}))
    said = failure(project, "--no-run-cache", stage, sabotage=sabotage)
    assert f"failed to reproduce '{stage}'" in said
    assert project.lock() == before, "dvc.lock must not know of a run that failed"
    return said


def assert_runs_again(project: Project, stage: str) -> None:
    """The next run makes the stage anew, and one that was never broken gives the same bytes."""
    again = project.dvc("repro", "--no-run-cache", stage)
    assert again.returncode == 0, again.stdout
    assert stage in stages_run(again.stdout)
    mended = project.lock()
    assert leftovers(project.root) == []
    forced = project.dvc("repro", "--force", "--single-item", "--no-run-cache", stage)
    assert forced.returncode == 0, forced.stdout
    assert project.lock() == mended


@pytest.mark.parametrize(("stage", "process", "moving"), STAGES)
def test_a_process_killed_before_its_work_is_in_place(
    demo_fork: Project, stage: str, process: str, moving: str
) -> None:
    said = broken_run(demo_fork, stage, f"kill:{process}:{moving}")
    if process == "ipykernel_launcher":
        assert "did not end" in said and "memory or disk may be short" in said
    else:
        # A shell that hands its place to the script dies of the signal, one that waits for it says
        # 128 + 9 instead: which of the two runs the stage is the machine's choice ($SHELL).
        assert "exited with -9" in said or "exited with 137" in said
    assert_runs_again(demo_fork, stage)


@pytest.mark.parametrize(
    ("stage", "process"), [s.values[:2] for s in STAGES if s.id != "runner"], ids=str
)
def test_a_full_disk(demo_fork: Project, stage: str, process: str) -> None:
    said = broken_run(demo_fork, stage, f"full:{process}:2000")
    assert "disk is full" in said and "free some space" in said, said
    assert "Traceback" not in said
    assert_runs_again(demo_fork, stage)


def test_the_whole_run_killed_in_a_stage(demo_fork: Project) -> None:
    before = demo_fork.lock()
    dvc = str(Path(sys.executable).parent / "dvc")
    run = subprocess.Popen(
        [dvc, "repro", "--force", "--single-item", "build_panel"],
        cwd=demo_fork.root,
        env=demo_fork.environment() | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert run.stdout is not None
    for line in run.stdout:
        if line.startswith("Running stage"):
            break
    time.sleep(1.0)
    os.killpg(run.pid, signal.SIGKILL)
    assert run.wait(timeout=30) != 0
    assert_picks_up(demo_fork, before)
