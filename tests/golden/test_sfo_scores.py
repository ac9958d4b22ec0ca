"""San Francisco airport passengers, real interviews with survey weights (DATA.md).

NPS of 2017 is 39.8 raw and 40.4 weighted: code 11 of NETPRO is "no answer" and would count as a
promoter. Q7ALL (1 to 5; 0, 6 and Blank are no ratings) is asked in all three years; its means
were computed once from the files by pandas alone, without this project's code.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from nexo.scores.boxes import mean_estimate, top_two_box
from nexo.scores.change import mean_difference
from nexo.scores.nps import nps

Q7ALL = {
    2015: (2810, 4.0480, 4.0442, 0.8000),
    2016: (2919, 4.0380, 4.0533, 0.8099),
    2017: (2688, 4.0644, 4.0712, 0.8207),
}
"""Year -> ratings, mean, weighted mean, share of 4 and 5."""


def answers(shared_data: Path, year: int, column: str, low: int, high: int) -> pd.DataFrame:
    (file,) = (shared_data / "sfo_survey").glob(f"{year}_*.csv")
    table = pd.read_csv(file, encoding="latin-1", low_memory=False)
    table.columns = table.columns.str.strip()
    score = pd.to_numeric(table[column], errors="coerce")
    frame = pd.DataFrame({"score": score, "weight": table["WEIGHT"].astype(float)})
    return frame[score.between(low, high)]


def test_nps_of_2017_raw_and_weighted(shared_data: Path) -> None:
    given = answers(shared_data, 2017, "NETPRO", 0, 10)
    raw = nps(given["score"].to_numpy())
    weighted = nps(given["score"].to_numpy(), given["weight"].to_numpy())
    # Printed with one digit.
    assert raw.estimate == pytest.approx(39.8, abs=0.05)
    assert weighted.estimate == pytest.approx(40.4, abs=0.05)
    assert weighted.conf_high - weighted.conf_low > raw.conf_high - raw.conf_low


@pytest.mark.parametrize("year", Q7ALL)
def test_the_trend_of_overall_ratings_with_and_without_weights(
    shared_data: Path, year: int
) -> None:
    given = answers(shared_data, year, "Q7ALL", 1, 5)
    n, mean, weighted_mean, box = Q7ALL[year]
    score, weight = given["score"].to_numpy(), given["weight"].to_numpy()
    raw, weighted = mean_estimate(score), mean_estimate(score, weight)
    assert raw.n_obs == n
    # Printed with four digits.
    assert raw.estimate == pytest.approx(mean, abs=5e-5)
    assert weighted.estimate == pytest.approx(weighted_mean, abs=5e-5)
    assert top_two_box(score, "csat").estimate == pytest.approx(box, abs=5e-5)
    assert weighted.std_error > raw.std_error


def test_the_change_from_2015_to_2017_equals_weighted_least_squares(shared_data: Path) -> None:
    """The mean has not moved beyond chance in two years, weighted or not."""
    first, last = (answers(shared_data, year, "Q7ALL", 1, 5) for year in (2015, 2017))
    weights = last["weight"].to_numpy(), first["weight"].to_numpy()
    values = last["score"].to_numpy(float), first["score"].to_numpy(float)
    found = mean_difference(*values, weights=weights)
    design = sm.add_constant(np.repeat([1.0, 0.0], [len(last), len(first)]))
    rows = sm.WLS(np.concatenate(values), design, weights=np.concatenate(weights)).fit(
        cov_type="HC0"
    )
    n = len(last) + len(first)
    assert found.estimate == pytest.approx(rows.params[1], rel=1e-9)
    assert found.std_error == pytest.approx(rows.bse[1] * np.sqrt(n / (n - 1)), rel=1e-9)
    assert found.conf_low < 0 < found.conf_high
