"""What the reports are made of: every result of the stages before, read once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nexo.base import config, paths, results, strict_yaml
from nexo.base.errors import ConfigError, EmptyResultError
from nexo.economics.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

CLEAN_STAGES = ("survey", "sales")
SCORE_TABLES = (
    "scores",
    "changes",
    "nps_trend",
    "who_answers",
    "response_model",
    "balance",
    "weighting",
    "group_differences",
    "consistency",
    "delay",
    "transitions",
)
LINK_TABLES = ("effects", "coefficients", "shape", "diagnostics")
MORE_LINK_TABLES = ("metric_shapes", "calibration", "months_kept", "survival", "next_category")
"""Tables that only some outcomes or sources have."""
EVIDENCE_TABLES = (
    "verdicts",
    "race",
    "negative_controls",
    "specifications",
    "sensitivity",
    "drivers",
)

AMOUNTS = {"orders": "amount_cents", "snapshot": "net_revenue_cents"}
"""Table of sales -> its column of money, in which a negative value is a refund."""


@dataclass(frozen=True)
class LinkResults:
    """One outcome's regression: its status and tables by name (LINK_TABLES)."""

    status: dict[str, Any]
    tables: dict[str, pd.DataFrame]

    @property
    def is_identified(self) -> bool:
        """Whether there is an estimate at all."""
        return bool(self.status["is_identified"])


@dataclass(frozen=True)
class Inputs:
    """Everything the facts stage reads; tables by the names of their files."""

    report: config.Report
    link_params: config.Link
    panel_params: config.Panel
    score_params: config.Score
    horizon_years: int
    budget_cents: float | None
    meta: dict[str, Any]
    dictionary: dict[str, Any]
    raw_counts: dict[str, Any]
    clean_counts: dict[str, dict[str, Any]]
    quarantine: pd.DataFrame
    flow: pd.DataFrame
    score_summary: dict[str, Any]
    scores: dict[str, pd.DataFrame]
    links: dict[str, LinkResults]
    evidence: dict[str, pd.DataFrame]
    economics: dict[str, pd.DataFrame]
    draws: dict[str, list[float]]
    truth: dict[str, Any] | None
    refunds: dict[str, int]

    @property
    def currency(self) -> str:
        """ISO code of the data's currency ("" without money)."""
        return str(self.meta.get("currency") or "")

    def label(self, lang: str, code: str) -> str:
        """A segment, region or other code as the source wants it printed in one language."""
        return str((self.meta.get("labels") or {}).get(code, {}).get(lang, code))

    @property
    def kind(self) -> str:
        """landmark, snapshot or survey_only."""
        return str(self.meta["kind"])

    @property
    def company(self) -> str:
        """Name printed on the cover: from params, else from the source."""
        return self.report.company or str(self.meta.get("company") or self.meta.get("title") or "")


def read_inputs() -> Inputs:
    """Read the results of all stages from the project's folders.

    Raises EmptyResultError that names the file that is not there.
    """
    report = config.load_params(config.Report)
    economics = config.load_params(config.Economics)
    meta = _json(paths.panel_dir() / "meta.json")
    demo_truth = paths.raw_dir() / report.common.source / "truth.json"
    return Inputs(
        report=report,
        link_params=config.load_params(config.Link),
        panel_params=config.load_params(config.Panel),
        score_params=config.load_params(config.Score),
        horizon_years=economics.horizon_years,
        budget_cents=_budget(economics, meta),
        meta=meta,
        dictionary=strict_yaml.read_yaml(paths.dictionary_file(), ConfigError),
        raw_counts=_json(paths.raw_dir() / "counts.json"),
        clean_counts={
            stage: _json(paths.clean_dir(stage) / "counts.json") for stage in CLEAN_STAGES
        },
        quarantine=_quarantine(),
        flow=_table(paths.panel_dir() / "flow.csv"),
        score_summary=_json(paths.results_dir("scores") / "summary.json"),
        scores=_tables(paths.results_dir("scores"), SCORE_TABLES),
        links={
            outcome: _link(outcome)
            for outcome in config.LINKED
            if outcome in config.OUTCOMES or (paths.results_dir("link") / outcome).is_dir()
        },
        evidence=_tables(paths.results_dir("evidence"), EVIDENCE_TABLES),
        economics=_tables(paths.results_dir("economics"), TABLES),
        draws=_json(paths.results_dir("economics") / "draws.json"),
        truth=results.read_json(demo_truth) if demo_truth.is_file() else None,
        refunds=_refunds(),
    )


def _budget(economics: config.Economics, meta: dict[str, Any]) -> float | None:
    """The budget for initiatives in minor units; None without one."""
    from nexo.economics.scenario import minor_units

    if economics.budget is None:
        return None
    return minor_units(economics.budget, str(meta.get("currency") or ""))


def _link(outcome: str) -> LinkResults:
    folder = paths.results_dir("link") / outcome
    more = tuple(name for name in MORE_LINK_TABLES if (folder / f"{name}.csv").is_file())
    return LinkResults(_json(folder / "status.json"), _tables(folder, LINK_TABLES + more))


def _tables(folder: Path, names: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    return {name: _table(folder / f"{name}.csv") for name in names}


def _table(file: Path) -> pd.DataFrame:
    _must_exist(file)
    return results.read_table(file)


def _json(file: Path) -> dict[str, Any]:
    _must_exist(file)
    content = results.read_json(file)
    if not isinstance(content, dict):
        raise EmptyResultError(f"{file} must hold a JSON object; run `dvc repro` again.")
    return content


def _quarantine() -> pd.DataFrame:
    """Both stages' quarantine: table, file, row, column, value, reason, action."""
    import pandas as pd

    files = [paths.clean_dir(stage) / "quarantine.parquet" for stage in CLEAN_STAGES]
    for file in files:
        _must_exist(file)
    wanted = ["table", "column", "reason", "action"]
    return pd.concat([pd.read_parquet(file, columns=wanted) for file in files], ignore_index=True)


def _refunds() -> dict[str, int]:
    """Count the clean rows with a negative amount, of each table of sales that holds amounts."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    found = {}
    for name, column in AMOUNTS.items():
        file = paths.clean_dir("sales") / f"{name}.parquet"
        if file.is_file() and column in pq.read_schema(file).names:
            amounts = pq.read_table(file, columns=[column])[column]
            found[name] = int(pc.sum(pc.less(amounts, 0)).as_py() or 0)
    return found


def _must_exist(file: Path) -> None:
    if not file.is_file():
        raise EmptyResultError(
            f"{file} is not there. Run `dvc repro`, which makes it, and look at the first stage "
            "that stops."
        )
