"""Names of things, Spanish and English side by side: (es, en)."""

from __future__ import annotations

from nexo.report.wording_codes import CODES, Pair
from nexo.report.wording_names import NAMES

TERMS: dict[str, dict[str, Pair]] = {
    **CODES,
    **NAMES,
    "outcome": {
        "retention": ("retención", "retention"),
        "cross_selling": ("venta cruzada", "cross-selling"),
        "revenue": ("ingresos", "revenue"),
        "contacts": ("contactos", "contacts"),
    },
    "outcome_sentence": {
        "retention": ("la permanencia de los clientes", "whether customers stay"),
        "cross_selling": ("la compra de categorías nuevas", "what customers buy in new categories"),
        "revenue": ("los ingresos por cliente", "the revenue of each customer"),
        "contacts": ("los contactos de cada cliente", "the contacts of each customer"),
    },
    "outcome_noun": {
        "retention": ("la retención", "retention"),
        "cross_selling": ("la venta cruzada", "cross-selling"),
        "revenue": ("los ingresos", "revenue"),
        "contacts": ("los contactos", "contacts"),
    },
    "metric": {
        "nps": ("NPS", "NPS"),
        "ces": ("CES", "CES"),
        "csat": ("CSAT", "CSAT"),
        "nps_score": ("NPS", "NPS"),
        "ces_score": ("CES", "CES"),
        "csat_score": ("CSAT", "CSAT"),
        "nps_points": ("NPS, por puntos", "NPS, as points"),
        "nps_class": ("NPS, por clases", "NPS, as classes"),
        "nps_top2_box": ("NPS, dos notas más altas", "NPS, top two scores"),
        "csat_top2_box": ("CSAT, dos notas más altas", "CSAT, top two scores"),
        "ces_top2_box": ("CES, dos notas más altas", "CES, top two scores"),
        "top2_box": ("CSAT, dos notas más altas", "CSAT, top two scores"),
        "all": ("todas las métricas a la vez", "all metrics together"),
        "noise": ("ruido puro (control)", "pure noise (control)"),
    },
    "scale": {
        "nps_score": ("de 0 a 10", "0 to 10"),
        "ces_score": ("de 1 a 7", "1 to 7"),
        "csat_score": ("de 1 a 5", "1 to 5"),
    },
    "change": {
        "ces_plus1": (
            "+1 punto CES entre quienes lo puntuaron",
            "+1 CES point among those who rated it",
        ),
        "repeat_contact_less": (
            "un contacto repetido menos entre quienes los tienen",
            "one fewer repeat contact among those who have them",
        ),
        "repeat_contact_less_alone": (
            "un contacto repetido menos entre quienes los tienen, sin igualar el CES",
            "one fewer repeat contact among those who have them, CES not held",
        ),
    },
    "forecast": {
        "retention_rate": ("clientes que siguen", "customers who stay"),
        "revenue_per_customer_cents": ("ingresos por cliente", "revenue per customer"),
    },
    "target": {
        "nps": ("NPS", "NPS"),
        "retention": ("retención", "retention"),
        "cross_selling": ("venta cruzada", "cross-selling"),
        "revenue": ("ingresos", "revenue"),
        "contacts": ("contactos", "contacts"),
    },
    "statistic": {
        "nps": ("puntos NPS", "NPS points"),
        "mean": ("media", "mean"),
        "top2_box": ("dos notas más altas", "top two scores"),
    },
    "nps_class": {
        "detractor": ("detractores", "detractors"),
        "passive": ("pasivos", "passives"),
        "promoter": ("promotores", "promoters"),
    },
    "path": {
        "default_path": ("camino medio", "middle path"),
        "observed": ("el del último cambio", "that of the latest change"),
        "passive_to_promoter": ("de pasivo a promotor", "passive to promoter"),
        "detractor_to_passive": ("de detractor a pasivo", "detractor to passive"),
        "detractor_to_promoter": ("de detractor a promotor", "detractor to promoter"),
        "observed_path": (
            "el visto entre las dos últimas oleadas",
            "seen between the last two waves",
        ),
    },
    "contrast": {
        "promoter_vs_passive": ("promotores frente a pasivos", "promoters against passives"),
        "passive_vs_detractor": ("pasivos frente a detractores", "passives against detractors"),
        "promoter_vs_detractor": (
            "promotores frente a detractores",
            "promoters against detractors",
        ),
        "plus_one": ("un punto más", "one point more"),
        "minus_one": (
            "un contacto repetido menos, a igual CES",
            "one fewer repeat contact, CES held equal",
        ),
        "minus_one_alone": (
            "un contacto repetido menos, sin igualar el CES",
            "one fewer repeat contact, CES not held",
        ),
        "detractor": ("nivel de los detractores", "level of detractors"),
        "passive": ("nivel de los pasivos", "level of passives"),
        "promoter": ("nivel de los promotores", "level of promoters"),
    },
    "unit": {
        "retained_share": (
            "puntos porcentuales de clientes que siguen",
            "percentage points of customers who stay",
        ),
        "new_categories_per_customer": (
            "categorías nuevas por 100 clientes y año",
            "new categories per 100 customers a year",
        ),
        "contacts_per_customer": (
            "contactos por 100 clientes y año",
            "contacts per 100 customers a year",
        ),
        "cents_per_customer_year": (
            "{currency} por cliente y año",
            "{currency} per customer a year",
        ),
        "cents_per_customer": (
            "{currency} por cliente, sin periodo fechado",
            "{currency} per customer, over an undated period",
        ),
        "nps_points": ("puntos NPS", "NPS points"),
        "scale_points": ("puntos de su escala", "points of its scale"),
        "share": ("porcentaje de respuestas", "per cent of answers"),
    },
    "row_unit": {
        "retained_share": ("puntos porcentuales", "percentage points"),
        "new_categories_per_customer": ("por 100 clientes y año", "per 100 customers a year"),
        "cents_per_customer_year": ("por cliente y año", "per customer a year"),
        "cents_per_customer": ("por cliente, sin fecha", "per customer, undated"),
    },
    "level_unit": {
        "retained_share": ("porcentaje de clientes que siguen", "per cent of customers who stay"),
        "new_categories_per_customer": (
            "categorías nuevas por 100 clientes y año",
            "new categories per 100 customers a year",
        ),
        "cents_per_customer_year": (
            "{currency} por cliente y año",
            "{currency} per customer a year",
        ),
        "cents_per_customer": (
            "{currency} por cliente, sin periodo fechado",
            "{currency} per customer, over an undated period",
        ),
    },
    "group": {
        "answered": ("respondieron", "answered"),
        "not_answered": ("no respondieron", "did not answer"),
    },
    "measure": {
        "retention": ("clientes que siguen", "customers who stay"),
        "revenue": ("ingresos por cliente", "revenue per customer"),
        "cross_selling": ("categorías nuevas por 100 clientes", "new categories per 100 customers"),
    },
    "part": {
        "retained": ("sigue:", "stays:"),
        "new_categories": ("categorías nuevas:", "new categories:"),
        "any": ("¿gasta algo?", "spends at all?"),
        "amount": ("¿cuánto?", "how much?"),
        "contacts": ("contactos:", "contacts:"),
        "negative_binomial": ("binomial negativa:", "negative binomial:"),
        "without_largest": (
            "sin el uno por ciento de clientes mayores:",
            "without the largest one per cent of customers:",
        ),
        "least_squares": ("mínimos cuadrados:", "least squares:"),
        "pseudo_poisson": ("Poisson:", "Poisson:"),
    },
    "assumption": {
        "margin_share": ("margen sobre ingresos", "margin on revenue"),
        "discount_rate": ("descuento anual", "yearly discount"),
        "causal_share": (
            "parte del vínculo que una acción movería",
            "share of the link that an action would move",
        ),
        "link": ("vínculo estimado (azar del muestreo)", "estimated link (sampling chance)"),
        "retained_value": ("valor de un cliente que sigue", "value of a customer who stays"),
        "horizon_years": ("años que se cuentan", "years counted"),
        "n_customers": ("clientes de la base", "customers of the base"),
        "detractor_share": ("parte de detractores", "share of detractors"),
        "passive_share": ("parte de pasivos", "share of passives"),
        "promoter_share": ("parte de promotores", "share of promoters"),
        "retention_rate": (
            "clientes que siguen tras la ventana",
            "customers who stay over the window",
        ),
        "retained_revenue_cents_per_year": (
            "ingresos al año de quien sigue",
            "yearly revenue of those who stay",
        ),
        "lift_points": (
            "puntos NPS que sube la iniciativa",
            "NPS points that the initiative lifts",
        ),
        "reach_share": ("parte de los clientes alcanzada", "share of customers reached"),
        "persistence_months": ("meses que dura la mejora", "months that the lift lasts"),
        "cost": ("coste", "cost"),
    },
    "wave": {
        "": ("todas", "all"),
        "latest": ("la última", "the latest"),
        "snapshot": ("foto fija", "snapshot"),
    },
}
"""kind -> code -> (es, en). A code without an entry is an error, unless it comes from data."""
