"""Files made to harm: workbooks that burst, text that a terminal obeys, names that identify."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from catalogue.cases import Case, answers, hold, take, with_file, with_rule
from nexo.base.errors import NexoError, run
from nexo.sources import workbooks
from nexo.sources.workbooks import check_size
from support import sources

EXCEL = with_file(glob="answers.xlsx", format="excel")
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


def workbook(**cells: str) -> bytes:
    """A sound workbook of one answer, and cells elsewhere."""
    book = openpyxl.Workbook()
    for row in (["id", "date", "nps", "comment"], ["1", "2024-05-01", 9, "x"]):
        book.active.append(row)
    for place, text in cells.items():
        book.active[place] = text
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def forged(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The sound workbook with the XML of one part changed."""
    sound = zipfile.ZipFile(io.BytesIO(workbook()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sound.namelist():
            text = sound.read(name)
            made.writestr(name, change(text) if name == part else text)
    return out.getvalue()


def laughing(xml: bytes) -> bytes:
    """XML whose entities multiply, used in the value of a formula and the name of a sheet."""
    entities = b'<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, (b"&%c;" % (97 + i)) * 10) for i in range(9)
    )
    used = xml.replace(b"<v>9</v>", b"<f>1</f><v>&j;</v>").replace(b'"Sheet"', b'"&j;"')
    return b"<!DOCTYPE s [" + entities + b"]>" + used


def reading(xml: bytes) -> bytes:
    """XML that asks for a file of the machine."""
    outside = b'<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return outside + xml.replace(b"<v>9</v>", b"<f>1</f><v>&a;</v>")


HARMFUL = {
    "a stray cell in the last corner": (
        workbook(XFD1048576="x"),
        "answers.xlsx: a sheet is used as far as row 1,048,576 and column XFD, which is more than",
    ),
    "entities that multiply": (forged(SHEET, laughing), "answers.xlsx: is damaged inside"),
    "entities in a sheet's name": (forged(BOOK, laughing), "cannot be opened as Excel"),
    "an entity that reads a file": (forged(SHEET, reading), "answers.xlsx: is damaged inside"),
    "a sheet outside of the archive": (
        forged("xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"/xl/work", b"/../../etc/x")),
        "answers.xlsx: is damaged inside",
    ),
}


@pytest.mark.parametrize(("content", "says"), HARMFUL.values(), ids=HARMFUL)
def test_a_workbook_made_to_harm_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    hold(Case("x", {"answers.xlsx": content}, EXCEL, says=(says,)), tmp_path)


def test_an_archive_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MOST_BYTES", 1_000_000)
    place = tmp_path / "answers.xlsx"
    place.write_bytes(workbook())
    check_size(place)
    place.write_bytes(forged(SHEET, lambda xml: xml.replace(b"<v>9", b"<v>" + b" " * 2**20 + b"9")))
    with pytest.raises(NexoError, match="answers.xlsx: unpacks to 0 GB, which no workbook"):
        check_size(place)


def test_a_stray_cell_is_seen_across_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "BLOCK_BYTES", 7)
    place = tmp_path / "answers.xlsx"
    place.write_bytes(workbook(ZZ900000="x"))
    with pytest.raises(NexoError, match="row 900,000 and column ZZ"):
        check_size(place)


def test_a_message_gives_the_terminal_no_orders(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise NexoError("a\x1b]0;title\x07 b\u202ec\nñ €")

    with pytest.raises(SystemExit):
        run(fail)
    assert capsys.readouterr().err == "NexoError: a\\x1b]0;title\\x07 b\\u202ec\nñ €\n"


def test_names_of_unused_columns_are_told_without_what_identifies(tmp_path: Path) -> None:
    header = f"id,date,nps,comment,ana@example.org,tel 612345678,{'x' * 500}\n"
    content = {"answers.csv": header + "1,2024-05-01,9,x,,,\n"}
    built = sources.read(tmp_path, sources.survey_source(), content)
    left_out = built.counts["tables"]["survey"]["columns_left_out"]
    assert left_out == ["[email]", "tel [number]", "x" * 80]


def test_people_whose_ids_look_alike_stay_different(tmp_path: Path) -> None:
    """Only what the id rule names, one Unicode form and blanks around make two ids one."""
    ids = ["7", "07", "7.0", "７", "A7", "a7", "A 7", "A-7", "é", "e", "O7", "I", "l", "ß", "ss"]
    rows = answers(*(f"{one},2024-05-01,9,x" for one in ids))
    (survey,) = take(Case("x", rows), tmp_path)
    assert len(set(survey.rows["response_id"].to_pylist())) == len(ids)


@pytest.mark.parametrize(("one", "other", "is_told"), [("A", "A1", True), ("A-", "A1-", False)])
def test_prefixes_that_would_merge_people_are_refused(
    tmp_path: Path, one: str, other: str, is_told: bool
) -> None:
    """A12 would be number 12 of the first file and number 2 of the second."""
    source = sources.survey_source()
    file = source["tables"]["survey"]["files"][0]
    second = {
        **file,
        "columns": {**file["columns"], "response_id": {"from": "id", "prefix": other}},
    }
    file["columns"]["response_id"] = {"from": "id", "prefix": one}
    source["tables"]["survey"]["files"] = [file, second]
    if not is_told:
        sources.load(tmp_path, source)
        return
    with pytest.raises(NexoError, match="the prefix 'A' begins another, 'A1', so that different"):
        sources.load(tmp_path, source)


@pytest.mark.parametrize("name", ["_row", "_file", "_FILE", "_key", "\x01 1", "a\x1fb", "x__text"])
def test_a_column_called_as_one_of_ours_is_read(tmp_path: Path, name: str) -> None:
    content = {"answers.csv": f"id,date,nps,{name}\n1,2024-05-01,9,good\n"}
    hold(
        Case("x", content, with_rule("comment", name), values={"survey.comment": ["good"]}),
        tmp_path,
    )
