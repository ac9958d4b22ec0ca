"""Source YAML: what it may say, and what is refused before any data is read, with its message."""
# ruff: noqa: E501 - a message is easier to read on one line

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from nexo.base.errors import SourceError
from nexo.sources import load_source
from support.sources import (
    ANSWERS,
    ROOT,
    changed,
    dictionary,
    landmark_source,
    load,
    read,
)


@pytest.mark.parametrize(
    "name", ["demo", "retail_nps", "sfo_survey", "survey_exports", "telco_extended"]
)
def test_the_committed_sources_are_well_formed(name: str) -> None:
    load_source(name, dictionary(), ROOT / "data" / "sources" / f"{name}.yaml")


def test_the_example_of_the_readme_is_well_formed(tmp_path: Path) -> None:
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    example = readme.split("```yaml")[1].split("```")[0]
    load(tmp_path, yaml.safe_load(example))


BAD_YAML = [
    ("titel", "x", "titel is not a known key. Did you mean 'title'? Allowed: company"),
    ("file.delimeter", ";", "delimeter is not a known key. Did you mean 'delimiter'?"),
    ("columns.nps_score", {"from": "nps", "skale": {}}, "skale is not a known key. Did you mean 'scale'?"),
    ("currency", "euro", "currency = 'euro'"),
    ("timezone", "Mars/Base", "is no known time zone"),
    ("kind", "wide", "kind = 'wide'"),
    ("kind", "snapshot", "needs the table 'snapshot'"),
    ("tables.survy", {"files": []}, "is no canonical table. Did you mean 'survey'?"),
    ("survey.files", [], "has no files"),
    ("columns.nps", "nps", "column 'nps': is no canonical column of this table. Did you mean 'nps_score'?"),
    ("columns.response_id", {"constant": "1", "from": "id"}, "either from"),
    ("columns.nps_score", {}, "either from"),
    ("columns.nps_score", {"from": "nps", "scale": {"low": 1, "high": 5, "direction": "high_is_good"}},
     "was asked from 1 to 5, but the canonical scale is 0 to 10. Nothing is rescaled in silence"),
    ("columns.ces_score", "ces", "the scale of CES is not declared"),
    ("columns.answered_at", {"from": "date", "dates": "%m-%Y"}, "does not have all of %Y"),
    ("columns.nps_score", {"from": "nps", "missing": [False]}, "put it in quotes"),
    ("columns.survey_kind", {"from": "k", "map": {"a": "phone"}}, "leads to 'phone', which is not allowed"),
    ("columns.answered_at", {"from": "date", "multiply": 2}, "multiply does not apply to the type datetime"),
    ("columns.comment", "id", "is used as an id and as something else"),
    ("survey.duplicates", {"rule": "latest"}, "latest needs by"),
    ("survey.duplicates", {"rule": "latest", "by": "invited_at"}, "a column that the table does not give"),
    ("file.sheet", "Data", "(answers.csv): sheet means nothing for the format csv"),
    ("columns.channel", {"from": "c", "values": "labels"}, "values is for SPSS files, not for the format csv"),
    ("columns.channel", {"from": "c", "count": {"yes": "1"}}, "count does not apply to the type label"),
    ("columns.nps_score", {"constant": 1, "count": {"yes": "1"}}, "count needs from"),
    ("file.join", [{"glob": "b.csv", "format": "csv", "key": "id", "cardinality": "one_to_one"}], "a joined file gives no columns"),
    ("file.join", [{"glob": "b.csv", "format": "csv", "key": "id", "columns": {"channel": "c"}}], "cardinality is missing"),
    ("file.join", [{"glob": "b.csv", "format": "csv", "key": "id", "cardinality": "one_to_one", "columns": {"comment": "c"}}],
     "column 'comment': is given by two of the joined files"),
    ("file.delimiter", ";;", "delimiter = ';;'"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "message"), BAD_YAML)
def test_a_bad_yaml_is_refused_before_data_is_read(
    tmp_path: Path, path: str, value: Any, message: str
) -> None:
    with pytest.raises(SourceError) as caught:
        load(tmp_path, changed(path, value))
    assert message in str(caught.value)
    assert "small.yaml cannot be used as it is" in str(caught.value)


def test_required_columns_are_asked_for(tmp_path: Path) -> None:
    source = landmark_source()
    del source["tables"]["survey"]["files"][0]["columns"]["customer_id"]
    del source["tables"]["customers"]["files"][0]["columns"]["joined_at"]
    with pytest.raises(SourceError) as caught:
        load(tmp_path, source)
    assert "column 'customer_id': is required" in str(caught.value)
    assert "column 'joined_at': is required" in str(caught.value)


WRONG_VALUES = [
    ("file.glob", "", "glob = ''"),
    ("file.glob", "**x", r"is no pattern of file names"),
    ("file.delimiter", "\u00f1", "a delimiter is one ASCII sign"),
    ("file.delimiter", '"', "a delimiter is one ASCII sign"),
    ("columns.nps_score", {"from": []}, "nps_score.from"),
    ("columns.answered_at", {"from": "date", "dates": []}, "answered_at.dates"),
    ("columns.channel", {"from": "comment", "map": {}}, "channel.map"),
    ("columns.response_id", {"constant": "x"}, "an id cannot be a constant"),
    ("columns.nps_score", {"constant": 99}, "the constant is '99'.*canonical scale is 0 to 10"),
    ("columns.survey_kind", {"constant": "foo"}, "the constant is 'foo'.*Allowed: relational"),
    ("columns.nps_score", {"from": "nps", "map": {"9": "x"}}, "the mapping leads to 'x'"),
    ("columns.nps_score", {"from": "nps", "multiply": 0}, "multiply = 0"),
    ("timezone", "Europe", "is no known time zone"),
]


@pytest.mark.parametrize(("place", "value", "told"), WRONG_VALUES)
def test_values_that_can_never_work_are_refused(
    tmp_path: Path, place: str, value: Any, told: str
) -> None:
    with pytest.raises(SourceError, match=told):
        read(tmp_path, changed(place, value), {"answers.csv": ANSWERS})


WRONG_TEXTS = {
    "a key twice": (b"title: a\ntitle: b\n", "the key 'title' is given twice"),
    "not UTF-8": (b"title: Espa\xf1a\n", "is not UTF-8 text"),
    "an impossible date": (b"data_end: 2024-13-45\n", "month must be in 1..12"),
    "nested deeply": (b"title: " + b"[" * 3000 + b"]" * 3000, "is not valid YAML"),
    "a python tag": (b"title: !!python/object/apply:os.getcwd []\n", "is not valid YAML"),
}


@pytest.mark.parametrize(("content", "told"), WRONG_TEXTS.values(), ids=WRONG_TEXTS)
def test_a_yaml_that_cannot_be_read_says_so(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "small.yaml"
    file.write_bytes(content)
    with pytest.raises(SourceError, match=told):
        load_source("small", dictionary(), file)


def test_anchors_that_multiply_do_not_fill_the_message(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    names = ", ".join(["*a{0}"] * 9)
    lines += [f"a{i}: &a{i} [{names.format(i - 1)}]" for i in range(1, 12)]
    file = tmp_path / "small.yaml"
    file.write_text("\n".join([*lines, "title: *a11"]))  # 9 to the power 12, written out
    with pytest.raises(SourceError, match="title = ") as caught:
        load_source("small", dictionary(), file)
    assert len(str(caught.value)) < 20_000
