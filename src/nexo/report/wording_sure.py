"""Phrases on how sure the brief is and what could be wrong: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

SURE: dict[str, Pair] = {
    "sure_race_useful": (
        "**Qué métrica predice.** Sabiendo ya lo que cada cliente hacía, {list}. {samples}",
        "**Which metric predicts.** Once each customer's past behaviour is known, {list}. "
        "{samples}",
    ),
    "sure_race_item": (
        "el {metric} recorta el error al predecir {list}",
        "{metric} cuts the error in predicting {list}",
    ),
    "sure_race_more": ("el {metric}, el de {list}", "{metric} that in {list}"),
    "sure_race_one_sample": (
        "Se comparan en los mismos {n} casos.",
        "They are compared on the same {n} cases.",
    ),
    "sure_race_samples": (
        "Los casos no son los mismos ({list}): las cifras no se comparan.",
        "The cases are not the same ({list}): their figures do not compare.",
    ),
    "sure_race_cases": ("{n} para {metrics}", "{n} for {metrics}"),
    "sure_race_none": (
        "**Qué métrica predice.** En {n} casos, ninguna predice mejor que el comportamiento "
        "anterior de cada cliente, más allá del azar.",
        "**Which metric predicts.** On {n} cases, none predicts better than each customer's past "
        "behaviour, beyond chance.",
    ),
    "sure_race_not_run": (
        "**Qué métrica predice.** No se ha podido comparar: hacen falta notas y resultados de los "
        "mismos clientes.",
        "**Which metric predicts.** They could not be compared: that takes scores and outcomes of "
        "the same customers.",
    ),
    "sure_answered": (
        "**Quién respondió.** {answered} de {active} clientes ({rate}).",
        "**Who answered.** {answered} of {active} customers ({rate}).",
    ),
    "sure_answered_dated": (
        "**Quién respondió.** De los {active} clientes activos el {date}, {answered} ({rate}) "
        "dieron nota en los {days} días anteriores.",
        "**Who answered.** Of the {active} customers active on {date}, {answered} ({rate}) gave a "
        "score in the {days} days before.",
    ),
    "sure_answered_only": (
        "**Quién respondió.** Hay {answered} respuestas; sin fichero de clientes no se sabe "
        "cuántos callaron.",
        "**Who answered.** There are {answered} answers; without a customer file nobody knows how "
        "many kept silent.",
    ),
    "sure_weighted": (
        "Con más peso para quienes se parecen a los que callaron, diez puntos más van con "
        "{weighted} de ingresos por cliente (sin ponderar, {plain}).",
        "Giving more weight to those who resemble the silent, the revenue that goes with ten more "
        "points is {weighted} per customer (unweighted, {plain}).",
    ),
    "sure_threats": (
        "**Qué podría estar mal:**",
        "**What could be wrong:**",
    ),
    "threat_association": (
        "Ir juntos no es moverse juntos: quizá lo que contenta al cliente sea también lo que lo "
        "retiene. Por eso, al decidir, solo se cuenta {share} del vínculo.",
        "Going together is not moving together: what pleases customers may also be what keeps "
        "them. So decisions count only {share} of the link.",
    ),
    "threat_share_range": ("entre el {low} y el {high}", "between {low} and {high}"),
    "threat_share_one": ("el {value}", "{value}"),
    "threat_share_unknown": ("una parte", "a part"),
    "threat_silent": (
        "Responde el {rate} de los clientes; si los demás sienten otra cosa con iguales compras, "
        "el resultado sería otro.",
        "{rate} of customers answer; if the rest feel differently with the same purchases, the "
        "result would differ.",
    ),
    "threat_silent_differ": (
        "Quienes responden no se comportan como los demás en {measures}; la ponderación corrige "
        "solo lo que se ve.",
        "Those who answer do not behave like the rest in {measures}; weighting mends only what is "
        "seen.",
    ),
    "threat_silent_unknown": (
        "No hay fichero de clientes: no se sabe quién calló, ni si piensa como quien respondió.",
        "There is no customer file: who kept silent is not known, nor whether they feel like those "
        "who answered.",
    ),
    "threat_control": (
        "Una prueba que debía salir vacía no lo ha hecho ({control}): algo ajeno a la nota puede "
        "explicar parte del vínculo.",
        "A test that should have come out empty did not ({control}): something other than the "
        "score may explain part of the link.",
    ),
    "threat_control_past": (
        "La nota también va con {control}. Avisa de que puede haber algo detrás de las dos cosas, "
        "pero no desmiente el vínculo: una experiencia que viene de lejos también se nota en el "
        "pasado.",
        "The score also goes with {control}. That warns that something may stand behind both, but "
        "it does not refute the link: an experience that has lasted for long shows in the past "
        "too.",
    ),
    "threat_undated": (
        "La nota y las compras se conocen a la vez: puede que quien compra más puntúe mejor, y no "
        "al revés.",
        "Score and purchases are known at the same time: those who buy more may score better, "
        "rather than the other way round.",
    ),
    "threat_strong": (
        "El vínculo es más fuerte de lo que suele publicarse; conviene desconfiar y revisar los "
        "controles.",
        "The link is stronger than what is usually published; it deserves distrust and a second "
        "look at the controls.",
    ),
    "threat_future": (
        "Se mide el pasado, hasta el {date}: un competidor o un precio nuevos pueden cambiarlo.",
        "This measures the past, up to {date}: a new competitor or price may change it.",
    ),
    "threat_future_undated": (
        "Se mide el pasado: un competidor o un precio nuevos pueden cambiarlo.",
        "This measures the past: a new competitor or price may change it.",
    ),
    "threat_no_ledger": (
        "Nada de lo que dicen los clientes se ha podido contrastar con lo que hacen.",
        "Nothing that customers say could be held against what they do.",
    ),
}
"""Key -> (Spanish, English)."""
