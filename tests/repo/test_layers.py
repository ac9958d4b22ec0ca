"""Imports point upward, places are named in paths.py, and only extract may use a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from repo.code_rules import layer_breaches, network_imports, path_literals
from repo.deps import ROOT, entry_files, modules_used, read_stages

SOURCE = ROOT / "src"
CLUSTER = SOURCE / "nexo" / "engine" / "spark.py"
"""Knocks at the Spark master that the analyst names, before PySpark does."""


def all_code() -> list[Path]:
    modules = [f for f in (SOURCE / "nexo").rglob("*.py") if f.name != "paths.py"]
    return [*modules, *(ROOT / "pipeline").glob("*.py"), *(ROOT / "notebooks").glob("*.ipynb")]


def test_imports_point_upward_only() -> None:
    problems = layer_breaches(SOURCE)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("room", "line", "message"),
    [
        ("panel", "from nexo.models.fit import fit", "a room below its own"),
        ("panel", "def f():\n    from nexo import models\n", "a room below its own"),
        ("attic", "", "has no place in the order"),
    ],
)
def test_an_import_that_points_downward_is_seen(
    tmp_path: Path, room: str, line: str, message: str
) -> None:
    (tmp_path / "nexo" / "models").mkdir(parents=True)
    (tmp_path / "nexo" / "models" / "fit.py").write_text("from nexo import panel\n")
    (tmp_path / "nexo" / "panel.py").write_text("from nexo.base import errors\n")
    (tmp_path / "nexo" / "base.py").write_text("")
    assert not layer_breaches(tmp_path)
    (tmp_path / "nexo" / f"{room}.py").write_text(line)
    assert any(message in problem for problem in layer_breaches(tmp_path))


def test_no_place_is_named_outside_of_paths() -> None:
    problems = path_literals(all_code())
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "line",
    [
        'x = Path("data/panel/panel.parquet")',
        'x = "reports/_site"',
        'x = paths.root() / "anything"',
        "x = Path(__file__).parent",
        "x = Path.cwd()",
        'x = open("params.yaml")',
    ],
)
def test_a_place_in_the_code_is_seen(tmp_path: Path, line: str) -> None:
    file = tmp_path / "code.py"
    file.write_text(f'"""See data/README.md."""\n{line}\n')
    assert len(path_literals([file])) == 1


def test_only_extract_may_use_a_network() -> None:
    for name, stage in read_stages(ROOT).items():
        if name == "extract":
            continue
        entries = entry_files(stage, ROOT)
        used = [file for file in modules_used(entries, SOURCE) if file != CLUSTER]
        problems = network_imports([*entries, *used])
        assert not problems, f"stage {name}:\n" + "\n".join(problems)


@pytest.mark.parametrize(
    "line", ["import requests", "def f():\n    from urllib.request import urlopen", "import socket"]
)
def test_a_network_import_is_seen(tmp_path: Path, line: str) -> None:
    file = tmp_path / "code.py"
    file.write_text(f"from urllib.parse import quote\n{line}\n")
    assert network_imports([file])
