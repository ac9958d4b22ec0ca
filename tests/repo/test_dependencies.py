"""dvc.yaml names all that each stage uses: no result is stale because a dep was left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from repo.deps import ROOT, missing_deps, needless_deps, read_stages, undeclared_params

STAGES = read_stages(ROOT)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A project of one stage: script -> nexo.a -> nexo.b (imported in a function)."""
    for name, text in {
        "pipeline/go.py": "from nexo.a import f\nfrom nexo.base.config import Panel, load_params\n"
        "load_params(Panel)\nf()\n",
        "src/nexo/__init__.py": '"""Docstring."""\n__version__ = "1"\n',
        "src/nexo/a.py": "def f():\n    from nexo import b\n    return b\n",
        "src/nexo/b.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
        "    from nexo import c\n",
        "src/nexo/c.py": "",
        "src/nexo/base/config.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_every_stage_names_the_code_it_uses() -> None:
    problems = missing_deps(STAGES, ROOT)
    assert not problems, "\n".join([*problems, "python tests/repo/deps.py prints all of them"])


def test_no_stage_names_code_it_does_not_use() -> None:
    assert not needless_deps(STAGES, ROOT), "\n".join(needless_deps(STAGES, ROOT))


def test_a_module_imported_through_another_is_missed_when_left_out(tiny: Path) -> None:
    deps = ["pipeline/go.py", "src/nexo/a.py", "src/nexo/base/config.py"]
    stage = {"cmd": "python pipeline/go.py", "deps": deps}
    assert missing_deps({"go": stage}, tiny) == ["stage go: add src/nexo/b.py to its deps"]
    assert not missing_deps({"go": stage | {"deps": [*deps, "src/nexo/b.py"]}}, tiny)
    assert not missing_deps({"go": stage | {"deps": ["pipeline/go.py", "src/nexo"]}}, tiny)


def test_code_named_for_nothing_is_seen(tiny: Path) -> None:
    stage = {"cmd": "python pipeline/go.py", "deps": ["src/nexo/c.py", "src/nexo/a.py", "data/x"]}
    assert needless_deps({"go": stage}, tiny) == [
        "stage go: src/nexo/c.py is not used; take it from its deps"
    ]


def test_every_stage_declares_the_parameters_it_reads() -> None:
    problems = undeclared_params(STAGES, ROOT)
    assert not problems, "\n".join(problems)


def test_a_parameter_read_and_not_declared_is_seen(tiny: Path) -> None:
    stage = {"cmd": "python pipeline/go.py", "params": ["common"]}
    assert undeclared_params({"go": stage}, tiny) == [
        "stage go: it reads 'panel'; add it to its params"
    ]
    assert not undeclared_params({"go": stage | {"params": ["common", "panel"]}}, tiny)


def test_a_notebook_stage_declares_its_section(tiny: Path) -> None:
    (tiny / "pipeline" / "run_notebook.py").write_text("")
    (tiny / "notebooks").mkdir()
    (tiny / "notebooks" / "scores.ipynb").write_text('{"cells": []}')
    stage = {"cmd": "python pipeline/run_notebook.py scores", "params": ["common", "link"]}
    assert undeclared_params({"score": stage}, tiny) == [
        "stage score: it reads 'score'; add it to its params"
    ]


def test_every_stage_says_in_one_sentence_what_it_does() -> None:
    for name, stage in STAGES.items():
        assert stage.get("desc", "").endswith("."), f"stage {name} has no sentence as desc"


def test_the_stages_are_those_of_the_design_in_reading_order() -> None:
    expected = "extract clean_survey clean_sales build_panel score link evidence economics"
    assert list(STAGES) == [*expected.split(), "facts", "render", "publish"]
