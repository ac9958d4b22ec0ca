"""A survey of a few lines, a rule of its source to be changed, and what became of its cells."""

from __future__ import annotations

import copy
from typing import Any

from support.sources import Built


def answers(*rows: str) -> dict[str, str | bytes]:
    return {"answers.csv": "id,date,nps,comment\n" + "\n".join(rows) + "\n"}


def reasons(built: Built, table: str) -> list[tuple[Any, ...]]:
    return [
        (cell["row"], cell["column"], cell["value"], cell["reason"], cell["action"])
        for cell in built.quarantine(table)
    ]


def rule(source: dict[str, Any], column: str, value: Any) -> dict[str, Any]:
    source = copy.deepcopy(source)
    source["tables"]["survey"]["files"][0]["columns"][column] = value
    return source
