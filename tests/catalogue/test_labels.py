"""Labels, codes and scales: none unexplained, none rescaled in silence."""
# ruff: noqa: E501 - a message is easier to read on one line
# fmt: off

from __future__ import annotations

from pathlib import Path
from typing import Any

from catalogue.cases import Case, answers, hold, parametrized, with_rule

NINE = {"9 - muy probable": 9, "0 - nada probable": 0}
LIKERT = {"Strongly disagree": 1, "Neutral": 4, "Strongly agree": 7}


def scored(rule: Any, *scores: str, name: str, **expected: Any) -> Case:
    rows = (f'{n},2024-05-01,"{score}",x' for n, score in enumerate(scores, start=1))
    return Case(name, answers(*rows), with_rule("nps_score", rule), **expected)


def effort(rule: Any, *scores: str, name: str, **expected: Any) -> Case:
    rows = (f"{n},2024-05-01,{score},x" for n, score in enumerate(scores, start=1))
    source = with_rule("ces_score", rule)
    del source["tables"]["survey"]["files"][0]["columns"]["nps_score"]
    return Case(name, answers(*rows), source, **expected)


def labelled(column: str, rule: Any, *labels: str, name: str, **expected: Any) -> Case:
    rows = (f'{n},2024-05-01,9,"{label}"' for n, label in enumerate(labels, start=1))
    source = with_rule(column, rule)
    del source["tables"]["survey"]["files"][0]["columns"]["comment"]
    return Case(name, answers(*rows), source, **expected)


