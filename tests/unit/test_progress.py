"""Signs of life: none on short work, a line now and then in a log, none in a notebook."""

from __future__ import annotations

import sys

import pytest

from nexo.base import progress
from nexo.base.progress import Progress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that a test sets by hand."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    return now


def test_a_log_gets_a_line_every_ten_seconds(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    watch = Progress("extract orders", 60_000)
    for second in range(1, 31):
        clock[0] = 100.0 + second
        watch.add(1000)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "extract orders: 3,000 of 60,000 rows, 3 s",
        "extract orders: 13,000 of 60,000 rows, 13 s",
        "extract orders: 23,000 of 60,000 rows, 23 s",
    ]


def test_short_work_and_notebooks_say_nothing(
    clock: list[float], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Progress("extract orders")
    clock[0] = 102.9
    watch.add(10)
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    clock[0] = 200.0
    watch.add(10)
    assert capsys.readouterr().err == "" and watch.done == 20
