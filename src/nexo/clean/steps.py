"""What casts are made of: steps of columns, and the names under which a column travels."""

from __future__ import annotations

from collections.abc import Sequence

import narwhals as nw

from nexo.engine import Frame

Step = dict[str, nw.Expr]

TOLD, CAST, UNFIT, NOTE = "__told", "__cast", "__unfit", "__note"
"""A column ``x`` goes in as ``x__told`` (text, blanks stripped, blank cells null) and comes out as
``x__cast`` (null where it did not fit) and ``x__unfit`` (the reason code, or null). A time has
``x__note`` too: what is odd about a value that is kept as told."""


def only(value: nw.Expr, condition: nw.Expr) -> nw.Expr:
    """``value`` where ``condition`` holds, null elsewhere."""
    return nw.when(condition).then(value).otherwise(None)


def coded(condition: nw.Expr, code: str, otherwise: nw.Expr | None = None) -> nw.Expr:
    """The text ``code`` where ``condition`` holds, else ``otherwise`` (null if not given)."""
    return nw.when(condition).then(nw.lit(code)).otherwise(otherwise)


def take(frame: Frame, columns: Sequence[Sequence[Step]]) -> Frame:
    """Take the steps of several columns, the first of each together, then the second of each."""
    for index in range(max((len(steps) for steps in columns), default=0)):
        made = {n: e for steps in columns if index < len(steps) for n, e in steps[index].items()}
        frame = frame.with_columns(**made)
    return frame
