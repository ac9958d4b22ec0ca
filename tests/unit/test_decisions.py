"""The log of forecasts and the edition that writes it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from nexo.config import Common
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
from nexo.economics.edition import make_edition
from nexo.economics.money import money_table
from nexo.economics.roi import roi_table
from nexo.economics.rows import seen_rows
from nexo.engine import open_engine
from nexo.errors import NexoError
from nexo.results import read_json, write_json
from support import money

COMMON = Common(
    source="test",
    data_dir=".",
    engine="duckdb",
    spark_master="",
    memory_gb=2,
    spill_dir="",
    key_file="",
    snapshot="",
)


def seen_of(panel: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Means by landmark, and the rows of the last seen window."""
    with open_engine(COMMON) as engine:
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


# The edition, in a repository of its own.


def git(folder: Path, *words: str) -> str:
    own = [
        "-c",
        "user.name=Test",
        "-c",
        "user.email=test@example.org",
        "-c",
        "commit.gpgsign=false",
    ]
    done = subprocess.run(
        ["git", *own, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed project with a published site and a forecast."""
    root = tmp_path / "clone"
    (root / "reports" / "_site" / "es").mkdir(parents=True)
    for name in ("dvc.yaml", "params.yaml"):
        (root / name).write_text("{}\n", encoding="utf-8")
    (root / ".gitignore").write_text(
        "/reports/_site\n/reports/_editions\n/data\n", encoding="utf-8"
    )
    write_decisions(root / "reports" / "decisions.csv", empty_log())
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "Start")
    for name in ("index.html", "receipt.json", "es/brief.html"):
        (root / "reports" / "_site" / name).write_text(name, encoding="utf-8")
    write_json(root / "data" / "results" / "economics" / "forecast.json", made(money.panel()))
    monkeypatch.chdir(root)
    return root


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_an_edition_is_the_site_with_its_commit_and_can_be_repeated(clone: Path) -> None:
    edition = make_edition()
    commit = git(clone, "rev-parse", "HEAD")
    assert edition.folder == clone / "reports" / "_editions" / f"2025-06-30-{commit[:10]}"
    assert (edition.folder / "es" / "brief.html").read_text(encoding="utf-8") == "es/brief.html"
    assert read_json(edition.folder / "edition.json")["commit"] == commit
    assert len(read_decisions(clone / "reports" / "decisions.csv")) == edition.n_forecasts == 4
    first = contents(clone / "reports")
    make_edition()  # the log it wrote is no reason to refuse
    assert contents(clone / "reports") == first


def test_an_edition_without_a_site_is_refused(clone: Path) -> None:
    (clone / "reports" / "_site" / "receipt.json").unlink()
    with pytest.raises(NexoError, match=r"receipt.json is not there.*make report"):
        make_edition()
    assert not (clone / "reports" / "_editions").exists()


def test_an_edition_of_changed_files_is_refused_and_names_them(clone: Path) -> None:
    (clone / "params.yaml").write_text("{a: 1}\n", encoding="utf-8")
    (clone / "dvc.yaml").unlink()
    (clone / "dvc.yaml").touch()
    (clone / "untracked.txt").write_text("no matter\n", encoding="utf-8")
    with pytest.raises(NexoError, match=r"- dvc.yaml\n- params.yaml\nCommit them"):
        make_edition()
    assert not (clone / "reports" / "_editions").exists()
    assert read_decisions(clone / "reports" / "decisions.csv").empty


def test_an_edition_without_forecast_or_commit_is_refused(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (clone / "data" / "results" / "economics" / "forecast.json").rename(tmp_path / "forecast.json")
    with pytest.raises(NexoError, match="forecast.json is not there"):
        make_edition()
    (tmp_path / "forecast.json").rename(clone / "data" / "results" / "economics" / "forecast.json")
    (clone / ".git").rename(tmp_path / "git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(NexoError, match="needs a clone"):
        make_edition()
