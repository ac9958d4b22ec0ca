"""What is kept of an edition: its numbers, verdicts, sections, choices and hashes."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping
from typing import Any

from nexo.base import paths, strict_yaml
from nexo.base.config import LINKED
from nexo.base.errors import ConfigError
from nexo.report import select
from nexo.report.edition_record import Record
from nexo.report.facts_brief import HEADLINE_METRICS
from nexo.report.formats import is_missing
from nexo.report.inputs import Inputs

PLACES = {"data_dir", "key_file", "spill_dir", "spark_master"}
"""Choices of section common that say where things lie: private, and no reason for a number."""

PLAIN_CONFIDENCE = 0.95
"""Level of the intervals of money, whatever the level of the effects."""

IDENTITY = ("source", "inputs", "params", "code", "requirements", "renderer")
"""Parts of the receipt that make two editions the same; the log of forecasts is not among them."""


def make_record(inputs: Inputs, receipt: dict[str, Any], headlines: Mapping[str, str]) -> Record:
    """Return what is kept of an edition, without its commit: JSON-ready, no text from data but
    the company's name and the source's."""
    raw = inputs.raw_counts.get("tables", {})
    return {
        "source": receipt["source"],
        "company": inputs.company,
        "data_end": inputs.meta.get("data_end") or "",
        "currency": inputs.currency,
        "headline": dict(headlines),
        "figures": [entry for entry in figures(inputs) if not is_missing(entry["estimate"])],
        "verdicts": {
            str(row.outcome): str(row.verdict) for row in inputs.evidence["verdicts"].itertuples()
        },
        "tables": {name: int(entry["rows"]) for name, entry in raw.items()},
        "sections": {lang: sections(lang) for lang in headlines},
        "params": choices(strict_yaml.read_yaml(paths.params_file(), ConfigError)),
        "data": _digest(receipt["inputs"]),
        "code": _digest(receipt["code"]),
        "identity": _digest({part: receipt[part] for part in IDENTITY}),
        "files": receipt["files"],
    }


def figures(inputs: Inputs) -> list[dict[str, Any]]:
    """Return the numbers that editions are compared by: money, scores, effects, value, base.

    Each with group, what, unit, estimate, conf_low, conf_high, confidence (None: no interval).
    """
    found = [
        _figure("money", str(row["path"]), "cents", row, PLAIN_CONFIDENCE)
        for _, row in select.money_rows(inputs, "nps_plus10").iterrows()
    ]
    scores, level = inputs.scores["scores"], inputs.score_params.confidence
    wave = "latest" if len(inputs.scores["changes"]) else ""
    for metric, kind in HEADLINE_METRICS:
        row = scores[
            (scores["outcome"] == metric)
            & (scores["term"] == kind)
            & select.blank(scores["by"])
            & (scores["wave"].fillna("") == wave)
            & (scores["weights"].fillna("none") == "none")
        ]
        found += [
            _figure("score", metric, str(one["unit"]), one, level) for _, one in row.iterrows()
        ]
    for outcome in [name for name in LINKED if name in inputs.links]:
        one = select.effect(inputs, outcome, "nps_plus10", "default_path")
        if one is not None:
            level = inputs.link_params.confidence
            found.append(_figure("effect", outcome, str(one["unit"]), one, level))
    equity = inputs.economics["equity"]
    for _, one in equity[equity["group_by"] == "all"].iterrows():
        ends = {"estimate": one["equity_discounted_cents"], "conf_low": one["conf_low_cents"],
                "conf_high": one["conf_high_cents"]}  # fmt: skip
        found.append(_figure("value", "customer", "cents", ends, PLAIN_CONFIDENCE))
    base = {"estimate": select.n_base(inputs), "conf_low": None, "conf_high": None}
    return [*found, _figure("base", "customers", "customers", base, None)]


def _figure(group: str, what: str, unit: str, row: Any, confidence: float | None) -> dict[str, Any]:
    ends = {name: row[name] for name in ("estimate", "conf_low", "conf_high")}
    ends = {name: None if is_missing(value) else float(value) for name, value in ends.items()}
    return {"group": group, "what": what, "unit": unit, "confidence": confidence, **ends}


def sections(lang: str) -> list[str]:
    """Return the headings of the published technical report, without their numbers."""
    page = (paths.site_dir() / lang / "technical.html").read_text(encoding="utf-8")
    body = page.split("<main>", 1)[-1].split("</main>", 1)[0]
    body = re.sub(r'<span class="(?:header-)?section-number">.*?</span>', "", body)
    found = re.findall(r"<h[123][^>]*>(.*?)</h[123]>", body, flags=re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]*>", "", text)).split()) for text in found]


def choices(params: dict[str, Any], above: str = "") -> dict[str, str]:
    """Return params.yaml as dotted keys with their values written out, places left out."""
    found: dict[str, str] = {}
    for key, value in params.items():
        name = f"{above}{key}"
        if isinstance(value, dict):
            found |= choices(value, f"{name}.")
        elif not (above == "common." and key in PLACES):
            found[name] = value if isinstance(value, str) else _written(value)
    return found


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _digest(content: Any) -> str:
    return hashlib.sha256(_written(content).encode("utf-8")).hexdigest()
