"""Personal data planted in every table of a company are in nothing that is built or published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nexo import privacy
from nexo.sources import cures, load_source
from nexo.sources.extract import extract
from support.planted import DNI, EMAIL, IBAN, KEY, LINE, NAME, PHONE, found_in, plant
from support.planted import write_planted_source as describe
from support.project import Project
from support.sources import dictionary

N_CUSTOMERS = 1_500


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's files."""
    folder = tmp_path_factory.mktemp("company")
    plant(folder, N_CUSTOMERS)
    return folder


def files_of(root: Path) -> Iterator[Path]:
    """Everything that a run left: data, reports, parameters, lock, metrics and DVC's cache."""
    for file in sorted(root.rglob("*")):
        if file.is_file() and ".git" not in file.relative_to(root).parts[:1]:
            yield file


@pytest.mark.slow
def test_nothing_built_or_published_holds_them(
    company: Path, project_copy: Callable[[], Project]
) -> None:
    project = project_copy()
    (project.root.parent / "company.key").write_text(KEY, encoding="utf-8")
    describe(project.root)
    choice = {"source": "planted", "data_dir": str(company), "key_file": "../company.key"}
    project.change_params(lambda params: params["common"].update(choice))
    done = project.dvc("repro", timeout=900)
    assert done.returncode == 0, done.stdout[-6000:]
    log = project.root / "run.log"
    log.write_text(done.stdout, encoding="utf-8")
    files = list(files_of(project.root))
    leaks = {
        str(file.relative_to(project.root)): found for file in files if (found := found_in(file))
    }
    assert not leaks
    kinds = {file.suffix for file in files}
    assert {".parquet", ".ipynb", ".html", ".pdf", ".json", ".csv", ".lock"} <= kinds
    assert "[email]" in "".join(cells(project.root / "data" / "clean" / "survey"))
    assert "public" not in (project.root / "data" / "raw" / "counts.json").read_text("utf-8")


def cells(folder: Path) -> Iterator[str]:
    """The comments of the clean survey."""
    import pyarrow.parquet as pq

    for text in pq.read_table(folder / "survey.parquet")["comment"].to_pylist():
        yield text or ""


def read_into(folder: Path, company: Path, root: Path) -> set[str]:
    """Extract the planted files into ``folder`` and return what the scan finds there."""
    source = load_source("planted", dictionary(), root / "data" / "sources" / "planted.yaml")
    folder.mkdir()
    extract(source, dictionary(), company, bytes.fromhex(KEY), folder)
    return {word for file in folder.iterdir() for word in found_in(file)}


def test_the_scan_finds_them_when_nothing_is_blanked_out(
    company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(__file__).resolve().parents[2]
    (tmp_path / "data" / "sources").mkdir(parents=True)
    demo = (root / "data" / "sources" / "demo.yaml").read_text(encoding="utf-8")
    (tmp_path / "data" / "sources" / "demo.yaml").write_text(demo, encoding="utf-8")
    describe(tmp_path)
    assert read_into(tmp_path / "with", company, tmp_path) == set()
    monkeypatch.setattr(privacy, "redact", lambda text: text)
    leaks = read_into(tmp_path / "without", company, tmp_path)
    assert {EMAIL, PHONE, DNI, IBAN} <= leaks and not {NAME, LINE} & leaks
    monkeypatch.setattr(cures, "pseudonymiser", lambda key: lambda ids: ids)
    assert {NAME, LINE} <= read_into(tmp_path / "named", company, tmp_path)
