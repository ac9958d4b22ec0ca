"""Nothing is lost: every cell and row that did not fit, and the counts that must reconcile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nexo import privacy
from nexo.base.errors import Problem, ReconciliationError, report_problems

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

COLUMNS = ("table", "file", "row", "column", "value", "reason", "action")
LONGEST_VALUE = 200
"""Characters of a value that are kept: enough to recognise it in the file."""

MEANING = {
    "missing_code": "declared as a missing code in the source",
    "missing_required": "a required value is missing",
    "not_a_number": "not a number with the declared decimal sign",
    "not_an_integer": "not a whole number",
    "too_many_decimals": "more decimals than the currency has, so cents would be guessed",
    "not_a_date": "in none of the declared date formats, or a day that does not exist",
    "ambiguous_date": "two of the declared date formats read it as different days",
    "not_a_boolean": "neither true nor false",
    "out_of_scale": "outside of the allowed range",
    "other_currency": "in another currency than the source declares",
    "duplicate_identical": "the same record again",
    "duplicate_differs": "another record of the same key",
    "corrected": "corrected as the source's corrections say",
    "clock_skipped": "a time of day that the time zone skipped that day; kept as told",
    "clock_repeated": "a time of day that the time zone had twice that day; kept as told",
    "after_data_end": "after the source's data_end",
    "unknown_customer": "an id that no customer has",
    "before_joining": "before the customer joined",
    "after_leaving": "after the customer left",
    "invited_after_answer": "an invitation sent on a later day than its answer",
    "redacted": (
        "looked like personal data and was blanked out when read; if it is a code of the "
        "company's own, declare it under map"
    ),
    "repeated_header": "the header again, among the records: files pasted together",
    "ragged_row": "has more or fewer cells than the header",
}
"""Every reason code in words."""


@dataclass(frozen=True)
class Counts:
    """What became of the rows and odd cells of one table."""

    rows_read: int
    rows_kept: int
    rows_merged: int
    rows_rejected: int
    cells_set_missing: int
    cells_missing_code: int
    cells_corrected: int = 0
    cells_noted: int = 0


def schema() -> pa.Schema:
    """Return the Arrow schema of a quarantine table."""
    import pyarrow as pa

    return pa.schema([(name, pa.int64() if name == "row" else pa.string()) for name in COLUMNS])


def as_table(rows: Iterable[dict[str, Any]]) -> pa.Table:
    """Build a quarantine table from records; see ``joined`` for order and redaction."""
    import pyarrow as pa

    return pa.Table.from_pylist(list(rows), schema=schema())


def joined(parts: Sequence[pa.Table]) -> pa.Table:
    """Put quarantine tables together, their values redacted and shortened; see ``ordered``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = pa.concat_tables(
        [part.select(COLUMNS).cast(schema()) for part in parts] or [as_table([])]
    )
    coded = pc.dictionary_encode(whole["value"].combine_chunks().fill_null(""))
    shown = [privacy.redact_value(text)[:LONGEST_VALUE] for text in coded.dictionary.to_pylist()]
    values = pa.array(shown, pa.string()).take(coded.indices)
    return whole.set_column(whole.schema.get_field_index("value"), "value", values)


def ordered(table: pa.Table) -> pa.Table:
    """Put the rows of a quarantine table into their fixed order."""
    return table.sort_by([(name, "ascending") for name in COLUMNS])


def by_reason(table: pa.Table) -> pd.DataFrame:
    """Count the quarantine by table, column, reason and action, each with its first offender.

    Columns: table, column, reason, action, n_cells, first_file, first_row, first_value.
    """
    import pandas as pd

    keys = ["table", "column", "reason", "action"]
    frame = table.to_pandas()
    if frame.empty:
        return pd.DataFrame(columns=[*keys, "n_cells", "first_file", "first_row", "first_value"])
    ordered = frame.sort_values(["file", "row"], kind="stable")
    return ordered.groupby(keys, as_index=False, sort=True).agg(
        n_cells=("row", "size"),
        first_file=("file", "first"),
        first_row=("row", "first"),
        first_value=("value", "first"),
    )


def reconcile(table: str, counts: Counts, quarantine: pa.Table, max_rejected_share: float) -> None:
    """Check that rows read = kept + merged + rejected, and that not too many were rejected.

    Raises ReconciliationError; too many rejections name each reason with its number of rows
    and its first offenders. Missing codes and cells set to missing do not count.
    """
    accounted = counts.rows_kept + counts.rows_merged + counts.rows_rejected
    if accounted != counts.rows_read:
        raise ReconciliationError(
            f"{table}: {counts.rows_read} rows were read, but {counts.rows_kept} kept + "
            f"{counts.rows_merged} merged + {counts.rows_rejected} rejected = {accounted}. "
            "This is a fault of the cleaning, not of the data: please report it."
        )
    if counts.rows_rejected <= max_rejected_share * counts.rows_read:
        return
    share = counts.rows_rejected / counts.rows_read
    raise ReconciliationError(
        f"{table}: {counts.rows_rejected} of {counts.rows_read} rows ({share:.1%}) were rejected, "
        f"more than clean.max_rejected_share = {max_rejected_share:.1%}. More than a few in a "
        "hundred usually means a wrong mapping in the source YAML. Reasons:\n"
        + _offenders(quarantine)
    )


def _offenders(quarantine: pa.Table) -> str:
    import pyarrow.compute as pc

    rejected = quarantine.filter(pc.equal(quarantine["action"], "row_rejected"))
    problems = []
    for reason in by_reason(rejected).sort_values("n_cells", ascending=False).itertuples():
        meaning = MEANING.get(reason.reason, reason.reason)
        problems.append(
            Problem(
                what=f"{meaning} ({reason.reason}, {reason.n_cells} rows; this is the first)",
                cure="Correct the source YAML or the file",
                file=reason.first_file,
                row=int(reason.first_row),
                column=reason.column,
                value=reason.first_value,
            )
        )
    return report_problems(problems)
