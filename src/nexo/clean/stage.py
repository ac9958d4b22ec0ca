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

from nexo import quarantine
from nexo.base import paths
from nexo.base.errors import NexoError
from nexo.base.results import read_json, whole_folder, write_json
from nexo.clean.doubts import stop_at_strangers, stop_at_wrong_end
from nexo.clean.notes import STAY
from nexo.clean.plan import Cleaned, Plan, Reject, required
from nexo.clean.table import clean_rows, counts_of
from nexo.contract import Column, Dictionary, load_dictionary
from nexo.engine import Engine, Frame, open_engine, write_arrow
from nexo.privacy import redact_value
from nexo.quarantine import Counts
from nexo.sources import Source, TableRule, load_source
from nexo.sources.corrections import Correction, load_corrections

if TYPE_CHECKING:
    import pandas as pd

    from nexo.base.config import Clean

COPIED_TOGETHER = 1 << 20


@dataclass(frozen=True)
class Stage:
    """An open engine on one extracted data set."""

    source: Source
    dictionary: Dictionary
    engine: Engine
    folder: Path
    counts: dict[str, Any]
    corrections: tuple[Correction, ...] = ()
    is_key_public: bool = False

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
    corrections = load_corrections(params.common.source, source, dictionary)
    with stage_on(source, dictionary, params, folder, corrections) as stage:
        yield stage


@contextmanager
def stage_on(
    source: Source,
    dictionary: Dictionary,
    params: Clean,
    folder: Path,
    corrections: tuple[Correction, ...] = (),
) -> Iterator[Stage]:
    """Open a data set whose source and dictionary are already read."""
    file = folder / "counts.json"
    if not file.is_file():
        raise NexoError(f"{file} is not there. Run dvc repro: extract comes before cleaning.")
    with open_engine(params.common) as engine:
        counts = read_json(file)
        is_public = counts.get("key") == "public" and source.simulate is None
        tables = counts["tables"]
        yield Stage(source, dictionary, engine, folder, tables, corrections, is_public)


def plan_table(
    stage: Stage,
    table: str,
    columns: dict[str, Column],
    rule: TableRule,
    rejects: tuple[Reject, ...],
    raw_table: str | None = None,
    stays: Frame | None = None,
) -> Plan:
    """Plan one canonical table from the raw table of the same name, or of ``raw_table``.

    ``stays`` are the customers that it is held against (see ``customer_stays``).
    """
    raw_table = raw_table or table
    found = pq.read_table(stage.folder / "rejected.parquet")
    ragged = found.filter(pc.equal(found["table"], raw_table))
    named = pa.array([table] * ragged.num_rows, pa.string())
    ragged = ragged.set_column(0, "table", named)
    corrections = tuple(
        entry
        for entry in stage.corrections
        if entry.table == raw_table and entry.column in columns and entry.column in rule.given()
    )
    files = stage.counts[raw_table]["files"]
    return Plan(table, columns, rule, files, rejects, ragged, corrections, stays)


def customer_stays(stage: Stage) -> Frame | None:
    """Who is a customer and from when to when; None where the source has no customer table."""
    rule = stage.source.tables.get("customers")
    if rule is None:
        return None
    names = {*STAY, rule.duplicates.by}
    known = stage.dictionary.table("customers").columns
    columns = {name: column for name, column in known.items() if name in names}
    plan = plan_table(stage, "customers", columns, rule, required(columns))
    found = clean_rows(stage.engine, stage.source, plan, stage.raw("customers"))
    return found.select(*STAY)


def check_counts(cleaned: Sequence[Cleaned], max_rejected_share: float) -> None:
    """Raise ReconciliationError unless every table's rows add up and few were rejected.

    Nor may as many lie after the source's data_end, or all belong to customers nobody knows.
    """
    for part in cleaned:
        quarantine.reconcile(part.table, part.counts, part.quarantine, max_rejected_share)
        stop_at_wrong_end(part, max_rejected_share)
        stop_at_strangers(part)


def write_clean(cleaned: Sequence[Cleaned], folder: Path) -> None:
    """Write each table, quarantine.parquet and counts.json, whole or not at all."""
    with whole_folder(folder) as building:
        for part in cleaned:
            part.file.seek(0)
            with (building / f"{part.table}.parquet").open("wb") as target:
                while mapped := part.file.read_buffer(COPIED_TOGETHER):  # not copied on the way
                    target.write(mapped)
        write_arrow(_shelved(cleaned), building / "quarantine.parquet", quarantine.COLUMNS)
        write_json(building / "counts.json", counts_of(cleaned))


def counts_table(cleaned: Sequence[Cleaned]) -> pd.DataFrame:
    """One row a table: rows read, kept, merged, rejected; cells set missing, missing codes."""
    import pandas as pd

    columns = ["table", *(field.name for field in fields(Counts))]
    rows = [{"table": part.table, **asdict(part.counts)} for part in cleaned]
    return pd.DataFrame(rows, columns=columns)


def corrections_table(cleaned: Sequence[Cleaned]) -> pd.DataFrame:
    """One row a correction of the source: what it changes, why, and in how many cells.

    A proposed one changes nothing yet; ``n_cells`` then says how many it would change.
    """
    import pandas as pd

    columns = ["table", "column", "file", "row", "from", "to", "reason", "status", "n_cells"]
    rows = [
        (
            entry.table, entry.column, entry.file or "(all)", entry.row or "(all)",
            redact_value(entry.wrong), redact_value(entry.to), redact_value(entry.reason),
            entry.status, n_cells,
        )
        for part in cleaned
        for entry, n_cells in part.corrections
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def quarantine_table(cleaned: Sequence[Cleaned]) -> pd.DataFrame:
    """The quarantine by reason, each with its number of cells and its first offender."""
    return quarantine.by_reason(_shelved(cleaned))


def _shelved(cleaned: Sequence[Cleaned]) -> pa.Table:
    return pa.concat_tables([quarantine.as_table([]), *(part.quarantine for part in cleaned)])
