"""Nexo's own commands: try a data set before it is run.

draft looks at unknown files and proposes a source YAML; check reads and cleans what a source
YAML describes, and tells what became of it. Neither changes anything but the YAML it is told
to write. The pipeline itself is run with dvc repro.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from nexo.base.errors import SourceError, run

EXAMPLES = """
examples:
  nexo draft answers.csv customers.xlsx              print a first source YAML
  nexo draft --save mine answers.csv customers.xlsx  write data/sources/mine.yaml
  nexo check mine --data-dir ../exports              try it: what is read, kept, rejected, why
"""


def main() -> None:
    """Run the command line; a NexoError becomes its message and exit code 1."""
    run(lambda: command(sys.argv[1:]))


def command(arguments: Sequence[str]) -> None:
    """Read the arguments and do what they say; raise NexoError with the cure."""
    chosen = _parser().parse_args(arguments)
    if chosen.command == "check":
        from nexo.cli.check import check

        check(chosen.source, chosen.data_dir, chosen.key_file, as_json=chosen.json)
    else:
        _draft(chosen.files, chosen.save, chosen.force)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nexo",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="{draft,check}")
    drafting = commands.add_parser(
        "draft",
        help="propose a source YAML for unknown files",
        description="Look at CSV, Excel, SPSS and Parquet files, and exports of Qualtrics and "
        "SurveyMonkey, and propose a source YAML: each guess with its evidence, each doubt "
        "marked DOUBT, each gap MISSING. No id, name or comment is shown.",
    )
    drafting.add_argument("files", nargs="+", type=Path, metavar="FILE")
    drafting.add_argument("--save", metavar="NAME", help="write data/sources/NAME.yaml")
    drafting.add_argument("--force", action="store_true", help="write over an existing YAML")
    checking = commands.add_parser(
        "check",
        help="validate a source YAML and its data, in seconds",
        description="Read and clean a data set in a temporary folder and tell what became of "
        "it. Exit code 0 when the pipeline would take it, 1 with what to mend when not.",
    )
    checking.add_argument("source", help="a name in data/sources, or the path of a YAML")
    checking.add_argument(
        "--data-dir", metavar="DIR", help="folder of the files (else common.data_dir)"
    )
    checking.add_argument(
        "--key-file", metavar="FILE", help="secret of the pseudonyms (else common.key_file)"
    )
    checking.add_argument("--json", action="store_true", help="print the findings as JSON")
    return parser


def _draft(files: Sequence[Path], save: str | None, force: bool) -> None:
    """Print a draft, or write it under a name; the next step goes to standard error."""
    from nexo.base import paths
    from nexo.base.results import whole_file
    from nexo.cli.progress import Progress
    from nexo.sources.draft import data_folder, draft

    target = None if save is None else paths.source_file(_name(save))
    if target is not None and target.exists() and not force:
        raise SourceError(
            f"{target} is there already. Choose another name, or add --force to write over it."
        )
    with Progress() as progress:
        text = draft(files, progress)
    if target is None:
        print(text, end="")
        follow = "Save it as data/sources/NAME.yaml (or add --save NAME), settle each DOUBT, then:"
    else:
        with whole_file(target) as building:
            building.write_text(text, encoding="utf-8")
        corrections = paths.corrections_file(target.stem)
        if not corrections.exists():
            corrections.write_text("corrections: []\n", encoding="utf-8")
        follow = f"Written to {target}. Settle each DOUBT in it, then:"
    folder = data_folder(files)
    print(f"\n{follow}\n  nexo check {save or 'NAME'} --data-dir {folder}", file=sys.stderr)


def _name(save: str) -> str:
    """A name that params.yaml takes for a source."""
    import re

    name = save.removesuffix(".yaml")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise SourceError(
            f"{save!r} cannot be the name of a source: write small letters, digits and _, a "
            "letter first, such as my_company."
        )
    return name


if __name__ == "__main__":
    main()
