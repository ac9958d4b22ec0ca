"""nexo draft: what is guessed of small files, and that nothing personal or half-right is told."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from nexo.base.errors import NexoError, SourceError
from nexo.sources.draft import draft
from support.sources import build

SURVEY = """Umfrage 2024;;;;
Antwort-ID;Kundennummer;Antwortdatum;Weiterempfehlung;Kommentar
{rows}"""
GOLDEN = """\
# A draft: 4 doubts to settle (search DOUBT).
# Behind each # stands why it was guessed. All rows were looked at; of columns with more
# than 20,000 different values the first rows only. Then run: nexo check
title: "Data of umfrage.csv"  # DOUBT: give it a name
company: "Our company"  # DOUBT: its name, as the reports print it
kind: survey_only  # answers were found, and no dated customers
currency: EUR  # no amounts are used
timezone: Europe/Madrid  # DOUBT: files do not say where their clocks stand
data_end: 2024-03-28  # DOUBT: the latest date found (umfrage.csv, 'Antwortdatum'); do the data end there?
tables:
  survey:
    files:
      - glob: "umfrage.csv"  # 30 records
        format: csv
        encoding: cp1252  # not UTF-8; Windows-1252 reads it whole
        delimiter: ";"
        header_row: 2  # 1 lines of titles or blanks stand above the column names
        columns:
          response_id: "Antwort-ID"  # all different
          customer_id: "Kundennummer"  # 10 different in 30
          answered_at: {from: "Antwortdatum", dates: ["%d.%m.%Y"]}  # 100 % of 30 values are dates like %d.%m.%Y
          nps_score: {from: "Weiterempfehlung", missing: ["k.A."]}  # 100 % of 27 values are whole numbers 1 to 9
          comment: "Kommentar"  # 30 different texts in 30 values
"""  # noqa: E501


Files = dict[str, str | bytes]


def drafted(folder: Path, files: Files) -> tuple[str, dict[str, Any]]:
    """Write files, draft them; the text and what YAML reads in it."""
    for name, content in files.items():
        raw = content.encode("utf-8") if isinstance(content, str) else content
        (folder / name).write_bytes(raw)
    text = draft([folder / name for name in files])
    return text, yaml.safe_load(text)


def checked(folder: Path, found: dict[str, Any], files: Files) -> dict[str, Any]:
    """Extract and clean by a draft as it stands, nothing rejected: the clean tables."""
    built = build(folder, found, files)
    assert all(part.counts.rows_rejected == 0 for part in built.tables.values())
    return {name: part.rows for name, part in built.tables.items()}


def columns_of(yaml_text: dict[str, Any], table: str) -> dict[str, Any]:
    """The columns of the first file of a table, each as a mapping."""
    found = yaml_text["tables"][table]["files"][0]["columns"]
    return {n: rule if isinstance(rule, dict) else {"from": rule} for n, rule in found.items()}


def test_a_small_survey_is_drafted_like_this(tmp_path: Path) -> None:
    rows = "".join(
        f"{100 + i};K{i % 10:03d};{1 + i % 28:02d}.03.2024;{score};Größe {i}\n"
        for i, score in enumerate(["k.A.", *range(9, 0, -1)] * 3)
    )
    files: Files = {"umfrage.csv": SURVEY.format(rows=rows).encode("cp1252")}
    text, found = drafted(tmp_path, files)
    assert text == GOLDEN
    assert checked(tmp_path, found, files)["survey"].num_rows == 30


def company(seed: int, *, day: str, sign: str, decimal: str, zeros: bool) -> Files:
    """A company's files as it might export them: ``day`` its dates, ``sign`` between cells."""
    draw = random.Random(seed)

    def when(low: int, high: int) -> str:
        return (dt.date(2022, 1, 1) + dt.timedelta(days=draw.randrange(low, high))).strftime(day)

    def amount() -> str:
        return f"{draw.randrange(100, 99999) / 100:.2f}".replace(".", decimal)

    answers = "".join(
        sign.join((f"R{i}", f"{draw.randrange(1, 41):05d}", when(400, 700), str(draw.randrange(11)),
                   str(draw.randrange(1, 6)), f"words {i}")) + "\n" for i in range(80)
    )  # fmt: skip
    people = "".join(
        sign.join((f"{i:05d}" if zeros else str(i), when(0, 300), draw.choice("AB"))) + "\n"
        for i in range(1, 41)
    )
    orders = "".join(
        sign.join((str(7000 + i), f"{draw.randrange(1, 41):05d}", when(300, 700),
                   draw.choice(("tv", "web")), amount())) + "\n" for i in range(120)
    )  # fmt: skip
    return {
        "survey.csv": sign.join(("answer id", "customer", "answered", "NPS", "csat", "comment"))
        + "\n" + answers,
        "clients.csv": sign.join(("customer", "joined", "segment")) + "\n" + people,
        "orders.csv": sign.join(("order id", "customer", "order date", "category", "amount"))
        + "\n" + orders,
    }  # fmt: skip


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10_000),
    day=st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d.%m.%Y"]),
    sign=st.sampled_from([";", "\t", "|"]),
    decimal=st.sampled_from([",", "."]),
    zeros=st.booleans(),
)
def test_roles_that_are_known_are_guessed(
    tmp_path: Path, seed: int, day: str, sign: str, decimal: str, zeros: bool
) -> None:
    files = company(seed, day=day, sign=sign, decimal=decimal, zeros=zeros)
    text, found = drafted(tmp_path, files)
    assert found["kind"] == "landmark" and set(found["tables"]) == {"survey", "customers", "orders"}
    survey, orders = columns_of(found, "survey"), columns_of(found, "orders")
    assert {n: r["from"] for n, r in survey.items()} == {
        "response_id": "answer id", "customer_id": "customer", "answered_at": "answered",
        "nps_score": "NPS", "csat_score": "csat", "comment": "comment",
    }  # fmt: skip
    assert orders["amount_cents"].get("decimal", ".") == decimal
    expected = "iso" if day == "%Y-%m-%d" else day
    assert survey["answered_at"].get("dates", ["iso"]) == [expected]
    assert ("id_rule" in found) == (not zeros)


