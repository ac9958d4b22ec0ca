"""Figures: same bytes twice, alternative text with their numbers, no figure without data."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from nexo.base.errors import EmptyResultError
from nexo.report import charts_base, facts, figures, look
from nexo.report.formats import LANGS
from nexo.report.inputs import Inputs, read_inputs
from support.facts_world import build


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    folder = tmp_path_factory.mktemp("figures")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        build(folder)
        return read_inputs()


@pytest.mark.parametrize("name", sorted(facts.FIGURES))
def test_alternative_text_holds_the_finding_and_the_numbers(inputs: Inputs, name: str) -> None:
    for lang in LANGS:
        figure = facts.FIGURES[name](lang, inputs)
        assert figure.alt.startswith(figure.caption.rstrip("."))
        assert re.search(r"\d", figure.alt)
        assert "nan" not in figure.alt.lower()


def test_numbers_in_alternative_text_are_those_of_the_data(inputs: Inputs) -> None:
    figure = facts.FIGURES["fig-nps-trend"]("es", inputs)
    assert "T1\xa02023: 18,0 (16,0 a 20,0)" in figure.alt
    assert "27,0 (25,0 a 29,0)" in figure.alt
    assert "€660,000" in facts.FIGURES["fig-money"]("en", inputs).alt


def test_every_interval_is_drawn_and_labels_follow_the_language(
    inputs: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "p")
    monkeypatch.chdir(tmp_path / "p")
    for lang, number in (("es", "27,0"), ("en", "27.0")):
        figures.draw(
            [facts.FIGURES["fig-nps-trend"](lang, inputs)],
            lang,
            inputs.report.brand,
            tmp_path / lang,
        )  # type: ignore[arg-type, list-item]
        svg = (tmp_path / lang / "fig-nps-trend.svg").read_text(encoding="utf-8")
        assert number in svg and "@font-face" in svg
        assert len(re.findall(r'<line [^>]*stroke-width="1\.8"', svg)) >= 5


def test_axes_write_decimals_as_the_language_does(
    inputs: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "p")
    monkeypatch.chdir(tmp_path / "p")
    for lang, tick in (("es", ">0,5<"), ("en", ">0.5<")):
        figure = facts.FIGURES["fig-effects"](lang, inputs)  # type: ignore[arg-type]
        figures.draw([figure], lang, inputs.report.brand, tmp_path / lang)  # type: ignore[arg-type]
        assert tick in (tmp_path / lang / "fig-effects.svg").read_text(encoding="utf-8")


def test_the_same_figure_has_the_same_bytes(
    inputs: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "p")
    monkeypatch.chdir(tmp_path / "p")
    for run in ("a", "b"):
        made = [
            facts.FIGURES[name]("en", inputs)
            for name in ("fig-effects", "fig-money", "fig-shape-revenue")
        ]
        figures.draw(made, "en", inputs.report.brand, tmp_path / run)
    for file in (tmp_path / "a").iterdir():
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def empty(inputs: Inputs) -> Inputs:
    """The same inputs with every table cut to its header."""
    from dataclasses import replace

    links = {
        name: replace(link, tables={key: t.iloc[:0] for key, t in link.tables.items()})
        for name, link in inputs.links.items()
    }
    cut = {
        name: {key: t.iloc[:0] for key, t in getattr(inputs, name).items()}
        for name in ("scores", "evidence", "economics")
    }
    return replace(inputs, links=links, flow=inputs.flow.iloc[:0], **cut)


@pytest.mark.parametrize("name", sorted(facts.FIGURES))
def test_a_figure_without_data_is_an_error(inputs: Inputs, name: str) -> None:
    with pytest.raises(EmptyResultError, match=name):
        facts.FIGURES[name]("en", empty(inputs))


def test_the_image_line_is_what_both_renderers_read(inputs: Inputs) -> None:
    line = facts.FIGURES["fig-equity"]("en", inputs).image("en")
    assert re.fullmatch(
        r'!\[.+\]\(/_generated/en/fig-equity\.svg\)\{#fig-equity fig-alt="[^"]+"\}\n', line
    )


def test_a_wide_figure_fills_the_line_and_lies_in_a_file_of_its_own(
    inputs: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "p")
    monkeypatch.chdir(tmp_path / "p")
    for name, make in facts.FIGURES.items():
        figure = make("es", inputs)
        figures.draw([figure, figure.wide()], "es", inputs.report.brand, tmp_path)
        widths = [
            float(re.findall(r'<svg[^>]* width="([\d.]+)"', file.read_text(encoding="utf-8"))[0])
            for file in (tmp_path / f"{name}.svg", tmp_path / f"{name}-wide.svg")
        ]
        # Room of the labels is estimated, so a tenth more or less is the same width.
        assert widths[0] == pytest.approx(look.CHART_WIDTH, rel=0.15), name
        assert widths[1] == pytest.approx(look.CHART_WIDE, rel=0.1), name
        assert f"/{name}-wide.svg)" in figure.wide().markdown("es")


def test_no_label_is_turned_or_cut(
    inputs: Inputs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path / "p")
    monkeypatch.chdir(tmp_path / "p")
    for name, make in facts.FIGURES.items():
        figures.draw([make("en", inputs).wide()], "en", inputs.report.brand, tmp_path)
        svg = (tmp_path / f"{name}-wide.svg").read_text(encoding="utf-8")
        assert not re.search(r"rotate\((?!0[,)])", svg), name
        assert "…" not in svg, name


def test_dates_of_an_axis_stand_over_their_year_and_never_touch() -> None:
    quarters = [f"T{n}\xa0{year}" for year in (2022, 2023, 2024) for n in (1, 2, 3, 4)]
    roomy = charts_base.dated(quarters, 600)
    assert roomy["T1\xa02022"] == ["T1", "2022"] and roomy["T2\xa02022"] == ["T2", ""]
    assert [roomy[label][-1] for label in quarters].count("2023") == 1
    tight = charts_base.dated(quarters, 120)
    assert tight[quarters[-1]][0] == "T4"
    assert 1 < sum(lines != [""] for lines in tight.values()) < 12
    days = [f"{day}\xa0jun\xa02025" for day in range(10, 31)]
    assert sum(lines != [""] for lines in charts_base.dated(days, 340).values()) <= 340 // 43


@pytest.mark.parametrize(("kind", "is_dated"), [("demo", True), ("snapshot", False)])
def test_nothing_comes_afterwards_where_the_data_have_no_time(
    kind: str, is_dated: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, kind=kind)
    monkeypatch.chdir(tmp_path)
    drawn = json.dumps(facts.FIGURES["fig-who-answers"]("en", read_inputs()).spec(400))
    drawn = re.sub(r'[\s",\[\]]+', " ", drawn)  # a note is a list of lines
    assert ("afterwards" in drawn) is is_dated
    assert ("no order of time" in drawn) is not is_dated
