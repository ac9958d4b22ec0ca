"""Source YAML that is wrong, or an attack: refused before any data is read."""
# ruff: noqa: E501 - a message is easier to read on one line
# fmt: off

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from catalogue.cases import Case, answers, hold, parametrized, with_file, with_rule
from nexo.sources.names import LONGEST_NAME
from support.sources import survey_source

ONE = answers("1,2024-05-01,9,good")
NEAR = "Did you mean 'answers.csv'? "
GOOD = yaml.safe_dump(survey_source(), sort_keys=False)


def laughs() -> str:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    for level in range(1, 12):
        lines.append(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]")
    return "\n".join([*lines, "title: *a11"])


def text(name: str, content: str, *says: str) -> Case:
    return Case(name, ONE, content, says)


def glob(name: str, pattern: Any, *says: str) -> Case:
    return Case(name, ONE, with_file(glob=pattern), says)


def broken(name: str, content: str, fault: str) -> Case:
    return text(name, content, "{folder}/small.yaml is not valid YAML" + fault)


def unnamed(name: str, content: str, found: str) -> Case:
    return text(name, content, "{folder}/small.yaml must hold names with values (key: value); it holds " + found + ".")


def outside(name: str, pattern: str) -> Case:
    return glob(name, pattern, f"column 'tables.survey', value {pattern!r}: leads out of the data folder. Name files within common.data_dir")


def absent(name: str, pattern: str, near: str = "") -> Case:
    return glob(name, pattern, f"column 'tables.survey', value {pattern!r}: no such file in {{folder}}/inbox. {near}Files there: answers.csv. Put the file there, or correct glob in the source YAML")


def keyed(name: str, *says: str, **changes: Any) -> Case:
    return Case(name, ONE, survey_source(**changes), says)


