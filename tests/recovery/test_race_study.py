"""The metric race calls noise useful in at most 5 % of worlds: the committed study of 500 worlds
(tests/studies/race.csv, made by `make study`) within its band, and a small version of it."""

from __future__ import annotations

import pandas as pd
import pytest

from studies import race


@pytest.fixture(scope="module")
def committed() -> pd.DataFrame:
    return pd.read_csv(race.TABLE, dtype={"is_inside": str}, keep_default_na=False)


def test_the_committed_study_lies_within_its_limits(committed: pd.DataFrame) -> None:
    claims = committed[committed["kind"] != "driver"]
    assert set(claims["n_worlds"].astype(int)) == {race.N_WORLDS}
    assert set(claims["seed"].astype(int)) == {race.SEED}
    assert len(claims) == 2 * (18 + 1)
    assert (claims["share"].astype(float) <= claims["limit"].astype(float)).all()
    again = race.with_limits(committed.astype({"n_worlds": int, "n_useful": int}))
    assert claims["limit"].astype(float).to_numpy() == pytest.approx(
        again.loc[claims.index, "limit"].to_numpy()
    )


def test_the_race_can_see(committed: pd.DataFrame) -> None:
    driver = committed[(committed["kind"] == "driver") & (committed["outcome"] == "revenue")]
    assert driver["share"].astype(float).min() > 0.9


def test_a_small_version_agrees() -> None:
    """Six worlds of each kind: one false claim is likelier than not to be absent, and four of six
    would need a chance above .2."""
    found = race.run(seed=77, n_worlds=6, n=600).set_index(["kind", "row"])
    assert found.loc[("noise", "any"), "n_useful"].max() <= 3
    assert found.loc[("confounded", "any"), "n_useful"].max() <= 3
    driver = found.loc[("driver", "metric")].set_index(["outcome", "metric"])
    assert driver.loc[("revenue", "nps_points"), "n_useful"] >= 4
