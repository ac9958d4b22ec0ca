"""How results are written: whole or not at all, and the same bytes for the same numbers."""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nexo.base.errors import EmptyResultError

if TYPE_CHECKING:
    import pandas as pd

TIDY_COLUMNS = (
    "outcome",
    "term",
    "contrast",
    "unit",
    "estimate",
    "std_error",
    "conf_low",
    "conf_high",
    "p_value",
    "n_obs",
    "n_clusters",
    "method",
)
"""The one schema of every estimate; further columns may follow these. NaN: not defined."""

SIGNIFICANT_DIGITS = 10
"""Enough for any reader; the digits behind differ between processors and libraries."""


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside ``target`` that takes its place only if the block succeeds.

    A failure or a kill leaves either the old folder or the new one, never a mixture.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_unfinished(target)
    building = Path(
        tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".building", dir=target.parent)
    )
    building.chmod(0o755)
    try:
        yield building
        if target.exists():
            shutil.rmtree(target)
        os.replace(building, target)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Yield a path beside ``target`` that is moved onto it only if the block succeeds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_unfinished(target)
    building = target.with_name(f".{target.name}.{os.getpid()}.building")
    try:
        yield building
        os.replace(building, target)
    finally:
        building.unlink(missing_ok=True)


def _remove_unfinished(target: Path) -> None:
    """Remove what a killed run of the same stage left; git and DVC ignore ``*.building``."""
    for leftover in target.parent.glob(f".{target.name}.*.building"):
        if leftover.is_dir():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def rounded(value: Any) -> Any:
    """Return a JSON-ready copy: floats at SIGNIFICANT_DIGITS, NaN and infinities as None."""
    if isinstance(value, dict):
        return {str(key): rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item) for item in value]
    if hasattr(value, "item"):  # a NumPy scalar
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}") if math.isfinite(value) else None
    return value


def write_json(path: Path, content: Any) -> None:
    """Write ``content`` with sorted keys and fixed rounding."""
    text = json.dumps(rounded(content), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    with whole_file(path) as building:
        building.write_text(text, encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read a JSON file written by ``write_json``."""
    return json.loads(path.read_text(encoding="utf-8"))


def write_table(path: Path, table: pd.DataFrame, *, may_be_empty: bool = False) -> None:
    """Write a small table as CSV: the given order of rows, fixed rounding, no index.

    Raises EmptyResultError for a table without rows, unless the caller expects one.
    """
    if table.empty and not may_be_empty:
        raise EmptyResultError(
            f"{path.name} would have no rows. Look at the stage that makes it: an empty "
            "result is never published in silence."
        )
    with whole_file(path) as building:
        table.to_csv(
            building,
            index=False,
            float_format=f"%.{SIGNIFICANT_DIGITS}g",
            lineterminator="\n",
            encoding="utf-8",
        )


def read_table(path: Path, text: Sequence[str] = ()) -> pd.DataFrame:
    """Read a table written by ``write_table``; text stays text, "NA" and "None" included.

    ``text`` names columns whose digits are no numbers (a commit such as 0123456789).
    """
    import pandas as pd

    kept = dict.fromkeys(text, "str")
    return pd.read_csv(path, keep_default_na=False, na_values=[""], encoding="utf-8", dtype=kept)
