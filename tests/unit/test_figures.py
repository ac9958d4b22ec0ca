"""Figures: same bytes twice, alternative text with their numbers, no figure without data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nexo.errors import EmptyResultError
from nexo.report import facts, figures
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
        assert svg.count('aria-roledescription="rule mark"') >= 10


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
    line = facts.FIGURES["fig-equity"]("en", inputs).markdown("en")
    assert re.fullmatch(
        r'!\[.+\]\(/_generated/en/fig-equity\.svg\)\{#fig-equity fig-alt="[^"]+"\}\n', line
    )
