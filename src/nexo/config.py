"""params.yaml as frozen, typed models: a stage sees its own section and ``common``, no more."""

from __future__ import annotations

import datetime as dt
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nexo import paths
from nexo.errors import ConfigError

Share = float
OUTCOMES = ("retention", "cross_selling", "revenue")


class Frozen(BaseModel):
    """Base of every parameter model: unknown keys refused, values not changed after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Common(Frozen):
    """What every stage may know: the data set, where its files are, and the engine."""

    source: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    data_dir: str
    engine: Literal["duckdb", "spark"]
    spark_master: str
    key_file: str
    snapshot: str


class Clean(Frozen):
    """Both cleaning stages."""

    common: Common
    max_rejected_share: Share = Field(ge=0, le=1)


class Horizons(Frozen):
    """Length of the outcome window of each outcome, in days."""

    retention: int = Field(ge=1)
    cross_selling: int = Field(ge=1)
    revenue: int = Field(ge=1)

    @model_validator(mode="after")
    def _money_and_retention_share_a_window(self) -> Self:
        if self.retention != self.revenue:
            raise ValueError(
                f"retention ({self.retention}) and revenue ({self.revenue}) must be equal: the "
                "money of those who leave is counted once, inside one window"
            )
        return self


class Panel(Frozen):
    """Landmarks, look-backs and horizons."""

    common: Common
    landmark_dates: tuple[dt.date, ...]
    step_days: int = Field(ge=1)
    active_days: int = Field(ge=1)
    score_lookback_days: int = Field(ge=1)
    control_lookback_days: int = Field(ge=1)
    horizon_days: Horizons


class Score(Frozen):
    """Scores, their intervals and the response weights."""

    common: Common
    confidence: float = Field(gt=0.5, lt=1)
    nps_interval: Literal["wald", "adjusted_wald", "score"]
    max_weight_ratio: float = Field(gt=1)
    by: tuple[str, ...]


class SmallestEffect(Frozen):
    """Smallest effect of +10 NPS points that would matter, in each outcome's own unit."""

    retention: float = Field(ge=0)
    cross_selling: float = Field(ge=0)
    revenue: float = Field(ge=0)


class Link(Frozen):
    """The regressions."""

    common: Common
    controls: tuple[str, ...]
    bins: int = Field(ge=2, le=200)
    events_per_parameter: int = Field(ge=1)
    max_cells: int = Field(ge=1)
    confidence: float = Field(gt=0.5, lt=1)
    smallest_effect: SmallestEffect
    by: tuple[str, ...]


class Specifications(Frozen):
    """Choices that the specification curve combines."""

    controls: tuple[tuple[str, ...], ...]
    bins: tuple[int, ...]
    coding: tuple[Literal["class", "points"], ...]


class Evidence(Frozen):
    """Verdicts, metric race, robustness, drivers."""

    common: Common
    seed: int
    smallest_gain: float = Field(ge=0)
    specifications: Specifications


class Assumption(Frozen):
    """A number (mode alone), a uniform range (low, high), a triangular one (low, mode, high),
    or a normal one (mean, std)."""

    low: float | None = None
    mode: float | None = None
    high: float | None = None
    mean: float | None = None
    std: float | None = Field(default=None, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _number_alone(cls, value: Any) -> Any:
        return {"mode": value} if isinstance(value, int | float) else value

    @model_validator(mode="after")
    def _is_one_distribution(self) -> Self:
        given = {name for name, value in self if value is not None}
        if given not in ({"mode"}, {"low", "high"}, {"low", "mode", "high"}, {"mean", "std"}):
            raise ValueError(
                "an assumption is a number, {low, high}, {low, mode, high} or {mean, std}; "
                f"got {sorted(given) or 'nothing'}"
            )
        ordered = [v for v in (self.low, self.mode, self.high) if v is not None]
        if ordered != sorted(ordered):
            raise ValueError(f"an assumption's low, mode and high must ascend; got {ordered}")
        return self


class Scenario(Frozen):
    """One what-if: a lift in NPS points by a path, with its cost and reach."""

    name: str
    lift_points: float
    path: Literal[
        "default_path", "passive_to_promoter", "detractor_to_passive", "detractor_to_promoter"
    ]
    reach_share: Share = Field(gt=0, le=1)
    cost: float = Field(ge=0)


class Economics(Frozen):
    """Money: assumptions, draws and what-if scenarios."""

    common: Common
    margin_share: Assumption
    discount_rate: Assumption
    causal_share: Assumption
    horizon_years: int = Field(ge=1, le=30)
    n_draws: int = Field(ge=256, le=1 << 24)
    seed: int
    scenarios: tuple[Scenario, ...]


class Brand(Frozen):
    """Colours of the reports; the rest of the look lies in reports/."""

    primary: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    accent: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")


class Report(Frozen):
    """Facts, rendering and publication."""

    common: Common
    company: str
    renderer: Literal["auto", "quarto", "embedded"]
    minimum_group: int = Field(ge=1)
    is_draft: bool
    brand: Brand


SECTIONS: dict[str, type[Frozen]] = {
    "common": Common,
    "clean": Clean,
    "panel": Panel,
    "score": Score,
    "link": Link,
    "evidence": Evidence,
    "economics": Economics,
    "report": Report,
}

Model = TypeVar("Model", bound=Frozen)


def load_params(model: type[Model], file: Path | None = None) -> Model:
    """Read the section of params.yaml that ``model`` describes, and ``common`` with it.

    Raises ConfigError that names the key, the rule and the allowed keys.
    """
    file = file or paths.params_file()
    section = next(name for name, known in SECTIONS.items() if known is model)
    raw = read_yaml(file, ConfigError)
    _refuse_unknown_sections(raw, file)
    if section == "common":
        return validated(model, raw["common"], file, "common", ConfigError)
    if "common" in raw[section]:
        raise ConfigError(f"{file.name}: {section}.common must stand in its own section, common.")
    values = {**raw[section], "common": raw["common"]}
    return validated(model, values, file, section, ConfigError)


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
    except (yaml.YAMLError, ValueError, RecursionError) as problem:  # ValueError: 2024-13-45
        raise error(f"{file} is not valid YAML: {problem}") from None
    if not isinstance(content, dict):
        kind = type(content).__name__
        raise error(f"{file} must hold names with values (key: value), not {kind}.")
    return content


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
    return f"- {where} = {problem['input']!r}: {problem['msg']}."


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


def _refuse_unknown_sections(raw: dict[str, Any], file: Path) -> None:
    for name in raw:
        if name not in SECTIONS:
            close = get_close_matches(str(name), SECTIONS, n=1)
            hint = f"Did you mean {close[0]!r}? " if close else ""
            raise ConfigError(
                f"{file.name}: {name!r} is not a known section. {hint}"
                f"Allowed: {', '.join(SECTIONS)}."
            )
    missing = [name for name in SECTIONS if not isinstance(raw.get(name), dict)]
    if missing:
        raise ConfigError(f"{file.name}: the section {missing[0]!r} is missing or empty.")
