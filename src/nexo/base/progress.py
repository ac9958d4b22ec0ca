"""Signs of life on long work: how much is done, on stderr, and only when it takes a while."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

SILENT_SECONDS = 3.0
"""Work that is done before then says nothing."""
TERMINAL_SECONDS, LOG_SECONDS = 0.5, 10.0


@dataclass
class Progress:
    """Counts ``units`` of ``what`` as they are done; ``total`` None where nobody knows it.

    A terminal sees one line rewritten in place, a log a line every ten seconds. Notebooks see
    nothing: their outputs must not depend on the clock.
    """

    what: str
    total: int | None = None
    units: str = "rows"
    done: int = 0
    _started: float = field(default_factory=lambda: time.monotonic())
    _told: float = 0.0

    def add(self, n_more: int) -> None:
        """Count ``n_more`` as done, and say so if it is time."""
        self.done += n_more
        if "ipykernel" in sys.modules:
            return
        now, is_terminal = time.monotonic(), sys.stderr.isatty()
        pause = TERMINAL_SECONDS if is_terminal else LOG_SECONDS
        if now - self._started < SILENT_SECONDS or now - self._told < pause:
            return
        self._told = now
        of = f" of {self.total:,}" if self.total is not None else ""
        text = f"{self.what}: {self.done:,}{of} {self.units}, {now - self._started:.0f} s"
        print(f"\r{text}\033[K" if is_terminal else text, end="" if is_terminal else "\n",
              file=sys.stderr, flush=True)  # fmt: skip
