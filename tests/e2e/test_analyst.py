"""The analyst's loop: one choice changes, what it touches runs again, and DVC tells what moved."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from support.project import Project, stages_run

UPSTREAM = {"extract", "clean_survey", "clean_sales"}


def shorter_horizon(params: dict[str, Any]) -> None:
    params["panel"]["horizon_days"]["retention"] = 182
    params["panel"]["horizon_days"]["revenue"] = 182


@pytest.mark.slow
def test_a_new_horizon_reruns_the_panel_and_what_follows(demo_fork: Project) -> None:
    demo_fork.change_params(shorter_horizon)
    done = demo_fork.dvc("repro", "link@retention", "--no-run-cache")
    assert done.returncode == 0, done.stdout
    ran = stages_run(done.stdout)
    assert {"build_panel", "link@retention"} <= set(ran)
    assert not UPSTREAM & set(ran)

    params = demo_fork.dvc("params", "diff")
    assert "panel.horizon_days.retention" in params.stdout
    assert "panel.horizon_days.revenue" in params.stdout
    assert "panel.horizon_days.cross_selling" not in params.stdout

    metrics = json.loads(demo_fork.dvc("metrics", "diff", "--json").stdout)
    assert "data/metrics/link_retention.json" in metrics


def test_all_but_the_cleaning_follows_the_panel(demo: Project) -> None:
    """Every later stage stands below build_panel, so a new panel leaves none of them stale."""
    graph = demo.dvc("dag", "--dot")
    assert graph.returncode == 0, graph.stdout
    arrows = re.findall(r'"([^"]+)" -> "([^"]+)"', graph.stdout)
    stages = {stage for arrow in arrows for stage in arrow}
    below = {"build_panel"}
    for _ in stages:
        below |= {later for earlier, later in arrows if earlier in below}
    assert len(stages) >= 14
    assert below == stages - UPSTREAM


def test_unequal_horizons_of_retention_and_revenue_are_refused(demo_fork: Project) -> None:
    def unequal(params: dict[str, Any]) -> None:
        params["panel"]["horizon_days"]["retention"] = 91

    demo_fork.change_params(unequal)
    done = demo_fork.dvc("repro", "build_panel")
    assert done.returncode != 0
    assert "retention (91) and revenue (365) must be equal" in done.stdout
