"""Source YAML and readers: what is read as it stands, and what is refused with which message."""
# ruff: noqa: E501 - a message is easier to read on one line

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from nexo.errors import EmptyResultError, SourceError
from nexo.privacy import pseudonym
from nexo.sources import load_source
from nexo.sources.draft import draft
from support.sources import KEY, ROOT, dictionary, landmark_source, load, read, survey_source

ANSWERS = "id,date,nps,comment\n1,2024-05-01,9,good\n2,2024-05-02,3,bad\n"


def columns_of(source: dict[str, Any]) -> dict[str, Any]:
    return source["tables"]["survey"]["files"][0]["columns"]


def file_of(source: dict[str, Any]) -> dict[str, Any]:
    return source["tables"]["survey"]["files"][0]


def changed(path: str, value: Any) -> dict[str, Any]:
    """A small survey source with one place changed: "file.encoding", "columns.nps_score", "title"."""
    source = copy.deepcopy(survey_source())
    place, _, key = path.rpartition(".")
    target = {"": source, "file": file_of(source), "columns": columns_of(source),
              "survey": source["tables"]["survey"], "tables": source["tables"]}[place]  # fmt: skip
    target[key] = value
    return source


@pytest.mark.parametrize("name", ["demo", "retail_nps", "sfo_survey"])
def test_the_committed_sources_are_well_formed(name: str) -> None:
    load_source(name, dictionary(), ROOT / "data" / "sources" / f"{name}.yaml")


def test_the_example_of_the_readme_is_well_formed(tmp_path: Path) -> None:
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    example = readme.split("```yaml")[1].split("```")[0]
    load(tmp_path, yaml.safe_load(example))


BAD_YAML = [
    ("titel", "x", "titel is not a known key. Did you mean 'title'? Allowed: company"),
    ("file.delimeter", ";", "delimeter is not a known key. Did you mean 'delimiter'?"),
    ("columns.nps_score", {"from": "nps", "skale": {}}, "skale is not a known key. Did you mean 'scale'?"),
    ("currency", "euro", "currency = 'euro'"),
    ("timezone", "Mars/Base", "is no known time zone"),
    ("kind", "wide", "kind = 'wide'"),
    ("kind", "snapshot", "needs the table 'snapshot'"),
    ("tables.survy", {"files": []}, "is no canonical table. Did you mean 'survey'?"),
    ("survey.files", [], "has no files"),
    ("columns.nps", "nps", "column 'nps': is no canonical column of this table. Did you mean 'nps_score'?"),
    ("columns.response_id", {"constant": "1", "from": "id"}, "either from"),
    ("columns.nps_score", {}, "either from"),
    ("columns.nps_score", {"from": "nps", "scale": {"low": 1, "high": 5, "direction": "high_is_good"}},
     "was asked from 1 to 5, but the canonical scale is 0 to 10. Nothing is rescaled in silence"),
    ("columns.ces_score", "ces", "the scale of CES is not declared"),
    ("columns.answered_at", {"from": "date", "dates": "%d/%m/%y"}, "year of two digits"),
    ("columns.answered_at", {"from": "date", "dates": ["%B %Y"]}, "has %B; known are %Y, %m, %d"),
    ("columns.answered_at", {"from": "date", "dates": "%m-%Y"}, "does not have all of %Y, %m and %d"),
    ("columns.nps_score", {"from": "nps", "missing": [False]}, "put it in quotes"),
    ("columns.survey_kind", {"from": "k", "map": {"a": "phone"}}, "leads to 'phone', which is not allowed"),
    ("columns.answered_at", {"from": "date", "multiply": 2}, "multiply does not apply to the type datetime"),
    ("columns.comment", "id", "is used as an id and as something else"),
    ("survey.duplicates", {"rule": "latest"}, "latest needs by"),
    ("survey.duplicates", {"rule": "latest", "by": "invited_at"}, "a column that the table does not give"),
    ("file.format", "sav", "the format sav is not supported yet"),
    ("file.delimiter", ";;", "delimiter = ';;'"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "message"), BAD_YAML)
def test_a_bad_yaml_is_refused_before_data_is_read(
    tmp_path: Path, path: str, value: Any, message: str
) -> None:
    with pytest.raises(SourceError) as caught:
        load(tmp_path, changed(path, value))
    assert message in str(caught.value)
    assert "small.yaml cannot be used as it is" in str(caught.value)


