"""Phrases on money by group, customers at risk, past forecasts and stated intentions: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

VALUE: dict[str, Pair] = {
    "value_none": (
        "No hay efectos por grupo que convertir en dinero: se piden en params.yaml.",
        "There are no effects by group to turn into money: params.yaml asks for them.",
    ),
    "value_lead": (
        "Cada grupo con su propio efecto y sus propios clientes; cada otro cambio, sobre los "
        "clientes a los que toca. Son asociaciones, y se solapan: no se suman.",
        "Each group with its own effect and its own customers; each other change on the customers "
        "whom it concerns. These are associations, and they overlap: they do not add up.",
    ),
    "cap_value": (
        "Margen al año de +10 puntos NPS en cada grupo, y de otros cambios.",
        "Margin a year of +10 NPS points in each group, and of other changes.",
    ),
    "cap_value_undated": (
        "Margen de +10 puntos NPS en cada grupo, y de otros cambios.",
        "Margin of +10 NPS points in each group, and of other changes.",
    ),
    "value_repeats": (
        "Un contacto repetido menos se cuenta en los {n} clientes que tuvieron alguno en los "
        "{days} días anteriores, a igual número de casos y a igual CES: es lo que va con tener que "
        "volver a llamar, aparte de la facilidad que el cliente puntúa, que ya está en el punto de "
        "CES. "
        "Se estima con {rows} observaciones con CES y se aplica a todos ellos.",
        "One fewer repeat contact is counted on the {n} customers who had any in the {days} days "
        "before, at the same number of cases and the same CES: it is what goes with having to call "
        "again, apart from the ease that customers rate, which is in the point of CES already. It "
        "is estimated from {rows} observations with a CES and applied to all of them.",
    ),
    "value_repeats_alone": (
        "Un contacto repetido menos se cuenta en los {n} clientes que tuvieron alguno en los "
        "{days} días anteriores, a igual número de casos. Sin bastantes notas CES no se puede "
        "igualar la facilidad, así que incluye la dificultad que hace volver a llamar: evitar solo "
        "la llamada no tiene por qué dar este importe.",
        "One fewer repeat contact is counted on the {n} customers who had any in the {days} days "
        "before, at the same number of cases. Without enough CES scores ease cannot be held equal, "
        "so the difficulty that makes people call again is in it: avoiding the call alone need not "
        "bring this amount.",
    ),
    "value_repeats_total": (
        "Con los clientes que siguen después de la ventana, hasta {years} años, {total} ({span}) "
        "en valor de hoy.",
        "With the customers who stay beyond the window, up to {years} years, {total} ({span}) in "
        "today's value.",
    ),
    "value_no_repeats": (
        "Lo que va con un contacto repetido menos no se puede decir: {reason}.",
        "What goes with one fewer repeat contact cannot be told: {reason}.",
    ),
    "no_attempts": (
        "los datos no dicen qué contactos son el segundo intento o posteriores de un caso",
        "the data do not say which contacts are the second or a later attempt of a case",
    ),
    "col_per_customer": ("Por cliente", "Per customer"),
    "value_group": ("{by}: {level}", "{by}: {level}"),
    "col_change_of": ("Cambio", "Change"),
    "risk_none": (
        "Sin ingresos anteriores y retención por clase no se puede decir qué valor está en riesgo.",
        "Without past revenue and retention by class, the value at risk cannot be told.",
    ),
    "risk_lead": (
        "De {scored} clientes activos con nota, {n} son detractores que valen más que el cliente "
        "mediano. Su valor en {years} años es de {equity}, el {share} del de todos ellos.",
        "Of {scored} active customers with a score, {n} are detractors worth more than the median "
        "customer. Their value over {years} years is {equity}, {share} of that of all of them.",
    ),
    "risk_list": (
        "La lista para llamarlos, con seudónimos, se guarda en un fichero aparte.",
        "The list for following them up, under pseudonyms, is kept in a separate file.",
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
