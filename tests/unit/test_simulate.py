"""Andina's tables and files: shape, rates, dirt, and equal seeds giving equal bytes.

The recovery of its effects by the regressions is tested where the models are.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import canonicalize
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import openpyxl
import pandas as pd
import pytest

from nexo.simulate import World, simulate_world, write_raw_files
from nexo.simulate.people import _poisson
from nexo.simulate.world import FIRST_LANDMARK, N_DAYS, QUARTER, last_landmark_step, step_starts
from nexo.simulate.writing import euros, told, write_csv, write_excel

N_SMALL = 3_000


@pytest.fixture(scope="module")
def world() -> World:
    return simulate_world(5, N_SMALL)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("andina")
    write_raw_files(folder, 5, 1_000)
    return folder


def test_steps_are_thirds_of_quarters_that_end_on_landmarks() -> None:
    starts = step_starts()
    assert starts[0] == 0 and starts[-1] == N_DAYS == 1277
    assert set(np.diff(starts)) == {30, 31, 2}  # the last two days follow the last landmark
    landmarks = range(FIRST_LANDMARK, N_DAYS, QUARTER)
    assert all(day + 1 in starts for day in landmarks)
    assert starts[last_landmark_step(starts) + 1] == landmarks[-1] + 1


def test_counts_have_the_distribution_of_poisson() -> None:
    # 400,000 draws at mean .35: standard errors of mean and variance are below .001 and .002.
    counts = _poisson(np.full(400_000, 0.35), np.random.default_rng(1).random(400_000))
    assert abs(counts.mean() - 0.35) < 0.005
    assert abs(counts.var() - 0.35) < 0.01


def test_yearly_rates_are_those_of_a_telecom(world: World) -> None:
    customers, orders = world.customers, world.orders
    start, end = pd.Timestamp("2023-06-30"), pd.Timestamp("2024-06-29")
    active = (customers.joined_at <= start) & (
        customers.left_at.isna() | (customers.left_at > start)
    )
    left = active & (customers.left_at <= end)
    assert 0.13 < left.sum() / active.sum() < 0.20
    there = orders.customer_id.isin(customers.customer_id[active])
    window = there & (orders.ordered_at > start) & (orders.ordered_at <= end)
    assert 450 < orders.amount_cents[window].sum() / 100 / active.sum() < 750
    assert 0.02 < (orders.amount_cents < 0).mean() < 0.04


def test_nothing_happens_before_joining_or_after_leaving(world: World) -> None:
    dates = world.customers.set_index("customer_id")[["joined_at", "left_at"]]
    for table, column in ((world.orders, "ordered_at"), (world.contacts, "contacted_at")):
        known = dates.loc[table["customer_id"]].reset_index(drop=True)
        moment = table[column].reset_index(drop=True)
        assert (moment >= known["joined_at"]).all()
        assert (known["left_at"].isna() | (moment < known["left_at"])).all()
    answers = world.survey.dropna(subset=["answered_at"])
    known = dates.loc[answers["customer_id"]].reset_index(drop=True)
    moment = answers["answered_at"].reset_index(drop=True)
    assert (known["left_at"].isna() | (moment < known["left_at"])).all()
    assert (answers["answered_at"] > answers["invited_at"]).all()


def test_answers_are_on_their_scales_and_only_given_when_answered(world: World) -> None:
    survey = world.survey
    for column, low, high in (("nps_score", 0, 10), ("ces_score", 1, 7), ("csat_score", 1, 5)):
        scores = survey[column].dropna()
        assert scores.between(low, high).all() and scores.nunique() == high - low + 1
    is_answered = survey["answered_at"].notna()
    assert survey.loc[~is_answered, ["nps_score", "ces_score", "csat_score"]].isna().all(axis=None)
    relational = survey["survey_kind"] == "relational"
    assert 0.32 < is_answered[relational].mean() < 0.42


def test_ease_points_the_same_way_as_satisfaction(world: World) -> None:
    both = world.survey.dropna(subset=["ces_score", "csat_score"])
    assert both["ces_score"].astype(float).corr(both["csat_score"].astype(float)) > 0.25


def test_ids_are_eight_digits_with_leading_zeros(world: World) -> None:
    ids = world.customers["customer_id"]
    assert ids.is_unique and ids.str.fullmatch(r"0\d{7}").all()


def test_equal_seeds_give_equal_bytes(files: Path, tmp_path: Path) -> None:
    write_raw_files(tmp_path, 5, 1_000)
    for file in sorted(files.iterdir()):
        again = (tmp_path / file.name).read_bytes()
        assert hashlib.sha256(again).digest() == hashlib.sha256(file.read_bytes()).digest(), file
    write_raw_files(tmp_path, 6, 1_000)
    assert (tmp_path / "pedidos.csv").read_bytes() != (files / "pedidos.csv").read_bytes()


ODD = pd.DataFrame(
    {
        "texto": ["plain", 'says "so"', "two;\nlines", " blanks ", "<a&b>", "ñ €", ""],
        "día": [dt.datetime(2024, 2, 29), None, dt.datetime(1999, 12, 31), None, None, None, None],
    },
    dtype=object,
)


@pytest.mark.parametrize("delimiter", [";", ","])
def test_csv_is_written_as_the_standard_library_does(delimiter: str, tmp_path: Path) -> None:
    write_csv(tmp_path / "ours.csv", ODD[["texto"]].assign(n=range(7)), delimiter, "cp1252")
    with (tmp_path / "theirs.csv").open("w", encoding="cp1252", newline="") as file:
        rows = enumerate(ODD["texto"])
        csv.writer(file, delimiter=delimiter).writerows(
            [("texto", "n"), *((t, n) for n, t in rows)]
        )
    assert (tmp_path / "ours.csv").read_bytes() == (tmp_path / "theirs.csv").read_bytes()


def test_a_workbook_is_written_as_openpyxl_does(tmp_path: Path) -> None:
    filled = ODD[ODD["texto"] != ""]
    write_excel(tmp_path / "ours.xlsx", "Hoja", filled)
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("Hoja")
    for row in (list(ODD.columns), *filled.itertuples(index=False, name=None)):
        page.append(row)
    book.save(tmp_path / "theirs.xlsx")
    with ZipFile(tmp_path / "ours.xlsx") as ours, ZipFile(tmp_path / "theirs.xlsx") as theirs:
        assert ours.namelist() == theirs.namelist()
        for part in ours.namelist():
            our_xml, their_xml = (canonicalize(book.read(part).decode()) for book in (ours, theirs))
            assert part.endswith("core.xml") or our_xml == their_xml, part


WRITES_A_WORKBOOK = """
import sys
from pathlib import Path
if sys.argv[2] == "without":
    sys.modules["lxml"] = None  # as where it is not installed
