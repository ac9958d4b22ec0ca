"""A first source YAML for files nobody has described: guesses, each doubt marked as a comment."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from nexo.errors import SourceError
from nexo.privacy import redact
from nexo.sources.dates import compiled
from nexo.sources.readers import read_chunks, read_header
from nexo.sources.schema import FileRule

SAMPLE_ROWS = 2000
ENCODINGS = ("utf-8", "cp1252", "latin-1")
DELIMITERS = (";", ",", "\t", "|")
FORMATS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "excel", ".xls": "excel",
           ".parquet": "parquet"}  # fmt: skip
DATES = ("iso", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d-%m-%Y", "%d.%m.%Y")
NAMES = {
    "response_id": (r"respon|respuesta|answer|\bid\b", ("id", "integer")),
    "order_id": (r"order|pedido|linea|line|\bid\b", ("id", "integer")),
    "customer_id": (r"client|customer|socio|member|\bid\b", ("id", "integer", "label", "text")),
    "nps_score": (r"nps|recom|netpro", ("integer",)),
    "ces_score": (r"\bces\b|effort|esfuerzo|facil", ("integer",)),
    "csat_score": (r"csat|satis", ("integer",)),
    "answered_at": (r"answered|respuesta|response|^fecha$|^date$", ("date",)),
    "joined_at": (r"join|alta|signup|since", ("date",)),
    "left_at": (r"\bleft|baja|churn|cancel", ("date",)),
    "ordered_at": (r"order|pedido|purchase|compra|fecha|date", ("date",)),
    "amount_cents": (
        r"amount|importe|revenue|total|price|precio|ingreso|ticket",
        ("number", "integer"),
    ),
    "net_revenue_cents": (r"amount|importe|revenue|total|ingreso|ticket", ("number", "integer")),
    "category": (r"categ|product", ("label",)),
    "segment": (r"segment", ("label",)),
    "region": (r"region|provinc|state|zona", ("label",)),
    "acquisition_channel": (r"channel|canal", ("label",)),
    "channel": (r"channel|canal", ("label",)),
    "comment": (r"comment|comentario|verbatim|texto|text", ("text", "label")),
}
"""Words in a name, and the looks, that speak for a canonical column."""

TABLES = {
    "orders": (("customer_id", "ordered_at", "amount_cents"), ("order_id", "category")),
    "survey": (
        ("response_id", "answered_at"),
        ("customer_id", "nps_score", "ces_score", "csat_score", "channel", "comment"),
    ),
    "customers": (
        ("customer_id", "joined_at"),
        ("left_at", "segment", "region", "acquisition_channel"),
    ),
    "snapshot": (
        ("customer_id", "nps_score"),
        ("ces_score", "csat_score", "segment", "region", "net_revenue_cents", "comment"),
    ),
}
"""What a table must have to be taken for it, and what it may have."""


@dataclass(frozen=True)
class Look:
    """What a column looks like: its kind, and details worth a line."""

    kind: str
    detail: str = ""
    doubt: str = ""


def draft(files: Sequence[Path]) -> str:
    """Look at the first rows of each file and return a source YAML as text.

    Raises SourceError for a file that is not there or of no known format.
    """
    head = [
        "# A first draft: read every line, settle each DOUBT, then run nexo check.",
        "title: FILL IN",
        "company: FILL IN",
        "kind: landmark  # DOUBT: landmark (dated tables), snapshot (undated) or survey_only",
        "currency: EUR  # DOUBT",
        "timezone: Europe/Madrid  # DOUBT",
        "data_end: 2000-01-01  # FILL IN the last day the data cover",
        'missing: ["NA", "n/a"]  # DOUBT: codes that mean no value',
        "tables:",
    ]
    return "\n".join([*head, *(line for file in files for line in _draft_file(file))]) + "\n"


def _draft_file(file: Path) -> list[str]:
    if not file.is_file():
        raise SourceError(f"{file} is not there. Give the path of a file to look at.")
    if file.suffix.lower() not in FORMATS:
        raise SourceError(f"{file.name}: {file.suffix} is no format known here "
                          f"({', '.join(FORMATS)}). Save it as one of these.")  # fmt: skip
    rule, notes = _guess_rule(file)
    header = read_header(file, rule)
    columns = {str(index): index for index in range(len(header))}
    chunk = next(iter(read_chunks(file, rule, columns, {}, [])), None)
    sample = chunk.slice(0, SAMPLE_ROWS) if chunk is not None else None
    values = [sample[str(i)].to_pylist() if sample is not None else [] for i in range(len(header))]
    looks = [_look(column) for column in values]
    table, used, unused = _assign(header, looks)
    lines = [f"  {table}:  # DOUBT: guessed from its columns", "    files:",
             f"      - glob: {file.name}", *(f"        {note}" for note in notes),
             "        columns:"]  # fmt: skip
    lines += [f"          {_line(name, header[i], looks[i])}" for name, i in used.items()]
    lines += [
        f"          # not used: {_quoted(redact(header[i]))} "
        f"(looks like {looks[i].kind} {looks[i].detail})"
        for i in unused
    ]
    return lines


def _guess_rule(file: Path) -> tuple[FileRule, list[str]]:
    kind = FORMATS[file.suffix.lower()]
    if kind != "csv":
        return _described(file.name, kind), [f"format: {kind}"]
    start = file.open("rb").read(1 << 20)
    encoding = next(name for name in ENCODINGS if _reads(start, name))
    doubt = "" if encoding == "utf-8" else "  # DOUBT: not UTF-8; latin-1 reads any byte"
    text = start.decode(encoding, errors="replace")
    delimiter = max(DELIMITERS, key=lambda sign: _regularity(text, sign))
    rule = FileRule(glob=file.name, format="csv", encoding=encoding, delimiter=delimiter)
    return rule, [
        "format: csv",
        f"encoding: {encoding}{doubt}",
        f"delimiter: {delimiter!r}".replace("'", '"'),
    ]


def _described(name: str, kind: str) -> FileRule:
    return FileRule.model_validate({"glob": name, "format": kind})


def _reads(start: bytes, encoding: str) -> bool:
    """True if the bytes are text of this encoding; a sign cut in two at the end is forgiven."""
    try:
        start.decode(encoding)
    except UnicodeDecodeError as problem:
        return encoding == "utf-8" and problem.start >= len(start) - 4 and len(start) == 1 << 20
    return True


def _regularity(text: str, sign: str) -> float:
    """How alike the first records are in their number of cells, if there is more than one."""
    records = list(islice(csv.reader(io.StringIO(text), delimiter=sign), 50))
    sizes = [len(record) for record in records[:-1] or records if record]
    if not sizes or max(sizes) < 2:
        return 0.0
    usual = max(set(sizes), key=sizes.count)
    return sizes.count(usual) / len(sizes) + usual / 1000


def _look(values: Sequence[str | None]) -> Look:
    filled = [v.strip() for v in values if v and v.strip() and v.strip() not in ("NA", "n/a")]
    if not filled:
        return Look("empty")
    distinct = set(filled)
    dates = [d for d in DATES if _all(filled, compiled((d,))[0].pattern)]
    if dates:
        clash = f"also fits {dates[1]}: which comes first, day or month?" if len(dates) > 1 else ""
        return Look("date", dates[0], clash)
    mixed = [
        d for d in DATES[1:] if _all(filled, *(compiled((d, "iso"))[i].pattern for i in (0, 1)))
    ]
    if mixed:
        return Look("date", f'{mixed[0]}", "iso', "two formats in one column")
    if _all(filled, r"^[+-]?\d{1,15}$"):
        low, high = min(map(int, distinct)), max(map(int, distinct))
        if any(v.startswith("0") and len(v) > 1 for v in distinct):
            return Look("id", "leading zeros")
        return Look("integer", f"{low} to {high}")
    for sign in (",", "."):
        if _all(filled, rf"^[+-]?\d{{1,15}}(?:[{sign}]\d+)?$"):
            return Look("number", sign)
    is_short = max(map(len, distinct)) <= 40 and not any(" " in value for value in distinct)
    if len(distinct) >= 0.97 * len(filled) and is_short:
        return Look("id", "nearly all different")
    return Look("label", f"{len(distinct)} labels") if len(distinct) <= 30 else Look("text")


def _all(values: Sequence[str], *patterns: str) -> bool:
    """True if nearly all values match: a few dirty cells must not hide what a column is."""
    fitting = sum(any(re.match(pattern, value) for pattern in patterns) for value in values)
    return fitting >= 0.97 * len(values)


def _assign(header: Sequence[str], looks: Sequence[Look]) -> tuple[str, dict[str, int], list[int]]:
    """Take the file for the first table whose columns are there; else for the likest one."""
    found = {table: _columns(names, header, looks) for table, names in TABLES.items()}
    whole = [t for t, (needed, _) in TABLES.items() if set(needed) <= set(found[t])]
    table = whole[0] if whole else max(found, key=lambda name: len(found[name]))
    used = found[table]
    return table, used, [i for i in range(len(header)) if i not in used.values()]


def _columns(
    names: tuple[tuple[str, ...], tuple[str, ...]], header: Sequence[str], looks: Sequence[Look]
) -> dict[str, int]:
    """Give each canonical name the first free column whose name and look fit it."""
    used: dict[str, int] = {}
    for name in (*names[0], *names[1]):
        pattern, fitting = NAMES[name]
        for index, column in enumerate(header):
            is_free = index not in used.values()
            if is_free and looks[index].kind in fitting and re.search(pattern, _plain(column)):
                used[name] = index
                break
    return used


def _plain(name: str) -> str:
    """Small letters without accents."""
    spread = unicodedata.normalize("NFD", name.lower())
    return "".join(sign for sign in spread if not unicodedata.combining(sign))


def _line(name: str, column: str, look: Look) -> str:
    doubt = f"  # DOUBT: {look.doubt}" if look.doubt else ""
    extra = ""
    if look.kind == "date" and look.detail != "iso":
        extra = f', dates: ["{look.detail}"]'
    if name == "ces_score":
        extra = ", scale: {low: 1, high: 7, direction: high_is_good}"
        doubt = f"  # DOUBT: is 7 easy? found {look.detail}"
    elif name in ("nps_score", "csat_score"):
        doubt = f"  # found {look.detail}"
    elif name.endswith("_cents") and look.kind == "number":
        extra = f', decimal: "{look.detail}"'
    if not extra:
        return f"{name}: {_quoted(column)}{doubt}"
    return f"{name}: {{from: {_quoted(column)}{extra}}}{doubt}"


def _quoted(name: str) -> str:
    return '"' + " ".join(name.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'
