"""Says what is wrong in a YAML: the place, the keys allowed there, the word that was meant."""

from __future__ import annotations

import re
import types
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from nexo.base.strict_yaml import rule_in_words, shown
from nexo.sources.schema import Source


def near(word: str, known: Iterable[str]) -> str:
    """Return "Did you mean ...? " for a misspelt word, or nothing; capitals do not count."""
    names = {_bare(name): name for name in known}
    bare = _bare(word)
    close = get_close_matches(bare, list(names), n=1)
    close = close or [name for name in names if bare and name.startswith(bare)]
    return f"Did you mean {names[close[0]]!r}? " if close else ""


def _bare(name: str) -> str:
    return re.sub(r"[\s_]+", "", name.casefold())


def explain(problem: Any) -> str:
    """One problem that pydantic found in a source YAML, with its place and its cure."""
    place = ".".join(str(part) for part in problem["loc"] if part != "[key]")
    if problem["type"] == "extra_forbidden":
        allowed = _allowed_keys(problem["loc"][:-1])
        hint = near(str(problem["loc"][-1]), allowed)
        return f"{place} is not a known key. {hint}Allowed: {', '.join(allowed)}."
    if problem["type"] == "missing":
        return f"{place} is missing. Add it; data/README.md shows an example."
    return f"{place} = {shown(problem['input'])}: {rule_in_words(problem)}."


def _allowed_keys(location: tuple[Any, ...]) -> list[str]:
    """Follow the place of a problem through the models to the keys allowed there."""
    kind: Any = Source
    for part in location:
        kind = _inner(kind)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            kind = fields[part].annotation if part in fields else None
        else:  # a name within a mapping, or a number within a list
            kind = get_args(kind)[0 if get_origin(kind) is tuple else 1]
    kind = _inner(kind)
    return sorted(field.alias or name for name, field in kind.model_fields.items())


def _inner(kind: Any) -> Any:
    """Look through ``X | None``."""
    if get_origin(kind) in (Union, types.UnionType):
        return next(part for part in get_args(kind) if part is not types.NoneType)
    return kind
