"""An edition: the published site kept under its day and commit, its forecast written down."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nexo import paths
from nexo.economics.decisions import read_decisions, upsert, write_decisions
from nexo.errors import NexoError
from nexo.results import read_json, whole_folder, write_json

SHORT_COMMIT = 10


@dataclass(frozen=True)
class Edition:
    """Where the edition lies, the commit it was made from, and how many forecasts it recorded."""

    folder: Path
    commit: str
    n_forecasts: int


def make_edition() -> Edition:
    """Archive reports/_site and record its forecast; the same again changes nothing.

    The folder reports/_editions/<data end>-<commit> gets edition.json with the commit and the
    commit's own time (no clock, so that a repetition gives the same bytes). Raises NexoError when
    the site or the forecast is missing, outside of git, or with uncommitted changes in tracked
    files other than the log itself.
    """
    site, made = paths.site_dir(), _forecast()
    _must_be_published(site)
    log = paths.decisions_file()
    decisions = read_decisions(log)
    _must_be_committed(log)
    commit = _git("rev-parse", "HEAD")
    stamp = {
        "commit": commit,
        "committed_at": _git("show", "-s", "--format=%cI", "HEAD"),
        "source": made["source"],
        "data_end": made["data_end"],
    }
    name = f"{made['data_end'] or 'undated'}-{commit[:SHORT_COMMIT]}"
    folder = paths.editions_dir() / name
    with whole_folder(folder) as building:
        shutil.copytree(site, building, dirs_exist_ok=True)
        write_json(building / "edition.json", stamp)
    write_decisions(log, upsert(decisions, made, commit[:SHORT_COMMIT]))
    return Edition(folder, commit, len(made["forecasts"]))


def _forecast() -> dict[str, Any]:
    file = paths.results_dir("economics") / "forecast.json"
    if not file.is_file():
        raise NexoError(f"{file} is not there, so there is no forecast to record. Run make report.")
    content: dict[str, Any] = read_json(file)
    return content


def _must_be_published(site: Path) -> None:
    for needed in ("index.html", "receipt.json"):
        if not (site / needed).is_file():
            raise NexoError(
                f"{site / needed} is not there, so nothing can be archived. Run make report first."
            )


def _must_be_committed(log: Path) -> None:
    """Refuse when a tracked file differs from the commit that the edition would be stamped with."""
    listing = _git("status", "--porcelain", "-z", "--untracked-files=no", "--no-renames")
    top = Path(_git("rev-parse", "--show-toplevel"))
    changed = [entry[3:] for entry in listing.split("\0") if entry]
    others = [name for name in changed if (top / name).resolve() != log.resolve()]
    if others:
        listed = "\n".join(f"- {name}" for name in others[:20])
        more = f"\n- and {len(others) - 20} more" if len(others) > 20 else ""
        raise NexoError(
            "these tracked files are not as committed, and the edition would carry a commit that "
            f"did not make it:\n{listed}{more}\nCommit them, then run make edition again."
        )


def _git(*words: str) -> str:
    """Run git in the project's root and return its output without the last line end."""
    try:
        done = subprocess.run(
            ["git", *words], cwd=paths.root(), capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise NexoError(
            "git is not installed, and an edition is stamped with its commit."
        ) from None
    if done.returncode != 0:
        raise NexoError(
            f"git {' '.join(words)} failed: {done.stderr.strip()}. An edition needs a clone of the "
            "repository with at least one commit."
        )
    return done.stdout.rstrip("\n")
