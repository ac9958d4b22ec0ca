"""A company's files with personal data where people leave them, and a scan for what got through."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from nexo.simulate import write_raw_files

EMAIL, PHONE, DNI = "ana.plantada@correo.example", "698 123 457", "87654321X"
IBAN, CARD, NAME = "ES9121000418450200051332", "4111 1111 1111 1111", "MARIA PLANTADA LOPEZ"
LINE = "PEDIDO-DE-ROSA-PLANTADA"
KEY = "5b" * 32
PLANTED = (EMAIL, PHONE, PHONE.replace(" ", ""), DNI, IBAN, CARD, NAME, LINE, KEY)
COMMENT = f"Soy yo, {EMAIL}, tel {PHONE}, DNI {DNI}, cuenta {IBAN}, tarjeta {CARD}."

Rows = list[dict[str, str]]
CSVS: dict[str, tuple[str, str, str]] = {
    "encuesta_relacional.csv": (";", "cp1252", "Nº cliente"),
    "encuesta_transaccional.csv": (",", "utf-8", "customer"),
    "pedidos.csv": (";", "utf-8", "Nº cliente"),
    "contactos.csv": (",", "utf-8", "customer"),
    "iniciativas.csv": (";", "utf-8", ""),
}
CELLS: dict[str, dict[str, str]] = {
    "encuesta_relacional.csv": {"Comentario": COMMENT, "NPS": PHONE, "Fecha respuesta": EMAIL},
    "encuesta_transaccional.csv": {"comment": COMMENT, "CES": DNI, "experience_at": IBAN},
    "pedidos.csv": {"Margen": EMAIL, "Nº línea": LINE, "Fecha": PHONE},
    "contactos.csv": {"channel": EMAIL, "wait_minutes": DNI, "attempt": PHONE, "case_id": NAME},
    "iniciativas.csv": {"owner": COMMENT},
}


def plant(folder: Path, n_customers: int) -> None:
    """Write the demo's files for fewer customers, with personal data in every table."""
    write_raw_files(folder, seed=20240917, n_customers=n_customers)
    with (folder / "pedidos.csv").open(encoding="utf-8", newline="") as lines:
        customer = _plain(next(csv.DictReader(lines, delimiter=";"))["Nº cliente"])
    for name, (delimiter, encoding, id_column) in CSVS.items():
        _change(
            folder / name,
            delimiter,
            encoding,
            lambda rows, n=name, c=id_column: _spoil(rows, CELLS[n], c, customer),
        )
    book = openpyxl.load_workbook(folder / "clientes.xlsx")
    page = book["Clientes"]
    heads = {cell.value: cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        cell = page.cell(row, heads["Nº cliente"])
        if _plain(str(cell.value)) == customer:
            cell.value = NAME
    page.cell(3, heads["Baja"]).value = EMAIL
    page.cell(4, heads["Referido por"]).value = NAME
    book.save(folder / "clientes.xlsx")
    (folder / "truth.json").unlink()


def _plain(customer: str) -> str:
    return customer.strip().lstrip("0")


def _change(file: Path, delimiter: str, encoding: str, change: Callable[[Rows], None]) -> None:
    with file.open(encoding=encoding, newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter=delimiter))
    change(rows)
    with file.open("w", encoding=encoding, newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def _spoil(rows: Rows, cells: dict[str, str], id_column: str, customer: str) -> None:
    """One cell a row, so that no row loses more than that; and a name for an id everywhere."""
    for number, (column, text) in enumerate(cells.items(), start=1):
        rows[number][column] = text
    for row in rows:
        if id_column and _plain(row[id_column]) == customer:
            row[id_column] = NAME


def write_planted_source(root: Path) -> None:
    """Describe the planted files: as the demo, but neither simulated nor with its key."""
    sources = root / "data" / "sources"
    source = yaml.safe_load((sources / "demo.yaml").read_text(encoding="utf-8"))
    del source["simulate"]
    text = yaml.safe_dump(source, allow_unicode=True, sort_keys=False)
    (sources / "planted.yaml").write_text(text, encoding="utf-8")
    (sources / "planted.corrections.yaml").write_text("corrections: []\n", encoding="utf-8")


def found_in(file: Path, planted: tuple[str, ...] = PLANTED) -> list[str]:
    """The planted texts that a file holds, whatever kind of file it is."""
    content = file.read_bytes()
    text = content.decode("utf-8", errors="ignore")
    if content[:4] == b"PAR1":
        text += "\n".join(_cells(pq.read_table(file)))
    elif content[:5] == b"%PDF-":
        from pypdf import PdfReader

        text += "\n".join(page.extract_text() for page in PdfReader(file).pages)
    flat = text.casefold()
    return [word for word in planted if word.casefold() in flat]


def _cells(table: pa.Table) -> Iterator[str]:
    for column in table.columns:
        values = column.combine_chunks().cast(pa.string()).dictionary_encode()
        yield from (value for value in values.dictionary.to_pylist() if value is not None)
