"""The project's own exceptions: each message says what is wrong, where, and how to mend it."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass


class NexoError(Exception):
    """Anything a person can mend; scripts print its text alone and exit with code 1."""


class ConfigError(NexoError):
    """params.yaml is not what the code can work with."""


class SourceError(NexoError):
    """A source YAML or one of its files is missing, malformed or contradicts itself."""


class ContractError(NexoError):
    """A built table does not keep what data/dictionary.yaml promises."""


class ReconciliationError(NexoError):
    """Rows read are not rows kept plus merged plus rejected, or too many were rejected."""


class PanelError(NexoError):
    """The landmark panel would hold a covariate from the future, or an outcome from the past."""


class NotebookError(NexoError):
    """A notebook got parameters it does not know, or one of its cells failed."""


class RenderError(NexoError):
    """A report source uses something the renderer does not know, or names what is not there."""


class EmptyResultError(NexoError):
    """A stage produced nothing where something is always expected."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the data, addressed so that its owner can find it.

    ``row`` is the record number in the file, the header being 1; None where a whole
    file or column is meant.
    """

    what: str
    cure: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.file,
                f"row {self.row}" if self.row is not None else "",
                f"column {self.column!r}" if self.column else "",
                f"value {self.value!r}" if self.value else "",
            )
            if part
        )
        return f"{place}: {self.what}. {self.cure}" if place else f"{self.what}. {self.cure}"


def report_problems(problems: Sequence[Problem], limit: int = 20) -> str:
    """Write several problems as one message: the first ``limit`` in full, the rest counted."""
    lines = [f"- {problem}" for problem in problems[:limit]]
    if len(problems) > limit:
        lines.append(f"- and {len(problems) - limit} more of the same kind")
    return "\n".join(lines)


def printable(text: str) -> str:
    """Write out signs that a terminal would obey: escapes, and marks that turn text around."""
    return "".join(c if c in "\n\t" or c.isprintable() else repr(c)[1:-1] for c in text)


def run(main: Callable[[], None]) -> None:
    """Run a script's ``main``; a NexoError becomes its message on stderr and exit code 1.

    Any other exception keeps its traceback: it is a fault of the code, not of the input.
    """
    try:
        main()
    except NexoError as problem:
        print(printable(f"{type(problem).__name__}: {problem}"), file=sys.stderr)
        raise SystemExit(1) from None
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        print(
            f"The disk is full ({problem}). Nothing was half-written: free some space, then "
            "run dvc repro again.",
            file=sys.stderr,
        )
        raise SystemExit(1) from None
