"""Editions: kept whole beside earlier ones, told apart, never made twice, never half."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from nexo.base import paths
from nexo.base.errors import NexoError
from nexo.base.results import read_json, write_json
from nexo.economics.decisions import DECISION_COLUMNS, read_decisions, write_decisions
from nexo.report import edition, facts, site
from nexo.report.edition_facts import choices, figures
from nexo.report.edition_record import read_records
from nexo.report.inputs import read_inputs
from support.facts_world import REPO, build

REPORTS = [f"{lang}/{n}{e}" for lang in site.LANGS for n in site.REPORTS for e in site.ENDINGS]
FORECAST = {
    "source": "demo", "data_end": "2025-06-30", "landmark": "2025-06-30", "currency": "EUR",
    "assumptions_hash": "0" * 16,
    "forecasts": [{"what": "retention_rate", "unit": "share", "estimate": 0.8, "conf_low": 0.7,
                   "conf_high": 0.9, "window_end": "2026-06-30", "is_checkable": True}],
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A committed project with facts, and pages that stand for the rendered ones."""
    root = tmp_path_factory.mktemp("edition") / "clone"
    build(root)
    for part in ("style", "es", "en", "editions"):
        shutil.copytree(REPO / "reports" / part, root / "reports" / part)
    empty = pd.DataFrame(columns=list(DECISION_COLUMNS))
    write_decisions(root / "reports" / "decisions.csv", empty)
    write_json(root / "data" / "results" / "economics" / "forecast.json", FORECAST)
    ignored = "/reports/_*\n/data/*\n*.building\n"
    (root / ".gitignore").write_text(ignored, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        facts.write_facts(read_inputs())
        publish(root)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "Start")
    return root


def publish(root: Path, heading: str = "Los datos") -> None:
    """Write the site as `make report` would, its pages a few words each."""
    folder = root / "reports" / "_site"
    for name in REPORTS:
        page = f"{name} <main><h2><span class='section-number'>1</span> {heading}</h2></main>"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(page.replace("'", '"'), encoding="utf-8")
    (folder / "index.html").write_text("index", encoding="utf-8")
    digests = {n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in REPORTS}
    receipt = read_json(root / "reports" / "_generated" / "receipt.json")
    made_by = {"name": "embedded", "made_by": "Nexo"}
    write_json(folder / "receipt.json", {**receipt, "renderer": made_by, "files": digests})


@pytest.fixture
def clone(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "clone"
    shutil.copytree(made, root, symlinks=True)
    monkeypatch.chdir(root)
    return root


def git(folder: Path, *words: str) -> str:
    own = ("user.name=Test", "user.email=test@example.org", "commit.gpgsign=false")
    options = [part for one in own for part in ("-c", one)]
    command = ["git", *options, *words]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def next_edition(root: Path, change: Callable[[dict[str, Any]], None]) -> edition.Edition:
    """Change params.yaml, collect the facts again, publish, commit, and make the edition."""
    file = root / "params.yaml"
    params = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(params)
    file.write_text(yaml.safe_dump(params, sort_keys=False), encoding="utf-8")
    facts.write_facts(read_inputs())
    publish(root, "Los datos y algo más")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "Next", "--date", "2030-01-01T00:00:00+00:00")
    return edition.make_edition()


def shorter(params: dict[str, Any]) -> None:
    params["economics"]["horizon_years"] = 4
    params["common"]["key_file"] = "/secret/place/own.key"


def test_the_first_edition_is_the_site_with_its_commit_and_its_record(clone: Path) -> None:
    before = contents(clone / "reports" / "_site")
    done = edition.make_edition()
    commit = git(clone, "rev-parse", "HEAD")
    assert done.folder == clone / "reports" / "_site" / "editions" / f"2025-06-30-{commit[:10]}"
    kept = contents(done.folder)
    assert {name: kept[name] for name in REPORTS} == {name: before[name] for name in REPORTS}
    assert not any("editions" in name for name in kept)
    assert read_json(done.folder / "edition.json") == read_records()[0]
    assert read_records()[0]["commit"] == commit
    assert "primera edición" in kept["es/changes.html"].decode()
    assert len(read_decisions(paths.decisions_file())) == done.n_forecasts == 1
    index = (clone / "reports" / "_site" / "index.html").read_text(encoding="utf-8")
    assert 'href="editions/index.html#es"' in index
    assert b'href="../index.html#en"' in kept["index.html"]


