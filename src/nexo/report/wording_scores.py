"""Phrases on groups, places, late answers and moves between classes: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

SCORES: dict[str, Pair] = {
    "group_label": ("{level} ({n})", "{level} ({n})"),
    "groups_title": (
        "Grupos que se apartan de los demás: {parts}",
        "Groups that stand apart from the others: {parts}",
    ),
    "groups_counted": ("Grupo (respuestas)", "Group (answers)"),
    "groups_title_part": ("{k} de {m} en {metric}", "{k} of {m} in {metric}"),
    "groups_title_none": (
        "Ningún grupo se aparta de los demás más de lo que cabe en el azar",
        "No group stands apart from the others by more than chance",
    ),
    "groups_note": (
        "Cada métrica por grupo, en puntos, con todas las oleadas e intervalos del 95{pct}. En "
        "color, los que se apartan de los demás aun contando con que se miran muchos a la vez. "
        "Cada métrica tiene una sola escala.",
        "Each metric by group, in points, over all waves with 95{pct} intervals. In colour, those "
        "that stand apart from the others even allowing for how many are looked at. Each metric "
        "has one scale.",
    ),
    "groups_part": ("{level} ({by}), {value} ({span})", "{level} ({by}), {value} ({span})"),
    "groups_apart": (
        "Más lejos de los demás, en puntos de {metric}: {groups}.",
        "Farthest from the others, in points of {metric}: {groups}.",
    ),
    "groups_not_asked": (
        "En blanco, lo que no se pregunta allí: {list}.",
        "Blank is what is not asked there: {list}.",
    ),
    "groups_not_asked_part": ("{metric} por {by}", "{metric} by {by}"),
    "nps_levels": (
        "Tres cifras de NPS que no se contradicen: {plain} en la última oleada ({wave}) sin "
        "ponderar, {weighted} en la misma oleada ponderada, y {base} en todos los clientes activos "
        "el {date}, según su última nota ponderada, que es la que usa el dinero.",
        "Three figures of NPS that do not contradict one another: {plain} in the latest wave "
        "({wave}) unweighted, {weighted} in the same wave weighted, and {base} in all customers "
        "active on {date}, by their last score weighted, which is what the money uses.",
    ),
    "balance_title": (
        "La mayor diferencia entre quienes responden y todos pasa de {first} a {last} al ponderar",
        "The largest difference between those who answer and all goes from {first} to {last} "
        "with weights",
    ),
    "balance_axis": (
        "diferencia tipificada; en gris, lo que se da por equilibrado",
        "standardised difference; in grey, what counts as balanced",
    ),
    "weighting_cost": (
        "En el último momento mirado ({date}), las {n} notas de los {days} días anteriores dicen, "
        "ponderadas, tanto como {n_eff} de igual peso; pesos recortados: {trimmed}.",
        "At the last landmark ({date}), the {n} scores of the {days} days before say, weighted, as "
        "much as {n_eff} of equal weight; weights trimmed: {trimmed}.",
    ),
    "weighting_cost_undated": (
        "Las {n} notas dicen, ponderadas, tanto como {n_eff} de igual peso; pesos recortados: "
        "{trimmed}.",
        "The {n} scores say, weighted, as much as {n_eff} of equal weight; weights trimmed: "
        "{trimmed}.",
    ),
    "weighting_margins": (
        "Los pesos dan los mismos porcentajes que el fichero de clientes por {margins}.",
        "The weights give the same shares as the customer file by {margins}.",
    ),
    "places_lead": (
        "¿Se trata igual al mismo cliente en todas partes? Aquí cada cliente se compara consigo "
        "mismo: solo cuentan quienes respondieron en dos sitios o más, y se iguala la oleada.",
        "Is the same customer treated alike everywhere? Here customers are compared with "
        "themselves: only those who answered in two places or more count, at equal wave.",
    ),
    "places_none": (
        "Ningún grupo suficiente de clientes respondió en dos canales o puntos de contacto, así "
        "que no se puede saber si se trata igual al mismo cliente en todos.",
        "Too few customers answered in two channels or touchpoints to tell whether the same "
        "customer is treated alike in all.",
    ),
    "cap_places": (
        "El sitio que más se aparta de la media de todos para un mismo cliente, en puntos de la "
        "métrica; la lectura es de la prueba conjunta de que todos son iguales.",
        "The place farthest from the mean of all for the same customer, in points of the metric; "
        "the reading is that of the joint test that all are equal.",
    ),
    "col_place": ("Dónde", "Where"),
    "col_farthest": ("El que más se aparta", "Stands farthest"),
    "reads_alike": ("cabe en el azar", "within chance"),
    "reads_differ": ("hay diferencias", "they differ"),
    "delay_clear": (
        "Cada día que tarda la respuesta va con {value} puntos de {metric} ({span}); con la misma "
        "demora en todos los puntos de contacto, ninguno cambiaría más de {moved}.",
        "Each day of delay in the answer goes with {value} points of {metric} ({span}); with the "
        "same delay at every touchpoint, none would change by more than {moved}.",
    ),
    "delay_chance": (
        "Las notas de {metric} no son ni más altas ni más bajas cuando la respuesta tarda más: "
        "{value} puntos al día ({span}).",
        "{metric} scores are neither higher nor lower when the answer comes later: {value} points "
        "a day ({span}).",
    ),
    "moves_none": (
        "Sin dos respuestas del mismo cliente no se ve quién cambia de clase.",
        "Without two answers of the same customer nobody is seen to change class.",
    ),
    "moves_lead": (
        "De la respuesta de un trimestre a la siguiente, separadas como mucho {days} días, el {up} "
        "sube de clase y el {down} baja; la diferencia cabe en el azar.",
        "From the answer of one quarter to the next, at most {days} days apart, {up} move up a "
        "class and {down} move down; the difference is within chance.",
    ),
    "moves_lead_net": (
        "De la respuesta de un trimestre a la siguiente, separadas como mucho {days} días, el {up} "
        "sube de clase y el {down} baja: {net} de diferencia.",
        "From the answer of one quarter to the next, at most {days} days apart, {up} move up a "
        "class and {down} move down: a difference of {net}.",
    ),
    "cap_moves": (
        "En qué clase está cada cliente en su respuesta siguiente, según la anterior, con "
        "intervalos del 95{pct}. De cada trimestre cuenta la última respuesta, y de cada cliente "
        "los pares separados como mucho {days} días.",
        "The class of each customer at the next answer, by that at the one before, with 95{pct} "
        "intervals. The last answer of a quarter counts, and pairs at most {days} days apart.",
    ),
    "moves_cell": ("{share} ({span})", "{share} ({span})"),
    "col_was": ("Antes", "Before"),
    "col_became": ("Después {name}", "Then {name}"),
    "col_pairs": ("Pares", "Pairs"),
}
"""Key -> (Spanish, English)."""
