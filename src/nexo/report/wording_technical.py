"""Phrases of the technical report on outcomes, evidence and money: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

TECHNICAL: dict[str, Pair] = {
    # Verdicts and outcomes
    "cap_verdicts": (
        "Veredicto de cada resultado, leído de su intervalo de Holm.",
        "Verdict of each outcome, read off its Holm interval.",
    ),
    "outcome_verdict": ("**Veredicto: {verdict}**; {reason}.", "**Verdict: {verdict}**; {reason}."),
    "outcome_absent_note": (
        "No se muestra ninguna cifra: un número sin datos detrás engaña más que un hueco.",
        "No figure is shown: a number without data behind it misleads more than a gap.",
    ),
    "sample": (
        "El modelo usa {n} filas de {clusters} clientes, resumidas en {cells} celdas; "
        "{covariance}.",
        "The model uses {n} rows of {clusters} customers, compressed into {cells} cells; "
        "{covariance}.",
    ),
    "covariance_HC1": ("los errores son robustos", "errors are robust"),
    "covariance_CRV1": (
        "los errores se agrupan por cliente",
        "errors are clustered by customer",
    ),
    "covariance_CRV3": (
        "los errores se calculan dejando fuera un cliente cada vez, porque hay pocos",
        "errors leave out one customer at a time, because there are few",
    ),
    "sample_window": (
        "El resultado se observa en los {days} días siguientes.",
        "The outcome is seen in the {days} days that follow.",
    ),
    "sample_controls": (
        "A igualdad de {controls}.",
        "Held equal: {controls}.",
    ),
    "sample_excluded": (
        "Fuera del modelo ({reason}): {controls}.",
        "Left out ({reason}): {controls}.",
    ),
    "effect_plus10": ("+10 NPS, {path}", "+10 NPS, {path}"),
    "effect_plus_one": (
        "un punto más en la nota {metric} ({scale})",
        "one point more in the {metric} answer ({scale})",
    ),
    "cap_differences": (
        "Lo que va con cada diferencia de nota, a igualdad de lo demás: {unit}. En negrita, lo "
        "del titular; ponderado, para parecerse también a quienes no respondieron.",
        "What goes with each difference in score, other things equal: {unit}. In bold, that "
        "of the headline; weighted, to resemble those who did not answer too.",
    ),
    "cap_coefficients": (
        "Coeficientes de la nota, en la escala del modelo (logarítmica).",
        "Coefficients of the score, on the scale of the model (logarithmic).",
    ),
    "cap_coefficients_money": (
        "Coeficientes de la nota, en la escala del modelo: logarítmica, y en mínimos cuadrados "
        "dinero del periodo observado.",
        "Coefficients of the score, on the scale of the model: logarithmic, and money over the "
        "period seen in least squares.",
    ),
    "cap_diagnostics": (
        "Qué se ha mirado antes de creer el modelo.",
        "What was looked at before believing the model.",
    ),
    "check_ok": ("bien", "fine"),
    "check_warning": ("atención", "look here"),
    # Money
    "money_none": (
        "Sin un vínculo estimado con los ingresos no hay dinero que contar. {reason}",
        "Without an estimated link to revenue there is no money to count. {reason}",
    ),
    "money_lead": (
        "Cada euro se cuenta una vez: dentro de la ventana solo cuenta el modelo de ingresos, "
        "en el "
        "que quien se va aporta cero. Son asociaciones, antes de aplicar la parte que una acción "
        "movería.",
        "Each unit of money is counted once: inside the window the revenue model alone counts, in "
        "which those who leave bring zero. These are associations, before the share that an action "
        "would move.",
    ),
    "money_lead_undated": (
        "Margen de los importes que traen los datos, sin periodo. Son asociaciones, antes de "
        "aplicar la parte que una acción movería.",
        "Margin on the amounts that the data hold, without a period. These are associations, "
        "before the share that an action would move.",
    ),
    "plus_points": ("+{n} puntos del índice NPS", "+{n} points of the NPS index"),
    "plus_point": ("+{n} punto del índice NPS", "+{n} point of the NPS index"),
    "cap_money": (
        "Margen al año por camino, de los {n} clientes de la base y por cliente.",
        "Margin a year by path, of the {n} customers of the base and per customer.",
    ),
    "cap_money_undated": (
        "Margen por camino, de los {n} clientes de la base y por cliente, sin periodo fechado.",
        "Margin by path, of the {n} customers of the base and per customer, over an undated "
        "period.",
    ),
    "money_refused": (
        "Sin importe, porque {reason}: {paths}.",
        "No amount, because {reason}: {paths}.",
    ),
    "money_after": (
        "Quienes además siguen después de la ventana añaden, hasta {years} años, {after} "
        "({after_span}) en valor de hoy; con la ventana, {total} ({total_span}).",
        "Those who stay beyond the window add, up to {years} years, {after} ({after_span}) in "
        "today's value; with the window, {total} ({total_span}).",
    ),
    "equity_none": (
        "Sin ingresos por cliente no se puede decir cuánto vale uno.",
        "Without revenue per customer, what one is worth cannot be told.",
    ),
    "equity_lead": (
        "Valor de un cliente por tres caminos: el primer año por los años, el descontado con su "
        "permanencia y el de la supervivencia observada (sBG). Aquí no se iguala nada entre "
        "grupos.",
        "Value of a customer in three ways: the first year times the years, discounted with "
        "retention, and by observed survival (sBG). Nothing is held equal between groups here.",
    ),
    "equity_undated": (
        "Sin fechas no se sabe cuánto dura un cliente; esto es el margen que traen los datos.",
        "Without dates, how long a customer lasts is not known; this is the margin that the data "
        "hold.",
    ),
    "cap_equity_undated": (
        "Margen por cliente, sin periodo fechado.",
        "Margin per customer, over an undated period.",
    ),
    "all_customers": ("todos los clientes", "all customers"),
    "cap_equity": (
        "Valor de un cliente en {years} años; el intervalo es el del descontado.",
        "Value of a customer over {years} years; the interval is that of the discounted one.",
    ),
    "roi_lead": (
        "Rendimiento de cada iniciativa tras aplicar la parte del vínculo que una acción movería, "
        "con su incertidumbre.",
        "Return of each initiative after the share of the link that an action would move, with its "
        "uncertainty.",
    ),
    "cap_roi": (
        "Iniciativas abiertas, por sus posibilidades de rendir.",
        "Open initiatives, by their chances of paying.",
    ),
    "roi_unpriced": (
        "{name}: sin precio, porque {reason}.",
        "{name}: not priced, because {reason}.",
    ),
    "growth_none": (
        "Para medir el crecimiento ganado hacen falta dos años de pedidos y saber cómo llegó cada "
        "cliente.",
        "Earned growth takes two years of orders and how each customer came.",
    ),
    "growth_lead": (
        "Cuánto del crecimiento viene de clientes que se quedan y de recomendaciones, y no de "
        "clientes comprados con publicidad.",
        "How much of growth comes from customers who stay and from recommendation, and not from "
        "customers bought by advertising.",
    ),
    "cap_growth": ("Crecimiento ganado.", "Earned growth."),
    "assumptions_lead": (
        "Al decidir se cuenta {share} del vínculo; el resto de supuestos, con su rango:",
        "Decisions count {share} of the link; the other assumptions, with their range:",
    ),
    "cap_assumptions": ("Supuestos del dinero.", "Assumptions behind the money."),
    "assumptions_none": (
        "No hay supuestos que mostrar: no se ha calculado dinero.",
        "There are no assumptions to show: no money was computed.",
    ),
    # Reference
    "recovery_heading": ("La verdad conocida", "The known truth"),
    "recovery_lead": (
        "Estos datos son simulados, así que la verdad se sabe: la del mismo mundo vuelto a vivir "
        "con otra nota. De {n} comparaciones, {k} caen dentro de su intervalo del 95 % y {w} "
        "dentro del 99,9 %. Comparten clientes, así que suelen acertar o fallar juntas.",
        "These data are simulated, so the truth is known: that of the same world lived again with "
        "another score. Of {n} comparisons, {k} lie inside their 95% interval and {w} inside the "
        "99.9% one. They share customers, so they tend to hit or miss together.",
    ),
    "recovery_missed": (
        "Fuera del 95 % quedan: {list}.",
        "Outside of the 95% interval: {list}.",
    ),
    "recovery_missed_part": (
        "{outcome}, {n} de {m} ({above} por encima de la verdad y {below} por debajo)",
        "{outcome}, {n} of {m} ({above} above the truth and {below} below it)",
    ),
    "cap_recovery": (
        "Estimaciones frente a la verdad del mundo simulado.",
        "Estimates against the truth of the simulated world.",
    ),
    "inside": ("dentro", "inside"),
    "inside_wide": ("fuera del 95 %, dentro del 99,9 %", "outside 95%, inside 99.9%"),
    "outside": ("fuera de ambos", "outside both"),
    "glossary_none": (
        "El diccionario no describe estas tablas.",
        "The dictionary does not describe these tables.",
    ),
    "receipt_lead": (
        "Con estos ficheros, estas decisiones y este código sale este informe, byte a byte; el "
        "recibo completo se publica a su lado.",
        "These files, these choices and this code give this report, byte for byte; the full "
        "receipt is published beside it.",
    ),
    "receipt_link": (
        "[Abrir el recibo completo (receipt.json)](../receipt.json)",
        "[Open the full receipt (receipt.json)](../receipt.json)",
    ),
    "cap_receipt": ("Huellas de lo que ha entrado.", "Hashes of what went in."),
    "receipt_input": ("Fichero {name}", "File {name}"),
    "receipt_params": ("Decisiones (params.yaml)", "Choices (params.yaml)"),
    "receipt_package": ("Paquete nexo", "Package nexo"),
    "receipt_notebooks": ("Cuadernos", "Notebooks"),
    "receipt_pipeline": ("Pasos del proceso", "Pipeline scripts"),
    "receipt_dictionary": ("Diccionario de datos", "Data dictionary"),
    "receipt_source": ("Descripción de la fuente", "Source description"),
}
"""Key -> (Spanish, English)."""
