"""The pipeline's script and nexo check as processes: exit code 1, one message, nothing left behind."""
# ruff: noqa: E501 - a message is easier to read on one line
# fmt: off

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalogue.cases import Content, answers, with_file, write
from support.sources import ROOT, survey_source, write_source

GOOD = answers(*(f"{n},2024-05-01,{n % 11},x" for n in range(40)))


def project(folder: Path, described: dict[str, Any], files: dict[str, Content], **common: Any) -> Path:
    """A project of one small source: parameters, dictionary, key, YAML and files."""
    for name in ("params.yaml", "dvc.yaml", "data/dictionary.yaml", "data/sources/demo.key"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    parameters = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
    parameters["common"].update({"source": "small", **common})
    (folder / "params.yaml").write_text(yaml.safe_dump(parameters), encoding="utf-8")
    write_source(folder / "data" / "sources", described)
    corrections = folder / "data" / "sources" / "small.corrections.yaml"
    corrections.write_text("corrections: []\n", encoding="utf-8")
    write(folder / "data" / "inbox", files)
    return folder


def run(folder: Path, *command: str) -> tuple[int, str]:
    """Run a Python command in the project; return its exit code and all it said."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


EXTRACT = str(ROOT / "pipeline" / "extract.py")
FAILING: dict[str, tuple[dict[str, Any], dict[str, Content], dict[str, Any], str]] = {
    "unknown key": (survey_source(titel="x"), GOOD, {}, "titel is not a known key. Did you mean 'title'?"),
    "escaping path": (with_file(glob="../small.yaml"), GOOD, {}, "leads out of the data folder"),
    "open quote": (survey_source(), answers('1,2024-05-01,9,"open', "2,2024-05-01,9,x"), {}, "a quote"),
    "wrong bytes late": (survey_source(), {"answers.csv": b"id,date,nps,comment\n" + b"1,2024-05-01,9,x\n" * 9000 + b"2,2024-05-01,9,\xff\n"}, {}, "answers.csv, line 9002: not utf-8 text"),
    "no data folder": (survey_source(), GOOD, {"data_dir": "data/nowhere"}, "data/nowhere is not there"),
    "a parameter that is no text": (survey_source(), GOOD, {"data_dir": 5}, "common.data_dir = 5: must be text"),
    "a source name that goes up": (survey_source(), GOOD, {"source": "../small"}, "common.source = '../small'"),
    "a key that is a folder": (survey_source(), GOOD, {"key_file": ".."}, "is no key file. Make one with: python -c"),
    "a key that is a device": (survey_source(), GOOD, {"key_file": "/dev/zero"}, "/dev/zero is no key file. Make one with"),
    "a key that is no name": (survey_source(), GOOD, {"key_file": "a\0b"}, "is no name of a file"),
    "a key within the repository": (survey_source(), GOOD, {"key_file": "params.yaml"}, "lies inside the repository"),
}  # fmt: skip


AS_PROCESSES = [says for *_, says in FAILING.values()][:2]


@pytest.mark.parametrize(("source", "files", "common", "says"), FAILING.values(), ids=FAILING)
def test_the_script_ends_with_one_message_and_leaves_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    source: Any,
    files: Any,
    common: dict[str, Any],
    says: str,
) -> None:
    folder = project(tmp_path / "project", source, files, **common)
    before = everything(folder)
    if says in AS_PROCESSES:
        code, said = run(folder, EXTRACT)
    else:  # the same script within this process, which is quicker
        monkeypatch.chdir(folder)
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(EXTRACT, run_name="__main__")
        code, said = ended.value.code, "".join(capsys.readouterr())
    assert (code, "Traceback" in said) == (1, False), said
    assert says in said
    assert everything(folder) == before


def test_a_failure_leaves_what_an_earlier_run_made(tmp_path: Path) -> None:
    folder = project(tmp_path / "project", survey_source(), GOOD)
    assert run(folder, EXTRACT)[0] == 0
    made = {p: p.read_bytes() for p in (folder / "data" / "raw").iterdir()}
    (folder / "data" / "inbox" / "answers.csv").write_bytes(b"\xff\xff")
    assert run(folder, EXTRACT)[0] == 1
    assert {p: p.read_bytes() for p in (folder / "data" / "raw").iterdir()} == made


CHECKED: dict[str, tuple[dict[str, Any], dict[str, Content], str]] = {
    "too many rejected": (survey_source(), answers(*(f"{n},31/02/2024,9,x" for n in range(20))), "20 of 20 rows (100.0%) were rejected"),
    "labels never seen": (with_file(columns={"response_id": "id", "answered_at": "date", "survey_kind": "comment"}), GOOD, "unknown labels for survey_kind: 'x' (40 rows)"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "files", "says"), CHECKED.values(), ids=CHECKED)
def test_nexo_check_ends_as_the_pipeline_would(
    tmp_path: Path, source: Any, files: Any, says: str
) -> None:
    folder = project(tmp_path / "project", source, files)
    before = everything(folder)
    code, said = run(folder, "-c", "from nexo.cli import main; main()", "check", "small")
    assert (code, "Traceback" in said) == (1, False), said
    assert says in said
    assert everything(folder) == before