KINDS = {"from": "comment", "map": {"Relacional": "relational", "NA": "kiosk"}}
CASES = [
    scored({"from": "nps", "map": NINE}, "9 - muy probable", "0 - nada probable", name="labels that lead to scores", values={"survey.nps_score": [9, 0]}),
    scored({"from": "nps", "map": NINE}, "9 - muy probable", "8", "8", "7", name="labels never seen", says=("answers.csv, row 3, column 'nps': unknown labels for nps_score: '8' (2 rows), '7' (1 rows). Add them to map (or to missing) of nps_score; known now: 9 - muy probable, 0 - nada probable",)),
    scored({"from": "nps", "map": NINE}, "9 - Muy probable", name="a label in other capitals", says=("answers.csv, row 2, column 'nps': unknown labels for nps_score: '9 - Muy probable' (1 rows). Add them to map (or to missing) of nps_score; known now: 9 - muy probable, 0 - nada probable",)),
    scored({"from": "nps", "map": NINE}, "9 -  muy probable", name="a label with two blanks", says=("answers.csv, row 2, column 'nps': unknown labels for nps_score: '9 -  muy probable' (1 rows). Add them to map (or to missing) of nps_score; known now: 9 - muy probable, 0 - nada probable",)),
    scored({"from": "nps", "map": NINE}, " 9 - muy probable\u00a0", name="a label with blanks around", values={"survey.nps_score": [9]}),
    scored({"from": "nps", "missing": [11, "NS/NC", -1]}, "11", "NS/NC", "-1", "9", name="missing codes", values={"survey.nps_score": [None, None, None, 9]}, shelved=(
        (2, "nps_score", "11", "missing_code", "missing_code"), (3, "nps_score", "NS/NC", "missing_code", "missing_code"), (4, "nps_score", "-1", "missing_code", "missing_code"))),
    scored({"from": "nps", "missing": [11]}, "11.0", "+11", "11.5", name="a missing code written with a decimal", values={'survey.nps_score': [None, None, None]}, shelved=((2, 'nps_score', '11.0', 'missing_code', 'missing_code'), (3, 'nps_score', '+11', 'missing_code', 'missing_code'), (4, 'nps_score', '11.5', 'not_an_integer', 'set_missing'))),
    scored({"from": "nps", "missing": ["9"], "decimal": ","}, "9,0", "9.0", "09", "8,0", name="a missing code with a decimal comma", values={'survey.nps_score': [None, None, None, 8]}, shelved=((2, 'nps_score', '9,0', 'missing_code', 'missing_code'), (3, 'nps_score', '9.0', 'not_a_number', 'set_missing'), (4, 'nps_score', '09', 'missing_code', 'missing_code'))),
    scored({"from": "nps", "missing": ["9", "x"], "map": {"9.0": 9, "8": 8}}, "9", "9.0", "x", name="a code and a label that look alike", values={'survey.nps_score': [None, 9, None]}, shelved=((2, 'nps_score', '9', 'missing_code', 'missing_code'), (4, 'nps_score', 'x', 'missing_code', 'missing_code'))),
    scored({"from": "nps", "scale": {"low": 1, "high": 5, "direction": "high_is_good"}}, "5", name="another scale", says=("tables.survey.files[0] (answers.csv), column 'nps_score': was asked from 1 to 5, but the canonical scale is 0 to 10. Nothing is rescaled in silence: map it code by code (map: {...}), or leave it out and list it under left_out",)),
    scored({"from": "nps", "scale": {"low": 10, "high": 0, "direction": "high_is_good"}}, "5", name="a scale upside down", says=("tables.survey.files[0] (answers.csv), column 'nps_score': was asked from 10 to 0, but the canonical scale is 0 to 10. Nothing is rescaled in silence: map it code by code (map: {...}), or leave it out and list it under left_out",)),
    scored({"from": "nps", "scale": {"low": 0, "high": 10}}, "5", name="a scale without direction", says=('tables.survey.files.0.columns.nps_score.scale.direction is missing. Add it; data/README.md shows an example.',)),
    scored({"from": "nps", "scale": {"low": 0, "high": 10, "direction": "low_is_good"}}, "0", "10", "3", name="a scale turned", values={"survey.nps_score": [10, 0, 7]}),
    scored({"from": "nps", "map": {1: 2, 2: 4}}, "1", "2", name="mapped code by code", values={"survey.nps_score": [2, 4]}),
    scored({"from": "nps", "map": {"9": 11}}, "9", name="a mapping that leads out of the scale", says=("tables.survey.files[0] (answers.csv), column 'nps_score': the mapping leads to '11', which is not allowed. The canonical scale is 0 to 10",)),
    scored({"from": "nps", "map": {"9": "nine"}}, "9", name="a mapping that leads to no number", says=("tables.survey.files[0] (answers.csv), column 'nps_score': the mapping leads to 'nine', which is not allowed. Write a whole number",)),
    scored({"from": "nps", "map": {"a": 9, "A ": 3, "a ": 3}}, "a", name="a mapping that contradicts itself", says=("tables.survey.files.0.columns.nps_score = {'from': 'nps', 'map': {'A ': 3, 'a': 9, 'a ': 3}}: 'a' is explained twice, in map or in missing; keep one.",)),
    scored({"from": "nps", "map": ["a", "b"]}, "a", name="a mapping that is a list", says=("tables.survey.files.0.columns.nps_score.map = ['a', 'b']: must be names with values (key: value).",)),
    scored({"from": "nps", "map": {"9": 9}, "missing": ["9"]}, "9", name="a code that is missing and mapped", says=("tables.survey.files.0.columns.nps_score = {'from': 'nps', 'map': {'9': 9}, 'missing': ['9']}: '9' is explained twice, in map or in missing; keep one.",)),
    scored({"from": "nps", "map": {"612345678": 9}}, "612345678", name="a mapped code of nine digits", values={"survey.nps_score": [9]}),
    effort("nps", "5", name="CES without its scale", says=("tables.survey.files[0] (answers.csv), column 'ces_score': the scale of CES is not declared. Add scale: {low: 1, high: 7, direction: high_is_good} (high_is_good: 7 is easy)",)),
    effort({"from": "nps", "scale": {"low": 1, "high": 7, "direction": "low_is_good"}}, "1", "7", "8", "0", name="CES turned", values={'survey.ces_score': [7, 1, None, None]}, shelved=((4, 'ces_score', '8', 'out_of_scale', 'set_missing'), (5, 'ces_score', '0', 'out_of_scale', 'set_missing'))),
    effort({"from": "nps", "scale": {"low": 1, "high": 5, "direction": "high_is_good"}}, "5", name="CES of five points", says=("tables.survey.files[0] (answers.csv), column 'ces_score': was asked from 1 to 5, but the canonical scale is 1 to 7. Nothing is rescaled in silence: map it code by code (map: {...}), or leave it out and list it under left_out",)),
    labelled("survey_kind", KINDS, "Relacional", "Transaccional", "Transaccional", "", name="a kind never seen", says=("answers.csv, row 3, column 'comment': unknown labels for survey_kind: 'Transaccional' (2 rows). Add them to map (or to missing) of survey_kind; known now: Relacional, NA",)),
    labelled("survey_kind", "comment", "relational", "Relational", name="a canonical label in capitals", says=("answers.csv, row 3, column 'comment': unknown labels for survey_kind: 'Relational' (1 rows). Add them to map (or to missing) of survey_kind; known now: relational, transactional, kiosk",)),
    labelled("survey_kind", KINDS, "NA", name="a label called NA", values={"survey.survey_kind": ["kiosk"]}),
    labelled("channel", {"from": "comment", "map": {"yes": "web"}}, "yes", "maria@correo.example", name="an e-mail among the labels", says=("answers.csv, row 3, column 'comment': unknown labels for channel: '[email]' (1 rows). Add them to map (or to missing) of channel; known now: yes",)),
    labelled("channel", "comment", "None", "null", "nan", "NA", name="labels that look empty stay", values={"survey.channel": ["None", "null", "nan", "NA"]}),
    labelled("channel", "comment", "612345678", name="a label of nine digits", values={"survey.channel": [None]}, shelved=((2, "channel", "[number]", "redacted", "set_missing"),)),
    labelled("channel", {"from": "comment", "map": {"612345678": "web"}}, "612345678", name="a label of nine digits that is declared", values={"survey.channel": ["web"]}),
    labelled("channel", "comment", *(f"c{n}" for n in range(60)), name="sixty labels", values={"survey.channel": [f"c{n}" for n in range(60)]}),
    labelled("channel", {"from": "comment", "map": {"x": "web"}}, *(f"c{n:02}" for n in range(60)), name="sixty labels never seen", says=("answers.csv, row 2, column 'comment': unknown labels for channel: 'c00' (1 rows), 'c01' (1 rows), 'c02' (1 rows), 'c03' (1 rows), 'c04' (1 rows), 'c05' (1 rows), 'c06' (1 rows), 'c07' (1 rows), 'c08' (1 rows), 'c09' (1 rows), 'c10' (1 rows), 'c11' (1 rows), 'c12' (1 rows), 'c13' (1 rows), 'c14' (1 rows), 'c15' (1 rows), 'c16' (1 rows), 'c17' (1 rows), 'c18' (1 rows), 'c19' (1 rows) and 40 more. Add them to map (or to missing) of channel; known now: x",)),
]


@parametrized(CASES)
def test_labels_and_scales(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)
