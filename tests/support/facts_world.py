"""Hand-made results of all stages, in three worlds, for the tests of the reports.

``demo``: dated, all three outcomes, initiatives, a known truth. ``snapshot``: undated, revenue
alone. ``survey_only``: nothing but answers. Numbers are made up; their schema is that of the
stages. ``hostile`` is put wherever text comes from data.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from support.facts_base import REPO, VERDICTS, put_text
from support.facts_economics import write_economics
from support.facts_evidence import write_evidence
from support.facts_link import write_more_links
from support.facts_outcomes import write_links
from support.facts_panel import write_data
from support.facts_scores import write_scores

__all__ = ["REPO", "VERDICTS", "build"]


def build(
    root: Path,
    kind: str = "demo",
    *,
    verdict: str = "supported",
    label: str = "Norte",
    small_group: int = 250,
) -> Path:
    """Write a project's results into ``root`` and return it; ``label`` is text from data."""
    (root / "reports").mkdir(parents=True)
    for name in ("params.yaml", "dvc.yaml", "requirements.lock"):
        shutil.copy(REPO / name, root / name)
    if kind != "demo":
        text = (root / "params.yaml").read_text(encoding="utf-8")
        text = text.replace("source: demo", f"source: {kind}")
        (root / "params.yaml").write_text(text, encoding="utf-8")
    (root / "reports" / "fonts").symlink_to(REPO / "reports" / "fonts")
    put_text(root / "data" / "sources" / f"{'demo' if kind == 'demo' else kind}.yaml", "title: x\n")
    (root / "data" / "dictionary.yaml").write_bytes(
        (REPO / "data" / "dictionary.yaml").read_bytes()
    )
    write_data(root, kind, label)
    write_scores(root, kind, label, small_group)
    write_links(root, kind, verdict)
    if kind == "demo":
        write_more_links(root, label)
    write_evidence(root, kind, verdict)
    write_economics(root, kind, verdict, label)
    return root
