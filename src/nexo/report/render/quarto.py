"""The Quarto renderer, for those who have it: the same sources and options, warnings refused."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from nexo.base.errors import RenderError
from nexo.report.render.pages import fitted
from nexo.report.render.project import front_matter
from nexo.report.render.source import read_lines

KNOWN = (1, 10)
"""Quarto's version (major, minor) that pyproject.toml pins and the template is written for."""

ENDINGS = {"html": ".html", "typst": ".pdf"}
_SECONDS = 300
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_TROUBLE = re.compile(r"^\s*\[?(WARNING|WARN|ERROR)\b", re.MULTILINE)
_NOT_COPIED = ("_site", "_draft", ".quarto", ".git")


def executable() -> str | None:
    """Return Quarto's path: the one beside this Python first, then the machine's."""
    beside = shutil.which("quarto", path=str(Path(sys.executable).parent))
    return beside or shutil.which("quarto")


def problem() -> str:
    """Return why Quarto cannot be used here, with the cure; an empty text when it can."""
    path = executable()
    if path is None:
        return (
            "report.renderer is quarto, but Quarto is not installed. Run: make quarto; "
            "or set report.renderer to embedded in params.yaml."
        )
    found = installed_version()
    if found[:2] != KNOWN:
        return (
            f"Quarto {'.'.join(map(str, found)) or 'of an unknown version'} is installed; the "
            f"reports are written for {KNOWN[0]}.{KNOWN[1]}. Run: make quarto; or set "
            "report.renderer to embedded in params.yaml."
        )
    return ""


def installed_version() -> tuple[int, ...]:
    """Return Quarto's version; an empty tuple when it does not tell."""
    said = _run(["--version"], Path(tempfile.gettempdir())).strip()
    return tuple(map(int, said.split("."))) if re.fullmatch(r"\d+(\.\d+)+", said) else ()


def made_by() -> str:
    """Return what the footer and the receipt say about this renderer."""
    return f"Nexo {version('nexo')}, Quarto {'.'.join(map(str, installed_version()))}"


def render(file: Path, root: Path, output: Path, *, is_draft: bool) -> list[Path]:
    """Render one .qmd into ``output``/<stem>.html and .pdf; return the two files.

    Quarto works on a copy of the report folder, because it writes beside its sources. Raises
    RenderError when it fails, warns, or does not write its file.
    """
    name = file.relative_to(root)
    told = {"made-by": made_by(), "slug": file.stem, f"is-{file.stem}": "true"}
    told |= {"draft-mark": "true"} if is_draft else {}
    options = [part for key, value in told.items() for part in ("-M", f"{key}:{value}")]
    done = []
    with tempfile.TemporaryDirectory(prefix="quarto-") as scratch:
        copy = Path(scratch, root.name)
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*_NOT_COPIED))

        def pdf(density: float) -> bytes:
            return _made(copy, name, "typst", [*options, "-M", f"density:{density:g}"])

        made = {
            "html": _made(copy, name, "html", options),
            "typst": fitted(str(name), _pages_wanted(file, root), pdf),
        }
    for target, ending in ENDINGS.items():
        written = output / f"{file.stem}{ending}"
        written.write_bytes(made[target])
        done.append(written)
    return done


def _made(copy: Path, name: Path, target: str, options: Sequence[str]) -> bytes:
    """Let Quarto write one format; return the file's bytes."""
    said = _run(["render", name.as_posix(), "--to", target, *options], copy)
    if _TROUBLE.search(said):
        raise RenderError(
            f"{name}: Quarto warned for {target}, and a warning is an error here:\n{said.strip()}"
        )
    file = copy / "_draft" / name.with_suffix(ENDINGS[target])
    if not file.is_file():
        raise RenderError(f"{name}: Quarto did not write {file.name}:\n{said.strip()}")
    return file.read_bytes()


def _pages_wanted(file: Path, root: Path) -> int | None:
    """Return ``nexo: pages`` of a source's front matter, None when it has none."""
    front, _ = front_matter(read_lines(file, root))
    pages = (front.get("nexo") or {}).get("pages")
    return int(pages) if pages else None


def _run(arguments: Sequence[str], folder: Path) -> str:
    """Return what Quarto said, without colours; raise RenderError when it failed."""
    command = [executable() or "quarto", *arguments]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise RenderError(f"Quarto could not be run: {trouble}") from None
    said = _COLOUR.sub("", done.stdout + done.stderr)
    if done.returncode:
        raise RenderError(f"Quarto stopped with exit code {done.returncode}:\n{said.strip()}")
    return said
