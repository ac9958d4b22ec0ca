"""The receipt: what went in, by which code and choices, and what came out. No clock, no commit.

It lies beside the reports (reports/_generated/receipt.json, published with them). ``check``
refuses to go on when a result or a generated file is no longer the one it was written for.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nexo import config, paths
from nexo.errors import ConfigError, RenderError
from nexo.report.inputs import Inputs
from nexo.results import read_json

PACKAGES = (
    "altair",
    "babel",
    "duckdb",
    "dvc",
    "narwhals",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "pydantic",
    "scipy",
    "statsmodels",
    "typst",
    "vl-convert-python",
)
"""Packages whose version can move a number or a label."""

NAME = "receipt.json"
ROOMS = ("scores", "link", "evidence", "economics")


def make_receipt(inputs: Inputs) -> dict[str, Any]:
    """Build the receipt of this run; call it when variables and includes are written.

    Keys: source, inputs (file -> sha256 and rows), params, code, requirements, rows (stage ->
    table -> in and out), results and generated (file -> sha256), versions.
    """
    return {
        "source": inputs.report.common.source,
        "inputs": raw_files(inputs.raw_counts),
        "params": params_digest(),
        "code": code_digests(inputs.report.common.source),
        "requirements": digest([paths.root() / "requirements.lock"]),
        "rows": rows_by_stage(inputs),
        "results": result_digests(),
        "generated": generated_digests(),
        "versions": {name: version(name) for name in PACKAGES}
        | {"python": platform.python_version()},
    }


def raw_files(counts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return each raw file with its rows and sha256, from data/raw/counts.json."""
    found = {}
    for table, entry in sorted(counts.get("tables", {}).items()):
        for file in entry.get("files", []):
            found[f"{table}: {file['name']}"] = {"rows": file["rows"], "sha256": file["sha256"]}
    return found


def params_digest() -> str:
    """Return the hash of every choice in params.yaml, whatever its comments and order."""
    values = config.read_yaml(paths.params_file(), ConfigError)
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def code_digests(source: str) -> dict[str, str]:
    """Return hashes of the package, the notebooks, the pipeline, the contract and the source."""
    root = paths.root()
    return {
        "src/nexo": digest((root / "src" / "nexo").rglob("*.py")),
        "notebooks": digest(paths.notebooks_dir().glob("*.ipynb")),
        "pipeline": digest((root / "pipeline").glob("*.py")),
        "dictionary": digest([paths.dictionary_file()]),
        "source": digest([paths.source_file(source)]),
    }


def rows_by_stage(inputs: Inputs) -> dict[str, Any]:
    """Return rows in and out of every stage that has rows."""
    raw = {name: entry["rows"] for name, entry in inputs.raw_counts.get("tables", {}).items()}
    cleaned = {
        f"clean_{stage}": {
            name: {"in": counts["rows_read"], "out": counts["rows_kept"]}
            for name, counts in tables.items()
        }
        for stage, tables in inputs.clean_counts.items()
    }
    flow = [
        {"step": row.step_code, "outcome": row.outcome if row.outcome == row.outcome else "",
         "rows": int(row.n_rows)}
        for row in inputs.flow.itertuples()
    ]  # fmt: skip
    links = {name: {"out": link.status.get("n_obs")} for name, link in inputs.links.items()}
    return {"extract": raw, **cleaned, "build_panel": flow, "link": links}


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
