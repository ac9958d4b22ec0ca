"""How far a long work has come, on standard error: nothing that would break a pipe."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

AT_ONCE = 0.5
"""Seconds between two signs of life on a terminal."""
ELSEWHERE = 5.0
"""Seconds between two lines in a log."""


class Progress:
    """Call it with a text; it shows the newest, on one line of a terminal, seldom in a log."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._shown_at = time.monotonic()
        self._width = 0

    def __call__(self, text: str) -> None:
        """Show the text, if the last one was not just now."""
        now = time.monotonic()
        if now - self._shown_at < (AT_ONCE if self._is_terminal else ELSEWHERE):
            return
        self._shown_at = now
        end = "\r" if self._is_terminal else "\n"
        print(text.ljust(self._width), end=end, file=sys.stderr, flush=True)
        self._width = len(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_terminal and self._width:
            print(" " * self._width, end="\r", file=sys.stderr, flush=True)
