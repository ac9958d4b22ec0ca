"""Excel, SPSS, Parquet and the exports of survey tools: typed cells, headers of several rows."""
# ruff: noqa: E501 - a message is easier to read on one line
# fmt: off

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat

from catalogue.cases import Case, hold, parametrized, with_file, with_rule

HEAD = ["id", "date", "nps", "comment"]
DAY = dt.date(2024, 5, 1)


def book(*rows: list[Any], sheets: tuple[str, ...] = (), mend: Callable[[Any], object] = bool) -> Callable[[Path], object]:
    def write(place: Path) -> None:
        made = openpyxl.Workbook()
        for name in sheets:
            made.create_sheet(name)
        for row in rows:
            made.worksheets[0].append(row)
        mend(made.worksheets[0])
        made.save(place)

    return write


def excel(name: str, *rows: list[Any], head: list[Any] = HEAD, says: tuple[str, ...] = (), source: Any = None, sheets: tuple[str, ...] = (), mend: Any = bool, **expected: Any) -> Case:
    described = with_file(source, glob="answers.xlsx", format="excel")
    return Case(name, {"answers.xlsx": book(head, *rows, sheets=sheets, mend=mend)}, described, says, **expected)


def merged(sheet: Any) -> None:
    sheet.merge_cells("D2:D3")


def at(place: str, value: Any) -> Callable[[Any], None]:
    def put(sheet: Any) -> None:
        sheet[place] = value

    return put


def error(place: str, code: str) -> Callable[[Any], None]:
    def put(sheet: Any) -> None:
        sheet[place].value = code
        sheet[place].data_type = "e"

    return put


