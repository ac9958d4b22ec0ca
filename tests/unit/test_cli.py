"""nexo check and nexo draft, as a person would run them in a project."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from nexo.base.errors import NexoError, SourceError
from nexo.cli import command
from nexo.cli.progress import Progress
from nexo.cli.show import grid
from support.sources import ROOT, landmark_source, survey_source, write_source

ROWS = "".join(f"{i},2024-05-{1 + i % 9:02d},{i % 11},x\n" for i in range(40))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one small source, and its files beside it."""
    for name in ("params.yaml", "dvc.yaml", "data/dictionary.yaml", "data/sources/demo.key"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    write_source(tmp_path / "data" / "sources", survey_source())
    inbox = tmp_path / "data" / "inbox"
    inbox.mkdir()
    answers = "id,date,nps,comment\n" + ROWS + "41,2024-05-01,11,x\n"
    (inbox / "answers.csv").write_text(answers)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shown_by(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints, single blanks between words."""
    command(arguments)
    return re.sub(" +", " ", capsys.readouterr().out)


def test_check_tells_what_became_of_the_rows(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = shown_by(capsys, "check", "small")
    assert "small.yaml is well formed: Answers (survey_only)." in shown
    assert "survey answers.csv 41\n" in shown
    assert "survey 41 41 0 0 1 0\n" in shown  # read, kept, merged, rejected, missing, codes
    assert "survey.nps_score: 1 x outside of the allowed range (out_of_scale" in shown
    assert "answers.csv, row 42, value '11'" in shown
    assert "survey nps_score integer 97.5 % 0 to 10\n" in shown
    assert "no retention: a survey alone" in shown
    assert "The data set can be run." in shown
    assert not (project / "data" / "raw").exists()


def test_check_shows_the_scores(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """40 answers i % 11: 0 to 6 four times but 7, 8, 9, 10 (4, 3, 3, 3): by hand -52.5... ."""
    command(["check", "small", "--json"])
    found = json.loads(capsys.readouterr().out)
    score = found["scores"][0]
    promoters = sum(i % 11 >= 9 for i in range(40))
    detractors = sum(i % 11 <= 6 for i in range(40))
    assert score["nps"] == pytest.approx(100 * (promoters - detractors) / 40)
    assert score["counts"] == {str(p): sum(i % 11 == p for i in range(40)) for p in range(11)}
    assert [one["can"] for one in found["reports"]] == [True, False, False, False]


def test_check_takes_a_path_and_works_from_below(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.move(project / "data" / "sources" / "small.yaml", project / "data" / "mine.yaml")
    monkeypatch.chdir(project / "data")
    shown = shown_by(capsys, "check", "mine.yaml", "--data-dir", "inbox")
    assert "mine.yaml is well formed" in shown
    assert "Copy mine.yaml to" in shown and "data_dir: data/inbox" in shown
    with pytest.raises(SourceError, match=r"other\.yaml is not there"):
        command(["check", "other.yaml"])


def test_check_warns_of_ids_that_do_not_meet(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_source(project / "data" / "sources", landmark_source())
    answers = "id,customer,date,nps\n" + "".join(f"{i},C{i},2024-05-01,9\n" for i in range(9))
    customers = "customer,since\n" + "".join(f"0{i},2020-05-01\n" for i in range(9))
    (project / "data" / "inbox" / "answers.csv").write_text(answers)
    (project / "data" / "inbox" / "customers.csv").write_text(customers)
    shown = shown_by(capsys, "check", "small")
    assert "survey: only 0% of its rows belong to a customer" in shown
    assert "look at the warnings first" in shown


def test_check_fails_as_the_pipeline_would(project: Path) -> None:
    (project / "data" / "inbox" / "answers.csv").write_text("id,date,nps,comment\n,,,\n")
    with pytest.raises(NexoError, match="1 of 1 rows"):
        command(["check", "small"])
    with pytest.raises(SourceError, match=r"elsewhere is not there"):
        command(["check", "small", "--data-dir", "elsewhere"])
    with pytest.raises(SourceError, match=r"nobody\.yaml is not there"):
        command(["check", "nobody"])


def test_a_draft_is_printed_with_the_next_step_beside(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(["draft", "data/inbox/answers.csv"])
    told = capsys.readouterr()
    drafted = yaml.safe_load(told.out)
    columns = drafted["tables"]["survey"]["files"][0]["columns"]
    assert columns["nps_score"] == "nps"
    assert "97.6 % of 41 values are whole numbers 0 to 10" in told.out
    assert f"nexo check NAME --data-dir {project / 'data' / 'inbox'}" in told.err


def test_a_saved_draft_is_checked_and_never_written_over(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(["draft", "--save", "mine", "data/inbox/answers.csv"])
    file = project / "data" / "sources" / "mine.yaml"
    before = file.read_bytes()
    assert "The data set can be run." in shown_by(capsys, "check", "mine")
    with pytest.raises(SourceError, match="is there already"):
        command(["draft", "--save", "mine", "data/inbox/answers.csv"])
    file.write_text("title: mine\n")
    command(["draft", "--save", "mine", "--force", "data/inbox/answers.csv"])
    assert file.read_bytes() == before
    with pytest.raises(SourceError, match="small letters"):
        command(["draft", "--save", "../mine", "data/inbox/answers.csv"])
    assert (project / "data" / "sources" / "mine.corrections.yaml").read_text()


def test_progress_keeps_out_of_pipes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with Progress() as progress:
        progress("1 row")
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]


def test_a_grid_aligns_numbers_to_the_right() -> None:
    assert grid(("name", "n"), [("a", 5), ("bcd", 12345)]) == [
        "name       n",
        "a          5",
        "bcd   12,345",
    ]


def test_help_names_both_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        command(["--help"])
    shown = capsys.readouterr().out
    assert "nexo draft answers.csv" in shown and "nexo check mine" in shown
