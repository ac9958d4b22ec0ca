"""What a small screen and a sheet of paper get of their own: narrow charts, whole table ends."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nexo.report.render import embedded
from support.report_page import SVG, Show

WIDE = '![Cap](/_generated/es/b-wide.svg){#fig-b fig-alt="What it shows"}'
TABLE = "| name | value |\n|:-----|------:|\n"


def rows(count: int) -> str:
    return TABLE + "".join(f"| row {at} | {at} |\n" for at in range(count))


@pytest.mark.parametrize("has_narrow", [True, False])
def test_a_small_screen_gets_the_narrow_chart_where_there_is_one(
    show: Show, root: Path, has_narrow: bool
) -> None:
    folder = root / "_generated" / "es"
    (folder / "b-wide.svg").write_text(SVG)
    if has_narrow:
        (folder / "b.svg").write_text(SVG.replace('width="40"', 'width="20"'))
    page, typst = show(WIDE)
    assert page.count("<img ") == 1 and 'alt="What it shows"' in page
    found = re.findall(
        r'<source media="[^"]*max-width[^"]*" srcset="(data:[^"]*)" width="20"', page
    )
    assert len(found) == int(has_narrow)
    assert all(" " not in address for address in found)  # a space would end it
    assert "b-wide.svg" in typst and "b.svg" not in typst


@pytest.mark.parametrize(("count", "kept"), [(20, 3), (6, 0)])
def test_the_last_rows_of_a_long_table_stay_together(show: Show, count: int, kept: int) -> None:
    _, typst = show(rows(count))
    foot = typst.partition("table.footer(repeat: false")[2]
    assert len(re.findall(r"\[row[ ~\\]", foot)) == kept
    assert ("table.footer" in typst) is bool(kept)


def test_a_paragraph_between_heading_and_table_goes_with_them(show: Show) -> None:
    _, typst = show(f"# One\n\nLead.\n\n{rows(4)}\n\n# Two\n\nAlone.\n\nMore.\n")
    assert "#block(sticky: true)[\n\nLead." in re.sub(r"\n+", "\n\n", typst)
    assert typst.count("sticky: true") == 1


def test_contents_stand_between_headline_and_first_section(show: Show, root: Path) -> None:
    _, typst = show("Headline.\n\n# One\n\nText.\n\n# Two\n\nText.", "title: T\ntoc: true")
    assert typst.count("#nexo-contents()") == 1
    assert typst.index("Headline.") < typst.index("#nexo-contents()") < typst.index("One")


def test_the_version_is_that_of_the_compiler_which_signs_the_pdf(show: Show, root: Path) -> None:
    show("Text.")
    pdf = embedded.pdf(embedded.read_document(root / "es" / "brief.qmd", root))
    assert f"Typst {embedded.typst_version()}".encode() in pdf
    assert embedded.made_by().endswith(f"Typst {embedded.typst_version()}")


def test_an_interval_goes_below_its_estimate_where_the_line_is_short(show: Show) -> None:
    interval = "−13.539 (−16.914 a −9.692)"
    head = "| Nombre | Dueño | Rinde | Más |\n|:--|:--|--:|--:|\n"
    name = "una iniciativa de nombre muy largo que no cabe"
    row = f"| {name} | {name} | {interval} | {interval} |\n"
    widths = []
    for cut in (head + row, TABLE + f"| a | {interval} |\n"):
        _, typst = show(cut)
        assert re.search(r"#box\[\\?\(−16\.914 a −9\.692\)\]", typst)
        listed = re.findall(r"columns: \(([^)]*),\)", typst)[0].split(", ")
        widths.append(float(listed[-1].rstrip("emfr")))
    assert widths[0] < widths[1] - 3