def test_a_draft_runs_as_it_stands(tmp_path: Path) -> None:
    files = company(3, day="%m/%d/%Y", sign=";", decimal=",", zeros=False)
    _, found = drafted(tmp_path, files)
    tables = checked(tmp_path, found, files)
    known = set(tables["customers"]["customer_id"].to_pylist())
    assert set(tables["survey"]["customer_id"].to_pylist()) <= known


PLANTED = ("ana.ruiz@correo.es", "Ana Ruiz Soler", "612 345 678", "12345678Z", "CLI-778899",
           "call me on 555-123-4567")  # fmt: skip


def test_nothing_personal_lands_in_a_draft(tmp_path: Path) -> None:
    """Planted in their own columns, in labels, in scores, in a comment, once and often."""
    head = "id;Nº cliente;nombre;correo;móvil;NPS;canal;comentario;fecha;Provincia;DNI\n"
    rows = "".join(
        f"{i};{PLANTED[4]}{i % 20};{PLANTED[1]};{PLANTED[0]};{PLANTED[2]};"
        f"{i % 11 if i % 45 else PLANTED[2]};{'web' if i % 3 else PLANTED[0]};{PLANTED[5]};"
        f"2024-05-{1 + i % 28:02d};{'Madrid' if i % 2 else PLANTED[3]};{PLANTED[3]}\n"
        for i in range(90)
    )
    text, found = drafted(tmp_path, {"encuesta.csv": head + rows})
    assert columns_of(found, "survey")["nps_score"]["from"] == "NPS"
    assert "'correo': personal data (e-mail addresses)" in text
    for planted in PLANTED:
        assert planted not in text
    with pytest.raises(SourceError) as told:
        drafted(tmp_path, {"bare.csv": f"{PLANTED[0]};9\n{PLANTED[0]};8\n"})
    assert PLANTED[0] not in str(told.value)


TEXTS = st.text(st.sampled_from('ab1290;,\t|"\n\r /-.:@€%ñ\0\ufeff'), max_size=200)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.one_of(TEXTS.map(str.encode), st.binary(max_size=200)))
def test_any_file_is_drafted_or_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    try:
        text = draft([tmp_path / "x.csv"])
    except NexoError as told:
        assert str(told)
    else:
        assert isinstance(yaml.safe_load(text), dict)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("none.csv", None, "is not there"),
        ("empty.csv", b" \n", "is empty"),
        ("page.xls", b"<html><table></table></html>", "is a web page"),
        ("numbers.csv", b"1;2\n3;4\n", "looks like column names"),
        ("broken.xlsx", b"PK\x03\x04 and no more", "cannot be opened as Excel"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, name: str, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=told):
        draft([tmp_path / name])


