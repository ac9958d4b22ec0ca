"""What customers say they would pay, as a ceiling: it never enters the model.

Stated intentions run far above what people do, so each is printed with its label and nothing
is computed from it.
"""

from __future__ import annotations

import pandas as pd

from nexo.base.config import Economics
from nexo.economics.inputs import Facts

CEILING_COLUMNS = (
    "name",
    "share",
    "more_share",
    "n_customers",
    "ceiling_cents_per_year",
    "currency",
)


def ceiling_table(equity: pd.DataFrame, facts: Facts, params: Economics) -> pd.DataFrame:
    """Return ceilings.csv: one row a stated intention of params.yaml.

    The ceiling is customers x share who say so x how much more x margin a year per customer
    (``t1_cents`` of equity.csv). No rows without a yearly margin.
    """
    everyone = equity[equity["group_by"] == "all"]
    rows = []
    if facts.is_annual and not everyone.empty:
        t1 = float(everyone["t1_cents"].iloc[0])
        for stated in params.stated_intentions:
            amount = facts.n_customers * stated.share * stated.more_share * t1
            rows.append(
                (stated.name, stated.share, stated.more_share, facts.n_customers, amount,
                 facts.currency)
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(CEILING_COLUMNS))
