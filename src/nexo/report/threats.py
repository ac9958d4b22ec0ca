"""How sure, in plain words: which metric predicts, who answered, what could be wrong."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nexo.report import formats, select, wording
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.wording import say, term

if TYPE_CHECKING:
    import pandas as pd

BASE_METRIC = {
    "nps_points": "nps",
    "nps_class": "nps",
    "csat": "csat",
    "top2_box": "csat",
    "ces": "ces",
}
"""Coding of a metric in the race -> the metric that people know."""

SAME_CASES = 1.05
"""Samples of metrics that differ by less than this factor count as the same cases."""

STRONG_PARTIAL = 0.30
"""A partial correlation above this is stronger than what is published (METHODS.md, section 1)."""


def race_sentence(lang: Lang, inputs: Inputs) -> str:
    """Say which metrics predict beyond behaviour; "none" is an answer."""
    race = inputs.evidence["race"]
    run = race[race["verdict_code"] != "not_run"]
    if run.empty:
        return say(lang, "sure_race_not_run")
    n = formats.number(lang, run["n_obs"].max())
    useful = run[(run["verdict_code"] == "useful") & (run["metric"] != "all")]
    if useful.empty:
        return say(lang, "sure_race_none", n=n)
    useful = useful.assign(base=useful["metric"].map(BASE_METRIC))
    best = useful.sort_values("gain", ascending=False).drop_duplicates(["base", "outcome"])
    items: list[str] = []
    for metric, rows in best.groupby("base", sort=False):
        gains = [
            f"{term(lang, 'outcome_noun', row.outcome)} ({formats.percent(lang, row.gain, 2)})"
            for row in rows.itertuples()
        ]
        key = "sure_race_more" if items else "sure_race_item"
        items.append(say(lang, key, metric=term(lang, "metric", str(metric)),
                         list=formats.listing(lang, gains)))  # fmt: skip
    return say(lang, "sure_race_useful", list="; ".join(items), samples=_samples(lang, useful))


def _samples(lang: Lang, useful: pd.DataFrame) -> str:
    """Say on how many cases each metric was tried; gains on other cases do not compare."""
    cases = useful.sort_values("gain", ascending=False).groupby("base", sort=False)["n_obs"].max()
    of_cases: dict[int, list[str]] = {}
    for metric, n in cases.items():
        of_cases.setdefault(int(n), []).append(term(lang, "metric", str(metric)))
    if cases.max() < SAME_CASES * cases.min():
        return say(lang, "sure_race_one_sample", n=formats.number(lang, cases.max()))
    listed = [
        say(
            lang, "sure_race_cases", n=formats.number(lang, n), metrics=formats.listing(lang, names)
        )
        for n, names in of_cases.items()
    ]
    return say(lang, "sure_race_samples", list="; ".join(listed))


def answered_sentence(lang: Lang, inputs: Inputs) -> str:
    """Say how many of how many answered, with the response-weighted result beside the plain."""
    summary = inputs.score_summary
    answered, active = summary.get("n_answered"), summary.get("n_active")
    if formats.is_missing(answered):
        return ""
    count = partial(formats.number, lang)
    if not active:
        return say(lang, "sure_answered_only", answered=count(answered))
    rate = formats.percent(lang, answered / active, 0)
    words = {"answered": count(answered), "active": count(active), "rate": rate}
    sentence = say(lang, "sure_answered", **words)
    marks = inputs.meta.get("landmarks") or []
    if inputs.kind == "landmark" and marks:
        words["date"] = formats.short_date(lang, marks[-1]["date"])
        words["days"] = count(inputs.panel_params.score_lookback_days)
        sentence = say(lang, "sure_answered_dated", **words)
    plain = select.effect(inputs, "revenue", "nps_plus10", "default_path")
    weighted = select.effect(inputs, "revenue", "nps_plus10", "default_path", "response")
    if plain is None or weighted is None:
        return sentence
    written = [
        wording.quantity(lang, row["estimate"], row["unit"], inputs.currency, signed=False)
        for row in (plain, weighted)
    ]
    return f"{sentence} {say(lang, 'sure_weighted', plain=written[0], weighted=written[1])}"


def top_threats(lang: Lang, inputs: Inputs, most: int) -> list[str]:
    """Return the ``most`` weightiest threats: those that the data show, then the standing ones."""
    found = [
        _failed_control(lang, inputs),
        say(lang, "threat_no_ledger") if inputs.kind == "survey_only" else "",
        say(lang, "threat_undated") if inputs.kind == "snapshot" else "",
        say(lang, "threat_strong") if _is_too_strong(inputs) else "",
        _association(lang, inputs),
        _silence(lang, inputs),
        _future(lang, inputs),
    ]
    return [threat for threat in found if threat][:most]


def causal_share(lang: Lang, inputs: Inputs) -> str:
    """Write the assumed share of the link that moves: a number or a range."""
    table = inputs.economics["assumptions"]
    found = table[table["name"] == "causal_share"]
    if found.empty:
        return say(lang, "threat_share_unknown")
    row = found.iloc[0]
    low, high = row["low"], row["high"]
    if formats.is_missing(low) or formats.is_missing(high) or low == high:
        value = row["value_used"] if formats.is_missing(row["mode"]) else row["mode"]
        return say(lang, "threat_share_one", value=formats.percent(lang, value, 0))
    return say(lang, "threat_share_range", low=formats.percent(lang, low, 0),
               high=formats.percent(lang, high, 0))  # fmt: skip


def needed_share(lang: Lang, share: float) -> str:
    """Write the share of the link that must be real for an initiative to pay; above 1: never."""
    if formats.is_missing(share):
        return formats.MISSING
    if share > 1:
        return say(lang, "more_than_all")
    return formats.percent(lang, share, 0)


def _association(lang: Lang, inputs: Inputs) -> str:
    if inputs.kind == "survey_only":
        return ""
    return say(lang, "threat_association", share=causal_share(lang, inputs))


def _failed_control(lang: Lang, inputs: Inputs) -> str:
    controls = inputs.evidence["negative_controls"]
    failed = controls[controls["is_passed"].astype(str).str.lower() == "false"]
    if failed.empty:
        return ""
    code = str(failed["term"].iloc[0])
    key = "threat_control_past" if code == "outcome_before_survey" else "threat_control"
    return say(lang, key, control=control_name(lang, code))


def control_name(lang: Lang, code: str) -> str:
    """Return the name of a test that should come out empty."""
    return term(lang, "control", code)


def _is_too_strong(inputs: Inputs) -> bool:
    table = inputs.evidence["sensitivity"]
    partials = table[table["term"] == "partial_correlation"]["estimate"].abs()
    return bool((partials > STRONG_PARTIAL).any())


def _silence(lang: Lang, inputs: Inputs) -> str:
    """Those who did not answer; named by what they did differently where that is known."""
    summary = inputs.score_summary
    table = inputs.scores["who_answers"].dropna(subset=["mean"])
    differing = [
        term(lang, "measure", str(measure))
        for measure, rows in table.groupby("measure", sort=False)
        if len(rows) == 2 and rows["conf_low"].max() > rows["conf_high"].min()
    ]
    if differing:
        return say(lang, "threat_silent_differ", measures=formats.listing(lang, differing))
    if not summary.get("n_active"):
        return say(lang, "threat_silent_unknown") if inputs.kind == "survey_only" else ""
    rate = formats.percent(lang, summary["n_answered"] / summary["n_active"], 0)
    return say(lang, "threat_silent", rate=rate)


def _future(lang: Lang, inputs: Inputs) -> str:
    end = inputs.meta.get("data_end")
    if not end or inputs.kind == "snapshot":
        return say(lang, "threat_future_undated")
    return say(lang, "threat_future", date=formats.date(lang, end))
