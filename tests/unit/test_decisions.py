"""The log of forecasts, and what an edition writes into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from nexo.base.errors import NexoError
from nexo.base.results import write_json
from nexo.economics.decisions import (
    DECISION_COLUMNS,
    assumptions_hash,
    forecast,
    hit_rate,
    judge,
    landmark_means,
    read_decisions,
    upsert,
    write_decisions,
)
from nexo.economics.edition import read_forecast, record_forecast
from nexo.economics.money import money_table
from nexo.economics.roi import roi_table
from nexo.economics.rows import seen_rows
from nexo.engine import open_engine
from support import money


def seen_of(panel: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Means by landmark, and the rows of the last seen window."""
    with open_engine(money.COMMON) as engine:
        frame = engine.from_arrow(pa.Table.from_pandas(panel, preserve_index=False))
        return landmark_means(frame), seen_rows(frame)


def means_of(panel: pd.DataFrame) -> pd.DataFrame:
    return seen_of(panel)[0]


def made(panel: pd.DataFrame) -> dict[str, Any]:
    facts, params = money.facts(), money.params(n_draws=2000)
    roi = roi_table(facts, params, money.initiatives())
    return forecast(facts, *seen_of(panel), money_table(facts, params), roi, params)


def empty_log() -> pd.DataFrame:
    return pd.DataFrame(columns=list(DECISION_COLUMNS))


def test_the_repository_log_has_the_columns_of_the_code() -> None:
    read_decisions(money.ROOT / "reports" / "decisions.csv")


def test_the_forecast_holds_what_time_settles_and_what_was_promised() -> None:
    panel = money.panel()
    means, rows = seen_of(panel)
    content = made(panel)
    entries = {entry["what"]: entry for entry in content["forecasts"]}
    assert set(entries) == {
        "retention_rate",
        "revenue_per_customer_cents",
        "margin_plus10_points",
        "npv: Call back",
    }
    seen = means[means["is_retained_n"] > 0]["is_retained_mean"].to_numpy()
    rate = entries["retention_rate"]
    assert rate["estimate"] == pytest.approx(seen[-1])
    # Prediction interval of one more window: Student's t with k - 1 degrees of freedom.
    from scipy.stats import t

    p, n, k = seen[-1], len(rows), len(seen)
    sampling = p * (1 - p) / (n - 1)
    half = t.ppf(0.975, k - 1) * np.sqrt(seen.var(ddof=1) * (1 + 1 / k) + 2 * sampling)
    assert rate["conf_high"] - rate["estimate"] == pytest.approx(half)
    assert rate["window_end"] == "2026-06-27"
    assert not entries["margin_plus10_points"]["is_checkable"]


def test_fewer_than_three_windows_give_no_forecast() -> None:
    panel = money.panel()
    days = sorted(panel["landmark"].unique())
    late = panel[panel["landmark"] >= days[5]]
    what = [entry["what"] for entry in made(late)["forecasts"]]
    assert "retention_rate" not in what


def test_upsert_replaces_the_same_forecast_and_keeps_others(tmp_path: Path) -> None:
    content = made(money.panel())
    once = upsert(empty_log(), content, "aaaa")
    assert len(once) == 4
    file = tmp_path / "decisions.csv"
    write_decisions(file, once)
    first = file.read_bytes()
    write_decisions(file, upsert(read_decisions(file), content, "aaaa"))
    assert file.read_bytes() == first
    later = upsert(read_decisions(file), {**content, "data_end": "2025-09-30"}, "bbbb")
    assert len(later) == 8
    mended = upsert(later, content, "cccc")
    assert len(mended) == 8
    assert set(mended.loc[mended["data_end"] == "2025-06-30", "commit"]) == {"cccc"}


def test_a_passed_window_is_judged_against_what_happened(tmp_path: Path) -> None:
    content = made(money.panel())
    file = tmp_path / "decisions.csv"
    write_decisions(file, upsert(empty_log(), content, "aaaa"))
    log = read_decisions(file)
    # A year later the panel's window after that landmark is seen.
    later = pd.DataFrame(
        {
            "landmark": pd.to_datetime(["2025-06-27"]),
            "is_retained_mean": [float(log.set_index("what").loc["retention_rate", "estimate"])],
            "net_revenue_cents_mean": [1.0],
        }
    )
    judged = judge(log, later, "test").set_index("what")
    assert judged.loc["retention_rate", "state"] == "hit"
    assert judged.loc["revenue_per_customer_cents", "state"] == "miss"
    assert judged.loc["revenue_per_customer_cents", "actual"] == 1.0
    assert judged.loc["margin_plus10_points", "state"] == "not_checkable"
    rate = hit_rate(judged)
    assert (rate.n_checked, rate.n_hit, rate.share) == (2, 1, 0.5)


def test_what_cannot_be_judged_is_not_counted() -> None:
    log = upsert(empty_log(), made(money.panel()), "aaaa")
    today = means_of(money.panel())
    assert set(judge(log, today, "test")["state"]) == {"open", "not_checkable"}
    assert set(judge(log, today, "other")["state"]) == {"not_comparable", "not_checkable"}
    elsewhere = today.assign(landmark=today["landmark"] + pd.Timedelta(days=1))
    assert "not_comparable" in set(judge(log, elsewhere, "test")["state"])
    assert np.isnan(hit_rate(judge(log, today, "test")).share)
    assert judge(empty_log(), today, "test").empty


def test_the_hash_follows_the_assumptions_alone() -> None:
    assert assumptions_hash(money.params()) == assumptions_hash(money.params())
    assert assumptions_hash(money.params()) != assumptions_hash(money.params(margin_share=0.5))


def test_a_survey_alone_forecasts_nothing() -> None:
    meta = {**money.META, "kind": "survey_only", "reference_landmark": None}
    facts, params = money.not_identified(meta=meta), money.params(n_draws=256)
    table = money_table(facts, params)
    means, rows = seen_of(money.panel(3).iloc[:0])
    content = forecast(facts, means, rows, table, roi_table(facts, params, None), params)
    assert content["forecasts"] == []
    assert upsert(empty_log(), content, "aaaa").empty


def test_a_log_with_other_columns_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "decisions.csv"
    file.write_text("what,when\n", encoding="utf-8")
    with pytest.raises(NexoError, match="must have the columns"):
        read_decisions(file)
    with pytest.raises(NexoError, match="is not there"):
        read_decisions(tmp_path / "none.csv")


def test_the_forecast_of_an_edition_is_recorded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("dvc.yaml", "params.yaml"):
        (tmp_path / name).write_text("{}\n", encoding="utf-8")
    log = tmp_path / "reports" / "decisions.csv"
    write_decisions(log, empty_log())
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NexoError, match=r"forecast\.json is not there"):
        read_forecast()
    written = made(money.panel())
    write_json(tmp_path / "data" / "results" / "economics" / "forecast.json", written)
    assert record_forecast(read_forecast(), "0123456789abcdef") == len(read_decisions(log)) == 4
    assert set(read_decisions(log)["commit"].astype(str)) == {"0123456789"}
    first = log.read_bytes()
    record_forecast(read_forecast(), "0123456789abcdef")
    assert log.read_bytes() == first
