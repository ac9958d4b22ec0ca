"""The landmark panel of a hand-made company: every cell was worked out by hand (tiny_company)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexo import panel as room
from nexo.base.config import Panel
from nexo.base.errors import PanelError
from nexo.base.results import read_json, read_table
from nexo.panel import account, make_grid
from support.tiny_company import (
    ANSWERS,
    CONTACTS,
    CUSTOMERS,
    FIRST,
    ORDERS,
    PARAMS,
    SECOND,
    build,
    cells,
    read,
    write_tables,
)


def test_the_cohort_is_who_is_active_on_the_day(tiny: Path) -> None:
    table = read(tiny)
    found = {day: set(rows.customer_id) for day, rows in table.groupby("landmark")}
    assert found == {FIRST: {"ann", "bob", "eve"}, SECOND: {"ann", "dan"}}
    assert list(table.columns) == list(room.COLUMNS)
    assert list(table.is_reference) == [False] * 3 + [True] * 2
    assert set(table.wave) == {"2023-12-31", "2024-12-30"}


def test_every_cell_of_a_customer_who_did_everything(tiny: Path) -> None:
    ann = cells(tiny, "ann", FIRST)
    assert (ann["nps_score"], ann["nps_age_days"]) == (9, 0)
    assert (ann["ces_score"], ann["ces_age_days"]) == (6, 181)
    assert (ann["csat_score"], ann["csat_age_days"]) == (None, None)
    assert ann["tenure_days"] == 4 * 365  # 2020 is a leap year: 1,460 days to 2023-12-31
    assert (ann["past_revenue_cents"], ann["n_past_orders"]) == (1300, 2)
    assert (ann["n_categories_owned"], ann["n_categories_unowned"]) == (2, 1)
    assert (ann["n_new_categories"], ann["net_revenue_cents"]) == (1, 1000)
    assert ann["is_retained"] is True
    assert (ann["n_past_contacts"], ann["n_contacts"], ann["n_referrals"]) == (1, 2, 1)


NONE = pa.nulls(len(CONTACTS), pa.int64())
SAME = pa.array(["K"] * len(CONTACTS))


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        (None, None),
        ({"attempt": NONE, "case_id": pa.nulls(len(CONTACTS), pa.string())}, None),
        ({"attempt": pa.array([3] * len(CONTACTS)), "case_id": SAME}, 2),
        ({"attempt": pa.array([1] * len(CONTACTS)), "case_id": SAME}, 0),
        ({"attempt": NONE, "case_id": SAME}, 1),  # the first of its case is no repeat
        ({"case_id": pa.array([None, *["K"] * (len(CONTACTS) - 1)])}, 0),
    ],
)
def test_repeat_contacts_are_told_by_attempts_or_else_by_cases(
    tmp_path: Path, cases: dict[str, pa.Array] | None, expected: int | None
) -> None:
    contacts = [("ann", "2023-05-01 09:00"), ("ann", "2023-05-02 09:00"), *CONTACTS[2:]]
    write_tables(tmp_path, contacts=contacts, cases=cases)
    ann = cells(build(tmp_path), "ann", FIRST)
    assert ann["n_past_contacts"] == 2
    assert ann["n_repeat_contacts"] == expected


def test_a_leaver_stays_in_the_window_with_the_money_spent(tiny: Path) -> None:
    bob = cells(tiny, "bob", FIRST)
    assert bob["is_retained"] is False
    assert (bob["net_revenue_cents"], bob["n_new_categories"]) == (0, 1)
    assert (bob["tenure_days"], bob["n_past_orders"], bob["past_revenue_cents"]) == (0, 0, 0)
    assert bob["nps_score"] is None


def test_leaving_on_the_last_day_of_the_window_is_leaving(tiny: Path) -> None:
    eve = cells(tiny, "eve", FIRST)
    assert eve["is_retained"] is False
    assert (eve["nps_score"], eve["csat_score"]) == (8, 4)
    assert (eve["net_revenue_cents"], eve["n_new_categories"]) == (-150, 0)
    assert eve["n_contacts"] == 0  # the contact came a day after the window
    assert eve["n_referrals"] == 0  # bob came before it


def test_outcomes_are_null_where_the_window_passes_the_end(tiny: Path) -> None:
    ann = cells(tiny, "ann", SECOND)
    outcomes = (
        "is_retained",
        "n_new_categories",
        "net_revenue_cents",
        "n_contacts",
        "n_referrals",
    )
    assert [ann[name] for name in outcomes] == [None] * 5
    assert ann["n_categories_owned"] == 3 and ann["n_categories_unowned"] == 0
    meta = read_json(tiny / "meta.json")
    assert meta["reference_landmark"] == "2024-12-30"
    assert {(d["date"], d["outcome"], d["reason_code"]) for d in meta["dropped_landmarks"]} == {
        ("2024-12-30", outcome, "window_after_data_end")
        for outcome in ("retention", "cross_selling", "revenue")
    }
    assert [mark["is_seen"]["revenue"] for mark in meta["landmarks"]] == [True, False]


def test_flow_counts_from_the_files_to_the_rows_used(tiny: Path) -> None:
    flow = read_table(tiny / "flow.csv").fillna({"outcome": ""}).set_index(["step_code", "outcome"])
    rows = flow["n_rows"]
    assert rows["customers_kept", ""] == 5
    assert rows["active_at_landmarks", ""] == 5
    assert flow["n_customers"]["active_at_landmarks", ""] == 4
    assert rows["window_seen", "retention"] == 3
    assert rows["nps_score_known", "retention"] == 2  # ann and eve
    meta = read_json(tiny / "meta.json")
    assert meta["landmarks"][0]["n_scored"] == {"nps_score": 2, "ces_score": 1, "csat_score": 1}
    assert meta["n_active_reference"] == 2
    assert meta["data_start"] == "2023-01-01" and meta["categories"] == ["car", "tv", "web"]


def test_owners_of_everything_are_left_out_of_cross_selling_and_counted(tmp_path: Path) -> None:
    more = [("90", "eve", "2023-02-02", name, 100) for name in ("tv", "web", "car")]
    write_tables(tmp_path, orders=[*ORDERS, *more])
    target = build(tmp_path)
    assert cells(target, "eve", FIRST)["n_categories_unowned"] == 0
    flow = read_table(target / "flow.csv").set_index(["step_code", "outcome"])["n_rows"]
    assert flow["outcome_known", "cross_selling"] == 3
    assert flow["something_left_to_buy", "cross_selling"] == 2


def test_without_orders_and_contacts_their_columns_are_null(tmp_path: Path) -> None:
    write_tables(tmp_path, orders=None, contacts=None)
    day = dt.date(2024, 6, 30)  # 182 days after 2023-12-31: the answer of 2024-01-01 counts
    params = PARAMS.model_copy(update={"landmark_dates": (day,)})
    ann = cells(build(tmp_path, params), "ann", day)
    assert ann["past_revenue_cents"] is None and ann["n_new_categories"] is None
    assert ann["n_past_contacts"] is None and ann["net_revenue_cents"] is None
    assert ann["nps_score"] == 0


def test_without_dates_of_leaving_orders_tell_who_is_active(tmp_path: Path) -> None:
    write_tables(tmp_path, customers=[(name, joined, None) for name, joined, _ in CUSTOMERS])
    target = build(tmp_path)
    table = read(target)
    first = table[table.landmark == FIRST]
    assert list(first.customer_id) == ["ann"]  # only ann bought in the year before
    assert list(first.is_retained) == [True]  # and again in the year after
    assert read_json(target / "meta.json")["active_rule"] == "orders_in_active_days"


def test_orders_before_the_landmark_cannot_tell_who_is_retained(tmp_path: Path) -> None:
    """With 365 active days and a window of 182, an order of half a year before t would make its
    customer retained: an outcome dated before t."""
    write_tables(tmp_path, customers=[(name, joined, None) for name, joined, _ in CUSTOMERS])
    horizons = {"retention": 182, "cross_selling": 365, "revenue": 182}
    short = Panel.model_validate(PARAMS.model_dump() | {"horizon_days": horizons})
    with pytest.raises(PanelError, match=r"active_days.*182"):
        build(tmp_path, short)
    (tmp_path / "panel").rmdir()
    assert len(read(build(tmp_path, short.model_copy(update={"active_days": 182})))) > 0


def test_declared_landmarks_outside_the_data_are_dropped_and_said(tmp_path: Path) -> None:
    wanted = (dt.date(2023, 6, 1), FIRST, dt.date(2026, 1, 1))
    grid = make_grid(
        PARAMS.model_copy(update={"landmark_dates": wanted}),
        dt.date(2023, 1, 1),
        dt.date(2025, 6, 30),
    )
    assert [mark.date for mark in grid.landmarks] == [FIRST]
    assert [reason for _, _, reason in grid.dropped] == [
        "lookback_before_data_start",
        "after_data_end",
    ]


def test_too_short_a_history_is_refused_with_the_cure() -> None:
    with pytest.raises(PanelError, match="control_lookback_days is 365.*Shorten"):
        make_grid(PARAMS, dt.date(2025, 1, 1), dt.date(2025, 6, 30))


@given(data=st.data())
@settings(max_examples=8)
def test_the_order_of_rows_changes_nothing(
    data: st.DataObject, tiny: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("shuffled")
    shuffled = (data.draw(st.permutations(t)) for t in (CUSTOMERS, ORDERS, ANSWERS, CONTACTS))
    write_tables(folder, *shuffled)
    target = build(folder)
    for name in ("panel.parquet", "flow.csv", "meta.json"):
        assert (target / name).read_bytes() == (tiny / name).read_bytes()


def test_a_snapshot_has_one_row_a_customer_and_no_windows(tmp_path: Path) -> None:
    (tmp_path / "survey").mkdir()
    (tmp_path / "sales").mkdir()
    none = pa.array([None, None], pa.int64())
    survey = {"response_id": ["a", "b"], "customer_id": ["a", "b"], "nps_score": [9, None]}
    pq.write_table(
        pa.table({**survey, "ces_score": none, "csat_score": none}),
        tmp_path / "survey" / "survey.parquet",
    )
    behaviour = {"customer_id": ["b", "a", "c"], "net_revenue_cents": [-5, 700, 0]}
    pq.write_table(
        pa.table({**behaviour, "tenure_months": [12.0, None, 1.0]}),
        tmp_path / "sales" / "snapshot.parquet",
    )
    target = build(tmp_path, kind="snapshot")
    table = read(target)
    assert list(table.customer_id) == ["a", "b", "c"]
    assert list(table.net_revenue_cents) == [700, -5, 0]
    assert [None if pd.isna(v) else v for v in table.nps_score] == [9, None, None]
    assert [None if pd.isna(v) else v for v in table.tenure_days] == [None, 365, 30]
    assert set(table.wave) == {"snapshot"} and table.is_reference.all()
    assert table.is_retained.isna().all() and table.n_new_categories.isna().all()
    meta = read_json(target / "meta.json")
    assert meta["kind"] == "snapshot" and meta["n_customers"] == 3
    assert meta["landmarks"][0]["n_scored"]["nps_score"] == 1


def test_a_survey_alone_has_a_panel_without_rows(tmp_path: Path) -> None:
    write_tables(tmp_path)
    target = build(tmp_path, kind="survey_only")
    table = pq.read_table(target / "panel.parquet")
    assert table.num_rows == 0 and table.column_names == list(room.COLUMNS)
    assert table.schema.field("nps_score").type == pa.int64()
    assert read_json(target / "meta.json")["reference_landmark"] is None


def test_types_are_the_same_for_every_kind(tiny: Path, tmp_path: Path) -> None:
    write_tables(tmp_path)
    alone = build(tmp_path, kind="survey_only")
    schemas = [pq.read_schema(folder / "panel.parquet") for folder in (tiny, alone)]
    assert schemas[0].equals(schemas[1])
    assert tuple(read_table(tiny / "flow.csv").columns) == account.FLOW_COLUMNS
