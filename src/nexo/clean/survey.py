"""The survey's text becomes the canonical survey table."""

from __future__ import annotations

import narwhals as nw

from nexo.clean.plan import Cleaned, Reject, required
from nexo.clean.stage import Stage, customer_stays, plan_table
from nexo.clean.table import clean_table
from nexo.sources import TableRule

SCORES = ("nps_score", "ces_score", "csat_score", "kiosk_face")


def clean_survey(stage: Stage) -> tuple[Cleaned, ...]:
    """Make the canonical survey table of the data set.

    An answer needs a date (an unanswered invitation has none), and a customer as soon as
    answers are to be linked with behaviour; those of unknown customers, or from before they
    joined, are kept and noted. Of a snapshot source the survey half is taken,
    with the customer as the answer's id. Raises SourceError, ContractError or
    ReconciliationError with the offenders.
    """
    source = stage.source
    columns = stage.dictionary.table("survey").columns
    rejects = list(required(columns))
    if source.kind != "survey_only":
        rejects.append(Reject("customer_id", nw.col("customer_id").is_null()))
    if source.kind != "snapshot":
        answered = nw.any_horizontal(
            *(~nw.col(name).is_null() for name in SCORES), ignore_nulls=True
        )
        rejects.append(Reject("answered_at", nw.col("answered_at").is_null() & answered))
    if source.kind == "snapshot":
        rule = survey_half(source.tables["snapshot"], set(columns))
        plan = plan_table(stage, "survey", columns, rule, tuple(rejects), raw_table="snapshot")
        return (clean_table(stage.engine, source, stage.dictionary, plan, stage.raw("snapshot")),)
    rule, stays = source.tables["survey"], customer_stays(stage)
    plan = plan_table(stage, "survey", columns, rule, tuple(rejects), stays=stays)
    return (clean_table(stage.engine, source, stage.dictionary, plan, stage.raw("survey")),)


def survey_half(snapshot: TableRule, columns: set[str]) -> TableRule:
    """The survey columns of a snapshot, its customer being the id of the answer too."""
    given = {name: rule for name, rule in snapshot.columns.items() if name in columns}
    if "customer_id" in given:
        given["response_id"] = given["customer_id"]
    files = []
    for file in snapshot.files:
        own = {name: rule for name, rule in file.columns.items() if name in columns}
        if "customer_id" in own:
            own["response_id"] = own["customer_id"]
        files.append(file.model_copy(update={"columns": own}))
    return snapshot.model_copy(update={"columns": given, "files": tuple(files)})
