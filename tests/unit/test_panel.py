"""The landmark panel of hand-made worlds whose every cell was worked out by hand.

Landmarks 2023-12-31 and 2024-12-30 (step 365), look-back and horizon 365 days, data from
2023-01-01 to 2025-06-30: the second landmark's window is not seen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexo import panel as room
from nexo.config import Common, Panel
from nexo.errors import PanelError
from nexo.panel import Landmark, account, build_panel, make_grid
from nexo.panel import rows as panel_rows_module
from nexo.results import read_json, read_table
from nexo.sources import Source

PARAMS = Panel(
    common=Common(
        source="tiny",
        data_dir="data/inbox",
        engine="duckdb",
        spark_master="local[1]",
        memory_gb=1,
        spill_dir="",
        key_file="key",
        snapshot="",
    ),
    landmark_dates=(),
    step_days=365,
    active_days=365,
    score_lookback_days=182,
    control_lookback_days=365,
    horizon_days={"retention": 365, "cross_selling": 365, "revenue": 365},
)
FIRST, SECOND = dt.date(2023, 12, 31), dt.date(2024, 12, 30)

REFERRED_BY = {"bob": "eve", "dan": "ann"}  # bob joined on the landmark, dan a day after it
CUSTOMERS = [  # id, joined, left
    ("ann", "2020-01-01", None),
    ("bob", "2023-12-31", "2024-06-01"),  # joins on the landmark, leaves within the window
    ("cat", "2022-05-05", "2023-12-31"),  # leaves on the landmark: not active at it
    ("dan", "2024-01-01", None),  # a day too late for the first landmark
    ("eve", "2021-01-01", "2024-12-30"),  # active until the last day of the window: gone at its end
]
ORDERS = [  # id, customer, date, category, cents
    ("1", "ann", "2023-01-01", "tv", 1000),  # first day of the look-back (t-365, t]
    ("2", "ann", "2023-12-31", "web", 500),  # the landmark itself is past
    ("3", "ann", "2023-12-31", "web", -200),  # a refund: money, but no order
    ("4", "ann", "2024-01-01", "tv", 700),  # first day of the window; owned already
    ("5", "ann", "2024-12-30", "car", 300),  # last day of the window; a new category
    ("6", "ann", "2024-12-31", "web", 999),  # one day after it
    ("7", "bob", "2024-03-03", "tv", 400),
    ("8", "bob", "2024-03-04", "tv", -400),
    ("9", "eve", "2024-02-02", "web", -150),  # only a refund: negative, and no new category
]
ANSWERS = [  # id, customer, answered, nps, ces, csat
    ("a", "ann", "2023-07-02 12:00", 3, None, 2),  # exactly 182 days before: too old
    ("z", "ann", "2023-07-03 12:00", 5, 6, None),  # an older answer with a larger id
    ("c", "ann", "2023-12-31 23:59", 9, None, None),  # the evening of the landmark counts
    ("d", "ann", "2024-01-01 00:01", 0, None, None),  # the future does not
    ("e", "eve", "2023-12-01 10:00", 7, None, 4),
    ("f", "eve", "2023-12-01 10:00", 8, None, None),  # same minute: the larger id wins
    ("g", "bob", None, None, None, None),  # invited, not answered
]
CONTACTS = [
    ("ann", "2023-05-05 09:00"),
    ("ann", "2024-01-01 09:00"),
    ("ann", "2024-12-30 09:00"),
    ("eve", "2025-01-01 09:00"),
]


def source(kind: str = "landmark") -> Source:
    return Source(
        title="Tiny",
        company="Tiny Ltd",
        kind=kind,
        currency="EUR",
        timezone="UTC",
        data_end=dt.date(2025, 6, 30),
        tables={"survey": {"files": [{"glob": "x.csv", "format": "csv"}]}},
    )


def _days(texts: list[str | None]) -> pa.Array:
    return pa.array([dt.date.fromisoformat(t) if t else None for t in texts], pa.date32())


def _times(texts: list[str | None]) -> pa.Array:
    return pa.array(
        [dt.datetime.fromisoformat(t) if t else None for t in texts], pa.timestamp("us")
    )


def write_tables(
    folder: Path,
    customers: list[Any] = CUSTOMERS,
    orders: list[Any] | None = ORDERS,
    answers: list[Any] = ANSWERS,
    contacts: list[Any] | None = CONTACTS,
) -> None:
    (folder / "survey").mkdir(parents=True)
    (folder / "sales").mkdir()
    ids, who, when, nps, ces, csat = (list(c) for c in zip(*answers, strict=True))
    scores = {
        name: pa.array(values, pa.int64())
        for name, values in (("nps_score", nps), ("ces_score", ces), ("csat_score", csat))
    }
    survey = pa.table(
        {
            "response_id": ids,
            "customer_id": pa.array(who, pa.string()),
            "answered_at": _times(when),
            **scores,
        }
    )
    pq.write_table(survey, folder / "survey" / "survey.parquet")
    ids, joined, left = (list(column) for column in zip(*customers, strict=True))
    labels = {n: pa.array(["x"] * len(ids)) for n in ("segment", "region", "acquisition_channel")}
    table = pa.table(
        {
            "customer_id": ids,
            "joined_at": _days(joined),
            "left_at": _days(left),
            **labels,
            "referred_by": pa.array([REFERRED_BY.get(name) for name in ids], pa.string()),
        }
    )
    pq.write_table(table, folder / "sales" / "customers.parquet")
    if orders is not None:
        ids, who, when, category, cents = (list(column) for column in zip(*orders, strict=True))
        table = pa.table(
            {
                "order_id": ids,
                "customer_id": who,
                "ordered_at": _times(when),
                "category": category,
                "amount_cents": pa.array(cents, pa.int64()),
            }
        )
        pq.write_table(table, folder / "sales" / "orders.parquet")
    if contacts is not None:
        who, when = (list(column) for column in zip(*contacts, strict=True))
        table = pa.table({"customer_id": who, "contacted_at": _times(when)})
        pq.write_table(table, folder / "sales" / "contacts.parquet")


def build(folder: Path, params: Panel = PARAMS, kind: str = "landmark") -> Path:
    target = folder / "panel"
    target.mkdir()
    build_panel(params, source(kind), folder / "survey", folder / "sales", target)
    return target


def read(target: Path) -> pd.DataFrame:
    table = pq.read_table(target / "panel.parquet")
    return pd.DataFrame(table.to_pylist(), columns=table.column_names, dtype=object)


def cells(target: Path, customer: str, landmark: dt.date) -> dict[str, Any]:
    table = read(target)
    found = table[(table.customer_id == customer) & (table.landmark == landmark)]
    assert len(found) == 1
    return {k: None if pd.isna(v) else v for k, v in found.iloc[0].to_dict().items()}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    write_tables(folder)
    return build(folder)


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


A_MONTH = dt.timedelta(days=30)
LEAKS = [  # what is moved by a month, and the group of columns that must then be refused
    ({"date": A_MONTH}, "_last_answers", r"answer \(1 rows\)"),
    ({"score_after": -A_MONTH}, "_last_answers", r"answer \(1 rows\)"),
    ({"date": A_MONTH}, "_with_orders", "order_past .*category_owned|order_past"),
    ({"control_after": -A_MONTH}, "_with_contacts", "contact_past"),
    ({"date": -A_MONTH}, "_with_orders", r"order_next"),
    ({"ends": A_MONTH}, "_with_orders", "order_next"),
    ({"ends": A_MONTH}, "_with_contacts", "contact_next"),
]


@pytest.mark.parametrize(("moved", "maker", "said"), LEAKS)
def test_what_is_dated_outside_its_look_back_or_window_is_refused(
    moved: dict[str, Any], maker: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The maker of a group of columns is given another landmark than its row's."""
    honest = getattr(panel_rows_module, maker)

    def leaky(*given: Any) -> Any:
        def other(mark: Any) -> Any:
            if "ends" in moved:
                return replace(mark, ends={n: d + moved["ends"] for n, d in mark.ends.items()})
            name, days = next(iter(moved.items()))
            return replace(mark, **{name: getattr(mark, name) + days})

        return honest(*(other(part) if isinstance(part, Landmark) else part for part in given))

    monkeypatch.setattr(panel_rows_module, maker, leaky)
    early = [("ann", "2022-12-15 09:00")]
    write_tables(tmp_path, contacts=[*CONTACTS, *early, ("eve", "2025-01-01 09:00")])
    with pytest.raises(PanelError, match=said):
        build(tmp_path)


def test_a_customer_twice_in_the_file_is_refused(tmp_path: Path) -> None:
    write_tables(tmp_path, customers=[*CUSTOMERS, CUSTOMERS[0]])
    with pytest.raises(PanelError, match="1 customers stand more than once"):
        build(tmp_path)


def test_a_lost_customer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = panel_rows_module._with_contacts  # an inner join gone wrong would do this
    monkeypatch.setattr(
        panel_rows_module,
        "_with_contacts",
        lambda *given: honest(*given).filter(nw.col("customer_id") != "eve"),
    )
    write_tables(tmp_path)
    with pytest.raises(PanelError, match="3 customers are active in the customer file, 2 are"):
        build(tmp_path)


def test_nobody_active_at_the_end_is_refused(tmp_path: Path) -> None:
    write_tables(tmp_path, customers=[(name, "2020-01-01", "2024-06-01") for name, *_ in CUSTOMERS])
    with pytest.raises(PanelError, match="Nobody is active at the last landmark"):
        build(tmp_path)


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
