"""San Francisco airport passengers 2017, real interviews: NPS raw 39.8, weighted 40.4
(DATA.md). Code 11 of NETPRO is "no answer" and would count as a promoter."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from nexo.scores.nps import nps


def test_nps_of_2017_raw_and_weighted(shared_data: Path) -> None:
    (file,) = (shared_data / "sfo_survey").glob("2017_*.csv")
    table = pd.read_csv(file, encoding="latin-1")
    table.columns = table.columns.str.strip()
    answered = table[pd.to_numeric(table["NETPRO"], errors="coerce").between(0, 10)]
    scores = pd.to_numeric(answered["NETPRO"]).to_numpy()
    raw = nps(scores)
    weighted = nps(scores, answered["WEIGHT"].to_numpy(dtype=float))
    # Printed with one digit.
    assert raw.estimate == pytest.approx(39.8, abs=0.05)
    assert weighted.estimate == pytest.approx(40.4, abs=0.05)
    assert weighted.conf_high - weighted.conf_low > raw.conf_high - raw.conf_low
