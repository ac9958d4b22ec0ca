"""Andina's files as its departments would hand them over: six exports in six habits.

Each file has its own encoding, delimiter, dates and labels, and the dirt of real life in
small shares (dirt.py). ``truth.json`` beside them is what no company has; tests and the
demo's recovery page alone read it.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from nexo.base.results import write_json
from nexo.simulate import andina as a
from nexo.simulate import dirt
from nexo.simulate.labels import (
    ACQUISITION_LABELS,
    CATEGORY_LABELS,
    PHASE_LABELS,
    REGION_LABELS,
    SEGMENT_LABELS,
    SURVEY_CHANNEL_LABELS,
    TOUCHPOINT_LABELS,
)
from nexo.simulate.tables import World, simulate_world
from nexo.simulate.truth import LAST_LANDMARK, true_effects
from nexo.simulate.writing import euros, told, write_csv, write_excel

RELATIONAL_FILE = "encuesta_relacional.csv"
TRANSACTIONAL_FILE = "encuesta_transaccional.csv"
CUSTOMERS_FILE = "clientes.xlsx"
ORDERS_FILE = "pedidos.csv"
CONTACTS_FILE = "contactos.csv"
INITIATIVES_FILE = "iniciativas.csv"
TRUTH_FILE = "truth.json"

SPANISH_TIME, ISO_TIME, SPANISH_DATE = "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y"


def write_raw_files(folder: Path, seed: int, n_customers: int = 20_000) -> list[str]:
    """Simulate Andina and write its six files and truth.json; return the names.

    Equal seeds give equal bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world = simulate_world(seed, n_customers)
    rng = np.random.default_rng([seed, 9])
    with ThreadPoolExecutor(1) as pool:
        truth = pool.submit(truth_record, world)  # lives on while the files are written
        _write_exports(folder, world, rng)
        write_json(folder / TRUTH_FILE, truth.result())
    return [RELATIONAL_FILE, TRANSACTIONAL_FILE, CUSTOMERS_FILE, ORDERS_FILE, CONTACTS_FILE,
            INITIATIVES_FILE, TRUTH_FILE]  # fmt: skip


def _write_exports(folder: Path, world: World, rng: np.random.Generator) -> None:
    write_csv(folder / RELATIONAL_FILE, _relational(world, rng), ";", "cp1252")
    write_csv(folder / TRANSACTIONAL_FILE, _transactional(world, rng), ",", "utf-8")
    write_excel(folder / CUSTOMERS_FILE, "Clientes", _customers(world, rng))
    write_csv(folder / ORDERS_FILE, _orders(world, rng), ";", "utf-8")
    write_csv(folder / CONTACTS_FILE, _contacts(world, rng), ",", "utf-8")
    write_csv(folder / INITIATIVES_FILE, _initiatives(world), ";", "utf-8")


def truth_record(world: World) -> dict[str, object]:
    """What truth.json holds: the effects by outcome and id, each with its Monte Carlo error."""
    effects = {
        outcome: {
            effect: {"value": truth.value, "std_error": truth.std_error}
            for effect, truth in by_effect.items()
        }
        for outcome, by_effect in true_effects(world).items()
    }
    landmark = a.FIRST_DAY + dt.timedelta(days=LAST_LANDMARK)
    return {"seed": world.seed, "reference_landmark": landmark.isoformat(), "effects": effects}


def _relational(world: World, rng: np.random.Generator) -> pd.DataFrame:
    survey = world.survey.loc[world.survey["survey_kind"] == "relational"].reset_index(drop=True)
    is_iso = rng.random(len(survey)) < 0.06  # the months when another tool sent the survey

    def moment(column: str) -> pd.Series:
        spanish, iso = (told(survey[column], form) for form in (SPANISH_TIME, ISO_TIME))
        return iso.where(is_iso, spanish).fillna("")

    table = pd.DataFrame(
        {
            "ID respuesta": survey["response_id"],
            "Nº cliente": dirt.sloppy_ids(survey["customer_id"], rng),
            "Fecha invitación": moment("invited_at"),
            "Fecha respuesta": moment("answered_at"),
            "NPS": _text(survey["nps_score"]),
            "CSAT": _text(survey["csat_score"]),
            "Canal": dirt.two_languages(survey["channel"], SURVEY_CHANNEL_LABELS, rng),
            "Idioma": survey["language"].str.upper(),
            "Comentario": survey["comment"].fillna(""),
        }
    )
    answered = np.flatnonzero(survey["answered_at"].notna())
    wrong = {"11": 14, "-1": 6, "nueve": 5, "n/a": 20, "8.6": 4}
    dirt.spoil(table, "NPS", wrong, answered, rng)
    dirt.spoil(table, "CSAT", {"n/a": 15, "6": 5}, answered, rng)
    dirt.spoil(table, "Fecha respuesta", {"31/02/2024 10:00": 6}, answered, rng)
    dirt.spoil(table, "Nº cliente", {"": 25}, np.arange(len(table)), rng)
    dirt.write_in(table, "Comentario", dirt.COMMENTS, answered, rng)
    table = dirt.duplicate(table, 60, rng)
    return dirt.first_versions(table, survey, "NPS", "Fecha respuesta", SPANISH_TIME, 25, rng)


