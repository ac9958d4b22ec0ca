"""What changed between two editions: differences, their intervals, and the page that tells them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from nexo.base import paths
from nexo.base.config import Report, load_params
from nexo.report import changes, look, shell
from nexo.report.edition_pages import _reading, changes_page, list_page
from nexo.report.edition_record import Record
from support.facts_world import REPO


def entry(estimate: float, low: float, high: float, confidence: float | None = 0.95) -> Any:
    return {"group": "score", "what": "nps", "unit": "nps_points", "estimate": estimate,
            "conf_low": low, "conf_high": high, "confidence": confidence}  # fmt: skip


def test_the_interval_of_a_change_known_by_hand() -> None:
    # Symmetric intervals of half 3 and 4 give a half of 5, as errors of independent means do.
    assert changes.interval(entry(10, 7, 13), entry(20, 16, 24)) == pytest.approx((5, 15))
    # Zou and Donner's rule: each end takes the nearer limit of one and the farther of the other.
    assert changes.interval(entry(0, -1, 8), entry(0, -6, 2)) == pytest.approx((-10, 5**0.5))
    for other in (entry(20, 16, 24, 0.9), entry(20, 16, 24, None)):
        low, high = changes.interval(entry(10, 7, 13), other)
        assert low != low and high != high


def records(**now: Any) -> tuple[Record, Record]:
    one: Record = {
        "figures": [entry(10, 7, 13)], "data": "a", "currency": "EUR", "code": "a", "commit": "ab",
        "name": "x", "data_end": "2025-03-31", "headline": {"es": "Antes & <b>", "en": "Before"},
        "verdicts": {"revenue": "inconclusive"}, "tables": {"survey": 10},
        "sections": {"es": ["A"], "en": ["A"]}, "params": {"a.b": "1"},
    }  # fmt: skip
    return one, {**one, "data": "b", **now}


def test_new_and_gone_numbers_have_no_change() -> None:
    other = {**entry(1, 0, 2), "what": "ces"}
    before, now = records(figures=[other])
    found = {change.what: change for change in changes.number_changes(before, now)}
    assert [_reading(one) for one in found.values()] == ["ed_reads_new", "ed_reads_gone"]
    assert found["ces"].before is None and found["nps"].now is None
    assert found["ces"].is_real is None and found["nps"].difference != found["nps"].difference


def test_amounts_in_two_currencies_are_not_subtracted() -> None:
    money = {**entry(100, 50, 150), "unit": "cents", "group": "money", "what": "default_path"}
    before, now = records(figures=[money], currency="USD")
    before["figures"] = [money]
    assert changes.number_changes(before, now)[0].is_real is None


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with what a page's frame needs."""
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(REPO / name, tmp_path)
    shutil.copytree(REPO / "reports" / "style", tmp_path / "reports" / "style")
    shutil.copytree(REPO / "reports" / "fonts", tmp_path / "reports" / "fonts")
    for lang in ("es", "en"):
        (tmp_path / "reports" / lang).mkdir()
        shutil.copy(REPO / "reports" / lang / "_metadata.yml", tmp_path / "reports" / lang)
    monkeypatch.chdir(tmp_path)
    look.write_look(load_params(Report).brand, paths.generated_dir())
    return tmp_path


@pytest.mark.parametrize(("estimate", "is_real"), [(20, True), (12, False)])
def test_the_page_reads_each_change_and_shows_text_as_text(
    project: Path, estimate: float, is_real: bool
) -> None:
    before, now = records(
        figures=[entry(estimate, estimate - 4, estimate + 4)],
        verdicts={"revenue": "supported", "retention": "too_small"},
        tables={"survey": 12, "orders": 5},
        params={"a.b": "<script>", "a.c": "2"},
        code="b",
    )
    marks = shell.Marks("", "Andina", {})
    page = changes_page("en", before, now, marks, is_draft=True)
    assert changes.number_changes(before, now)[0].is_real is is_real
    for text in ("Before", "&#60;script&#62;", "a.c", "supported by the data", "DRAFT", "method"):
        assert text in page
    assert "<script" not in page
    spanish = changes_page("es", before, now, marks, is_draft=False)
    assert "Antes &#38; &#60;b&#62;" in spanish and 'lang="es"' in spanish
    assert list_page([], marks, is_draft=False).count("make edition") == 2
