"""What the project needs of the libraries it stands on; an upgrade that breaks it is seen here.

Each test calls the libraries themselves, not nexo, so that a failure says whose it is.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa
import pytest

from repo.deps import ROOT

FONTS = ROOT / "reports" / "fonts"
RAW = {
    "customer_id": ["a", "a", "a", "b", "b", "c", "c", None],
    "score": ["9", "8.6", "0x10", "10", " 7", "", "-1", "4e1"],
    "day": ["2024-02-29", "2023-02-29", "2024-13-01", "2024-01-05", "x", "2024-01-04", None, ""],
    "amount_cents": ["100", "-250", "9223372036854775", "1", "2", "3", "4", "5"],
}
REGIONS = {"customer_id": ["a", "b", "d"], "region": ["north", "south", "east"]}
ENGINES = ["duckdb", "spark"]


@pytest.fixture(params=ENGINES)
def frames(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """The raw rows and the regions on one engine, as Narwhals lazy frames."""
    raw, regions = pa.table(RAW), pa.table(REGIONS)
    if request.param == "duckdb":
        import duckdb

        session = duckdb.connect(":memory:")
        request.addfinalizer(session.close)
        pair = session.from_arrow(raw), session.from_arrow(regions)
    else:
        session = request.getfixturevalue("spark")
        pair = session.createDataFrame(raw), session.createDataFrame(regions)
    return nw.from_native(pair[0]).lazy(), nw.from_native(pair[1]).lazy()


def rows(frame: Any) -> list[dict[str, Any]]:
    """The rows of a frame, sorted, whatever order the engine returned them in."""
    table = frame.collect("pyarrow").to_native()
    return sorted(table.to_pylist(), key=lambda row: json.dumps(row, default=str))


def whole_number(column: str) -> nw.Expr:
    """A cast that first matches the type's pattern: 8.6 is not 9, 0x10 is not 16."""
    text = nw.col(column)
    matching = nw.when(text.str.contains(r"^[+-]?[0-9]+$")).then(text)
    return matching.otherwise(None).cast(nw.Int64)


def test_a_guarded_cast_never_changes_a_number(frames: tuple[Any, Any]) -> None:
    got = rows(frames[0].select("score", number=whole_number("score")))
    assert {row["score"]: row["number"] for row in got} == {
        "9": 9,
        "10": 10,
        "-1": -1,
        "8.6": None,
        "0x10": None,
        " 7": None,
        "": None,
        "4e1": None,
    }


def test_a_date_is_matched_before_it_is_cast(frames: tuple[Any, Any]) -> None:
    day = nw.col("day")
    is_iso = day.str.contains(r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$|^2024-02-29$")
    dated = nw.when(is_iso).then(day).otherwise(None).str.to_date(format="%Y-%m-%d")
    got = {row["day"]: row["date"] for row in rows(frames[0].select("day", date=dated))}
    assert got["2024-02-29"] == dt.date(2024, 2, 29)
    assert got["2024-01-05"] == dt.date(2024, 1, 5)
    assert [got[bad] for bad in ("2023-02-29", "2024-13-01", "x", "")] == [None] * 4


def test_windows_give_equal_integers(frames: tuple[Any, Any]) -> None:
    frame = frames[0].with_columns(amount=whole_number("amount_cents"))
    frame = frame.filter(~nw.col("customer_id").is_null())
    rank = nw.col("amount").rank("dense").over("customer_id").cast(nw.Int64)
    running = nw.col("amount").cum_sum().over("customer_id", order_by="amount").cast(nw.Int64)
    got = rows(frame.select("customer_id", "amount", rank=rank, running=running))
    assert [(r["customer_id"], r["amount"], r["rank"], r["running"]) for r in got] == [
        ("a", -250, 1, -250),
        ("a", 100, 2, -150),
        ("a", 9223372036854775, 3, 9223372036854625),
        ("b", 1, 1, 1),
        ("b", 2, 2, 3),
        ("c", 3, 1, 3),
        ("c", 4, 2, 7),
    ]


def test_joins_and_integer_sums_are_equal(frames: tuple[Any, Any]) -> None:
    raw, regions = frames
    summed = (
        raw.with_columns(amount=whole_number("amount_cents"))
        .group_by("customer_id")
        .agg(nw.col("amount").sum().cast(nw.Int64), n_rows=nw.len().cast(nw.Int64))
    )
    joined = summed.join(regions, on="customer_id", how="left")
    got = {r["customer_id"]: (r["amount"], r["n_rows"], r["region"]) for r in rows(joined)}
    assert got == {
        "a": (9223372036854625, 3, "north"),
        "b": (3, 2, "south"),
        "c": (7, 2, None),
        None: (5, 1, None),
    }
    left_over = summed.join(regions, on="customer_id", how="anti")
    assert {row["customer_id"] for row in rows(left_over)} == {"c", None}


def test_papermill_runs_a_parameterized_notebook(tmp_path: Path) -> None:
    import nbformat
    import papermill

    cell = nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["parameters"]})
    notebook = nbformat.v4.new_notebook(
        cells=[cell, nbformat.v4.new_code_cell("print(x * 2)")],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
    )
    nbformat.write(notebook, tmp_path / "in.ipynb")
    done = papermill.execute_notebook(
        tmp_path / "in.ipynb", tmp_path / "out.ipynb", {"x": 21}, progress_bar=False
    )
    assert done.cells[-1].outputs[0].text == "42\n"
    tags = [cell.metadata.get("tags") for cell in done.cells]
    assert tags[:2] == [["parameters"], ["injected-parameters"]]


