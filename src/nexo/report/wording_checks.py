"""What each check of a model says when it passes and when it warns: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

CHECKS: dict[str, tuple[Pair, Pair]] = {
    "calibration": (
        (
            "Lo previsto se aparta de lo observado menos de lo que importaría: el {limit} de la "
            "media (entre dos resultados, del más raro) o el doble de lo que daría el azar.",
            "Predicted and observed are closer than would matter: {limit} of the mean (of two "
            "results, of the rarer) or twice what chance gives.",
        ),
        (
            "Lo previsto se aparta de lo observado más que por azar: los niveles de la figura de "
            "forma son menos fiables que las diferencias.",
            "Predicted and observed are further apart than by chance: the levels in the figure of "
            "the shape are less reliable than the differences.",
        ),
    ),
    "link_test": (
        (
            "La forma del modelo basta: su cuadrado no añade nada (valor p de {limit} o más).",
            "The form of the model is enough: its square adds nothing (p-value of {limit} or "
            "more).",
        ),
        (
            "El cuadrado de lo previsto aún explica algo: falta una curva o una interacción.",
            "The square of the prediction still explains something: a curve or an interaction is "
            "missing.",
        ),
    ),
    "dispersion": (
        (
            "Los recuentos se reparten como supone Poisson.",
            "Counts scatter as Poisson assumes.",
        ),
        (
            "Los recuentos se reparten más, o menos, de lo que supone Poisson; los errores "
            "robustos ya lo cuentan.",
            "Counts scatter more, or less, than Poisson assumes; the robust errors allow for it.",
        ),
    ),
    "nps_plus10": (
        (
            "Da lo mismo, a menos de dos errores estándar.",
            "The same, within two standard errors.",
        ),
        (
            "Da otra cosa, a más de dos errores estándar: la cifra depende de esa elección.",
            "Not the same, by more than two standard errors: the figure depends on that choice.",
        ),
    ),
    "largest_influence_share": (
        (
            "Ningún cliente pesa por sí solo en la incertidumbre: ninguno pone más del {limit}.",
            "No single customer weighs on the uncertainty: none bears more than {limit}.",
        ),
        (
            "Un solo cliente pesa demasiado en la incertidumbre: conviene mirarlo.",
            "A single customer weighs too much on the uncertainty: look at it.",
        ),
    ),
    "residual_by_group": (
        (
            "En ningún segmento y clase se aparta el modelo más que por azar.",
            "In no segment and class is the model off by more than chance.",
        ),
        (
            "En algún segmento y clase el modelo se aparta más que por azar: el vínculo no es "
            "igual en todos.",
            "In some segment and class the model is off by more than chance: the link is not the "
            "same in all.",
        ),
    ),
    "proportional_hazards": (
        (
            "No se ve que cambie en la ventana la proporción entre los riesgos de irse de las "
            "clases (valor p de {limit} o más).",
            "The proportion between the classes' risks of leaving is not seen to change over the "
            "window (p-value of {limit} or more).",
        ),
        (
            "La proporción entre los riesgos de irse cambia a lo largo de la ventana (valor p por "
            "debajo de {limit}): las curvas dicen más que un solo coeficiente.",
            "The proportion between the risks of leaving changes over the window (p-value below "
            "{limit}): the curves say more than one coefficient.",
        ),
    ),
    "same_in_groups": (
        (
            "El vínculo es el mismo en todos los grupos, salvo azar.",
            "The link is the same in all groups, but for chance.",
        ),
        (
            "El vínculo no es el mismo en todos los grupos.",
            "The link is not the same in all groups.",
        ),
    ),
    "top_1_percent_share": (
        (
            "El dinero no depende de unas pocas filas: traen menos del {limit}.",
            "The money does not hang on a few rows: they bring less than {limit}.",
        ),
        (
            "Mucho dinero viene de pocas filas: la media depende de ellas.",
            "Much of the money comes from few rows: the mean hangs on them.",
        ),
    ),
    "rows_in_blocks": (
        (
            "Con tantas filas el modelo se ajusta por bloques: el mismo estimador, sin las "
            "comprobaciones que vuelven a mirar cada fila ni los modelos por grupos.",
            "With so many rows the model is fitted in blocks: the same estimator, without the "
            "checks that look at each row again and without the models of groups.",
        ),
        (
            "El modelo se ajusta por bloques, sin las comprobaciones que vuelven a mirar cada "
            "fila.",
            "The model is fitted in blocks, without the checks that look at each row again.",
        ),
    ),
    "rows_not_above_zero": (
        ("Cuentan como cero.", "They count as zero."),
        ("Cuentan como cero.", "They count as zero."),
    ),
    "cents_not_above_zero": (
        ("Cuenta como cero.", "It counts as zero."),
        ("Cuenta como cero.", "It counts as zero."),
    ),
    "rows_without_exposure": (
        ("No les queda nada por comprar.", "They have nothing left to buy."),
        ("No les queda nada por comprar.", "They have nothing left to buy."),
    ),
    "first_part": (
        (
            "Quién compra no se puede estimar: va en una sola parte, con Poisson.",
            "Who buys cannot be estimated: done in one part, by Poisson.",
        ),
        (
            "Quién compra no se puede estimar: va en una sola parte, con Poisson.",
            "Who buys cannot be estimated: done in one part, by Poisson.",
        ),
    ),
}
"""Code of a check -> (sentence when it passes, sentence when it warns), each (es, en)."""
