"""Several records of one key: which one stays, by the rule that the source declares."""

from __future__ import annotations

import narwhals as nw
import pyarrow as pa

from nexo import quarantine
from nexo.contract import Column
from nexo.engine import Engine, Frame, to_arrow
from nexo.sources import TableRule

PLACE = ("_file", "_row")


def merge_duplicates(
    engine: Engine, table: str, columns: dict[str, Column], rule: TableRule, rows: Frame
) -> tuple[Frame, pa.Table]:
    """Return the rows that stay, and the quarantine rows of those that do not.

    ``rows`` holds the canonical columns, ``_file`` and ``_row``. Equal records are always
    merged. Of different ones the latest or the first stays; under ``identical_only`` none
    does: nobody said which is right. Rows without a key, and tables without, are left alone.
    """
    key = [name for name, column in columns.items() if column.is_key]
    if not key or not set(key) <= rule.given():
        return rows, quarantine.as_table([])
    suspects = _repeated(key, rows)
    if not len(suspects.select("_row").head(1).collect("pyarrow")):
        return rows, quarantine.as_table([])
    leaving = to_arrow(_leaving(suspects, key, list(columns), rule))
    gone = engine.from_arrow(leaving.select(list(PLACE)))
    kept = rows.join(gone, on=list(PLACE), how="anti")
    return kept, _as_quarantine(table, key[0], leaving)


def _repeated(key: list[str], rows: Frame) -> Frame:
    """The rows whose key occurs more than once."""
    has_key = ~nw.any_horizontal(*(nw.col(name).is_null() for name in key), ignore_nulls=False)
    counted = rows.filter(has_key).group_by(*key).agg(nw.len().alias("__n"))
    repeated = counted.filter(nw.col("__n") > 1).select(*key)
    return rows.join(repeated, on=key, how="semi")


def _leaving(suspects: Frame, key: list[str], columns: list[str], rule: TableRule) -> Frame:
    """The rows that do not stay, each with ``__differs`` and ``__refused``."""
    duplicates = rule.duplicates
    by = [duplicates.by] if duplicates.by else []
    place = nw.col("_row").cum_count(reverse=duplicates.rule == "latest")
    ranked = suspects.with_columns(__content=_content(columns)).with_columns(
        __place=place.over(*key, order_by=[*by, *PLACE]),
        __least=nw.col("__content").min().over(*key),
        __most=nw.col("__content").max().over(*key),
    )
    differs = nw.col("__least") != nw.col("__most")
    refused = (
        differs if duplicates.rule == "identical_only" else nw.col("__least") != nw.col("__least")
    )
    flagged = ranked.with_columns(__differs=differs, __refused=refused)
    return flagged.filter((nw.col("__place") > 1) | nw.col("__refused"))


def _content(columns: list[str]) -> nw.Expr:
    """All values of a row as one text, so that equal records can be told from different ones."""
    parts = [
        nw.when(nw.col(name).is_null()).then(nw.lit("\x00")).otherwise(nw.col(name).cast(nw.String))
        for name in columns
    ]
    return nw.concat_str(parts, separator="\x1f")


def _as_quarantine(table: str, column: str, leaving: pa.Table) -> pa.Table:
    differs = leaving["__differs"].to_pylist() if leaving.num_rows else []
    refused = leaving["__refused"].to_pylist() if leaving.num_rows else []
    n = leaving.num_rows
    text = pa.string()
    return pa.table(
        {
            "table": pa.array([table] * n, text),
            "file": leaving["_file"].cast(text),
            "row": leaving["_row"],
            "column": pa.array([column] * n, text),
            "value": leaving[column].cast(text) if n else pa.array([], text),
            "reason": pa.array(
                ["duplicate_differs" if d else "duplicate_identical" for d in differs], text
            ),
            "action": pa.array(["row_rejected" if r else "row_merged" for r in refused], text),
        }
    )
