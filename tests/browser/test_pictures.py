"""PDF pages against reviewed pictures of them; `cd tests && python -m support.pictures` remakes.

Not covered: pages of the demo, whose numbers change with the models; test_pdf.py reads those.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from conftest import need
from support import pictures


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    need("chromium", find_spec("PIL") is not None, "pillow is missing; run make full")
    here = os.getcwd()
    yield pictures.world(tmp_path_factory.mktemp("pictures") / "project")
    os.chdir(here)


@pytest.mark.parametrize("name", pictures.PAGES)
def test_pages_look_as_they_were_reviewed(reports: Path, tmp_path: Path, name: str) -> None:
    for file, picture in pictures.drawn(reports, name).items():
        reviewed = pictures.read((pictures.FOLDER / file).read_bytes())
        found = pictures.distance(picture, reviewed)
        pictures.write(tmp_path / file, picture)
        assert found < pictures.MOST, (
            f"{file} differs by {found:.1f} levels in one place. Compare {tmp_path / file} with "
            f"{pictures.FOLDER / file}; if it is right, cd tests && python -m support.pictures"
        )


def test_the_pictures_are_small() -> None:
    files = sorted(pictures.FOLDER.glob("*.png"))
    assert len(files) == sum(map(len, pictures.PAGES.values()))
    assert sum(file.stat().st_size for file in files) < 400_000


@pytest.mark.parametrize(("pixels", "is_seen"), [(0.1, False), (2, True), (-2, True)])
def test_a_label_that_moves_is_seen(
    reports: Path, monkeypatch: pytest.MonkeyPatch, pixels: float, is_seen: bool
) -> None:
    charts = sorted((reports / "_generated" / "es").glob("fig-nps-trend.svg"))
    chart = charts[0]
    before = pictures.drawn(reports, "es/brief")["es-brief-1.png"]
    text = chart.read_text(encoding="utf-8")
    labels = re.findall(r'<text[^>]*transform="translate\([^"]*\)"[^>]*>[^<]+</text>', text)
    label = labels[-1]
    x, y = re.findall(r"translate\(([-\d.]+),([-\d.]+)\)", label)[0]
    moved = label.replace(f"translate({x},{y})", f"translate({float(x) + pixels},{y})")
    chart.write_text(text.replace(label, moved, 1), encoding="utf-8")
    try:
        after = pictures.drawn(reports, "es/brief")["es-brief-1.png"]
    finally:
        chart.write_text(text, encoding="utf-8")
    assert (pictures.distance(before, after) >= pictures.MOST) is is_seen
