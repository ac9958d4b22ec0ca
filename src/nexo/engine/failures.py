"""What a person can do about a failure of the engine: memory, disk, a machine that is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nexo.base.config import Common


def explained(problem: Exception, common: Common) -> str | None:
    """What a person can do about a failure of the engine; None where it is a fault of the code."""
    kind, room = type(problem), type(problem).__module__.lstrip("_").split(".")[0]
    said = first_line(problem)
    why = said.removesuffix(".")
    if room in ("duckdb", "pyspark", "py4j") and _is_full(problem):
        return (
            f"The disk is full where the engine keeps what does not fit into memory ({why}). "
            "Nothing was half-written: free some space, or name a folder with more room in "
            "common.spill_dir of params.yaml, then run dvc repro again."
        )
    if room == "duckdb" and kind.__name__ == "OutOfMemoryException":
        return (
            f"The engine needs more memory than common.memory_gb = {common.memory_gb:g} ({why}). "
            "Raise it in params.yaml; what can be spilled to disk already is."
        )
    if room in ("pyspark", "py4j") and kind.__name__ != "AnalysisException":
        return (
            f"A Spark job failed at common.spark_master = {common.spark_master!r}: {said} The log "
            "of the driver or of its workers says more. The machines need the same version of "
            "Spark, enough memory and disk, and must see the project's folder and "
            "common.spill_dir; or set common.engine: duckdb in params.yaml."
        )
    return None


def _is_full(problem: Exception) -> bool:
    signs = ("No space left", "Disk quota", "File too large", "max_temp_directory_size")
    return any(sign in str(problem) for sign in signs)


def first_line(problem: Exception) -> str:
    """What went wrong, in one line; of errors of Java, which wrap each other, the innermost."""
    lines = str(problem).strip().split("\n")
    causes = [line for line in lines if line.startswith("Caused by: ")]
    if not causes and lines[0].startswith("An error occurred while calling"):
        causes = lines[1:2]  # Py4J says first which call failed, and only then why
    told = causes[-1] if causes else lines[0]
    return told.removeprefix("Caused by").removeprefix(": ").rstrip(". ") + "."
