"""The receipt: what went in, by which code and choices, and what came out. No clock, no commit.

It lies beside the reports (reports/_generated/receipt.json, published with them).
``nexo.report.seal`` holds it against the files.
"""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from nexo.base import paths, strict_yaml
from nexo.base.errors import ConfigError
from nexo.report.seal import digest, generated_digests, result_digests

if TYPE_CHECKING:
    from nexo.report.inputs import Inputs

PACKAGES = (
    "altair",
    "babel",
    "duckdb",
    "dvc",
    "fonttools",
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


def make_receipt(inputs: Inputs) -> dict[str, Any]:
    """Build the receipt of this run; call it when variables and includes are written.

    Keys: source, key (own, or public: the demo's), inputs (file -> sha256 and rows), params,
    code, requirements, rows (stage -> table -> in and out), results and generated (file ->
    sha256), versions.
    """
    return {
        "source": inputs.report.common.source,
        "key": inputs.raw_counts.get("key", ""),
        "inputs": raw_files(inputs.raw_counts),
        "params": params_digest(),
        "code": code_digests(inputs.report.common.source),
        "requirements": digest([paths.lock_file()]),
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
            for read in (file, *file.get("joined", [])):
                found[f"{table}: {read['name']}"] = {"rows": read["rows"], "sha256": read["sha256"]}
    return found


def params_digest() -> str:
    """Return the hash of every choice in params.yaml, whatever its comments and order."""
    values = strict_yaml.read_yaml(paths.params_file(), ConfigError)
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def code_digests(source: str) -> dict[str, str]:
    """Return hashes of the package, the notebooks, the pipeline, the contract and the source."""
    code = paths.code_dirs()
    described = [paths.source_file(source), paths.corrections_file(source)]
    return {
        "package": digest(code["package"].rglob("*.py")),
        "notebooks": digest(code["notebooks"].glob("*.ipynb")),
        "pipeline": digest(code["pipeline"].glob("*.py")),
        "dictionary": digest([paths.dictionary_file()]),
        "source": digest(file for file in described if file.is_file()),
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
