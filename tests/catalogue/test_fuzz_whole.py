"""Fuzzers on the whole path and on the YAML: every row accounted for, every fault told."""
# ruff: noqa: E501 - lists of what is drawn

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.cases import Case, dictionary, take
from catalogue.test_fuzz import QUIET, damaged
from nexo.base.errors import EmptyResultError, NexoError
from nexo.sources import load_source
from support.sources import survey_source


@given(
    content=st.lists(st.sampled_from(
        ["1", "2", ",", ",", ",", "\n", "\n", '"', '"', "\r\n", "2024-05-01", "9", "11", "x", "é", " ", "\0", ";"]
    ), max_size=40).map("".join)
)  # fmt: skip
@settings(max_examples=10, suppress_health_check=QUIET)
def test_every_row_is_kept_merged_or_rejected(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    """The whole path: ``take`` reconciles read = kept + merged + rejected, or a message is told."""
    case = Case("x", {"answers.csv": "id,date,nps,comment\n1,2024-05-01,9,x\n" + content})
    try:
        (survey,) = take(case, tmp_path_factory.mktemp("rows"))
    except EmptyResultError:
        return
    except NexoError as told:
        assert "answers.csv" in str(told)
        return
    counts = survey.counts
    assert counts.rows_read == counts.rows_kept + counts.rows_merged + counts.rows_rejected
    assert counts.rows_kept == survey.rows.num_rows


SOUND_YAML = yaml.safe_dump(survey_source(), sort_keys=False)
SIMPLE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates(),
    st.sampled_from(["csv", "nps", "iso", "%d/%m/%Y", "..", "*", ",", "latin-1", "identical_only"]),
)  # fmt: skip
VALUES = st.one_of(
    SIMPLE, st.lists(SIMPLE, max_size=3), st.dictionaries(st.text(max_size=6), SIMPLE, max_size=3)
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a nested YAML."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()  # fmt: skip
    return [path, *(p for key, value in inner for p in places(value, (*path, key)))]


@st.composite
def odd_sources(draw: Any) -> str:
    """The small source with one value replaced by anything, or its text damaged."""
    if draw(st.booleans()):
        return draw(damaged(SOUND_YAML.encode())).decode("utf-8", errors="replace")
    source = survey_source()
    *way, last = draw(st.sampled_from([p for p in places(source) if p]))
    node: Any = source
    for key in way:
        node = node[key]
    node[last] = draw(VALUES)
    return yaml.safe_dump(source, allow_unicode=True)


@given(text=odd_sources())
@settings(max_examples=150, suppress_health_check=QUIET)
def test_any_yaml_is_a_source_or_told(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("yaml") / "small.yaml"
    file.write_text(text, encoding="utf-8", errors="replace")
    try:
        load_source("small", dictionary(), file)
    except NexoError as told:
        assert "small.yaml" in str(told) and len(str(told)) < 20_000
