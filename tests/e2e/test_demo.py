"""The demo from raw files to reports, a second time for nothing, and a third with equal bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from e2e.reports import report_problems
from support.project import Project, stages_run


def test_the_eight_reports_are_there_and_hold_the_headline(demo: Project) -> None:
    problems = report_problems(demo.root)
    assert not problems, "\n".join(problems)


def test_an_empty_or_headless_report_is_seen(demo_fork: Project) -> None:
    site = demo_fork.root / "reports" / "_site"
    (site / "es" / "brief.pdf").unlink()
    (site / "en" / "brief.html").write_text("<p>nothing</p>")
    problems = "\n".join(report_problems(demo_fork.root))
    assert "es/brief.pdf is not there" in problems
    assert "en/brief.html has 14 bytes" in problems
    assert "en/brief.html does not hold the headline" in problems


def test_the_index_and_the_receipt_are_published(demo: Project) -> None:
    site = demo.root / "reports" / "_site"
    assert (site / "index.html").is_file()
    assert json.loads((site / "receipt.json").read_text(encoding="utf-8"))


def test_a_second_run_has_nothing_to_do(demo_fork: Project) -> None:
    again = demo_fork.dvc("repro")
    assert again.returncode == 0, again.stdout
    assert stages_run(again.stdout) == []
    assert demo_fork.run("git", "status", "--porcelain").stdout == ""


def test_nothing_is_left_lying_about(demo: Project) -> None:
    assert leftovers(demo.root) == []
    assert not list(demo.root.rglob("*.building"))


def leftovers(root: Path) -> list[str]:
    """What a killed or failed run left and a later stage could take for a result.

    A folder in the making (``*.building``) is none: DVC and git are told to ignore it, and the
    next run of its stage removes it. Copies of half-run notebooks are kept to be looked at.
    """
    harmless = (".gitignore", ".gitkeep", ".failed")
    hidden = [path for folder in ("data", "reports") for path in (root / folder).rglob(".*")]
    found = [path for path in hidden if path.name not in harmless and path.suffix != ".building"]
    return sorted(str(path.relative_to(root)) for path in found)


def test_no_output_names_this_machine(demo: Project) -> None:
    places = [str(demo.root).encode(), str(Path.home()).encode() + b"/"]
    folders = [demo.root / "data" / "results", demo.root / "reports" / "_site"]
    for folder in [*folders, demo.root / "reports" / "_generated"]:
        for file in folder.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                assert not any(place in content for place in places), f"{file} names a folder"


def test_metrics_and_plots_are_declared(demo: Project) -> None:
    metrics = demo.dvc("metrics", "show", "--json")
    assert metrics.returncode == 0, metrics.stdout
    shown = metrics.stdout
    for name in ("scores", "link_retention", "link_revenue", "evidence", "economics"):
        assert f"{name}.json" in shown, f"dvc metrics show lacks {name}"
    plots = demo.dvc("plots", "show", "--json")
    assert plots.returncode == 0, plots.stdout
    for name in ("nps_trend", "link_curve_retention", "link_curve_revenue"):
        assert name in plots.stdout


def test_the_true_driver_wins_the_race(demo: Project) -> None:
    """The demo's customers act on the experience that NPS tells; CSAT is an echo of it with no
    effect of its own. NPS, in points or classes, must win the sample that both share."""
    race = pd.read_csv(demo.root / "data" / "results" / "evidence" / "race.csv")
    for outcome, part in race.groupby("outcome"):
        rows = part.set_index("metric")
        same = rows[rows["n_obs"] == rows.loc["nps_points", "n_obs"]]
        assert {"nps_points", "nps_class", "top2_box", "csat"} <= set(same.index), outcome
        assert same["gain"].idxmax() in ("nps_points", "nps_class"), outcome
        assert rows.loc[["nps_points", "nps_class"], "verdict_code"].eq("useful").all(), outcome


@pytest.mark.slow
def test_a_forced_run_leaves_the_lock_byte_identical(demo_fork: Project) -> None:
    before = demo_fork.lock()
    forced = demo_fork.dvc("repro", "--force", timeout=900)
    assert forced.returncode == 0, forced.stdout[-4000:]
    assert "extract" in stages_run(forced.stdout)
    assert demo_fork.lock() == before
