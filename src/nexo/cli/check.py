"""nexo check: a data set read and cleaned in a temporary folder, and what became of it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nexo import privacy
from nexo.base import paths
from nexo.base.errors import NexoError, SourceError, printable
from nexo.cli import findings, show
from nexo.cli.progress import Progress

if TYPE_CHECKING:
    from nexo.clean import Cleaned
    from nexo.sources import Source


def check(
    source_name: str, data_dir: str | None, key_file: str | None, *, as_json: bool = False
) -> None:
    """Tell what the pipeline would make of a data set: rows, odd cells, columns, reports.

    ``source_name`` is a name in data/sources, or the path of a YAML. Raises SourceError,
    ContractError or ReconciliationError as the pipeline would.
    """
    from nexo.base.config import Clean, Panel, load_params
    from nexo.clean import check_counts
    from nexo.contract import load_dictionary
    from nexo.sources import load_source

    params = load_params(Clean)
    dictionary = load_dictionary()
    name, file = _place(source_name)
    source = load_source(name, dictionary, file)
    if not as_json:
        print(f"{name}.yaml is well formed: {source.title} ({source.kind}).", flush=True)
    chosen = key_file or params.common.key_file
    key = privacy.load_key(privacy.key_place(chosen))
    folder = _data_dir(data_dir, params.common.data_dir)
    counts, cleaned = _cleaned(name, source, dictionary, params, folder, key)
    found = findings.findings(source, counts, cleaned, dictionary, load_params(Panel))
    told = json.dumps(found, indent=2, ensure_ascii=False) if as_json else show.told(found)
    print(printable(told))
    try:
        check_counts(cleaned, params.max_rejected_share)
    except NexoError:
        if not as_json:
            print(flush=True)
        raise
    if not as_json:
        settings = {
            "source": name,
            "data_dir": _written(folder),
            "key_file": "a key of your own, see data/README.md",
        }
        if source.simulate is not None:
            settings = {"source": name}
        elif privacy.key_place(chosen) != paths.source_file(privacy.DEMO).with_suffix(".key"):
            settings["key_file"] = chosen
        print(show.next_step(settings, _to_do(name, file), found))


def _written(folder: Path) -> str:
    """A folder as params.yaml may name it: from the project, where it lies within."""
    root = paths.root()
    return str(folder.relative_to(root) if folder.is_relative_to(root) else folder)


def _to_do(name: str, file: Path | None) -> list[str]:
    """What the pipeline needs beside a sound YAML, and does not find."""
    steps = []
    home = paths.source_file(name)
    if file is not None and file.resolve() != home.resolve():
        steps.append(f"Copy {file} to {home}")
    if not paths.corrections_file(name).is_file():
        steps.append(f"Write the line 'corrections: []' to {paths.corrections_file(name)}")
    return steps


def _place(source: str) -> tuple[str, Path | None]:
    """The name of a source, and its file where a path was given."""
    if not source.endswith((".yaml", ".yml")) and "/" not in source and "\\" not in source:
        return source, None
    file = Path(source)
    if not file.is_file():
        raise SourceError(
            f"{source} is not there. Give the path of a source YAML, or its name in data/sources."
        )
    return file.stem, file


def _data_dir(given: str | None, declared: str) -> Path:
    """The folder of the files: as given from here, else as params.yaml has it from the project."""
    if given is not None and Path(given).is_dir():
        return Path(given).resolve()
    return paths.root() / (given or declared)


def _cleaned(
    name: str, source: Source, dictionary: Any, params: Any, files: Path, key: bytes
) -> tuple[dict[str, Any], tuple[Cleaned, ...]]:
    from nexo.clean import clean_sales, clean_survey, stage_on
    from nexo.sources.corrections import load_corrections
    from nexo.sources.extract import extract

    corrections = load_corrections(name, source, dictionary)
    with tempfile.TemporaryDirectory(prefix="nexo-check-") as temporary, Progress() as progress:
        folder = Path(temporary)
        if source.simulate is not None:
            from nexo.simulate import write_raw_files

            files = folder / name
            progress("Making the simulated files ...")
            write_raw_files(files, seed=source.simulate.seed)
        progress(f"Reading {files} ...")
        counts = extract(source, dictionary, files, key, folder)
        progress("Cleaning ...")
        with stage_on(source, dictionary, params, folder, corrections) as stage:
            survey = clean_survey(stage)
            progress("Cleaning what customers did ...")
            return counts["tables"], (*survey, *clean_sales(stage))
