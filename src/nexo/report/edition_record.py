"""The records of editions, small enough to commit: reports/editions/<name>.json.

The sites themselves are too large for the repository; what changed between two editions is told
from their records alone.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from nexo.base import paths
from nexo.base.errors import NexoError
from nexo.base.results import read_json

Record = dict[str, Any]


def read_records() -> list[Record]:
    """Return the records of all editions, oldest first; NexoError for a file that is none."""
    found = []
    for file in sorted(paths.edition_records_dir().glob("*.json")):
        try:
            record = read_json(file)
            is_whole = record["name"] == file.stem and record["identity"] and record["files"]
            dt.datetime.fromisoformat(record["committed_at"])
        except (ValueError, KeyError, TypeError):
            is_whole = False
        if not is_whole:
            raise NexoError(
                f"{file} is not the record of an edition. Only make edition writes it: restore it "
                "from git."
            )
        found.append(record)
    return sorted(found, key=_when)


def _when(record: Record) -> tuple[dt.datetime, str]:
    return dt.datetime.fromisoformat(record["committed_at"]), record["name"]


def record_file(name: str) -> Path:
    """Return the file of an edition's record."""
    return paths.edition_records_dir() / f"{name}.json"