def workbook(file: Path) -> None:
    """A report in Excel: a legend, answers under titles and group names, customers."""
    book = Workbook()
    legend = book.active
    legend.title = "Leyenda"
    for row in (["Campo", "Significado"], ["P1", "Recomendación"], ["P2", "Satisfacción"]):
        legend.append(row)
    answers = book.create_sheet("Encuesta 2024")
    answers.append(["Informe de la encuesta, exportado el 02/01/2025"])
    answers.append([])
    answers.append(["Cliente", "", "", "Respuestas", ""])
    answers.append(["Nº encuesta", "Nº cliente", "Fecha", "¿Nos recomendaría? (0-10)", "Motivo"])
    people = book.create_sheet("Clientes")
    people.append(["Nº cliente", "Nombre", "Fecha de alta", "Provincia"])
    for i in range(44):
        score = "No contesta" if i == 7 else 99 if i % 11 == 5 else i % 11
        when = f"{1 + i % 28:02d}/03/2024"
        answers.append([f"E-{i:03d}", f"{1 + i % 22:06d}", when, score, f"texto {i}"])
    for i in range(1, 23):
        where = ("León", "Ávila", "león")[i % 3]
        people.append([i, f"Nombre {i}", dt.date(2020, 1, i), where])
    book.save(file)


def test_a_workbook_of_several_sheets_runs_as_drafted(tmp_path: Path) -> None:
    workbook(tmp_path / "informe encuesta.xlsx")
    text = draft([tmp_path / "informe encuesta.xlsx"])
    found = yaml.safe_load(text)
    assert found["kind"] == "landmark" and found["id_rule"]["strip_leading_zeros"] is True
    answers = found["tables"]["survey"]["files"]
    assert [file["sheet"] for file in answers] == ["Encuesta 2024"]
    assert answers[0]["header_row"] == 4
    assert columns_of(found, "survey")["nps_score"]["missing"] == ["No contesta", "99"]
    region = columns_of(found, "customers")["region"]["map"]
    assert region == {"Ávila": "Ávila", "León": "León", "león": region["león"]}
    assert region["león"] == "León" and "Not used: informe encuesta.xlsx [Leyenda]" in text
    content = (tmp_path / "informe encuesta.xlsx").read_bytes()
    tables = checked(tmp_path, found, {"informe encuesta.xlsx": content})
    assert tables["survey"].num_rows == 44 and tables["customers"].num_rows == 22


def test_what_is_missing_is_said_at_its_place(tmp_path: Path) -> None:
    rows = "".join(f"c{i},{i % 11},{'yes' if i % 3 else 'no'}\n" for i in range(50))
    files: Files = {"churn.csv": "client id,nps,churn\n" + rows}
    text, found = drafted(tmp_path, files)
    assert found["kind"] == "snapshot" and found["data_end"] is None
    assert "data_end:  # MISSING: no date was found" in text
    columns = columns_of(found, "snapshot")
    assert columns["is_retained"]["map"] == {"yes": False, "no": True}
    settled = {**found, "data_end": "2024-12-31"}
    assert checked(tmp_path, settled, files)["snapshot"].num_rows == 50


def test_records_without_an_id_are_numbered(tmp_path: Path) -> None:
    rows = "".join(f"2024-05-{1 + i % 9:02d},{1 + i % 5},nice\n" for i in range(40))
    files: Files = {"reviews.csv": "date,stars,review text\n" + rows}
    _, found = drafted(tmp_path, files)
    assert columns_of(found, "survey")["response_id"] == {"row_number": True}
    ids = checked(tmp_path, found, files)["survey"]["response_id"].to_pylist()
    assert set(ids) == {f"reviews.csv:{row}" for row in range(2, 42)}


def test_a_draft_is_the_same_twice(tmp_path: Path) -> None:
    files = company(1, day="%d/%m/%Y", sign=";", decimal=",", zeros=True)
    assert drafted(tmp_path, files)[0] == drafted(tmp_path, files)[0]


def test_ids_that_files_share_are_customers_whatever_their_name(tmp_path: Path) -> None:
    answers = "id,matricula,fecha,nps\n" + "".join(
        f"{i},M{i % 20:03d}x,2024-05-{1 + i % 28:02d},{i % 11}\n" for i in range(60)
    )
    people = "matricula,alta\n" + "".join(f"M{i:03d}x,2020-05-{i + 1:02d}\n" for i in range(20))
    _, found = drafted(tmp_path, {"encuesta.csv": answers, "altas.csv": people})
    assert found["kind"] == "landmark"
    assert columns_of(found, "survey")["customer_id"] == {"from": "matricula"}
    assert columns_of(found, "customers")["customer_id"] == {"from": "matricula"}
