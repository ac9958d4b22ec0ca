"""params.yaml: what is refused, with which message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from nexo.base.config import SECTIONS, load_params
from nexo.base.errors import ConfigError
from support.sources import ROOT

PARAMS = (ROOT / "params.yaml").read_text(encoding="utf-8")


def load_all(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    for model in SECTIONS.values():
        load_params(model, file)


def test_the_committed_params_are_well_formed(tmp_path: Path) -> None:
    load_all(tmp_path / "params.yaml", PARAMS)


WRONG = [
    ("panel", "stepdays", 3, "panel.stepdays is not a known key. Did you mean 'step_days'?"),
    ("score", "max_weight_ratio", float("inf"), "score.max_weight_ratio = inf"),
    ("economics", "margin_share", float("nan"), "economics.margin_share.*finite number"),
    ("economics", "n_draws", 10**12, "economics.n_draws = 1000000000000"),
    ("panel", "step_days", True, "panel.step_days = True: must be a whole number"),
    ("panel", "step_days", "91", "panel.step_days = '91': must be a whole number.*without quotes"),
    ("panel", "step_days", 91.5, "panel.step_days = 91.5: must be a whole number"),
    ("panel", "landmark_dates", [86400], "landmark_dates.0 = 86400: a day is written YYYY-MM-DD"),
    ("clean", "max_rejected_share", "0.05", "max_rejected_share = '0.05': must be a number"),
    ("clean", "max_rejected_share", True, "max_rejected_share = True: must be a number"),
    ("clean", "max_rejected_share", 5, "max_rejected_share = 5: .*less than or equal to 1"),
    ("evidence", "smallest_gain", "1e-3", "smallest_gain = '1e-3': .*0.001, not 1e-3"),
    ("evidence", "specifications", {"controls": [], "bins": ["10"], "coding": []}, "bins.0 = '10'"),
    ("economics", "margin_share", True, "margin_share.mode = True: must be a number"),
    ("economics", "margin_share", {"low": "0.2", "high": 0.4}, "margin_share.low = '0.2'"),
    ("economics", "seed", "7", "economics.seed = '7': must be a whole number"),
    ("report", "is_draft", "no", "report.is_draft = 'no': must be true or false"),
    ("report", "is_draft", 1, "report.is_draft = 1: must be true or false"),
    ("link", "common", {"source": "other"}, "link.common must stand in its own section"),
]


@pytest.mark.parametrize(("section", "key", "value", "told"), WRONG)
def test_a_wrong_value_is_told(
    tmp_path: Path, section: str, key: str, value: Any, told: str
) -> None:
    content = yaml.safe_load(PARAMS)
    content[section][key] = value
    with pytest.raises(ConfigError, match=told):
        load_all(tmp_path / "params.yaml", yaml.safe_dump(content))


def test_a_section_or_key_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the key 'link' is given twice"):
        load_all(tmp_path / "params.yaml", PARAMS + "\nlink: {bins: 3}\n")
    twice = PARAMS.replace("  step_days: 91", "  step_days: 91\n  step_days: 30")
    with pytest.raises(ConfigError, match="the key 'step_days' is given twice"):
        load_all(tmp_path / "params.yaml", twice)


def test_a_section_that_is_no_word_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="5 is not a known section"):
        load_all(tmp_path / "params.yaml", PARAMS + "\n5: {}\n")
