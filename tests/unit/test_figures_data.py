"""The table of each figure's numbers: those of the chart, in the page's language, as text."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser

import altair as alt
import pytest
from jsonschema import ValidationError

from nexo.report import facts, look
from nexo.report.charts import Mark
from nexo.report.figures_data import Numbers, Part, folded, numbers
from nexo.report.formats import LANGS, Lang
from nexo.report.inputs import Inputs, read_inputs
from support.facts_world import build

HOSTILE = '<script>alert(1)</script> {{< env HOME >}} ``` </details> "x" &amp; $a$'
DRAWN = ("estimate", "low", "high", "before", "after", "importance", "performance", "predicted")
"""Fields of the charts' rows that are numbers of the data."""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    folder = tmp_path_factory.mktemp("figures-data")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        build(folder)
        return read_inputs()


class Cells(HTMLParser):
    """What a browser reads: the text of each cell, row by row, and the tags with their scope."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.heads: list[tuple[str, dict[str, str | None]]] = []
        self.summary = ""
        self.open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open = tag
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
            self.heads.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.open = ""

    def handle_data(self, data: str) -> None:
        if self.open in ("th", "td"):
            self.rows[-1][-1] += data
        if self.open == "summary":
            self.summary += data


def read(block: str) -> Cells:
    found = Cells()
    found.feed(block.removeprefix("```{=html}\n").removesuffix("```\n"))
    return found


def values(text: str, lang: Lang) -> list[tuple[float, float]]:
    """The numbers in a written cell, each with half a unit of its last digit."""
    plain = re.sub("[\xa0€]", "", text.replace("\u2212", "-"))
    plain = plain.replace(".", "").replace(",", ".") if lang == "es" else plain.replace(",", "")
    scale = 1e6 if re.search(r"\d *[Mm]", plain) else 1.0
    found = re.findall(r"-?\d+(?:\.\d+)?", plain)
    return [(scale * float(n), scale * 0.501 * 10.0 ** -len(n.partition(".")[2])) for n in found]


def drawn(spec: object) -> list[float]:
    """Every number of the data in a specification, at any depth."""
    if isinstance(spec, dict):
        own = [float(spec[name]) for name in DRAWN if isinstance(spec.get(name), int | float)]
        return own + [n for value in spec.values() for n in drawn(value)]
    return [n for value in spec for n in drawn(value)] if isinstance(spec, list) else []


@pytest.mark.parametrize("name", sorted(facts.FIGURES))
def test_every_number_drawn_is_in_the_table_and_none_else(inputs: Inputs, name: str) -> None:
    for lang in LANGS:
        figure = facts.FIGURES[name](lang, inputs)
        table = read(figure.numbers(lang))
        count = figure.data.n_numbers or 99  # words after them name choices
        told = [pair for row in table.rows for cell in row[1 : count + 1]
                for pair in values(cell, lang)]  # fmt: skip
        shown = drawn(marks_of(figure.spec(look.CHART_WIDTH)))
        assert told and shown, name
        for number in shown:
            assert any(abs(number - n) <= near for n, near in told), f"{name} {lang}: {number}"
        for n, near in told:
            assert any(abs(number - n) <= near for number in shown), f"{name} {lang}: {n}"


def marks_of(spec: object) -> list[dict[str, object]]:
    """The rows of the charts themselves: those with a label, a group or a prediction."""
    if isinstance(spec, list):
        return [row for part in spec for row in marks_of(part)]
    if not isinstance(spec, dict):
        return []
    if "layer" in spec and "data" in spec:
        return list(spec["data"]["values"])
    return [row for value in spec.values() for row in marks_of(value)]


@pytest.mark.parametrize("lang", LANGS)
def test_numbers_are_written_as_the_page_writes_them(inputs: Inputs, lang: Lang) -> None:
    table = read(facts.FIGURES["fig-nps-trend"](lang, inputs).numbers(lang))
    assert ["27,0", "25,0", "29,0"] in [
        [cell.replace(".", ",") for cell in row[1:]] for row in table.rows
    ]
    assert (lang == "es") == any("27,0" in row for row in table.rows)
    money = read(facts.FIGURES["fig-money"](lang, inputs).numbers(lang))
    assert all("€" in cell for row in money.rows[1:] for cell in row[1:])


@pytest.mark.parametrize("name", sorted(facts.FIGURES))
def test_the_keyboard_and_the_ear_find_their_way(inputs: Inputs, name: str) -> None:
    for lang, word in (("es", "Datos de la figura: "), ("en", "Data of the figure: ")):
        block = facts.FIGURES[name](lang, inputs).numbers(lang)  # type: ignore[arg-type]
        table = read(block)
        assert table.summary.startswith(word) and len(table.summary) > len(word) + 8
        assert all(attrs.get("scope") for tag, attrs in table.heads if tag == "th")
        assert 'tabindex="0" aria-label="' in block and "<caption>" in block
        widths = {len(row) for row in table.rows}
        assert len(widths - {1}) == 1  # a row of one cell names a part
        # All of it is one raw block: nothing of it reaches Markdown, and Quarto leaves it alone.
        assert block.startswith("```{=html}\n<!--| quarto-html-table-processing: none -->\n")
        assert block.count("```") == 2 and "\n\n" not in block


def test_a_hostile_label_is_text() -> None:
    mark = Mark(HOSTILE, 1.0, 0.5, 1.5, "1")
    made = numbers("en", HOSTILE, "col_group", [(HOSTILE, [mark])], lambda value: f"{value:.1f}")
    block = folded("en", made)
    for sign in ("<script", "{{<", "</details> ", "&amp; $", '"x"', "$a$"):
        assert sign not in block
    assert block.count("```") == 2
    assert [HOSTILE, "1.0", "0.5", "1.5"] in read(block).rows
    assert f"Data of the figure: {HOSTILE}" == read(block).summary


def test_counts_have_one_column_of_values() -> None:
    marks = [Mark("a", 3, 3, 3, "3"), Mark("b", 2, 2, 2, "2")]
    made = numbers("es", "Algo. Otra cosa.", "col_step", [("", marks)], lambda n: f"{n:.0f}")
    assert made == Numbers(
        "Algo. Otra cosa.", ["Paso", "Valor"], [Part([["a", "3"], ["b", "2"]], "")]
    )
    assert read(folded("es", made)).summary == "Datos de la figura: Algo"


@pytest.mark.parametrize("name", sorted(facts.FIGURES))
def test_every_chart_is_vega_lite(inputs: Inputs, name: str) -> None:
    # Specifications are put together unchecked, which is quick; here each is held to the schema.
    for width in (look.CHART_WIDTH, look.CHART_WIDE):
        spec = facts.FIGURES[name]("es", inputs).spec(width)
        kind = alt.ConcatChart if "concat" in spec else alt.LayerChart
        kind.from_dict(spec, validate=True)
        broken = {**spec, "title": {"text": 3.5}}
        with pytest.raises(ValidationError):
            kind.from_dict(broken, validate=True)


def test_charts_do_not_wait_for_grammars_of_addresses() -> None:
    # With them, jsonschema's optional check of URLs, importing Altair takes a second more.
    code = "import sys, nexo.report.charts_base; print('lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