EXCEL = [
    excel("typed cells", [1, DAY, 9, "good"], ["2", "2024-05-02", "3", 1.5], values={"survey.nps_score": [9, 3], "survey.comment": ["good", "1.5"]}),
    excel("#N/A in a score", [1, DAY, None, "good"], mend=error("C2", "#N/A"), values={'survey.comment': ['good']}, shelved=((2, 'nps_score', '#N/A', 'not_a_number', 'set_missing'),)),
    excel("#REF! in a date", [1, None, 9, "good"], [2, DAY, 9, "x"], mend=error("B2", "#REF!"), values={'survey.nps_score': [9]}, shelved=((2, 'answered_at', '#REF!', 'not_a_date', 'row_rejected'),)),
    excel("a formula without its value", [1, DAY, "=4+5", "good"], says=("answers.xlsx, row 2, column 'nps': a formula without its value. Open the file in Excel or LibreOffice and save it, so that values are stored",)),
    excel("a formula in an unused column", [1, DAY, 9, "good", "=1+1"], head=[*HEAD, "x"], values={"survey.nps_score": [9]}),
    excel("text that looks like a formula", [1, DAY, 9, "=cmd|' /C calc'!A0"], mend=lambda s: setattr(s["D2"], "data_type", "s"), values={"survey.comment": ["=cmd|' /C calc'!A0"]}),
    excel("an id of seventeen digits", [12345678901234567, DAY, 9, "good"], says=("answers.xlsx, row 2, column 'id': a number of more than 15 digits, which Excel has rounded. Store it as text where it comes from: its last digits are lost",)),
    excel("a day number for a date", [1, 45413, 9, "good"], values={'survey.nps_score': []}, shelved=((2, 'answered_at', '45413', 'not_a_date', 'row_rejected'),)),
    excel("a time for a date", [1, dt.time(10, 30), 9, "good"], values={'survey.nps_score': []}, shelved=((2, 'answered_at', '10:30:00', 'not_a_date', 'row_rejected'),)),
    excel("a day before 1900", [1, "1899-12-31", 9, "good"], values={'survey.nps_score': []}, shelved=((2, 'answered_at', '1899-12-31', 'not_a_date', 'row_rejected'),)),
    excel("a score that is a date", [1, DAY, dt.date(2024, 5, 9), "good"], values={'survey.comment': ['good']}, shelved=((2, 'nps_score', '2024-05-09', 'not_a_number', 'set_missing'),)),
    excel("a score with noise", [1, DAY, 8.999999999999998, "x"], [2, DAY, 0.1 + 0.2, "y"], values={'survey.nps_score': [9, None]}, shelved=((3, 'nps_score', '0.3', 'not_an_integer', 'set_missing'),)),
    excel("merged cells", [1, DAY, 9, "good"], [2, DAY, 3, None], mend=merged, values={"survey.comment": ["good", None]}),
    excel("blank rows between", [1, DAY, 9, "good"], [], [], [2, DAY, "x", "bad"], values={"survey.nps_score": [9, None]}, shelved=((5, "nps_score", "x", "not_a_number", "set_missing"),)),
    excel("several sheets", [1, DAY, 9, "good"], sheets=("Notes", "Diccionario"), says=('answers.xlsx: say which sheet to read (sheet: in the source YAML, a name or a number from 1). Sheets there: Sheet, Notes, Diccionario.',)),
    excel("a sheet that is not there", [1, DAY, 9, "good"], source=with_file(sheet="Datos"), says=('answers.xlsx: say which sheet to read (sheet: in the source YAML, a name or a number from 1). Sheets there: Sheet.',)),
    excel("the data sheet behind a dictionary", [1, DAY, 9, "good"], sheets=("Diccionario",), source=with_file(sheet="Sheet"), values={"survey.nps_score": [9]}),
    excel("one used column twice", [1, DAY, 9, 3], head=["id", "date", "nps", "nps"], says=("answers.xlsx, column 'nps': the file has 2 columns of this name. Rename one in the file", "answers.xlsx, column 'comment': the file has no such column (wanted for comment). Columns there: id, date, nps, nps")),
    excel("a numeric header", [1, DAY, 9, "x"], head=["id", "date", 2024, "comment"], source=with_rule("nps_score", "2024"), values={"survey.nps_score": [9]}),
    excel("header only", says=("The table 'survey' has no records in answers.xlsx. Put the data there, or take the table out of the source YAML.",)),
    excel("an empty sheet", head=[], says=('answers.xlsx: row 1 holds no column names. Correct header_row in the source YAML, or the file (is it empty?).',)),
    excel("a longest cell", [1, DAY, 9, "a" * 32767], values={"survey.comment": ["a" * 32767]}),
    excel("a cell far to the right", [1, DAY, 9, "good"], mend=at("XFD1", "x"), values={"survey.nps_score": [9]}),
    excel("a row far below", [1, DAY, 9, "good"], mend=at("A60000", "2"), values={'survey.nps_score': [9, None]}),
    Case("text called xlsx", {"answers.xlsx": "id,date,nps,comment\n1,2024-05-01,9,x\n"}, with_file(glob="answers.xlsx", format="excel"), says=('answers.xlsx: cannot be opened as Excel (invalid Zip archive: Could not find EOCD). Is it another format, open elsewhere, or protected by a password?',)),
    Case("an archive that is no workbook", {"answers.xlsx": b"PK\x05\x06" + b"\0" * 18}, with_file(glob="answers.xlsx", format="excel"), says=("answers.xlsx: cannot be opened as Excel (File not found '_rels/.rels'). Is it another format, open elsewhere, or protected by a password?",)),
    Case("half a workbook", {"answers.xlsx": lambda place: (book(HEAD, [1, DAY, 9, "x"])(place), place.write_bytes(place.read_bytes()[:3000]))}, with_file(glob="answers.xlsx", format="excel"), says=('answers.xlsx: cannot be opened as Excel (invalid Zip archive: Could not find EOCD). Is it another format, open elsewhere, or protected by a password?',)),
    Case("an empty workbook file", {"answers.xlsx": b""}, with_file(glob="answers.xlsx", format="excel"), says=('answers.xlsx: cannot be opened as Excel (invalid Zip archive: Could not find EOCD). Is it another format, open elsewhere, or protected by a password?',)),
]


