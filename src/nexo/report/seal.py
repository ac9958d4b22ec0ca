"""Hashes of what was published, and the check that it is still the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from nexo.base import paths
from nexo.base.errors import RenderError
from nexo.base.results import read_json

NAME = "receipt.json"
ROOMS = ("scores", "link", "evidence", "economics")


def result_digests() -> dict[str, str]:
    """Return the hash of every result that the reports are made from."""
    files = [paths.panel_dir() / "meta.json", paths.panel_dir() / "flow.csv"]
    files += [paths.clean_dir(stage) / "counts.json" for stage in ("survey", "sales")]
    for room in ROOMS:
        folder = paths.results_dir(room)
        files += [file for file in folder.rglob("*") if file.suffix in (".csv", ".json")]
    return {_name(file): digest([file]) for file in sorted(files)}


def generated_digests() -> dict[str, str]:
    """Return the hash of the variables and of every generated include and figure."""
    files = [file for file in paths.generated_dir().rglob("*") if file.is_file()]
    files = [file for file in files if file.name != NAME and not file.name.startswith(".")]
    files.append(paths.reports_dir() / "_variables.yml")
    return {_name(file): digest([file]) for file in sorted(files)}


def digest(files: Iterable[Path]) -> str:
    """Return one sha256 over names and contents of files, in the order of their names."""
    whole = hashlib.sha256()
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        whole.update(f"{_name(file)} {content}\n".encode())
    return whole.hexdigest()


def check(file: Path | None = None) -> None:
    """Raise RenderError when a result or generated file is not the one of the receipt."""
    file = file or paths.generated_dir() / NAME
    if not file.is_file():
        raise RenderError(f"{file} is not there. Run `dvc repro facts`, which writes it.")
    receipt = read_json(file)
    changed = []
    for part, now in (("results", result_digests()), ("generated", generated_digests())):
        before = receipt[part]
        changed += [
            name for name in sorted(before.keys() | now.keys()) if before.get(name) != now.get(name)
        ]
    if changed:
        listed = ", ".join(changed[:5]) + (
            f" and {len(changed) - 5} more" if len(changed) > 5 else ""
        )
        raise RenderError(
            f"the receipt and the files disagree: {listed}. Something changed after the facts "
            "were collected; run `dvc repro` so that report and results belong together."
        )


def _name(file: Path) -> str:
    return file.relative_to(paths.root()).as_posix()
