"""The Quarto project's options as one document sees them: project, folder, front matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nexo.base.errors import RenderError
from nexo.report.render.source import Line, Names, expand, expand_text, fail, read_lines

TARGETS = ("html", "typst")

_TEXT = {"title", "subtitle", "description", "pagetitle", "lang", "terms", "nexo"}
_TEXT |= {"page-logo", "page-foot", "page-company", "metadata-files"}
_STRUCTURE = {"toc", "toc-depth", "toc-title", "number-sections", "number-depth", "bibliography"}
_QUARTO_ALONE = {"project", "format", "language", "filters", "embed-resources", "minimal", "theme"}
_QUARTO_ALONE |= {"fig-cap-location", "tbl-cap-location"}  # on top, as the embedded ones always are
_QUARTO_ALONE |= {"density"}  # size of type; the embedded renderer finds the one that fits
_QUARTO_FILES = {
    "css",
    "include-in-header",
    "include-after-body",
    "template-partials",
    "font-paths",
    "papersize",
}
_OPTIONS = frozenset(_TEXT | _STRUCTURE | _QUARTO_ALONE)
_FORMAT_OPTIONS = _OPTIONS | _QUARTO_FILES | {"html-math-method"}
_LANGUAGES = ("es", "en")


@dataclass(frozen=True)
class Document:
    """One report source, ready for pandoc."""

    root: Path
    file: Path
    lines: list[Line]
    options: Mapping[str, Mapping[str, Any]]
    """Target (html, typst) -> options, those of the format over those of the document."""

    @property
    def markdown(self) -> str:
        return "\n".join(line.text for line in self.lines) + "\n"

    @property
    def name(self) -> str:
        return self.file.relative_to(self.root).as_posix()

    def option(self, target: str, name: str, default: Any = None) -> Any:
        """Return one option of a target, or ``default``."""
        return self.options[target].get(name, default)


def read_document(file: Path, root: Path) -> Document:
    """Read a .qmd with the options of its project and folders, includes and variables in place.

    Raises RenderError with file and line for options that no renderer here knows, and for
    whatever ``expand`` refuses.
    """
    if not file.is_file():
        raise RenderError(f"{file} is not there; the reports are rendered from it.")
    lines = read_lines(file, root)
    front, end = front_matter(lines)
    meta = _merged(_project_options(file, root), _checked(front, lines[: end or 1], file.name))
    names = Names(_variables(root), {key: meta[key] for key in meta if key != "format"})
    options = {target: _for_target(meta, target, lines, names) for target in TARGETS}
    if options["html"].get("lang") not in _LANGUAGES:
        fail(lines[0].place, f"lang must be one of {', '.join(_LANGUAGES)} (see _metadata.yml).")
    return Document(root, file, expand(lines[end:], root, names), options)


def front_matter(lines: list[Line]) -> tuple[dict[str, Any], int]:
    """Return the options between the two ``---`` lines, and how many lines they take."""
    if not lines or lines[0].text.rstrip() != "---":
        raise RenderError(f"{lines[0].place if lines else 'an empty file'}: no front matter (---).")
    ends = [line.number for line in lines[1:] if line.text.rstrip() in ("---", "...")]
    if not ends:
        fail(lines[0].place, "the front matter that starts here is not closed by ---.")
    text = "\n".join(line.text for line in lines[1 : ends[0] - 1])
    return _yaml(text, lines[0].file), ends[0]


def _yaml(text: str, name: str) -> dict[str, Any]:
    try:
        content = yaml.safe_load(text) or {}
    except yaml.YAMLError as problem:
        raise RenderError(f"{name}: not valid YAML: {problem}") from None
    if not isinstance(content, dict):
        raise RenderError(f"{name}: options are written as name: value.")
    return content


def _project_options(file: Path, root: Path) -> dict[str, Any]:
    """Merge _quarto.yml and the _metadata.yml of each folder on the way to the file."""
    folders = [root / part for part in reversed(file.relative_to(root).parents)]
    merged: dict[str, Any] = {}
    for options in (root / "_quarto.yml", *(folder / "_metadata.yml" for folder in folders)):
        if options.is_file():
            lines = read_lines(options, root)
            content = _yaml("\n".join(line.text for line in lines), lines[0].file if lines else "")
            merged = _merged(merged, _checked(content, lines, options.name))
    return _merged(_shared_options(merged.pop("metadata-files", []), root), merged)


def _shared_options(names: list[str], root: Path) -> dict[str, Any]:
    """Read the files that the project names for options of every page (made by the facts stage)."""
    merged: dict[str, Any] = {}
    for name in names:
        if not (root / name).is_file():
            raise RenderError(f"{root / name} is not there. The facts stage writes it.")
        lines = read_lines(root / name, root)
        content = _yaml("\n".join(line.text for line in lines), name)
        merged = _merged(merged, _checked(content, lines, name))
    return merged


def _checked(options: dict[str, Any], lines: list[Line], name: str) -> dict[str, Any]:
    _refuse_unknown(options, _OPTIONS, lines, name)
    formats = options.get("format") or {}
    if isinstance(formats, str):
        formats = {formats: {}}
    for target, inner in formats.items():
        if target not in TARGETS:
            fail(_key_place(lines, target, name), f"format {target!r}; here: {', '.join(TARGETS)}.")
        if isinstance(inner, dict):
            _refuse_unknown(inner, _FORMAT_OPTIONS, lines, name)
    return {**options, "format": {t: i if isinstance(i, dict) else {} for t, i in formats.items()}}


def _refuse_unknown(
    options: dict[str, Any], known: frozenset[str], lines: list[Line], name: str
) -> None:
    for key in options:
        if key not in known:
            what = f"the option {key!r} is not in the subset that both renderers know."
            fail(_key_place(lines, str(key), name), f"{what} Known: {', '.join(sorted(known))}.")


def _key_place(lines: list[Line], key: str, name: str) -> str:
    starts = [line.place for line in lines if line.text.strip().startswith(key)]
    holds = [line.place for line in lines if key in line.text]
    return [*starts, *holds, name][0]


def _merged(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``low`` with the values of ``high`` over it, mapping by mapping."""
    done = dict(low)
    for key, value in high.items():
        both = isinstance(value, Mapping) and isinstance(done.get(key), Mapping)
        done[key] = _merged(done[key], value) if both else value
    return done


def _variables(root: Path) -> dict[str, Any]:
    file = root / "_variables.yml"
    return _yaml(file.read_text(encoding="utf-8"), file.name) if file.is_file() else {}


def _for_target(
    meta: dict[str, Any], target: str, lines: list[Line], names: Names
) -> dict[str, Any]:
    own = {key: value for key, value in meta.items() if key != "format"}
    merged = _merged(own, meta.get("format", {}).get(target, {}))
    return {key: _with_values(value, key, lines, names) for key, value in merged.items()}


def _with_values(value: Any, key: str, lines: list[Line], names: Names) -> Any:
    """Carry out shortcodes in options of text, such as the title."""
    if isinstance(value, Mapping):
        return {name: _with_values(inner, name, lines, names) for name, inner in value.items()}
    if isinstance(value, str):
        return expand_text(value, _key_place(lines, key, lines[0].file), names)
    return value