def test_pandoc_reads_what_the_reports_are_written_in() -> None:
    import pypandoc

    assert int(pypandoc.get_pandoc_version().split(".")[0]) == 3
    text = "## Título {#sec-a}\n\n::: {.callout-note}\nEs $x^2$.\n:::\n\n| a |\n|---|\n| 1 |\n"
    page = pypandoc.convert_text(text, "html5", "markdown", ["--mathml"])
    assert 'id="sec-a"' in page and "<math" in page and "callout-note" in page and "<table" in page
    tree = json.loads(pypandoc.convert_text(text, "json", "markdown"))
    assert [block["t"] for block in tree["blocks"]] == ["Header", "Div", "Table"]
    assert "#table(" in pypandoc.convert_text(text, "typst", "markdown")


def fonts() -> list[Path]:
    found = sorted(FONTS.glob("*.[to]tf"))
    assert found, "reports/fonts holds no font"
    return found


def family() -> str:
    """The name of the shipped family, as the files of reports/fonts begin."""
    return fonts()[0].stem.split("-")[0]


def test_typst_sets_a_pdf_in_the_shipped_font_with_equal_bytes(tmp_path: Path) -> None:
    import typst
    from pypdf import PdfReader

    source = tmp_path / "page.typ"
    source.write_text(
        f'#set document(date: none)\n#set text(font: "{family()}", fallback: false, lang: "es")\n'
        "= Título: 1.234,5 €\nñandú $x^2$\n"
    )
    made = [typst.compile(str(source), font_paths=[str(FONTS)]) for _ in range(2)]
    assert made[0] == made[1]
    (tmp_path / "page.pdf").write_bytes(made[0])
    page = PdfReader(tmp_path / "page.pdf").pages[0]
    assert "Título: 1.234,5 €" in page.extract_text()
    names = [str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()]
    assert any(family() in name for name in names), names


def test_vl_convert_draws_text_in_the_shipped_font_with_equal_bytes() -> None:
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))
    spec = {
        "data": {"values": [{"x": 1, "y": "ñ"}, {"x": 2, "y": "o"}]},
        "mark": "bar",
        "encoding": {
            "x": {"field": "x", "type": "quantitative"},
            "y": {"field": "y", "type": "nominal"},
        },
        "config": {"font": family()},
    }
    made = [vl_convert.vegalite_to_svg(spec) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0].startswith("<svg") and family() in made[0] and "ñ" in made[0]
    assert vl_convert.vegalite_to_png(spec).startswith(b"\x89PNG")


def test_altair_makes_a_specification_that_vl_convert_takes() -> None:
    import altair
    import pandas as pd
    import vl_convert

    table = pd.DataFrame({"x": [0.5, 1.5], "low": [0, 1], "high": [1, 2]})
    slider = altair.param(name="lift", value=5, bind=altair.binding_range(min=0, max=10))
    chart = altair.Chart(table).mark_rule().encode(x="x:Q", y="low:Q", y2="high:Q")
    spec = chart.add_params(slider).to_dict()
    assert [param["name"] for param in spec["params"]] == ["lift"]
    assert vl_convert.vegalite_to_svg(spec).count("<line") >= 2
