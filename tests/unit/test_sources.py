"""Readers of text: what is read as it stands, and what is refused with which message."""
# ruff: noqa: E501 - a message is easier to read on one line

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexo.base.errors import EmptyResultError, SourceError
from nexo.privacy import pseudonym
from support.sources import (
    ANSWERS,
    KEY,
    changed,
    columns_of,
    landmark_source,
    read,
    survey_source,
)

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
    (changed("file.encoding", "utf-9"), {"answers.csv": ANSWERS}, ("'utf-9': is no known encoding",)),
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
