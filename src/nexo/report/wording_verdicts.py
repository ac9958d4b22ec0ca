"""Verdicts, their reasons and the headline, Spanish and English side by side: (es, en).

Surveys show what goes together, not what brings about what: no phrase here says more.
"""

from __future__ import annotations

Pair = tuple[str, str]

VERDICT_WORDS: dict[str, Pair] = {
    "supported": ("respaldado por los datos", "supported by the data"),
    "opposite_sign": ("con el signo contrario", "opposite sign"),
    "too_small": ("demasiado pequeño para importar", "too small to matter"),
    "inconclusive": ("no concluyente", "inconclusive"),
    "not_identified": ("no identificable con estos datos", "not identified with these data"),
}
"""Verdict -> the words printed for it."""

REASONS: dict[str, Pair] = {
    "interval_above_zero": (
        "el intervalo entero queda por encima de cero",
        "the whole interval lies above zero",
    ),
    "interval_below_zero": (
        "el intervalo entero queda por debajo de cero",
        "the whole interval lies below zero",
    ),
    "interval_within_smallest_effect": (
        "el intervalo entero cabe dentro de la menor diferencia que cambiaría una decisión",
        "the whole interval lies inside the smallest difference that would change a decision",
    ),
    "interval_covers_zero": (
        "el intervalo incluye el cero y también valores que importarían",
        "the interval holds zero and also values that would matter",
    ),
    "no_standard_error": (
        "la incertidumbre no se puede calcular",
        "its uncertainty cannot be computed",
    ),
    "effect_absent": (
        "falta la estimación de diez puntos más de NPS",
        "there is no estimate for ten more NPS points",
    ),
    "no_reference": (
        "ningún cliente activo al final de los datos tiene nota",
        "no customer active at the end of the data has a score",
    ),
    "no_rows": (
        "ninguna fila tiene a la vez nota y resultado observado",
        "no row has both a score and an outcome that was seen",
    ),
    "score_outside_scale": (
        "hay notas fuera de su escala",
        "there are scores outside their scale",
    ),
    "score_class_absent": (
        "falta alguna de las tres clases: detractores, pasivos o promotores",
        "one of the three classes is empty: detractors, passives or promoters",
    ),
    "too_few_customers": (
        "no hay clientes suficientes en una clase para ese movimiento",
        "a class has too few customers for that move",
    ),
    "undated": (
        "los importes no llevan fecha",
        "amounts are undated",
    ),
    "incomplete": (
        "faltan la subida, el alcance, el coste o la duración",
        "lift, reach, cost or duration is missing",
    ),
    "outcome_absent": (
        "los datos no recogen {outcome_sentence}",
        "the data do not tell {outcome_sentence}",
    ),
    "score_absent": (
        "los datos no traen notas NPS",
        "the data hold no NPS scores",
    ),
    "no_behaviour": (
        "la fuente solo trae encuestas: no dice qué hicieron después los clientes",
        "the source holds surveys alone: nothing on what customers did afterwards",
    ),
    "constant_outcome": (
        "todos los clientes acaban igual, así que no hay diferencias que explicar",
        "every customer ends alike, so there is nothing to explain",
    ),
    "constant_score": (
        "todos los clientes dan la misma nota, así que no hay nada que comparar",
        "every customer gives the same score, so there is nothing to compare",
    ),
    "too_few_events": (
        "hay muy pocos casos para tantas cosas como hay que mantener constantes",
        "there are too few cases for all that has to be held constant",
    ),
    "too_few_leavers": (
        "se van muy pocos clientes para tantas cosas como hay que mantener constantes",
        "too few customers leave for all that has to be held constant",
    ),
    "too_few_rows": (
        "hay muy pocas filas con nota y con resultado observado",
        "there are too few rows with a score and an outcome that was seen",
    ),
    "separation": (
        "la nota, o un control, separa por completo los dos resultados y no queda una "
        "estimación finita",
        "the score, or a control, separates the two results completely, which leaves no finite "
        "estimate",
    ),
    "no_overdispersion": (
        "los recuentos no se dispersan más de lo que supone Poisson",
        "counts scatter no more than Poisson assumes",
    ),
    "too_few_pairs": (
        "hay muy pocos clientes con dos notas separadas por una ventana",
        "there are too few customers with two scores a window apart",
    ),
    "constant_change": (
        "ni la nota ni el resultado cambian en ningún cliente",
        "neither score nor outcome changes in any customer",
    ),
    "leaving_undated": (
        "los datos no traen la fecha en que se fue cada cliente",
        "the data do not hold the day on which each customer left",
    ),
    "window_after_data_end": (
        "la ventana acaba después del último día de datos",
        "the window ends after the last day of data",
    ),
    "after_data_end": (
        "cae después del último día de datos",
        "it lies after the last day of data",
    ),
    "lookback_before_data_start": (
        "falta historia anterior para saber qué se sabía del cliente",
        "there is not enough history before it to know what was known of the customer",
    ),
    "no_earlier_landmark": (
        "no hay ningún momento anterior con que comparar",
        "there is no earlier landmark to compare with",
    ),
    "history_too_short": (
        "hacen falta dos años de pedidos",
        "two years of orders are needed",
    ),
    "acquisition_kind_absent": (
        "los datos no dicen cómo llegó cada cliente",
        "the data do not say how each customer came",
    ),
    "leakage": (
        "determina casi por sí solo el resultado, señal de que se anotó después",
        "it nearly determines the outcome by itself, a sign that it was recorded afterwards",
    ),
    "is_score": (
        "es la propia nota",
        "it is the score itself",
    ),
    "constant": (
        "vale lo mismo en todas las filas",
        "it has the same value in every row",
    ),
    "absent": (
        "falta en los datos",
        "not in the data",
    ),
}
"""Reason code of a status, verdict or exclusion -> the clause that follows "because" or a colon."""

