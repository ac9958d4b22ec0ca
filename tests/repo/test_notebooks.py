"""Notebooks take the parameters of their section, and are committed without outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from nexo.notebook import SECTION_OF, WITH_OUTCOME
from repo.code_rules import notebook_breaches
from repo.deps import ROOT

PARAMS = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))


def expected_values(name: str) -> dict[str, Any]:
    values = {"common": PARAMS["common"], **PARAMS[SECTION_OF[name]]}
    return values | ({"outcome": "retention"} if name in WITH_OUTCOME else {})


@pytest.mark.parametrize("name", SECTION_OF)
def test_a_notebook_fits_its_section_and_is_clean(name: str) -> None:
    problems = notebook_breaches(ROOT / "notebooks" / f"{name}.ipynb", expected_values(name))
    assert not problems, "\n".join(problems)


def test_every_notebook_belongs_to_a_section() -> None:
    found = {file.stem for file in (ROOT / "notebooks").glob("*.ipynb")}
    assert found == set(SECTION_OF), "add the notebook to SECTION_OF in nexo.notebook"


def test_every_notebook_is_in_the_index() -> None:
    index = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    missing = [name for name in SECTION_OF if f"({name}.ipynb)" not in index]
    assert not missing, f"notebooks/README.md has no link to {missing}"


def broken(tmp_path: Path, source: str = "x = 1", **changes: Any) -> Path:
    cell = {
        "cell_type": "code",
        "id": "parameters",
        "metadata": {"tags": ["parameters"]},
        "execution_count": None,
        "outputs": [],
        "source": source,
    }
    n_cells = changes.pop("n_cells", 0)
    minor = changes.pop("minor", 5)
    plain = cell | {"metadata": {}, "id": "more", "source": ""}
    cells = [cell | changes, *[plain] * n_cells]
    file = tmp_path / "broken.ipynb"
    file.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": minor}))
    return file


def test_a_clean_notebook_passes(tmp_path: Path) -> None:
    assert not notebook_breaches(broken(tmp_path), {"x": 1})


@pytest.mark.parametrize(
    ("source", "changes", "message"),
    [
        ("y = 1", {}, "x is not in the notebook's parameters cell"),
        ("x = 1; y = 2", {}, "y is in the notebook's parameters cell"),
        ("x = 'one'", {}, "x = 1 is a number"),
        ("x = 2", {}, "defaults differ from params.yaml"),
        ("x = 1", {"outputs": [{"output_type": "stream"}]}, "keeps outputs"),
        ("x = 1", {"execution_count": 3}, "keeps outputs"),
        ("x = 1", {"id": "0"}, "the id '0' is no name"),
        ("x = 1", {"n_cells": 12}, "13 code cells"),
        ("x = 1", {"minor": 4}, "nbformat must be 4.5"),
    ],
)
def test_a_broken_notebook_is_seen(
    tmp_path: Path, source: str, changes: dict[str, Any], message: str
) -> None:
    problems = notebook_breaches(broken(tmp_path, source, **changes), {"x": 1})
    assert any(message in problem for problem in problems), problems