def test_the_second_edition_tells_what_changed_and_the_first_stays(clone: Path) -> None:
    first = edition.make_edition()
    kept = contents(first.folder)
    second = next_edition(clone, shorter)
    assert contents(first.folder) == kept
    assert [record["name"] for record in read_records()] == [first.folder.name, second.folder.name]
    page = (second.folder / "es" / "changes.html").read_text(encoding="utf-8")
    assert "economics.horizon_years" in page and "leen los mismos ficheros" in page
    assert "Nuevos: Los datos y algo más." in page and "Ya no están: Los datos." in page
    listed = (clone / "reports/_site/editions/index.html").read_text(encoding="utf-8")
    assert listed.index(second.folder.name) < listed.index(first.folder.name)
    for file in (second.folder / "es" / "changes.html", paths.editions_dir() / "index.html"):
        for link in set(pd.Series([file.read_text("utf-8")]).str.findall(r'href="([^"#]+)')[0]):
            assert link == "data:," or (file.parent / link).exists(), f"{file}: {link}"
    for record in (clone / "reports" / "editions").glob("*.json"):
        assert "secret" not in record.read_text(encoding="utf-8")


def test_the_same_edition_is_not_made_twice(clone: Path) -> None:
    edition.make_edition()
    before = contents(clone / "reports")
    with pytest.raises(NexoError, match="has been made already"):
        edition.make_edition()
    git(clone, "add", ".")
    git(clone, "commit", "-q", "-m", "The log and the record")
    with pytest.raises(NexoError, match="same data, choices and code"):
        edition.make_edition()
    assert contents(clone / "reports") == before


@pytest.mark.parametrize("at", ["changes_page", "write_index", "record_forecast", "write_json"])
def test_an_edition_that_was_interrupted_is_none_and_is_made_again(
    clone: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    calls: list[str] = []

    def killed(*given: Any, **more: Any) -> None:
        # The last thing written is the record; edition.json stands in the folder before it.
        if at != "write_json" or Path(given[0]).parent.name == "editions":
            raise KeyboardInterrupt
        calls.append("json")
        write_json(*given, **more)

    owner = site if at == "write_index" else edition
    with monkeypatch.context() as patch:
        patch.setattr(owner, at, killed)
        with pytest.raises(KeyboardInterrupt):
            edition.make_edition()
    assert read_records() == []
    for folder in paths.editions_dir().glob("2*"):
        assert {*REPORTS, "edition.json", "es/changes.html"} <= set(contents(folder))
    assert not list((clone / "reports").rglob("*.building"))
    done = edition.make_edition()
    assert read_records()[0]["name"] == done.folder.name
    assert len(read_decisions(paths.decisions_file())) == 1


def test_a_site_that_is_missing_spoilt_or_old_is_refused(clone: Path) -> None:
    page = clone / "reports" / "_site" / "es" / "brief.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text + "x", encoding="utf-8")
    with pytest.raises(NexoError, match=r"not the one of its receipt: es/brief\.html"):
        edition.make_edition()
    page.write_text(text, encoding="utf-8")
    (clone / "reports" / "_site" / "receipt.json").rename(clone / "receipt.json")
    with pytest.raises(NexoError, match=r"receipt\.json is not there.*Run make\s+report"):
        edition.make_edition()
    (clone / "receipt.json").rename(clone / "reports" / "_site" / "receipt.json")
    with (clone / "data/results/economics/money.csv").open("a") as table:
        table.write("\n")
    with pytest.raises(NexoError, match="the receipt and the files disagree"):
        edition.make_edition()
    assert not paths.editions_dir().exists() and read_records() == []


def test_changed_files_no_git_and_no_forecast_are_refused(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (clone / "requirements.lock").write_text("x\n", encoding="utf-8")
    (clone / "untracked.txt").write_text("no matter\n", encoding="utf-8")
    with pytest.raises(NexoError, match=r"- requirements\.lock\nCommit them"):
        edition.make_edition()
    git(clone, "checkout", "-q", "requirements.lock")
    (clone / "data/results/economics/forecast.json").unlink()
    with pytest.raises(NexoError):
        edition.make_edition()
    write_json(clone / "data/results/economics/forecast.json", FORECAST)
    (clone / ".git").rename(tmp_path / "git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(NexoError, match="needs a clone"):
        edition.make_edition()
    assert not paths.editions_dir().exists()


def test_a_record_that_was_edited_is_named(clone: Path) -> None:
    done = edition.make_edition()
    done.record.write_text('{"name": "x"}', encoding="utf-8")
    with pytest.raises(NexoError, match="is not the record of an edition.*restore it"):
        read_records()


def test_the_same_site_gives_the_same_edition(clone: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(clone, other, symlinks=True)
    edition.make_edition()
    os.chdir(other)
    edition.make_edition()
    assert contents(clone / "reports" / "_site") == contents(other / "reports" / "_site")


def test_private_places_are_no_choices() -> None:
    found = choices({"common": {"source": "demo", "data_dir": "/home/x"}, "link": {"by": ["a"]}})
    assert found == {"common.source": "demo", "link.by": '["a"]'}


def test_every_group_of_numbers_is_kept(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(made)
    inputs = read_inputs()
    groups = {one["group"] for one in figures(inputs)}
    assert groups == {"money", "score", "effect", "value", "base"}
    assert {one["what"] for one in figures(inputs) if one["group"] == "score"} >= {"nps"}
