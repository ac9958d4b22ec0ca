"""The engine room: equal content gives equal bytes, integers stay integers, dates are counted.

Not covered here: Spark against DuckDB (tests/repo/test_stack.py holds what they share).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexo.config import Common
from nexo.engine import (
    day_number,
    open_engine,
    to_arrow,
    to_pandas,
    write_arrow,
    write_parquet,
)
from nexo.errors import NexoError

COMMON = Common(
    source="demo",
    data_dir="data/inbox",
    engine="duckdb",
    spark_master="local[1]",
    key_file="key",
    snapshot="",
)
TABLE = pa.table(
    {
        "customer_id": ["b", "a", "a", None],
        "cents": pa.array([1, 2, None, 4], pa.int64()),
        "moment": pa.array([dt.datetime(2024, 2, 29, 23, 59)] * 4, pa.timestamp("us")),
        "is_open": [True, None, False, True],
    }
)


def test_sums_leave_the_engine_as_64_bit_integers() -> None:
    # DuckDB sums integers as HUGEINT, which Arrow would show as decimals.
    with open_engine(COMMON) as engine:
        sums = engine.from_arrow(TABLE).group_by("customer_id").agg(nw.col("cents").sum())
        assert to_arrow(sums).schema.field("cents").type == pa.int64()


def test_pandas_types_can_hold_what_is_missing() -> None:
    with open_engine(COMMON) as engine:
        frame = to_pandas(engine.from_arrow(TABLE))
    assert [str(kind) for kind in frame.dtypes] == ["str", "Int64", "datetime64[us]", "boolean"]
    assert frame["cents"].sum() == 7


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    with open_engine(COMMON) as engine:
        assert write_parquet(engine.from_arrow(TABLE), tmp_path / "one", ["customer_id"]) == 4
        shuffled = engine.from_arrow(TABLE.take([2, 0, 3, 1]))
        write_parquet(shuffled, tmp_path / "two", ["customer_id"])
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert pq.read_table(tmp_path / "one")["customer_id"].to_pylist() == ["a", "a", "b", None]


@given(order=st.permutations(range(6)))
@settings(max_examples=20, deadline=None)
def test_ties_in_the_sort_key_do_not_show(
    order: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    table = pa.table({"key": ["x"] * 6, "value": [3, 1, 2, 2, None, 1]})
    file = tmp_path_factory.mktemp("ties") / "table.parquet"
    write_arrow(table.take(order), file, ["key"])
    assert pq.read_table(file)["value"].to_pylist() == [1, 1, 2, 2, 3, None]


@given(day=st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
@settings(max_examples=50, deadline=None)
def test_days_are_counted_as_the_calendar_does(day: dt.date) -> None:
    days = [day, dt.date(2000, 2, 29)]
    with open_engine(COMMON) as engine:
        frame = engine.from_arrow(pa.table({"day": pa.array(days, pa.date32())}))
        numbers = to_arrow(frame.select(n=day_number("day"))).to_pydict()["n"]
    assert sorted(numbers) == sorted(one.toordinal() for one in days)


def test_a_missing_file_is_named_with_its_cure(tmp_path: Path) -> None:
    with open_engine(COMMON) as engine, pytest.raises(NexoError, match="absent.parquet.*dvc repro"):
        engine.read_parquet(tmp_path / "absent.parquet")


def test_spark_without_java_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    sql = pytest.importorskip("pyspark.sql", reason="needs the extra spark")

    def no_java(_: object) -> None:
        raise RuntimeError("[JAVA_GATEWAY_EXITED] Java gateway process exited.\nmore lines")

    monkeypatch.setattr(sql.SparkSession.Builder, "getOrCreate", no_java)
    spark = COMMON.model_copy(update={"engine": "spark"})
    said = r"JAVA_GATEWAY_EXITED.*Install Java.*duckdb"
    with pytest.raises(NexoError, match=said) as problem, open_engine(spark):
        pass
    assert "more lines" not in str(problem.value)
