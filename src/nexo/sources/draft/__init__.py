"""A first source YAML for files nobody has described: guesses, their evidence, doubts marked."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

from nexo.sources.draft.document import document
from nexo.sources.draft.guess import Guess, choose
from nexo.sources.draft.opening import open_file
from nexo.sources.draft.plan import plan
from nexo.sources.draft.profile import Profiled, Tell, profile
from nexo.sources.draft.together import joined, look_at

__all__ = ["data_folder", "draft"]


def draft(files: Sequence[Path], tell: Tell = lambda _: None) -> str:
    """Look at each file once and return a source YAML as text.

    ``tell`` is called with the rows read so far. Raises SourceError for a file that is not
    there, cannot be read, or has no column names. Nothing personal is in the text: ids and
    comments are not shown, labels only where they repeat.
    """
    folder = data_folder(files)
    looked: list[Guess] = []
    for file in dict.fromkeys(path.resolve() for path in files):
        name = glob.escape(file.relative_to(folder).as_posix())
        for opened in open_file(file, name):
            seen = profile(opened, tell)
            looked.append(look_at(seen, _label(seen)))
    guesses = [choose(guess) for guess in joined(looked)]
    return document(plan(guesses))


def data_folder(files: Sequence[Path]) -> Path:
    """The folder that holds all files: what ``--data-dir`` must name."""
    return Path(os.path.commonpath([path.resolve().parent for path in files]))


def _label(seen: Profiled) -> str:
    sheet = seen.opened.rule.sheet
    return seen.opened.path.name + (f" [{sheet}]" if sheet is not None else "")
