"""The executed copy of a notebook: the same bytes for the same run, or what a failed run left."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nexo.base import errors, paths

if TYPE_CHECKING:
    from nbformat import NotebookNode

INJECTED = "injected-parameters"
KEPT_METADATA = ("tags", "slideshow")
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
PROGRESS = re.compile(r"^.*\d+%\|.*(\n|$)|^\d+it \[.*(\n|$)", re.MULTILINE)
REWRITTEN = re.compile(r"^[^\n]*\r(?!\n)", re.MULTILINE)
CELL_FILE = re.compile(r"[^\s\"'<>]*ipykernel_\d+[/\\]\d+\.py")
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
STYLER = re.compile(r"(?<![0-9A-Za-z])T_([0-9a-f]{5,32})(?![0-9a-f])")
RANDOM_ID = re.compile(
    r"(?<=altair-viz-)[0-9a-f]{32}\b"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
)


def stable_copy(executed: NotebookNode) -> str:
    """Return the executed notebook as JSON text without anything that differs between runs.

    Left out: papermill's and the kernel's metadata, times, execution counts, paths of this
    machine, memory addresses, random ids (Styler, Altair, injected cell) and progress bars.
    """
    place = _placeless()
    seen: dict[str, str] = {}
    cells = [_stable_cell(cell, place, seen) for cell in executed.cells]
    content = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def failed_copy(target: Path) -> Path:
    """Where the half-run copy of ``target`` is kept; no stage reads that folder."""
    return target.parent / ".failed" / target.name


def forget_failure(target: Path) -> None:
    """Remove the half-run copy of an earlier failure, now that ``target`` is whole again."""
    kept = failed_copy(target)
    kept.unlink(missing_ok=True)
    if kept.parent.is_dir() and not any(kept.parent.iterdir()):
        kept.parent.rmdir()


def explain_failure(half_run: Path, target: Path, problem: Exception) -> str:
    """Say which cell failed, why, and where the half-run copy is kept.

    Errors of the project carry their own cure; others come with the end of their traceback.
    """
    kept = _keep(half_run, target)
    place, error = _failing_cell(_cells(half_run))
    end = f"Nothing of this run was kept but {kept}: open it in JupyterLab to see how far it came."
    if error is None:
        return (
            f"{target.stem}: {place} did not end: {type(problem).__name__}: {problem}\n"
            "If the process was killed, memory or disk may be short: free some, then run "
            f"dvc repro again.\n{end}"
        )
    name, value = error["ename"], error["evalue"]
    text = f"{target.stem}: {place} failed: {name}: {value}\n"
    if "No space left on device" in value or "File too large" in value:
        return f"{text}The disk is full: free some space, then run dvc repro again.\n{end}"
    if not issubclass(getattr(errors, name, Exception), errors.NexoError):
        traceback = ANSI.sub("", "\n".join(error["traceback"])).splitlines()
        text += "\n".join(traceback[-15:]) + "\n"
    return f"{text}{end}"


def _keep(half_run: Path, target: Path) -> str:
    """Keep the half-run copy beside the good ones; in the system's folder if that is full."""
    if not half_run.exists():
        return "nothing (no cell had started)"
    kept = failed_copy(target)
    for place in (kept, Path(tempfile.gettempdir()) / f"nexo-failed-{half_run.name}"):
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(half_run, place)
            return str(place.relative_to(paths.root()) if place == kept else place)
        except OSError:
            place.unlink(missing_ok=True)
    return "nothing (there was no room for its half-run copy)"


def _cells(half_run: Path) -> list[dict[str, Any]]:
    """The cells of a half-run copy but those papermill added; none if it was never whole."""
    try:
        cells = json.loads(half_run.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError):
        return []
    return [cell for cell in cells if not _is_banner(cell)]


def _failing_cell(cells: list[dict[str, Any]]) -> tuple[str, dict[str, Any] | None]:
    """Return the place of the cell that failed, else of the last that had begun; its error."""
    begun = "the kernel"
    for number, cell in enumerate(cells, start=1):
        place = f"cell {number} (id {cell.get('id', '')!r})"
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                return place, output
        if cell["metadata"].get("papermill", {}).get("start_time"):
            begun = place
    return begun, None


def _is_banner(cell: dict[str, Any]) -> bool:
    """Papermill adds a banner above the failing cell, and the cell with the parameters."""
    tags = cell["metadata"].get("tags", [])
    return "papermill-error-cell-tag" in tags or INJECTED in tags


def _stable_cell(
    cell: NotebookNode, place: Callable[[str], str], seen: dict[str, str]
) -> dict[str, Any]:
    tags = cell.metadata.get("tags", [])
    stable: dict[str, Any] = {
        "cell_type": cell.cell_type,
        "id": INJECTED if INJECTED in tags else cell.id,
        "metadata": {key: cell.metadata[key] for key in KEPT_METADATA if cell.metadata.get(key)},
        "source": cell.source,
    }
    if cell.cell_type == "code":
        stable["execution_count"] = None
        outputs = [_stable_output(dict(output), place, seen) for output in cell.outputs]
        stable["outputs"] = _merge_streams([output for output in outputs if output])
    return stable


def _stable_output(
    output: dict[str, Any], place: Callable[[str], str], seen: dict[str, str]
) -> dict[str, Any] | None:
    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: clean(item) for key, item in value.items()}
        if isinstance(value, list):
            return [clean(item) for item in value]
        return _stable_text(value, place, seen) if isinstance(value, str) else value

    if output["output_type"] == "stream":
        text = PROGRESS.sub("", REWRITTEN.sub("", output["text"]))
        stable = {"output_type": "stream", "name": output["name"], "text": clean(text)}
        return stable if text else None
    output["metadata"] = {}
    output["data"] = clean(output.get("data", {}))
    if "execution_count" in output:
        output["execution_count"] = None
    return output


def _stable_text(text: str, place: Callable[[str], str], seen: dict[str, str]) -> str:
    def renumber(match: re.Match[str]) -> str:
        return seen.setdefault(match[0], f"id{len(seen) + 1}")

    text = CELL_FILE.sub("<cell>", text)
    text = ADDRESS.sub("0x0", place(text))
    text = STYLER.sub(lambda match: f"T_{renumber(match)}", text)
    return RANDOM_ID.sub(renumber, text)


def _merge_streams(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join neighbouring pieces of stdout and stderr, stdout first: their timing is chance."""
    merged: list[dict[str, Any]] = []
    run: dict[str, str] = {}

    def flush() -> None:
        for name in ("stdout", "stderr"):
            if name in run:
                merged.append({"name": name, "output_type": "stream", "text": run.pop(name)})

    for output in outputs:
        if output["output_type"] == "stream":
            run[output["name"]] = run.get(output["name"], "") + output["text"]
        else:
            flush()
            merged.append(output)
    flush()
    return merged


def _placeless() -> Callable[[str], str]:
    """Return a function that replaces this machine's folders by neutral names."""
    names = {
        str(Path(sys.prefix).resolve()): "<python>",
        sys.prefix: "<python>",
        sys.base_prefix: "<python>",
        str(paths.root()): ".",
        tempfile.gettempdir(): "<temp>",
        str(Path.home()): "~",
    }
    longest_first = sorted((name for name in names if len(name) > 1), key=len, reverse=True)
    pattern = re.compile("|".join(f"{re.escape(name)}(?![\\w-])" for name in longest_first))
    return lambda text: pattern.sub(lambda match: names[match[0]], text)
