"""What both cleaning stages share: where the raw tables are, and how results are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nexo import paths, quarantine
from nexo.clean.table import Cleaned, Plan, Reject, counts_of
from nexo.contract import Column, Dictionary, load_dictionary
from nexo.engine import Engine, Frame, open_engine, write_arrow
from nexo.errors import NexoError
from nexo.quarantine import Counts
from nexo.results import read_json, whole_folder, write_json
from nexo.sources import Source, TableRule, load_source

if TYPE_CHECKING:
    import pandas as pd

    from nexo.config import Clean


@dataclass(frozen=True)
class Stage:
    """An open engine on one extracted data set."""

    source: Source
    dictionary: Dictionary
    engine: Engine
    folder: Path
    counts: dict[str, Any]

    def raw(self, table: str) -> Frame:
        """The raw table as text, nothing read yet."""
        return self.engine.read_parquet(self.folder / f"{table}.parquet")


@contextmanager
def open_stage(params: Clean, folder: Path | None = None) -> Iterator[Stage]:
    """Open the data set that ``params.common.source`` names, as extraction left it.

    Raises NexoError with the cure when extraction has not run.
    """
    folder = folder or paths.raw_dir()
    dictionary = load_dictionary()
    source = load_source(params.common.source, dictionary)
    with stage_on(source, dictionary, params, folder) as stage:
        yield stage


@contextmanager
def stage_on(
    source: Source, dictionary: Dictionary, params: Clean, folder: Path
) -> Iterator[Stage]:
    """Open a data set whose source and dictionary are already read."""
    file = folder / "counts.json"
    if not file.is_file():
        raise NexoError(f"{file} is not there. Run dvc repro: extract comes before cleaning.")
    with open_engine(params.common) as engine:
        yield Stage(source, dictionary, engine, folder, read_json(file)["tables"])


def plan_table(
    stage: Stage,
    table: str,
    columns: dict[str, Column],
    rule: TableRule,
    rejects: tuple[Reject, ...],
    raw_table: str | None = None,
) -> Plan:
    """Plan one canonical table from the raw table of the same name, or of ``raw_table``."""
    raw_table = raw_table or table
    found = pq.read_table(stage.folder / "rejected.parquet")
    ragged = found.filter(pc.equal(found["table"], raw_table))
    named = pa.array([table] * ragged.num_rows, pa.string())
    ragged = ragged.set_column(0, "table", named)
    return Plan(table, columns, rule, stage.counts[raw_table]["files"], rejects, ragged)


def check_counts(cleaned: Sequence[Cleaned], max_rejected_share: float) -> None:
    """Raise ReconciliationError unless every table's rows add up and few were rejected."""
    for part in cleaned:
        quarantine.reconcile(part.table, part.counts, part.quarantine, max_rejected_share)


def write_clean(cleaned: Sequence[Cleaned], dictionary: Dictionary, folder: Path) -> None:
    """Write each table, quarantine.parquet and counts.json, whole or not at all."""
    with whole_folder(folder) as building:
        for part in cleaned:
            key = dictionary.table(part.table).key
            write_arrow(part.rows, building / f"{part.table}.parquet", key)
        shelved = quarantine.joined([part.quarantine for part in cleaned])
        write_arrow(shelved, building / "quarantine.parquet", quarantine.COLUMNS)
        write_json(building / "counts.json", counts_of(cleaned))


def counts_table(cleaned: Sequence[Cleaned]) -> pd.DataFrame:
    """One row a table: rows read, kept, merged, rejected; cells set missing, missing codes."""
    import pandas as pd

    columns = ["table", *(field.name for field in fields(Counts))]
    rows = [{"table": part.table, **asdict(part.counts)} for part in cleaned]
    return pd.DataFrame(rows, columns=columns)


def quarantine_table(cleaned: Sequence[Cleaned]) -> pd.DataFrame:
    """The quarantine by reason, each with its number of cells and its first offender."""
    return quarantine.by_reason(quarantine.joined([part.quarantine for part in cleaned]))
