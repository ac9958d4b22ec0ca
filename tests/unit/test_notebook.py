"""The papermill runner: strict parameters, stable bytes, whole copies, clear failures.

Not covered here: the project's own notebooks (tests/repo) and kills of the runner (tests/e2e).
"""

from __future__ import annotations

import json
import shutil
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from nexo import notebook
from nexo.base.errors import ConfigError, NotebookError
from nexo.notebook import Parameter, check_parameters, read_parameters, run_notebook, stage_values

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project with the real params.yaml; tests add their own small notebooks."""
    (tmp_path / "dvc.yaml").write_text("stages: {}\n")
    shutil.copy(ROOT / "params.yaml", tmp_path)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_notebook(project: Path, name: str, *sources: str, section: str = "score") -> Path:
    """Write a notebook whose parameters cell fits ``section``, followed by cells of code."""
    params = yaml.safe_load((project / "params.yaml").read_text())
    defaults = {"common": params["common"], **params[section]}
    if name == "link":
        defaults["outcome"] = "retention"
    lines = "\n".join(f"{key} = {value!r}" for key, value in defaults.items())
    cells = [code_cell("parameters", lines, "parameters")]
    cells += [
        code_cell(f"step-{number}", textwrap.dedent(source).strip())
        for number, source in enumerate(sources, start=1)
    ]
    spec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    content = {
        "cells": cells,
        "metadata": {"kernelspec": spec},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    file = project / "notebooks" / f"{name}.ipynb"
    file.write_text(json.dumps(content))
    return file


def code_cell(cell_id: str, source: str, *tags: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {"tags": list(tags)} if tags else {},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def test_link_gets_its_section_common_and_the_outcome(project: Path) -> None:
    values = stage_values("link", "revenue")
    params = yaml.safe_load((project / "params.yaml").read_text())
    assert set(values) == {"common", "outcome", *params["link"]}
    assert values["outcome"] == "revenue"
    assert values["common"] == params["common"]


def test_dates_are_passed_as_iso_text(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (project / "params.yaml").read_text()
    (project / "params.yaml").write_text(
        text.replace("landmark_dates: []", "landmark_dates: [2024-03-31]")
    )
    monkeypatch.setitem(notebook.SECTION_OF, "panel", "panel")
    assert stage_values("panel", None)["landmark_dates"] == ["2024-03-31"]


@pytest.mark.parametrize(
    ("name", "outcome", "message"),
    [
        ("link", None, "one outcome at a time"),
        ("link", "loyalty", "retention, cross_selling, revenue"),
        ("scores", "revenue", "takes no outcome"),
        ("score", None, "no stage for a notebook called 'score'"),
    ],
)
def test_a_wrong_name_or_outcome_is_refused(
    project: Path, name: str, outcome: str | None, message: str
) -> None:
    with pytest.raises(NotebookError, match=message):
        stage_values(name, outcome)


def test_a_misspelt_parameter_stops_before_the_notebook(project: Path) -> None:
    file = project / "params.yaml"
    file.write_text(file.read_text().replace("nps_interval:", "nps_intervall:"))
    with pytest.raises(ConfigError, match="Did you mean 'nps_interval'"):
        stage_values("scores", None)


def test_every_difference_of_names_is_listed_with_a_guess() -> None:
    with pytest.raises(NotebookError) as caught:
        check_parameters(
            {"bins": 20, "extra": 1}, (Parameter("binss", 20), Parameter("seed", 1)), "link.ipynb"
        )
    message = str(caught.value)
    assert "bins is not in the notebook's parameters cell" in message
    assert "'binss'" in message
    assert "extra is not in the notebook's parameters cell" in message
    assert "seed is in the notebook's parameters cell, not in params.yaml" in message


@pytest.mark.parametrize(
    ("value", "default", "is_allowed"),
    [
        (1, 0.5, True),
        (2.5, 5, True),
        (True, 1, False),
        (0, False, False),
        ("1", 1, False),
        ([], (), True),
        ({}, [], False),
        (None, "", False),
    ],
)
def test_types_are_those_of_the_defaults(value: object, default: object, is_allowed: bool) -> None:
    if is_allowed:
        check_parameters({"x": value}, (Parameter("x", default),), "n.ipynb")
    else:
        with pytest.raises(NotebookError, match="x = "):
            check_parameters({"x": value}, (Parameter("x", default),), "n.ipynb")


def test_an_assumption_may_be_a_number_or_a_range() -> None:
    kinds = notebook.section_kinds("economics")
    assert kinds["margin_share"] == {"a number", "a mapping"}
    parameters = (Parameter("margin_share", 0.4), Parameter("seed", 1))
    check_parameters({"margin_share": {"low": 0.3, "high": 0.5}, "seed": 2}, parameters, "n", kinds)
    with pytest.raises(NotebookError, match="seed"):
        check_parameters({"margin_share": 0.4, "seed": {"low": 1}}, parameters, "n", kinds)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1 + y", "not name = literal"),
        ("import os", "not name = literal"),
        ("x, y = 1, 2", "not name = literal"),
        ("x = (1", "Write one name = value a line"),
    ],
)
def test_a_parameters_cell_holds_literals_only(tmp_path: Path, source: str, message: str) -> None:
    file = tmp_path / "n.ipynb"
    file.write_text(json.dumps({"cells": [code_cell("p", source, "parameters")]}))
    with pytest.raises(NotebookError, match=message):
        read_parameters(file)


@pytest.mark.parametrize("n_cells", [0, 2])
def test_exactly_one_parameters_cell(tmp_path: Path, n_cells: int) -> None:
    file = tmp_path / "n.ipynb"
    file.write_text(json.dumps({"cells": [code_cell("p", "x = 1", "parameters")] * n_cells}))
    with pytest.raises(NotebookError, match=f"{n_cells} cells tagged"):
        read_parameters(file)


NOISE = (
    """
    import os, sys, time, warnings, uuid
    from pathlib import Path
    print(sys.executable, Path.cwd(), Path.home(), object())
    print({"b", "a", "c"}, file=sys.stderr)
    warnings.warn("look at the path of this warning")
    for step in range(3):
        print(f"\\r{step}/3 done in {time.time()}", end="", file=sys.stderr)
    print("\\rdone", file=sys.stderr)
    """,
    """
    import pandas as pd
    pd.DataFrame({"x": [1, 2]}).style.format("{:.1f}")
    """,
    """
    from IPython.display import HTML
    HTML(f'<div id="altair-viz-{uuid.uuid4().hex}"></div><a id="{uuid.uuid4()}"></a>')
    """,
    """
    from tqdm import tqdm
    for _ in tqdm(range(3)):
        time.sleep(0.01)
    """,
    "confidence",
)


def test_two_runs_give_the_same_bytes_and_name_no_machine(project: Path) -> None:
    write_notebook(project, "scores", *NOISE)
    first = run_notebook("scores").read_bytes()
    second = run_notebook("scores").read_bytes()
    assert first == second
    text = first.decode()
    assert str(project) not in text
    assert str(Path.home()) not in text
    assert "papermill" not in text
    cells = json.loads(text)["cells"]
    outputs = json.dumps([cell["outputs"] for cell in cells])
    assert "%|" not in outputs and "done in" not in outputs
    assert "look at the path of this warning" in outputs
    assert [cell["id"] for cell in cells][:3] == ["parameters", "injected-parameters", "step-1"]
    assert cells[-1]["outputs"][0]["data"]["text/plain"] == "0.95"


def test_the_notebook_sees_params_yaml_and_not_its_own_defaults(project: Path) -> None:
    write_notebook(project, "link", "print(outcome, bins, common['source'])", section="link")
    text = (project / "params.yaml").read_text()
    (project / "params.yaml").write_text(text.replace("bins: 20", "bins: 33"))
    copy = run_notebook("link", "cross_selling")
    assert copy == project / "data" / "results" / "notebooks" / "link_cross_selling.ipynb"
    assert "cross_selling 33 demo" in copy.read_text()


def test_the_users_own_kernel_and_startup_files_do_not_count(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    kernel = home / ".local" / "share" / "jupyter" / "kernels" / "python3"
    startup = home / ".ipython" / "profile_default" / "startup"
    kernel.mkdir(parents=True)
    startup.mkdir(parents=True)
    (kernel / "kernel.json").write_text(
        json.dumps({"argv": ["false"], "display_name": "Wrong", "language": "python"})
    )
    (startup / "00.py").write_text("confidence = 'spoilt'\nspoilt = True")
    (home / "startup.py").write_text("spoilt = True")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.setenv("PYTHONSTARTUP", str(home / "startup.py"))
    write_notebook(project, "scores", "import sys", "print(sys.executable, 'spoilt' in dir())")
    monkeypatch.setattr("nexo.notebook.run.stable_copy", lambda nb: nb.cells[-1].outputs[0].text)
    import sys

    assert run_notebook("scores").read_text() == f"{sys.executable} False\n"


def test_a_failing_cell_is_named_and_its_half_run_copy_kept(project: Path) -> None:
    write_notebook(project, "scores", "print('fine')", "1 / 0", "print('never')")
    target = project / "data" / "results" / "notebooks" / "scores.ipynb"
    target.parent.mkdir(parents=True)
    target.write_text("the copy of an earlier run")
    with pytest.raises(NotebookError) as caught:
        run_notebook("scores")
    message = str(caught.value)
    assert "cell 3 (id 'step-2') failed: ZeroDivisionError: division by zero" in message
    assert "data/results/notebooks/.failed/scores.ipynb" in message
    half_run = project / "data" / "results" / "notebooks" / ".failed" / "scores.ipynb"
    assert "fine" in half_run.read_text()
    assert target.read_text() == "the copy of an earlier run"
    write_notebook(project, "scores", "print('mended')")
    assert "mended" in run_notebook("scores").read_text()
    assert not half_run.exists()


def test_an_error_of_the_project_is_told_without_traceback(project: Path) -> None:
    write_notebook(
        project,
        "scores",
        "from nexo.base.errors import ContractError; raise ContractError('nps_score: 11. Map it.')",
    )
    with pytest.raises(NotebookError, match=r"ContractError: nps_score: 11\. Map it\.") as caught:
        run_notebook("scores")
    assert "Traceback" not in str(caught.value)


def test_a_killed_kernel_is_told_with_the_cell_that_ran(project: Path) -> None:
    write_notebook(project, "scores", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(NotebookError, match=r"cell 2 \(id 'step-1'\) did not end") as caught:
        run_notebook("scores")
    assert "memory or disk may be short" in str(caught.value)
    assert not (project / "data" / "results" / "notebooks" / "scores.ipynb").exists()