def _transactional(world: World, rng: np.random.Generator) -> pd.DataFrame:
    survey = world.survey.loc[world.survey["survey_kind"] == "transactional"].reset_index(drop=True)
    table = pd.DataFrame(
        {
            "response_id": survey["response_id"],
            "customer": dirt.sloppy_ids(survey["customer_id"], rng),
            "invited_at": told(survey["invited_at"], ISO_TIME),
            "answered_at": told(survey["answered_at"], ISO_TIME).fillna(""),
            "experience_at": told(survey["experience_at"], ISO_TIME),
            "CES": _text(survey["ces_score"]),
            "CSAT": _text(survey["csat_score"]),
            "touchpoint": dirt.two_languages(survey["touchpoint"], TOUCHPOINT_LABELS, rng),
            "phase": dirt.two_languages(survey["journey_phase"], PHASE_LABELS, rng),
            "channel": dirt.two_languages(survey["channel"], SURVEY_CHANNEL_LABELS, rng),
            "comment": survey["comment"].fillna(""),
        }
    )
    answered = np.flatnonzero(survey["answered_at"].notna())
    dirt.spoil(table, "CES", {"8": 5, "0": 4, "n/a": 10, "siete": 2}, answered, rng)
    dirt.spoil(table, "answered_at", {"2024-02-30 11:15:00": 3}, answered, rng)
    dirt.spoil(table, "customer", {"": 8}, np.arange(len(table)), rng)
    return dirt.duplicate(table, 15, rng)


def _customers(world: World, rng: np.random.Generator) -> pd.DataFrame:
    customers = world.customers
    table = pd.DataFrame(
        {
            "Nº cliente": dirt.sloppy_ids(customers["customer_id"], rng),
            "Alta": _days(customers["joined_at"]),
            "Baja": _days(customers["left_at"]),
            "Segmento": dirt.two_languages(customers["segment"], SEGMENT_LABELS, rng),
            "Región": dirt.two_languages(customers["region"], REGION_LABELS, rng),
            "Canal de alta": dirt.two_languages(
                customers["acquisition_channel"], ACQUISITION_LABELS, rng
            ),
            "Referido por": customers["referred_by"]
            .astype(object)
            .where(customers["referred_by"].notna(), None),
        }
    ).astype(object)
    by_hand = rng.choice(len(table), 120, replace=False)  # typed as text, the Spanish way
    table.loc[by_hand, "Alta"] = told(customers["joined_at"], SPANISH_DATE)[by_hand]
    dirt.spoil(table, "Región", {None: 40}, np.arange(len(table)), rng)
    return dirt.duplicate(table, 18, rng)


def _orders(world: World, rng: np.random.Generator) -> pd.DataFrame:
    orders = world.orders
    table = pd.DataFrame(
        {
            "Nº línea": orders["order_id"],
            "Nº cliente": dirt.sloppy_ids(orders["customer_id"], rng),
            "Fecha": told(orders["ordered_at"], SPANISH_DATE),
            "Categoría": dirt.two_languages(orders["category"], CATEGORY_LABELS, rng),
            "Importe": euros(orders["amount_cents"]),
            "Margen": euros(orders["margin_cents"]),
            "Moneda": orders["currency"],
        }
    )
    rows = np.arange(len(table))
    dirt.spoil(table, "Importe", {"n/a": 30, "gratis": 5}, rows, rng)
    dirt.spoil(table, "Margen", {"n/a": 60}, rows, rng)
    dirt.spoil(table, "Fecha", {"31/02/2024": 10}, rows, rng)
    dirt.spoil(table, "Nº cliente", {"": 30}, rows, rng)
    return dirt.duplicate(table, 220, rng)


def _contacts(world: World, rng: np.random.Generator) -> pd.DataFrame:
    contacts = world.contacts
    table = pd.DataFrame(
        {
            "contact_id": contacts["contact_id"],
            "customer": dirt.sloppy_ids(contacts["customer_id"], rng),
            "contacted_at": told(contacts["contacted_at"], ISO_TIME),
            "case_id": contacts["case_id"],
            "attempt": _text(contacts["attempt"]),
            "direction": contacts["direction"],
            "channel": contacts["channel"],
            "wait_minutes": _text(contacts["wait_minutes"]),
            "is_resolved": np.where(contacts["is_resolved"], "yes", "no"),
        }
    )
    rows = np.arange(len(table))
    dirt.spoil(table, "wait_minutes", {"n/a": 40, "-5": 6}, rows, rng)
    dirt.spoil(table, "is_resolved", {"sí": 200}, np.flatnonzero(contacts["is_resolved"]), rng)
    dirt.spoil(table, "customer", {"": 12}, rows, rng)
    return dirt.duplicate(table, 80, rng)


def _initiatives(world: World) -> pd.DataFrame:
    table = world.initiatives.copy()
    table["starts_at"] = told(table["starts_at"], SPANISH_DATE)
    for column in table.select_dtypes("float"):
        table[column] = table[column].map(lambda value: f"{value:g}".replace(".", ","))
    return table


def _text(values: pd.Series) -> pd.Series:
    return values.astype("str").where(values.notna(), "")


def _days(dates: pd.Series) -> pd.Series:
    return pd.Series([None if pd.isna(d) else d.to_pydatetime() for d in dates], dtype=object)