HEADLINES: dict[str, Pair] = {
    "supported": (
        "Diez puntos más de NPS van con {median} más de margen{yearly} (intervalo del 95{pct}: de "
        "{low} a {high}), sobre una base de {n} {customers}: el vínculo está respaldado por "
        "los datos.",
        "Ten more NPS points go with {median} more margin{yearly} (95{pct} interval: {low} to "
        "{high}), on a base of {n} {customers}: the link is supported by the data.",
    ),
    "opposite_sign": (
        "Diez puntos más de NPS van con {median} menos de margen{yearly} (intervalo del 95{pct}: "
        "de {low} a {high}), sobre una base de {n} {customers}: el vínculo aparece con el "
        "signo contrario al esperado.",
        "Ten more NPS points go with {median} less margin{yearly} (95{pct} interval: {low} to "
        "{high}), on a base of {n} {customers}: the link has the opposite sign.",
    ),
    "too_small": (
        "Diez puntos más de NPS van con {median} de margen{yearly} (intervalo del 95{pct}: de "
        "{low} a {high}), sobre una base de {n} {customers}: sea cual sea el vínculo, es demasiado "
        "pequeño para importar.",
        "Ten more NPS points go with {median} of margin{yearly} (95{pct} interval: {low} to "
        "{high}), on a base of {n} {customers}: whatever the link is, it is too small to "
        "matter.",
    ),
    "inconclusive": (
        "No concluyente: con estos datos, diez puntos más de NPS pueden ir con un margen{yearly} "
        "de entre {low} y {high} (intervalo del 95{pct}), sobre una base de {n} {customers}.",
        "Inconclusive: with these data, ten more NPS points may go with anything from {low} to "
        "{high} of margin{yearly} (95{pct} interval), on a base of {n} {customers}.",
    ),
    "not_identified": (
        "No identificable: estos datos no permiten decir cuánto margen va con diez puntos más de "
        "NPS, porque {reason}.",
        "Not identified: these data cannot say how much margin goes with ten more NPS points, "
        "because {reason}.",
    ),
}
"""Verdict of revenue -> the headline of both reports."""

SETTLE: dict[str, Pair] = {
    "more_answers": (
        "Para aclararlo harían falta unas {factor} veces las {n} observaciones con nota y ventas "
        "de que se dispone.",
        "About {factor} times the {n} observations now at hand with a score and sales would "
        "settle it.",
    ),
    "outcome_absent": (
        "Lo aclararían los pedidos de cada cliente, con fecha e importe, unidos a la encuesta por "
        "el mismo identificador.",
        "Each customer's orders, with date and amount, joined to the survey by the same id, would "
        "settle it.",
    ),
    "score_absent": (
        "Lo aclararían notas NPS de clientes que también estén en las ventas.",
        "NPS scores of customers who also appear in the sales would settle it.",
    ),
    "separation": (
        "Lo aclararían notas recogidas antes del resultado, no a la vez.",
        "Scores collected before the outcome, not together with it, would settle it.",
    ),
    "other": (
        "Lo aclararían más historia y más clientes con nota y con ventas observadas.",
        "More history, and more customers with both a score and sales, would settle it.",
    ),
}
"""What data would settle an open question."""
