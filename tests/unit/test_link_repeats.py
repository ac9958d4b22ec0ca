"""One repeat contact fewer: recovered where it was planted, apart from what makes people call.

Not covered here: the demo world, whose contacts change nothing (tests/recovery).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from nexo.link.repeats import ALONE, HELD, repeat_contacts
from nexo.link.task import make_task
from support.link_panel import META, link_params, make_panel

WEIGHT = -0.35
"""Planted log odds of staying for each repeat contact."""


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    """Hard cases make customers call again, leave, and rate low; each call drives away too."""
    made = make_panel()
    rng = np.random.default_rng(11)
    ces = rng.integers(1, 8, len(made))
    cases = rng.poisson(1.2, len(made))
    repeats = rng.poisson(cases * np.exp(-0.3 * (ces - 3)))
    stays = 1 / (1 + np.exp(-(1.0 + 0.4 * (ces - 4) - 0.3 * cases + WEIGHT * repeats)))
    retained = pd.array(rng.random(len(made)) < stays, dtype="boolean")
    retained[made["is_reference"].to_numpy()] = pd.NA
    columns = {"n_past_contacts": cases + repeats, "n_repeat_contacts": repeats}
    scored = pd.array(ces, dtype="Int64")
    scored[rng.random(len(made)) < 0.3] = pd.NA
    return made.assign(**columns, ces_score=scored, is_retained=retained)


def found(panel: pd.DataFrame, outcome: str = "retention") -> pd.DataFrame:
    task = make_task(panel, META, outcome, link_params())
    return pd.concat(repeat_contacts(task).rows).set_index("contrast")


def by_rows(panel: pd.DataFrame, *, with_ces: bool) -> float:
    """The same effect by statsmodels on single rows, levels as dummies."""
    scored = panel[panel["ces_score"].notna()]
    cases = scored["n_past_contacts"] - scored["n_repeat_contacts"]
    columns = {"repeats": scored["n_repeat_contacts"], "cases": cases}
    design = pd.DataFrame(columns).astype(float)
    if with_ces:
        levels = pd.get_dummies(scored["ces_score"].astype(int), drop_first=True, dtype=float)
        design = design.join(levels.add_prefix("ces"))
    design = sm.add_constant(design)
    seen = scored["is_retained"].notna()
    fit = sm.Logit(scored.loc[seen, "is_retained"].astype(float), design[seen]).fit(disp=0)
    now = design[scored["is_reference"] & (design["repeats"] > 0)]
    fewer = now.assign(repeats=now["repeats"] - 1)
    return float((fit.predict(fewer) - fit.predict(now)).mean())


def test_the_planted_effect_is_found_and_difficulty_is_not_taken_for_it(
    panel: pd.DataFrame,
) -> None:
    rows = found(panel)
    held, alone = rows.loc[HELD], rows.loc[ALONE]
    # Controls in bins, tenure and segment make the designs differ a little: a tenth of an error.
    assert held["estimate"] == pytest.approx(by_rows(panel, with_ces=True), abs=0.004)
    assert alone["estimate"] == pytest.approx(by_rows(panel, with_ces=False), abs=0.004)
    now = panel[panel["is_reference"] & panel["ces_score"].notna()]
    now = now[now["n_repeat_contacts"] > 0].astype({"ces_score": float})
    cases = now["n_past_contacts"] - now["n_repeat_contacts"]
    base = 1.0 + 0.4 * (now["ces_score"] - 4) - 0.3 * cases
    true = (
        1 / (1 + np.exp(-(base + WEIGHT * (now["n_repeat_contacts"] - 1))))
        - 1 / (1 + np.exp(-(base + WEIGHT * now["n_repeat_contacts"])))
    ).mean()
    assert abs(held["estimate"] - true) < 3.29 * held["std_error"]
    assert alone["estimate"] - true > 3.29 * alone["std_error"]
    assert "ces_score held equal" in held["method"] and "ces_score" not in alone["method"]


def test_errors_are_those_of_the_influence_that_money_draws_from(panel: pd.DataFrame) -> None:
    task = make_task(panel, META, "retention", link_params())
    result = repeat_contacts(task)
    for (_, effects), rows in zip(result.results, result.rows, strict=True):
        total = np.sqrt((effects.influence**2).sum())
        assert rows["std_error"].iloc[0] == pytest.approx(total)
    assert [effects.names[0][1] for _, effects in result.results] == [HELD, ALONE]


@pytest.mark.parametrize("outcome", ["cross_selling", "revenue", "contacts"])
def test_every_outcome_has_it_in_its_own_unit(panel: pd.DataFrame, outcome: str) -> None:
    rows = found(panel, outcome)
    assert list(rows.index) == [HELD, ALONE]
    assert rows["unit"].str.contains("customer").all() and (rows["std_error"] > 0).all()


def test_without_attempts_there_is_nothing_and_without_ces_only_the_plain_one(
    panel: pd.DataFrame,
) -> None:
    blank = panel.assign(n_repeat_contacts=pd.array([pd.NA] * len(panel), dtype="Int64"))
    assert repeat_contacts(make_task(blank, META, "retention", link_params())).rows == ()
    unasked = panel.assign(ces_score=pd.array([pd.NA] * len(panel), dtype="Int64"))
    rows = found(unasked)
    assert list(rows.index) == [ALONE] and rows["n_obs"].iloc[0] > found(panel)["n_obs"].iloc[0]


def test_a_large_panel_gives_the_same_in_blocks(panel: pd.DataFrame) -> None:
    task = make_task(panel, META, "retention", link_params(max_cells=500))
    assert task.is_large
    streamed = pd.concat(repeat_contacts(task).rows).set_index("contrast")
    for column in ("estimate", "std_error"):
        assert streamed[column].to_numpy() == pytest.approx(found(panel)[column], rel=1e-6)


def test_nobody_who_called_again_is_a_refusal_with_its_reason(panel: pd.DataFrame) -> None:
    never = panel.assign(n_repeat_contacts=0)
    result = repeat_contacts(make_task(never, META, "retention", link_params()))
    assert result.rows == ()
    assert {note["message_code"] for note in result.notes} == {"constant_score"}
