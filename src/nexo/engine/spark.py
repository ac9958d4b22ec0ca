"""Starting Spark, or saying why it cannot be started."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nexo.base.errors import NexoError
from nexo.engine.failures import first_line

if TYPE_CHECKING:
    from nexo.base.config import Common

ANSWER_SECONDS = 5
CURE_MASTER = (
    "Check the address (spark://HOST:7077), that its master is up and of the same version of "
    "Spark, and that this machine may reach it"
)


def start_spark(common: Common, spill: Path) -> tuple[Any, Callable[[], None]]:
    """Start Spark, or use the session that is already there, which then stays open."""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise NexoError(
            "common.engine is spark, but PySpark is not installed. Install the extra `spark` "
            "(pip install -e '.[spark]'), or set common.engine: duckdb in params.yaml."
        ) from None
    master = common.spark_master
    is_there = SparkSession.getActiveSession() is not None
    if not is_there:
        _require_answer(master)
    builder = SparkSession.builder.master(master).appName("nexo")
    for key, value in _spark_settings(common, spill).items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except Exception as problem:  # PySpark raises its own kinds for a missing Java or master
        is_java = "JAVA_GATEWAY" in str(problem)
        cure = "Install Java 17 or newer (JAVA_HOME names it)" if is_java else CURE_MASTER
        raise NexoError(
            f"Spark could not start at common.spark_master = {master!r}: {first_line(problem)} "
            f"{cure}, or set common.engine: duckdb in params.yaml."
        ) from None
    session.sparkContext.setLogLevel("ERROR")
    return session, (lambda: None) if is_there else session.stop


def _require_answer(master: str) -> None:
    """Raise NexoError where no master of Spark's own kind answers, which Spark tries for a minute.

    One of several, parted by commas, is enough. Addresses of other kinds are left to Spark.
    """
    if not master.startswith("spark://"):
        return
    for place in master.removeprefix("spark://").split(","):
        host, _, port = place.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=ANSWER_SECONDS).close()
            return
        except (OSError, ValueError, OverflowError):  # no answer, no number, no such port
            continue
    raise NexoError(
        f"Nothing answers at common.spark_master = {master!r}. {CURE_MASTER}, or set "
        "common.engine: duckdb in params.yaml."
    )


def _spark_settings(common: Common, spill: Path) -> dict[str, str]:
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.driver.memory": f"{round(common.memory_gb * 1024)}m",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if common.spark_master.startswith("local["):
        settings |= {"spark.local.dir": str(spill), "spark.sql.shuffle.partitions": "8"}
    return settings