@parametrized(EXCEL)
def test_excel(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)


def parquet(name: str, says: tuple[str, ...] = (), source: Any = None, **changed: Any) -> Case:
    expected = {key: changed.pop(key) for key in ("values", "shelved") if key in changed}
    columns = {"id": ["1", "2"], "date": [DAY, DAY], "nps": [9, 3], "comment": ["good", None], **changed}
    described = with_file(source, glob="answers.parquet", format="parquet")
    return Case(name, {"answers.parquet": lambda place: pq.write_table(pa.table(columns), place)}, described, says, **expected)


UTC = pa.array([dt.datetime(2024, 5, 1, 10), dt.datetime(2024, 1, 1, 10)], pa.timestamp("us", tz="UTC"))
NO_UTF8 = pa.array([b"612\xff34\xff56\xff78\xff9", b"good"], pa.binary()).view(pa.string())
PARQUET = [
    parquet("text that is no UTF-8", ("answers.parquet, column 'comment': a cell holds bytes that are no UTF-8",), comment=NO_UTF8),
    parquet("parquet of whole floats and gaps", nps=[9.0, None], values={"survey.nps_score": [9, None]}),
    parquet("NaN and infinity", nps=[float("nan"), float("inf")], values={'survey.comment': ['good', None]}, shelved=((3, 'nps_score', 'inf', 'not_a_number', 'set_missing'),)),
    parquet("a float with noise", nps=[9.000000000000002, 3.0], values={'survey.nps_score': [9, 3]}),
    parquet("times in UTC", date=UTC, values={'survey.nps_score': [9, 3]}),
    parquet("nanoseconds", date=pa.array([1714557600000000001, None], pa.timestamp("ns")), values={'survey.nps_score': [9]}, shelved=((3, 'answered_at', '', 'missing_required', 'row_rejected'),)),
    parquet("lists in a cell", comment=[["a"], []], says=("answers.parquet, column 'comment': of type list<element: string>, which is no text, number or date. Leave it out of the source YAML, or write it as text.",)),
    parquet("bytes in a cell", comment=[b"a", b"\xff"], says=("answers.parquet, column 'comment': of type binary, which is no text, number or date. Leave it out of the source YAML, or write it as text.",)),
    parquet("a dictionary column", comment=pa.array(["good", None]).dictionary_encode(), values={"survey.comment": ["good", None]}),
    parquet("numbers as ids", id=[1.0, 2.0], values={"survey.nps_score": [9, 3]}),
    parquet("decimals", comment=pa.array([1, 2], pa.decimal128(5, 2)), values={"survey.comment": ["1.00", "2.00"]}),
    parquet("a column of nothing", comment=pa.nulls(2), values={"survey.comment": [None, None]}),
    parquet("truth values", comment=[True, False], values={"survey.comment": ["true", "false"]}),
    Case("no rows", {"answers.parquet": lambda place: pq.write_table(pa.table({name: pa.array([], pa.string()) for name in HEAD}), place)}, with_file(glob="answers.parquet", format="parquet"), says=("The table 'survey' has no records in answers.parquet. Put the data there, or take the table out of the source YAML.",)),
    Case("text called parquet", {"answers.parquet": "id,date\n"}, with_file(glob="answers.parquet", format="parquet"), says=('answers.parquet: cannot be opened as Parquet (Parquet magic bytes not found in footer. Either the file is corrupted or this is not a parquet file). Correct format in the source YAML, or write the file again.',)),
    Case("half a parquet file", {"answers.parquet": b"PAR1" + b"\0" * 50}, with_file(glob="answers.parquet", format="parquet"), says=('answers.parquet: cannot be opened as Parquet (Parquet magic bytes not found in footer. Either the file is corrupted or this is not a parquet file). Correct format in the source YAML, or write the file again.',)),
]


