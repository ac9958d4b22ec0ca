"""Runs one parameterized notebook: strict parameters, stable bytes, clear failure."""

from __future__ import annotations

import ast
import datetime as dt
import json
import sys
import tempfile
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nexo.base import config, paths, strict_yaml
from nexo.base.errors import ConfigError, NotebookError
from nexo.base.results import whole_file
from nexo.notebook_copy import explain_failure, forget_failure, stable_copy

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager
    from nbformat import NotebookNode

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


def run_notebook(name: str, outcome: str | None = None) -> Path:
    """Run ``notebooks/<name>.ipynb`` with the values of params.yaml; return the executed copy.

    The copy appears whole, and only when every cell has run. Raises ConfigError when
    params.yaml is wrong, NotebookError when names or types of the parameters differ from
    the notebook's own, or when a cell fails (with its number, id and the half-run copy).
    """
    values = stage_values(name, outcome)
    source = _existing(name)
    check_parameters(values, read_parameters(source), source.name, section_kinds(name))
    copy_name = f"{name}.ipynb" if outcome is None else f"{name}_{outcome}.ipynb"
    target = paths.results_dir("notebooks") / copy_name
    with tempfile.TemporaryDirectory(prefix="nexo-") as scratch:
        half_run = Path(scratch) / copy_name
        try:
            executed = _execute(source, half_run, values)
        except Exception as problem:
            raise NotebookError(explain_failure(half_run, target, problem)) from problem
    with whole_file(target) as building:
        building.write_text(stable_copy(executed), encoding="utf-8")
    forget_failure(target)
    return target


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


def _execute(source: Path, half_run: Path, values: dict[str, Any]) -> NotebookNode:
    # The grammar of web addresses that jsonschema would build costs as much as the rest of
    # papermill together, and no field of a notebook needs it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import papermill

    return papermill.execute_notebook(
        source,
        half_run,
        parameters=values,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        cwd=paths.root(),
        autosave_cell_every=0,
        kernel_manager_class=_own_python(half_run.parent),
    )


def _own_python(scratch: Path) -> type[AsyncKernelManager]:
    """The kernel is this very Python, whatever kernels and profiles the user's home holds."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    own_spec = KernelSpec(
        argv=[
            sys.executable,
            *("-m", "ipykernel_launcher", "-f", "{connection_file}"),
            "--InteractiveShellApp.exec_PYTHONSTARTUP=False",
            "--Application.log_level=CRITICAL",
        ],
        display_name="Python 3",
        language="python",
        # One hash seed, so that a printed set has one order; one thread for linear algebra, so
        # that sums have one order too (and two cores do not wait for each other).
        env={
            "IPYTHONDIR": str(scratch / "ipython"),
            "PYTHONHASHSEED": "0",
            "OPENBLAS_NUM_THREADS": "1",
        },
    )

    class OwnPython(AsyncKernelManager):
        kernel_spec = own_spec

        def __init__(self, **options: Any) -> None:
            # Sockets in the run's own folder: no port to collide with, nothing in the home.
            connection = str(scratch / "kernel.json")
            super().__init__(**options, transport="ipc", connection_file=connection)

    return OwnPython


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


def _existing(name: str) -> Path:
    notebook = paths.notebooks_dir() / f"{name}.ipynb"
    if not notebook.is_file():
        raise NotebookError(
            f"{notebook} is not there. Restore it (git checkout -- {notebook.name} in its folder)."
        )
    return notebook


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
