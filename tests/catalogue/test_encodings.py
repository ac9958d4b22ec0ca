"""Encodings and dialects of CSV: what is read as it stands, and what names its line."""
# ruff: noqa: E501 - a message is easier to read on one line
# fmt: off

from __future__ import annotations

import gzip
from pathlib import Path

from catalogue.cases import Case, answers, hold, parametrized, with_file

ROWS = "id,date,nps,comment\n1,2024-05-01,9,añejo €\n2,2024-05-02,3,bad\n"
READ = {"survey.nps_score": [9, 3], "survey.comment": ["añejo €", "bad"]}


def csv(content: str | bytes) -> dict[str, str | bytes]:
    return {"answers.csv": content}


CASES = [
    Case("utf-8 with a byte order mark", csv(ROWS.encode("utf-8-sig")), values=READ),
    Case("byte order mark before a quoted name", csv("\ufeff" + ROWS.replace("id,", '"id",', 1)), values=READ),
    Case("utf-16 declared", csv(ROWS.encode("utf-16")), with_file(encoding="utf-16"), values=READ),
    Case("utf-16 big end first", csv(b"\xfe\xff" + ROWS.encode("utf-16-be")), with_file(encoding="utf-16"), values=READ),
    Case("cp1252 declared", csv(ROWS.encode("cp1252")), with_file(encoding="cp1252"), values=READ),
    Case("utf-16 not declared", csv(ROWS.encode("utf-16")), says=('answers.csv: declared as utf-8, but its first bytes are the mark of utf-16. Write encoding: utf-16 in the source YAML.',)),
    Case("utf-16 without mark not declared", csv(ROWS.encode("utf-16-le")), says=('answers.csv, line 2: not utf-8 text (byte 0xf1 at 72). It seems to be utf-16-le: write encoding: utf-16-le in the source YAML, and look at the accents (latin-1 reads any byte).',)),
    Case("utf-32", csv(ROWS.encode("utf-32")), says=('answers.csv: declared as utf-8, but its first bytes are the mark of utf-32. Write encoding: utf-32 in the source YAML.',)),
    Case("latin-1 not declared", csv(ROWS.replace("€", "").encode("latin-1")), says=('answers.csv, line 2: not utf-8 text (byte 0xf1 at 36). It seems to be cp1252: write encoding: cp1252 in the source YAML, and look at the accents (latin-1 reads any byte).',)),
    Case("utf-8 declared as ascii", csv(ROWS), with_file(encoding="ascii"), says=('answers.csv, line 2: not ascii text (byte 0xc3 at 36). It seems to be utf-8: write encoding: utf-8 in the source YAML, and look at the accents (latin-1 reads any byte).',)),
    Case("utf-8 read as latin-1", csv(ROWS), with_file(encoding="latin-1"), says=("answers.csv: declared as latin-1, but its bytes are UTF-8 throughout, and signs such as \xf1 would be read as two. Write encoding: utf-8 in the source YAML.",)),
    Case("cut within a sign", csv(ROWS.encode()[:-1] + "ñ".encode()[:1]), says=('answers.csv, line 3: breaks off within a sign at its end. The file is not whole: copy or export it again.',)),
    Case("an encoding nobody knows", csv(ROWS), with_file(encoding="utf-9"), says=("tables.survey.files.0.encoding = 'utf-9': is no known encoding; write utf-8, latin-1, cp1252 or utf-16.",)),
    Case("an encoding that is no text", csv(ROWS), with_file(encoding="zlib_codec"), says=("tables.survey.files.0.encoding = 'zlib_codec': is no known encoding; write utf-8, latin-1, cp1252 or utf-16.",)),
    Case("utf-7", csv(ROWS), with_file(encoding="utf-7"), says=('answers.csv, line 2: not utf-7 text (byte 0xc3 at 36). It seems to be utf-8: write encoding: utf-8 in the source YAML, and look at the accents (latin-1 reads any byte).',)),
    Case("encoding with a NUL", csv(ROWS), with_file(encoding="utf\0"), says=("tables.survey.files.0.encoding = 'utf\\x00': is no known encoding; write utf-8, latin-1, cp1252 or utf-16.",)),
    Case("wrong delimiter", csv(ROWS.replace(",", ";")), says=("answers.csv, column 'id': the file has no such column (wanted for response_id). Columns there: id;date;nps;comment. Or is the delimiter ';'?",)),
    Case("tabs not declared", csv(ROWS.replace(",", "\t")), says=("answers.csv, column 'id': the file has no such column (wanted for response_id). Columns there: id date nps comment. Or is the delimiter '\\t'?",)),
    Case("tabs declared", csv(ROWS.replace(",", "\t")), with_file(delimiter="\t"), values=READ),
    Case("bars declared", csv(ROWS.replace(",", "|")), with_file(delimiter="|"), values=READ),
    Case("sep= line of a spreadsheet", csv("sep=,\n" + ROWS), says=("answers.csv, column 'id': the file has no such column (wanted for response_id). The first line only names the delimiter: write header_row: 2 in the source YAML",)),
    Case("sep= line skipped", csv("sep=;\n" + ROWS.replace(",", ";")), with_file(delimiter=";", header_row=2), values=READ),
    Case("delimiter in a comment", answers("1,2024-05-01,9,good, really"), values={'survey.nps_score': []}, shelved=((2, '(row)', '5 cells instead of 4', 'ragged_row', 'row_rejected'),)),
    Case("old Mac line ends", csv(ROWS.replace("\n", "\r")), values=READ),
    Case("mixed line ends", csv("id,date,nps,comment\r\n1,2024-05-01,9,añejo €\n2,2024-05-02,3,bad\r\n"), values=READ),
    Case("no line end at the end", csv(ROWS.rstrip("\n")), values=READ),
    Case("a quote in a cell", csv(ROWS.replace("bad", 'a 5" screen')), values={"survey.comment": ["añejo €", 'a 5" screen']}),
    Case("doubled quotes", csv(ROWS.replace("bad", '"a ""big"" one"')), values={"survey.comment": ["añejo €", 'a "big" one']}),
    Case("backslash before a quote", csv(ROWS.replace("bad", '"a \\"big\\" one"')), values={"survey.comment": ["añejo €", 'a \\big\\" one"']}),
    Case("lines within a comment", csv(ROWS.replace("bad", '"one\ntwo, three\r\n\r\nfour"')), values={"survey.comment": ["añejo €", "one\ntwo, three\r\n\r\nfour"]}),
    Case("a quote that nobody closes", csv(ROWS.replace("añejo", '"añejo')), says=('answers.csv, record 2: a quote (") is opened in it and is never closed, so the rows after it would be lost in one cell. Close it, or double a quote that belongs to the text, in the file (or where it is exported).',)),
    Case("single quotes are signs", csv(ROWS.replace("bad", "'a'")), values={"survey.comment": ["añejo €", "'a'"]}),
    Case("an Excel file called csv", csv(b"PK\x03\x04" + bytes(range(256)) * 4), says=('answers.csv: is no delimited text, it looks like an Excel workbook (format: excel) or a zip archive. Correct format or glob in the source YAML, or export the file again.',)),
    Case("a PDF called csv", csv(b"%PDF-1.4\n\xe2\xe3\xcf\xd3\n1 0 obj\n"), says=('answers.csv: is no delimited text, it looks like a PDF. Correct format or glob in the source YAML, or export the file again.',)),
    Case("a web page called csv", csv("<!DOCTYPE html>\n<html><body>Sign in</body></html>\n"), says=('answers.csv: is no delimited text, it looks like a web page. Correct format or glob in the source YAML, or export the file again.',)),
    Case("a zip declared latin-1", csv(b"PK\x03\x04" + bytes(range(256)) * 4), with_file(encoding="latin-1"), says=('answers.csv: is no delimited text, it looks like an Excel workbook (format: excel) or a zip archive. Correct format or glob in the source YAML, or export the file again.',)),
    Case("gzip called csv", csv(gzip.compress(ROWS.encode())), says=('answers.csv: is no delimited text, it looks like a gzip archive. Correct format or glob in the source YAML, or export the file again.',)),
]


@parametrized(CASES)
def test_encodings_and_dialects(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)