@parametrized(PARQUET)
def test_parquet(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)


def sav(name: str, frame: dict[str, Any], says: tuple[str, ...] = (), source: Any = None, meta: Any = None, **expected: Any) -> Case:
    columns = {"id": ["1", "2"], "date": [DAY, DAY], "nps": [9.0, 3.0], "comment": ["good", "bad"], **frame}
    described = with_file(source, glob="answers.sav", format="sav")
    return Case(name, {"answers.sav": lambda place: pyreadstat.write_sav(pd.DataFrame(columns), str(place), **(meta or {}))}, described, says, **expected)


LABELS = {"variable_value_labels": {"nps": {9.0: "9 - muy probable", 3.0: "3"}}}
NINE = {"from": "nps", "values": "labels", "map": {"9 - muy probable": 9, "3": 3}}
SAV = [
    sav("codes of a .sav", {}, values={"survey.nps_score": [9, 3], "survey.comment": ["good", "bad"]}),
    sav("value labels", {}, source=with_rule("nps_score", NINE), meta=LABELS, values={"survey.nps_score": [9, 3]}),
    sav("labels read as codes", {}, source=with_rule("nps_score", {"from": "nps", "map": {"9 - muy probable": 9}}), meta=LABELS, says=("answers.sav, row 2, column 'nps': unknown labels for nps_score: '3' (1 rows), '9' (1 rows). Add them to map (or to missing) of nps_score; known now: 9 - muy probable",)),
    sav("a code without a label", {"nps": [9.0, 7.0]}, source=with_rule("nps_score", NINE), meta=LABELS, says=("answers.sav, column 'nps': codes without a value label: '7' (1 rows). Take values: labels out, add them to missing, or label them in the file",)),
    sav("a missing code that the YAML does not know", {"nps": [9.0, 99.0]}, meta={"missing_ranges": {"nps": [99.0]}}, says=("answers.sav, column 'nps': the file declares as missing what the YAML does not: '99' (1 rows). Add them to missing of this column (or map them)",)),
    sav("a missing code declared", {"nps": [9.0, 99.0]}, source=with_rule("nps_score", {"from": "nps", "missing": [99]}), meta={"missing_ranges": {"nps": [99.0]}}, values={"survey.nps_score": [9, None]}, shelved=((3, "nps_score", "99", "missing_code", "missing_code"),)),
    sav("a score between codes", {"nps": [9.0, 3.5]}, values={'survey.nps_score': [9, None]}, shelved=((3, 'nps_score', '3.5', 'not_an_integer', 'set_missing'),)),
    sav("a gap in a .sav", {"nps": [9.0, None]}, values={"survey.nps_score": [9, None]}),
    Case("text called sav", {"answers.sav": "id,date\n"}, with_file(glob="answers.sav", format="sav"), says=('answers.sav: cannot be opened as SPSS (Unable to read from file). Is it another format, protected by a password, or of another encoding (then declare it)?',)),
    Case("half a .sav", {"answers.sav": b"$FL2@(#) SPSS" + b"\0" * 80}, with_file(glob="answers.sav", format="sav"), says=('answers.sav: cannot be opened as SPSS (Unable to read from file). Is it another format, protected by a password, or of another encoding (then declare it)?',)),
    Case("an empty .sav", {"answers.sav": b""}, with_file(glob="answers.sav", format="sav"), says=('answers.sav: cannot be opened as SPSS (Unable to read from file). Is it another format, protected by a password, or of another encoding (then declare it)?',)),
]


@parametrized(SAV)
def test_sav(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)


