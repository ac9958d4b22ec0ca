"""The findings of nexo check in plain words and tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nexo.quarantine import MEANING

ACTIONS = {
    "set_missing": "set to missing",
    "row_rejected": "row rejected",
    "row_merged": "row merged",
    "missing_code": "counted as no answer",
}
NAMES = {"nps_score": "NPS", "ces_score": "CES", "csat_score": "CSAT", "kiosk_face": "faces"}
PARTS = {
    "scores": "scores, their intervals and change",
    "retention": "retention",
    "cross_selling": "cross-selling",
    "revenue": "revenue",
}
LONGEST = 60
BAR = 30


def told(found: dict[str, Any]) -> str:
    """Everything found, as text of several paragraphs."""
    parts = [
        _section("What was read", _files(found)),
        _section("What became of the rows", _rows(found)),
        _section("What did not fit", _odd(found) or ["Everything fitted."]),
        _section("What the columns look like", _columns(found)),
        _section("First look at the scores (all answers, no weights)", _scores(found)),
        _section("What the reports will be able to say", _reports(found)),
    ]
    if found["warnings"]:
        parts.append(_section("Look at this", [f"- {text}" for text in found["warnings"]]))
    return "\n".join(part for part in parts if part)


def next_step(settings: dict[str, str], to_do: Sequence[str], found: dict[str, Any]) -> str:
    """What to do now: what the pipeline still lacks, the parameters to set, the command."""
    end = "The data set can be run."
    if found["warnings"]:
        end = "The data set can be run, but look at the warnings first."
    steps = [*to_do, "In params.yaml, under common, set:"]
    steps += [f"    {name}: {value}" for name, value in settings.items()]
    steps += ["Then run: dvc repro"]
    return "\n".join(["", end, "Next:", *(f"  {step}" for step in steps)])


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join(["", title, *(f"  {line}" for line in lines)]) if lines else ""


def grid(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Rows as aligned columns: numbers to the right, words to the left."""
    cells = [list(header), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(header))]
    right = [all(isinstance(row[at], int | float) for row in rows) for at in range(len(header))]
    return [
        "  ".join(
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    ]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def _files(found: dict[str, Any]) -> list[str]:
    lines = grid(
        ("table", "file", "records"),
        [(one["table"], one["file"], one["records"]) for one in found["files"]],
    )
    for table, names in found["not_used"].items():
        if names:
            shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" * (len(names) > 12))
            lines.append(f"Not used in {table}: {shown}")
    return lines


def _rows(found: dict[str, Any]) -> list[str]:
    keys = ("rows_read", "rows_kept", "rows_merged", "rows_rejected", "cells_set_missing",
            "cells_missing_code")  # fmt: skip
    header = ("table", "read", "kept", "merged", "rejected", "cells set missing", "missing codes")
    return grid(header, [(one["table"], *(one[key] for key in keys)) for one in found["rows"]])


def _odd(found: dict[str, Any]) -> list[str]:
    lines = []
    for one in found["odd"]:
        meaning = MEANING.get(one["reason"], one["reason"])
        action = ACTIONS.get(one["action"], one["action"])
        lines.append(
            f"{one['table']}.{one['column']}: {one['cells']:,} x {meaning} "
            f"({one['reason']}; {action})"
        )
        for first in one["first"]:
            is_shown = first["value"] and not one["column"].endswith(
                "_id"
            )  # a pseudonym says nothing
            value = f", value {_cell(first['value'])!r}" if is_shown else ""
            lines.append(f"    {first['file']}, row {first['row']}{value}")
    return lines


def _columns(found: dict[str, Any]) -> list[str]:
    rows = []
    for one in found["columns"]:
        filled = f"{int(1000 * one['filled']) / 10:g} %"
        rows.append((one["table"], one["column"], one["type"], filled, _holds(one)))
    return grid(("table", "column", "type", "filled", "holds"), rows)


def _holds(one: dict[str, Any]) -> str:
    if "share_true" in one:
        return f"{100 * one['share_true']:.1f} % true"
    if "low" in one and one["type"] == "money_cents":
        return f"{one['low'] / 100:,.2f} to {one['high'] / 100:,.2f}"
    if "low" in one:
        return f"{one['low']} to {one['high']}"
    return f"{one['different']:,} different"


def _scores(found: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for one in found["scores"]:
        name = NAMES[one["score"]]
        total = one["answers"]
        value = f"NPS {one['nps']:+.1f}" if "nps" in one else f"mean {one['mean']:.2f}"
        lines.append(f"{name}: {total:,} answers, {value}")
        highest = max(one["counts"].values())
        for point, n in one["counts"].items():
            bar = "#" * round(BAR * n / highest)
            lines.append(f"  {point:>2} {n:>9,}  {100 * n / total:5.1f} %  {bar}".rstrip())
    return lines


def _reports(found: dict[str, Any]) -> list[str]:
    lines = [
        f"{'yes' if one['can'] else 'no '}  {PARTS[one['part']]}"
        + (f": {one['why']}" if one["why"] else "")
        for one in found["reports"]
    ]
    absent = found["absent"].items()
    return lines + [f"not given: {table} (would add {why})" for table, why in absent]
