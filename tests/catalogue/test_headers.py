"""Headers and rows: names that are not there, twice or hidden; records that do not fit."""
# ruff: noqa: E501 - a message is easier to read on one line
# fmt: off

from __future__ import annotations

from pathlib import Path

from catalogue.cases import Case, Content, answers, hold, parametrized, with_file, with_rule

ROWS = "1,2024-05-01,9,good\n2,2024-05-02,3,bad\n"


def headed(header: str, rows: str = ROWS) -> dict[str, Content]:
    return {"answers.csv": f"{header}\n{rows}"}


READ = {"survey.nps_score": [9, 3], "survey.comment": ["good", "bad"]}
CASES = [
    Case("empty file", {"answers.csv": b""}, says=('answers.csv: row 1 holds no column names. Correct header_row in the source YAML, or the file (is it empty?).',)),
    Case("blank file", {"answers.csv": "\n\n \n"}, says=('answers.csv: row 1 holds no column names. Correct header_row in the source YAML, or the file (is it empty?).',)),
    Case("header only", headed("id,date,nps,comment", ""), says=("The table 'survey' has no records in answers.csv. Put the data there, or take the table out of the source YAML.",)),
    Case("header only, no line end", {"answers.csv": "id,date,nps,comment"}, says=("The table 'survey' has no records in answers.csv. Put the data there, or take the table out of the source YAML.",)),
    Case("no header", {"answers.csv": ROWS}, says=("answers.csv, column 'id': the file has no such column (wanted for response_id). Columns there: 1, 2024-05-01, 9, good",)),
    Case("one used column twice", headed("id,date,nps,nps"), says=("answers.csv, column 'nps': the file has 2 columns of this name. Rename one in the file", "answers.csv, column 'comment': the file has no such column (wanted for comment). Columns there: id, date, nps, nps")),
    Case("an unused column twice", headed("id,date,nps,comment,x,x", "1,2024-05-01,9,good,a,b\n2,2024-05-02,3,bad,c,d\n"), values=READ),
    Case("used columns that differ in capitals", headed("id,date,NPS,nps", "1,2024-05-01,9,3\n"), with_rule("comment", "NPS"), says=("answers.csv, column 'nps': two used columns differ only in capitals. Rename one in the file",)),
    Case("capitals differ", headed("ID,Date,NPS,Comment"), says=("answers.csv, column 'id': the file has no such column (wanted for response_id). Did you mean 'ID'? Columns there: ID, Date, NPS, Comment",)),
    Case("blanks around names", headed(" id ,date\t, nps,comment  "), values=READ),
    Case("blank within a name doubled", headed("id,date,nps,my   comment"), with_rule("comment", "my comment"), values=READ),
    Case("no-break space in a name", headed("id,date,nps,my\u00a0comment"), with_rule("comment", "my comment"), values=READ),
    Case("two Unicode forms of a name", headed("id,date,nps,an\u0303o"), with_rule("comment", "a\u00f1o"), values=READ),
    Case("zero-width sign in a name", headed("id,date,n\u200bps,comment"), says=("answers.csv, column 'nps': the file has no such column (wanted for nps_score). Columns there: id, date, n\\u200bps, comment",)),
    Case("cyrillic letter in a name", headed("id,date,nр\u0441,comment".replace("nр\u0441", "n\u0440s")), says=("answers.csv, column 'nps': the file has no such column (wanted for nps_score). Did you mean 'n\u0440s'? Columns there: id, date, n\u0440s, comment",)),
    Case("line break within a name", headed('id,date,nps,"my\ncomment"'), with_rule("comment", "my comment"), values=READ),
    Case("misspelt name", headed("id,date,npss,comment"), says=("answers.csv, column 'nps': the file has no such column (wanted for nps_score). Did you mean 'npss'? Columns there: id, date, npss, comment",)),
    Case("empty name of an unused column", headed(",id,date,nps,comment", "x,1,2024-05-01,9,good\nx,2,2024-05-02,3,bad\n"), values=READ),
    Case("trailing delimiter in header and rows", headed("id,date,nps,comment,", "1,2024-05-01,9,good,\n2,2024-05-02,3,bad,\n"), values=READ),
    Case("trailing delimiter in rows only", headed("id,date,nps,comment", "1,2024-05-01,9,good,\n2,2024-05-02,3,bad,\n"), values={'survey.nps_score': []}, shelved=((2, '(row)', '5 cells instead of 4', 'ragged_row', 'row_rejected'), (3, '(row)', '5 cells instead of 4', 'ragged_row', 'row_rejected'))),
    Case("ragged rows", answers("1,2024-05-01,9,good", "2,2024", "3,2024-05-03,8,x,y", "4,2024-05-04,7,z"), values={'survey.nps_score': [9, 7]}, shelved=((3, '(row)', '2 cells instead of 4', 'ragged_row', 'row_rejected'), (4, '(row)', '5 cells instead of 4', 'ragged_row', 'row_rejected'))),
    Case("blank lines between are no records", answers("1,2024-05-01,9,good", "", "", "2,2024-05-02,x,bad"), values={"survey.comment": ["good", "bad"]}, shelved=((5, "nps_score", "x", "not_a_number", "set_missing"),)),
    Case("blank lines and records that do not fit keep their numbers", {"answers.csv": '\r\nReport\r\n\r\nid,date,nps,comment\r\n\r\n1,2024-05-01,9,"a\r\n\r\nb"\r\n\r\n2,3\r\n\r\n\r\n3,2024-05-02,x,bad\r\n\r\n'}, with_file(header_row=4), values={"survey.comment": ["a\r\n\r\nb", "bad"]}, shelved=((8, "(row)", "2 cells instead of 4", "ragged_row", "row_rejected"), (11, "nps_score", "x", "not_a_number", "set_missing"))),
    Case("a row of delimiters", answers("1,2024-05-01,9,good", ",,,", "2,2024-05-02,3,bad"), values={'survey.nps_score': [9, 3]}, shelved=((3, 'response_id', '', 'missing_required', 'row_rejected'),)),
    Case("totals under the rows", answers("1,2024-05-01,9,good", "2,2024-05-02,3,bad", "Total,,6,"), values={'survey.nps_score': [9, 3]}, shelved=((4, 'answered_at', '', 'missing_required', 'row_rejected'),)),
    Case("header again in the middle", answers("1,2024-05-01,9,good", "id,date,nps,comment", " id,date,nps ,comment", "2,2024-05-02,3,bad"), values=READ, shelved=((3, '(row)', '', 'repeated_header', 'row_rejected'), (4, '(row)', '', 'repeated_header', 'row_rejected'))),
    Case("a record that says the header in part", answers("1,2024-05-01,9,comment", "2,2024-05-02,nps,comment"), values={"survey.comment": ["comment", "comment"]}, shelved=((3, 'nps_score', 'nps', 'not_a_number', 'set_missing'),)),
    Case("two lines above the header", {"answers.csv": "Report\nof May\nid,date,nps,comment\n" + ROWS}, with_file(header_row=3), values=READ),
    Case("header row too far down", headed("id,date,nps,comment"), with_file(header_row=9), says=('answers.csv: row 9 holds no column names. Correct header_row in the source YAML, or the file (is it empty?).',)),
    Case("header row is a record", headed("id,date,nps,comment"), with_file(header_row=2), says=("answers.csv, column 'id': the file has no such column (wanted for response_id). Columns there: 1, 2024-05-01, 9, good",)),
    Case("names drift between files", {"a1.csv": "id,date,nps,comment\n1,2024-05-01,9,good\n", "a2.csv": "comment,NPS 2024,date,id\nbad,3,2024-05-02,2\n"}, with_rule("nps_score", {"from": ["nps", "NPS 2024"]}, with_file(glob="a*.csv")), values=READ, any_order=True),
    Case("a file of the glob without the column", {"a1.csv": "id,date,nps,comment\n1,2024-05-01,9,good\n", "a2.csv": "id,date,comment\n2,2024-05-02,bad\n"}, with_file(glob="a*.csv"), says=("a2.csv, column 'nps': the file has no such column (wanted for nps_score). Columns there: id, date, comment",)),
    Case("a file of the glob is empty", {"a1.csv": "id,date,nps,comment\n1,2024-05-01,9,good\n", "a2.csv": b""}, with_file(glob="a*.csv"), says=('a2.csv: row 1 holds no column names. Correct header_row in the source YAML, or the file (is it empty?).',)),
    Case("a file of the glob has only a header", {"a1.csv": "id,date,nps,comment\n" + ROWS, "a2.csv": "id,date,nps,comment\n"}, with_file(glob="a*.csv"), values=READ),
    Case("the same file twice", {"a1.csv": "id,date,nps,comment\n" + ROWS, "a2.csv": "id,date,nps,comment\n" + ROWS}, with_file(glob="a*.csv"), values={'survey.nps_score': [9, 3]}, shelved=((2, 'response_id', '@1', 'duplicate_identical', 'row_merged'), (3, 'response_id', '@2', 'duplicate_identical', 'row_merged'))),
    Case("file not there", {"answer.csv": "id,date,nps,comment\n" + ROWS}, says=("column 'tables.survey', value 'answers.csv': no such file in {folder}/inbox. Did you mean 'answer.csv'? Files there: answer.csv. Put the file there, or correct glob in the source YAML",)),
    Case("file name in other capitals", {"Answers.CSV": "id,date,nps,comment\n" + ROWS}, says=("column 'tables.survey', value 'answers.csv': no such file in {folder}/inbox. Did you mean 'Answers.CSV'? Files there: Answers.CSV. Put the file there, or correct glob in the source YAML",)),
    Case("an empty data folder", {}, says=("column 'tables.survey', value 'answers.csv': no such file in {folder}/inbox. Files there: none. Put the file there, or correct glob in the source YAML",)),
    Case("glob finds a folder", {"answers.csv/x.txt": "x"}, says=("column 'tables.survey', value 'answers.csv': no such file in {folder}/inbox. Did you mean 'answers.csv/x.txt'? Files there: answers.csv/x.txt. Put the file there, or correct glob in the source YAML",)),
    Case("a spreadsheet's lock file", {"~$answers.csv": b"\x05Ana", "answers.csv": "id,date,nps,comment\n" + ROWS}, with_file(glob="*answers.csv"), says=("~$answers.csv, column 'id': the file has no such column (wanted for response_id). Columns there: \\x05Ana",)),
]


@parametrized(CASES)
def test_headers_and_rows(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)
