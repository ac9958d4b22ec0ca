"""Words for the codes of checks, tests, reasons and steps: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

CODES: dict[str, dict[str, Pair]] = {
    "check": {
        "calibration": ("calibración: desvío medio", "calibration: mean gap"),
        "link_test": ("prueba del enlace: valor p", "link test: p-value"),
        "dispersion": ("dispersión", "dispersion"),
        "rows_in_blocks": ("filas, ajustadas por bloques", "rows, fitted in blocks"),
        "top_1_percent_share": (
            "dinero que trae el uno por ciento de filas mayores",
            "share of money in the largest one per cent of rows",
        ),
        "rows_not_above_zero": ("filas con importe cero o negativo", "rows at or below zero"),
        "cents_not_above_zero": (
            "suma de los importes no positivos",
            "sum of amounts not above zero",
        ),
        "rows_without_exposure": (
            "clientes que ya lo tienen todo, fuera del modelo",
            "customers who own everything, left out",
        ),
        "nps_plus10": ("+10 puntos NPS con otro modelo", "+10 NPS points by another model"),
        "largest_influence_share": (
            "mayor parte de la incertidumbre que pone un cliente",
            "largest share of the uncertainty from one customer",
        ),
        "residual_by_group": (
            "mayor desvío por segmento y clase, en errores estándar",
            "largest gap by segment and class, in standard errors",
        ),
        "proportional_hazards": (
            "riesgos proporcionales: valor p",
            "proportional hazards: p-value",
        ),
        "same_in_groups": ("igual en todos los grupos: valor p", "same in all groups: p-value"),
        "first_part": ("quién compra", "who buys"),
        "together": ("junto a las otras métricas", "together with the other metrics"),
        "group": ("modelo propio", "model of its own"),
        "groups": ("modelos por grupo", "models by group"),
        "within": ("cambio dentro de un cliente", "change within a customer"),
        "time_to_churn": ("tiempo hasta irse", "time to leaving"),
        "ces_score": ("modelo de CES", "model of CES"),
        "n_repeat_contacts": ("modelo de contactos repetidos", "model of repeat contacts"),
        "csat_score": ("modelo de CSAT", "model of CSAT"),
    },
    "control": {
        "permuted_within_segment": (
            "la nota de otro cliente, elegido al azar en su segmento",
            "the score of another customer, drawn at random from the segment",
        ),
        "outcome_before_survey": (
            "los ingresos de antes de la encuesta",
            "revenue from before the survey",
        ),
    },
    "sensitivity": {
        "leaving_ratio": (
            "riesgo de irse de un promotor frente a un detractor",
            "risk of leaving, promoters against detractors",
        ),
        "mean_ratio": (
            "razón entre promotores y detractores",
            "ratio of promoters to detractors",
        ),
        "e_value": (
            "valor E: fuerza que tendría que tener lo no observado",
            "E-value: strength that the unseen would need",
        ),
        "e_value_of_interval": (
            "valor E del extremo del intervalo",
            "E-value of the end of the interval",
        ),
        "partial_correlation": (
            "correlación parcial de la nota",
            "partial correlation of the score",
        ),
        "robustness_value": (
            "robustez: parte de lo no explicado que haría falta",
            "robustness: share of the unexplained that it would take",
        ),
        "reliability": (
            "parecido de la nota de un cliente en dos oleadas",
            "likeness of a customer's score in two waves",
        ),
        "uncorrected_effect": (
            "+10 NPS por mínimos cuadrados, con la nota en puntos",
            "+10 NPS by least squares, the score as points",
        ),
        "corrected_effect": (
            "lo mismo, corregido del error de la nota",
            "the same, corrected for error in the score",
        ),
        "robustness_value_significant": (
            "robustez hasta perder la significación",
            "robustness until it is no longer significant",
        ),
    },
    "driver": {
        "nps_score": ("NPS", "NPS"),
        "ces_score": ("CES", "CES"),
        "csat_score": ("CSAT", "CSAT"),
        "tenure": ("antigüedad", "tenure"),
        "past_behaviour": ("lo que ya hacía", "past behaviour"),
        "past_purchases": ("compras anteriores", "past purchases"),
        "past_contacts": ("contactos anteriores", "past contacts"),
        "profile": ("segmento, región y captación", "segment, region and acquisition"),
        "wave": ("oleada", "wave"),
    },
    "growth": {
        "net_revenue_retention": ("ingresos que se conservan", "net revenue retained"),
        "earned_growth_rate": ("crecimiento ganado", "earned growth"),
        "total_growth_rate": ("crecimiento total", "total growth"),
        "earned_share_of_growth": ("parte ganada del crecimiento", "earned share of growth"),
        "referrals_per_100_customers": (
            "clientes traídos por cada 100",
            "customers referred per 100",
        ),
        "customers_referred": (
            "clientes del último año traídos por otros",
            "customers of the last year whom others brought",
        ),
        "acquisition_cost_saved": (
            "coste de captación ahorrado con ellos",
            "acquisition cost they saved",
        ),
    },
    "kind": {
        "fixed": ("fijo", "fixed"),
        "uniform": ("uniforme", "uniform"),
        "triangular": ("triangular", "triangular"),
        "normal": ("normal", "normal"),
        "estimated": ("estimado", "estimated"),
        "counted": ("contado", "counted"),
    },
    "reason": {
        "missing_code": ("código declarado de «sin dato»", "declared code for no value"),
        "missing_required": ("falta un valor obligatorio", "a required value is missing"),
        "not_a_number": ("no es un número", "not a number"),
        "not_an_integer": ("no es un número entero", "not a whole number"),
        "too_many_decimals": ("más decimales que la moneda", "more decimals than the currency has"),
        "not_a_date": ("no es una fecha válida", "not a valid date"),
        "not_a_boolean": ("ni sí ni no", "neither true nor false"),
        "out_of_scale": ("fuera de la escala permitida", "outside the allowed scale"),
        "other_currency": ("en otra moneda", "in another currency"),
        "duplicate_identical": ("el mismo registro otra vez", "the same record again"),
        "duplicate_differs": ("otro registro con la misma clave", "another record of the same key"),
        "ambiguous_date": (
            "dos formatos declarados la leen como días distintos",
            "two declared formats read it as different days",
        ),
        "corrected": ("corregido por la fuente", "corrected by the source"),
        "clock_skipped": (
            "hora que no existió por el cambio de hora",
            "a time that the change of clocks skipped",
        ),
        "clock_repeated": (
            "hora que ocurrió dos veces por el cambio de hora",
            "a time that the change of clocks had twice",
        ),
        "after_data_end": ("posterior al final de los datos", "after the end of the data"),
        "unknown_customer": ("cliente que no está en el fichero", "a customer not in the file"),
        "before_joining": ("anterior al alta del cliente", "before the customer joined"),
        "after_leaving": ("posterior a la baja del cliente", "after the customer left"),
        "invited_after_answer": (
            "invitación posterior a su respuesta",
            "an invitation sent after its answer",
        ),
        "redacted": (
            "parecía un dato personal y se borró al leer",
            "looked like personal data, blanked out when read",
        ),
        "repeated_header": ("la cabecera otra vez", "the header again"),
        "ragged_row": ("más o menos celdas que la cabecera", "more or fewer cells than the header"),
    },
    "step": {
        "customers_read": ("clientes leídos", "customers read"),
        "customers_kept": ("clientes válidos", "valid customers"),
        "answers_kept": ("respuestas válidas", "valid answers"),
        "answers_of_known_customers": (
            "respuestas de clientes conocidos",
            "answers of known customers",
        ),
        "orders_kept": ("pedidos válidos", "valid orders"),
        "orders_of_known_customers": ("pedidos de clientes conocidos", "orders of known customers"),
        "active_at_landmarks": ("activos en algún momento mirado", "active at some landmark"),
        "window_seen": ("con la ventana entera observada", "with the whole window seen"),
        "outcome_known": ("con resultado conocido", "with a known outcome"),
        "something_left_to_buy": ("con algo aún por comprar", "with something left to buy"),
        "nps_score_known": ("con nota NPS", "with an NPS score"),
    },
}
"""kind -> code -> (Spanish, English)."""
