"""A panel larger than link.max_cells: the engine's blocks give what the link in memory gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nexo.base.config import Link, load_params
from nexo.link import link
from nexo.weights import fit_response, response_weights
from support.evidence_worlds import World, panel_of

META = {
    "kind": "landmark",
    "source": "test",
    "horizon_days": dict.fromkeys(("retention", "cross_selling", "revenue"), 365),
}
KEYS = ["term", "contrast", "weights"]


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    panel = panel_of(World(n_customers=1500, n_waves=4, nps_effect=0.3, response=0.4))
    panel["n_contacts"] = pd.NA
    return panel


@pytest.mark.parametrize("outcome", ["retention", "cross_selling", "revenue"])
def test_blocks_give_the_effects_of_memory(panel: pd.DataFrame, outcome: str) -> None:
    weights = response_weights(panel, fit_response(panel).p_answer, 5.0).table
    params = load_params(Link).model_copy(update={"bins": 8, "by": ()})
    whole = link(panel, weights, META, outcome, params)
    small = params.model_copy(update={"max_cells": 400})
    blocks = link(panel, weights, META, outcome, small)
    assert whole.status["n_cells"] > 400, "nothing would be streamed"
    assert blocks.status == whole.status
    both = blocks.effects.merge(whole.effects, on=KEYS, suffixes=("", "_whole"))
    both = both[(both["by"] == "") & (both["by_whole"] == "")]
    assert {"nps_plus10", "nps_class", "nps_score"} <= set(both["term"])
    assert set(both["weights"]) == {"none", "response"}
    # Newton's last step is 1e-10 in every coefficient, the stream's sums are in another order.
    np.testing.assert_allclose(both["estimate"], both["estimate_whole"], rtol=1e-6)
    np.testing.assert_allclose(both["std_error"], both["std_error_whole"], rtol=1e-6)
    ours, theirs = (r.influence.set_index("customer_id") for r in (blocks, whole))
    shared = ["nps_plus10:default_path", "nps_score:plus_one"]
    np.testing.assert_allclose(ours[shared], theirs.loc[ours.index, shared], rtol=1e-4, atol=1e-9)
    pd.testing.assert_frame_equal(
        blocks.shape[["nps_score", "n_obs"]], whole.shape[["nps_score", "n_obs"]]
    )
    assert blocks.diagnostics["message_code"].tolist()[0] == "in_blocks"


def test_a_refusal_stays_a_refusal(panel: pd.DataFrame) -> None:
    params = load_params(Link).model_copy(update={"max_cells": 400})
    constant = panel.assign(
        is_retained=panel["is_retained"].where(panel["is_retained"].isna(), True)
    )
    found = link(constant, None, META, "retention", params)
    assert found.status["reason_code"] == "constant_outcome"
