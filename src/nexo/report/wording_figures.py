"""Titles (the finding), captions (what, unit, base) and axes of figures: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

FIGURES: dict[str, Pair] = {
    "alt": ("{title}. {rows}.", "{title}. {rows}."),
    "alt_row": ("{label}: {value} ({low} a {high})", "{label}: {value} ({low} to {high})"),
    "alt_bar": ("{label}: {value}", "{label}: {value}"),
    # The table of a figure's numbers
    "figure_data": ("Datos de la figura: {what}", "Data of the figure: {what}"),
    "data_low": ("Desde", "From"),
    "data_high": ("Hasta", "To"),
    "data_score": ("Nota", "Score"),
    "data_month": ("Mes", "Month"),
    "data_tenth": ("Décima parte", "Tenth"),
    "data_rank": ("Orden", "Rank"),
    "data_trait": ("Característica", "Trait"),
    "data_place": ("Sitio", "Place"),
    # NPS over time
    "trend_single": ("El NPS está en {last} puntos", "NPS stands at {last} points"),
    "trend_up": (
        "El NPS sube {change} puntos en la última oleada, hasta {last}",
        "NPS rises {change} points in the latest wave, to {last}",
    ),
    "trend_down": (
        "El NPS baja {change} puntos en la última oleada, hasta {last}",
        "NPS falls {change} points in the latest wave, to {last}",
    ),
    "trend_same": (
        "El NPS está en {last} puntos; el cambio desde la oleada anterior cabe en el azar",
        "NPS stands at {last} points; the change since the wave before is within chance",
    ),
    "trend_caption": (
        "Puntos NPS por oleada, con intervalos del 95{pct}.",
        "NPS points by wave, with 95{pct} intervals.",
    ),
    # How axes and bands are read
    "axis_cut": (
        "El eje vertical no empieza en cero.",
        "The vertical axis does not start at zero.",
    ),
    "axes_cut": ("Los ejes no empiezan en cero.", "The axes do not start at zero."),
    "some_axes_cut": (
        "No todos los ejes empiezan en cero.",
        "Not every axis starts at zero.",
    ),
    "scores_shared": (
        "Notas con pocos casos comparten estimación.",
        "Scores with few cases share one estimate.",
    ),
    "effects_band": (
        "La franja gris marca lo que sería demasiado pequeño para importar.",
        "The grey band marks what would be too small to matter.",
    ),
    # Shape of the link
    "shape_title_retention": (
        "Sigue el {detractors} de los detractores y el {promoters} de los promotores",
        "{detractors} of detractors stay, and {promoters} of promoters",
    ),
    "shape_title_cross_selling": (
        "Cada 100 promotores compran {promoters} categorías nuevas; cada 100 detractores, "
        "{detractors}",
        "Every 100 promoters buy {promoters} new categories; every 100 detractors, {detractors}",
    ),
    "shape_title_revenue": (
        "Un promotor gasta {promoters} y un detractor, {detractors}",
        "A promoter spends {promoters}, and a detractor {detractors}",
    ),
    "shape_title_contacts": (
        "Cada 100 promotores hacen {promoters} contactos; cada 100 detractores, {detractors}",
        "Every 100 promoters make {promoters} contacts; every 100 detractors, {detractors}",
    ),
    "shape_title_open": (
        "{outcome}: promotores y detractores no se distinguen",
        "{outcome}: promoters and detractors cannot be told apart",
    ),
    "shape_title_plain": ("{outcome} por nota NPS", "{outcome} by NPS score"),
    "metric_title": (
        "{outcome}: {value} con cada punto más de {metric}",
        "{outcome}: {value} with each point more of {metric}",
    ),
    "metric_title_open": (
        "{outcome}: no se ve vínculo con {metric} (de {low} a {high} con un punto más)",
        "{outcome}: no link with {metric} is seen ({low} to {high} with one point more)",
    ),
    "metric_title_plain": ("{outcome} por nota {metric}", "{outcome} by {metric} score"),
    "metric_caption": (
        "{outcome} por nota {metric}, a igualdad de lo demás que se sabía: {unit}. Intervalos del "
        "95{pct}.",
        "{outcome} by {metric} score, other known things equal: {unit}. 95{pct} intervals.",
    ),
    "metric_axis": ("nota {metric}", "{metric} score"),
    "shape_caption": (
        "{outcome} por nota NPS, a igualdad de lo demás que se sabía: {unit}. Intervalos del "
        "95{pct}; n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{n}.",
        "{outcome} by NPS score, other known things equal: {unit}. 95{pct} intervals; "
        "n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{n}.",
    ),
    # Effects by outcome
    "effects_title": (
        "De {m} resultados, {k} con el vínculo respaldado por los datos",
        "Of {m} outcomes, the link is supported by the data in {k}",
    ),
    "effects_title_all": (
        "El vínculo está respaldado por los datos en los {m} resultados",
        "The link is supported by the data in all {m} outcomes",
    ),
    "effects_title_none": (
        "En ningún resultado está el vínculo respaldado por los datos",
        "In no outcome is the link supported by the data",
    ),
    "effects_caption": (
        "Lo que va con diez puntos más de NPS, por resultado, cada uno en su unidad. Intervalos "
        "del 95{pct}{together}.",
        "What goes with ten more NPS points, by outcome, each in its unit. 95{pct} intervals"
        "{together}.",
    ),
    "together": (" para los {m} a la vez", " for all {m} at once"),
    # Money by path
    "money_title": (
        "El margen depende de quién se mueve: de {low} a {high} según el camino",
        "The margin depends on who moves: {low} to {high} by path",
    ),
    "money_axis_year": ("margen al año", "margin a year"),
    "money_axis": ("margen, sin periodo fechado", "margin, over an undated period"),
    "money_caption": (
        "Margen que va con diez puntos más de NPS, según qué clientes cambian de clase. El camino "
        "medio es la media de los dos de una clase; el de dos clases da lo mismo, por cálculo. "
        "Intervalos del 95{pct}; base: {n} clientes.",
        "Margin that goes with ten more NPS points, by which customers change class. The middle "
        "path is the mean of the two of one class; that of two classes gives the same, by "
        "arithmetic. 95{pct} intervals; base: {n} customers.",
    ),
    # Equity
    "equity_title": (
        "Un promotor vale {high} y un detractor {low} en {years} años",
        "A promoter is worth {high} and a detractor {low} over {years} years",
    ),
    "equity_title_plain": (
        "Lo que vale un cliente en {years} años, por clase",
        "What a customer is worth over {years} years, by class",
    ),
    "equity_axis": ("valor de un cliente", "value of a customer"),
    "equity_caption": (
        "Valor de un cliente en {years} años, descontado y con su permanencia, por clase NPS, sin "
        "igualar lo demás. Intervalos del 95{pct}.",
        "Value of a customer over {years} years, discounted and with retention, by NPS class, "
        "other things not held equal. 95{pct} intervals.",
    ),
    # Who answers
    "who_title_alike": (
        "Quienes responden se comportan de modo parecido a los demás",
        "Those who answer behave much like the rest",
    ),
    "who_title_differ": (
        "Quienes responden no son como los demás en {measures}",
        "Those who answer differ from the rest in {measures}",
    ),
    "who_caption": (
        "Qué hicieron después quienes respondieron y quienes no, según las ventas. Intervalos del "
        "95{pct}.",
        "What customers did afterwards, by whether they had answered, from the ledger. 95{pct} "
        "intervals.",
    ),
    "who_caption_undated": (
        "Qué compraron quienes respondieron y quienes no, sin orden en el tiempo. Intervalos del "
        "95{pct}.",
        "What customers bought, by whether they had answered, in no order of time. 95{pct} "
        "intervals.",
    ),
    # Attrition
    "flow_title": (
        "De {first} clientes a {last} con todo lo que el análisis necesita",
        "From {first} customers to {last} with all that the analysis needs",
    ),
    "flow_caption": (
        "Clientes distintos que quedan tras cada paso, hasta el modelo de ingresos.",
        "Distinct customers left after each step, down to the revenue model.",
    ),
    # Specifications
    "specs_title": (
        "{outcome}: de {n} maneras de estimar el vínculo, {k} dan un intervalo entero por encima "
        "de cero",
        "{outcome}: of {n} ways to estimate the link, {k} give an interval wholly above zero",
    ),
    "specs_title_all": (
        "{outcome}: las {n} maneras de estimar el vínculo dan un intervalo entero por encima de "
        "cero",
        "{outcome}: all {n} ways to estimate the link give an interval wholly above zero",
    ),
    "specs_caption": (
        "{unit}, con otras decisiones de análisis y de menor a mayor. Intervalos del 95{pct}.",
        "{unit}, under other choices of analysis and in ascending order. 95{pct} intervals.",
    ),
    "specs_axis": ("maneras de estimar, de menor a mayor", "ways to estimate, ascending"),
    "specs_headline": ("la del informe: {value}", "the report’s: {value}"),
    "specs_reading": (
        "La línea y su franja son la estimación del informe y su intervalo.",
        "The line and its band are the report’s own estimate and its interval.",
    ),
    "choice_controls": ("Controles", "Controls"),
    "choice_bins": ("Tramos", "Bins"),
    "choice_coding": ("Nota", "Score"),
    "choice_exclusion": ("Sin", "Without"),
    "choice_weights": ("Ponderación", "Weights"),
    "choice_none": ("ninguno", "none"),
    "coding_class": ("por clases", "as classes"),
    "coding_points": ("por puntos", "as points"),
    "exclusion_none": ("nadie", "nobody"),
    "exclusion_top_percent": ("el uno por ciento que más gasta", "the one per cent who spend most"),
    "exclusion_newcomers": ("los recién llegados", "newcomers"),
    # Tornado
    "tornado_title": (
        "Lo que más mueve el resultado: {first}",
        "What moves the result most: {first}",
    ),
    "tornado_caption": (
        "Rendimiento de la primera iniciativa de la lista cuando cada supuesto va de un extremo a "
        "otro del 95{pct} central de sus simulaciones y los demás se quedan en su valor central. "
        "El centro es el rendimiento con todos en ese valor, no la mediana de la tabla.",
        "Return of the first initiative on the list when each assumption moves over the middle "
        "95{pct} of its draws and the others stay at their central value. The centre is the return "
        "with all of them at that value, not the median of the table.",
    ),
    "tornado_caption_scenario": (
        "Rendimiento del primer escenario cuando cada supuesto va de un extremo a otro del 95{pct} "
        "central de sus simulaciones y los demás se quedan en su valor central. El centro es el "
        "rendimiento con todos en ese valor, no la mediana.",
        "Return of the first scenario when each assumption moves over the middle 95{pct} of its "
        "draws and the others stay at their central value. The centre is the return with all of "
        "them at that value, not the median.",
    ),
    "tornado_axis": ("rendimiento", "return"),
    "score_axis": ("nota NPS", "NPS score"),
}
"""Key -> (Spanish, English)."""
