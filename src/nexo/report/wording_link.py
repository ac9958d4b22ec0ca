"""Phrases of the sections on the link with each outcome: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

LINK: dict[str, Pair] = {
    # The verdict of one outcome, with the numbers that it was read off
    "told_interval_above_zero": (
        "con diez puntos más de NPS van {estimate} {unit}, y el intervalo de Holm del {level}, de "
        "{low} a {high}, queda entero por encima de cero",
        "ten more NPS points go with {estimate} {unit}, and the whole {level} Holm interval, "
        "{low} to {high}, lies above zero",
    ),
    "told_interval_below_zero": (
        "con diez puntos más de NPS van {estimate} {unit}, y el intervalo de Holm del {level}, de "
        "{low} a {high}, queda entero por debajo de cero",
        "ten more NPS points go with {estimate} {unit}, and the whole {level} Holm interval, "
        "{low} to {high}, lies below zero",
    ),
    "told_interval_within_smallest_effect": (
        "con diez puntos más de NPS van {estimate} {unit}, y el intervalo de Holm del {level}, de "
        "{low} a {high}, cabe entero en ±{smallest}, la menor diferencia que cambiaría una "
        "decisión",
        "ten more NPS points go with {estimate} {unit}, and the whole {level} Holm interval, "
        "{low} to {high}, lies inside ±{smallest}, the smallest difference that would change a "
        "decision",
    ),
    "told_interval_covers_zero": (
        "con diez puntos más de NPS van {estimate} {unit}, pero el intervalo de Holm del {level}, "
        "de {low} a {high}, incluye el cero y pasa de ±{smallest}, lo que ya importaría",
        "ten more NPS points go with {estimate} {unit}, but the {level} Holm interval, {low} to "
        "{high}, holds zero and goes beyond ±{smallest}, which would matter",
    ),
    "told_separation_levels": (
        "la nota {metric} separa los resultados ({kind}): en {levels} todos acaban igual, y no "
        "queda una estimación finita",
        "the {metric} score separates the results ({kind}): at {levels} all end alike, which "
        "leaves no finite estimate",
    ),
    "told_separation": (
        "una combinación de la nota y los controles separa los resultados, y la estimación crece "
        "sin fin{columns}",
        "a combination of score and controls separates the results, and the estimate grows "
        "without end{columns}",
    ),
    "kind_complete": ("separación completa", "complete separation"),
    "kind_quasi": ("separación parcial", "quasi-complete separation"),
    "told_too_few_events": (
        "hay {events} casos para {parameters} parámetros y harían falta {needed}",
        "there are {events} events for {parameters} parameters, and {needed} would be needed",
    ),
    "told_constant_outcome": (
        "las {n} filas acaban igual, así que no hay diferencias que explicar",
        "all {n} rows end alike, so there is nothing to explain",
    ),
    "told_constant_score": (
        "las {n} filas traen la misma nota {metric}, así que no hay nada que comparar",
        "all {n} rows bear the same {metric} score, so there is nothing to compare",
    ),
    "told_score_outside_scale": (
        "{n} filas traen una nota {metric} fuera de su escala, como {value}",
        "{n} rows bear a {metric} score outside its scale, such as {value}",
    ),
    "told_leaking": (
        "Controles que casi determinan el resultado, señal de que se anotaron después: {controls}.",
        "Controls that nearly determine the outcome, a sign that they were recorded afterwards: "
        "{controls}.",
    ),
    "other_metrics_stand": (
        "Lo que dicen las otras métricas se mantiene:",
        "What the other metrics say still stands:",
    ),
    "simplified": (
        "Quién compra no se puede estimar: las filas sin compras ({n}) son muy pocas, o la nota o "
        "un control las separa del resto. Esa parte del modelo se deja, y la cifra es la del "
        "modelo de Poisson sobre todas las filas.",
        "Who buys cannot be estimated: the rows without a purchase ({n}) are too few, or the score "
        "or a control separates them from the rest. That part of the model is left out, and the "
        "figure is that of the Poisson model on all rows.",
    ),
    # Contacts
    "contacts_lead": (
        "Los contactos quedan fuera de la familia de los tres veredictos: menos contactos pueden "
        "ser mejores o peores. Con diez puntos más de NPS van {estimate} {unit} (intervalo del "
        "95{pct}: de {low} a {high}).",
        "Contacts stand outside the family of the three verdicts: fewer may be better or worse. "
        "Ten more NPS points go with {estimate} {unit} (95{pct} interval: {low} to {high}).",
    ),
    "contacts_none": (
        "No hay resultado de contactos: {reason}.",
        "There is no outcome of contacts: {reason}.",
    ),
    # Metrics alone and together, groups, within customers
    "cap_metrics": (
        "Un punto más en la nota de cada métrica, sola y con las demás a igualdad, en las {n} "
        "filas con todas ellas: {unit}.",
        "One point more in the answer to each metric, alone and with the others held equal, on the "
        "{n} rows that have all of them: {unit}.",
    ),
    "col_alone": ("Sola", "Alone"),
    "col_beside": ("Con las demás", "With the others"),
    "cap_link_groups": (
        "Lo que va con +10 puntos NPS en cada grupo, con un modelo propio: {unit}.",
        "What goes with +10 NPS points in each group, with a model of its own: {unit}.",
    ),
    "groups_alike": (
        "Las diferencias entre grupos caben en el azar (valor p {p}).",
        "The differences between groups are within chance (p-value {p}).",
    ),
    "groups_differ": (
        "El vínculo no es el mismo en todos los grupos (valor p {p}): el promedio no vale igual "
        "para cada uno.",
        "The link is not the same in all groups (p-value {p}): the average does not hold alike "
        "for each.",
    ),
    "groups_refused": (
        "Sin cifra: {groups}, porque {reason}.",
        "Without a figure: {groups}, because {reason}.",
    ),
    "within": (
        "Dentro de un mismo cliente, con una nota un punto más alta ({scale}) que en la ventana "
        "anterior van {estimate} {unit} (intervalo del 95{pct}: de {low} a {high}; {n} pares de "
        "momentos de {customers} clientes), a igualdad de la nota y el resultado de partida; lo "
        "que distingue de forma duradera a unos clientes de otros solo se iguala hasta donde esos "
        "dos lo reflejan. {reading}",
        "Within one customer, an answer one point higher ({scale}) than a window earlier goes with "
        "{estimate} {unit} (95{pct} interval: {low} to {high}; {n} pairs of landmarks of "
        "{customers} customers), the score and the outcome before held equal; what lastingly sets "
        "customers apart is held equal only as far as those two show it. {reading}",
    ),
    "within_same": (
        "Cuando sube la nota de un cliente, su conducta se mueve en el mismo sentido que dice la "
        "comparación entre clientes.",
        "When a customer's score rises, what the customer does moves the same way as the "
        "comparison between customers says.",
    ),
    "within_all": (
        "Aquí entran también los clientes que ya lo tienen todo, que el modelo deja fuera.",
        "Customers who own everything already, whom the model leaves out, are among them here.",
    ),
    "within_chance": (
        "El intervalo incluye el cero: no se ve que quien cambia de nota cambie también de "
        "conducta.",
        "The interval holds zero: that behaviour moves when the score does is not seen.",
    ),
    "within_against": (
        "Cuando sube la nota de un cliente, su conducta se mueve al revés de lo que dice la "
        "comparación entre clientes: el vínculo entre ellos puede venir de lo que los distingue.",
        "When a customer's score rises, what the customer does moves against what the comparison "
        "between customers says: that link may come from what sets customers apart.",
    ),
    "within_none": (
        "Dentro de un mismo cliente no se puede comparar: {reason}.",
        "Within one customer there is nothing to compare: {reason}.",
    ),
    # Time to churn
    "cap_months": (
        "Meses que se conserva a un cliente en los {months} siguientes, por clase NPS: como se vio "
        "(Kaplan-Meier) y a igualdad de lo demás (riesgo por trimestre, enlace cloglog).",
        "Months that a customer is kept in the {months} that follow, by NPS class: as seen "
        "(Kaplan-Meier) and other things equal (hazard by quarter, cloglog link).",
    ),
    "col_seen_plain": ("Como se vio", "As seen"),
    "col_equal": ("A igualdad de lo demás", "Other things equal"),
    "survival_title": (
        "Al final de la ventana sigue el {promoter} de los promotores y el {detractor} de los "
        "detractores",
        "At the end of the window {promoter} of promoters are still there, and {detractor} of "
        "detractors",
    ),
    "survival_caption": (
        "Porcentaje de clientes que siguen, por mes y clase NPS, sin igualar lo demás "
        "(Kaplan-Meier). Franjas del 95{pct}, por cliente.",
        "Per cent of customers still there, by month and NPS class, other things not held equal "
        "(Kaplan-Meier). 95{pct} bands, by customer.",
    ),
    "see_appendix": (
        "Los coeficientes y la calibración están en la @sec-appendix.",
        "Coefficients and calibration are in @sec-appendix.",
    ),
    "appendix_none": (
        "No hay coeficientes: con estos datos no se pudo estimar ningún resultado.",
        "There are no coefficients: with these data no outcome could be estimated.",
    ),
    "months_axis": ("meses", "months"),
    # Which category next
    "cap_categories": (
        "Qué categoría se compra por primera vez: porcentaje dentro de cada clase NPS y, al "
        "final, diferencia en puntos porcentuales, con intervalos del 95{pct}.",
        "Which category is bought for the first time: per cent within each NPS class and, at "
        "the end, the difference in percentage points, with 95{pct} intervals.",
    ),
    "col_category": ("Categoría", "Category"),
    "col_gap": ("Promotores menos detractores", "Promoters less detractors"),
    "categories_alike": (
        "Promotores y detractores compran las mismas categorías, salvo azar.",
        "Promoters and detractors buy the same categories, but for chance.",
    ),
    "categories_differ": (
        "Promotores y detractores no compran por igual: {names}.",
        "Promoters and detractors do not buy alike: {names}.",
    ),
    # Calibration
    "calibration_title": (
        "Lo previsto coincide con lo ocurrido en {k} de {n} grupos",
        "Predictions match what happened in {k} of {n} groups",
    ),
    "calibration_caption": (
        "{outcome}: lo observado (en vertical) y lo previsto, por décimas partes de lo previsto; "
        "sobre la línea, iguales. {unit}; intervalos del 95{pct}.",
        "{outcome}: observed (upright) and predicted, by tenths of the prediction; on the line, "
        "equal. {unit}; 95{pct} intervals.",
    ),
    "predicted_axis": ("previsto", "predicted"),
    "tenth": ("décima {n}", "tenth {n}"),
    "cap_residuals": (
        "Lo previsto y lo observado por segmento y clase NPS: {unit}.",
        "Predicted and observed by segment and NPS class: {unit}.",
    ),
    "col_predicted": ("Previsto", "Predicted"),
    "col_observed": ("Observado", "Observed"),
    "col_segment": ("Segmento", "Segment"),
    "col_class": ("Clase NPS", "NPS class"),
    "col_p_adjusted": ("Valor p ajustado", "Adjusted p-value"),
}
"""Key -> (Spanish, English)."""
