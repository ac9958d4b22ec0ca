"""Small sources on disk: a YAML, its files, read and cleaned as the pipeline does."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from nexo import quarantine
from nexo.clean import Cleaned, check_counts, clean_sales, clean_survey, stage_on
from nexo.contract import Dictionary, load_dictionary
from nexo.sources import Source, load_source, raw_names
from nexo.sources.extract import extract

ROOT = Path(__file__).resolve().parents[2]
KEY = bytes(range(32))
ANSWERS = "id,date,nps,comment\n1,2024-05-01,9,good\n2,2024-05-02,3,bad\n"


@cache
def dictionary() -> Dictionary:
    """The committed dictionary, wherever the test runs."""
    return load_dictionary(ROOT / "data" / "dictionary.yaml")


def survey_source(**changes: Any) -> dict[str, Any]:
    """A survey-only source of one CSV: response_id, answered_at, nps, comment."""
    columns = {"response_id": "id", "answered_at": "date", "nps_score": "nps", "comment": "comment"}
    file = {"glob": "answers.csv", "format": "csv", "columns": columns}
    return {
        "title": "Answers",
        "company": "Example",
        "kind": "survey_only",
        "currency": "EUR",
        "timezone": "Europe/Madrid",
        "data_end": "2024-12-31",
        "tables": {"survey": {"files": [file]}},
        **changes,
    }


def landmark_source(**tables: Any) -> dict[str, Any]:
    """A landmark source: survey and customers in CSV, and further tables."""
    survey = {
        "response_id": "id",
        "customer_id": "customer",
        "answered_at": "date",
        "nps_score": "nps",
    }
    customers = {"customer_id": "customer", "joined_at": "since"}
    base = {
        "survey": {"files": [{"glob": "answers.csv", "format": "csv", "columns": survey}]},
        "customers": {"files": [{"glob": "customers.csv", "format": "csv", "columns": customers}]},
    }
    return survey_source(kind="landmark", tables={**base, **tables})


def columns_of(source: dict[str, Any]) -> dict[str, Any]:
    """The columns of its first survey file, to be changed."""
    return source["tables"]["survey"]["files"][0]["columns"]


def file_of(source: dict[str, Any]) -> dict[str, Any]:
    """Its first survey file, to be changed."""
    return source["tables"]["survey"]["files"][0]


def changed(path: str, value: Any) -> dict[str, Any]:
    """A small survey source with one place changed, such as file.encoding or columns.nps_score."""
    source = copy.deepcopy(survey_source())
    place, _, key = path.rpartition(".")
    target = {"": source, "file": file_of(source), "columns": columns_of(source),
              "survey": source["tables"]["survey"], "tables": source["tables"]}[place]  # fmt: skip
    target[key] = value
    return source


@dataclass(frozen=True)
class Built:
    """What became of a small source."""

    source: Source
    counts: dict[str, Any]
    raw: Path
    tables: dict[str, Cleaned]
    """Clean tables with their rows as they stand in the files; ``cleaned`` has them sorted."""
    cleaned: tuple[Cleaned, ...] = ()

    def column(self, table: str, name: str) -> list[Any]:
        """One column of a clean table, in the order of the file."""
        return self.tables[table].rows[name].to_pylist()

    def quarantine(self, table: str) -> list[dict[str, Any]]:
        """The quarantine of one table, in its order."""
        return quarantine.ordered(self.tables[table].quarantine).to_pylist()

    def raw_table(self, table: str) -> pa.Table:
        """The raw table as text."""
        return pq.read_table(self.raw / f"{table}.parquet")


def write_source(folder: Path, source: dict[str, Any]) -> Path:
    """Write the YAML and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "small.yaml"
    file.write_text(yaml.safe_dump(source, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def load(folder: Path, source: dict[str, Any]) -> Source:
    """Read a source given as a dict."""
    return load_source("small", dictionary(), write_source(folder, source))


def read(folder: Path, source: dict[str, Any], files: dict[str, str | bytes]) -> Built:
    """Write files and YAML, and extract."""
    data = folder / "inbox"
    data.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        raw = content.encode("utf-8") if isinstance(content, str) else content
        (data / name).write_bytes(raw)
    raw_folder = folder / "raw"
    raw_folder.mkdir(exist_ok=True)
    known = load(folder, source)
    counts = extract(known, dictionary(), data, KEY, raw_folder)
    return Built(known, counts, raw_folder, {})


def build(folder: Path, source: dict[str, Any], files: dict[str, str | bytes]) -> Built:
    """Write files and YAML, extract and clean."""
    built = read(folder, source, files)
    cleaned = _cleaned(built.source, built.raw)
    parts = {part.table: in_file_order(part, built.source, built.raw) for part in cleaned}
    return Built(built.source, built.counts, built.raw, parts, cleaned)


def in_file_order(part: Cleaned, source: Source, raw: Path) -> Cleaned:
    """The same table with its rows as they stand in the files, by their first key column.

    Clean tables are sorted; a test that names values one under the other would have to know how.
    """
    table = part.table if part.table in source.tables else "snapshot"
    found = pq.read_table(raw / f"{table}.parquet")
    key = next(iter(dictionary().table(part.table).key), "")
    places: dict[Any, int] = {}
    for entry in range(len(source.tables[table].files)):
        names = raw_names(source.tables[table], entry)
        name = names.get(key, names.get("customer_id", ""))
        for value in found[name].to_pylist() if name in found.column_names else ():
            places.setdefault(value, len(places))
    rows = part.rows
    if not places or key not in rows.column_names:
        return part
    at = [places.get(value, len(places)) for value in rows[key].to_pylist()]
    rows = rows.take(pa.array(sorted(range(len(at)), key=at.__getitem__), pa.int64()))
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink)
    return dataclasses.replace(part, file=pa.BufferReader(sink.getvalue()))


def committed(name: str, data: Path, folder: Path) -> Built:
    """Extract and clean a source of data/sources into ``folder``, nothing rejected."""
    known = load_source(name, dictionary(), ROOT / "data" / "sources" / f"{name}.yaml")
    counts = extract(known, dictionary(), data, KEY, folder)
    cleaned = _cleaned(known, folder)
    check_counts(cleaned, 0.0)
    return Built(known, counts, folder, {part.table: part for part in cleaned})


def _cleaned(known: Source, raw: Path) -> tuple[Cleaned, ...]:
    """Both cleaning stages on DuckDB."""
    common = SimpleNamespace(
        engine="duckdb", spark_master="", source="small", memory_gb=2, spill_dir=""
    )
    params: Any = SimpleNamespace(common=common, max_rejected_share=0.05)
    with stage_on(known, dictionary(), params, raw) as stage:
        return (*clean_survey(stage), *clean_sales(stage))
