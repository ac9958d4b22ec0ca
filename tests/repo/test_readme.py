"""What README promises exists: links, anchors, make targets, dvc commands, and CI runs both."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from repo.deps import ROOT
from repo.text_rules import dead_links, dvc_problems, make_problems

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "data/README.md", "notebooks/README.md", "reports/METHODS.md")
TARGETS = ["report", "test", "lab", "bench", "lint", "quarto", "edition", "lock", "clean"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    file = ROOT / name
    problems = dead_links(file.read_text(encoding="utf-8"), file.parent)
    assert not problems, f"{name}:\n" + "\n".join(problems)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_parse(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    problems = [*make_problems(text, MAKEFILE), *dvc_problems(text)]
    assert not problems, f"{name}:\n" + "\n".join(problems)


@pytest.mark.parametrize("target", TARGETS)
def test_the_makefile_has_every_target(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_readme_shows_the_two_commands_first_and_stays_short() -> None:
    shown = re.findall(r"\bmake (\w+)", README)
    assert shown[:2] == ["report", "test"], f"README shows {shown[:2]} first"
    assert len(README.splitlines()) < 150


def test_ci_runs_the_two_commands() -> None:
    lines = ci_commands((ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert {"make test", "make report"} <= lines, sorted(lines)


def ci_commands(text: str) -> set[str]:
    """The make commands that a shell script really runs, comments left out."""
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    return {found[0] for line in lines if (found := re.match(r"make \w+", line))}


def test_a_command_in_a_comment_is_not_run() -> None:
    assert ci_commands("# make test\n  make report | tee log\n") == {"make report"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a](absent.md)", "absent.md does not exist"),
        ("# Title\n[a](#titel)", "no heading gives #titel"),
        ("[a](there.md#none)", "no heading gives #none"),
        ('<img src="gone.png">', "gone.png does not exist"),
    ],
)
def test_a_dead_link_is_seen(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "there.md").write_text("## Some *heading*: here\n")
    assert not dead_links("[a](there.md#some-heading-here) [b](https://example.org)", tmp_path)
    assert any(message in problem for problem in dead_links(text, tmp_path))


@pytest.mark.parametrize(
    "text", ["`make reprot`", "```sh\nmake reprot PYTHON=python3\n```", "`cd x && make reprot`"]
)
def test_an_unknown_make_target_is_seen(text: str) -> None:
    assert make_problems(text, "report: x\n\tdo\n")
    assert not make_problems(text.replace("reprot", "report"), "report: x\n\tdo\n")


@pytest.mark.parametrize(
    "text", ["`dvc rerpo`", "`dvc repro --froce`", "```\ndvc exp run -Q common.source=x\n```"]
)
def test_an_unknown_dvc_command_is_seen(text: str) -> None:
    assert dvc_problems(text)
    assert not dvc_problems("`dvc repro link@revenue` `dvc exp run -S common.source=x`")
