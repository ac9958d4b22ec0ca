"""A browser, and the published demo with two editions in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.editions import with_editions
from support.project import Project, fork_project

REPORTS = [f"{lang}/{name}" for lang in ("es", "en") for name in ("brief", "technical")]
PAGES = [
    "index.html",
    *(f"{name}.html" for name in REPORTS),
    "editions/index.html",
    "editions/last/index.html",
    *(f"editions/last/{lang}/changes.html" for lang in ("es", "en")),
]
"""Every page of the site; ``last`` stands for the newest edition's folder."""


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that notes what went wrong and where it tried to go."""
    tab = browser.new_page()
    tab.troubles = []
    tab.requests = []
    tab.on("pageerror", lambda error: tab.troubles.append(str(error)))
    tab.on("console", lambda m: tab.troubles.append(m.text) if m.type == "error" else None)
    tab.on("request", lambda request: tab.requests.append(request.url))
    yield tab
    tab.close()


@pytest.fixture(scope="session")
def published(demo: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's site with two editions, the newest also by the name ``last``."""
    project = fork_project(demo, tmp_path_factory.mktemp("published") / "nexo")
    name = with_editions(project)
    site = project.root / "reports" / "_site"
    (site / "editions" / "last").symlink_to(name)
    return site
