"""The forecast of an edition: read from the results, written into the log of decisions."""

from __future__ import annotations

from typing import Any

from nexo.base import paths
from nexo.base.errors import NexoError
from nexo.base.results import read_json
from nexo.economics.decisions import read_decisions, upsert, write_decisions

SHORT_COMMIT = 10


def read_forecast() -> dict[str, Any]:
    """Return forecast.json of the economics stage; NexoError when it is not there."""
    file = paths.results_dir("economics") / "forecast.json"
    if not file.is_file():
        raise NexoError(f"{file} is not there, so there is no forecast to record. Run make report.")
    content: dict[str, Any] = read_json(file)
    return content


def record_forecast(made: dict[str, Any], commit: str) -> int:
    """Write the forecasts of ``made`` into reports/decisions.csv; return how many.

    The same source, day and what is replaced, so a repetition changes nothing. Raises NexoError
    when the log is missing or has other columns.
    """
    log = paths.decisions_file()
    write_decisions(log, upsert(read_decisions(log), made, commit[:SHORT_COMMIT]))
    return len(made["forecasts"])
