"""Raw text becomes canonical tables: every cast guarded, every row accounted for."""

from nexo.clean.anchors import anchors
from nexo.clean.doubts import doubts
from nexo.clean.plan import Cleaned
from nexo.clean.sales import clean_sales
from nexo.clean.stage import (
    Stage,
    check_counts,
    corrections_table,
    counts_table,
    open_stage,
    quarantine_table,
    stage_on,
    write_clean,
)
from nexo.clean.survey import clean_survey

__all__ = [
    "Cleaned",
    "Stage",
    "anchors",
    "check_counts",
    "clean_sales",
    "clean_survey",
    "corrections_table",
    "counts_table",
    "doubts",
    "open_stage",
    "quarantine_table",
    "stage_on",
    "write_clean",
]
