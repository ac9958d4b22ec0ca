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
    "effect_plus_one": ("+1 punto de {metric}", "+1 point of {metric}"),
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
        "Coeficientes de la nota, en la escala del modelo: logarítmica, y en mínimos cuadrados la "
        "unidad menor de la moneda.",
        "Coefficients of the score, on the scale of the model: logarithmic, and minor units of "
        "the currency in least squares.",
    ),
    "cap_diagnostics": (
        "Qué se ha mirado antes de creer el modelo.",
        "What was looked at before believing the model.",
    ),
    "check_ok": ("bien", "fine"),
    "check_warning": ("atención", "look here"),
    # Evidence
    "race_lead": (
        "Cada métrica se añade a lo que ya decía el comportamiento y se prueba con clientes y "
        "oleadas que el modelo no ha visto.",
        "Each metric is added to what behaviour already said and tried on customers and waves that "
        "the model has not seen.",
    ),
    "race_useful": ("predice", "predicts"),
    "race_adds_nothing": ("no añade nada", "adds nothing"),
    "cap_race": (
        "Cuánto baja el error de predicción respecto del comportamiento solo; el límite inferior "
        "es de un solo lado.",
        "How much the error of prediction falls, against behaviour alone; the lower bound is "
        "one-sided.",
    ),
    "controls_none": (
        "No se ha podido hacer ninguna prueba en vacío: faltan notas, resultados o pasado.",
        "No empty test could be run: scores, outcomes or past are missing.",
    ),
    "controls_lead": (
        "Estas pruebas deben salir vacías; si una no lo hace, algo ajeno a la nota puede explicar "
        "parte del vínculo. La del pasado avisa, pero no desmiente: una experiencia que viene de "
        "lejos también se nota antes de la encuesta.",
        "These tests should come out empty; where one does not, something other than the score "
        "may explain part of the link. That of the past warns but does not refute: an experience "
        "that has lasted for long shows before the survey too.",
    ),
    "cap_controls": ("Pruebas que deben salir vacías.", "Tests that should come out empty."),
    "control_passed": ("vacía, como debe", "empty, as it should"),
    "control_failed": ("no sale vacía", "not empty"),
    "specifications_none": (
        "Sin un vínculo que estimar no hay otras maneras de estimarlo que comparar.",
        "Without a link to estimate there are no other ways to estimate it to compare.",
    ),
    "specifications_lead": (
        "La misma pregunta con otros controles, otros tramos, otra codificación de la nota, sin "
        "los mayores clientes o sin los nuevos, y con o sin ponderar, en una fila por cliente. En "
        "gris, los intervalos que no quedan por encima de cero.",
        "The same question with other controls, other bins, another coding of the score, without "
        "the largest customers or the new ones, weighted or not, on one row a customer. In grey, "
        "intervals that do not lie above zero.",
    ),
    "sensitivity_none": (
        "Sin un vínculo estimado no cabe preguntar qué lo explicaría.",
        "Without an estimated link, what would explain it away cannot be asked.",
    ),
    "sensitivity_lead": (
        "Lo fuerte que tendría que ser algo no observado, ligado a la nota y al resultado, para "
        "explicar el vínculo entero. Una nota que el mismo cliente da distinta de una oleada a "
        "otra esconde parte del vínculo: el efecto corregido dice cuánto como mucho.",
        "How strong something unseen, tied to both score and outcome, would have to be to explain "
        "the whole link. A score that the same customer gives differently from wave to wave hides "
        "part of the link: the corrected effect says how much at most.",
    ),
    "cap_sensitivity": (
        "Lo fuerte que tendría que ser lo que no se ve, por resultado.",
        "How strong the unseen would have to be, by outcome.",
    ),
    "drivers_none": (
        "No hay filas suficientes con resultado y notas para repartir lo explicado.",
        "There are not enough rows with outcome and scores to share out what is explained.",
    ),
    "drivers_lead": (
        "Parte de lo explicado que corresponde a cada grupo de columnas, por dos métodos.",
        "Share of what is explained that belongs to each group of columns, by two methods.",
    ),
    "cap_drivers": (
        "Reparto de lo explicado entre las métricas y lo que ya se sabía, con intervalos del "
        "95{pct}.",
        "What is explained, shared out among the metrics and what was known, with 95{pct} "
        "intervals.",
    ),
    "cap_drivers_places": (
        "Reparto de lo explicado por {name}, descontado lo que ya se sabía, con intervalos del "
        "95{pct}.",
        "What is explained, by {name}, net of what was known already, with 95{pct} intervals.",
    ),
    "drivers_folded": (
        "Por {name}, todos los intervalos de {outcomes} llegan a cero; ninguno pasa del {most}.",
        "By {name}, every interval of {outcomes} reaches zero; none goes beyond {most}.",
    ),
    "drivers_places": (
        "Los sitios en que el cliente trata con la empresa, según las notas que les puso en los "
        "meses anteriores a cada momento. Nada se pone a cero por no ser significativo.",
        "The places where customers meet the company, by the scores they gave them in the months "
        "before each landmark. Nothing is set to zero for not being significant.",
    ),
    "quadrant_title": (
        "Lo que más va con el NPS: {first}, el {share} de lo que varía",
        "What goes with NPS most: {first}, {share} of how it varies",
    ),
    "quadrant_note": (
        "Importancia para el NPS (parte de su variación, LMG, con intervalo del 95{pct}) y "
        "satisfacción en cada sitio. Las líneas son las medias de ambas.",
        "Importance for NPS (share of its variation, LMG, with 95{pct} interval) and satisfaction "
        "at each place. The lines are the means of both.",
    ),
    "quadrant_across": (
        "importancia, {pct} de lo que varía el NPS",
        "importance, {pct} of how NPS varies",
    ),
    "quadrant_up": ("satisfacción, {pct} de la escala", "satisfaction, {pct} of the scale"),
    "quadrant_mend": ("importa y va peor", "matters and does worse"),
    "quadrant_keep": ("importa y va mejor", "matters and does better"),
    "quadrant_alt": (
        "{label}: importancia {importance} ({low} a {high}), satisfacción {performance}",
        "{label}: importance {importance} ({low} to {high}), satisfaction {performance}",
    ),
    "col_explained": ("Qué se explica", "Explained"),
    "col_driver": ("Con qué va", "Goes with"),
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
    "plus_points": ("+{n} NPS", "+{n} NPS"),
    "cap_money": ("Margen al año por camino, base entera.", "Margin a year by path, whole base."),
    "cap_money_undated": (
        "Margen por camino, base entera, sin periodo fechado.",
        "Margin by path, whole base, over an undated period.",
    ),
    "money_refused": (
        "Sin importe, porque {reason}: {paths}.",
        "No amount, because {reason}: {paths}.",
    ),
    "money_after": (
        "Quienes además siguen después de la ventana añaden {after} ({after_span}) en valor de "
        "hoy; "
        "con la ventana, {total} ({total_span}).",
        "Those who stay beyond the window add {after} ({after_span}) in today's value; with the "
        "window, {total} ({total_span}).",
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
    "cap_recovery": (
        "Estimaciones frente a la verdad del mundo simulado.",
        "Estimates against the truth of the simulated world.",
    ),
    "inside": ("dentro", "inside"),
    "inside_wide": ("dentro del 99,9 %", "inside 99.9%"),
    "outside": ("fuera", "outside"),
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