def test_required_columns_are_asked_for(tmp_path: Path) -> None:
    source = landmark_source()
    del source["tables"]["survey"]["files"][0]["columns"]["customer_id"]
    del source["tables"]["customers"]["files"][0]["columns"]["joined_at"]
    with pytest.raises(SourceError) as caught:
        load(tmp_path, source)
    assert "column 'customer_id': is required" in str(caught.value)
    assert "column 'joined_at': is required" in str(caught.value)


BAD_FILES: list[tuple[dict[str, Any], dict[str, str | bytes], tuple[str, ...]]] = [
    (survey_source(), {"answer.csv": ANSWERS}, ("no such file", "Did you mean 'answer.csv'?")),
    (changed("columns.nps_score", "NPS score"), {"answers.csv": ANSWERS},
     ("answers.csv, column 'NPS score'", "wanted for nps_score", "Columns there: id, date, nps, comment")),
    (changed("columns.nps_score", "npss"), {"answers.csv": ANSWERS}, ("Did you mean 'nps'?",)),
    (survey_source(), {"answers.csv": ANSWERS.replace(",", ";")}, ("Columns there: id;date;nps;comment",)),
    (survey_source(), {"answers.csv": ANSWERS.replace("comment", "nps")}, ("has 2 columns of this name",)),
    (survey_source(), {"answers.csv": b""}, ("holds no column names", "is it empty?")),
    (survey_source(), {"answers.csv": ANSWERS.encode().replace(b"bad", b"ma\xe9")},
     ("answers.csv, line 3", "not utf-8 text", "latin-1")),
    (changed("file.encoding", "utf-9"), {"answers.csv": ANSWERS}, ("'utf-9' is no known encoding",)),
    (changed("file.glob", "../answers.csv"), {"answers.csv": ANSWERS}, ("leads out of the data folder",)),
    (changed("file.format", "excel"), {"answers.csv": ANSWERS}, ("cannot be opened as Excel",)),
    (changed("file.format", "parquet"), {"answers.csv": ANSWERS}, ("cannot be opened as Parquet",)),
]  # fmt: skip


@pytest.mark.parametrize(("source", "files", "messages"), BAD_FILES)
def test_files_that_are_not_what_the_yaml_says(
    tmp_path: Path, source: dict[str, Any], files: dict[str, str | bytes], messages: tuple[str, ...]
) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, source, files)
    for message in messages:
        assert message in str(caught.value)


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_bad_bytes_in_a_ragged_record_do_not_pass_uncounted(tmp_path: Path) -> None:
    good = b"1,2024-05-01,9,x\n" * 2000  # more than the header's reader looks at
    content = b"id,date,nps,comment\n" + good + b"2,ma\xf1ana\n" + good
    with pytest.raises(SourceError, match="answers.csv, line 2002: not utf-8 text"):
        read(tmp_path, survey_source(), {"answers.csv": content})


def test_a_table_without_records_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(EmptyResultError, match="'survey' has no records in answers.csv"):
        read(tmp_path, survey_source(), {"answers.csv": "id,date,nps,comment\n"})


def test_several_files_missing_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, landmark_source(), {})
    assert "answers.csv" in str(caught.value) and "customers.csv" in str(caught.value)


