"""The dictionary as contract: what check() finds, and that data/README.md shows the same."""

from __future__ import annotations

import datetime as dt

import duckdb
import pyarrow as pa
import pytest

from nexo import contract
from nexo.base.errors import ContractError
from nexo.engine import pandas_of
from support.sources import ROOT, dictionary

GOOD = {
    "customer_id": ["a", "b"],
    "joined_at": [dt.date(2024, 1, 1), dt.date(2024, 2, 1)],
}


def customers(**changes: list[object]) -> pa.Table:
    schema = contract.arrow_schema(dictionary().table("customers"))
    columns = {**{name: [None, None] for name in schema.names}, **GOOD, **changes}
    return pa.table(columns, schema=schema)


@pytest.mark.parametrize("convert", [lambda t: t, pandas_of, duckdb.from_arrow])
def test_a_good_table_passes_in_any_frame(convert: object) -> None:
    contract.check("customers", convert(customers()), dictionary=dictionary())  # type: ignore[operator]


def test_several_problems_are_told_together() -> None:
    bad = customers(joined_at=[None, dt.date(2024, 1, 1)])
    bad = bad.drop_columns(["segment"]).append_column("colour", pa.array(["x", "y"]))
    with pytest.raises(ContractError) as caught:
        contract.check("customers", bad, dictionary=dictionary())
    text = str(caught.value)
    assert "column 'segment': is missing" in text
    assert "column 'colour': is not in the dictionary" in text
    assert "column 'joined_at'" in text and "is null in 1 rows" in text


def test_ranges_labels_and_types() -> None:
    schema = contract.arrow_schema(dictionary().table("survey"))
    values = {name: [None] for name in schema.names}
    values |= {"response_id": ["r"], "nps_score": [11], "survey_kind": ["sms"]}
    table = pa.table(values, schema=schema)
    place = schema.get_field_index("weight")
    table = table.set_column(place, "weight", pa.array(["heavy"]))
    with pytest.raises(ContractError) as caught:
        contract.check("survey", table, dictionary=dictionary())
    text = str(caught.value)
    assert "column 'nps_score', value '11': is above 10 in 1 rows" in text
    assert "value 'sms': is none of relational, transactional, kiosk" in text
    assert "column 'weight': should be of type number, is String" in text


def keyed(*rows: tuple[str | None, int]) -> pa.RecordBatch:
    names, numbers = zip(*rows, strict=True)
    return pa.record_batch({"name": pa.array(names, pa.string()), "number": pa.array(numbers)})


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_a_key_that_comes_again_is_refused_wherever_the_rows_are_cut(cut: int) -> None:
    rows = [("a", 1), ("a", 2), ("b", 2), ("b", 2), ("c", 1)]
    batches = [keyed(*rows[:cut]), keyed(*rows[cut:])]
    with pytest.raises(ContractError, match="'name, number', value 'b, 2': repeats a key"):
        list(contract.unique(batches, "things", ("name", "number")))
    assert list(contract.unique(batches, "things", ())) == batches


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_null_keys_are_not_repeats(cut: int) -> None:
    rows: list[tuple[str | None, int]] = [("a", 1), ("b", 1), (None, 1), (None, 1)]
    batches = [keyed(*rows[:cut]), keyed(*rows[cut:]).slice(0, 0), keyed(*rows[cut:])]
    assert list(contract.unique(batches, "things", ("name", "number"))) == batches


def test_an_unknown_table_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ContractError, match="is no table.*Known: survey, customers"):
        contract.check("surveys", customers(), dictionary=dictionary())


def test_readme_shows_the_dictionary() -> None:
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert readme.endswith(contract.markdown_tables(dictionary()))


def test_both_languages_are_there_and_differ() -> None:
    for table in dictionary().tables.values():
        for column in table.columns.values():
            assert column.en != column.es