import openpyxl, pandas as pd
from nexo.simulate.writing import write_excel
assert openpyxl.LXML is (sys.argv[2] == "with")
write_excel(Path(sys.argv[1]), "Hoja", pd.DataFrame({"día": ["ñ <&>", None]}, dtype=object))
"""


def test_a_workbook_has_the_same_bytes_with_and_without_lxml(tmp_path: Path) -> None:
    pytest.importorskip("lxml", reason="lxml is not installed: nothing to compare with")
    for how in ("with", "without"):
        command = [sys.executable, "-c", WRITES_A_WORKBOOK, str(tmp_path / how), how]
        subprocess.run(command, check=True)
    assert (tmp_path / "with").read_bytes() == (tmp_path / "without").read_bytes()


def test_a_workbook_is_stored_as_it_is(tmp_path: Path) -> None:
    write_excel(tmp_path / "ours.xlsx", "Hoja", ODD)  # builds of zlib compress differently
    with ZipFile(tmp_path / "ours.xlsx") as ours:
        assert {part.compress_type for part in ours.infolist()} == {ZIP_STORED}


def test_times_are_told_as_strftime_tells_them() -> None:
    times = pd.Series(pd.to_datetime(["2024-02-29 23:59", None, "2024-03-01 00:00"]))
    for form in ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y"):
        pd.testing.assert_series_equal(told(times, form), times.dt.strftime(form).astype("str"))
    assert list(euros(pd.Series([-1234, 5, 100]))) == ["-12,34", "0,05", "1,00"]


def test_the_files_have_the_habits_of_their_departments(files: Path) -> None:
    relational = (files / "encuesta_relacional.csv").read_bytes().decode("cp1252")
    assert relational.startswith(
        "ID respuesta;Nº cliente;Fecha invitación;Fecha respuesta;NPS;CSAT;"
    )
    orders = (files / "pedidos.csv").read_text(encoding="utf-8")
    assert orders.splitlines()[1].split(";")[4].count(",") == 1  # decimal comma
    customers = pd.read_excel(files / "clientes.xlsx", sheet_name="Clientes", engine="calamine")
    assert list(customers.columns) == [
        "Nº cliente", "Alta", "Baja", "Segmento", "Región", "Canal de alta", "Referido por",
    ]  # fmt: skip
    assert {"Empresa", "Business", "Autónomo", "Self-employed"} <= set(customers["Segmento"])


def test_the_dirt_is_there_and_small(files: Path) -> None:
    table = pd.read_csv(
        files / "encuesta_relacional.csv", sep=";", encoding="cp1252", dtype=str,
        keep_default_na=False,
    )  # fmt: skip
    for value in ("11", "-1", "nueve", "n/a", "8.6"):
        assert (table["NPS"] == value).any(), value
    assert table.duplicated().any()
    ids = table.drop_duplicates()
    assert ids["ID respuesta"].duplicated().any()  # differing versions of one answer
    assert (table["Nº cliente"] == "").any()
    assert table["Nº cliente"].str.startswith(" ").any()
    assert table["Nº cliente"].str.strip().str.len().between(1, 7).any()
    assert {"E-mail", "Correo electrónico"} <= set(table["Canal"])
    assert table["Fecha respuesta"].str.startswith("31/02/").any()
    assert table["Fecha respuesta"].str.match(r"\d{4}-").any()
    comments = "\n".join(table["Comentario"])
    assert "@" in comments and "<script>" in comments and "=cmd()" in comments
    assert ';\nvolví a llamar, y "nada"' in comments
    rejectable = (table["Nº cliente"] == "") | table["Fecha respuesta"].str.startswith("31/02/")
    assert rejectable.mean() < 0.05


def test_truth_names_every_effect_for_every_outcome(files: Path) -> None:
    truth = json.loads((files / "truth.json").read_text(encoding="utf-8"))
    assert truth["reference_landmark"] == "2025-06-28"
    for outcome in ("retention", "cross_selling", "revenue"):
        effects = truth["effects"][outcome]
        up, down = (
            effects[f"nps_class:{pair}"]["value"]
            for pair in ("promoter_vs_passive", "passive_vs_detractor")
        )
        default = effects["nps_plus10:default_path"]["value"]
        assert default == pytest.approx(0.05 * (up + down), rel=1e-8)
        assert {"nps_score:plus_one", "ces_score:plus_one"} <= set(effects)
        assert all(effect["std_error"] >= 0 for effect in effects.values())
