"""Hostile text: formulas, signs that do not show, markup, personal data in the wrong place."""
# ruff: noqa: E501 - a message is easier to read on one line
# fmt: off

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.cases import Case, Cell, answers, hold, hold_cells, parametrized, take, with_rule

COMMENTS = [  # a comment is read as it stands: nothing runs it, nothing drops a sign of it
    Cell("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"), Cell("=HYPERLINK(\"http://x.example\";\"a\")", "=HYPERLINK(\"http://x.example\";\"a\")"),
    Cell("+1+1", "+1+1"), Cell("-2+3", "-2+3"), Cell("@SUM(A1)", "@SUM(A1)"), Cell("'quoted", "'quoted"),
    Cell("a\u202eb\u202c", "a\u202eb\u202c"), Cell("\u200fמעולה", "\u200fמעולה"), Cell("سيئ جدا", "سيئ جدا"), Cell("zero\u200bwidth", "zero\u200bwidth"), Cell("soft\u00adhyphen", "soft\u00adhyphen"),
    Cell("bell\x07 escape\x1b[31m", "bell\x07 escape\x1b[31m"), Cell("unit\x1fseparator", "unit\x1fseparator"), Cell("delete\x7f", "delete\x7f"), Cell("next\x85line", "next\x85line"),
    Cell("line\u2028separator", "line\u2028separator"), Cell("emoji 👩‍👩‍👧‍👦", "emoji 👩‍👩‍👧‍👦"), Cell("z̸̢͝a̵l̶g̷o̵", "z̸̢͝a̵l̶g̷o̵"), Cell("private \ue000", "private \ue000"), Cell("astral 𝟗", "astral 𝟗"),
    Cell("<script>alert(1)</script>", "<script>alert(1)</script>"), Cell("{{< include /etc/passwd >}}", "{{< include /etc/passwd >}}"), Cell("`r system('ls')`", "`r system('ls')`"),
    Cell("#eval(read(\"x\"))", "#eval(read(\"x\"))"), Cell("$x^2$ \\input{a}", "$x^2$ \\input{a}"), Cell("'; DROP TABLE survey; --", "'; DROP TABLE survey; --"), Cell("${jndi:ldap://x}", "${jndi:ldap://x}"),
    Cell("%s %n {0} {x!r}", "%s %n {0} {x!r}"), Cell("../../etc/passwd", "../../etc/passwd"), Cell("\\x00 \\n", "\\x00 \\n"), Cell("NULL", "NULL"), Cell("nan", "nan"), Cell("None", "None"), Cell("NA", "NA"), Cell("  ", None),
    Cell("write to maria.lopez@correo.example", "write to [email]"), Cell("call 612 345 678", "call [number]"), Cell("DNI 12345678Z", "DNI [id]"), Cell("+34\u200b612\u200b345\u200b678", "[number]"),
    Cell("ES91 2100 0418 4502 0005 1332", "[account]"), Cell("６１２３４５６７８", "[number]"), Cell("maria.lopez＠correo.example", "[email]"), Cell("m.lopez (at) correo.example", "[email]"),
]  # fmt: skip


def test_comments(tmp_path: Path) -> None:
    hold_cells(tmp_path, "comment", "x", COMMENTS)


ODD = ["\x00", "\x07", "\x1b[31m", "\u202e", "\u200d", "=1+1", "'; DROP TABLE x", "<b>", "9" * 40, "maria@x.example"]


@pytest.mark.parametrize("sign", [s for s in ODD if s != "\x00"], ids=ascii)
def test_odd_signs_in_every_column_are_no_value(tmp_path: Path, sign: str) -> None:
    """A score or date with odd signs is set missing with its address, never cut to what fits."""
    case = Case("x", answers(f"1,{sign},8{sign},x", "2,2024-05-01,9,y"))
    (survey,) = take(case, tmp_path)
    assert survey.rows["nps_score"].to_pylist()[-1] == 9
    assert {(q["row"], q["column"]) for q in survey.quarantine.to_pylist()} >= {(2, "nps_score"), (2, "answered_at")}


