"""The one place that knows the engine: DuckDB embedded by default, Spark by ``common.engine``.

How to use it::

    with open_engine(params.common) as engine:
        orders = engine.read_parquet(paths.clean_dir("sales") / "orders.parquet")
        yearly = orders.group_by("customer_id").agg(nw.col("amount_cents").sum())
        engine.write_parquet(yearly, target, ["customer_id"])  # equal input, equal bytes
        small = to_pandas(yearly)                              # only what has become small

Frames are Narwhals lazy frames, so the same expression runs on either engine. Work with a
frame inside the ``with`` block: outside of it the engine is closed. Small results leave through
``to_arrow`` or ``to_pandas``, results of any size through ``batches`` or ``write_parquet``,
which never hold more than a block of them; these cross through Arrow and turn the engine's wide
integer sums (DuckDB's HUGEINT, Spark's decimals) back into 64-bit integers.
"""

from nexo.engine.frames import Frame, day_number, pandas_of, to_arrow, to_pandas
from nexo.engine.session import Engine, open_engine
from nexo.engine.writing import BLOCK_ROWS, write_arrow, write_batches

__all__ = [
    "BLOCK_ROWS",
    "Engine",
    "Frame",
    "day_number",
    "open_engine",
    "pandas_of",
    "to_arrow",
    "to_pandas",
    "write_arrow",
    "write_batches",
]
