"""Cells and files as office programs write them, a column at a time; equal tables, equal bytes."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from xml.etree.ElementTree import canonicalize
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from nexo.base.results import whole_file

LINE_END = "\r\n"
EXCEL_FIRST_DAY = dt.datetime(1899, 12, 30)
ZIP_TIME = (2025, 7, 1, 0, 0, 0)
STAMP = r"\g<1>2025-07-01T00:00:00Z\g<2>"


def told(times: pd.Series, form: str) -> pd.Series:
    """Times in ``form`` (a date, or a date, a blank and a time of day); no time stays none.

    Each day and each time of day is written once: there are few of them, and strftime is slow.
    """
    date, _, clock = form.partition(" ")
    days = times.dt.normalize()
    text = _each_once(days, date)
    return text + " " + _each_once(_time_of_day(times, days), clock) if clock else text


def _time_of_day(times: pd.Series, days: pd.Series) -> pd.Series:
    """The times of day, all on one day."""
    return pd.Timestamp(0) + (times - days)


def _each_once(times: pd.Series, form: str) -> pd.Series:
    codes, distinct = pd.factorize(times)
    texts = pd.array(distinct.strftime(form), dtype="str")
    return pd.Series(texts.take(codes, allow_fill=True))


def euros(cents: pd.Series) -> pd.Series:
    """Cents as euros with a decimal comma: -1234 -> "-12,34"."""
    amount = cents.to_numpy(dtype=np.int64)
    sign = pc.if_else(pa.array(amount < 0), "-", "")
    whole, rest = (pa.array(part).cast(pa.string()) for part in divmod(np.abs(amount), 100))
    size = pc.binary_join_element_wise(whole, pc.utf8_lpad(rest, 2, "0"), ",")
    return pd.Series(pc.binary_join_element_wise(sign, size, ""), dtype="str")


def write_csv(file: Path, table: pd.DataFrame, delimiter: str, encoding: str) -> None:
    """Write a header and the rows; cells with a delimiter, a quote or a line break are quoted."""
    columns = [
        pa.concat_arrays([pa.array([name]), _strings(table[name])]) for name in table.columns
    ]
    quoted = [_quoted(cells, delimiter) for cells in columns]
    lines = pc.binary_join_element_wise(*quoted, delimiter).to_pylist()
    with whole_file(file) as building:
        building.write_bytes((LINE_END.join(lines) + LINE_END).encode(encoding))


def _strings(values: pd.Series) -> pa.Array:
    cells = pa.array(values)
    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    return whole.cast(pa.string()).fill_null("")


def _quoted(cells: pa.Array, delimiter: str) -> pa.Array:
    is_odd = pc.match_substring_regex(cells, f'["\r\n{delimiter}]')
    if not pc.any(is_odd).as_py():
        return cells
    doubled = pc.replace_substring(cells, '"', '""')
    return pc.if_else(is_odd, pc.binary_join_element_wise('"', doubled, '"', ""), cells)


def write_excel(file: Path, sheet: str, table: pd.DataFrame) -> None:
    """Write one sheet of texts, days and blanks.

    The frame of the workbook is openpyxl's; the rows, in which it takes ten times as long, are
    written here. Bytes depend on the cells alone: times are fixed, the XML is canonical, since
    openpyxl writes it otherwise where lxml is installed, and no part is compressed, since each
    build of zlib has its own way.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.append([EXCEL_FIRST_DAY])  # so that the format of days, number 1, is among the styles
    buffer = io.BytesIO()
    book.save(buffer)
    with (
        whole_file(file) as building,
        zipfile.ZipFile(buffer) as made,
        zipfile.ZipFile(building, "w") as fixed,
    ):
        for name in made.namelist():
            content = canonicalize(made.read(name).decode())
            if name.endswith("core.xml"):
                content = re.sub(r"(<dcterms:\w+[^>]*>)[^<]*(</dcterms)", STAMP, content)
            if name.endswith("sheet1.xml"):
                before, _, rest = content.partition("<row ")
                content = before + _sheet_rows(table) + rest[rest.index("</sheetData>") :]
            fixed.writestr(zipfile.ZipInfo(name, date_time=ZIP_TIME), content)


def _sheet_rows(table: pd.DataFrame) -> str:
    """The header and the rows of a sheet (of up to 26 columns) in the XML of Excel."""
    columns = [
        [_cell(f"{chr(ord('A') + at)}{row}", value) for row, value in enumerate(cells, start=1)]
        for at, cells in enumerate([name, *table[name]] for name in table.columns)
    ]
    rows = enumerate(zip(*columns, strict=True), start=1)
    return "".join(f'<row r="{row}">{"".join(cells)}</row>' for row, cells in rows)


def _cell(place: str, value: str | dt.datetime | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        space = ' xml:space="preserve"' if value != value.strip() else ""
        return f'<c r="{place}" t="inlineStr"><is><t{space}>{escape(value)}</t></is></c>'
    return f'<c r="{place}" s="1" t="n"><v>{(value - EXCEL_FIRST_DAY).days}</v></c>'
