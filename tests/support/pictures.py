"""Pictures of PDF pages, and how far two of them may differ.

The pages are those of the hand-made world (facts_world), so that they change with the reports
alone and not with the numbers of the demo. Remake the reference pictures, then look at each:

    cd tests && python -m support.pictures
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from nexo.base import paths
from nexo.base.config import Report, load_params
from nexo.report import facts
from nexo.report.inputs import read_inputs
from nexo.report.render import embedded
from nexo.report.render.pages import DENSITIES
from nexo.report.render.project import read_document
from support.facts_world import REPO, build

FOLDER = Path(__file__).parents[1] / "browser" / "pictures"
PAGES = {
    "es/brief": (1, 2),
    "en/brief": (1, 2),
    "es/technical": (1, 8),
}
"""Report -> its pages (from 1) that have a reference picture."""

DOTS = 72
"""Dots per inch: text can still be recognised, and all pictures stay under 400 kB."""

GREYS = 16
BLOCK = 12
MOST = 10.0
"""Most that the mean of a block of 12 by 12 dots may differ, in levels of grey (0 to 255).

The same page drawn by another machine differs by one or two at the edges of letters; a label
that moves by two pixels of its chart changes a block by fourteen and more.
"""


def world(root: Path) -> Path:
    """Make the report folder of the hand-made world; the working directory moves there."""
    build(root)
    for part in ("style", "es", "en"):
        shutil.copytree(REPO / "reports" / part, root / "reports" / part)
    shutil.copy(REPO / "reports" / "_quarto.yml", root / "reports")
    os.chdir(root)
    facts.write_facts(read_inputs())
    return root / "reports"


def drawn(reports: Path, name: str) -> dict[str, np.ndarray]:
    """Return the chosen pages of a report as pictures in grey, by the name of their file."""
    import typst

    document = read_document(reports / f"{name}.qmd", reports)
    source = embedded.typst_source(document, load_params(Report).is_draft)
    wanted = document.option("typst", "nexo", {}).get("pages")
    for density in DENSITIES if wanted else (1.0,):
        made: Any = typst.compile(
            source.encode(),
            root=str(reports),
            font_paths=embedded._fonts((paths.fonts_dir(),)),
            sys_inputs={"density": f"{density:g}"},
            format="png",
            ppi=DOTS,
        )
        pages = made if isinstance(made, list) else [made]
        if not wanted or len(pages) == wanted:
            break
    return {f"{name.replace('/', '-')}-{n}.png": read(pages[n - 1]) for n in PAGES[name]}


def read(png: bytes) -> np.ndarray:
    """Return a PNG as levels of grey, rounded to the few that a reference keeps."""
    from PIL import Image

    levels = np.asarray(Image.open(BytesIO(png)).convert("L"), dtype=np.int32)
    step = 255 // (GREYS - 1)
    return np.asarray((levels + step // 2) // step * step)


def write(file: Path, picture: np.ndarray) -> None:
    """Write a picture as a PNG of few greys."""
    from PIL import Image

    image = Image.fromarray(picture.astype(np.uint8)).quantize(GREYS)
    image.save(file, optimize=True)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest mean difference of a block, in levels; infinite for other sizes."""
    if one.shape != other.shape:
        return float("inf")
    difference = np.abs(one - other)
    high, wide = (side // BLOCK * BLOCK for side in difference.shape)
    blocks = difference[:high, :wide].reshape(high // BLOCK, BLOCK, wide // BLOCK, BLOCK)
    return float(blocks.mean(axis=(1, 3)).max())


def main() -> None:
    """Remake every reference picture."""
    with tempfile.TemporaryDirectory() as scratch:
        reports = world(Path(scratch) / "project")
        for name in PAGES:
            for file, picture in drawn(reports, name).items():
                write(FOLDER / file, picture)
                print(f"{file}: {(FOLDER / file).stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
