"""Runs one parameterized notebook with this very Python; its copy appears whole, or not at all."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nexo.base import paths
from nexo.base.errors import NotebookError
from nexo.base.results import whole_file
from nexo.notebook.copies import explain_failure, forget_failure, stable_copy
from nexo.notebook.parameters import check_parameters, read_parameters, section_kinds, stage_values

if TYPE_CHECKING:
    from jupyter_client.manager import AsyncKernelManager
    from nbformat import NotebookNode


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


def _existing(name: str) -> Path:
    notebook = paths.notebooks_dir() / f"{name}.ipynb"
    if not notebook.is_file():
        raise NotebookError(
            f"{notebook} is not there. Restore it (git checkout -- {notebook.name} in its folder)."
        )
    return notebook
