"""What each stage really read while the demo was built is among its deps, and nothing else is.

Covers files that Python itself opens: code, YAML, JSON, CSV, fonts, report sources. Not
covered: Parquet, which its library opens by itself; deps on tables follow from dvc.yaml.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.project import Project

PYC = re.compile(r"__pycache__/([^/.]+)\.[^/]*\.pyc$")
NEVER_INPUT = ("params.yaml", ".git/", ".dvc/", "pyproject.toml")
"""params.yaml counts by its sections (test_dependencies.py)."""


def unnamed_reads(log: str, stages: dict[str, Any], exists: Any) -> list[str]:
    """Files that a stage read and neither names as a dep nor makes itself."""
    problems: set[tuple[str, str]] = set()
    for line in log.splitlines():
        stage, _, name = line.partition("\t")
        name = PYC.sub(r"\1.py", name)
        known = [item["path"] for kind in ("deps", "outs") for item in stages[stage].get(kind, [])]
        is_known = any(name == path or name.startswith(f"{path}/") for path in known)
        is_beside_known = any(Path(name).parent == Path(path).parent for path in known)
        is_temporary = "/." in name and is_beside_known or not exists(name)
        if not is_known and not is_temporary and not name.startswith(NEVER_INPUT):
            problems.add((stage, name))
    return [
        f"stage {stage}: it read {name}; add it to its deps" for stage, name in sorted(problems)
    ]


def test_no_stage_reads_what_it_does_not_name(demo: Project) -> None:
    stages = yaml.safe_load(demo.lock())["stages"]
    log = demo.reads_log.read_text(encoding="utf-8")
    assert {line.partition("\t")[0] for line in log.splitlines()} == set(stages)
    problems = unnamed_reads(log, stages, lambda name: (demo.root / name).is_file())
    problems = [problem for problem in problems if not says_nothing_of(problem, demo.root)]
    assert not problems, "\n".join([*problems[:40], f"{len(problems)} in all"])


def says_nothing_of(problem: str, root: Path) -> bool:
    """True when the file read is a package's empty ``__init__.py``."""
    from repo.deps import says_nothing

    found = re.search(r"it read (\S+__init__\.py);", problem)
    return bool(found) and says_nothing(root / str(found and found[1]))


@pytest.mark.parametrize(
    ("read", "message"),
    [
        ("src/nexo/__pycache__/b.cpython-311.pyc", "it read src/nexo/b.py"),
        ("data/dictionary.yaml", "it read data/dictionary.yaml"),
    ],
)
def test_an_unnamed_read_is_seen(read: str, message: str) -> None:
    stages = {"go": {"deps": [{"path": "src/nexo/a.py"}, {"path": "data/raw"}]}}
    log = f"go\tparams.yaml\ngo\tdata/raw/counts.json\ngo\tsrc/nexo/a.py\ngo\t{read}\n"
    assert len(problems := unnamed_reads(log, stages, lambda name: True)) == 1
    assert message in problems[0]
