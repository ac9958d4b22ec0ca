"""The one module that names places; everything else asks here.

The project's root is the nearest folder at or above the working directory that holds
dvc.yaml and params.yaml, so that scripts, notebooks opened in JupyterLab and copies made
by tests all find their own files.
"""

from __future__ import annotations

from pathlib import Path

from nexo.base.errors import ConfigError


def root() -> Path:
    """Return the project's root folder; raise ConfigError outside of a project."""
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / "dvc.yaml").is_file() and (folder / "params.yaml").is_file():
            return folder
    raise ConfigError(
        f"{here} is not inside a Nexo project (no dvc.yaml and params.yaml here or above). "
        "Change to the folder of your clone and run the command again."
    )


def _under(*parts: str) -> Path:
    return root().joinpath(*parts)


def params_file() -> Path:
    """params.yaml: every choice an analyst makes."""
    return _under("params.yaml")


def dictionary_file() -> Path:
    """data/dictionary.yaml: the contract of every table."""
    return _under("data", "dictionary.yaml")


def source_file(source: str) -> Path:
    """data/sources/<source>.yaml: one data set described."""
    return _under("data", "sources", f"{source}.yaml")


def corrections_file(source: str) -> Path:
    """data/sources/<source>.corrections.yaml: what is wrong in its files, with the reason."""
    return _under("data", "sources", f"{source}.corrections.yaml")


def raw_dir() -> Path:
    """data/raw: Parquet-of-text, one file a raw table, and counts.json."""
    return _under("data", "raw")


def clean_dir(stage: str) -> Path:
    """data/clean/survey or data/clean/sales: canonical tables, quarantine.parquet, counts.json."""
    return _under("data", "clean", stage)


def panel_dir() -> Path:
    """data/panel: panel.parquet, flow.csv (attrition) and meta.json."""
    return _under("data", "panel")


def results_dir(room: str) -> Path:
    """data/results/<room>: scores, link, influence, evidence, economics, notebooks."""
    return _under("data", "results", room)


def metrics_file(name: str) -> Path:
    """data/metrics/<name>.json: the numbers that dvc metrics compares; committed."""
    return _under("data", "metrics", f"{name}.json")


def notebooks_dir() -> Path:
    """notebooks/: one parameterized notebook a question."""
    return _under("notebooks")


def reports_dir() -> Path:
    """reports/: a valid Quarto project."""
    return _under("reports")


def generated_dir() -> Path:
    """reports/_generated: includes and figures made by the facts stage, and receipt.json."""
    return _under("reports", "_generated")


def decisions_file() -> Path:
    """reports/decisions.csv: forecasts as they were published; written by `make edition` alone."""
    return _under("reports", "decisions.csv")


def editions_dir() -> Path:
    """reports/_site/editions: earlier sites, one folder an edition, published with the rest."""
    return _under("reports", "_site", "editions")


def edition_records_dir() -> Path:
    """reports/editions: the numbers of each edition, committed; written by `make edition` alone."""
    return _under("reports", "editions")


def code_dirs() -> dict[str, Path]:
    """The folders whose code the receipt vouches for: package, notebooks, pipeline."""
    return {
        "package": _under("src", "nexo"),
        "notebooks": notebooks_dir(),
        "pipeline": _under("pipeline"),
    }


def lock_file() -> Path:
    """requirements.lock: every package by version and hash."""
    return _under("requirements.lock")


def site_dir() -> Path:
    """reports/_site: what is published."""
    return _under("reports", "_site")


def fonts_dir() -> Path:
    """reports/fonts: the shipped fonts, for pages, PDFs and charts alike."""
    return _under("reports", "fonts")
