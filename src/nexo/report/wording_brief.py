"""Phrases of the executive brief: (es, en). Plain words: no Greek, no jargon of the trade."""

from __future__ import annotations

Pair = tuple[str, str]

BRIEF: dict[str, Pair] = {
    # Shared small words
    "a_year": (" al año", " a year"),
    "active_customers": ("clientes activos", "active customers"),
    "customers": ("clientes", "customers"),
    "undated_amounts": (
        "Los importes no llevan fecha: son los que traen los datos, no los de un año.",
        "Amounts are undated: they are those that the data hold, not those of a year.",
    ),
    "data_until": ("datos hasta el {date}", "data to {date}"),
    "snapshot_at": ("foto fija a {date}", "snapshot of {date}"),
    "data_undated": ("datos sin fecha", "undated data"),
    "verdict_badge": ("Veredicto: {verdict}", "Verdict: {verdict}"),
    "short_retained_share": ("{value} pp", "{value} pp"),
    # 2. What changed
    "changed_lead_same": (
        "Desde {wave} no se ve ningún cambio que no quepa en el azar.",
        "Since {wave} no change is seen beyond chance.",
    ),
    "changed_lead": (
        "Desde {wave} cambia de verdad {metrics}.",
        "Since {wave} there is a real change in {metrics}.",
    ),
    "changed_longer": ("El NPS lleva {list}.", "NPS has moved {list}."),
    "latest_vs_year_before": (
        "{change} puntos en un año, desde {wave} ({span})",
        "{change} points in a year, since {wave} ({span})",
    ),
    "latest_vs_first": (
        "{change} desde la primera oleada, {wave} ({span})",
        "{change} since the first wave, {wave} ({span})",
    ),
    "changed_undated": (
        "Los datos son una foto fija, sin fechas: dicen cómo están las métricas, no si cambian. "
        "Con la fecha de cada respuesta se vería la tendencia.",
        "The data are a snapshot without dates: they say where the metrics stand, not whether they "
        "change. With the date of each answer the trend would be seen.",
    ),
    "changed_single": (
        "Solo hay una oleada con respuestas, así que todavía no se puede hablar de cambios.",
        "There is only one wave with answers, so change cannot be told yet.",
    ),
    "reads_change": ("cambio real", "real change"),
    "reads_chance": ("cabe en el azar", "within chance"),
    "reads_na": ("sin oleada anterior", "no earlier wave"),
    "scores_absent": (
        "Los datos no traen ninguna nota de NPS, CES ni CSAT.",
        "The data hold no NPS, CES or CSAT scores.",
    ),
    # 3. What it is worth
    "worth_lead": (
        "Lo que va con diez puntos más de NPS, en cada resultado y a igualdad de lo demás que se "
        "sabía de cada cliente:",
        "What goes with ten more NPS points in each outcome, other things known of each customer "
        "being equal:",
    ),
    "worth_missing": (
        "**{outcome}** ({verdict}): {reason}.",
        "**{outcome}**: {verdict}; {reason}.",
    ),
    "worth_nothing": (
        "Con estos datos no se puede decir cuánto vale la experiencia:",
        "These data cannot say what the experience is worth:",
    ),
    "equity_sentence": (
        "En {years} años un promotor vale {promoter} ({promoter_span}) y un detractor {detractor} "
        "({detractor_span}).",
        "Over {years} years a promoter is worth {promoter} ({promoter_span}) and a detractor "
        "{detractor} ({detractor_span}).",
    ),
    "no_time_order": (
        "Los datos no guardan un orden temporal: la nota y las compras se conocen a la vez, así "
        "que no se sabe cuál fue antes.",
        "The data hold no time order: score and purchases are known at the same time, so which "
        "came first is not known.",
    ),
    "no_ces_link": (
        "Sin notas CES suficientes no se puede decir qué va con un punto más de CES.",
        "Without enough CES scores, what goes with one more CES point cannot be told.",
    ),
    "bridge": (
        "Los {total} del titular son {value} de ingresos de cada uno de los {n} clientes, con un "
        "margen del {margin}.",
        "The {total} of the headline is {value} of revenue from each of the {n} customers, at a "
        "margin of {margin}.",
    ),
    "scale_sentence": (
        "Equivalen al {share} del margen que dejan en un año. Diez puntos de NPS son {two} "
        "clientes que pasan de detractor a promotor, o {one} que suben una clase.",
        "It equals {share} of the margin that they leave in a year. Ten NPS points are {two} "
        "customers who turn from detractor to promoter, or {one} who rise one class.",
    ),
    # 4. What to do next
    "next_lead": (
        "La primera de la lista es {first}: rinde en {chances} de cada 100 futuros simulados. "
        "{likely} de las {n} rinden en más de la mitad.",
        "First on the list is {first}: it pays in {chances} of 100 simulated futures. {likely} "
        "of the {n} pay in more than half.",
    ),
    "next_breakeven": (
        "Para no perder dinero le bastan {lift} puntos NPS entre los clientes alcanzados o, con "
        "la subida prevista, poder mover el {share} del vínculo.",
        "To break even it takes {lift} NPS points among the customers reached or, with the lift "
        "expected, {share} of the link being movable.",
    ),
    "next_lead_one": (
        "{first} rinde en {chances} de cada 100 futuros simulados.",
        "{first} pays in {chances} of 100 simulated futures.",
    ),
    "next_lead_none": (
        "Ninguna de las {n} iniciativas rinde en más de la mitad de los futuros simulados; la "
        "mejor, "
        "{first}, en {chances} de cada 100.",
        "None of the {n} initiatives pays in more than half of the simulated futures; the best, "
        "{first}, in {chances} of 100.",
    ),
    "do_none_pays": (
        "**Recomendación:** no poner en marcha ninguna como está; abaratarla, dirigirla a menos "
        "clientes o buscarle otra razón que el dinero que va con el NPS.",
        "**Recommendation:** start none of them as it stands; make it cheaper, aim it at fewer "
        "customers, or find it another reason than the money that goes with NPS.",
    ),
    "next_more": (
        "Se muestran las {shown} primeras de {n}; el informe técnico trae el resto.",
        "The first {shown} of {n} are shown; the technical report has the rest.",
    ),
    "next_explain": (
        "El rendimiento es el margen de todos los clientes alcanzados menos el coste, en {years} "
        "años y a valor de hoy; se ordena por las posibilidades de rendir. «Subida mínima»: puntos "
        "NPS con los que se recupera el coste si se mueve {share} del vínculo. «Vínculo mínimo»: "
        "parte que hay que mover, con la subida prevista, para no perder. Una raya: no se alcanza.",
        "The return is the margin of all customers reached less the cost, over {years} years, at "
        "today's value; the order is by the chances of a return. \u201cLift needed\u201d: NPS "
        "points at which the cost comes back when {share} of the link moves. \u201cLink "
        "needed\u201d: the share that has to move, at the lift expected, for no money to be lost. "
        "A dash: it cannot be reached.",
    ),
    "next_none": (
        "Los datos no traen iniciativas. Con una tabla de iniciativas (coste, alcance, puntos NPS "
        "que se espera ganar) este apartado las ordenaría por sus posibilidades de rendir.",
        "The data hold no initiatives. With a table of them (cost, reach, NPS points expected) "
        "this section would rank them by their chances of paying.",
    ),
    "next_unpriced": (
        "Hay iniciativas, pero sin un vínculo estimado con los ingresos no se pueden ordenar por "
        "dinero.",
        "There are initiatives, but without an estimated link to revenue they cannot be ranked by "
        "money.",
    ),
    "next_scenario": (
        "Escenario de partida, {name} en {n} clientes con un coste de {cost}: rendimiento mediano "
        "en {years} años de {median} ({low} a {high}, 80{pct}); rinde en {chances} de cada 100 "
        "futuros simulados.",
        "Starting scenario, {name} among {n} customers at a cost of {cost}: median return over "
        "{years} years {median} ({low} to {high}, 80{pct}); it pays in {chances} of 100 simulated "
        "futures.",
    ),
    "do_supported": (
        "**Recomendación:** poner en marcha lo primero de la lista con un grupo de comparación "
        "elegido al azar; es la única forma de saber qué parte del vínculo se mueve.",
        "**Recommendation:** start with the first on the list and keep a comparison group chosen "
        "at random; nothing else tells how much of the link moves.",
    ),
    "do_opposite_sign": (
        "**Recomendación:** no invertir en subir el NPS por dinero hasta entender por qué el "
        "vínculo sale al revés.",
        "**Recommendation:** do not spend on NPS for the money until it is understood why the link "
        "has the opposite sign.",
    ),
    "do_too_small": (
        "**Recomendación:** no justificar inversiones por el dinero que va con el NPS; es "
        "demasiado poco para cambiar una decisión.",
        "**Recommendation:** do not justify spending by the money that goes with NPS; it is too "
        "little to change a decision.",
    ),
    "do_inconclusive": (
        "**Recomendación:** reunir más respuestas antes de invertir, o probar en pequeño con un "
        "grupo de comparación elegido al azar.",
        "**Recommendation:** collect more answers before spending, or try it small with a "
        "comparison group chosen at random.",
    ),
    "do_not_identified": (
        "**Recomendación:** completar los datos antes de decidir con ellos.",
        "**Recommendation:** complete the data before deciding with them.",
    ),
    "over_99": ("más de 99", "over 99"),
    "under_1": ("menos de 1", "under 1"),
    "more_than_all": ("más de todo", "more than all"),
}
"""Key -> (Spanish, English)."""
