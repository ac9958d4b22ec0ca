"""data/dictionary.yaml and what the demo builds say the same, both ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from repo.deps import ROOT
from repo.text_rules import dictionary_differences
from support.project import Project


def built_tables(root: Path) -> dict[str, set[str]]:
    """The canonical tables in data/clean and data/panel, and all results, with their columns."""
    files = [
        *(root / "data" / "clean").rglob("*.parquet"),
        *(root / "data" / "panel").glob("*.parquet"),
    ]
    tables: dict[str, set[str]] = {}
    for file in files:
        tables.setdefault(file.stem, set()).update(pq.read_schema(file).names)
    tables["results"] = result_columns(root)
    return tables


def result_columns(root: Path) -> set[str]:
    """Every column name of data/results and of the panel's flow; effect ids are no columns."""
    results, panel = root / "data" / "results", root / "data" / "panel"
    names: set[str] = set()
    for file in [*results.rglob("*.csv"), *panel.glob("*.csv")]:
        names |= set(file.read_text(encoding="utf-8").partition("\n")[0].split(","))
    for file in results.rglob("*.parquet"):
        names |= {name for name in pq.read_schema(file).names if ":" not in name}
    return names


def dictionary() -> dict[str, Any]:
    text = (ROOT / "data" / "dictionary.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text)["tables"])


def test_the_demo_builds_what_the_dictionary_describes(demo: Project) -> None:
    problems = dictionary_differences(built_tables(demo.root), dictionary())
    assert not problems, "\n".join(problems)


def test_every_column_has_its_meaning_in_both_languages() -> None:
    for table, entry in dictionary().items():
        for column, facts in entry["columns"].items():
            assert facts.get("en") and facts.get("es"), f"{table}.{column} lacks en or es"
            assert facts.get("type"), f"{table}.{column} lacks its type"


@pytest.mark.parametrize(
    ("built", "message"),
    [
        ({"orders": {"order_id", "colour"}}, "orders.colour is built and not in"),
        ({"orders": {"order_id"}, "visits": {"page"}}, "visits.page is built and not in"),
        ({"orders": {"note"}}, "orders.order_id is in data/dictionary.yaml and not built"),
        ({}, "orders is in data/dictionary.yaml and no stage builds it"),
    ],
)
def test_a_difference_is_seen_both_ways(built: dict[str, set[str]], message: str) -> None:
    described = {"orders": {"columns": {"order_id": {}, "note": {"is_optional": True}}}}
    assert not dictionary_differences({"orders": {"order_id"}}, described)
    problems = dictionary_differences(built, described)
    assert any(message in problem for problem in problems), problems
