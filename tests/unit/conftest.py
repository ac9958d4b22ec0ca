"""What several files of unit tests use."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import report_page, tiny_company


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The panel of the hand-made company; read it, do not change it."""
    folder = tmp_path_factory.mktemp("tiny")
    tiny_company.write_tables(folder)
    return tiny_company.build(folder)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A report folder with the real style and fonts, and small things of its own."""
    return report_page.report_folder(tmp_path / "reports")


@pytest.fixture
def show(root: Path) -> report_page.Show:
    """Render a body; return (the page's main part, the Typst body)."""
    return report_page.renderer(root)
