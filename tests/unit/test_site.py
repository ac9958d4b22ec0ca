"""Publication refuses what is missing, too small or without its headline, and says who made it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from nexo.base import paths
from nexo.base.config import Report, load_params
from nexo.base.errors import EmptyResultError, RenderError
from nexo.report import look, site
from nexo.report.edition_record import record_file

VARIABLES = """
es: {headline: {sentence: "Diez puntos valen **5 €**: \\"respaldado\\"."}}
en: {headline: {sentence: "Ten points are worth **€5**: \\"supported\\"."}}
"""
SOURCE = """---
title: "T"
description: "{{{{< var {lang}.headline.sentence >}}}}"
---

{{{{< var {lang}.headline.sentence >}}}}
"""
FILES = [
    f"{lang}/{n}.{e}"
    for lang in ("es", "en")
    for n in ("brief", "technical")
    for e in ("html", "pdf")
]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose reports say one sentence."""
    real = paths.root()
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(real / name, tmp_path)
    reports = tmp_path / "reports"
    for lang in ("es", "en"):
        (reports / lang).mkdir(parents=True)
        shutil.copy(real / "reports" / lang / "_metadata.yml", reports / lang)
        for name in ("brief", "technical"):
            (reports / lang / f"{name}.qmd").write_text(SOURCE.format(lang=lang), encoding="utf-8")
    for part in ("style", "fonts"):
        shutil.copytree(real / "reports" / part, reports / part)
    shutil.copy(real / "reports" / "_quarto.yml", reports)
    (reports / "_generated").mkdir()
    (reports / "_generated" / "receipt.json").write_text('{"source": "demo"}')
    (reports / "_variables.yml").write_text(VARIABLES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    look.write_look(load_params(Report).brand, paths.generated_dir())
    return tmp_path


@pytest.fixture
def params(project: Path) -> Report:
    """The project's report section, rendered by the embedded renderer."""
    return load_params(Report).model_copy(update={"renderer": "embedded"})


@pytest.fixture
def rendered(params: Report) -> Report:
    """The same, with both languages rendered."""
    for lang in site.LANGS:
        site.render_language(lang, params)
    return params


def test_both_languages_are_published_with_index_and_receipt(rendered: Report) -> None:
    done = site.publish(rendered)
    folder = paths.site_dir()
    assert done.headlines["es"] == "Diez puntos valen 5 €: “respaldado”."
    assert [file.relative_to(folder).as_posix() for file in done.files] == [
        "index.html",
        *FILES,
        "receipt.json",
    ]
    receipt = json.loads((folder / "receipt.json").read_text())
    assert receipt["source"] == "demo"
    assert receipt["renderer"]["name"] == "embedded"
    assert "pandoc 3" in receipt["renderer"]["made_by"]
    for name in FILES:
        assert receipt["files"][name] == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert all(f'href="{name}"' in index for name in FILES)
    assert "Ten points are worth €5: “supported”." in index
    assert index.count("<script") == 0


def test_the_index_leads_to_the_editions(rendered: Report) -> None:
    site.publish(rendered)
    index, listed = paths.site_dir() / "index.html", paths.site_dir() / site.EDITIONS
    assert 'href="editions/index.html#es"' in index.read_text(encoding="utf-8")
    assert "<code>make edition</code>" in listed.read_text(encoding="utf-8")
    record = {"name": "2025-06-30-abc", "commit": "abc", "identity": "x", "files": {"a": "b"},
              "committed_at": "2025-07-01T00:00:00+02:00", "data_end": "2025-06-30",
              "headline": {"es": "Antes", "en": "Before"}}  # fmt: skip
    paths.edition_records_dir().mkdir()
    record_file(record["name"]).write_text(json.dumps(record), encoding="utf-8")
    site.publish(rendered)
    assert 'href="editions/index.html#es"' in index.read_text(encoding="utf-8")
    assert 'href="2025-06-30-abc/es/changes.html"' in listed.read_text(encoding="utf-8")


def test_publishing_twice_gives_equal_bytes(rendered: Report) -> None:
    before = [file.read_bytes() for file in site.publish(rendered).files]
    assert [file.read_bytes() for file in site.publish(rendered).files] == before


@pytest.mark.parametrize("name", ["es/brief.html", "en/technical.pdf"])
def test_a_missing_file_stops_publication(rendered: Report, name: str) -> None:
    (paths.site_dir() / name).unlink()
    with pytest.raises(EmptyResultError, match="is missing"):
        site.publish(rendered)
    assert not (paths.site_dir() / "index.html").exists()


def test_a_small_file_stops_publication(rendered: Report) -> None:
    (paths.site_dir() / "en/brief.html").write_text("<p>Ten points</p>")
    with pytest.raises(EmptyResultError, match="too few to be a report"):
        site.publish(rendered)


@pytest.mark.parametrize("name", ["es/technical.html", "es/brief.pdf"])
def test_a_report_without_its_headline_stops_publication(rendered: Report, name: str) -> None:
    file = paths.site_dir() / name
    for part in (b"Diez puntos", b"respaldado"):
        file.write_bytes(file.read_bytes().replace(part, part.upper()))
    with pytest.raises(EmptyResultError, match="does not say the headline"):
        site.publish(rendered)


def test_a_failed_rendering_leaves_the_old_folder(rendered: Report) -> None:
    old = (paths.site_dir() / "es" / "brief.pdf").read_bytes()
    source = paths.reports_dir() / "es" / "technical.qmd"
    source.write_text(source.read_text() + "\n{{< var es.nothing >}}\n")
    with pytest.raises(RenderError, match=r"es/technical\.qmd:8: there is no var"):
        site.render_language("es", rendered)
    assert (paths.site_dir() / "es" / "brief.pdf").read_bytes() == old
    assert [path.name for path in sorted(paths.site_dir().iterdir())] == ["en", "es"]
