"""nexo check and nexo draft, as a person would run them in a project."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nexo.cli import command
from nexo.errors import NexoError, SourceError
from support.sources import ROOT, survey_source, write_source


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one small source, and its files beside it."""
    for name in ("params.yaml", "dvc.yaml", "data/dictionary.yaml", "data/sources/demo.key"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    write_source(tmp_path / "data" / "sources", survey_source())
    inbox = tmp_path / "data" / "inbox"
    inbox.mkdir()
    rows = "".join(f"{i},2024-05-01,{i % 11},x\n" for i in range(40))
    (inbox / "answers.csv").write_text("id,date,nps,comment\n" + rows + "41,2024-05-01,11,x\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_check_tells_what_became_of_the_rows(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(["check", "small"])
    shown = capsys.readouterr().out
    assert "small.yaml is well formed: Answers (survey_only)." in shown
    assert "survey: 41 records in answers.csv" in shown
    assert "out_of_scale" in shown and "The data set can be run." in shown
    assert not (project / "data" / "raw").exists()


def test_check_fails_as_the_pipeline_would(project: Path) -> None:
    (project / "data" / "inbox" / "answers.csv").write_text("id,date,nps,comment\n,,,\n")
    with pytest.raises(NexoError, match="1 of 1 rows"):
        command(["check", "small"])
    with pytest.raises(SourceError, match=r"elsewhere is not there"):
        command(["check", "small", "--data-dir", "elsewhere"])
    with pytest.raises(SourceError, match=r"nobody\.yaml is not there"):
        command(["check", "nobody"])


def test_draft_prints_a_yaml(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(["draft", str(project / "data" / "inbox" / "answers.csv")])
    assert 'nps_score: "nps"  # found 0 to 11' in capsys.readouterr().out
