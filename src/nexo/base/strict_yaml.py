"""YAML that people write: read strictly, held against a model, its faults in plain words."""

from __future__ import annotations

import datetime as dt
import reprlib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

Model = TypeVar("Model", bound=BaseModel)

Whole = Annotated[int, Field(strict=True)]
Number = Annotated[float, Field(strict=True)]
Truth = Annotated[bool, Field(strict=True)]
Share = Number
"""Nothing is turned into a number: true is not 1, and "91" in quotes is a text."""


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float):  # taken for seconds since 1970
        raise ValueError("a day is written YYYY-MM-DD")
    return value


Day = Annotated[dt.date, BeforeValidator(_no_number)]


class Frozen(BaseModel):
    """Base of every parameter model: unknown keys refused, values not changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _StrictLoader(yaml.SafeLoader):
    """YAML of plain values that refuses a key given twice, of which one would win in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        told: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in told:
                what = f"the key {key.value!r} is given twice; keep one"
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
            told.add(str(key.value))
        return super().construct_mapping(node, deep)


def read_yaml(file: Path, error: type[Exception]) -> dict[str, Any]:
    """Read a YAML mapping; raise ``error`` with the file and line when it is not one."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except FileNotFoundError:
        raise error(f"{file} is not there. Create it, or correct the name that led here.") from None
    except UnicodeDecodeError as problem:
        raise error(f"{file} is not UTF-8 text ({problem}). Save it as UTF-8.") from None
    except RecursionError:
        raise error(f"{file} is not valid YAML: lists or mappings nested too deeply.") from None
    except (yaml.YAMLError, ValueError) as problem:  # ValueError: 2024-13-45
        raise error(f"{file} is not valid YAML{_yaml_fault(problem)}") from None
    if not isinstance(content, dict):
        found = {type(None): "nothing", list: "a list"}.get(type(content), "plain text")
        raise error(f"{file} must hold names with values (key: value); it holds {found}.")
    return content


def _yaml_fault(problem: Exception) -> str:
    """Where YAML stopped, why, and what is usually behind it."""
    mark = getattr(problem, "problem_mark", None)
    place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    told = getattr(problem, "problem", None) or str(problem)
    cure = next((cure for sign, cure in YAML_CURES.items() if sign in told), "")
    return f"{place}: {told}. {cure}".rstrip()


YAML_CURES = {
    "'\\t'": "Indent with blanks; a tab is not allowed.",
    "mapping values are not allowed": 'Put a text that holds ": " in quotes.',
    "unexpected end of stream": "A quote or bracket is opened and never closed.",
    "determine a constructor": "Tags (!) are not allowed: write plain values.",
    "found another document": "Take out the line --- and what belongs to another file.",
    "special characters": "Delete the sign that does not show.",
    "Exceeds the limit": "A number is far too long.",
}
"""What to do about the faults of YAML that people make most."""


def validated(
    model: type[Model], values: Any, file: Path, place: str, error: type[Exception]
) -> Model:
    """Build ``model`` from ``values``; raise ``error`` listing each key, value, rule and cure."""
    try:
        return model.model_validate(values)
    except ValidationError as problems:
        lines = [_explain(model, place, problem) for problem in problems.errors()]
        raise error(f"{file.name} cannot be used as it is:\n" + "\n".join(lines)) from None


def _explain(model: type[BaseModel], place: str, problem: Any) -> str:
    where = ".".join(str(part) for part in (place, *problem["loc"]))
    if problem["type"] == "extra_forbidden":
        allowed = _keys_beside(model, problem["loc"])
        close = get_close_matches(str(problem["loc"][-1]), allowed, n=1)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        return f"- {where} is not a known key. {hint}Allowed: {', '.join(allowed)}."
    if problem["type"] == "missing":
        return f"- {where} is missing. Add it; the file's last commit has a value for it."
    return f"- {where} = {shown(problem['input'])}: {rule_in_words(problem)}."


def shown(value: Any) -> str:
    """A value as a message shows it: short, however much a YAML's anchors multiply it."""
    short = reprlib.Repr()
    short.maxlevel, short.maxstring, short.maxother, short.maxlong = 3, 100, 100, 100
    return short.repr(value)


def rule_in_words(problem: Any) -> str:
    """The rule that a value of YAML breaks, as a person who writes YAML would say it."""
    told = RULES.get(problem["type"])
    return told or problem["msg"].removeprefix("Value error, ").replace("Input should", "must")


RULES = {
    "int_type": "must be a whole number, written in digits without quotes",
    "float_type": "must be a number, written in digits without quotes (0.001, not 1e-3)",
    "bool_type": "must be true or false, without quotes",
    "string_type": "must be text; put it in quotes",
    "dict_type": "must be names with values (key: value)",
    "model_type": "must be names with values (key: value)",
    "model_attributes_type": "must be names with values (key: value)",
    "tuple_type": "must be a list ([a, b])",
    "invalid_key": "the name must be text; put it in quotes",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "date_type": "must be a day written YYYY-MM-DD",
    "date_parsing": "must be a day written YYYY-MM-DD",
    "date_from_datetime_parsing": "must be a day written YYYY-MM-DD",
    "date_from_datetime_inexact": "must be a day without a time of day, written YYYY-MM-DD",
}
"""Pydantic's kinds of faults in plain words; the others read well as they are."""


def _keys_beside(model: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """The keys allowed where an unknown one was found (nested models followed by name)."""
    for part in location[:-1]:
        field = model.model_fields.get(str(part))
        if field is None or not isinstance(field.annotation, type):
            return []
        if not issubclass(field.annotation, BaseModel):
            return []
        model = field.annotation
    return sorted(name for name in model.model_fields if name != "common")