CASES = [
    text("billion laughs", laughs(), "title = [[[[...], [...]", "must be text; put it in quotes."),
    text("laughs in a mapping of labels", GOOD + "labels: &a {x: &b {es: a, en: a}, y: *b}\nmissing: [*a, *a]\n", "missing.0 = {'x': {'en': 'a', 'es': 'a'}, 'y': {'en': 'a', 'es': 'a'}}: must be text; put it in quotes.", "missing.1 = {'x': {'en': 'a', 'es': 'a'}, 'y': {'en': 'a', 'es': 'a'}}: must be text; put it in quotes."),
    text("an anchor within itself", "title: &a [*a]\n", 'title = [[[[...]]]]: must be text; put it in quotes.'),
    broken("tabs for blanks", "title: x\ncompany:\n\tname: y\n", ", line 3, column 1: found character '\\t' that cannot start any token. Indent with blanks; a tab is not allowed."),
    broken("a key twice", GOOD + "title: again\n", ", line 17, column 1: the key 'title' is given twice; keep one."),
    broken("a key twice, deep", GOOD.replace("        format: csv", "        format: csv\n        format: excel").replace("      format: csv", "      format: csv\n      format: excel"), ", line 12, column 7: the key 'format' is given twice; keep one."),
    text("a merge key", "x: &x {title: a}\n<<: *x\n", 'company is missing. Add it; data/README.md shows an example.'),
    broken("a python object", "title: !!python/object/apply:os.system ['true']\n", ", line 1, column 8: could not determine a constructor for the tag 'tag:yaml.org,2002:python/object/apply:os.system'. Tags (!) are not allowed: write plain values."),
    broken("an unknown tag", "title: !secret x\n", ", line 1, column 8: could not determine a constructor for the tag '!secret'. Tags (!) are not allowed: write plain values."),
    broken("two documents", GOOD + "---\n" + GOOD, ', line 17, column 1: but found another document. Take out the line --- and what belongs to another file.'),
    unnamed("empty", "", "nothing"),
    unnamed("only a comment", "# nothing\n", "nothing"),
    unnamed("a list", "- title\n", "a list"),
    unnamed("a text", "just words", "plain text"),
    broken("not closed", "title: 'open\n", ', line 2, column 1: found unexpected end of stream. A quote or bracket is opened and never closed.'),
    broken("a colon in a title", "title: Survey: May\n", ', line 1, column 14: mapping values are not allowed here. Put a text that holds ": " in quotes.'),
    broken("brackets nested deeply", "title: " + "[" * 5000, ': lists or mappings nested too deeply.'),
    broken("maps nested deeply", "{a: " * 3000, ': lists or mappings nested too deeply.'),
    broken("an impossible date", GOOD.replace("'2024-12-31'", "2024-13-45"), ': month must be in 1..12.'),
    broken("a control character", GOOD.replace("Answers", "Ans\x07wers"), ': unacceptable character #x0007: special characters are not allowed\n  in "<unicode string>", position 10. Delete the sign that does not show.'),
    broken("a key that is a list", "? [a, b]\n: x\n", ', line 1, column 3: found unhashable key.'),
    text("a key that is a number", GOOD + "5: x\n", '5 = 5: the name must be text; put it in quotes.'),
    text("a key that is nothing", GOOD + "null: x\n", 'None = None: the name must be text; put it in quotes.'),
    broken("a huge whole number", GOOD + "simulate: {seed: " + "9" * 5000 + "}\n", ': Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits; use sys.set_int_max_str_digits() to increase the limit. A number is far too long.'),
    text("a huge header row", GOOD.replace("      format: csv", "      format: csv\n      header_row: 99999999999999999999"), 'tables.survey.files.0.header_row = 99999999999999999999: must be less than or equal to 1000.'),
    text("sexagesimal numbers", GOOD.replace("title: Answers", "title: 1:30:00"), 'title = 5400: must be text; put it in quotes.'),
    keyed("an unknown key", "titel is not a known key. Did you mean 'title'? Allowed: company, currency, data_end, id_rule, kind, labels, left_out, missing, simulate, tables, timezone, title.", titel="x"),
    keyed("an unknown kind", "kind = 'panel': must be 'landmark', 'snapshot' or 'survey_only'.", kind="panel"),
    keyed("no tables", "a source of kind survey_only needs the table 'survey'. Describe it, or choose another kind (landmark, snapshot, survey_only)", tables={}),
    keyed("tables is a list", "tables = ['survey']: must be names with values (key: value).", tables=["survey"]),
    keyed("tables is nothing", 'tables = None: must be names with values (key: value).', tables=None),
    keyed("an unknown table", "tables.survy: is no canonical table. Did you mean 'survey'? Known: survey, customers, orders, contacts, funnel, staff_survey, self_assessment, initiatives, snapshot", "a source of kind survey_only needs the table 'survey'. Describe it, or choose another kind (landmark, snapshot, survey_only)", tables={"survy": {"files": []}}),
    keyed("a table of ours", 'tables.panel: is no canonical table. Known: survey, customers, orders, contacts, funnel, staff_survey, self_assessment, initiatives, snapshot', tables={"panel": {"files": [{"glob": "x.csv", "format": "csv"}]}}),
    keyed("a title that is nothing", 'title = None: must be text; put it in quotes.', title=None),
    keyed("missing codes that are truth values", 'missing.0 = False: YAML reads an unquoted yes, no, true or false as a truth value; put it in quotes.', missing=[False]),
    keyed("a label without a language", "labels.x.fr = 'fr': must be 'es' or 'en'.", labels={"x": {"fr": "y"}}),
    keyed("a left-out column without reason", "left_out = ['x']: must be names with values (key: value).", left_out=["x"]),
    outside("a path that goes up", "../answers.csv"),
    outside("a path that goes up within", "a/../../answers.csv"),
    outside("an absolute path", "/etc/passwd"),
    absent("a Windows path", "C:\\data\\answers.csv", NEAR),
    absent("a path with backslashes up", "..\\answers.csv", NEAR),
    absent("home", "~/answers.csv", NEAR),
    absent("a NUL in a path", "answers\0.csv", NEAR),
    glob("an empty path", "", "tables.survey.files.0.glob = '': must not be empty."),
    glob("a path of dots", ".", "column 'tables.survey', value '.': is no pattern of file names (tuple index out of range). Write it like answers_*.csv or **/*.csv"),
    glob("a very long path", "x" * 5000, f"column 'tables.survey', value '{'x' * LONGEST_NAME}': is no pattern of file names (File name too long). Write it like answers_*.csv or **/*.csv"),
    absent("a web address", "https://example.org/answers.csv"),
    glob("a list of paths", ["answers.csv"], "tables.survey.files.0.glob = ['answers.csv']: must be text; put it in quotes."),
    Case("an unknown key of a file", ONE, with_file(delimeter=";"), says=("tables.survey.files.0.delimeter is not a known key. Did you mean 'delimiter'? Allowed: columns, database, decimal, delimiter, encoding, format, glob, header_row, join, sheet, values, where.",)),
    Case("an unknown key of a column", ONE, with_rule("nps_score", {"from": "nps", "skale": 1}), says=("tables.survey.files.0.columns.nps_score.skale is not a known key. Did you mean 'scale'? Allowed: ambiguous_dates, constant, count, dates, decimal, from, map, missing, money, multiply, negative, prefix, row_number, scale, thousands, values.",)),
    Case("an unknown column", ONE, with_rule("nps", "nps"), says=("tables.survey.files[0] (answers.csv), column 'nps': is no canonical column of this table. Did you mean 'nps_score'? Known: response_id, customer_id, answered_at, invited_at, experience_at, survey_kind, touchpoint, journey_phase, channel, nps_score, ces_score, csat_score, kiosk_face, weight, comment, language",)),
    Case("an unknown format", ONE, with_file(format="xls"), says=("tables.survey.files.0.format = 'xls': must be 'csv', 'excel', 'parquet', 'sav', 'qualtrics', 'surveymonkey', 'postgresql', 'duckdb' or 'sqlite'.",)),
    Case("two delimiters", ONE, with_file(delimiter=";;"), says=('tables.survey.files.0.delimiter = \';;\': a delimiter is one ASCII sign and no quote: ",", ";", "|", or "\\t" for a tab, in double quotes.',)),
    Case("header row zero", ONE, with_file(header_row=0), says=('tables.survey.files.0.header_row = 0: must be greater than or equal to 1.',)),
    Case("header row true", ONE, with_file(header_row=True), says=('tables.survey.files.0.header_row = True: must be a whole number, written in digits without quotes.',)),
    Case("header row in quotes", ONE, with_file(header_row="1"), says=("tables.survey.files.0.header_row = '1': must be a whole number, written in digits without quotes.",)),
    Case("a column from a number", ONE, with_rule("nps_score", {"from": 2024}), says=("answers.csv, column '2024': the file has no such column (wanted for nps_score). Columns there: id, date, nps, comment",)),
    Case("a column from nothing", ONE, with_rule("nps_score", None), says=('tables.survey.files.0.columns.nps_score = None: must be names with values (key: value).',)),
    Case("a column from and constant", ONE, with_rule("nps_score", {"from": "nps", "constant": 9}), says=("tables.survey.files.0.columns.nps_score = {'constant': 9, 'from': 'nps'}: give either from (a column of the file) or constant, one of them; row_number: true is for ids that the file does not have.",)),
    Case("one column as id and comment", ONE, with_rule("comment", "id"), says=("tables.survey.files[0] (answers.csv), column 'id': is used as an id and as something else, or as ids by different rules. Ids become pseudonyms: use the column for one of them",)),
]


