"""``nexo check SOURCE`` and ``nexo draft FILE...``: a data set tried before it is run."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nexo.errors import NexoError, run


def main() -> None:
    """Run the command line; a NexoError becomes its message and exit code 1."""
    run(lambda: command(sys.argv[1:]))


def command(arguments: Sequence[str]) -> None:
    """Read the arguments and do what they say; raise NexoError with the cure."""
    parser = argparse.ArgumentParser(prog="nexo", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check", help="validate a source YAML and its data, in seconds")
    checking.add_argument("source", help="name of a file in data/sources/, without .yaml")
    checking.add_argument("--data-dir", help="folder of its files (else common.data_dir)")
    checking.add_argument("--key-file", help="secret of the pseudonyms (else common.key_file)")
    drafting = commands.add_parser("draft", help="write a first source YAML for unknown files")
    drafting.add_argument("files", nargs="+", type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.command == "check":
        check(chosen.source, chosen.data_dir, chosen.key_file)
    else:
        from nexo.sources.draft import draft

        print(draft(chosen.files), end="")


def check(source_name: str, data_dir: str | None, key_file: str | None) -> None:
    """Read and clean a data set in a temporary folder, and print what became of its rows.

    Raises SourceError, ContractError or ReconciliationError as the pipeline would.
    """
    from nexo import paths, privacy
    from nexo.config import Clean, load_params
    from nexo.contract import load_dictionary
    from nexo.sources import extract, load_source

    params = load_params(Clean)
    dictionary = load_dictionary()
    source = load_source(source_name, dictionary)
    print(f"{source_name}.yaml is well formed: {source.title} ({source.kind}).", flush=True)
    key = privacy.load_key(privacy.key_place(key_file or params.common.key_file))
    with tempfile.TemporaryDirectory(prefix="nexo-check-") as temporary:
        folder = Path(temporary)
        files = paths.root() / (data_dir or params.common.data_dir)
        if source.simulate is not None:
            from nexo.simulate import write_raw_files

            files = folder / source_name
            print("Making the simulated files ...", flush=True)
            write_raw_files(files, seed=source.simulate.seed)
        print(f"Reading {files} ...", flush=True)
        counts = extract(source, dictionary, files, key, folder)
        _print_files(counts["tables"])
        _print_cleaned(source, dictionary, params, folder)


def _print_files(tables: dict[str, Any]) -> None:
    for table, found in tables.items():
        for file in found["files"]:
            print(f"  {table}: {file['rows']} records in {file['name']}")
        if found["columns_left_out"]:
            print(f"  {table}: columns not used: {', '.join(found['columns_left_out'])}")


def _print_cleaned(source: Any, dictionary: Any, params: Any, folder: Path) -> None:
    from nexo.clean import (
        check_counts,
        clean_sales,
        clean_survey,
        counts_table,
        quarantine_table,
        stage_on,
    )

    print("Cleaning ...", flush=True)
    with stage_on(source, dictionary, params, folder) as stage:
        cleaned = (*clean_survey(stage), *clean_sales(stage))
    print("\nWhat became of the rows:\n" + counts_table(cleaned).to_string(index=False))
    odd = quarantine_table(cleaned)
    if len(odd):
        print("\nWhat did not fit, with the first offenders:\n" + odd.to_string(index=False))
    else:
        print("\nEverything fitted.")
    try:
        check_counts(cleaned, params.max_rejected_share)
    except NexoError:
        print()
        raise
    print("\nThe data set can be run.")


if __name__ == "__main__":
    main()
