"""params.yaml as frozen, typed models: a stage sees its own section and ``common``, no more."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, model_validator

from nexo.base import paths
from nexo.base.errors import ConfigError
from nexo.base.strict_yaml import Day, Frozen, Number, Share, Truth, Whole, read_yaml, validated

OUTCOMES = ("retention", "cross_selling", "revenue")
LINKED = (*OUTCOMES, "contacts")
"""Outcomes that are regressed; contacts stand outside the headline family of the three."""


class Common(Frozen):
    """What every stage may know: the data set, where its files are, and the engine."""

    source: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    data_dir: str
    engine: Literal["duckdb", "spark"]
    spark_master: str
    memory_gb: Number = Field(ge=0.5)
    spill_dir: str
    key_file: str
    snapshot: str


class Clean(Frozen):
    """Both cleaning stages."""

    common: Common
    max_rejected_share: Share = Field(ge=0, le=1)


class Horizons(Frozen):
    """Length of the outcome window of each outcome, in days."""

    retention: Whole = Field(ge=1)
    cross_selling: Whole = Field(ge=1)
    revenue: Whole = Field(ge=1)

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
    landmark_dates: tuple[Day, ...]
    step_days: Whole = Field(ge=1)
    active_days: Whole = Field(ge=1)
    score_lookback_days: Whole = Field(ge=1)
    control_lookback_days: Whole = Field(ge=1)
    horizon_days: Horizons


class Score(Frozen):
    """Scores, their intervals and the response weights."""

    common: Common
    confidence: Number = Field(gt=0.5, lt=1)
    nps_interval: Literal["wald", "adjusted_wald", "score"]
    max_weight_ratio: Number = Field(gt=1)
    rake_to: tuple[Literal["segment", "region", "acquisition_channel"], ...]
    by: tuple[str, ...]


class SmallestEffect(Frozen):
    """Smallest effect of +10 NPS points that would matter, in each outcome's own unit."""

    retention: Number = Field(ge=0)
    cross_selling: Number = Field(ge=0)
    revenue: Number = Field(ge=0)
    contacts: Number = Field(ge=0)


class Link(Frozen):
    """The regressions."""

    common: Common
    controls: tuple[str, ...]
    bins: Whole = Field(ge=2, le=200)
    events_per_parameter: Whole = Field(ge=1)
    max_cells: Whole = Field(ge=1)
    confidence: Number = Field(gt=0.5, lt=1)
    smallest_effect: SmallestEffect
    by: tuple[str, ...]


class Specifications(Frozen):
    """Choices that the specification curve combines."""

    controls: tuple[tuple[str, ...], ...]
    bins: tuple[Whole, ...]
    coding: tuple[Literal["class", "points"], ...]
    exclusions: tuple[Literal["none", "top_percent", "newcomers"], ...]
    weights: tuple[Literal["none", "response"], ...]


class Evidence(Frozen):
    """Verdicts, metric race, robustness, drivers."""

    common: Common
    seed: Whole
    smallest_gain: Number = Field(ge=0)
    specifications: Specifications


class Assumption(Frozen):
    """A number (mode alone), a uniform range (low, high), a triangular one (low, mode, high),
    or a normal one (mean, std)."""

    low: Number | None = None
    mode: Number | None = None
    high: Number | None = None
    mean: Number | None = None
    std: Number | None = Field(default=None, ge=0)

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
    lift_points: Number
    path: Literal[
        "default_path", "passive_to_promoter", "detractor_to_passive", "detractor_to_promoter"
    ]
    reach_share: Share = Field(gt=0, le=1)
    cost: Number = Field(ge=0)


class Stated(Frozen):
    """What customers say they would do: a labelled ceiling, never an input of the model."""

    name: str
    share: Share = Field(ge=0, le=1)
    more_share: Share = Field(ge=0)


class Economics(Frozen):
    """Money: assumptions, draws and what-if scenarios."""

    common: Common
    margin_share: Assumption
    discount_rate: Assumption
    causal_share: Assumption
    horizon_years: Whole = Field(ge=1, le=30)
    n_draws: Whole = Field(ge=256, le=1 << 24)
    seed: Whole
    scenarios: tuple[Scenario, ...]
    budget: Number | None = Field(ge=0)
    acquisition_cost: Assumption | None
    stated_intentions: tuple[Stated, ...]


class Footer(Frozen):
    """A line of the company's own at the foot of every page, in each language."""

    es: str = Field(max_length=200)
    en: str = Field(max_length=200)


class Brand(Frozen):
    """The company's colours, font and logo; sizes and spacing lie in reports/style."""

    folder: str = Field(min_length=1)
    primary: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    accent: str = Field(pattern=r"^#[0-9a-fA-F]{6}$")
    font: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9 -]{0,60}$")
    logo: str
    logo_text: str = Field(max_length=200)
    footer: Footer

    @model_validator(mode="after")
    def _a_logo_says_what_it_shows(self) -> Self:
        if self.logo and not self.logo_text.strip():
            raise ValueError(
                "logo needs logo_text: what is read aloud in its place, most often the company's "
                "name"
            )
        return self


class Report(Frozen):
    """Facts, rendering and publication."""

    common: Common
    company: str
    renderer: Literal["auto", "quarto", "embedded"]
    minimum_group: Whole = Field(ge=1)
    is_draft: Truth
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
