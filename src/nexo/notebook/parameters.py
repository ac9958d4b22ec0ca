"""What a notebook is given, from params.yaml, and what its parameters cell takes."""

from __future__ import annotations

import ast
import datetime as dt
import json
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from nexo.base import config, paths, strict_yaml
from nexo.base.errors import ConfigError, NotebookError

SECTION_OF: dict[str, str] = {
    "clean_survey": "clean",
    "clean_sales": "clean",
    "scores": "score",
    "link": "link",
    "evidence": "evidence",
    "economics": "economics",
}
"""Which section of params.yaml each notebook gets, beside ``common``."""

WITH_OUTCOME = frozenset({"link"})
"""Notebooks that answer their question for one outcome at a time."""


@dataclass(frozen=True)
class Parameter:
    """One line of a notebook's ``parameters`` cell: its name and its default."""

    name: str
    default: Any


def stage_values(name: str, outcome: str | None) -> dict[str, Any]:
    """Return what a notebook gets: ``common``, each key of its section, for link the outcome.

    Values are plain (text, numbers, booleans, lists, mappings); dates are ISO text. The
    section is validated by its model first, so that a wrong value stops before any work.
    """
    if name not in SECTION_OF:
        raise NotebookError(
            f"There is no stage for a notebook called {name!r}. "
            f"Known: {', '.join(SECTION_OF)}. A new one is added to SECTION_OF in nexo.notebook."
        )
    section = SECTION_OF[name]
    config.load_params(config.SECTIONS[section])
    raw = strict_yaml.read_yaml(paths.params_file(), ConfigError)
    values = {"common": _plain(raw["common"]), **_plain(raw[section])}
    if name in WITH_OUTCOME:
        values["outcome"] = _checked_outcome(name, outcome)
    elif outcome is not None:
        raise NotebookError(f"{name}.ipynb takes no outcome; leave out --outcome {outcome}.")
    return values


def read_parameters(notebook: Path) -> tuple[Parameter, ...]:
    """Read names and defaults from the one cell tagged ``parameters``, without running it.

    Raises NotebookError when the cell is absent, double, or holds anything but
    ``name = literal`` lines.
    """
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    tagged = [c for c in cells if "parameters" in c.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise NotebookError(
            f"{notebook.name} has {len(tagged)} cells tagged 'parameters'. Give the tag to "
            "exactly one code cell, the one with the defaults."
        )
    source = tagged[0]["source"]
    text = source if isinstance(source, str) else "".join(source)
    return tuple(_parameter(node, notebook.name) for node in _statements(text, notebook.name))


def check_parameters(
    values: dict[str, Any],
    parameters: tuple[Parameter, ...],
    notebook: str,
    kinds: dict[str, frozenset[str]] | None = None,
) -> None:
    """Refuse a run whose parameters differ from the notebook's own in name or type.

    ``kinds`` holds, for names whose model takes several types, all that are allowed.
    Raises NotebookError that lists every difference at once.
    """
    defaults = {parameter.name: parameter.default for parameter in parameters}
    problems = []
    for name in sorted(values.keys() - defaults.keys()):
        close = get_close_matches(name, defaults, n=1)
        hint = f" Did the notebook mean it by {close[0]!r}?" if close else ""
        problems.append(f"- {name} is not in the notebook's parameters cell; add it there.{hint}")
    for name in sorted(defaults.keys() - values.keys()):
        close = get_close_matches(name, values, n=1)
        hint = f" Is it {close[0]!r}?" if close else ""
        problems.append(f"- {name} is in the notebook's parameters cell, not in params.yaml.{hint}")
    for name in sorted(defaults.keys() & values.keys()):
        allowed = (kinds or {}).get(name, frozenset()) | {kind(defaults[name])}
        if kind(values[name]) not in allowed:
            problems.append(
                f"- {name} = {values[name]!r} is {kind(values[name])}; "
                f"the notebook takes {' or '.join(sorted(allowed))}."
            )
    if problems:
        raise NotebookError(f"{notebook} cannot run with these parameters:\n" + "\n".join(problems))


def kind(value: Any) -> str:
    """Name the type of a plain value as a person would: a boolean is not a number."""
    if isinstance(value, bool):
        return "true/false"
    names: dict[type, str] = {int: "a number", float: "a number", str: "text", dict: "a mapping"}
    return names.get(type(value), "a list" if isinstance(value, list | tuple) else "nothing")


def section_kinds(name: str) -> dict[str, frozenset[str]]:
    """For each parameter whose model takes a number or a range: both of their kinds."""
    fields = config.SECTIONS[SECTION_OF[name]].model_fields
    both = frozenset({"a number", "a mapping"})
    return {key: both for key, field in fields.items() if field.annotation is config.Assumption}


def _statements(text: str, notebook: str) -> list[ast.stmt]:
    try:
        return ast.parse(text).body
    except SyntaxError as problem:
        raise NotebookError(
            f"{notebook}, cell 'parameters', line {problem.lineno}: {problem.msg}. "
            "Write one name = value a line."
        ) from None


def _parameter(node: ast.stmt, notebook: str) -> Parameter:
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    value = getattr(node, "value", None)
    try:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and value:
            return Parameter(target.id, ast.literal_eval(value))
    except ValueError:
        pass
    raise NotebookError(
        f"{notebook}, cell 'parameters', line {node.lineno}: {ast.unparse(node)!r} is not "
        "name = literal. Keep everything else for the next cell."
    )


def _checked_outcome(name: str, outcome: str | None) -> str:
    if outcome not in config.LINKED:
        raise NotebookError(
            f"{name}.ipynb runs for one outcome at a time, got {outcome!r}. "
            f"Add --outcome with one of: {', '.join(config.LINKED)}."
        )
    return outcome


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value
