"""Starting DuckDB with its memory and its clock, and the folder in which either engine spills."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nexo.base.errors import NexoError

if TYPE_CHECKING:
    from nexo.base.config import Common


@contextmanager
def spill_folder(parent: str) -> Iterator[Path]:
    """Yield a new folder in ``parent``, or where the system keeps temporary files."""
    try:
        folder = tempfile.TemporaryDirectory(
            prefix="nexo-", dir=parent or None, ignore_cleanup_errors=True
        )
    except OSError as problem:
        raise NexoError(
            f"common.spill_dir = {parent!r} cannot be written to ({problem.strerror}). Name a "
            'folder that is there, on a disk with room, or "" for the system\'s temporary one.'
        ) from None
    with folder as name:
        yield Path(name)


def start_duckdb(common: Common, spill: Path) -> tuple[Any, Callable[[], None]]:
    import duckdb

    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"SET memory_limit = '{common.memory_gb}GB'")
    connection.execute("SET temp_directory = ?", [str(spill)])
    # A bar would end up in a notebook's output. Where it is off, DuckDB refuses in Jupyter even
    # to be told so, unless ipywidgets is installed; so look first.
    setting = connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()
    if setting == [(True,)]:
        connection.execute("SET enable_progress_bar = false")
    return connection, connection.close
