"""What a person should look at before believing the numbers; the worst of it stops the run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from nexo import quarantine
from nexo.base.errors import ReconciliationError
from nexo.clean.plan import Cleaned
from nexo.privacy import PUBLIC_KEY

if TYPE_CHECKING:
    from nexo.clean.stage import Stage

LONGEST_SILENCE_DAYS = 35
"""A month and some days: what is recorded once a month is not yet overdue."""
MANY_STRANGERS = 0.05
FEWEST_ROWS = 20
"""Of fewer rows than this, none belonging to a known customer may be chance."""

EVENTS = {"survey": "answered_at", "orders": "ordered_at", "contacts": "contacted_at"}


def doubts(stage: Stage, cleaned: Sequence[Cleaned]) -> list[str]:
    """One sentence a doubt, with its cure; often none."""
    found = [PUBLIC_KEY] if stage.is_key_public else []
    for part in cleaned:
        found += [f"{part.table}: {text}" for text in _about_table(stage, part)]
    return found


def _about_table(stage: Stage, part: Cleaned) -> Iterator[str]:
    end = stage.source.data_end
    last = _last_day(part)
    if last is not None and (end - last).days > LONGEST_SILENCE_DAYS:
        yield (
            f"data_end is {end}, but the last record is of {last}: the days between would count "
            "as days on which nobody answered or bought; is data_end right, is a file missing?"
        )
    n_strangers = _n_noted(part, "unknown_customer", "customer_id")
    if n_strangers > MANY_STRANGERS * part.counts.rows_kept:
        yield (
            f"{n_strangers} of {part.counts.rows_kept} rows belong to no known customer: are ids "
            "written differently (id_rule), or is the customer file older?"
        )
    n_proposed = sum(1 for entry, _ in part.corrections if not entry.is_accepted)
    if n_proposed:
        yield f"{n_proposed} corrections are proposed and not applied: accept or withdraw them"


def _last_day(part: Cleaned) -> dt.date | None:
    """The last day on which something of this table happened."""
    name = EVENTS.get(part.table)
    if name is None:
        return None
    value = pc.max(part.column(name).cast(pa.date32())).as_py()
    return value if isinstance(value, dt.date) else None


def _n_noted(part: Cleaned, reason: str, column: str) -> int:
    shelved = part.quarantine
    is_it = pc.and_(pc.equal(shelved["reason"], reason), pc.equal(shelved["column"], column))
    return int(pc.sum(is_it).as_py() or 0)


def stop_at_wrong_end(part: Cleaned, max_share: float) -> None:
    """Raise ReconciliationError when too many records are dated after the source's data_end."""
    late = part.quarantine.filter(pc.equal(part.quarantine["reason"], "after_data_end"))
    for column in sorted(set(late["column"].to_pylist())):
        found = late.filter(pc.equal(late["column"], column))
        n_late = found.num_rows
        if n_late <= max_share * part.counts.rows_kept:
            continue
        last, first = (
            pc.max(found["value"]).as_py(),
            quarantine.ordered(found).slice(0, 1).to_pylist()[0],
        )
        raise ReconciliationError(
            f"{part.table}: {n_late} of {part.counts.rows_kept} rows have {column} after the "
            f"source's data_end, up to {last}, more than clean.max_rejected_share = "
            f"{max_share:.1%} (first: {first['file']}, row {first['row']}, value "
            f"{first['value']!r}). Windows are taken to end at data_end: set data_end to the last "
            "day that the data cover, or correct the dates."
        )


def stop_at_strangers(part: Cleaned) -> None:
    """Raise ReconciliationError when not one row belongs to a known customer."""
    n_strangers = _n_noted(part, "unknown_customer", "customer_id")
    if part.counts.rows_kept < FEWEST_ROWS or n_strangers < part.counts.rows_kept:
        return
    strangers = part.quarantine.filter(pc.equal(part.quarantine["reason"], "unknown_customer"))
    first = quarantine.ordered(strangers).slice(0, 1).to_pylist()[0]
    raise ReconciliationError(
        f"{part.table}: none of the {part.counts.rows_kept} rows belongs to a customer of the "
        f"table customers (first: {first['file']}, row {first['row']}, column customer_id). Are "
        "ids written differently in the two files? id_rule in the source YAML can trim, change "
        "case and strip leading zeros; or customer_id is the wrong column of one of them."
    )
