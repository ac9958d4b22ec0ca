"""Excel, SPSS, Parquet and the exports of survey tools: values as their owner sees them.

Not covered: .xls, .xlsb and .ods, which calamine reads as it does .xlsx (but errors such as #N/A
come out blank there).
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

from nexo.base.errors import EmptyResultError, SourceError
from nexo.privacy import pseudonym
from nexo.sources.cells import cell_text
from support.sources import KEY, build, changed, columns_of, file_of, read, survey_source

HEADER = ["id", "date", "nps", "comment"]
DAY = dt.datetime(2024, 5, 1)


def book(folder: Path, *sheets: Sequence[Sequence[Any]], names: Sequence[str] = ()) -> None:
    """Write answers.xlsx into the inbox, one sheet for each list of rows."""
    (folder / "inbox").mkdir(parents=True, exist_ok=True)
    whole = openpyxl.Workbook()
    whole.remove(whole.active)
    for index, rows in enumerate(sheets):
        sheet = whole.create_sheet(names[index] if names else f"Sheet{index + 1}")
        for row in rows:
            sheet.append(row)
    whole.save(folder / "inbox" / "answers.xlsx")


def excel(**changes: Any) -> dict[str, Any]:
    source = survey_source()
    file_of(source).update(glob="answers.xlsx", format="excel", **changes)
    return source


def test_a_sheet_comes_out_as_text(tmp_path: Path) -> None:
    book(
        tmp_path,
        [
            HEADER,
            [7, DAY, 9.0, 1.5],
            ["007", DAY + dt.timedelta(hours=10.5), "9", True],
            [None, None, None, None],
            [8, dt.datetime(2024, 5, 1, 10, 29, 59, 999_800), 5, 0.1 + 0.2],
        ],
    )
    raw = read(tmp_path, excel(decimal=","), {}).raw_table("survey")
    moments = ["2024-05-01", "2024-05-01T10:30:00", "2024-05-01T10:30:00"]
    assert raw["date"].to_pylist() == moments
    assert raw["nps"].to_pylist() == ["9", "9", "5"]
    assert raw["comment"].to_pylist() == ["1,5", "true", "0,3"]
    assert raw["id"].to_pylist() == [pseudonym(text, KEY) for text in ("7", "007", "8")]
    assert raw["_row"].to_pylist() == [2, 3, 5]  # as the sheet numbers them; a blank row is none


CELLS = [
    (1e-7, "0.0000001"),
    (974.80999999999995, "974.81"),
    (5379192392.0, "5379192392"),
    (float("nan"), ""),
    (dt.timedelta(hours=30), "30:00:00"),
    (dt.time(9, 5), "09:05:00"),
    (dt.date(2024, 5, 1), "2024-05-01"),
    (None, ""),
]


@pytest.mark.parametrize(("value", "text"), CELLS)
def test_typed_cells_are_written_without_loss(value: Any, text: str) -> None:
    assert cell_text(value) == text


def test_a_sheet_is_chosen_by_name_or_number(tmp_path: Path) -> None:
    notes, data = [["What", "Means"], ["nps", "0 to 10"]], [["Report"], [], HEADER, [1, DAY, 9, ""]]
    book(tmp_path, notes, data, names=("Dictionary", "Datos "))
    for sheet in ("Datos", 2):
        built = read(tmp_path, excel(sheet=sheet, header_row=3), {})
        assert built.raw_table("survey")["_row"].to_pylist() == [4]
    for changes in ({}, {"sheet": "Data"}, {"sheet": 3}):
        with pytest.raises(SourceError, match=r"say which sheet to read.*there: Dictionary, Datos"):
            read(tmp_path, excel(**changes), {})


def test_errors_in_cells_are_read_as_their_text(tmp_path: Path) -> None:
    book(tmp_path, [HEADER, [1, DAY, "#N/A", "x"], [2, DAY, "#DIV/0!", "x"], [3, DAY, 9, "x"]])
    source = excel()
    columns_of(source)["nps_score"] = {"from": "nps", "missing": ["#N/A"]}
    built = build(tmp_path, source, {})
    assert built.column("survey", "nps_score") == [None, None, 9]
    found = {(cell["row"], cell["value"], cell["reason"]) for cell in built.quarantine("survey")}
    assert found == {(2, "#N/A", "missing_code"), (3, "#DIV/0!", "not_a_number")}


def test_a_formula_without_its_value_is_named(tmp_path: Path) -> None:
    book(tmp_path, [[*HEADER, "spare"], [1, DAY, "=4+5", "x", "=1"], [2, DAY, 8, "x", None]])
    with pytest.raises(SourceError) as told:
        read(tmp_path, excel(), {})
    assert "answers.xlsx, row 2, column 'nps': a formula without its value" in str(told.value)
    assert "spare" not in str(told.value)  # of a column that nobody reads


def test_a_formula_with_its_value_is_its_value(tmp_path: Path) -> None:
    book(tmp_path, [HEADER, [1, DAY, "=4+5", "x"]])
    file = tmp_path / "inbox" / "answers.xlsx"
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"<v></v>", b"<v>9</v>").replace(b"<v />", b"<v>9</v>")
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert read(tmp_path, excel(), {}).raw_table("survey")["nps"].to_pylist() == ["9"]


def test_ids_that_excel_has_rounded_are_refused(tmp_path: Path) -> None:
    book(tmp_path, [HEADER, [4111222233334444, DAY, 9, "x"]])
    with pytest.raises(SourceError, match="row 2, column 'id': a number of more than 15 digits"):
        read(tmp_path, excel(), {})


def sav(folder: Path, **options: Any) -> None:
    """Write answers.sav into the inbox: five answers, 99 and 97 declared as missing."""
    (folder / "inbox").mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(
        {
            "id": ["R1", "R2", "R3", "R4", "R5"],
            "date": [dt.date(2024, 5, 1), dt.date(2024, 5, 2), None, None, dt.date(2024, 5, 5)],
            "nps": [9.0, 99.0, None, 97.0, 0.0],
            "comment": ["señal", "", "x", "y", "z"],
            "via": [1.0, 2.0, 2.0, 1.0, 7.0],
        }
    )
    labels = {"via": {1: "Correo", 2: "Web"}, "nps": {0: "Nada", 99: "No sabe"}}
    missing = {"nps": [99, {"lo": 96, "hi": 98}]}
    chosen: dict[str, Any] = {"variable_value_labels": labels, "missing_ranges": missing, **options}
    pyreadstat.write_sav(frame, folder / "inbox" / "answers.sav", **chosen)


def spss(missing: Sequence[int] = (97, 99), **changes: Any) -> dict[str, Any]:
    source = survey_source()
    file_of(source).update(glob="answers.sav", format="sav", **changes)
    columns_of(source)["nps_score"] = {"from": "nps", "missing": list(missing)}
    return source


def test_an_spss_file_gives_codes_labels_and_dates(tmp_path: Path) -> None:
    sav(tmp_path)
    source = spss()
    columns_of(source)["channel"] = {"from": "via", "values": "labels", "missing": [7]}
    built = build(tmp_path, source, {})
    assert built.column("survey", "nps_score") == [9, None, None, None, 0]
    assert built.column("survey", "channel") == ["Correo", "Web", "Web", "Correo", None]
    assert built.raw_table("survey")["date"].to_pylist()[:3] == ["2024-05-01", "2024-05-02", ""]
    codes = [c["value"] for c in built.quarantine("survey") if c["reason"] == "missing_code"]
    assert sorted(codes) == ["7", "97", "99"]


def test_missing_codes_of_an_spss_file_must_be_declared(tmp_path: Path) -> None:
    sav(tmp_path)
    with pytest.raises(SourceError) as told:
        read(tmp_path, spss(missing=[99]), {})
    assert (
        "answers.sav, column 'nps': the file declares as missing what the YAML does not: "
        "'97' (1 rows). Add them to missing of this column" in str(told.value)
    )


def test_spss_codes_without_a_label_are_listed(tmp_path: Path) -> None:
    sav(tmp_path)
    source = spss(values="labels", missing=["No sabe", "97", "9"])
    columns_of(source)["channel"] = "via"
    with pytest.raises(SourceError, match=r"'via': codes without a value label: '7' \(1 rows\)"):
        read(tmp_path, source, {})


def test_an_spss_file_is_read_in_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nexo.sources.spss.BLOCK_ROWS", 2)
    sav(tmp_path)
    raw = read(tmp_path, spss(), {}).raw_table("survey")
    assert raw["_row"].to_pylist() == [2, 3, 4, 5, 6]
    assert raw["nps"].to_pylist() == ["9", "99", "", "97", "0"]


def test_parquet_keeps_what_it_holds(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    zoned = pa.array([dt.datetime(2024, 5, 1, 22, 30)] * 2, pa.timestamp("us", tz="UTC"))
    table = pa.table(
        {
            "id": pa.array([2**62, 2**62 + 1]),
            "date": zoned,
            "nps": pa.array(["9", "8"]).dictionary_encode(),
            "amount": pa.array([Decimal("1.50"), None], pa.decimal128(9, 2)),
            "comment": pa.array([0.1 + 0.2, float("nan")]),
        }
    )
    pq.write_table(table, tmp_path / "inbox" / "answers.parquet")
    source = survey_source()
    file_of(source).update(glob="answers.parquet", format="parquet", decimal=",")
    columns_of(source)["weight"] = "amount"
    built = build(tmp_path, source, {})
    raw = built.raw_table("survey")
    assert raw["id"].to_pylist() == [pseudonym(str(2**62 + n), KEY) for n in (0, 1)]
    assert raw["amount"].to_pylist() == ["1,50", ""]
    assert raw["comment"].to_pylist() == ["0,3", ""]
    # In the source's own zone, Europe/Madrid, it is past midnight.
    assert built.column("survey", "answered_at")[0] == dt.datetime(2024, 5, 2, 0, 30)


def qualtrics() -> dict[str, Any]:
    source = changed("file.format", "qualtrics")
    columns_of(source).update(response_id="ResponseID", nps_score="Q1", comment="Why, exactly?")
    columns_of(source)["answered_at"] = "EndDate"
    return source


IDS = "R1,2024-05-01,9,x\n"
NEW = 'ResponseID,EndDate,Q1,Q2\nAntwort-ID,Ende,How likely?,"Why, exactly?"\n' + ",".join(
    f'"{{""ImportId"":""{name}""}}"' for name in ("_recordId", "endDate", "QID1", "QID2")
)
OLD = 'V1,V2,Q1,Q2,V3\nResponseID,EndDate,How likely?,"Why, exactly?",ResponseSet\n'


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (f"{NEW}\n{IDS}", 4),
        (NEW.replace('""', "'") + f"\n{IDS}", 4),
        (f"{OLD}R1,2024-05-01,9,x,Default\n", 3),
    ],
)
def test_qualtrics_headers_of_three_rows_and_of_two(tmp_path: Path, text: str, row: int) -> None:
    raw = read(tmp_path, qualtrics(), {"answers.csv": text}).raw_table("survey")
    assert raw["_row"].to_pylist() == [row]
    assert (raw["Q1"].to_pylist(), raw["Why, exactly?"].to_pylist()) == (["9"], ["x"])


def test_a_survey_of_nobody_has_no_records(tmp_path: Path) -> None:
    with pytest.raises(EmptyResultError, match="'survey' has no records"):
        read(tmp_path, qualtrics(), {"answers.csv": NEW})


MONKEY = [
    ["Respondent ID", "End Date", "How likely?", "Which?", "", ""],
    ["", "", "Response", "Shop", "Web", "Other (please specify)"],
    [5379192392, DAY, 9, "Shop", None, "by phone"],
]


def monkey(**columns: Any) -> dict[str, Any]:
    source = excel()
    file_of(source)["format"] = "surveymonkey"
    file_of(source)["columns"] = {"response_id": "Respondent ID", "answered_at": "End Date",
                                  "nps_score": "How likely?", **columns}  # fmt: skip
    return source


def test_surveymonkey_columns_are_question_and_option(tmp_path: Path) -> None:
    book(tmp_path, MONKEY)
    built = read(
        tmp_path, monkey(channel="Which? | Shop", comment="Which? | Other (please specify)"), {}
    )
    row = built.raw_table("survey").to_pylist()[0]
    assert (row["How likely?"], row["Which? | Shop"], row["_row"]) == ("9", "Shop", 3)
    assert row["Respondent ID"] == pseudonym("5379192392", KEY)
    with pytest.raises(SourceError, match="no such column.*Did you mean 'Which. | "):
        read(tmp_path, monkey(channel="Which?"), {})


NOT_EXPORTS = [
    ("qualtrics", f"ResponseID,EndDate\n{IDS}", "not as Qualtrics exports it: row 3 has no"),
    ("surveymonkey", f"Respondent ID,End Date\n{IDS}", "row 2: is not the row of options"),
    ("csv", f"{NEW}\n{IDS}", "row 3: holds the ImportIds of Qualtrics. Write format: qualtrics"),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "text", "told"), NOT_EXPORTS)
def test_a_format_that_is_not_the_file_s_is_told(
    tmp_path: Path, declared: str, text: str, told: str
) -> None:
    with pytest.raises(SourceError, match=told):
        read(tmp_path, changed("file.format", declared), {"answers.csv": text})
