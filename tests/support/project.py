"""Copies of the project with git and DVC of their own, where tests run stages and break things."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SABOTEUR = Path(__file__).parent / "saboteur"
RAN = re.compile(r"^Running stage '([^']+)'", re.MULTILINE)
GIT_NAME = ("-c", "user.name=Test", "-c", "user.email=test@example.org")


@dataclass(frozen=True)
class Project:
    """One project folder, and how commands are run in it."""

    root: Path

    @property
    def reads_log(self) -> Path:
        """Where a traced run notes which files each stage read (see saboteur)."""
        return self.root.parent / "reads.txt"

    def run(
        self, *command: str, timeout: float = 300, sabotage: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command here; its output and errors come back together as ``stdout``."""
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.environment(sabotage) | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=timeout,
        )

    def dvc(
        self, *arguments: str, timeout: float = 300, sabotage: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a dvc command here."""
        dvc = str(Path(sys.executable).parent / "dvc")
        return self.run(dvc, *arguments, timeout=timeout, sabotage=sabotage)

    def environment(self, sabotage: str = "") -> dict[str, str]:
        """This machine's variables, with this copy's code and this Python in front."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("NEXO_", "DVC_", "GIT_"))}
        code = [str(self.root / "src")]
        if sabotage:
            code.insert(0, str(SABOTEUR))
        return kept | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(code),
            "SABOTAGE": sabotage,
            "DVC_NO_ANALYTICS": "1",
            "DVC_SITE_CACHE_DIR": str(self.root.parent / "site-cache"),
        }

    def commit(self, message: str) -> None:
        """Commit all files of the copy; none may have changed since the last commit."""
        commit = (*GIT_NAME, "commit", "--quiet", "--allow-empty", "-m", message)
        for command in (("add", "--all"), commit):
            done = self.run("git", *command)
            assert done.returncode == 0, done.stdout

    def lock(self) -> str:
        """The text of dvc.lock."""
        return (self.root / "dvc.lock").read_text(encoding="utf-8")

    def change_params(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Rewrite params.yaml with ``change`` applied to its content."""
        file = self.root / "params.yaml"
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        change(content)
        file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def stages_run(output: str) -> list[str]:
    """The stages that a `dvc repro` ran, in order."""
    return RAN.findall(output)


def copy_project(source: Path, target: Path) -> Project:
    """Copy the files of a checkout that git would keep (tests left out), as a new repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=source,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in sorted(set(listed) - {""}):
        if name.startswith("tests/") or not (source / name).is_file():
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, target / name)
    project = Project(target)
    project.run("git", "init", "--quiet", "--initial-branch=main")
    project.commit("A copy")
    return project


def fork_project(source: Project, target: Path) -> Project:
    """Copy a built project; the copy shares its DVC cache, so nothing has to be built again."""
    shutil.copytree(
        source.root,
        target,
        symlinks=True,
        ignore=lambda folder, names: (
            {"cache", "tmp"} & set(names) if Path(folder).name == ".dvc" else set()
        ),
    )
    project = Project(target)
    done = project.dvc("cache", "dir", "--local", str(source.root / ".dvc" / "cache"))
    assert done.returncode == 0, done.stdout
    return project
