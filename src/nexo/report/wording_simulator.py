"""Phrases of the page's what-if simulator and of the tables behind the charts: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

SIMULATOR: dict[str, Pair] = {
    "sim_title": ("¿Y si…? Pruebe otras cifras", "What if? Try other figures"),
    "sim_lead": (
        "Mueva los mandos: el dinero se vuelve a calcular aquí mismo, con las {n} simulaciones "
        "de este informe y sin enviar nada.",
        "Move the controls: the money is worked out again on this page, from the {n} "
        "simulations of this report, and nothing is sent.",
    ),
    "sim_lead_open": (
        "El dato de partida no está demostrado (veredicto: {verdict}): tome el resultado como "
        "un ejercicio.",
        "The figure it starts from is not established (verdict: {verdict}): take the result as "
        "an exercise.",
    ),
    "sim_start": ("Empezar por", "Start from"),
    "sim_headline": ("El titular del informe", "The report’s headline"),
    "sim_scenario": ("Escenario: {name}", "Scenario: {name}"),
    "sim_own": ("Sus cifras", "Your figures"),
    "sim_points": ("Mejora del NPS", "Lift in NPS"),
    "sim_points_value": ("+{points} puntos", "+{points} points"),
    "sim_path": ("Quién cambia de clase", "Who changes class"),
    "sim_reach": ("Clientes alcanzados", "Customers reached"),
    "sim_reach_value": ("{share} ({n})", "{share} ({n})"),
    "sim_cost": ("Coste ({currency})", "Cost ({currency})"),
    "sim_cost_year": ("Coste al año ({currency})", "Cost a year ({currency})"),
    "sim_cost_slider": ("Coste, con mando", "Cost, by slider"),
    "sim_margin": ("Margen sobre los ingresos", "Margin on revenue"),
    "sim_margin_as": ("{value}, el del informe", "{value}, the report’s"),
    "sim_causal": (
        "Contar solo la parte del vínculo que una mejora movería de verdad ({share})",
        "Count only the part of the link that an improvement would really move ({share})",
    ),
    "sim_horizon": ("Qué se cuenta", "What is counted"),
    "sim_horizon_year": (
        "Qué se cuenta de un año de mejora",
        "What is counted of a year of the lift",
    ),
    "sim_whole": (
        "Así se cuenta el vínculo entero. Para decidir, el informe cuenta solo una parte: marque "
        "la casilla.",
        "As it stands, the whole link is counted. To decide, the report counts only a part of it: "
        "tick the box.",
    ),
    "sim_window": ("El margen de un año", "One year’s margin"),
    "sim_window_undated": ("El margen del periodo", "The margin of the period"),
    "sim_return": (
        "Lo que deja en {years} años, en dinero de hoy",
        "What it leaves in {years} years, in today’s money",
    ),
    "sim_result": ("Lo que queda después del coste", "What is left after the cost"),
    "sim_span80": ("Intervalo del 80{pct}", "80{pct} interval"),
    "sim_span95": ("Intervalo del 95{pct}", "95{pct} interval"),
    "sim_chances": ("Probabilidades de ganar, de cada 100", "Chances in 100 of a gain"),
    "sim_live": (
        "Quedan {median}, con un intervalo del 95{pct} de {low} a {high}; probabilidades de "
        "ganar, de cada 100: {chances}.",
        "{median} is left, with a 95{pct} interval of {low} to {high}; chances in 100 of a "
        "gain: {chances}.",
    ),
    "sim_noscript": (
        "Aquí hay un simulador que necesita JavaScript, y este navegador lo tiene desactivado. "
        "Todas las cifras del informe están en el texto.",
        "A simulator stands here that needs JavaScript, which this browser has switched off. "
        "Every figure of the report is in the text.",
    ),
    "sim_none": (
        "Esta página no lleva simulador, porque no hay dinero con que hacerlo. {reason}",
        "This page has no simulator, because there is no money to work it with. {reason}",
    ),
    "sim_capped": (
        "Esta página no lleva simulador: en parte de las simulaciones faltan clientes para "
        "mover 10 puntos, y sus cifras no serían las del titular.",
        "This page has no simulator: in part of the simulations there are too few customers to "
        "move 10 points, and its figures would not be those of the headline.",
    ),
}