@parametrized(CASES)
def test_source_yaml(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)


def link(target: str) -> Any:
    return lambda place: os.symlink(target, place)


LINKS: list[Case] = [
    Case("a link out of the folder", {"answers.csv": link("/etc/passwd")}, says=("column 'tables.survey', value 'answers.csv': is a link out of the data folder. Copy the file into it",)),
    Case("a link to nowhere", {"answers.csv": link("nowhere.csv")}, says=("column 'tables.survey', value 'answers.csv': no such file in {folder}/inbox. Files there: none. Put the file there, or correct glob in the source YAML",)),
    Case("a link to itself", {"answers.csv": link("answers.csv")}, says=("column 'tables.survey', value 'answers.csv': no such file in {folder}/inbox. Files there: none. Put the file there, or correct glob in the source YAML",)),
    Case("a folder that links out", {"a": link("/etc")}, with_file(glob="a/passwd"), says=("column 'tables.survey', value 'a/passwd': is a link out of the data folder. Copy the file into it",)),
    Case("a pipe", {"answers.csv": os.mkfifo}, says=("column 'tables.survey', value 'answers.csv': no such file in {folder}/inbox. Files there: none. Put the file there, or correct glob in the source YAML",)),
    Case("a link within the folder", {"real.csv": ONE["answers.csv"], "answers.csv": link("real.csv")}, values={"survey.nps_score": [9]}),
]


@parametrized(LINKS)
def test_links(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)