def test_ragged_rows_keep_their_numbers_and_are_carried_along(tmp_path: Path) -> None:
    text = 'id,date,nps,comment\n1,2024-05-01,9,"two\nlines"\n2,2024\n3,2024-05-03,8,x\n4,2024-05-04,7,y,z\n'
    built = read(tmp_path, survey_source(), {"answers.csv": text})
    assert built.raw_table("survey")["_row"].to_pylist() == [2, 4]
    assert built.counts["tables"]["survey"]["rows"] == 4
    rejected = pq.read_table(built.raw / "rejected.parquet").to_pylist()
    assert [(r["row"], r["value"]) for r in rejected] == [
        (3, "2 cells instead of 4"),
        (5, "5 cells instead of 4"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_encodings_and_stray_blanks_in_names(tmp_path: Path, encoding: str) -> None:
    source = changed("file.encoding", encoding.removesuffix("-sig"))
    text = ANSWERS.replace("comment", "  comment ").replace("good", "añejo")
    built = read(tmp_path, source, {"answers.csv": text.encode(encoding)})
    assert built.raw_table("survey")["comment"].to_pylist() == ["añejo", "bad"]


def test_rows_above_the_header_are_skipped_but_counted(tmp_path: Path) -> None:
    source = changed("file.header_row", 3)
    built = read(tmp_path, source, {"answers.csv": "Report\nof May\n" + ANSWERS})
    assert built.raw_table("survey")["_row"].to_pylist() == [4, 5]


def test_names_may_drift_between_files(tmp_path: Path) -> None:
    source = changed("file.glob", "*.csv")
    columns_of(source)["nps_score"] = {"from": ["nps", "NETPRO"]}
    other = ANSWERS.replace("nps", "NETPRO ").replace("\n1,", "\n7,").replace("\n2,", "\n8,")
    built = read(tmp_path, source, {"a.csv": ANSWERS, "b.csv": other})
    assert built.raw_table("survey")["nps"].to_pylist() == ["9", "3", "9", "3"]


def test_ids_are_hashed_as_text_after_the_rule(tmp_path: Path) -> None:
    source = landmark_source()
    source["id_rule"] = {"strip_leading_zeros": True}
    answers = (
        "id,customer,date,nps\n000123, 007 ,2024-05-01,9\n4e10,7,2024-05-01,9\n5,,2024-05-01,9\n"
    )
    files: dict[str, str | bytes] = {
        "answers.csv": answers,
        "customers.csv": "customer,since\n7,2020-01-01\n",
    }
    built = read(tmp_path, source, files)
    raw = built.raw_table("survey")
    seven = pseudonym("7", KEY)
    assert raw["customer"].to_pylist() == [seven, seven, None]
    # The rule is for customers: the number of an answer keeps its zeros and is never a number.
    assert raw["id"].to_pylist() == [pseudonym(text, KEY) for text in ("000123", "4e10", "5")]


def test_excel_and_parquet_come_out_as_text(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["id", "date", "nps", "comment"])
    sheet.append([7, dt.datetime(2024, 5, 1), 9.0, 1.5])
    sheet.append(["007", dt.datetime(2024, 5, 1, 10, 30), "9", True])
    book.save(inbox / "answers.xlsx")
    source = changed("file.glob", "answers.xlsx")
    file_of(source).update(format="excel", decimal=",")
    raw = read(tmp_path, source, {}).raw_table("survey")
    assert raw["date"].to_pylist() == ["2024-05-01", "2024-05-01T10:30:00"]
    assert raw["nps"].to_pylist() == ["9", "9"]
    assert raw["comment"].to_pylist() == ["1,5", "true"]
    assert raw["id"].to_pylist() == [pseudonym(text, KEY) for text in ("7", "007")]
    table = pa.table(
        {"id": [1], "date": [dt.datetime(2024, 5, 1, 9)], "nps": [9.0], "comment": [None]}
    )
    pq.write_table(table, inbox / "answers.parquet")
    file_of(source).update(glob="answers.parquet", format="parquet")
    raw = read(tmp_path, source, {}).raw_table("survey")
    assert (raw["date"][0].as_py(), raw["nps"][0].as_py()) == ("2024-05-01 09:00:00", "9")


def test_a_book_of_several_sheets_asks_which(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Datos")
    (tmp_path / "inbox").mkdir()
    book.save(tmp_path / "inbox" / "answers.csv")
    with pytest.raises(SourceError, match="say which sheet to read.*Sheets there: Sheet, Datos"):
        read(tmp_path, changed("file.format", "excel"), {})


PLANTED = ("maria.lopez@correo.example", "612 345 678", "12345678Z", "customer-4711")


def test_planted_personal_data_is_nowhere_in_what_is_extracted(tmp_path: Path) -> None:
    comment = "write to maria.lopez@correo.example or 612 345 678, DNI 12345678Z"
    answers = (
        "id,customer,date,nps,comment,spare\n"
        f'1,customer-4711,2024-05-01,9,"{comment}",maria.lopez@correo.example\n'
        "2,customer-4711,2024-05-01,maria.lopez@correo.example,x,\n"
        "3,customer-4711,2024-05-01,9,maria.lopez@correo.example\n"
    )
    source = landmark_source()
    columns_of(source)["comment"] = "comment"
    files: dict[str, str | bytes] = {
        "answers.csv": answers,
        "customers.csv": "customer,since\ncustomer-4711,2020-01-01\n",
    }
    built = read(tmp_path, source, files)
    for file in built.raw.iterdir():
        text = file.read_text() if file.suffix == ".json" else str(pq.read_table(file).to_pylist())
        for secret in PLANTED:
            assert secret not in text, f"{secret} in {file.name}"
    assert built.counts["tables"]["survey"]["columns_left_out"] == ["spare"]


def test_equal_files_give_equal_bytes(tmp_path: Path) -> None:
    first = read(tmp_path / "a", survey_source(), {"answers.csv": ANSWERS})
    second = read(tmp_path / "b", survey_source(), {"answers.csv": ANSWERS})
    for file in first.raw.iterdir():
        assert file.read_bytes() == (second.raw / file.name).read_bytes()


@given(content=st.binary(max_size=300))
@settings(max_examples=60)
def test_no_bytes_break_the_reader(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    files: dict[str, str | bytes] = {"answers.csv": b"id,date,nps,comment\n" + content}
    try:
        built = read(folder, survey_source(), files)
    except (SourceError, EmptyResultError) as told:
        assert str(told)
    else:
        n_ragged = pq.read_table(built.raw / "rejected.parquet").num_rows
        assert (
            built.counts["tables"]["survey"]["rows"]
            == built.raw_table("survey").num_rows + n_ragged
        )


def test_a_draft_is_a_yaml_with_its_doubts(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        "Cliente;Fecha;Importe\n007;03/04/2024;12,50\n008;05/06/2024;7,00\n"
    )
    text = draft([tmp_path / "orders.csv"])
    drafted = yaml.safe_load(text)
    columns = drafted["tables"]["orders"]["files"][0]["columns"]
    assert columns["customer_id"] == "Cliente"
    assert columns["amount_cents"] == {"from": "Importe", "decimal": ","}
    assert "which comes first, day or month?" in text
    with pytest.raises(SourceError, match="is not there"):
        draft([tmp_path / "none.csv"])


SWALLOWING = {
    "never closed": 'x,2024-05-01,3,"open\ny,2024-05-01,4,fine\n',
    "never closed, last cell": 'x,2024-05-01,3,"open\nno record\n',
    "closed by a later one": 'x,2024-05-01,3,"open\ny,2024-05-01,4,a\nz,2024-05-01,5,b\nw,2024-05-01,6,end"\n',
    "ragged": 'x,"2024-05-01,3,open\ny,2024-05-01,4,a\nw,2024-05-01,6,"end"\n',
    "huge": 'x,2024-05-01,3,"open\n' + "y,2024-05-01,4,fine\n" * 20_000,
}


@pytest.mark.parametrize("rest", SWALLOWING.values(), ids=SWALLOWING)
def test_a_quote_that_swallows_rows_stops_the_run(tmp_path: Path, rest: str) -> None:
    with pytest.raises(SourceError, match=r"answers\.csv, record \d: a quote .* is opened"):
        read(tmp_path, survey_source(), {"answers.csv": "id,date,nps,comment\n" + rest})


def test_comments_of_several_lines_are_one_cell(tmp_path: Path) -> None:
    told = "good,\nreally, truly, very\n\nbye"
    content = f'{ANSWERS}3,2024-05-03,8,"{told}"\n4,2024-05-04,7,5" screen\n'
    raw = read(tmp_path, survey_source(), {"answers.csv": content}).raw_table("survey")
    assert raw["comment"].to_pylist()[2:] == [told, '5" screen']


def test_a_file_without_header_does_not_show_its_first_record(tmp_path: Path) -> None:
    content = "1,2024-05-01,9,maria@victim.example +34 612 345 678\n"
    with pytest.raises(SourceError, match="no such column") as caught:
        read(tmp_path, survey_source(), {"answers.csv": content})
    assert "victim" not in str(caught.value) and "612" not in str(caught.value)


def test_columns_left_out_are_listed_without_what_identifies(tmp_path: Path) -> None:
    content = ANSWERS.replace("comment", "comment,maria@victim.example", 1).replace("good", "a,b")
    built = read(tmp_path, survey_source(), {"answers.csv": content.replace("bad", "c,d")})
    assert built.counts["tables"]["survey"]["columns_left_out"] == ["[email]"]


def test_another_delimiter_is_suggested(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Or is the delimiter ';'?"):
        read(tmp_path, survey_source(), {"answers.csv": ANSWERS.replace(",", ";")})


def test_a_phone_in_the_wrong_column_is_nowhere_in_what_is_extracted(tmp_path: Path) -> None:
    source = survey_source()
    columns_of(source).update(channel="via", touchpoint={"from": "at", "map": {"Shop": "shop"}})
    phone = "612345678"
    content = f"id,date,nps,comment,via,at\n1,{phone},{phone},x,{phone},{phone}\n"
    built = read(tmp_path, source, {"answers.csv": content})
    row = built.raw_table("survey").to_pylist()[0]
    assert [row[name] for name in ("date", "nps", "via", "at")] == ["[number]"] * 4


def test_declared_codes_and_dates_are_not_taken_for_phones(tmp_path: Path) -> None:
    source = survey_source(missing=["999999999"])
    columns_of(source)["answered_at"] = {"from": "date", "dates": ["%d %m %Y %H.%M.%S"]}
    content = "id,date,nps,comment\n1,01 05 2024 10.30.00,999999999,x\n"
    row = read(tmp_path, source, {"answers.csv": content}).raw_table("survey").to_pylist()[0]
    assert (row["date"], row["nps"]) == ("01 05 2024 10.30.00", "999999999")


WRONG_VALUES = [
    ("file.glob", "", "glob = ''"),
    ("file.glob", "**x", r"is no pattern of file names"),
    ("file.delimiter", "\u00f1", "a delimiter is one ASCII sign"),
    ("file.delimiter", '"', "a delimiter is one ASCII sign"),
    ("columns.nps_score", {"from": []}, "nps_score.from"),
    ("columns.answered_at", {"from": "date", "dates": []}, "answered_at.dates"),
    ("columns.channel", {"from": "comment", "map": {}}, "channel.map"),
    ("columns.response_id", {"constant": "x"}, "an id cannot be a constant"),
    ("columns.nps_score", {"constant": 99}, "the constant is '99'.*canonical scale is 0 to 10"),
    ("columns.survey_kind", {"constant": "foo"}, "the constant is 'foo'.*Allowed: relational"),
    ("columns.nps_score", {"from": "nps", "map": {"9": "x"}}, "the mapping leads to 'x'"),
    ("columns.nps_score", {"from": "nps", "multiply": 0}, "multiply = 0"),
    ("timezone", "Europe", "is no known time zone"),
]


@pytest.mark.parametrize(("place", "value", "told"), WRONG_VALUES)
def test_values_that_can_never_work_are_refused(
    tmp_path: Path, place: str, value: Any, told: str
) -> None:
    with pytest.raises(SourceError, match=told):
        read(tmp_path, changed(place, value), {"answers.csv": ANSWERS})


WRONG_TEXTS = {
    "a key twice": (b"title: a\ntitle: b\n", "the key 'title' is given twice"),
    "not UTF-8": (b"title: Espa\xf1a\n", "is not UTF-8 text"),
    "an impossible date": (b"data_end: 2024-13-45\n", "month must be in 1..12"),
    "nested deeply": (b"title: " + b"[" * 3000 + b"]" * 3000, "is not valid YAML"),
    "a python tag": (b"title: !!python/object/apply:os.getcwd []\n", "is not valid YAML"),
}


@pytest.mark.parametrize(("content", "told"), WRONG_TEXTS.values(), ids=WRONG_TEXTS)
def test_a_yaml_that_cannot_be_read_says_so(tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "small.yaml"
    file.write_bytes(content)
    with pytest.raises(SourceError, match=told):
        load_source("small", dictionary(), file)


def test_anchors_that_multiply_do_not_fill_the_message(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    names = ", ".join(["*a{0}"] * 9)
    lines += [f"a{i}: &a{i} [{names.format(i - 1)}]" for i in range(1, 12)]
    file = tmp_path / "small.yaml"
    file.write_text("\n".join([*lines, "title: *a11"]))  # 9 to the power 12, written out
    with pytest.raises(SourceError, match="title = ") as caught:
        load_source("small", dictionary(), file)
    assert len(str(caught.value)) < 20_000


def test_numeric_headers_and_zones_of_typed_files(tmp_path: Path) -> None:
    source = changed("columns.nps_score", "2024")
    file_of(source).update(glob="answers.xlsx", format="excel")
    book = openpyxl.Workbook()
    for row in (["id", "date", 2024, "comment"], ["1", dt.date(2024, 5, 1), 9, "x"]):
        book.active.append(row)
    (tmp_path / "a" / "inbox").mkdir(parents=True)
    book.save(tmp_path / "a" / "inbox" / "answers.xlsx")
    assert read(tmp_path / "a", source, {}).raw_table("survey")["2024"].to_pylist() == ["9"]

    zoned = pa.array([dt.datetime(2024, 5, 1)], pa.timestamp("us", tz="UTC"))
    table = pa.table({"id": ["1"], "date": zoned, "nps": [9], "comment": ["x"]})
    (tmp_path / "b" / "inbox").mkdir(parents=True)
    pq.write_table(table, tmp_path / "b" / "inbox" / "answers.parquet")
    source = survey_source()
    file_of(source).update(glob="answers.parquet", format="parquet")
    with pytest.raises(SourceError, match="answers.parquet, column 'date': times in the zone UTC"):
        read(tmp_path / "b", source, {})


def test_a_draft_shows_names_on_one_line_and_nothing_that_identifies(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text('Cliente,"x\ncurrency: USD",maria@victim.example\n007,1,2\n')
    text = draft([tmp_path / "odd.csv"])
    assert "victim" not in text and yaml.safe_load(text)["currency"] == "EUR"
    assert "\ncurrency: USD" not in text
