"""The Quarto renderer against a stand-in that records what it is asked.

Not covered: Quarto itself, which no test machine has to have.
"""

from __future__ import annotations

import json
import re
import stat
import sys
from pathlib import Path

import pytest

from nexo.base import paths
from nexo.base.errors import RenderError
from nexo.report import render as room
from nexo.report.render import quarto
from nexo.report.render.nodes import pandoc

STAND_IN = """#!{python}
import json, pathlib, sys
here = pathlib.Path({folder!r})
if sys.argv[1:] == ["--version"]:
    print("{version}")
    raise SystemExit
with (here / "calls.jsonl").open("a") as log:
    log.write(json.dumps([sys.argv[1:], str(pathlib.Path.cwd())]) + "\\n")
source, target = sys.argv[2], sys.argv[4]
print({said!r}, file=sys.stderr)
made = pathlib.Path("_draft", source).with_suffix({{"html": ".html", "typst": ".pdf"}}[target])
made.parent.mkdir(parents=True, exist_ok=True)
if {writes}:
    made.write_text(target)
raise SystemExit({code})
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put a stand-in on the PATH that says and does what a test wants."""

    def _install(
        version: str = "1.10.3", said: str = "", code: int = 0, writes: bool = True
    ) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir()
        script = folder / "quarto"
        script.write_text(
            STAND_IN.format(
                python=sys.executable,
                folder=str(tmp_path),
                version=version,
                said=said,
                code=code,
                writes=writes,
            )
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(sys, "executable", str(folder / "python"))
        return tmp_path

    return _install


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A report folder with one source and an old site that must not be copied."""
    root = tmp_path / "reports"
    (root / "es").mkdir(parents=True)
    (root / "_site").mkdir()
    (root / "_site" / "old.html").write_text("old")
    (root / "es" / "brief.qmd").write_text("---\ntitle: x\n---\n")
    return root


def _render(root: Path, is_draft: bool = False) -> list[Path]:
    output = root.parent / "out"
    output.mkdir()
    return quarto.render(root / "es" / "brief.qmd", root, output, is_draft=is_draft)


def test_both_formats_are_rendered_and_moved(install, reports: Path) -> None:
    folder = install()
    made = _render(reports, is_draft=True)
    assert [path.name for path in made] == ["brief.html", "brief.pdf"]
    assert [path.read_text() for path in made] == ["html", "typst"]
    calls = [json.loads(line) for line in (folder / "calls.jsonl").read_text().splitlines()]
    assert [call[0][:4] for call in calls] == [
        ["render", "es/brief.qmd", "--to", "html"],
        ["render", "es/brief.qmd", "--to", "typst"],
    ]
    # The same options for both, but for the size of type of the PDF.
    assert [*calls[0][0][4:], "-M", "density:1"] == calls[1][0][4:]
    assert "draft-mark:true" in calls[0][0]
    assert "slug:brief" in calls[0][0]


def test_quarto_works_on_a_copy(install, reports: Path) -> None:
    folder = install()
    before = sorted(path.relative_to(reports) for path in reports.rglob("*"))
    _render(reports)
    assert sorted(path.relative_to(reports) for path in reports.rglob("*")) == before
    for line in (folder / "calls.jsonl").read_text().splitlines():
        assert not Path(json.loads(line)[1]).is_relative_to(reports)


@pytest.mark.parametrize(
    "said",
    [
        "WARNING: Unable to resolve crossref @fig-x",
        "[WARNING] Duplicate note",
        "\x1b[33mWARN: \x1b[39mno variable",
        "ERROR: something",
    ],
)
def test_a_warning_is_an_error(install, reports: Path, said: str) -> None:
    install(said=said)
    with pytest.raises(RenderError, match=r"es/brief\.qmd: Quarto warned for html"):
        _render(reports)


def test_a_failure_is_told_in_quartos_words(install, reports: Path) -> None:
    install(said="No such filter", code=3)
    with pytest.raises(RenderError, match="exit code 3:\nNo such filter"):
        _render(reports)


def test_a_file_that_is_not_written_is_an_error(install, reports: Path) -> None:
    install(writes=False)
    with pytest.raises(RenderError, match=r"did not write brief\.html"):
        _render(reports)


def test_auto_takes_quarto_when_its_version_is_known(install) -> None:
    install(version="1.10.3")
    chosen = room.choose("auto")
    assert (chosen.name, chosen.made_by.split(", ")[1]) == ("quarto", "Quarto 1.10.3")
    assert room.choose("embedded").name == "embedded"


@pytest.mark.parametrize("version", ["1.4.557", "2.0.0", "unknown"])
def test_another_version_is_refused_or_left(install, version: str) -> None:
    install(version=version)
    assert room.choose("auto").name == "embedded"
    with pytest.raises(RenderError, match="make quarto"):
        room.choose("quarto")


def test_without_quarto_auto_is_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarto, "executable", lambda: None)
    assert room.choose("auto").name == "embedded"
    assert "pandoc" in room.choose("auto").made_by
    with pytest.raises(RenderError, match="not installed"):
        room.choose("quarto")


def test_a_report_with_a_number_of_pages_is_set_closer_until_it_fits(
    install, reports: Path
) -> None:
    # The stand-in writes two pages from a size of type of 0.95 down, three above it.
    told = install()
    script = told / "bin" / "quarto"
    pages = (
        'sizes = [a for a in sys.argv if a.startswith("density:")]\n'
        "n = 2 if sizes and float(sizes[0][8:]) <= 0.95 else 3\n"
        'made.write_text("/Type /Page\\n" * n + sys.argv[4])\n'
    )
    script.write_text(script.read_text().replace("    made.write_text(target)\n", "    pass\n"))
    script.write_text(script.read_text().replace("raise SystemExit(0)\n", pages))
    (reports / "es" / "brief.qmd").write_text("---\ntitle: x\nnexo:\n  pages: 2\n---\n")
    _, pdf = _render(reports)
    assert pdf.read_text().count("/Type /Page") == 2
    calls = [json.loads(line)[0] for line in (told / "calls.jsonl").read_text().splitlines()]
    tried = [word for call in calls for word in call if word.startswith("density:")]
    assert tried == ["density:1.06", "density:1", "density:0.95"]


def test_a_page_of_quarto_gets_the_foot_of_the_embedded_ones() -> None:
    lines = [
        "---",
        "lang: es",
        "made-by: Nexo 1, Quarto 2",
        "terms: {marks: NPS es una marca}",
        "page-foot: {es: 'Solo &#60;b&#62;', en: No}",
        'page-logo: \'`<img class="logo" src="data:," alt="A">`{=html}\'',
        "---",
        "Texto",
    ]
    style = paths.reports_dir() / "style"
    shown = pandoc(
        *("-f", "markdown", "-t", "html5", "-s", "--lua-filter", str(style / "nexo.lua")),
        *("--template", str(style / "title-block.html")),
        text="\n".join(lines),
    )
    assert '<img class="logo" src="data:," alt="A">' in shown
    body = pandoc(
        *("-f", "markdown", "-t", "html5", "--lua-filter", str(style / "nexo.lua")),
        text="\n".join(lines),
    )
    foot = body.split('<footer class="report-footer">')[1].split("</footer>")[0]
    assert re.findall(r"<p>(.*?)</p>", foot) == [
        "Solo &lt;b&gt;",
        "NPS es una marca",
        "Nexo 1, Quarto 2",
    ]
