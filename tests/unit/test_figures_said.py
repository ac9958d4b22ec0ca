"""What a figure says of itself: its axes, its finding, its estimate, and how its table writes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nexo.report import facts, look, select
from nexo.report.charts_base import domain_of
from nexo.report.figures_data import WHOLE_ROWS, Numbers, Part, folded
from nexo.report.formats import LANGS
from nexo.report.inputs import Inputs, LinkResults, read_inputs
from support.facts_world import build


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    folder = tmp_path_factory.mktemp("figures-said")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        build(folder)
        return read_inputs()


def found(spec: Any, name: str) -> list[Any]:
    """Every value of a name in a specification, at any depth."""
    if isinstance(spec, dict):
        own = [spec[name]] if name in spec else []
        return own + [one for value in spec.values() for one in found(value, name)]
    return [one for value in spec for one in found(value, name)] if isinstance(spec, list) else []


def axes(spec: dict[str, Any]) -> list[tuple[float, float]]:
    """The ends of the axes of numbers that a specification sets itself."""
    scales = [scale for scale in found(spec, "scale") if isinstance(scale, dict)]
    ends = [scale["domain"] for scale in scales if len(scale.get("domain", ())) == 2]
    return [(low, high) for low, high in ends if not isinstance(low, str)]


@pytest.mark.parametrize("name", sorted(facts.FIGURES))
def test_a_figure_says_of_its_axes_what_is_drawn(inputs: Inputs, name: str) -> None:
    spec = facts.FIGURES[name]("en", inputs).spec(look.CHART_WIDE)
    note = " ".join(spec.get("title", {}).get("text", []))
    words = r"axis does not start at zero|axes do not start at zero|Not every axis starts at zero"
    is_cut = any(low > 0 or high < 0 for low, high in axes(spec))
    assert is_cut is bool(re.search(words, note)), note


@pytest.mark.parametrize(
    ("values", "ends"),
    [((83.0, 85.0), (82.5, 85.5)), ((2.0, 21.0), (0.0, 25.0)), ((-21.0, -2.0), (-25.0, 0.0)),
     ((35.0, 92.0), (20.0, 100.0)), ((5.0, 5.0), (4.6, 5.4))],
)  # fmt: skip
def test_an_axis_has_round_ends_and_starts_at_zero_when_it_nearly_does(
    values: tuple[float, ...], ends: tuple[float, float]
) -> None:
    assert domain_of(values) == pytest.approx(ends)


def test_an_axis_of_per_cent_ends_at_a_hundred() -> None:
    assert domain_of((74.0, 100.0), most=100.0)[1] == 100.0
    assert domain_of((74.0, 100.0))[1] > 100.0


def with_effect(inputs: Inputs, outcome: str, *rows: dict[str, Any]) -> Inputs:
    """The inputs with these effects of an outcome in place of those of the same term."""
    link = inputs.links[outcome]
    table = link.tables["effects"]
    like = select.effect(inputs, outcome, "nps_plus10", "default_path")
    assert like is not None
    kept = table[~table["term"].isin({row["term"] for row in rows})]
    made = pd.concat([kept, pd.DataFrame([{**like.to_dict(), **row} for row in rows])])
    links = {**inputs.links, outcome: LinkResults(link.status, {**link.tables, "effects": made})}
    return replace(inputs, links=links)


@pytest.mark.parametrize(
    ("low", "title"),
    [(0.1, "76.0% of detractors stay, and 90.0% of promoters"),
     (-0.1, "Retention: promoters and detractors cannot be told apart")],
)  # fmt: skip
def test_a_shape_is_titled_by_its_classes_and_says_when_they_are_alike(
    inputs: Inputs, low: float, title: str
) -> None:
    ends = {"detractor": (0.76, 0.7, 0.8), "promoter": (0.9, 0.85, 0.95),
            "promoter_vs_detractor": (0.14, low, 0.2)}  # fmt: skip
    names = ("estimate", "conf_low", "conf_high")
    rows = [
        {"term": "nps_class", "contrast": contrast, **dict(zip(names, numbers, strict=True))}
        for contrast, numbers in ends.items()
    ]
    made = with_effect(inputs, "retention", *rows)
    assert facts.FIGURES["fig-shape-retention"]("en", made).caption == title


@pytest.mark.parametrize(
    ("low", "words"),
    [(-100.0, "no link with CES is seen (−€1.00 to +€7.00"), (100.0, "+€3.00 with each point")],
)
def test_no_finding_is_told_of_a_metric_whose_interval_holds_zero(
    inputs: Inputs, low: float, words: str
) -> None:
    row = {"term": "ces_score", "contrast": "plus_one", "estimate": 300.0, "conf_low": low,
           "conf_high": 700.0}  # fmt: skip
    made = with_effect(inputs, "revenue", row)
    assert words in facts.FIGURES["fig-shape-ces-revenue"]("en", made).caption


def test_neighbours_of_one_unit_share_their_scale(inputs: Inputs) -> None:
    pair = [facts.FIGURES[f"fig-shape-{one}-revenue"]("es", inputs) for one in ("ces", "csat")]
    first, second = (set(axes(figure.spec(look.CHART_WIDTH))) for figure in pair)
    assert first == second and len(first) == 1


def test_a_specification_curve_shows_the_estimate_of_the_report_and_each_choice(
    inputs: Inputs,
) -> None:
    figure = facts.FIGURES["fig-specifications-revenue"]("en", inputs)
    row = select.effect(inputs, "revenue", "nps_plus10", "default_path")
    assert row is not None
    drawn = [one for rows in found(figure.spec(look.CHART_WIDE), "values") for one in rows]
    lines = [one for one in drawn if str(one.get("text", "")).startswith("the report’s")]
    assert {(one["estimate"], one["low"], one["high"]) for one in lines} == {
        (row["estimate"] / 100, row["conf_low"] / 100, row["conf_high"] / 100)
    }
    assert list(figure.data.heads)[4:] == ["Controls", "Bins", "Score", "Without", "Weights"]
    assert all(len(cells) == 9 and all(cells) for cells in figure.data.parts[0].rows)


@pytest.mark.parametrize("lang", LANGS)
def test_tables_write_sign_and_unit_as_the_chart_does(inputs: Inputs, lang: Any) -> None:
    effects = facts.FIGURES["fig-effects"](lang, inputs).data
    assert all(row[1].startswith(("+", "−")) for part in effects.parts for row in part.rows)
    assert "€" in effects.parts[-1].rows[0][1]
    spent = facts.FIGURES["fig-shape-revenue"](lang, inputs).data
    assert all("€" in cell for part in spent.parts for row in part.rows for cell in row[1:])
    for name in sorted(facts.FIGURES):
        data = facts.FIGURES[name](lang, inputs).data
        told = [data.note, *(part.title for part in data.parts)]
        assert not re.search(r"zero|cero|grey|gris", " ".join(told)), name
        for title in told[1:]:
            head, _, rest = title.partition(": ")
            assert not rest or not rest.lower().startswith(head.lower()), title


@pytest.mark.parametrize("count", [WHOLE_ROWS, WHOLE_ROWS + 1])
def test_only_a_long_table_scrolls(count: int) -> None:
    rows = [[str(at), "1"] for at in range(count)]
    block = folded("en", Numbers("What. More.", ["Row", "Value"], [Part(rows)]))
    assert ("is-long" in block) is (count > WHOLE_ROWS)


def test_a_wide_figure_is_drawn_narrow_too_and_dark_colours_go_with_it(
    inputs: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nexo.report import figures

    build(tmp_path / "p")
    monkeypatch.chdir(tmp_path / "p")
    wide = facts.FIGURES["fig-equity"]("es", inputs).wide()
    figures.draw([wide], "es", inputs.report.brand, tmp_path / "o")
    assert {file.name for file in (tmp_path / "o").iterdir()} == {
        "fig-equity-wide.svg",
        "fig-equity.svg",
    }
    assert "prefers-color-scheme:dark" in (tmp_path / "o" / "fig-equity.svg").read_text("utf-8")
