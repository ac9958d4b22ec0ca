"""From .qmd to page and PDF: by Quarto when it is there, else by the embedded renderer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nexo.base.errors import RenderError
from nexo.report.render import embedded, quarto

__all__ = ["Renderer", "choose", "render"]


@dataclass(frozen=True)
class Renderer:
    """Which renderer makes the files, and what their footer says about it."""

    name: Literal["quarto", "embedded"]
    made_by: str


def choose(wanted: Literal["auto", "quarto", "embedded"]) -> Renderer:
    """Return the renderer that ``report.renderer`` means on this machine.

    ``auto`` takes Quarto when one of a known version is installed. Raises RenderError when
    ``quarto`` is asked for and is missing or of another version.
    """
    if wanted != "embedded":
        problem = quarto.problem()
        if not problem:
            return Renderer("quarto", quarto.made_by())
        if wanted == "quarto":
            raise RenderError(problem)
    return Renderer("embedded", embedded.made_by())


def render(
    file: Path, root: Path, output: Path, renderer: Renderer, *, is_draft: bool
) -> list[Path]:
    """Render one .qmd of the report folder ``root`` into ``output``; return page and PDF.

    Raises RenderError; a renderer that only warned has failed too.
    """
    make = quarto.render if renderer.name == "quarto" else embedded.render
    made = make(file, root, output, is_draft=is_draft)
    for path in made:
        if not path.is_file():
            raise RenderError(f"{renderer.made_by} did not write {path.name}.")
    return made
