"""Phrases on other explanations: metric race, empty tests, sensitivity, drivers: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

EVIDENCE: dict[str, Pair] = {
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
        "los mayores clientes o sin los nuevos, y con o sin ponderar. Cada manera es una recta por "
        "mínimos cuadrados con una fila por cliente, elegida al azar, que vale por todas las "
        "suyas; el titular sale de otro modelo y de los clientes activos hoy. El nivel, por tanto, "
        "no es el del titular: lo que hay que mirar es el signo y cuánto se separan.",
        "The same question with other controls, other bins, another coding of the score, without "
        "the largest customers or the new ones, weighted or not. Each way is a straight line by "
        "least squares on one row a customer, drawn at random, which stands for all of that "
        "customer's rows; the headline comes from another model and from the customers active "
        "today. So the level is not that of the headline: look at the sign and at the spread.",
    ),
    "specifications_grey": (
        "En gris, los intervalos que no quedan por encima de cero.",
        "In grey, intervals that do not lie above zero.",
    ),
    "specifications_spread": (
        "**{outcome}**: de {lowest} a {highest}, con mediana {median} ({unit}). De {n} intervalos, "
        "{above} quedan por encima de cero y {holds} contienen {headline}, el valor de la "
        "@tbl-verdicts.",
        "**{outcome}**: from {lowest} to {highest}, with median {median} ({unit}). Of {n} "
        "intervals, {above} lie above zero and {holds} hold {headline}, the value of "
        "@tbl-verdicts.",
    ),
    "sensitivity_none": (
        "Sin un vínculo estimado no cabe preguntar qué lo explicaría.",
        "Without an estimated link, what would explain it away cannot be asked.",
    ),
    "sensitivity_lead": (
        "Lo fuerte que tendría que ser algo no observado, ligado a la nota y al resultado, para "
        "explicar el vínculo entero. Una nota que el mismo cliente da distinta de una oleada a "
        "otra esconde parte del vínculo: el efecto corregido dice cuánto como mucho, y se compara "
        "con el mismo modelo sin corregir, no con el titular.",
        "How strong something unseen, tied to both score and outcome, would have to be to explain "
        "the whole link. A score that the same customer gives differently from wave to wave hides "
        "part of the link: the corrected effect says how much at most, beside the same model not "
        "corrected rather than beside the headline.",
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
        "importancia, % de lo que varía el NPS",
        "importance, % of how NPS varies",
    ),
    "quadrant_up": ("satisfacción, % de la escala", "satisfaction, % of the scale"),
    "quadrant_mend": ("importa y va peor", "matters and does worse"),
    "quadrant_keep": ("importa y va mejor", "matters and does better"),
    "quadrant_alt": (
        "{label}: importancia {importance} ({low} a {high}), satisfacción {performance}",
        "{label}: importance {importance} ({low} to {high}), satisfaction {performance}",
    ),
    "col_explained": ("Qué se explica", "Explained"),
    "col_driver": ("Con qué va", "Goes with"),
}
"""Key -> (Spanish, English)."""
