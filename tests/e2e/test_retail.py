"""Real data: a snapshot without dates walks the same rooms to the same eight reports."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from e2e.reports import report_problems, text_of
from support.project import Project

# Counted in the published file, independently of this project.
N_ROWS, N_MISSING_SCORES, N_REFUNDS = 13_954, 342, 220

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def retail(project_copy: Callable[[], Project], shared_data: Path) -> Project:
    """The run that README shows, in a copy beside a folder called shared."""
    project = project_copy()
    (project.root.parent / "shared").mkdir()
    (project.root.parent / "shared" / "data").symlink_to(shared_data)
    settings = ("common.source=retail_nps", "common.data_dir=../shared/data/retail_nps")
    choices = [word for setting in settings for word in ("-S", setting)]
    done = project.dvc("exp", "run", *choices, timeout=900)
    assert done.returncode == 0, done.stdout[-6000:]
    return project


def test_the_eight_reports_are_there_and_hold_the_headline(retail: Project) -> None:
    problems = report_problems(retail.root)
    assert not problems, "\n".join(problems)


def test_rows_missing_scores_and_refunds_are_those_of_the_file(retail: Project) -> None:
    survey = pq.read_table(retail.root / "data" / "clean" / "survey" / "survey.parquet")
    snapshot = pq.read_table(retail.root / "data" / "clean" / "sales" / "snapshot.parquet")
    assert survey.num_rows == snapshot.num_rows == N_ROWS
    assert survey["nps_score"].null_count == N_MISSING_SCORES
    amounts = snapshot["net_revenue_cents"].to_pylist()
    assert sum(amount < 0 for amount in amounts if amount is not None) == N_REFUNDS


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_report_says_so(retail: Project, language: str) -> None:
    page = retail.root / "reports" / "_site" / language / "technical.html"
    text = text_of(page)
    for number in (N_ROWS, N_MISSING_SCORES, N_REFUNDS):
        written = f"{number:,}".replace(",", r"[.,\s]?")
        assert re.search(rf"(?<![\d.,]){written}(?!\d)", text), f"{number} is not in {page.name}"


@pytest.mark.parametrize("outcome", ["retention", "cross_selling"])
def test_what_the_data_cannot_answer_is_a_verdict(retail: Project, outcome: str) -> None:
    file = retail.root / "data" / "results" / "link" / outcome / "status.json"
    status = json.loads(file.read_text(encoding="utf-8"))
    assert status["is_identified"] is False
    assert status["reason_code"]
