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

from nexo.base.config import Common
from nexo.base.errors import NexoError
from nexo.engine import (
    BLOCK_ROWS,
    day_number,
    open_engine,
    to_arrow,
    to_pandas,
    write_arrow,
)

COMMON = Common(
    source="demo",
    data_dir="data/inbox",
    engine="duckdb",
    spark_master="local[1]",
    memory_gb=1,
    spill_dir="",
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
        assert (
            engine.write_parquet(engine.from_arrow(TABLE), tmp_path / "one", ["customer_id"]) == 4
        )
        shuffled = engine.from_arrow(TABLE.take([2, 0, 3, 1]))
        engine.write_parquet(shuffled, tmp_path / "two", ["customer_id"])
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


def test_a_result_of_any_size_leaves_in_blocks(tmp_path: Path) -> None:
    """Two and a half groups of rows, sorted on disk, cut the same from an engine or from Arrow."""
    n = 2 * BLOCK_ROWS + BLOCK_ROWS // 2
    table = pa.table({"key": [f"{i * 7919 % n:09d}" for i in range(n)], "value": list(range(n))})
    with open_engine(COMMON) as engine:
        frame = engine.from_arrow(table)
        sizes = [batch.num_rows for batch in engine.batches(frame)]
        assert sum(sizes) == n and max(sizes) <= BLOCK_ROWS
        assert engine.write_parquet(frame, tmp_path / "one", ["key"]) == n
        held = to_arrow(engine.hold(frame))
    assert write_arrow(held, tmp_path / "two", ["key"]) == n  # the engine and its folder are gone
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    groups = pq.ParquetFile(tmp_path / "one").metadata
    rows = [groups.row_group(i).num_rows for i in range(groups.num_row_groups)]
    assert rows == [BLOCK_ROWS, BLOCK_ROWS, BLOCK_ROWS // 2]
    assert pq.read_table(tmp_path / "one")["key"].to_pylist() == sorted(table["key"].to_pylist())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_nothing_to_write_is_a_table_without_rows(tmp_path: Path) -> None:
    with open_engine(COMMON) as engine:
        nothing = engine.from_arrow(TABLE).filter(nw.col("cents") > 99)
        assert engine.write_parquet(nothing, tmp_path / "none", ["cents"]) == 0
        assert to_arrow(engine.hold(nothing)).num_rows == 0
    assert pq.read_table(tmp_path / "none").schema.equals(TABLE.schema)


def test_what_is_held_for_a_while_leaves_no_table_behind() -> None:
    with open_engine(COMMON) as engine:
        with engine.holding(engine.from_arrow(TABLE)) as held:
            assert to_arrow(held).equals(TABLE)
            assert engine.session.execute("SHOW TABLES").fetchall()
        assert not engine.session.execute("SHOW TABLES").fetchall()


def test_what_is_held_on_spark_for_a_while_leaves_no_files_behind(spark: object) -> None:
    common = COMMON.model_copy(update={"engine": "spark"})
    with open_engine(common) as engine:
        with engine.holding(engine.from_arrow(TABLE)) as held:
            assert to_arrow(held).num_rows == TABLE.num_rows
            assert any(engine.spill.iterdir())
        assert not any(engine.spill.iterdir())


def test_what_was_spilled_is_gone_whatever_happens(tmp_path: Path) -> None:
    common = COMMON.model_copy(update={"spill_dir": str(tmp_path)})
    with pytest.raises(ZeroDivisionError), open_engine(common) as engine:
        engine.hold(engine.from_arrow(TABLE))
        assert any(tmp_path.iterdir())
        raise ZeroDivisionError
    assert not any(tmp_path.iterdir())


def test_a_folder_for_spilling_that_is_not_there_is_named() -> None:
    common = COMMON.model_copy(update={"spill_dir": "/proc/nowhere"})
    with pytest.raises(NexoError, match=r"spill_dir = '/proc/nowhere' cannot"), open_engine(common):
        pass


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("SET max_temp_directory_size = '1MB'", r"disk is full.*common\.spill_dir"),
        ("SET temp_directory = ''", r"more memory than common\.memory_gb = 0\.5"),
    ],
)
def test_no_memory_and_no_disk_are_one_message_with_the_cure(setting: str, said: str) -> None:
    common = COMMON.model_copy(update={"memory_gb": 0.5})
    rows = "SELECT hash(range)::VARCHAR || repeat('x', 200) AS a FROM range(6000000) ORDER BY a"
    with pytest.raises(NexoError, match=said) as problem, open_engine(common) as engine:
        engine.session.execute("SET memory_limit = '60MB'")
        engine.session.execute(setting)
        to_arrow(
            nw.from_native(engine.session.sql(rows)).lazy().select(nw.col("a").max(), n=nw.len())
        )
        engine.session.sql(rows).to_arrow_reader(1000).read_next_batch()
    assert "\n" not in str(problem.value)


def test_a_fault_of_the_code_keeps_its_own_error() -> None:
    import duckdb

    with pytest.raises(duckdb.Error), open_engine(COMMON) as engine:
        engine.session.execute("SELECT nothing FROM nowhere")


def test_a_spark_job_that_fails_is_one_message_with_the_cure(spark: object) -> None:
    on_spark = COMMON.model_copy(update={"engine": "spark", "spark_master": "local[2]"})
    said = r"A Spark job failed at .*local\[2\].*see the project's folder"
    with pytest.raises(NexoError, match=said) as problem, open_engine(on_spark) as engine:
        failing = engine.session.sql("SELECT raise_error('worker lost') AS x FROM range(10)")
        to_arrow(nw.from_native(failing).lazy())
    assert "\n" not in str(problem.value)
    assert spark.sql("SELECT 1 AS x").collect()[0].x == 1  # type: ignore[attr-defined]
