"""Reads Parquet: typed values as the text that means exactly the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from nexo.base.errors import SourceError
from nexo.sources.cells import number_text

BLOCK_ROWS = 100_000


def open_parquet(path: Path) -> pq.ParquetFile:
    """Open a file; raise SourceError when it is no Parquet."""
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise SourceError(_damaged(path, "opened", problem)) from None


def _damaged(path: Path, what: str, problem: Exception) -> str:
    reason = str(problem).strip().splitlines()[0].rstrip(".") if str(problem).strip() else "damaged"
    return (
        f"{path.name}: cannot be {what} as Parquet ({reason}). Correct format in the source YAML, "
        "or write the file again."
    )


def parquet_cells(
    path: Path, wanted: Mapping[int, str]
) -> Iterator[tuple[dict[int, pa.Array], pa.Array]]:
    """Yield columns (position: decimal sign) as text and the numbers of their rows from 2."""
    file = open_parquet(path)
    header = file.schema_arrow.names
    twice = sorted({header[at] for at in wanted if header.count(header[at]) > 1})
    if twice:
        raise SourceError(f"{path.name}: has two columns {twice[0]!r}. Rename one in the file.")
    first = 2
    for batch in _batches(path, file, [header[at] for at in wanted]):
        cells = {
            at: column_text(path.name, header[at], batch.column(header[at]), decimal)
            for at, decimal in wanted.items()
        }
        yield cells, pa.array(range(first, first + batch.num_rows), pa.int64())
        first += batch.num_rows


def _batches(path: Path, file: pq.ParquetFile, names: list[str]) -> Iterator[pa.RecordBatch]:
    """Read in blocks; raise SourceError for pages that the file's own list contradicts."""
    try:
        yield from file.iter_batches(BLOCK_ROWS, columns=names)
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise SourceError(_damaged(path, "read", problem)) from None


def column_text(place: str, name: str, array: pa.Array, decimal: str) -> pa.Array:
    """A typed column as text; nulls become empty, decimals take the declared sign.

    Raises SourceError for lists and bytes, and for text whose bytes are no UTF-8: no pattern
    would find personal data in it.
    """
    import pyarrow.compute as pc

    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        raise SourceError(
            f"{place}, column {name!r}: of type {array.type}, which is no text, number or "
            "date. Leave it out of the source YAML, or write it as text."
        )
    if pa.types.is_timestamp(array.type):  # one with a zone ends in Z: see iso_offset
        array = array.cast(pa.timestamp("s", array.type.tz and "UTC"), safe=False)
    if pa.types.is_floating(array.type):
        return _float_text(array, decimal)
    text = array.cast(pa.string())
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        raise SourceError(
            f"{place}, column {name!r}: a cell holds bytes that are no UTF-8, which this type "
            "of column promises. Write the column again as text, decoded with its own encoding."
        ) from None
    if pa.types.is_decimal(array.type) and decimal != ".":
        text = pc.replace_substring(text, ".", decimal)
    return text.fill_null("")


def _float_text(array: pa.Array, decimal: str) -> pa.Array:
    """Each distinct number once; what is no number (NaN) is no value."""
    coded = array.cast(pa.float64()).dictionary_encode()
    texts = [number_text(value, decimal) for value in coded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(coded.indices).fill_null("")
