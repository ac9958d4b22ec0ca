"""Words for the codes of checks, tests, reasons and steps: (es, en)."""

from __future__ import annotations

Pair = tuple[str, str]

CODES: dict[str, dict[str, Pair]] = {
    "check": {
        "calibration": ("calibración: desvío medio", "calibration: mean gap"),
        "link_test": ("prueba del enlace: valor p", "link test: p-value"),
        "dispersion": ("dispersión", "dispersion"),
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
        "ces_score": ("modelo de CES", "model of CES"),
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
    },
    "kind": {
        "fixed": ("fijo", "fixed"),
        "uniform": ("uniforme", "uniform"),
        "triangular": ("triangular", "triangular"),
        "normal": ("normal", "normal"),
        "estimated": ("estimado", "estimated"),
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
