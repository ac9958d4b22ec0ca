"""Phrases on money by group, customers at risk, past forecasts and stated intentions: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

VALUE: dict[str, Pair] = {
    "value_none": (
        "No hay efectos por grupo que convertir en dinero: se piden en params.yaml.",
        "There are no effects by group to turn into money: params.yaml asks for them.",
    ),
    "value_lead": (
        "Cada grupo con su propio efecto y sus propios clientes; lo que va con un punto más de "
        "facilidad se cuenta solo sobre quienes la puntuaron. Son asociaciones, y se solapan: no "
        "se suman.",
        "Each group with its own effect and its own customers; what goes with one more point of "
        "ease counts those who rated it alone. These are associations, and they overlap: they do "
        "not add up.",
    ),
    "cap_value": (
        "Margen al año de +10 puntos NPS en cada grupo, y de otros cambios.",
        "Margin a year of +10 NPS points in each group, and of other changes.",
    ),
    "cap_value_undated": (
        "Margen de +10 puntos NPS en cada grupo, y de otros cambios.",
        "Margin of +10 NPS points in each group, and of other changes.",
    ),
    "value_group": ("{by}: {level}", "{by}: {level}"),
    "col_change_of": ("Cambio", "Change"),
    "risk_none": (
        "Sin ingresos anteriores y retención por clase no se puede decir qué valor está en riesgo.",
        "Without past revenue and retention by class, the value at risk cannot be told.",
    ),
    "risk_lead": (
        "Hay {n} detractores que valen más que la mitad de los clientes, de {scored} clientes "
        "activos con nota. Su valor en {years} años es de {equity}, el {share} del de todos ellos.",
        "There are {n} detractors worth more than half of the customers, of {scored} active "
        "customers with a score. Their value over {years} years is {equity}, {share} of that of "
        "all of them.",
    ),
    "risk_list": (
        "La lista para llamarlos, con seudónimos, está aparte y no la lee ningún informe.",
        "The list for following them up, under pseudonyms, lies apart and no report reads it.",
    ),
    "cap_risk": (
        "Detractores por encima del valor mediano, y el valor que tienen en cada grupo.",
        "Detractors above the median value, and the value they hold in each group.",
    ),
    "col_at_risk": ("Valor en riesgo", "Value at risk"),
    "col_of_equity": ("Del valor del grupo", "Of the group's value"),
    "forecasts_none": (
        "Aún no se ha publicado ninguna previsión cuyo plazo haya pasado; cada edición deja la "
        "suya para poder compararla con lo que ocurra.",
        "No forecast whose time has passed has been published yet; each edition leaves its own, "
        "to be compared with what happens.",
    ),
    "forecasts_open": (
        "Hay {n} previsiones publicadas cuyo plazo aún no ha pasado.",
        "There are {n} published forecasts whose time has not passed yet.",
    ),
    "forecasts_lead": (
        "De {n} previsiones cuyo plazo ha pasado, {hits} intervalos contenían lo que ocurrió.",
        "Of {n} forecasts whose time has passed, {hits} intervals held what happened.",
    ),
    "cap_forecasts": (
        "Lo que previeron las ediciones anteriores y lo que ocurrió.",
        "What earlier editions foresaw, and what happened.",
    ),
    "forecast_hit": ("acertó", "held"),
    "forecast_miss": ("falló", "missed"),
    "col_foreseen_at": ("Con datos hasta", "Data up to"),
    "col_foreseen": ("Previsto (95{pct})", "Foreseen (95{pct})"),
    "col_happened": ("Ocurrió", "Happened"),
    "ceiling_title": (
        "Lo que los clientes dicen que harían: un techo, no un cálculo",
        "What customers say they would do: a ceiling, not a computation",
    ),
    "ceiling_item": (
        "{name}: lo dice el {share}, que pagaría un {more} más; como mucho {amount} al año.",
        "{name}: {share} say so and would pay {more} more; {amount} a year at most.",
    ),
    "in_budget": ("dentro del presupuesto", "within the budget"),
    "budget_lead": (
        "Con {budget} para empezar y el primer año, el plan que más rinde es: {names}.",
        "With {budget} for the start and the first year, the plan that returns most is: {names}.",
    ),
    "budget_nothing": (
        "Con {budget} no cabe ninguna iniciativa que rinda.",
        "No initiative that pays fits into {budget}.",
    ),
}
"""Key -> (Spanish, English)."""
