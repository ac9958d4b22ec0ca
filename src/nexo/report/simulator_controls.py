"""The controls of the what-if simulator as HTML: native ones, each with its label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from nexo.report import formats, select, wording
from nexo.report.escape import escape_html, plain_text
from nexo.report.formats import Lang
from nexo.report.inputs import Inputs
from nexo.report.wording import say, term

STEP_POINTS = 0.5
"""Step of the slider of points."""

WINDOW, RETURN = "window", "return"
"""What is counted: the margin in the window, or what a year of the lift returns later too."""


def markup(lang: Lang, inputs: Inputs, starts: Iterable[str], most: Mapping[str, float]) -> str:
    """Return the section: native controls with labels, a picture, and the numbers beside it.

    ``starts`` are the names of the settings to start from; ``most`` the largest lift of each path.
    """
    word = partial(say, lang)
    sign = wording.currency_sign(lang, inputs.currency)
    is_annual = select.is_annual(inputs)
    facts = select.headline(inputs)
    lead = word("sim_lead", n=formats.number(lang, assumption(inputs, "n_draws")["value_used"]))
    if facts.verdict != "supported":
        lead += " " + word("sim_lead_open", verdict=wording.verdict_word(lang, facts.verdict))
    controls = [
        _choice("start", word("sim_start"), _start_names(lang, inputs, starts)),
        _choice("path", word("sim_path"), {path: term(lang, "path", path) for path in most}),
        _slider("points", word("sim_points"), 0, max(most.values()), STEP_POINTS),
        _slider("reach", word("sim_reach"), 0, 100, 1),
        _amount(word("sim_cost_year" if is_annual else "sim_cost", currency=sign),
                word("sim_cost_slider")),
        _slider("margin", word("sim_margin"), 0, 100, 0.5),
        _choice("horizon", word("sim_horizon_year" if is_annual else "sim_horizon"),
                _horizons(lang, inputs, is_annual=is_annual)),
        _check("causal", word("sim_causal", share=share_range(lang, inputs, "causal_share"))),
    ]  # fmt: skip
    results = "".join(
        f'<div><dt>{escape_html(word(f"sim_{name}"))}</dt><dd data-out="{name}"></dd></div>'
        for name in ("result", "chances", "span80", "span95")
    )
    return (
        '<section class="simulator" aria-labelledby="simulator-title">\n'
        f'<h3 id="simulator-title">{escape_html(word("sim_title"))}</h3>\n'
        f"<noscript><p>{escape_html(word('sim_noscript'))}</p></noscript>\n"
        f'<div id="simulator" hidden>\n<p>{escape_html(lead)}</p>\n'
        f'<div class="simulator-controls">\n{"".join(controls)}</div>\n'
        f'<dl class="simulator-results">{results}</dl>\n'
        f'<p class="caution" data-out="whole" hidden>{escape_html(word("sim_whole"))}</p>\n'
        '<svg class="simulator-chart" aria-hidden="true" height="166"></svg>\n'
        '<p class="unseen" role="status" data-out="live"></p>\n</div>\n</section>'
    )


def _start_names(lang: Lang, inputs: Inputs, starts: Iterable[str]) -> dict[str, str]:
    table = inputs.economics["scenarios"].dropna(subset=["npv_median_cents"])
    names, offered = {"headline": say(lang, "sim_headline")}, set(starts)
    for place, name in enumerate(table["scenario"]):
        if f"scenario-{place}" in offered:
            written = say(lang, "sim_scenario", name=plain_text(str(name)))
            names[f"scenario-{place}"] = written
    return {**names, "own": say(lang, "sim_own")}


def _horizons(lang: Lang, inputs: Inputs, *, is_annual: bool) -> dict[str, str]:
    if not is_annual:
        return {WINDOW: say(lang, "sim_window_undated")}
    years = formats.number(lang, inputs.horizon_years)
    return {WINDOW: say(lang, "sim_window"), RETURN: say(lang, "sim_return", years=years)}


def _choice(name: str, label: str, options: Mapping[str, str]) -> str:
    inner = "".join(
        f'<option value="{value}">{escape_html(text)}</option>' for value, text in options.items()
    )
    wide = ' class="wide"' if name == "horizon" else ""
    return (
        f'<div{wide}><label for="sim-{name}">{escape_html(label)}</label>'
        f'<select id="sim-{name}">{inner}</select></div>\n'
    )


def _slider(name: str, label: str, low: float, high: float, step: float) -> str:
    return (
        f'<div><label for="sim-{name}">{escape_html(label)}</label>'
        f'<output for="sim-{name}" data-out="{name}"></output>'
        f'<input type="range" id="sim-{name}" min="{low:g}" max="{high:g}" step="{step:g}"></div>\n'
    )


def _amount(label: str, slider: str) -> str:
    return (
        f'<div><label for="sim-cost">{escape_html(label)}</label>'
        '<output for="sim-cost" data-out="cost"></output>'
        '<input type="number" id="sim-cost" min="0" step="any" inputmode="decimal">'
        f'<input type="range" id="sim-cost-slider" aria-label="{escape_html(slider)}" min="0" '
        'step="any"></div>\n'
    )


def _check(name: str, label: str) -> str:
    return (
        f'<div class="check"><input type="checkbox" id="sim-{name}">'
        f'<label for="sim-{name}">{escape_html(label)}</label></div>\n'
    )


def assumption(inputs: Inputs, name: str) -> dict[str, float]:
    """Return low, high and value_used of one of the report's assumptions."""
    table = inputs.economics["assumptions"].set_index("name")
    return {key: float(table.loc[name, key]) for key in ("low", "high", "value_used")}


def share_range(lang: Lang, inputs: Inputs, name: str) -> str:
    """Write a share that is assumed: one number, or its two ends."""
    found = assumption(inputs, name)
    ends = [formats.percent(lang, found[end], 0) for end in ("low", "high")]
    if found["low"] == found["high"]:
        tenths = 0 if round(1000 * found["low"]) % 10 == 0 else 1
        return formats.percent(lang, found["low"], tenths)
    return formats.span(lang, *ends)
