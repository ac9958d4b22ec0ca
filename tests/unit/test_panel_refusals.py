"""A panel that mixes past and future, or loses a customer, is refused and never written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa
import pytest

from nexo.base.errors import PanelError
from nexo.engine import to_arrow
from nexo.panel import account
from nexo.panel import build as build_module
from nexo.panel import rows as panel_rows_module
from nexo.panel import windows as windows_module
from nexo.panel.landmarks import Landmark
from nexo.panel.tables import every
from support.tiny_company import (
    CONTACTS,
    CUSTOMERS,
    build,
    write_tables,
)

A_MONTH, NOTHING = dt.timedelta(days=30), dt.timedelta()
LEAKS = [  # a window, by what its first and last day are moved, what must then be refused
    ("answer", NOTHING, A_MONTH, "age_days runs from"),
    ("answer", -A_MONTH, NOTHING, "age_days runs from"),
    ("order_past", NOTHING, A_MONTH, "order_past"),
    ("category_owned", NOTHING, A_MONTH * 12, "category_owned"),
    ("contact_past", -A_MONTH, NOTHING, "contact_past"),
    ("order_next", -A_MONTH, NOTHING, "order_next"),
    ("order_next", NOTHING, A_MONTH, "order_next"),
    ("category_new", -A_MONTH * 12, NOTHING, "category_new"),
    ("contact_next", NOTHING, A_MONTH, "contact_next"),
    ("referral", -A_MONTH, NOTHING, "referral"),
]


@pytest.mark.parametrize(("moved", "start", "end", "said"), LEAKS)
def test_what_is_dated_outside_its_look_back_or_window_is_refused(
    moved: str,
    start: dt.timedelta,
    end: dt.timedelta,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One window of every landmark is moved, as a fault in its bounds would move it."""
    honest = windows_module.calendar

    def leaky(engine: Any, windows: Any) -> Any:
        wrong = [
            {
                name: (window[0] + start, window[1] + end) if window and name == moved else window
                for name, window in named.items()
            }
            for named in windows
        ]
        return honest(engine, wrong)

    monkeypatch.setattr(windows_module, "calendar", leaky)
    early = [("ann", "2022-12-15 09:00")]
    write_tables(tmp_path, contacts=[*CONTACTS, *early, ("eve", "2025-01-01 09:00")])
    with pytest.raises(PanelError, match=said):
        build(tmp_path)


@pytest.mark.parametrize(
    ("dated", "said"),
    [("ordered_on", "order_past"), ("first_on", "category"), ("contacted_on", "contact_past")],
)
def test_what_is_placed_at_another_landmark_is_refused(
    dated: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows are right, and their sums go to the landmark before: later money counts as past."""
    honest = panel_rows_module._placed

    def early(rows: Any, tables: Any) -> Any:
        if dated in rows.collect_schema().names():
            rows = rows.with_columns(mark=nw.col("mark") - 1)
        return honest(rows, tables)

    monkeypatch.setattr(panel_rows_module, "_placed", early)
    write_tables(tmp_path)
    with pytest.raises(PanelError, match=said):
        build(tmp_path)


def test_guards_look_at_some_customers_where_there_are_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def noting(tables: Any, nth: int) -> Any:
        seen.append((nth, some := every(tables, nth)))
        assert to_arrow(some.customers)["number"].to_pylist() == [0, 2, 4]
        return some

    monkeypatch.setattr(build_module, "CUSTOMERS_GUARDED", 2)
    monkeypatch.setattr(build_module, "every", noting)
    write_tables(tmp_path)
    build(tmp_path)
    assert [nth for nth, _ in seen] == [2]


def test_landmarks_made_one_by_one_give_the_same_panel(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_module, "ROWS_TOGETHER", 1)
    write_tables(tmp_path)
    target = build(tmp_path)
    assert (target / "panel.parquet").read_bytes() == (tiny / "panel.parquet").read_bytes()


def test_a_customer_twice_in_the_file_is_refused(tmp_path: Path) -> None:
    write_tables(tmp_path, customers=[*CUSTOMERS, CUSTOMERS[0]])
    with pytest.raises(PanelError, match="1 customers stand more than once"):
        build(tmp_path)


def test_a_lost_customer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = panel_rows_module._with_retention  # an inner join gone wrong would do this
    monkeypatch.setattr(
        panel_rows_module,
        "_with_retention",
        lambda *given: honest(*given).filter(nw.col("customer_id") != "eve"),
    )
    write_tables(tmp_path)
    with pytest.raises(PanelError, match="3 customers are active in the customer file, 2 are"):
        build(tmp_path)


def test_nobody_active_at_the_end_is_refused(tmp_path: Path) -> None:
    write_tables(tmp_path, customers=[(name, "2020-01-01", "2024-06-01") for name, *_ in CUSTOMERS])
    with pytest.raises(PanelError, match="Nobody is active at the last landmark"):
        build(tmp_path)


@pytest.mark.parametrize(
    ("column", "ages"),
    [("tenure_days", [0, -1]), ("nps_age_days", [0, 90]), ("ces_age_days", [-1, None])],
)
def test_a_row_that_knows_of_another_time_is_refused(column: str, ages: list[int | None]) -> None:
    day = dt.date(2024, 6, 30)
    mark = Landmark(day, True, day - dt.timedelta(days=90), day, {}, {})
    sound = dict.fromkeys(("tenure_days", *account.AGES), pa.array([0, 89], pa.int64()))
    account.refuse_wrong_ages(pa.record_batch(sound), mark)
    wrong = pa.record_batch(sound | {column: pa.array(ages, pa.int64())})
    with pytest.raises(PanelError, match=f"Wrong at 2024-06-30: {column} runs from"):
        account.refuse_wrong_ages(wrong, mark)
