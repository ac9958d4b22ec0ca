"""The receipt: what it holds, and that it refuses when results or pages have changed since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from nexo.base.errors import RenderError
from nexo.report import receipt, seal
from nexo.report.facts import write_facts
from nexo.report.inputs import read_inputs
from support.facts_world import build


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("receipt")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        build(folder, "survey_only")
        write_facts(read_inputs())
        yield folder


def test_it_holds_what_a_second_run_needs(made: Path) -> None:
    found = json.loads((made / "reports/_generated/receipt.json").read_text(encoding="utf-8"))
    assert set(found) == {
        "source",
        "key",
        "inputs",
        "params",
        "code",
        "requirements",
        "rows",
        "results",
        "generated",
        "versions",
    }
    assert "data/results/economics/money.csv" in found["results"]
    assert "reports/_variables.yml" in found["generated"]
    assert found["rows"]["clean_survey"]["survey"] == {"in": 20_310, "out": 20_200}
    assert {"statsmodels", "duckdb", "python"} <= set(found["versions"])


def test_it_knows_no_clock_and_no_commit(made: Path) -> None:
    text = (made / "reports/_generated/receipt.json").read_text(encoding="utf-8")
    for word in ("commit", "time", 'date"', "host", "user"):
        assert word not in text


def test_check_passes_on_what_was_written(made: Path) -> None:
    seal.check()


@pytest.mark.parametrize(
    "name",
    [
        "data/results/evidence/verdicts.csv",
        "reports/_generated/es/headline.md",
        "reports/_variables.yml",
    ],
)
def test_check_refuses_what_was_changed_since(made: Path, name: str) -> None:
    file = made / name
    before = file.read_bytes()
    file.write_bytes(before + b" ")
    with pytest.raises(RenderError, match=f"disagree: {name}"):
        seal.check()
    file.write_bytes(before)
    seal.check()


def test_check_refuses_a_result_that_vanished(made: Path) -> None:
    file = made / "data/results/economics/growth.csv"
    before = file.read_bytes()
    file.unlink()
    with pytest.raises(RenderError, match=r"growth\.csv"):
        seal.check()
    file.write_bytes(before)


def test_a_missing_receipt_says_how_to_get_one(made: Path) -> None:
    with pytest.raises(RenderError, match="dvc repro facts"):
        seal.check(made / "nothing.json")


def test_params_hash_ignores_comments_but_no_value(made: Path) -> None:
    file = made / "params.yaml"
    text, before = file.read_text(encoding="utf-8"), receipt.params_digest()
    file.write_text(text + "\n# a remark\n", encoding="utf-8")
    assert receipt.params_digest() == before
    file.write_text(text.replace("minimum_group: 10", "minimum_group: 11"), encoding="utf-8")
    assert receipt.params_digest() != before
    file.write_text(text, encoding="utf-8")
