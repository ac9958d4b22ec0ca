"""An edition: the published site kept beside earlier ones, and what changed since the last.

Made outside of DVC, because it is stamped with the commit. Its record (reports/editions) and its
forecast (reports/decisions.csv) are committed; its site lies in reports/_site/editions. The
record is written last: an edition that was interrupted is none, and is simply made again.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nexo.base import paths
from nexo.base.config import Report, load_params
from nexo.base.errors import NexoError
from nexo.base.results import read_json, whole_folder, write_json
from nexo.economics.decisions import read_decisions
from nexo.economics.edition import SHORT_COMMIT, read_forecast, record_forecast
from nexo.report import seal, shell, site
from nexo.report.edition_facts import make_record
from nexo.report.edition_pages import changes_page
from nexo.report.edition_record import Record, read_records, record_file
from nexo.report.formats import LANGS
from nexo.report.inputs import read_inputs


@dataclass(frozen=True)
class Edition:
    """Where the edition lies, its record's file, and how many forecasts it recorded."""

    folder: Path
    record: Path
    n_forecasts: int


def make_edition() -> Edition:
    """Archive the site with the page of changes, link to it, record forecast and numbers.

    Raises NexoError when the site is missing or not the one of the results, when tracked files
    are not as committed, outside of git, and for an edition that has been made already.
    """
    receipt = _published()
    made, records = read_forecast(), read_records()
    read_decisions(paths.decisions_file())
    _must_be_committed()
    params = load_params(Report)
    headlines = {str(lang): site.headline(lang) for lang in LANGS}
    record = make_record(read_inputs(), receipt, headlines) | _stamp()
    record["name"] = f"{record['data_end'] or 'undated'}-{record['commit'][:SHORT_COMMIT]}"
    _must_be_new(record, records)
    marks = shell.read_marks()
    folder = paths.editions_dir() / record["name"]
    with whole_folder(folder) as building:
        keep = shutil.ignore_patterns(paths.editions_dir().name, "*.building")
        shutil.copytree(paths.site_dir(), building, dirs_exist_ok=True, ignore=keep)
        write_json(building / "edition.json", record)
        index = site.index_page(headlines, params, "../index.html")
        (building / "index.html").write_text(index, encoding="utf-8")
        last = records[-1] if records else None
        for lang in LANGS:
            told = changes_page(lang, last, record, marks, is_draft=params.is_draft)
            (building / lang / "changes.html").write_text(told, encoding="utf-8")
    site.write_index(headlines, params, [*records, record])
    n_forecasts = record_forecast(made, record["commit"])
    write_json(record_file(record["name"]), record)
    return Edition(folder, record_file(record["name"]), n_forecasts)


def _published() -> dict[str, Any]:
    """Return the site's receipt; refuse a site that is not whole or not that of the results."""
    folder = paths.site_dir()
    for needed in ("index.html", "receipt.json"):
        if not (folder / needed).is_file():
            raise NexoError(
                f"{folder / needed} is not there, so nothing can be archived. Run make report "
                "first."
            )
    seal.check()
    receipt: dict[str, Any] = read_json(folder / "receipt.json")
    fresh = read_json(paths.generated_dir() / seal.NAME)
    spoilt = [name for name, digest in receipt["files"].items() if _digest(folder / name) != digest]
    spoilt += [name for name in fresh if fresh[name] != receipt.get(name)]
    if spoilt:
        raise NexoError(
            f"the site is not the one of its receipt: {', '.join(spoilt[:5])}. Run make report, "
            "then make edition again."
        )
    return receipt


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def _must_be_new(record: Record, records: list[Record]) -> None:
    for earlier in records:
        if record["identity"] == earlier["identity"] or record["name"] == earlier["name"]:
            raise NexoError(
                f"this edition has been made already: {earlier['name']} has the same data, choices "
                "and code. Publish reports/_site as it is; for another edition make report with "
                "what is new, commit, and make edition again."
            )


def _stamp() -> dict[str, str]:
    """Return the commit and its own time: no clock, so that a repetition gives the same bytes."""
    return {
        "commit": _git("rev-parse", "HEAD"),
        "committed_at": _git("show", "-s", "--format=%cI", "HEAD"),
    }


def _must_be_committed() -> None:
    """Refuse when a tracked file differs from the commit that the edition would be stamped with."""
    listing = _git("status", "--porcelain", "-z", "--untracked-files=no", "--no-renames")
    top = Path(_git("rev-parse", "--show-toplevel"))
    changed = [top / entry[3:] for entry in listing.split("\0") if entry]
    own = (paths.decisions_file().resolve(), paths.edition_records_dir().resolve())
    others = [
        file for file in changed if not any(file.resolve().is_relative_to(mine) for mine in own)
    ]
    if others:
        listed = "\n".join(f"- {file.relative_to(top)}" for file in others[:20])
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