CASES = [
    Case("a NUL in a comment", answers("1,2024-05-01,9,go\0od"), says=('answers.csv, line 2: holds a NUL byte, which no text has. The file is damaged, or no text at all: export it again as UTF-8.',)),
    Case("a NUL in a score", answers("1,2024-05-01,9\0,good"), says=('answers.csv, line 2: holds a NUL byte, which no text has. The file is damaged, or no text at all: export it again as UTF-8.',)),
    Case("a NUL in an id", answers("1\0,2024-05-01,9,good", "1,2024-05-01,9,good"), says=('answers.csv, line 2: holds a NUL byte, which no text has. The file is damaged, or no text at all: export it again as UTF-8.',)),
    Case("a NUL in the header", {"answers.csv": "id,date,nps,comm\0ent\n1,2024-05-01,9,x\n"}, says=('answers.csv, line 1: holds a NUL byte, which no text has. The file is damaged, or no text at all: export it again as UTF-8.',)),
    Case("a file of NULs", {"answers.csv": b"\0" * 4096}, says=('answers.csv, line 1: holds a NUL byte, which no text has. The file is damaged, or no text at all: export it again as UTF-8.',)),
    Case("NULs after the end", {"answers.csv": b"id,date,nps,comment\n1,2024-05-01,9,x\n" + b"\0" * 512}, says=('answers.csv, line 3: holds a NUL byte, which no text has. The file is damaged, or no text at all: export it again as UTF-8.',)),
    Case("control-Z at the end", {"answers.csv": b"id,date,nps,comment\n1,2024-05-01,9,x\n\x1a"}, values={'survey.nps_score': [9]}, shelved=((3, '(row)', '1 cells instead of 4', 'ragged_row', 'row_rejected'),)),
    Case("a formula as a score", answers("1,2024-05-01,=1+8,x"), values={'survey.comment': ['x']}, shelved=((2, 'nps_score', '=1+8', 'not_a_number', 'set_missing'),)),
    Case("a formula as a header", {"answers.csv": "id,date,=cmd|x,comment\n1,2024-05-01,9,x\n"}, with_rule("nps_score", "=cmd|x"), values={"survey.nps_score": [9]}),
    Case("a right-to-left mark in a header", {"answers.csv": "id,date,\u202enps,comment\n1,2024-05-01,9,x\n"}, says=("answers.csv, column 'nps': the file has no such column (wanted for nps_score). Columns there: id, date, \\u202enps, comment",)),
    Case("a mark before a label", answers("1,2024-05-01,9,\u200fweb"), with_rule("channel", {"from": "comment", "map": {"web": "web"}}), says=("answers.csv, row 2, column 'comment': unknown labels for channel: '\\u200fweb' (1 rows). Add them to map (or to missing) of channel; known now: web",)),
    Case("lone surrogates", {"answers.csv": b"id,date,nps,comment\n1,2024-05-01,9,\xed\xa0\x80\n"}, says=('answers.csv, line 2: not utf-8 text (byte 0xed at 35). It seems to be cp850: write encoding: cp850 in the source YAML, and look at the accents (latin-1 reads any byte).',)),
    Case("overlong bytes", {"answers.csv": b"id,date,nps,comment\n1,2024-05-01,9,\xc0\xaf\n"}, says=('answers.csv, line 2: not utf-8 text (byte 0xc0 at 35). It seems to be cp1252: write encoding: cp1252 in the source YAML, and look at the accents (latin-1 reads any byte).',)),
    Case("a terminal's escape in a label", answers("1,2024-05-01,9,\x1b]0;x\x07"), with_rule("channel", {"from": "comment", "map": {"web": "web"}}), says=("answers.csv, row 2, column 'comment': unknown labels for channel: '\\x1b]0;x\\x07' (1 rows). Add them to map (or to missing) of channel; known now: web",)),
]
for case in CASES:
    if "label" in case.name:
        del case.source["tables"]["survey"]["files"][0]["columns"]["comment"]


@parametrized(CASES)
def test_hostile_text(case: Case, tmp_path: Path) -> None:
    hold(case, tmp_path)