THREE = 'ResponseId,EndDate,Q1,Q2\nResponse ID,End Date,"How likely?\nReally",Why\n"{""ImportId"":""_recordId""}","{""ImportId"":""endDate"",""timeZone"":""America/Denver""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"\n'
OLD = "V1,V2,V9,Q1,Q2\nResponseID,ResponseSet,EndDate,How likely?,Why\n"
MONKEY = "Respondent ID,Start Date,How likely?,Why\n,,Score,Open-Ended Response\n"
ONE = "R_1,2024-05-01,9,good\n"


def export(kind: str, name: str, content: str, columns: dict[str, Any] | None = None, **expected: Any) -> Case:
    given = columns or {"response_id": "ResponseId", "answered_at": "EndDate", "nps_score": "Q1", "comment": "Q2"}
    return Case(name, {"answers.csv": content}, with_file(format=kind, columns=given), **expected)


V1 = {"response_id": "V1", "answered_at": "V9", "nps_score": "Q1", "comment": "Q2"}
SM = {"response_id": "Respondent ID", "answered_at": "Start Date", "nps_score": "How likely?", "comment": "Why"}
READ = {"survey.nps_score": [9], "survey.comment": ["good"]}
EXPORTS = [
    export("qualtrics", "three header rows", THREE + ONE, values=READ),
    export("qualtrics", "two header rows of the older export", OLD + ONE.replace("R_1,", "R_1,Default,"), V1, values=READ),
    export("qualtrics", "an export without its ImportIds", "ResponseId,EndDate,Q1,Q2\nResponse ID,End Date,How likely?,Why\n" + ONE, says=('answers.csv: is not as Qualtrics exports it: row 3 has no ImportId, and row 2 no ResponseID and ResponseSet, as the older export has. Correct format or header_row in the source YAML, or export the file again.',)),
    export("qualtrics", "an export without questions", "ResponseId,EndDate,Q1,Q2\n" + ONE, says=('answers.csv: is not as Qualtrics exports it: row 3 has no ImportId, and row 2 no ResponseID and ResponseSet, as the older export has. Correct format or header_row in the source YAML, or export the file again.',)),
    export("csv", "an export read as plain text", THREE + ONE, says=('answers.csv, row 3: holds the ImportIds of Qualtrics. Write format: qualtrics in the source YAML, or they would be read as an answer.',)),
    export("qualtrics", "headers without answers", THREE, says=("The table 'survey' has no records in answers.csv. Put the data there, or take the table out of the source YAML.",)),
    export("qualtrics", "a tab-delimited export", THREE.replace(",", "\t") + ONE.replace(",", "\t"), says=('answers.csv: is not as Qualtrics exports it: row 3 has no ImportId, and row 2 no ResponseID and ResponseSet, as the older export has. Correct format or header_row in the source YAML, or export the file again.',)),
    export("surveymonkey", "two header rows of SurveyMonkey", MONKEY + ONE, SM, values=READ),
    export("surveymonkey", "no row of options", MONKEY.splitlines()[0] + "\n" + ONE, SM, says=("answers.csv, row 2: is not the row of options that SurveyMonkey exports: it begins with 'R_1' where the respondent's number has none. Correct format or header_row in the source YAML, or export the file with its two header rows.",)),
    export("surveymonkey", "a question of several columns", "Respondent ID,Start Date,Channel,\n,,Web,Shop\n1,2024-05-01,Web,\n", {"response_id": "Respondent ID", "answered_at": "Start Date", "channel": "Channel"}, says=("answers.csv, column 'Channel': the file has no such column (wanted for channel). Did you mean 'Channel | Web'? Columns there: Respondent ID, Start Date, Channel | Web, Channel | Shop",)),
    export("csv", "a SurveyMonkey export read as plain text", MONKEY + ONE, SM, values={'survey.nps_score': [9]}, shelved=((2, 'nps_score', 'Score', 'not_a_number', 'set_missing'), (2, 'response_id', '', 'missing_required', 'row_rejected'))),
]  # fmt: skip


@parametrized(EXPORTS)
def test_exports(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)


CASES = [*EXCEL, *PARQUET, *SAV, *EXPORTS]
